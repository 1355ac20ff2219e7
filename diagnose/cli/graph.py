"""``diagnose graph``: the knowledge of a handset as a drawing."""

from __future__ import annotations

from pathlib import Path

import click

from diagnose.cli import common


@click.command()
@click.argument("handset")
@click.option("--programme", metavar="ID", help="Who answers for the handset; else its first.")
@click.option(
    "--around", metavar="ID", default="", help="Only this symptom, fault, remedy or rule and its neighbours."
)
@click.option(
    "--mermaid", "as_mermaid", is_flag=True, help="As Mermaid text on stdout, as without any option."
)
@click.option(
    "--svg", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), metavar="FILE", help="As SVG."
)
@common.knowledge_option
@common.language_option
def graph(
    handset: str,
    programme: str | None,
    around: str,
    as_mermaid: bool,
    svg: Path | None,
    knowledge: Path | None,
    lang: str | None,
) -> None:
    """Draw HANDSET: which symptoms speak for which faults, what cures those, and what the rules do."""
    from diagnose.authoring.explaining import graph_drawn
    from diagnose.authoring.explaining.explaining import names
    from diagnose.authoring.explaining.graph import graph_of
    from diagnose.knowledge.problems import did_you_mean

    if as_mermaid and svg is not None:
        raise common.Unusable("--mermaid or --svg, not both")
    kb, unsound = common.handset_knowledge(knowledge, handset, programme)
    made = graph_of(kb, common.language(lang), around)
    if around and not any(made.columns):
        mend = did_you_mean(around, names(kb), f"see diagnose show {handset}")
        raise common.Unusable(f"{handset} has no symptom, fault, remedy or rule {around!r}; {mend}")
    if svg is None:
        click.echo(graph_drawn.mermaid(made), nl=False)
    elif str(svg) == "-":
        click.echo(graph_drawn.svg(made), nl=False)
    else:
        svg.write_text(graph_drawn.svg(made), "utf-8")
        click.echo(str(svg))
    common.finish(int(unsound))

"""``diagnose call``: the operator's terminal."""

from __future__ import annotations

from pathlib import Path

import click

from diagnose.cli import common

NEWEST = ""
"""What ``--resume`` means when it names no call."""


@click.command()
@click.argument("handset", required=False)
@click.option("--programme", metavar="ID", help="Who answers for the handset; else its first.")
@click.option(
    "--resume",
    is_flag=False,
    flag_value=NEWEST,
    metavar="[CALL]",
    help="Go on with a call that was not ended; without CALL the newest.",
)
@click.option("--take-over", is_flag=True, help="With --resume: even when somebody has the call open.")
@click.option("--plain", is_flag=True, help="Line by line: for a pipe or a screen reader.")
@click.option("--transcripts", type=click.Path(path_type=Path), metavar="DIR", help="Folder for transcripts.")
@click.option("--operator", metavar="NAME", help="Who takes the call.")
@click.option("--desk", metavar="NAME", help="Desk or team.")
@click.option("--audience", type=click.Choice(["consumer", "dealer"]), help="Who calls.")
@common.knowledge_option
@common.language_option
def call(
    handset: str | None,
    programme: str | None,
    resume: str | None,
    take_over: bool,
    plain: bool,
    transcripts: Path | None,
    operator: str | None,
    desk: str | None,
    audience: str | None,
    knowledge: Path | None,
    lang: str | None,
) -> None:
    """Take a call about HANDSET, an id or part of a name (without it: chosen on the screen)."""
    from diagnose import settings

    if resume is not None and (handset or programme):
        raise click.UsageError("--resume goes on with a call and its handset: name neither here")
    if take_over and resume is None:
        raise click.UsageError("--take-over goes with --resume")
    folder = common.knowledge_folder(knowledge)
    chosen, problems = settings.load()
    for problem in problems:
        common.tell(problem.say(lang or chosen.language), err=True)
    from diagnose.terminal import app
    from diagnose.terminal.options import CallOptions

    options = CallOptions(
        root=folder,
        handset=handset,
        programme=programme,
        resume=resume,
        plain=plain,
        transcripts=transcripts or chosen.transcripts,
        operator=chosen.operator if operator is None else operator,
        desk=chosen.desk if desk is None else desk,
        audience=audience or chosen.audience,
        language=lang or chosen.language,
        colour=chosen.colour,
        personal=chosen.personal,
        take_over=take_over,
    )
    common.finish(app.run_call(options))

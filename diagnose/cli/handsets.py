"""``diagnose handsets``: which handsets there is knowledge of."""

from __future__ import annotations

from pathlib import Path

import click

from diagnose.cli import common


@click.command()
@click.argument("text", required=False, default="")
@common.knowledge_option
@common.json_option
def handsets(text: str, knowledge: Path | None, as_json: bool) -> None:
    """List the handsets that TEXT fits, the best first (without it: all)."""
    from diagnose.knowledge import catalogue
    from diagnose.knowledge.layers import Shelf

    folder = common.knowledge_folder(knowledge)
    listed = {h.id: h for h in catalogue.handsets(folder)}
    found = [listed[id_] for id_ in (catalogue.find(folder, text) if text.strip() else listed)]
    if as_json:
        shelf = Shelf(folder)
        array = []
        for h in found:
            knowledge_base = catalogue.load(folder, h.id, None, shelf).knowledge
            array.append(
                {
                    "id": h.id,
                    "brand": h.brand,
                    "name": h.name,
                    "family": h.family,
                    "programmes": list(h.programmes),
                    "revision": knowledge_base.revision if knowledge_base else None,
                }
            )
        common.say_json(array)
    else:
        width = max((len(h.id) for h in found), default=0)
        for h in found:
            click.echo(f"{h.id:{width}}  {catalogue.full_name(h.brand, h.name)} ({', '.join(h.programmes)})")
    if not found:
        click.echo(f"no handset fits {text!r}" if text else f"no handsets in {folder}", err=True)
        common.finish(1)

"""``diagnose explain``: one part of a handset's knowledge, where it comes from and what uses it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from diagnose.cli import common

if TYPE_CHECKING:
    from diagnose.authoring.explaining.explaining import Explained
    from diagnose.knowledge.model import Place


@click.command()
@click.argument("name", metavar="RULE|FAULT|SYMPTOM|REMEDY")
@click.option("--handset", required=True, metavar="ID", help="In the knowledge of this handset.")
@click.option("--programme", metavar="ID", help="Who answers for the handset; else its first.")
@common.knowledge_option
@common.language_option
@common.json_option
def explain(
    name: str, handset: str, programme: str | None, knowledge: Path | None, lang: str | None, as_json: bool
) -> None:
    """Say where a part of a handset's knowledge comes from, what it does, and what uses it.

    Alerts, channels, charges and promises can be asked for too.
    """
    from diagnose.authoring.explaining.explaining import explain as explained
    from diagnose.authoring.explaining.explaining import names
    from diagnose.authoring.places import located, under
    from diagnose.knowledge.problems import did_you_mean

    kb, unsound = common.handset_knowledge(knowledge, handset, programme)
    found = explained(kb, name, common.language(lang))
    if not found:
        mend = did_you_mean(name, names(kb), f"see diagnose show {handset}")
        raise common.Unusable(f"{handset} has nothing called {name!r}; {mend}")
    at = located(under(common.knowledge_folder(knowledge)))
    if as_json:
        common.say_json([explained_json(e, at) for e in found])
    else:
        for i, part in enumerate(found):
            if i:
                click.echo()
            for line in _lines(part, at):
                click.echo(line)
    common.finish(int(unsound))


def explained_json(part: Explained, at: Callable[[Place], str]) -> dict[str, Any]:
    """A part as plain JSON values; ``at`` tells a place as the reader finds it."""
    return {
        "kind": part.kind,
        "id": part.id,
        "name": part.name,
        "at": at(part.place),
        "layer": part.layer,
        "changed": [{"layer": layer, "at": at(place)} for layer, place in part.changed],
        "source": part.source,
        "does": list(part.does),
        "used_by": [{"what": u.what, "id": u.id, "how": u.how, "at": at(u.place)} for u in part.used_by],
    }


def _lines(part: Explained, at: Callable[[Place], str]) -> Iterator[str]:
    yield f"{part.kind} {part.id}: {part.name}"
    yield f"  written by {part.layer} at {at(part.place)}" + (
        f", source: {part.source}" if part.source else ""
    )
    for layer, place in part.changed:
        yield f"  changed by {layer} at {at(place)}"
    yield "  what it does"
    yield from (f"    {sentence}" for sentence in part.does)
    yield "  what uses it" if part.used_by else "  nothing uses it"
    yield from (f"    {u.what} {u.id} {u.how} ({at(u.place)})" for u in part.used_by)

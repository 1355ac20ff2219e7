"""``diagnose show``: what is known of a handset, and where each part of it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from diagnose.cli import common

if TYPE_CHECKING:
    from diagnose.knowledge.model import KnowledgeBase, Origin, Place

Json = dict[str, Any]


@click.command()
@click.argument("handset")
@click.option("--programme", metavar="ID", help="Who answers for the handset; else its first.")
@common.knowledge_option
@common.language_option
@common.json_option
def show(
    handset: str, programme: str | None, knowledge: Path | None, lang: str | None, as_json: bool
) -> None:
    """Show the symptoms, faults, remedies and rules of HANDSET with the layer each comes from."""
    from diagnose.authoring.places import located, under

    kb, unsound = common.handset_knowledge(knowledge, handset, programme)
    table = contents(kb, common.language(lang), located(under(common.knowledge_folder(knowledge))))
    if as_json:
        common.say_json(table)
    else:
        for line in _lines(table):
            click.echo(line)
    common.finish(int(unsound))


def contents(kb: KnowledgeBase, lang: str, at: Callable[[Place], str]) -> Json:
    """A knowledge base as plain JSON values, each part with where it is written and by which layer.

    ``at`` tells a place as the reader finds it.
    """
    return {
        "handset": kb.handset.id,
        "programme": kb.programme.id if kb.programme else None,
        "revision": kb.revision,
        "layers": list(kb.handset.lineage),
        "symptoms": [
            {
                "id": s.id,
                "kind": s.kind,
                "text": s.ask.say(lang),
                "answers": [a.id for a in s.answers],
                "seconds": s.seconds,
                **_written(s.origin, s.source, at),
            }
            for s in kb.symptoms.values()
        ],
        "faults": [
            {
                "id": f.id,
                "text": f.name.say(lang),
                "class": f.fault_class,
                "per_1000": f.per_1000,
                "remedy": f.remedy,
                **_written(f.origin, f.source, at),
            }
            for f in kb.faults.values()
        ],
        "remedies": [
            {"id": r.id, "text": r.name.say(lang), "verdict": r.verdict, **_written(r.origin, r.source, at)}
            for r in kb.remedies.values()
        ],
        "rules": [
            {
                "id": r.id,
                "text": r.because.say(lang),
                "salience": r.salience,
                **_written(r.origin, r.source, at),
            }
            for r in kb.rules
        ],
    }


def _written(origin: Origin, source: str, at: Callable[[Place], str]) -> Json:
    return {
        "at": at(origin.place),
        "layer": origin.layer,
        "changed": [{"layer": layer, "at": at(place)} for layer, place in origin.changed],
        "source": source,
    }


def _lines(table: Json) -> Iterable[str]:
    yield f"{table['handset']}, {table['programme'] or '-'}, revision {table['revision']}"
    for section in ("symptoms", "faults", "remedies", "rules"):
        yield ""
        yield f"{section} ({len(table[section])})"
        for part in table[section]:
            said = " ".join(str(part["text"]).split())
            yield f"  {part['id']}: {said}"
            changed = "".join(f"; changed by {c['layer']} at {c['at']}" for c in part["changed"])
            yield f"      {part['layer']} at {part['at']}{changed}"

"""Invariants: what ``always:`` and ``never:`` say of outcomes."""

from __future__ import annotations

from typing import Literal, cast

from ..conditions import premises
from ..invariants import OUTCOME_FIELDS, Invariant, OutcomeField, OutcomeTest
from ..merge import Entry
from ..model import Scalar
from ..source import Node
from .context import Linking
from .nodes import items

_SECTION: dict[str, str] = {
    "remedy": "remedies",
    "channel": "channels",
    "charge": "charges",
    "promise": "promises",
}


def invariants(link: Linking) -> tuple[Invariant, ...]:
    """Every invariant that can bear on this handset, ``always:`` first, in the order of the text."""
    kinds: tuple[Literal["always", "never"], ...] = ("always", "never")
    made = [_invariant(link, entry, kind) for kind in kinds for entry in link.merged.sections[kind].values()]
    return tuple(i for i in made if i is not None)


def _invariant(link: Linking, entry: Entry, kind: Literal["always", "never"]) -> Invariant | None:
    node = entry.node
    when, either = node.get("when"), node.get("any")
    if when is not None and either is not None:
        link.complain(entry.origin.place, "K208", f"{kind} {entry.id!r} has both when: and any:", "write one")
        return None
    count = len(link.out)
    mappings = [*([when] if when is not None else []), *items(either)]
    # Without when: it is said of every call.
    compiled = [premises(m, link.facts, link.out, policy=True) for m in mappings] or [()]
    tests = tuple(
        _test(link, field, node.entries["outcome"].entries[field])
        for field in OUTCOME_FIELDS
        if field in node.entries["outcome"].entries
    )
    if not tests:
        place = node.entries["outcome"].place
        link.complain(place, "K209", f"the outcome of {kind} {entry.id!r} is empty", "name a field of it")
    alternatives = tuple(a for a in compiled if a is not None and not link.never(a))
    if len(link.out) > count or not alternatives:
        return None
    because, source = node.get("because"), node.get("source")
    return Invariant(
        entry.id,
        kind,
        alternatives,
        tests,
        because.text if because is not None else "",
        source.text if source is not None else entry.default_source,
        entry.origin,
    )


def _test(link: Linking, field: OutcomeField, node: Node) -> OutcomeTest:
    negated = "not" in node.entries
    wanted = node.entries["not"] if negated else node
    nodes = wanted.items if isinstance(wanted.value, list) else [wanted]
    for item in nodes:
        section = _SECTION.get(field)
        # What another handset has is known; here it is then simply never the outcome.
        if section is not None and item.text not in link.merged.known[section]:
            link.unknown(section, item.text, item.place)
    return OutcomeTest(field, tuple(cast(Scalar, item.value) for item in nodes), negated)

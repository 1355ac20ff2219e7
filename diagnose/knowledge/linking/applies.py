"""What applies to a handset: what its needs leave, and what hangs on that."""

from __future__ import annotations

from ..conditions import premises
from ..model import satisfied
from .context import Linking

STATIC = ("handset.", "programme.")


def apply_needs(link: Linking) -> None:
    """Leave out what can never apply: it needs an attribute that does not hold, or what is left out."""
    for section in ("symptoms", "faults", "remedies", "wrap_up"):
        for id_, entry in link.merged.sections[section].items():
            node = entry.node.get("needs")
            if node is None:
                continue
            compiled = premises(node, link.facts, link.out)
            if compiled is None:
                link.present[section].discard(id_)
                continue
            static = [c for c in compiled if c.fact.startswith(STATIC)]
            if satisfied(static, link.static):
                link.needs[section, id_] = tuple(c for c in compiled if not c.fact.startswith(STATIC))
            else:
                link.present[section].discard(id_)
    again = True
    while again:
        again = False
        for (section, id_), needs in link.needs.items():
            if id_ in link.present[section] and link.never(needs):
                link.present[section].discard(id_)
                again = True

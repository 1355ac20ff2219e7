"""Whether two versions of a knowledge folder have the same policies, pair of handset and programme by pair.

Compared is how a call may end, over every combination of facts (:mod:`.proving.side_by_side`): not what is
asked, believed or said, which :mod:`.diffing` tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diagnose.authoring.changes import changes
from diagnose.authoring.folder import Pair, same_text
from diagnose.authoring.processes import processes
from diagnose.knowledge import catalogue
from diagnose.knowledge.layers import Shelf
from diagnose.knowledge.model import KnowledgeBase, Place
from diagnose.knowledge.problems import Problem, errors
from diagnose.reasoning.policy import decides_outcome

from .ending import Otherwise
from .side_by_side import Comparison, Difference, compare
from .space import TooMany

At = Callable[[Place], str]
Lot = tuple[Path, Path, Sequence[Pair]]
"""The old version, the new one, and pairs that one process compares."""
FEW = 2
"""Pairs that are compared before other processes would have started."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A pair that both versions have. ``found`` is None when it could not be compared; ``why`` says so then.

    ``problems``: errors of the old and of the new version. ``beside``: what else differs in a call.
    """

    pair: Pair
    found: Comparison | None
    why: str = ""
    beside: tuple[str, ...] = ()
    problems: tuple[tuple[Problem, ...], tuple[Problem, ...]] = ((), ())


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of difference with its smallest case, and the pairs that have it, that of the case first."""

    difference: Difference
    pairs: tuple[Pair, ...]


def compared(old: Path, new: Path, pairs: Sequence[Pair], jobs: int) -> Iterator[Compared]:
    """What came of each of the pairs, in their order, by so many processes.

    A pair that is made of the same text in both is the same without looking.
    """
    shelves = Shelf(old), Shelf(new)
    same = {pair for pair in pairs if same_text(shelves, pair)}
    left = [pair for pair in pairs if pair not in same]
    size = max(1, -(-len(left) // (4 * jobs)))
    lots = [(old, new, tuple(left[i : i + size])) for i in range(0, len(left), size)]
    looked_at = _looked_at(lots, jobs)
    for pair in pairs:
        yield Compared(pair, Comparison("same")) if pair in same else next(looked_at)


def _looked_at(lots: Sequence[Lot], jobs: int) -> Iterator[Compared]:
    if jobs == 1 or sum(len(pairs) for _, _, pairs in lots) <= FEW:
        yield from (one for lot in lots for one in _lot(lot))
        return
    with processes(jobs) as pool:
        yield from (one for found in pool.map(_lot, lots) for one in found)


def _lot(given: Lot) -> list[Compared]:
    old, new, pairs = given
    shelves = Shelf(old), Shelf(new)
    return [_compared((old, new), shelves, pair) for pair in pairs]


def _compared(folders: tuple[Path, Path], shelves: tuple[Shelf, Shelf], pair: Pair) -> Compared:
    loaded = [catalogue.load(f, *pair, shelf) for f, shelf in zip(folders, shelves, strict=True)]
    then, now = loaded
    wrong = tuple(errors(then.problems)), tuple(errors(now.problems))
    if then.knowledge is None or now.knowledge is None or any(wrong):
        return Compared(pair, None, "its knowledge has errors", problems=wrong)
    kbs = then.knowledge, now.knowledge
    try:
        found = compare(*kbs)
    except TooMany as why:
        return Compared(pair, None, f"{why}: more than can be gone through")
    return Compared(pair, found, beside=tuple(_beside(*kbs)))


def _beside(old: KnowledgeBase, new: KnowledgeBase) -> dict[str, None]:
    """What differs that is not words, nor rules that only say how a call may end."""
    found: dict[str, None] = {}
    for change in changes(old, new):
        rules = [r for kb in (old, new) for r in kb.rules if change.section == "rules" and r.id == change.id]
        if not change.words and not (rules and all(decides_outcome(r) for r in rules)):
            found[f"{change.section} {change.id}".rstrip()] = None
    return found


def kinds(found: Iterable[Compared]) -> tuple[Kind, ...]:
    """Every kind of difference once, with the smallest case of any of its pairs; small cases first."""
    smallest: dict[Otherwise, tuple[Pair, Difference]] = {}
    having: dict[Otherwise, list[Pair]] = {}
    for one in found:
        for difference in one.found.differences if one.found is not None else ():
            key = difference.what
            having.setdefault(key, []).append(one.pair)
            if key not in smallest or len(difference.case) < len(smallest[key][1].case):
                smallest[key] = one.pair, difference
    every = (
        Kind(difference, (pair, *(p for p in having[key] if p != pair)))
        for key, (pair, difference) in smallest.items()
    )
    return tuple(sorted(every, key=lambda k: len(k.difference.case)))


def against_json(
    found: Sequence[Compared], alone: tuple[Sequence[Pair], Sequence[Pair]], old: At, new: At
) -> dict[str, Any]:
    """What came of it as plain JSON values. ``alone``: pairs that only the new or only the old version has.

    ``old`` and ``new`` tell a place of either to the reader.
    """
    return {
        "equivalent": not any(alone)
        and all(c.found is not None and c.found.relation == "same" for c in found),
        "added": [_pair_json(p) for p in alone[0]],
        "removed": [_pair_json(p) for p in alone[1]],
        "pairs": [
            {
                **_pair_json(c.pair),
                "relation": c.found.relation if c.found is not None else None,
                "why": c.why or None,
                "checked": c.found.combinations if c.found is not None else 0,
                "different": c.found.different if c.found is not None else 0,
            }
            for c in found
        ],
        "differences": [_kind_json(kind, old, new) for kind in kinds(found)],
        "beside": list(dict.fromkeys(part for c in found for part in c.beside)),
    }


def _kind_json(kind: Kind, old: At, new: At) -> dict[str, Any]:
    what = kind.difference.what
    return {
        "relation": what.relation,
        "no_longer_allowed": list(what.lost),
        "now_allowed": list(what.gained),
        "demanded": None
        if what.demanded == ("", "")
        else _then_now(what.demanded[0] or None, what.demanded[1] or None),
        "changed": [{"field": field, **_then_now(then, now)} for field, then, now in what.changed],
        "danger": _then_now(list(what.danger[0]), list(what.danger[1])),
        "case": dict(kind.difference.case),
        "combinations": kind.difference.combinations,
        "rules": _then_now(
            [{"rule": id_, "at": old(place)} for id_, place in kind.difference.then],
            [{"rule": id_, "at": new(place)} for id_, place in kind.difference.now],
        ),
        "of": [_pair_json(p) for p in kind.pairs],
    }


def _then_now(then: object, now: object) -> dict[str, object]:
    return {"then": then, "now": now}


def _pair_json(pair: Pair) -> dict[str, str | None]:
    return {"handset": pair[0], "programme": pair[1]}

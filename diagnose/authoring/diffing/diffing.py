"""What an edit of the knowledge changes: in words, in written cases, in past calls, for virtual callers.

The version bump follows: *patch* when only words changed; *major* when a written case or a past call ends
differently, or a handset or programme is gone; *minor* for anything else that changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any, Literal

from diagnose.authoring.casefile import written_cases
from diagnose.authoring.changes import Change, changes
from diagnose.authoring.folder import Pair, same_text
from diagnose.authoring.places import Named, located
from diagnose.cases import Case, linked, run_case
from diagnose.consultation.call import Call
from diagnose.consultation.trace import verdict_json
from diagnose.knowledge import catalogue
from diagnose.knowledge.layers import Shelf
from diagnose.knowledge.model import KnowledgeBase
from diagnose.knowledge.problems import Problem, errors

from .callers import Simulated, simulate
from .calls import Calls, Work, compare

Bump = Literal["none", "patch", "minor", "major"]
WITHOUT_DATE = datetime(2000, 1, 1, 10, tzinfo=timezone.utc)
"""When a case calls that does not say when: the same for both versions."""


@dataclass(frozen=True, slots=True)
class CaseParted:
    """A written case that ends differently: file and name, and how it ends on each, in words."""

    file: str
    name: str
    pair: Pair
    then: str
    now: str
    at: str


@dataclass(frozen=True, slots=True)
class Diff:
    """What lies between two versions. ``changes``: each with the pairs that it concerns, in order.

    ``cases``: how many of the old version were run. ``calls`` and ``callers`` are None when not asked for.
    ``problems``: errors of the old and of the new version.
    """

    added: tuple[Pair, ...]
    removed: tuple[Pair, ...]
    changed: tuple[Pair, ...]
    changes: tuple[tuple[Change, tuple[Pair, ...]], ...]
    cases: int
    parted: tuple[CaseParted, ...]
    calls: Calls | None
    callers: tuple[tuple[Pair, Simulated], ...] | None
    problems: tuple[tuple[Problem, ...], tuple[Problem, ...]]

    @property
    def bump(self) -> Bump:
        """The version bump that follows."""
        if self.parted or self.removed or (self.calls is not None and self.calls.parted):
            return "major"
        if self.added or any(not c.words for c, _ in self.changes):
            return "minor"
        return "patch" if self.changes else "none"


@dataclass(frozen=True, slots=True)
class Wish:
    """What to compare: a handset only, the folder of calls, callers a pair, processes."""

    handset: str | None = None
    calls: Path | None = None
    callers: int = 0
    on: date = date(2000, 1, 1)
    jobs: int = 1


def diff(old: Path, new: Path, wish: Wish) -> Diff:
    """Everything between two knowledge folders. Never raises for what an author wrote."""
    shelves = Shelf(old), Shelf(new)
    here, there = (_pairs(root, wish.handset) for root in (old, new))
    problems: tuple[set[Problem], set[Problem]] = (set(), set())
    bases: dict[Pair, tuple[KnowledgeBase, KnowledgeBase]] = {}
    found: dict[Pair, tuple[Change, ...]] = {}
    for pair in (p for p in there if p in here):
        if same_text(shelves, pair):
            continue
        loaded = [catalogue.load(root, *pair, shelf) for root, shelf in zip((old, new), shelves, strict=True)]
        for seen, one in zip(problems, loaded, strict=True):
            seen.update(errors(one.problems))
        a, b = loaded[0].knowledge, loaded[1].knowledge
        if a is not None and b is not None and a.revision != b.revision:
            bases[pair] = a, b
            found[pair] = changes(a, b)
    ran, parted = _cases(old, bases, found)
    calls = None
    if wish.calls is not None:
        calls = compare(Work(old, new, found), wish.calls, wish.jobs)
    callers = None
    if wish.callers:
        callers = tuple(
            (pair, simulate(pair, a, b, wish.callers, wish.on))
            for pair, (a, b) in bases.items()
            if any(not c.words for c in found[pair])
        )
    return Diff(
        tuple(p for p in there if p not in here),
        tuple(p for p in here if p not in there),
        tuple(bases),
        _together(found),
        ran,
        parted,
        calls,
        callers,
        (tuple(sorted(problems[0])), tuple(sorted(problems[1]))),
    )


def _pairs(root: Path, handset: str | None) -> dict[Pair, None]:
    listed = [h for h in catalogue.handsets(root) if handset is None or h.id == handset]
    return {(h.id, p): None for h in listed for p in (h.programmes or (None,))}


def _together(found: Mapping[Pair, Iterable[Change]]) -> tuple[tuple[Change, tuple[Pair, ...]], ...]:
    """Every change once, with the pairs that it concerns."""
    grouped: dict[Change, list[Pair]] = {}
    for pair, all_ in found.items():
        for change in all_:
            grouped.setdefault(change, []).append(pair)
    return tuple((change, tuple(pairs)) for change, pairs in grouped.items())


def _cases(
    old: Path,
    bases: Mapping[Pair, tuple[KnowledgeBase, KnowledgeBase]],
    found: Mapping[Pair, tuple[Change, ...]],
) -> tuple[int, tuple[CaseParted, ...]]:
    """The old version's cases that the change may touch, on both."""
    shelf = Shelf(old)
    ran = 0
    parted: list[CaseParted] = []
    firsts = dict(reversed(_pairs(old, None)))
    for file in shelf.listing("cases"):
        for written in written_cases(shelf.document(file, "cases")):
            case = written.case
            pair = (case.handset, case.programme or firsts.get(case.handset))
            if pair not in bases or all(c.words for c in found[pair]):
                continue
            ran += 1
            then, now = (_ran(kb, case) for kb in bases[pair])
            if _end(then) != _end(now):
                name = written.name
                parted.append(CaseParted(file, name, pair, _end(then), _end(now), _first_step(then, now)))
    return ran, tuple(parted)


def _ran(kb: KnowledgeBase, case: Case) -> Call:
    return run_case(kb, linked(kb, case)[0], WITHOUT_DATE)


def _end(call: Call) -> str:
    verdict = verdict_json(call)
    ways = [str(verdict[k]) for k in ("kind", "remedy", "channel", "charge", "promise") if verdict[k]]
    return ", ".join(ways) if call.over else "no end"


def _first_step(then: Call, now: Call) -> str:
    """The first event of the two that differs, in words."""
    for a, b in zip(then.events[1:], now.events[1:], strict=False):
        if _deed(a) != _deed(b):
            return f"{_deed(a)} then, {_deed(b)} now"
    return "the end"


def _deed(event: Any) -> str:
    what = getattr(event, "symptom", "") or getattr(event, "remedy", "")
    return f"{type(event).__name__.lower()} {what}".strip()


def told_at(change: Change, old: Named, new: Named) -> str:
    """Where a change is to be looked up: in the new version, or where what is gone was written."""
    gone = not change.field and change.new is None
    return located(old if gone else new)(change.place)


def diff_json(made: Diff, old: Named, new: Named) -> dict[str, Any]:
    """A diff as plain JSON values; euros and seconds are new less old.

    ``old`` and ``new``: what the reader calls the files of either version.
    """
    return {
        "bump": made.bump,
        "added": [_pair_json(p) for p in made.added],
        "removed": [_pair_json(p) for p in made.removed],
        "changed": [_pair_json(p) for p in made.changed],
        "changes": [
            {
                "section": c.section,
                "id": c.id,
                "field": c.field,
                "old": c.old,
                "new": c.new,
                "words_only": c.words,
                "sentence": c.sentence,
                "at": told_at(c, old, new),
                "of": [_pair_json(p) for p in pairs],
            }
            for c, pairs in made.changes
        ],
        "cases": {
            "run": made.cases,
            "different": [
                {
                    "file": old(p.file),
                    "case": p.name,
                    "then": p.then,
                    "now": p.now,
                    "first_difference": p.at,
                }
                for p in made.parted
            ],
        },
        "calls": None if made.calls is None else _calls_json(made.calls),
        "simulated": None if made.callers is None else list(_callers_json(made.callers)),
    }


def _pair_json(pair: Pair) -> dict[str, str | None]:
    return {"handset": pair[0], "programme": pair[1]}


def _calls_json(calls: Calls) -> dict[str, Any]:
    return {
        "checked": calls.checked,
        "skipped": calls.skipped,
        "unreadable": list(calls.unreadable),
        "euros": round(sum(p.euros or 0.0 for p in calls.parted), 2),
        "seconds": round(sum(p.seconds for p in calls.parted), 1),
        "different": [
            {
                "file": p.file,
                **_pair_json(p.pair),
                "then": p.then,
                "now": p.now,
                "first_difference": None
                if p.at is None
                else {"n": p.at.n, "what": p.at.what, "then": p.at.then, "now": p.at.now},
                "euros": p.euros,
                "seconds": p.seconds,
            }
            for p in calls.parted
        ],
    }


def _callers_json(callers: Iterable[tuple[Pair, Simulated]]) -> Iterator[dict[str, Any]]:
    for pair, one in callers:
        yield {
            **_pair_json(pair),
            "callers": one.callers,
            "euros_mean": one.euros,
            "seconds_mean": one.seconds,
            "different": [
                {
                    "caller": d.number,
                    "fault": d.fault,
                    "then": d.then.remedy,
                    "now": d.now.remedy,
                    "step": d.at,
                    "euros": None
                    if d.then.euros is None or d.now.euros is None
                    else round(d.now.euros - d.then.euros, 2),
                    "seconds": round(d.now.seconds - d.then.seconds, 1),
                }
                for d in one.differing
            ],
        }


def in_words(step: object) -> str:
    """A step of a trace as text."""
    if isinstance(step, dict):
        return " ".join(str(v) for v in step.values())
    return step if isinstance(step, str) else json.dumps(step)

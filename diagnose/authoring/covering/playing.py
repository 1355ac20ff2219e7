"""The written cases played once each: every moment of every call, for coverage and the mutation score."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from diagnose.authoring.casefile import Written
from diagnose.authoring.folder import Folder, Pair
from diagnose.authoring.moments import moments
from diagnose.authoring.processes import processes
from diagnose.authoring.testing.running import groups_of, pair_of
from diagnose.cases import SINGLE, Case, linked, mismatches, outcome_of, run_case
from diagnose.consultation.call import Call
from diagnose.consultation.events import Event
from diagnose.knowledge.catalogue import load
from diagnose.knowledge.layers import Shelf
from diagnose.knowledge.model import KnowledgeBase, Scalar
from diagnose.reasoning.assess import Next
from diagnose.reasoning.facts import Findings

from .coverage import Item, seen

Ending = Mapping[str, tuple[str, ...]]
"""How a call ends, and what was asked on the way: all that a case can expect of it but rules, by its key."""


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """The call after an event: its findings, the facts then, the class in front, and what was done next."""

    findings: Findings
    facts: Mapping[str, Scalar]
    fault_class: str
    step: Next


@dataclass(frozen=True, slots=True, eq=False)
class Played:
    """A case with its call, event by event and moment by moment, how it ends, and what that covers.

    ``fine``: it expects something, and comes out so.
    """

    name: str
    case: Case
    fine: bool
    events: tuple[Event, ...]
    moments: tuple[Moment, ...]
    ends: Ending
    covers: frozenset[Item]


Plays = Mapping[Pair, Sequence[Played]]
"""The cases by what knowledge they need."""


def play(root: Path, cases: Sequence[Written], now: datetime, jobs: int = 1) -> Plays:
    """Every case, played; none where the knowledge cannot be used."""
    groups = groups_of(cases)
    if jobs > 1 and len(groups) > 1:
        with processes(jobs) as pool:
            done = list(pool.map(partial(_group, root, now), groups))
    else:
        shelf = Shelf(root)
        done = [_group(root, now, group, shelf) for group in groups]
    return {pair_of(group[0]): played for group, played in zip(groups, done, strict=True)}


def about(folder: Folder, cases: Sequence[Written], means: Callable[[str], bool]) -> list[Written]:
    """The cases whose knowledge is read from one of the files that are meant."""
    pairs: set[Pair] = set()
    for base in folder.bases:
        kb = base.loaded.knowledge
        if kb is not None and any(map(means, kb.sources)):
            pairs |= {(base.handset, base.programme), (base.handset, None)}
    return [written for written in cases if pair_of(written) in pairs]


def usable(root: Path, pair: Pair, shelf: Shelf | None) -> KnowledgeBase | None:
    """The knowledge base of a pair, if calls can be taken on it."""
    return load(root, *pair, shelf).usable


def _group(root: Path, now: datetime, group: Sequence[Written], shelf: Shelf | None = None) -> list[Played]:
    kb = usable(root, pair_of(group[0]), shelf)
    return [_played(kb, written, now) for written in group] if kb is not None else []


def _played(kb: KnowledgeBase, written: Written, now: datetime) -> Played:
    case, _ = linked(kb, written.case)
    call = run_case(kb, case, now)
    through = tuple(moments(call))
    fine = bool(case.expect) and call.over and not mismatches(call, case)
    covers = seen(kb, through)
    return Played(written.name, case, fine, call.events, tuple(map(_moment, through)), ending(call), covers)


def ending(call: Call) -> Ending:
    """How a call ends and what was asked, whatever its case expects of it."""
    return {what: outcome_of(call, what) for what in (*SINGLE, "alerts", "asked")}


def _moment(call: Call) -> Moment:
    now = call.assessment
    return Moment(call.findings, now.facts, now.outcome.fault_class, now.next)

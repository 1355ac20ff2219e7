"""Running the cases that lie beside the knowledge: what came out, against what was expected, and why."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from time import perf_counter

from diagnose.authoring.bearing import Met, met
from diagnose.authoring.casefile import Written
from diagnose.authoring.folder import Pair
from diagnose.authoring.processes import processes
from diagnose.cases import MOST_STEPS, Case, Mismatch, linked, mismatches, outcome_of, run_case
from diagnose.consultation.call import Call, Refused, after, open_call
from diagnose.consultation.events import Event
from diagnose.knowledge.catalogue import Loaded, load
from diagnose.knowledge.disk import contents
from diagnose.knowledge.layers import Shelf
from diagnose.knowledge.model import KnowledgeBase, Place
from diagnose.knowledge.problems import Problem, errors

from .blame import blame

Ran = tuple[str, str]
"""What identifies a case: its file and its name."""


@dataclass(frozen=True, slots=True)
class Missed:
    """An expectation that was not met, and what is behind it."""

    what: str
    expected: str
    got: str
    place: Place
    blame: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a case. ``asked``: the questions in their order; ``got``: how it ended, in words.

    ``problems``: why it could not be run, or what it names that is not there. ``seconds`` of computing.
    ``said``: what the case says, wherever it stands; ``events``: of the call that it makes, and what that
    ``met``.
    """

    file: str
    name: str
    place: Place
    handset: str
    programme: str
    revision: str = ""
    asked: tuple[str, ...] = ()
    got: str = ""
    missed: tuple[Missed, ...] = ()
    problems: tuple[Problem, ...] = ()
    sources: tuple[str, ...] = ()
    seconds: float = 0.0
    said: str = ""
    events: tuple[Event, ...] = ()
    met: Met | None = None

    @property
    def passed(self) -> bool:
        """Whether all was as expected."""
        return not self.missed and not errors(self.problems)

    @property
    def key(self) -> Ran:
        """What identifies the case."""
        return self.file, self.name


def run(
    root: Path, cases: Sequence[Written], now: datetime, jobs: int = 1, shelf: Shelf | None = None
) -> tuple[Result, ...]:
    """Every case, in the order given; ``now`` is when those call that do not say when.

    ``shelf``: what of the folder was read already.
    """
    groups = groups_of(cases)
    work = partial(_run_group, root, now)
    if jobs > 1 and len(groups) > 1:
        with processes(jobs) as pool:
            done = list(pool.map(work, groups))
    else:
        shelf = shelf if shelf is not None else Shelf(root)
        done = [_run_group(root, now, group, shelf) for group in groups]
    by_key = {result.key: result for results in done for result in results}
    return tuple(by_key[written.case.file, written.name] for written in cases)


def groups_of(cases: Iterable[Written]) -> list[tuple[Written, ...]]:
    """The cases by what knowledge they need, so that each knowledge base is made once."""
    groups: dict[Pair, list[Written]] = {}
    for written in cases:
        groups.setdefault(pair_of(written), []).append(written)
    return [tuple(group) for group in groups.values()]


def _run_group(
    root: Path, now: datetime, group: Sequence[Written], shelf: Shelf | None = None
) -> list[Result]:
    loaded = load(root, *pair_of(group[0]), shelf)
    return [run_one(loaded, written, now) for written in group]


def pair_of(written: Written) -> Pair:
    """Which knowledge base a case is about."""
    return written.case.handset, written.case.programme


def run_one(loaded: Loaded, written: Written, now: datetime) -> Result:
    """One case on its knowledge base."""
    return _judged(loaded, written, lambda kb, case: run_case(kb, case, now))


def run_on_answers(loaded: Loaded, written: Written, last: Result) -> Result | None:
    """One case on the questions of its last run, whatever would be worth asking now: a fraction of a run.

    None where these are not to be had, or cannot be answered as they were on this knowledge.
    """
    if not last.events:
        return None

    def as_it_went(kb: KnowledgeBase, case: Case) -> Call:
        del case
        call = open_call(kb, last.events[0], look_ahead=False)  # type: ignore[arg-type]  # a call begins so
        for event in last.events[1:]:
            call = after(call, event)
        return call

    try:
        return _judged(loaded, written, as_it_went)
    except Refused:
        return None


def _judged(loaded: Loaded, written: Written, called: Callable[[KnowledgeBase, Case], Call]) -> Result:
    """What the call that a case makes comes to."""
    kb = loaded.knowledge
    handset, programme = pair_of(written)
    head = Result(
        written.case.file, written.name, written.place, handset, programme or "", said=said(written.case)
    )
    if kb is None or not loaded.fine or not kb.faults or not kb.remedies:
        return replace(head, problems=loaded.problems)  # nor could anybody take a call on it
    case, unknown = linked(kb, written.case)
    problems = (*written.problems, *unknown)
    began = perf_counter()
    call = called(kb, case)
    missed = [_missed(call, m) for m in mismatches(call, case)]
    if not call.over:
        message = f"the call did not come to an end in {MOST_STEPS} steps"
        missed.append(Missed("an end", "one", message, written.place, ()))
    return replace(
        head,
        programme=kb.programme.id if kb.programme else "",
        revision=kb.revision,
        asked=outcome_of(call, "asked"),
        got=ending(call),
        missed=tuple(missed),
        problems=problems,
        sources=kb.sources,
        seconds=perf_counter() - began,
        events=call.events,
        met=met(call) if call.look_ahead else None,
    )


def said(case: Case) -> str:
    """What a case says, wherever in its file: the same text for cases that say the same."""
    told = (case.facts, case.complaint, case.answers, case.tries)
    given = [[(g.id, g.value) for g in some] for some in told]
    expected = [(e.what, e.values) for e in case.expect]
    head = (case.handset, case.programme, case.retailer, case.on, case.language)
    return json.dumps([head, given, expected])


def _missed(call: Call, missed: Mismatch) -> Missed:
    return Missed(missed.what, missed.expected, missed.got, missed.place, blame(call, missed))


def ending(call: Call) -> str:
    """How a call ended: verdict, remedy, fault in front."""
    outcome = call.assessment.outcome
    return f"{outcome.verdict}, {outcome.remedy.id}, for {outcome.fault}"


# --- what was asked when it last passed -------------------------------------------------------------------

Memory = dict[str, list[str]]
"""Case -> the questions of its last passing run."""


def memory_path(root: Path) -> Path:
    """Where the last passing runs of a knowledge folder are remembered."""
    from platformdirs import user_cache_path

    name = sha256(str(root.resolve()).encode()).hexdigest()[:16]
    return user_cache_path("diagnose") / f"cases-{name}.json"


def remembered(path: Path) -> Memory:
    """What is remembered there; nothing when it cannot be read."""
    try:
        data = json.loads(contents(path))
    except (OSError, ValueError):
        return {}
    if not isinstance(data, dict):
        return {}
    return {str(k): [str(q) for q in v] for k, v in data.items() if isinstance(v, list)}


def remember(path: Path, before: Memory, results: Iterable[Result]) -> None:
    """Adds the questions of the passing runs; a cache that cannot be written is no harm."""
    after = {**before, **{"#".join(r.key): list(r.asked) for r in results if r.passed}}
    if after == before:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(after, sort_keys=True), encoding="utf-8")
    except OSError:
        return

"""A recorded call on today's knowledge or on what was kept with it: the same way, or where do they part?

Compared event by event is what was decided: the step that followed, the remedy in front, the verdict.
Probabilities and euros may drift without a difference.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from diagnose.consultation.call import Call, Refused, after, open_call
from diagnose.consultation.events import Opened
from diagnose.consultation.trace import entry
from diagnose.knowledge import catalogue
from diagnose.knowledge.catalogue import Loaded
from diagnose.knowledge.model import Place
from diagnose.knowledge.problems import Problem, errors
from diagnose.record import kept
from diagnose.record.printable import clean
from diagnose.record.reading import Recording

Json = dict[str, Any]
What = Literal["next", "remedy", "verdict", "event"]
Load = Callable[[Path, str, "str | None"], Loaded]


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a call parts: line ``n`` of the call, what differs, and its value then and now (plain JSON).

    ``event``: today's knowledge refuses the event itself, ``now`` is the code of why.
    """

    n: int
    what: What
    then: object
    now: object


@dataclass(frozen=True, slots=True, eq=False)
class Replay:
    """A recording beside the same events on today's knowledge.

    ``entries`` are today's, one for each event of the recording; None for an event that was refused and
    skipped. ``call`` is None when nothing could be replayed. ``problems`` are those of the recording and
    of its replay; ``knowledge_problems`` those of today's text.
    """

    recording: Recording
    call: Call | None
    entries: tuple[Json | None, ...]
    same: bool
    revision_then: str
    revision_now: str
    verdict_then: Json | None
    verdict_now: Json | None
    first_difference: Difference | None
    problems: tuple[Problem, ...]
    knowledge_problems: tuple[Problem, ...] = ()
    as_recorded: bool = False


def replay(root: Path, recording: Recording, load: Load = catalogue.load) -> Replay:
    """Folds the recorded events on the knowledge of the folder and compares. Nothing recorded makes it raise.

    ``same`` is true only when the whole recording could be read and every decision agrees.
    """
    opened = recording.opened
    if opened is None:
        return _nothing(recording, recording.problems)
    loaded = load(root, opened.handset, opened.programme)
    kb = loaded.knowledge
    if kb is None or not kb.faults or not kb.remedies:
        where = Place(str(recording.path), recording.lines[0], 1)
        under = f" under {opened.programme}" if opened.programme else ""
        gone = Problem(where, "T202", clean(f"there is no usable knowledge of {opened.handset}{under} today"))
        return _nothing(recording, (*recording.problems, gone), loaded.problems)
    problems = list(recording.problems)
    entries: list[Json | None] = []
    refused: dict[int, str] = {}
    call: Call | None = None
    for i, event in enumerate(recording.events):
        before = call
        try:
            if before is None:
                assert isinstance(event, Opened)
                stepped = open_call(kb, event)
            else:
                stepped = after(before, event)
            made = entry(before, stepped, event)
        except (Refused, OverflowError) as why:  # the latter: a time for which no promise can be reckoned
            refused[i] = why.code if isinstance(why, Refused) else "bad-time"
            entries.append(None)
            place = Place(str(recording.path), recording.lines[i], 1)
            said = clean(f"refused today: {why}")
            problems.append(Problem(place, "T201", said, "the replay goes on without it"))
            if before is None:
                break
            continue
        call = stepped
        entries.append(made)
    difference = _first_difference(recording, entries, refused)
    return Replay(
        recording,
        call,
        tuple(entries),
        difference is None and not errors(problems),
        opened.revision,
        kb.revision,
        last_verdict(recording.entries),
        last_verdict(entries),
        difference,
        tuple(problems),
        loaded.problems,
    )


def as_recorded(recording: Recording) -> Replay:
    """The replay on exactly the knowledge that the operator had at each event, kept beside the transcript."""
    store = recording.path.parent / kept.FOLDER
    entries: list[Json | None] = []
    problems: dict[Problem, None] = {}
    try:
        for first, address in recording.grounds or ((0, ""),):
            with kept.unpacked(store, address) as root:
                result = replay(root, recording)
            if result.call is None:
                return replace(result, as_recorded=True)
            entries[first:] = result.entries[first:]
            problems.update(dict.fromkeys(result.problems))
    except kept.NotKept as gone:
        problem = Problem(
            Place(str(recording.path), 1, 1), "T203", str(gone), "replay it on today's knowledge"
        )
        return _nothing(recording, (*recording.problems, problem))
    difference = _first_difference(recording, entries, {})
    return replace(
        result,
        entries=tuple(entries),
        same=difference is None and not errors(problems),
        verdict_now=last_verdict(entries),
        first_difference=difference,
        problems=tuple(problems),
        as_recorded=True,
    )


def last_verdict(entries: tuple[Json, ...] | list[Json | None]) -> Json | None:
    """The verdict at which the reasoning stood at the end; None when it still had something to ask."""
    decided = [e for e in entries if e is not None and "remedy" in e]
    verdict = decided[-1].get("verdict") if decided else None
    return verdict if isinstance(verdict, dict) else None


def decision(entry_: Json) -> dict[What, object]:
    """What an entry of the trace decides: the step without its euros, the remedy, the verdict."""
    step = entry_.get("next")
    plain = (
        {k: v for k, v in step.items() if k in ("do", "symptom", "remedy")}
        if isinstance(step, dict)
        else step
    )
    return {"next": plain, "remedy": entry_.get("remedy"), "verdict": entry_.get("verdict")}


def _first_difference(
    recording: Recording, entries: list[Json | None], refused: dict[int, str]
) -> Difference | None:
    for i, now in enumerate(entries):
        then = recording.entries[i]
        if now is None:
            return Difference(i + 1, "event", then.get("event"), refused.get(i, "refused"))
        for what, value in decision(now).items():
            recorded = decision(then)[what]
            if recorded != value:
                return Difference(i + 1, what, recorded, value)
    return None


def _nothing(
    recording: Recording, problems: tuple[Problem, ...], knowledge_problems: tuple[Problem, ...] = ()
) -> Replay:
    opened = recording.opened
    then = opened.revision if opened else ""
    verdict = last_verdict(recording.entries)
    return Replay(recording, None, (), False, then, "", verdict, None, None, problems, knowledge_problems)


def replay_json(result: Replay) -> Json:
    """A replay as plain JSON values."""
    parts = result.first_difference
    return {
        "file": str(result.recording.path),
        "same": result.same,
        "first_difference": None
        if parts is None
        else {"n": parts.n, "what": parts.what, "then": parts.then, "now": parts.now},
        "verdict": result.verdict_now,
        "verdict_then": result.verdict_then,
        "revision": result.revision_now,
        "revision_then": result.revision_then,
        "problems": [{"at": str(p.place), "code": p.code, "message": p.message} for p in result.problems],
    }

"""A recorded call on today's knowledge or on what was kept with it: the same way, or where do they part?

Compared event by event is what was decided: the step that followed, the remedy in front, the verdict.
Probabilities and euros may drift without a difference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from diagnose.consultation.call import Call, Editions, Refused, after, open_call
from diagnose.consultation.events import Accepted, Event, Opened, Overruled, Renewed
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
    of its replay; ``knowledge_problems`` those of today's text. ``editions``: what it was replayed on.
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
    editions: Editions = ()


def replay(root: Path, recording: Recording, load: Load = catalogue.load) -> Replay:
    """Folds the recorded events on the knowledge of the folder and compares. Nothing recorded makes it raise.

    A call that was renewed is on that knowledge throughout. ``same`` is true only when the whole recording
    could be read and every decision agrees.
    """
    opened = recording.opened
    if opened is None:
        return _nothing(recording, recording.problems)
    loaded = load(root, opened.handset, opened.programme)
    if loaded.knowledge is None or not _usable(loaded):
        return _nothing(recording, (*recording.problems, _unusable(recording, opened)), loaded.problems)
    return _replayed(recording, opened, (loaded.knowledge,), loaded.problems)


def as_recorded(recording: Recording) -> Replay:
    """The replay on exactly the knowledge that the operator had at each event, kept beside the transcript."""
    opened = recording.opened
    if opened is None:
        return replace(_nothing(recording, recording.problems), as_recorded=True)
    try:
        found = kept_editions(recording)
    except kept.NotKept as gone:
        place = Place(str(recording.path), 1, 1)
        problem = Problem(place, "T203", str(gone), "replay it on today's knowledge")
        return _nothing(recording, (*recording.problems, problem))
    editions = tuple(loaded.knowledge for loaded in found if loaded.knowledge is not None and _usable(loaded))
    if len(editions) < len(found):
        wrong = next(loaded for loaded in found if not _usable(loaded))
        result = _nothing(recording, (*recording.problems, _unusable(recording, opened)), wrong.problems)
    else:
        result = _replayed(recording, opened, editions)
    return replace(result, as_recorded=True)


def kept_editions(recording: Recording, load: Load = catalogue.load) -> tuple[Loaded, ...]:
    """What was kept beside the transcript: the knowledge of its opening, then that of each renewal.

    Raises:
        NotKept: when one of them is gone or altered, or nothing was recorded.
    """
    return tuple(kept_edition(recording, address, load) for address in recording.grounds)


def kept_edition(recording: Recording, address: str, load: Load = catalogue.load) -> Loaded:
    """The knowledge of that address, for the handset of the call.

    Raises:
        NotKept: when it is gone or altered, or nothing was recorded.
    """
    opened = recording.opened
    if opened is None:
        raise kept.NotKept(kept.NAMES_NONE)
    with kept.unpacked(recording.path.parent / kept.FOLDER, address) as root:
        return load(root, opened.handset, opened.programme)


def _usable(loaded: Loaded) -> bool:
    kb = loaded.knowledge
    return kb is not None and bool(kb.faults) and bool(kb.remedies)


def _unusable(recording: Recording, opened: Opened) -> Problem:
    where = Place(str(recording.path), recording.lines[0], 1)
    under = f" under {opened.programme}" if opened.programme else ""
    return Problem(where, "T202", clean(f"there is no usable knowledge of {opened.handset}{under} today"))


def _replayed(
    recording: Recording, opened: Opened, editions: Editions, knowledge_problems: tuple[Problem, ...] = ()
) -> Replay:
    problems = list(recording.problems)
    entries: list[Json | None] = []
    refused: dict[int, str] = {}
    call: Call | None = None
    for i, event in enumerate(recording.events):
        before = call
        try:
            stepped = open_call(editions, opened) if before is None else after(before, event)
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
        revision_of(recording),
        editions[-1].revision,
        last_verdict(recording.events, recording.entries),
        last_verdict(recording.events, entries),
        difference,
        tuple(problems),
        knowledge_problems,
        editions=editions,
    )


def revision_of(recording: Recording) -> str:
    """The revision of the knowledge that the call ended on; empty when nothing was recorded."""
    named = [e.revision for e in recording.events if isinstance(e, (Opened, Renewed))]
    return named[-1] if named else ""


def last_verdict(events: Sequence[Event], entries: Sequence[Json | None]) -> Json | None:
    """The verdict at the end: the operator's own where he overruled, else that of the reasoning.

    None when nobody had decided yet. ``entries``: one for each event, None for one that was refused; events
    after the last entry do not count. The operator's own has ``overruled``, and nothing but kind and remedy.
    """
    reasoned: object = None
    own: Json | None = None
    for event, made in zip(events, entries, strict=False):
        if made is None:
            continue
        if isinstance(event, Overruled):
            own = {"kind": event.verdict, "remedy": event.remedy or None, "overruled": True}
            own |= dict.fromkeys(("channel", "charge", "promise"))
        elif isinstance(event, Accepted):
            own = None
        elif "remedy" in made:
            reasoned, own = made.get("verdict"), None
    return own or (reasoned if isinstance(reasoned, dict) else None)


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
    then = revision_of(recording)
    verdict = last_verdict(recording.events, recording.entries)
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

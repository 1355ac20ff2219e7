"""Recorded calls on two versions of the knowledge: which now end differently, where they part, what it costs.

A call whose handset and programme did not change is known by its first line alone and is not read further;
of the others those are skipped in which nothing that changed can bear (:mod:`.bearing`).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from diagnose.authoring.bearing import cannot_bear
from diagnose.authoring.changes import Change
from diagnose.authoring.folder import Pair
from diagnose.authoring.processes import processes
from diagnose.consultation.call import Call, Refused, after, open_call
from diagnose.consultation.events import Opened
from diagnose.consultation.trace import entry, next_json, verdict_json
from diagnose.knowledge import catalogue
from diagnose.knowledge.disk import beginning
from diagnose.knowledge.model import KnowledgeBase
from diagnose.reasoning.assess import Ask, Conclude, Try
from diagnose.record.reading import SUFFIX, Recording, read
from diagnose.record.replay import Difference, decision

Json = dict[str, Any]
HEAD_BYTES = 2048
CHUNK = 200
_OPENED = re.compile(
    rb'"event":\s*\{\s*"event":\s*"opened",[^{}]*?"handset":\s*"([^"\\]*)",\s*'
    rb'"programme":\s*(null|"[^"\\]*"),\s*"revision":\s*"([^"\\]*)"'
)


@dataclass(frozen=True, slots=True)
class Head:
    """What the first line of a transcript says: whose call, on which knowledge."""

    pair: Pair
    revision: str


@dataclass(frozen=True, slots=True)
class Parted:
    """A call that ends differently. ``then`` and ``now``: how it ends on the old and the new knowledge.

    ``at``: the first step that differs. ``euros``: what the new end is expected to cost more than the old,
    both by the new knowledge (None when the old remedy is not to be had any more); ``seconds`` of talk more.
    """

    file: str
    pair: Pair
    then: Json
    now: Json
    at: Difference | None
    euros: float | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls looked at. ``checked``: all; ``skipped``: known without a replay to end the same."""

    checked: int = 0
    skipped: int = 0
    unreadable: tuple[str, ...] = ()
    parted: tuple[Parted, ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """What a process needs: the two folders, and for each pair that changed what did."""

    old: Path
    new: Path
    changed: Mapping[Pair, tuple[Change, ...]]


def head_of(path: Path) -> Head | None:
    """Whose call it is, from the beginning of the file; None when that cannot be told.

    Raises:
        OSError: when the file cannot be read.
    """
    found = _OPENED.search(beginning(path, HEAD_BYTES))
    if found:
        handset, programme, revision = found.groups()
        name = None if programme == b"null" else programme[1:-1].decode("utf-8", "replace")
        return Head((handset.decode("utf-8", "replace"), name), revision.decode("utf-8", "replace"))
    opened = read(path).opened
    return Head((opened.handset, opened.programme), opened.revision) if opened is not None else None


def compare(work: Work, folder: Path, jobs: int = 1) -> Calls:
    """Every transcript below a folder, in the order of their names."""
    paths = sorted(_transcripts(folder))
    pieces = [paths[i : i + CHUNK] for i in range(0, len(paths), CHUNK)]
    if jobs > 1 and len(pieces) > jobs:
        with processes(jobs, way=get_context("spawn")) as pool:
            done = list(pool.map(partial(_compare, work), pieces))
    else:
        done = [_compare(work, piece) for piece in pieces]
    return Calls(
        len(paths),
        sum(d.skipped for d in done),
        tuple(name for d in done for name in d.unreadable),
        tuple(p for d in done for p in d.parted),
    )


def _transcripts(folder: Path) -> Iterator[str]:
    for place, folders, files in os.walk(folder):
        # the index of days and the kept knowledge are no calls
        folders[:] = sorted(f for f in folders if f not in ("index", "knowledge"))
        yield from (os.path.join(place, f) for f in files if f.endswith(SUFFIX))  # noqa: PTH118 - quicker


def _compare(work: Work, paths: Sequence[str]) -> Calls:
    skipped = 0
    unreadable: list[str] = []
    parted: list[Parted] = []
    for name in paths:
        try:
            head = head_of(Path(name))
        except OSError:
            head = None
        if head is None:
            unreadable.append(name)
            continue
        changed = work.changed.get(head.pair)
        if not changed or all(c.words for c in changed):
            skipped += 1
            continue
        recording = read(Path(name))
        if recording.broken or recording.opened is None:
            unreadable.append(name)
            continue
        old, new = _loaded(work.old, *head.pair), _loaded(work.new, *head.pair)
        if old is None or new is None or cannot_bear(old, new, changed, recording.events):
            skipped += 1
            continue
        found = parts(old, new, recording)
        if found is not None:
            parted.append(found)
    return Calls(len(paths), skipped, tuple(unreadable), tuple(parted))


@lru_cache(maxsize=256)
def _loaded(root: Path, handset: str, programme: str | None) -> KnowledgeBase | None:
    return catalogue.load(root, handset, programme).usable


def parts(old: KnowledgeBase, new: KnowledgeBase, recording: Recording) -> Parted | None:
    """How the call ends differently; None when it ends the same."""
    opened = recording.opened
    assert opened is not None
    decisive = [i for i, e in enumerate(recording.entries) if "remedy" in e]
    if not decisive:
        return None
    last = decisive[-1]
    events = recording.events[: last + 1]
    recorded = opened.revision == old.revision and len(recording.grounds) <= 1
    then_call = None if recorded else _folded(old, events)
    if then_call is not None:
        then = _decided(then_call)
    elif recorded:
        then = dict(decision(recording.entries[last]))
    else:
        return None  # what it was recorded on is neither of the two
    now_call = _folded(new, events)
    now = _decided(now_call) if now_call is not None else {"refused": True}
    if then == now:
        return None
    pair = (opened.handset, opened.programme)
    euros = _euros(now_call, str(then.get("remedy"))) if now_call is not None else None
    at, seconds = _first(old, new, recording, last, recorded)
    return Parted(str(recording.path), pair, _plain(then), _plain(now), at, euros, seconds)


def _plain(decided: Mapping[Any, object]) -> Json:
    return {str(k): v for k, v in decided.items()}


def _folded(kb: KnowledgeBase, events: Sequence[Any]) -> Call | None:
    """The call after these events; None when the knowledge refuses one of them."""
    try:
        call = open_call(kb, events[0])
        for event in events[1:]:
            call = after(call, event)
    except (Refused, OverflowError):
        return None
    return call


def _decided(call: Call) -> dict[Any, object]:
    """As :func:`diagnose.record.replay.decision` says it of an entry of the trace."""
    now = call.assessment
    made: Json = {"next": next_json(now), "remedy": now.outcome.remedy.id}
    if isinstance(now.next, Conclude):
        made["verdict"] = verdict_json(call)
    # through text and back, as a recording went
    return dict(decision(json.loads(json.dumps(made))))


def _euros(call: Call, before: str) -> float | None:
    losses = dict(call.assessment.losses)
    now = losses.get(call.assessment.outcome.remedy.id)
    return None if before not in losses or now is None else round(now - losses[before], 2)


def _first(
    old: KnowledgeBase, new: KnowledgeBase, recording: Recording, last: int, recorded: bool
) -> tuple[Difference | None, float]:
    """The first step that differs, and the seconds of talk that the new end takes more."""
    before: Call | None = None
    was: Call | None = None
    found: Difference | None = None
    ended: float | None = None
    for i, event in enumerate(recording.events[: last + 1]):
        try:
            now = open_call(new, event) if before is None else after(before, event)  # type: ignore[arg-type]
            then_entry = recording.entries[i]
            if not recorded:
                was = open_call(old, event) if was is None else after(was, event)  # type: ignore[arg-type]
                then_entry = entry(None, was, event)
        except (Refused, OverflowError) as why:
            code = why.code if isinstance(why, Refused) else "bad-time"
            return found or Difference(i + 1, "event", _kind(event), code), 0.0
        made = json.loads(json.dumps(entry(before, now, event)))
        for what, value in decision(made).items() if "remedy" in made else ():
            if found is None and decision(then_entry)[what] != value:
                found = Difference(i + 1, what, decision(then_entry)[what], value)
        if "remedy" in made and ended is None and isinstance(now.assessment.next, Conclude):
            ended = now.seconds
        before = now
    if before is None:
        return found, 0.0
    step = before.assessment.next
    if isinstance(step, Ask):
        return found, new.symptoms[step.symptom].seconds
    if isinstance(step, Try):
        trial = new.remedies[step.remedy].trial
        return found, trial.seconds if trial else 0.0
    return found, round((ended if ended is not None else before.seconds) - before.seconds, 1)


def _kind(event: Any) -> str:
    return "opened" if isinstance(event, Opened) else type(event).__name__.lower()

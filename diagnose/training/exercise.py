"""An exercise: who calls about what, drawn by a seed; and what is kept of it beside the transcript."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

from diagnose.consultation.call import moment
from diagnose.consultation.events import Answered, Event, Opened, Tried
from diagnose.knowledge.model import UNKNOWN, KnowledgeBase
from diagnose.reasoning.facts import Findings
from diagnose.simulation.callers import Caller, caller
from diagnose.simulation.run import right_remedy
from diagnose.training.voices import Difficulty

SUFFIX = ".exercise.json"
FORMAT = 1
MOST_DRAWS = 50
"""Callers without a word to open with are passed over, up to so many."""

Json = dict[str, Any]


class NoSuchCaller(Exception):
    """Nobody calls with that kind of fault, or nobody says a word; the text is one line."""


@dataclass(frozen=True, slots=True)
class Exercise:
    """What is practised. ``kind``: a class of faults or a fault, empty for any.

    ``guided``: whether questions are proposed. ``on``: when he calls, as the time of an event.
    """

    handset: str
    programme: str | None = None
    kind: str = ""
    seed: int = 1
    difficulty: str = "medium"
    language: str = "en"
    guided: bool = True
    on: str = ""
    course: str = ""
    id: str = ""


def begins(kb: KnowledgeBase, exercise: Exercise) -> str:
    """When the caller rings: as the exercise says, else on a Monday of the year after the handset's own."""
    if exercise.on:
        return exercise.on
    year = dict(kb.handset.attributes).get("year", 2025)
    first = date(int(year) + 1, 3, 1) if isinstance(year, int) else date(2026, 3, 1)
    monday = first.replace(day=1 + (7 - first.weekday()) % 7)
    return f"{monday.isoformat()}T10:00:00+01:00"


def kinds(kb: KnowledgeBase) -> tuple[str, ...]:
    """The classes of faults that callers of this handset can have, in the order of the text."""
    return tuple(dict.fromkeys(f.fault_class for f in kb.faults.values() if f.per_1000 > 0))


def draw(kb: KnowledgeBase, exercise: Exercise, difficulty: Difficulty) -> Caller:
    """The caller of an exercise: the same for the same knowledge, seed and difficulty.

    Raises:
        NoSuchCaller: when nobody calls with a fault of that kind.
    """
    faults = {
        f.id: f for f in kb.faults.values() if f.per_1000 > 0 and exercise.kind in ("", f.id, f.fault_class)
    }
    if not faults:
        known = ", ".join(kinds(kb))
        raise NoSuchCaller(f"nobody calls about {kb.handset.id} with {exercise.kind!r}: one of {known}")
    # a knowledge base is known by its revision, so that of some faults only needs another one
    part = replace(kb, revision=f"{kb.revision}/{exercise.kind}", faults=faults) if exercise.kind else kb
    on = moment(begins(kb, exercise)).date()
    for number in range(MOST_DRAWS):
        found = caller(part, exercise.seed, number, on, difficulty.dont_know, difficulty.misreport)
        if found.opening is not None and _in_lay_words(kb, found.opening, exercise.language):
            return found
    return found


def _in_lay_words(kb: KnowledgeBase, opening: tuple[str, str], language: str) -> bool:
    symptom, answer = opening
    known = kb.symptoms[symptom].answer(answer)
    return known is not None and bool(dict(known.said).get(language))


def recorded_caller(kb: KnowledgeBase, events: tuple[Event, ...]) -> tuple[Caller, str]:
    """Who called in a recording, as far as he spoke, and when: he answers as he did, and knows no more.

    His fault is the one that was in front at the end; each remedy cures that cured then.
    """
    from diagnose.record.moments import moments

    opened = events[0]
    assert isinstance(opened, Opened)
    found = moments(kb, events)
    end = found[-1].call
    answered = [m.event for m in found if isinstance(m.event, Answered) and m.event.symptom in kb.symptoms]
    says = dict.fromkeys(kb.symptoms, UNKNOWN) | {e.symptom: e.answer for e in answered}
    first = next((e for e in answered if e.volunteered), None)
    cured = {
        r: any(isinstance(d, Tried) and d.remedy == r and d.outcome == "cured" for d in end.deeds)
        for r in kb.remedies
    }
    fault = end.assessment.outcome.fault
    opening = (first.symptom, first.answer) if first else None
    return Caller(0, fault, says, says, opening, cured), opened.at


@dataclass(frozen=True)
class Head:
    """What is kept beside the transcript of an exercise. The truth is in it: trainees read it afterwards.

    ``said``: per symptom what the caller let be known, when he was asked or unasked. ``dialogue``: the
    number of events by then, and who says what. ``steps``: per remedy tried, the steps shown and how many
    there are. ``recorded``: the transcript that the caller was taken from, if any.
    """

    exercise: Exercise
    trainee: str = ""
    fault: str = ""
    fault_class: str = ""
    remedy: str = ""
    verdict: str = ""
    truth: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)
    unasked: tuple[str, ...] = ()
    dialogue: tuple[tuple[int, str, str], ...] = ()
    wrap_up: tuple[str, ...] = ()
    ticked: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    steps: tuple[tuple[str, int, int], ...] = ()
    hung_up: bool = False
    finished: bool = False
    recorded: str = ""


def beginning(kb: KnowledgeBase, exercise: Exercise, who: Caller, trainee: str, recorded: str = "") -> Head:
    """The head of an exercise that has just begun."""
    fault = kb.faults[who.fault]
    right = right_remedy(kb, who, Findings(moment(begins(kb, exercise)).date()))
    return Head(
        exercise,
        trainee,
        who.fault,
        fault.fault_class,
        right.id,
        right.verdict,
        truth={s: a for s, a in who.truth.items() if a != UNKNOWN},
        recorded=recorded,
    )


def head_path(transcript: Path) -> Path:
    """Where the head of a transcript is kept."""
    return transcript.with_name(transcript.name.removesuffix(".jsonl") + SUFFIX)


def write_head(path: Path, head: Head) -> None:
    """Keeps a head, for its owner's eyes only.

    Raises:
        OSError: when it cannot be written.
    """
    text = json.dumps({"format": FORMAT, **asdict(head)}, ensure_ascii=False, indent=1)
    path.touch(mode=0o600)
    path.write_text(text + "\n", encoding="utf-8")


def read_head(path: Path) -> Head | None:
    """The head in a file; None when there is none, or none that can be read."""
    try:
        data = json.loads(path.read_text("utf-8"))
        return _head(data)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _head(data: Json) -> Head:
    if data.pop("format") != FORMAT:
        raise ValueError("another format")
    known = {f.name for f in fields(Exercise)}
    exercise = Exercise(**{k: v for k, v in data.pop("exercise").items() if k in known})
    tuples = {
        "dialogue": tuple((int(n), str(who), str(line)) for n, who, line in data.pop("dialogue")),
        "steps": tuple((str(r), int(seen), int(of)) for r, seen, of in data.pop("steps")),
        **{k: tuple(map(str, data.pop(k))) for k in ("unasked", "wrap_up", "ticked", "alerts", "read")},
    }
    maps = {k: {str(s): str(a) for s, a in data.pop(k).items()} for k in ("truth", "said")}
    rest = {f.name: data[f.name] for f in fields(Head) if f.name in data}
    for name in ("hung_up", "finished"):
        rest[name] = bool(rest.get(name))
    return Head(exercise, **{**rest, **tuples, **maps})

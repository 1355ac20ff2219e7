"""An exercise: who calls about what, drawn by a seed or taken from a recorded call."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from diagnose.consultation.call import moment
from diagnose.consultation.events import Answered, Event, Opened, Tried
from diagnose.knowledge.model import UNKNOWN, Fault, KnowledgeBase
from diagnose.simulation.callers import Caller, caller
from diagnose.training.voices import Difficulty

MOST_DRAWS = 50
"""Callers without a word to open with are passed over, up to so many."""


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


def faults_of(kb: KnowledgeBase, kind: str) -> dict[str, Fault]:
    """The faults of a kind that callers can have: all of a class, or the one of that id; of none, all."""
    return {f.id: f for f in kb.faults.values() if f.per_1000 > 0 and kind in ("", f.id, f.fault_class)}


def draw(kb: KnowledgeBase, exercise: Exercise, difficulty: Difficulty) -> Caller:
    """The caller of an exercise: the same for the same knowledge, seed and difficulty.

    Raises:
        NoSuchCaller: when nobody calls with a fault of that kind.
    """
    faults = faults_of(kb, exercise.kind)
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
    told = tuple((e.symptom, e.answer) for e in answered if e.volunteered)
    cured = {
        r: any(isinstance(d, Tried) and d.remedy == r and d.outcome == "cured" for d in end.deeds)
        for r in kb.remedies
    }
    fault = end.assessment.outcome.fault
    return Caller(0, fault, says, says, told[0] if told else None, cured, told[1:]), opened.at

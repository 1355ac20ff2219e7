"""A call as it is replayed: its moments, and other ways that it could have gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from diagnose.consultation.call import Editions
from diagnose.consultation.closing import given
from diagnose.consultation.events import (
    Accepted,
    Answered,
    Closed,
    Event,
    Overruled,
    Tried,
)
from diagnose.knowledge.model import KnowledgeBase
from diagnose.record.moments import Moment, Regret, moments, on_the_line, regret
from diagnose.terminal.state import State


@dataclass(frozen=True, eq=False)
class Story:
    """One way that a call went. ``forked``: after how many events it left the recording, 0 for itself.

    It is on ``kb`` throughout, or on each of ``editions`` in turn, of which ``kb`` is then the last.
    ``heard``: what the caller said after so many events, where that is known.
    """

    name: str
    kb: KnowledgeBase
    events: tuple[Event, ...]
    forked: int = 0
    editions: Editions = ()
    heard: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def moments(self) -> tuple[Moment, ...]:
        """Its events, those left out that the knowledge does not take."""
        return moments(self.editions or self.kb, self.events)

    @cached_property
    def regret(self) -> Regret:
        """What better steps would have saved."""
        return regret(self.moments)

    @cached_property
    def into(self) -> tuple[float, ...]:
        """Seconds on the line at each moment."""
        events = [m.event for m in self.moments]
        return tuple(on_the_line(events[: i + 1]) for i in range(len(events)))

    @property
    def end(self) -> str:
        """How it ended: ``verdict/remedy``; what stood in front when no verdict was given."""
        call = self.moments[-1].call
        verdict, remedy = given(call)
        said = f"{verdict}/{remedy.id if remedy else ''}".rstrip("/")
        return said if call.accepted or call.overruled else f"({said})"

    def screen_at(self, at: int, language: str | None = None) -> State:
        """The operator's screen after the event of that number, from 0."""
        moment = self.moments[at]
        return State(
            call=moment.call,
            language=language or moment.call.language,
            audience=moment.call.opened.audience,
            elapsed=self.into[at],
            read=moment.call.assessment.alerts,
            heard=self.heard.get(max((n for n in self.heard if n <= moment.n), default=0), ()),
        )


def what_if(story: Story, at: int, answer: str, name: str) -> Story:
    """The same call with another answer to the question of that moment; what came after it stays, if it can.

    A verdict that was given then is taken out: with another answer it may be another one.
    """
    chosen = story.moments[at].event
    assert isinstance(chosen, Answered)
    events: list[Event] = []
    for i, moment in enumerate(story.moments):
        event = moment.event
        if i == at:
            events.append(replace(chosen, answer=answer))
        elif i < at or not isinstance(event, (Accepted, Overruled, Closed)):
            events.append(event)
    return Story(name, story.kb, tuple(events), at, story.editions, story.heard)


def steps(story: Story) -> tuple[Moment, ...]:
    """The moments that matter when two ways are compared: answers, tries and verdicts."""
    kinds = (Answered, Tried, Accepted, Overruled)
    return tuple(m for m in story.moments if isinstance(m.event, kinds))


def plain_step(event: Event) -> tuple[str, str]:
    """What an event did, without when."""
    match event:
        case Answered():
            return event.symptom, event.answer
        case Tried():
            return f"tried.{event.remedy}", event.outcome
        case Overruled():
            return "overruled", f"{event.verdict}/{event.remedy}"
    return type(event).__name__, ""


def first_difference(a: Sequence[Moment], b: Sequence[Moment]) -> int | None:
    """The number from 0 of the first step at which two ways part; None when they do not."""
    for i in range(max(len(a), len(b))):
        if i >= len(a) or i >= len(b) or plain_step(a[i].event) != plain_step(b[i].event):
            return i
    return None

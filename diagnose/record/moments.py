"""A call moment by moment: where it stood before and after each event, and what a better step saves.

The regret of a step is the expected cost of the rest of the call after it, less that after the best step
that could be taken then, in euros, by what was known at that time. Seconds of regret are the talk that the
step took beyond the best one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np

from diagnose.consultation.call import Call, Editions, Refused, after, moment, open_call
from diagnose.consultation.events import (
    Abandoned,
    Accepted,
    Answered,
    Closed,
    Event,
    HandedOver,
    Held,
    Opened,
    Overruled,
    Resumed,
    Tried,
)
from diagnose.knowledge.model import KnowledgeBase
from diagnose.reasoning.assess import Ask, Assessment, Try, assess
from diagnose.reasoning.facts import Findings
from diagnose.reasoning.loss import loss, not_working
from diagnose.reasoning.policy import rulings_on

StepKind = Literal["ask", "try", "end"]
NOTHING = 0.005
"""Euros of regret below which a step was as good as the best."""


@dataclass(frozen=True, slots=True)
class Step:
    """A question by its id, a remedy tried, or the call ended with a remedy."""

    kind: StepKind
    id: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A step of the operator beside the best one at that time. ``euros``, ``seconds``: its regret.

    ``wanted``: it is what was proposed. ``again``: the caller had said it already.
    """

    step: Step
    best: Step
    euros: float
    seconds: float
    wanted: bool
    again: bool = False

    @property
    def good(self) -> bool:
        """Whether nothing better could have been done, to half a cent."""
        return self.euros < NOTHING


@dataclass(frozen=True, eq=False)
class Moment:
    """One event. ``n``: its number from 1; ``before`` is None for the opening; ``judged`` for steps only."""

    n: int
    event: Event
    before: Call | None
    call: Call
    judged: Judged | None = None


@dataclass(frozen=True, slots=True)
class Regret:
    """Of a whole call, in euros and in seconds of talk."""

    euros: float
    seconds: float


def moments(kb: KnowledgeBase | Editions, events: Iterable[Event]) -> tuple[Moment, ...]:
    """Every event that this knowledge takes, with the call before and after; none when it is not opened."""
    folded: list[tuple[int, Event, Call | None, Call]] = []
    call: Call | None = None
    for n, event in enumerate(events, 1):
        before = call
        try:
            if call is None:
                if not isinstance(event, Opened):
                    return ()
                call = open_call(kb, event)
            else:
                call = after(call, event)
        except Refused:
            if call is None:
                return ()
            continue
        folded.append((n, event, before, call))
    if call is None:
        return ()
    return tuple(
        Moment(n, event, before, now, judged(before, event, call) if before else None)
        for n, event, before, now in folded
    )


def regret(found: Sequence[Moment]) -> Regret:
    """The regret of a call: that of its questions and tries, and of the last verdict given."""
    steps = [m.judged for m in found if m.judged is not None]
    asked = [j for j in steps if j.step.kind != "end"]
    ended = [j for j in steps if j.step.kind == "end"][-1:]
    return Regret(sum(j.euros for j in (*asked, *ended)), sum(j.seconds for j in asked))


def on_the_line(events: Iterable[Event]) -> float:
    """Seconds from the opening to the last event, without the time that the call waited."""
    seconds = 0.0
    since: datetime | None = None
    last: datetime | None = None
    for event in events:
        at = moment(event.at)
        if isinstance(event, (Held, HandedOver, Closed, Abandoned)) and since is not None:
            seconds, since = seconds + (at - since).total_seconds(), None
        elif isinstance(event, (Opened, Resumed)):
            since = at
        last = at
    if since is not None and last is not None:
        seconds += (last - since).total_seconds()
    return max(0.0, seconds)


def judged(before: Call, event: Event, end: Call) -> Judged | None:
    """The step that an event was, beside the best one; None when it was none of the operator's choosing.

    ``end``: how the call ended. A question of entitlement is worth asking, early or late, when the verdict
    would turn on it there.
    """
    match event:
        case Answered(volunteered=False):
            return _asked(before, event, end)
        case Tried() if event.outcome != "before":
            return _tried(before, event)
        case Accepted():
            return _ended(before, before.assessment.outcome.remedy.id)
        case Overruled():
            return _ended(before, event.remedy or _cheapest(before.assessment, event.verdict))
    return None


def best_step(assessment: Assessment) -> Step:
    """What was proposed."""
    match assessment.next:
        case Ask(symptom=symptom):
            return Step("ask", symptom)
        case Try(remedy=remedy):
            return Step("try", remedy)
    return Step("end", assessment.outcome.remedy.id)


def seconds_of(kb: KnowledgeBase, step: Step) -> float:
    """Talk that a step is reckoned to take."""
    if step.kind == "ask":
        return kb.symptoms[step.id].seconds
    trial = kb.remedies[step.id].trial if step.kind == "try" else None
    return trial.seconds if trial else 0.0


def _asked(before: Call, event: Answered, end: Call) -> Judged | None:
    now, kb = before.assessment, before.kb
    symptom = event.symptom if event.symptom in kb.symptoms else ""
    if not symptom:
        return None
    step = Step("ask", symptom)
    price = kb.symptoms[symptom].seconds * kb.costs.talk_per_hour / 3600.0
    had = before.findings.answer_to(symptom)
    if had is not None:
        # another answer to the same question is a slip mended, not a question asked
        return _beside(now, step, price, again=True) if had == event.answer else None
    if best_step(now) == step:
        return Judged(step, step, 0.0, 0.0, wanted=True)
    cost = _cost_of(now, "ask", symptom)
    if cost is None:
        needed = _would_be_asked(end, symptom)
        return Judged(step, best_step(now), 0.0, 0.0, wanted=False) if needed else _beside(now, step, price)
    return _beside(now, step, cost - _least(now))


def _tried(before: Call, event: Tried) -> Judged:
    now = before.assessment
    step = Step("try", event.remedy)
    if best_step(now) == step:
        return Judged(step, step, 0.0, 0.0, wanted=True)
    cost = _cost_of(now, "try", event.remedy)
    seconds = seconds_of(before.kb, step)
    price = seconds * before.kb.costs.talk_per_hour / 3600.0
    again = f"tried.{event.remedy}" in now.facts
    return _beside(now, step, price if cost is None else cost - _least(now), again=again)


def _ended(before: Call, remedy: str) -> Judged:
    now = before.assessment
    step, best = Step("end", remedy), best_step(now)
    if now.outcome.solved or best == step:
        return Judged(step, best, 0.0, 0.0, wanted=best == step)
    known = dict(now.losses).get(remedy)
    cost = _forbidden_loss(now, remedy) if known is None else known
    return Judged(step, best, max(0.0, cost - _least(now)), 0.0, wanted=False)


def _beside(now: Assessment, step: Step, euros: float, *, again: bool = False) -> Judged:
    best = best_step(now)
    euros = max(0.0, euros)
    more = seconds_of(now.kb, step) - (0.0 if again else seconds_of(now.kb, best))
    return Judged(step, best, euros, max(0.0, more) if euros >= NOTHING else 0.0, wanted=False, again=again)


def _cost_of(now: Assessment, kind: str, id_: str) -> float | None:
    return next((c.cost for c in now.candidates if c.kind == kind and c.id == id_), None)


def _least(now: Assessment) -> float:
    return now.candidates[0].cost if now.candidates else now.outcome.euros


def _cheapest(now: Assessment, verdict: str) -> str:
    """The remedy that a verdict given without one is taken for."""
    remedies = now.kb.remedies
    of_it = [r for r, _ in now.losses if remedies[r].verdict == verdict]
    return next(iter((*of_it, *(r.id for r in remedies.values() if r.verdict == verdict))), "")


def _forbidden_loss(now: Assessment, remedy: str) -> float:
    """Euros expected of a remedy that the rules forbid: it is paid for, and the right one after all."""
    if remedy not in now.kb.remedies:
        return _least(now)
    table = loss(now.kb, now.facts, not_working(now.kb, now.facts), rulings_on(now.kb, now.facts))
    row = table[tuple(now.kb.remedies).index(remedy)]
    return float(np.dot(row, now.belief.posterior))


def _would_be_asked(end: Call, symptom: str) -> bool:
    """Whether the verdict of the call would turn on a question, had it not been asked."""
    had = end.findings
    without = Findings(
        had.on,
        tuple(f for f in had.answers if f.symptom != symptom),
        had.tries,
        tuple(s for s in had.opening if s != symptom),
    )
    # without appraising what is worth asking, only what a rule or the verdict needs is left to ask
    step = assess(end.kb, without, choose=None).next
    return isinstance(step, Ask) and step.symptom == symptom

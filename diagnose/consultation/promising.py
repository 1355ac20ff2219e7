"""The dated promise of a verdict, as of the time it is given."""

from __future__ import annotations

from datetime import datetime

from diagnose.knowledge.model import Calendar, KnowledgeBase, Promise
from diagnose.reasoning.outcome import Outcome
from diagnose.reasoning.promise import promised
from diagnose.reasoning.spoken import spoken_day, spoken_hour


def promise_of(kb: KnowledgeBase, outcome: Outcome) -> Promise | None:
    """The promise that goes with an outcome, if any."""
    return kb.promises.get(outcome.promise)


def said_of(promise: Promise, when: datetime, now: datetime, language: str, audience: str) -> str:
    """The sentence of a promise that is read to the caller ``now``, its day and hour filled in."""
    spoken = promise.say.say(language, audience)
    return spoken.replace("{day}", spoken_day(when, now, language)).replace(
        "{hour}", spoken_hour(when, language)
    )


def promised_at(kb: KnowledgeBase, outcome: Outcome, now: datetime) -> datetime | None:
    """The day and hour that can be promised to a caller who agrees ``now``; None when there is none.

    That is so, too, by a clock that is set to the end of time: a call goes on without a promise.
    """
    promise = promise_of(kb, outcome)
    if promise is None:
        return None
    calendar = kb.programme.calendar if kb.programme else Calendar()
    try:
        return promised(promise, calendar, now)
    except OverflowError:
        return None

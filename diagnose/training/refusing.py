"""On what ground a caller refuses a verdict, and what the trainee can do about it."""

from __future__ import annotations

from collections.abc import Collection

from diagnose.consultation.call import Call
from diagnose.consultation.closing import given, ways
from diagnose.consultation.promising import promise_of
from diagnose.knowledge.model import Remedy
from diagnose.reasoning.tables import cured_by, tables
from diagnose.terminal.phrases import remedy_line
from diagnose.terminal.state import Option, Pick, State
from diagnose.training.words import say

GROUNDS = ("data", "pay", "wait")
"""What may be lost, what it costs, how long it takes."""
PURPOSE = "refusal"
EXPLAIN, NEXT_BEST, RECORD = "explain", "next_best", "record"
EXPLAIN_SECONDS = 15.0
"""Talk for an explanation and what the caller says to it."""
LONGEST_DAYS = 1
"""Working days that anybody waits without a word."""
_TAKEN_AWAY = ("repair", "exchange")


def grounds(call: Call, erased_by: Collection[str] = ()) -> tuple[str, ...]:
    """What the verdict that goes to the caller gives him to refuse it for; nothing where he is in danger.

    ``erased_by``: remedies after which nothing is left on the phone.
    """
    kb, outcome = call.kb, call.assessment.outcome
    alerts = (kb.alerts[a] for a in call.assessment.alerts if a in kb.alerts)
    if any(a.severity == "danger" for a in alerts):
        return ()
    verdict, remedy = given(call)
    _, charge = ways(call)
    promise = promise_of(kb, outcome) if call.overruled is None else None
    found = {
        "data": verdict in _TAKEN_AWAY or (remedy is not None and remedy.id in erased_by),
        "pay": verdict != "advice" and charge in kb.charges and not kb.charges[charge].free,
        "wait": promise is not None and promise.days > LONGEST_DAYS,
    }
    return tuple(ground for ground in GROUNDS if found[ground])


def next_best(call: Call, unwanted: Collection[str]) -> Remedy | None:
    """What else is allowed for the fault in front, at the least expected cost; None when he refused all."""
    kb, (_, now), outcome = call.kb, given(call), call.assessment.outcome
    fault = tables(kb).index[outcome.fault]
    left = (kb.remedies[r] for r, _ in call.assessment.losses if r not in unwanted)
    # what is left out of the losses is allowed for no fault; here it must be for the one in front
    fitting = (r for r in left if cured_by(kb, r.id)[fault] and outcome.ruling.allows(r))
    return next((r for r in fitting if now is None or r.id != now.id), None)


def refusal_pick(state: State, ground: str, *, explained: bool, unwanted: Collection[str]) -> Pick:
    """What can be done about a refusal: explain it once, offer something else, or take it as it is."""
    language = state.language
    options = []
    if not explained:
        quoted = say("quote", language, line=say(f"explain.{ground}", language))
        options.append(Option(EXPLAIN, say("refusal.explain", language), quoted))
    other = next_best(state.the_call, unwanted) if state.guided else None
    if other is not None:
        options.append(Option(NEXT_BEST, say("refusal.next", language), remedy_line(state, other)))
    elif not state.guided:
        options.append(Option(NEXT_BEST, say("refusal.other", language)))
    options.append(Option(RECORD, say("refusal.record", language)))
    return Pick(PURPOSE, tuple(options), subject=ground)

"""What the caller is given at the end, and the words for it: what is done, which way, by when, who pays."""

from __future__ import annotations

from diagnose.consultation.call import Call
from diagnose.consultation.promising import promise_of, promised_at, said_of
from diagnose.knowledge.model import Remedy, Text
from diagnose.reasoning.policy import channel_for, charge_for


def given(call: Call) -> tuple[str, Remedy | None]:
    """The verdict that goes to the caller, and its remedy: the operator's where he overruled."""
    if call.overruled is not None:
        return call.overruled.verdict, call.kb.remedies.get(call.overruled.remedy)
    remedy = call.assessment.outcome.remedy
    return remedy.verdict, remedy


def ways(call: Call) -> tuple[str, str]:
    """Channel and charge of that verdict, by id; empty where there is none."""
    outcome = call.assessment.outcome
    if call.overruled is None:
        return outcome.channel, outcome.charge
    _, remedy = given(call)
    if remedy is None:
        return "", ""
    return channel_for(call.kb, outcome.ruling, remedy), charge_for(call.kb, outcome.ruling, remedy)


def promise_said(call: Call, language: str, audience: str) -> str:
    """The promise as it is read to the caller; empty without one, and for a verdict of the operator's."""
    outcome = call.assessment.outcome
    promise, when = promise_of(call.kb, outcome), promised_at(call.kb, outcome, call.now)
    if call.overruled is not None or promise is None or when is None:
        return ""
    return said_of(promise, when, call.now, language, audience)


def closing(call: Call, language: str, audience: str) -> str:
    """What is read to the caller of the verdict, on one line; empty without a remedy.

    Advice travels nowhere and the call is free: of it the remedy's own words are all.
    """
    _, remedy = given(call)
    if remedy is None:
        return ""
    way = pays = Text()
    if remedy.verdict != "advice":
        channel, charge = ways(call)
        way = call.kb.channels[channel].say if channel in call.kb.channels else way
        pays = call.kb.charges[charge].say if charge in call.kb.charges else pays
    what, where, who = (text.say(language, audience).strip() for text in (remedy.say, way, pays))
    return " ".join(words for words in (what, where, promise_said(call, language, audience), who) if words)

"""What the caller is given at the end, and the words for it: what is done, which way, by when, who pays."""

from __future__ import annotations

from datetime import datetime

from diagnose.consultation.call import Call
from diagnose.consultation.promising import promise_of, promised_at, said_of
from diagnose.knowledge.model import Remedy, Text
from diagnose.reasoning.loss import prices
from diagnose.reasoning.policy import channel_for, charge_for

UNSURE = 0.5
"""Chance of curing below which the words do not speak of the cause as if it were known."""

_SEVERAL = Text.of(
    en="Several causes are possible, and from here I cannot tell you yet which one it is.",
    fr="Plusieurs causes sont possibles et, à distance, je ne peux pas encore vous dire laquelle.",
)
_LIKELIEST_FIRST = Text.of(
    en="Here is the most likely case, to be checked first.",
    fr="Voici le cas le plus probable, à vérifier d'abord.",
)
_EASY_FIRST = Text.of(
    en="Here is one case that can be checked without sending anything away.",
    fr="Voici un cas que l'on peut vérifier sans rien envoyer.",
)
_LOOKED_FOR = Text.of(
    en="From here I cannot say for certain what the cause is.",
    fr="À distance, je ne peux pas dire avec certitude d'où vient la panne.",
)
_NO_RISK = Text.of(
    en="From here I cannot rule out a danger, so we take no risk.",
    fr="À distance, je ne peux pas exclure un danger ; nous ne prenons donc aucun risque.",
)
_RING_AGAIN = Text.of(
    en="If that changes nothing, ring us again with the phone in front of you: your call is on record, "
    "and you will not have to tell it all again.",
    fr="Si cela n'y change rien, rappelez-nous avec le téléphone sous les yeux : nous gardons trace de votre "
    "appel, vous n'aurez rien à répéter.",
)
_SOLVED = Text.of(
    en="Good, it works again. Should it come back, ring us: your call is on record.",
    fr="Parfait, cela fonctionne. Si la panne revient, rappelez-nous : nous gardons trace de votre appel.",
)
_PREPARE = Text.of(en="Until then, please:", fr="D'ici là, voici ce que je vous demande :")
_PREPARE_FIRST = Text.of(en="First of all, please:", fr="D'abord, voici ce que je vous demande :")


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


def chance(call: Call) -> float:
    """How likely the system's remedy is to put it right (0..1); 1 once it has."""
    outcome, kb = call.assessment.outcome, call.kb
    if outcome.solved:
        return 1.0
    cured = prices(kb).cures[list(kb.remedies).index(outcome.remedy.id)]
    return float(call.assessment.belief.posterior[cured].sum())


def unsure(call: Call) -> bool:
    """Whether the cause is to be spoken of as not known. An operator who decided himself knows his reason."""
    return call.overruled is None and chance(call) < UNSURE


def promised_day(call: Call) -> datetime | None:
    """The day and hour that go with the verdict; None without one, and for a verdict of the operator's."""
    return None if call.overruled is not None else promised_at(call.kb, call.assessment.outcome, call.agreed)


def promise_said(call: Call, language: str, audience: str) -> str:
    """The promise as it is read to the caller; empty where no day goes with the verdict."""
    promise, when = promise_of(call.kb, call.assessment.outcome), promised_day(call)
    return said_of(promise, when, call.agreed, language, audience) if promise and when else ""


def told(call: Call, language: str, audience: str) -> str:
    """What is read to the caller before the steps of the remedy, on one line; empty without a remedy.

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
    *doubt, what, where, who = (
        text.say(language, audience).strip() for text in (*_doubt(call), remedy.say, way, pays)
    )
    parts = (*doubt, what, where, promise_said(call, language, audience), who)
    return " ".join(words for words in parts if words)


def _doubt(call: Call) -> tuple[Text, ...]:
    """What comes first where the cause is not known."""
    outcome, kb = call.assessment.outcome, call.kb
    if not unsure(call):
        return ()
    if kb.classes[outcome.fault_class].danger:
        return (_NO_RISK,)
    if outcome.verdict != "advice":
        return (_LOOKED_FOR,)
    likeliest = call.assessment.belief.ranked()[0][0] == outcome.fault
    return (_SEVERAL, _LIKELIEST_FIRST if likeliest else _EASY_FIRST)


def ring_again(call: Call, language: str, audience: str) -> str:
    """What is read out after the steps of advice that may well not help; empty otherwise."""
    if not unsure(call) or call.assessment.outcome.verdict != "advice":
        return ""
    return _RING_AGAIN.say(language, audience)


def closing(call: Call, language: str, audience: str) -> str:
    """What is read to the caller of the verdict, its steps apart, on one line; empty without a remedy."""
    parts = (told(call, language, audience), ring_again(call, language, audience))
    return " ".join(words for words in parts if words)


def read_out(call: Call, language: str, audience: str) -> tuple[str, ...]:
    """What is read to the caller at the end, in lines: :func:`closing`, with the steps and what to prepare.

    Nothing without a remedy.
    """
    _, remedy = given(call)
    if remedy is None:
        return ()
    if call.assessment.outcome.solved and not call.overruled:
        return (_SOLVED.say(language, audience),)
    steps = [f"{n}. {t.say(language, audience)}" for n, t in enumerate(remedy.steps, 1)]
    prepare = [f"• {t.say(language, audience)}" for t in remedy.prepare]
    # advice is followed in this order; of what is sent for, the steps come now and the rest until it comes
    advice = remedy.verdict == "advice"
    if prepare:
        prepare.insert(0, (_PREPARE_FIRST if advice else _PREPARE).say(language, audience))
    first, last = told(call, language, audience), ring_again(call, language, audience)
    parts = (first, *prepare, *steps, last) if advice else (first, *steps, *prepare)
    return tuple(p for p in parts if p)

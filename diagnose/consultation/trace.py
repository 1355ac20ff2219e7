"""The trace: what the system knew, believed and did at each event of a call, as plain JSON values.

It is derived from knowledge and events alone, so anybody can derive it again and compare the bytes.
What is personal (names, numbers, notes) is named in it but not repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from diagnose.consultation.call import LEARNT, Call, Editions, after, open_call
from diagnose.consultation.events import (
    PERSONAL,
    Answered,
    Event,
    Opened,
    Renewed,
    Tried,
    to_json,
)
from diagnose.consultation.promising import promised_at
from diagnose.knowledge.model import KnowledgeBase
from diagnose.reasoning.assess import Ask, Assessment, Conclude, Next, Try
from diagnose.reasoning.rules import Firing

TOP = 5
"""Faults named in each entry."""
FAINT_DECIBANS = 0.05

Json = dict[str, Any]


def trace(kb: KnowledgeBase | Editions, events: Iterable[Event]) -> list[Json]:
    """One entry per event, in order, on one knowledge base or on each edition in turn.

    Raises:
        Refused: when an event cannot be taken.
    """
    return [entry for _, entry in walk(kb, events)]


def walk(
    kb: KnowledgeBase | Editions, events: Iterable[Event], *, look_ahead: bool = True
) -> Iterator[tuple[Call, Json]]:
    """The call after each event, with its entry of the trace.

    Without ``look_ahead`` no step is looked for: an entry has the verdict as it stands.
    """
    call: Call | None = None
    for event in events:
        before = call
        if call is None:
            assert isinstance(event, Opened)
            call = open_call(kb, event, look_ahead=look_ahead)
        else:
            call = after(call, event)
        yield call, entry(before, call, event)


def entry(before: Call | None, call: Call, event: Event) -> Json:
    """What one event brought: rules newly fired, the belief, the step that follows."""
    out: Json = {"n": len(call.events), **_public(event)}
    if not isinstance(event, LEARNT):
        return out
    now = call.assessment
    fired_before = {f.rule.id for f in before.assessment.firings} if before else set()
    out["fired"] = [firing_json(call.kb, f) for f in now.firings if f.rule.id not in fired_before]
    if isinstance(event, Answered):
        out["weights"] = weights_json(now, event.symptom)
    if isinstance(event, Renewed) and call.shelved:
        out["shelved"] = list(call.shelved)
    if now.set_aside:
        out["set_aside"] = list(now.set_aside)
    if now.conflicts:
        out["conflicts"] = [
            {"symptom": c.symptom, "answer": c.answer, "against": list(c.against)} for c in now.conflicts
        ]
    if now.alerts:
        out["alerts"] = list(now.alerts)
    out["faults"] = faults_json(now, TOP)
    out["remedy"] = now.outcome.remedy.id
    if call.look_ahead:
        out["next"] = next_json(now)
    if not call.look_ahead or isinstance(now.next, Conclude):
        out["verdict"] = verdict_json(call)
        out["rules"] = [firing_json(call.kb, f) for f in now.outcome.ruling.firings]
    return out


def _public(event: Event) -> Json:
    data = to_json(event)
    data.pop(PERSONAL.get(type(event), ""), None)
    return data


def firing_json(kb: KnowledgeBase, firing: Firing) -> Json:
    """A fired rule: its id, where this knowledge has it written, and the facts that satisfied it."""
    rule = firing.rule
    if rule.number < len(kb.rules) and kb.rules[rule.number].id == rule.id:
        # an assessment is remembered by what the knowledge says, which may stand on other lines by now
        rule = kb.rules[rule.number]
    return {
        "rule": rule.id,
        "at": str(rule.origin.place),
        "facts": dict(firing.facts),
    }


def faults_json(assessment: Assessment, most: int | None = None) -> list[Json]:
    """The faults by probability (to four decimals), the likeliest first."""
    ranked = assessment.belief.ranked(most)
    return [{"id": fault, "probability": round(p, 4)} for fault, p in ranked]


def weights_json(assessment: Assessment, symptom: str) -> Json:
    """Decibans of one answer for each of the faults in front."""
    belief = assessment.belief
    weight = belief.weight(symptom)
    if weight is None:
        return {}
    index = belief.tables.index
    pairs = {fault: round(float(weight[index[fault]]), 1) for fault, _ in belief.ranked(TOP)}
    return {fault: d for fault, d in pairs.items() if abs(d) >= FAINT_DECIBANS}


def next_json(assessment: Assessment) -> Json:
    """The step that follows, with its expected cost beside that of ending now (euros to the cent)."""
    step: Next = assessment.next
    out: Json = {}
    match step:
        case Ask():
            out = {"do": "ask", "symptom": step.symptom, "reason": step.reason}
            if step.rule:
                out["rule"] = step.rule
        case Try():
            out = {"do": "try", "remedy": step.remedy}
        case Conclude():
            out = {"do": "conclude", "remedy": assessment.outcome.remedy.id}
    if assessment.candidates:
        out["euros"] = round(assessment.candidates[0].cost, 2)
        out["euros_to_stop"] = round(next(c.cost for c in assessment.candidates if c.kind == "stop"), 2)
    return out


def verdict_json(call: Call) -> Json:
    """The system's verdict as the contract words it; ``promise`` is an ISO date and time or null."""
    outcome = call.assessment.outcome
    when = promised_at(call.kb, outcome, call.agreed)
    return {
        "kind": outcome.verdict,
        "remedy": outcome.remedy.id,
        "channel": outcome.channel,
        "charge": outcome.charge,
        "promise": when.isoformat(timespec="minutes") if when else None,
    }


def result_json(call: Call, entries: list[Json]) -> Json:
    """A consultation in the words of the contract, with its trace."""
    deeds = {(d.symptom if isinstance(d, Answered) else d.remedy): d for d in call.deeds}
    asked = [
        {"symptom": d.symptom, "answer": d.answer, "seconds": call.kb.symptoms[d.symptom].seconds}
        for d in deeds.values()
        if isinstance(d, Answered) and not d.volunteered
    ]
    programme = call.kb.programme
    return {
        "handset": call.kb.handset.id,
        "programme": programme.id if programme else None,
        "revision": call.kb.revision,
        "asked": asked,
        "tried": [{"remedy": d.remedy, "outcome": d.outcome} for d in deeds.values() if isinstance(d, Tried)],
        "seconds": call.seconds,
        "faults": faults_json(call.assessment),
        "verdict": verdict_json(call),
        "alerts": list(call.assessment.alerts),
        "trace": entries,
    }

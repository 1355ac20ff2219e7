"""Why a case came out otherwise: the rule, the premise or the weight behind each expectation missed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from math import log10

from diagnose.cases import Mismatch
from diagnose.consultation.call import Call
from diagnose.knowledge.model import KnowledgeBase, Origin, Place, Premises, Rule, Scalar
from diagnose.reasoning.belief import weights
from diagnose.reasoning.explain import why_not
from diagnose.reasoning.policy import FAULT_CLASS
from diagnose.reasoning.rules import Firing

MOST_WEIGHTS = 2
HEAVY = 1.0
"""Decibans below which an answer is not worth blaming."""


def blame(call: Call, missed: Mismatch) -> tuple[str, ...]:
    """Lines that say what to look at, with places; none when nothing is to be said."""
    reader = _READERS.get(missed.what)
    expected = tuple(v for v in missed.expected.split(", ") if v != "none")
    got = tuple(v for v in missed.got.split(", ") if v != "none")
    return tuple(dict.fromkeys(reader(call, expected, got))) if reader is not None else ()


Words = tuple[str, ...]


def _of_verdict(call: Call, expected: Words, got: Words) -> Iterator[str]:
    del got
    kb = call.kb
    cheapest = [r for r, _ in call.assessment.losses if kb.remedies[r].verdict in expected]
    others = [r.id for r in kb.remedies.values() if r.verdict in expected and r.id not in cheapest]
    if not cheapest and not others:
        yield f"{call.kb.handset.id} has no remedy that is {' or '.join(expected)}"
    yield from _of_remedy(call, (*cheapest[:1], *([] if cheapest else others[:1])), ())


def _of_remedy(call: Call, expected: Words, got: Words) -> Iterator[str]:
    del got
    kb, now = call.kb, call.assessment
    for remedy in expected:
        if remedy not in kb.remedies:
            continue
        why = why_not(now, remedy)
        for firing in why.forbidden_by:
            does = "forbids it" if firing.rule.then.forbid else f"requires {firing.rule.then.require}"
            yield f"{remedy}: rule {firing.rule.id!r} ({_at(firing.rule.origin)}) {does}"
        if why.tried_in_vain:
            yield f"{remedy}: it was tried in vain"
        if not why.forbidden_by and not why.tried_in_vain:
            more = "" if why.euros_more is None else f", {why.euros_more:.2f} euros dearer as it stands"
            yield f"{remedy}: its fault {why.fault!r} is at {why.probability:.0%}{more}"
            yield from _weighed(call, why.fault, now.outcome.fault)


def _of_fault(call: Call, expected: Words, got: Words) -> Iterator[str]:
    index = call.assessment.belief.tables.index
    for fault in expected:
        if fault in index and got:
            probability = dict(call.assessment.belief.ranked())[fault]
            yield f"{fault}: it is at {probability:.0%}"
            yield from _weighed(call, fault, got[0])


def _weighed(call: Call, fault: str, front: str) -> Iterator[str]:
    """The answers that tell most for the one in front against this fault, and where that is written."""
    belief = call.assessment.belief
    index = belief.tables.index
    if fault == front or fault not in index or front not in index:
        return
    against = [
        (float(w[index[front]] - w[index[fault]]), name, answer) for name, answer, w in weights(belief)
    ]
    against.sort(key=lambda item: (-round(item[0], 6), item[1]))
    faults = call.kb.faults
    more, less = faults[front].per_1000, faults[fault].per_1000
    prior = 10 * log10(more / less) if more > 0 and less > 0 else 0.0
    if prior >= max(HEAVY, against[0][0] if against else 0.0):
        places = f"{_at(faults[front].origin)} and {_at(faults[fault].origin)}"
        yield f"{fault}: per_1000 {less:g} against {more:g} of {front!r}: {prior:.0f} decibans ({places})"
    for decibans, name, answer in against[:MOST_WEIGHTS]:
        if decibans < HEAVY:
            continue
        what = f"{name} = {answer}" if name else "what was complained of first"
        places = f"{_at(call.kb.faults[front].origin)} and {_at(call.kb.faults[fault].origin)}"
        yield f"{fault}: {what} tells for {front!r} by {decibans:.0f} decibans ({places})"


def _of_rules(call: Call, expected: Words, got: Words) -> Iterator[str]:
    rules = {r.id: r for r in call.kb.rules}
    for name in expected:
        if name in rules and name not in got:
            rule = rules[name]
            place, failing = open_premise(rule, _facts(call))
            yield f"rule {name!r} did not fire: {failing} ({place})"


def open_premise(rule: Rule, facts: Mapping[str, Scalar]) -> tuple[Place, str]:
    """The premise that keeps a rule from firing, of the alternative that is nearest to it, in words."""

    def failing(premises: Premises) -> list[int]:
        return [i for i, c in enumerate(premises) if c.fact not in facts or not c.holds_for(facts[c.fact])]

    nearest = min(rule.alternatives, key=lambda a: len(failing(a)))
    left = failing(nearest)
    if not left:
        return rule.origin.place, "its premises hold now, they did not when it mattered"
    premise = nearest[left[0]]
    known = facts.get(premise.fact)
    is_ = "not known" if known is None else str(known).lower() if isinstance(known, bool) else str(known)
    return premise.place, f"{premise.fact} is {is_}"


def _of_effect(name: str) -> Callable[[Call, Words, Words], Iterator[str]]:
    def reader(call: Call, expected: Words, got: Words) -> Iterator[str]:
        for rule in _fired(call):
            value = getattr(rule.then, name)
            if value and value in (*got, *expected):
                yield f"rule {rule.id!r} ({_at(rule.origin)}) sets {name} {value}"
            if name == "channel" and set(expected) & set(rule.then.forbid_channel):
                yield f"rule {rule.id!r} ({_at(rule.origin)}) forbids it"
        if expected and not any(getattr(r.then, name) in expected for r in _fired(call)):
            yield from _setters(call, name, expected)

    return reader


def _setters(call: Call, name: str, expected: Words) -> Iterator[str]:
    facts: Mapping[str, Scalar] = {
        **call.assessment.facts,
        "fault.class": call.assessment.outcome.fault_class,
    }
    for rule in call.kb.rules:
        if getattr(rule.then, name) in expected:
            place, failing = open_premise(rule, facts)
            yield f"rule {rule.id!r} would set it, but {failing} ({place})"


def _of_promise(call: Call, expected: Words, got: Words) -> Iterator[str]:
    del expected, got
    for rule in _fired(call):
        if rule.then.promise:
            yield f"rule {rule.id!r} ({_at(rule.origin)}) promises {rule.then.promise}"


def _of_asked(call: Call, expected: Words, got: Words) -> Iterator[str]:
    now = call.assessment
    euros = {c.id: c.cost for c in now.candidates if c.kind == "ask"}
    stop = next((c.cost for c in now.candidates if c.kind == "stop"), None)
    for symptom in expected:
        if symptom in got:
            continue
        skipping = [r for r in _fired(call) if symptom in r.then.skip]
        if skipping:
            yield f"{symptom}: rule {skipping[0].id!r} ({_at(skipping[0].origin)}) skips it"
        elif symptom in dict(now.derived):
            yield f"{symptom}: it is derived"
        elif symptom in now.facts:
            yield f"{symptom}: it was known before it could be asked"
        elif symptom in euros and stop is not None:
            yield f"{symptom}: at the end it costs {euros[symptom] - stop:.2f} euros more to ask than to stop"
        elif symptom in call.kb.symptoms:
            place, failing = _need(call.kb, symptom, now.facts)
            yield f"{symptom}: it did not apply{failing} ({place})"


def _need(kb: KnowledgeBase, symptom: str, facts: Mapping[str, Scalar]) -> tuple[Place, str]:
    for need in kb.symptoms[symptom].needs:
        if need.fact not in facts or not need.holds_for(facts[need.fact]):
            return need.place, f", {need.fact} is {facts.get(need.fact, 'not known')}"
    return kb.symptoms[symptom].origin.place, ""


def _of_not_asked(call: Call, expected: Words, got: Words) -> Iterator[str]:
    for symptom in expected:
        if symptom in got:
            asking = [r for r in _fired(call) if symptom in r.then.ask]
            if asking:
                yield f"{symptom}: rule {asking[0].id!r} ({_at(asking[0].origin)}) asks it"
            else:
                yield f"{symptom}: it was worth its seconds ({_at(call.kb.symptoms[symptom].origin)})"


def _of_alerts(call: Call, expected: Words, got: Words) -> Iterator[str]:
    for rule in _fired(call):
        if rule.then.alert and rule.then.alert in got and rule.then.alert not in expected:
            yield f"rule {rule.id!r} ({_at(rule.origin)}) gives {rule.then.alert}"
    missing = tuple(a for a in expected if a not in got)
    if missing:
        yield from _setters(call, "alert", missing)


def _facts(call: Call) -> Mapping[str, Scalar]:
    """All that rules could look at in the end."""
    return {**call.assessment.facts, FAULT_CLASS: call.assessment.outcome.fault_class}


def _fired(call: Call) -> tuple[Rule, ...]:
    firings: Iterator[Firing] = chain(call.assessment.firings, call.assessment.outcome.ruling.firings)
    return tuple({f.rule.id: f.rule for f in firings}.values())


def _at(origin: Origin) -> Place:
    """Where an entry was written, or changed last."""
    return origin.changed[-1][1] if origin.changed else origin.place


_READERS: Mapping[str, Callable[[Call, Words, Words], Iterator[str]]] = {
    "verdict": _of_verdict,
    "remedy": _of_remedy,
    "fault": _of_fault,
    "channel": _of_effect("channel"),
    "charge": _of_effect("charge"),
    "promise": _of_promise,
    "alerts": _of_alerts,
    "asked": _of_asked,
    "not_asked": _of_not_asked,
    "rules": _of_rules,
}

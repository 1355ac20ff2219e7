"""What of an edit may bear on a call that is known event by event, to leave out what it cannot touch.

A rule acts by firing: what does not fire at any moment of a call, on the answers that were given, whatever
the class of the fault, changes nothing there. There is one more place where it counts: when nothing is
worth asking any more, every way of answering the open questions of entitlement is gone through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

from diagnose.consultation.call import Call, judged
from diagnose.consultation.events import Answered, Event, Tried
from diagnose.knowledge.model import Condition, KnowledgeBase, Rule, Scalar
from diagnose.reasoning.assess import Ask, Conclude, Next
from diagnose.reasoning.facts import Findings, same_acts
from diagnose.reasoning.policy import ENTITLEMENT_KINDS, FAULT_CLASS, border

from .changes import Change
from .moments import moments


@dataclass(frozen=True, slots=True)
class Met:
    """What a call met that rules look at.

    ``values``: every fact with the values that it had at some moment. ``stops``: the moments at which nothing
    was worth asking, with what was done; ``told``: the facts that were known at the first of them.
    """

    values: tuple[tuple[str, tuple[Scalar, ...]], ...]
    stops: tuple[tuple[Findings, Next], ...]
    told: frozenset[str]


def met(call: Call) -> Met | None:
    """What a call met; None when an answer was set aside on the way, which rules saw before it was."""
    values: dict[str, dict[tuple[type, Scalar], Scalar]] = {}
    stops: list[tuple[Findings, Next]] = []
    told: frozenset[str] = frozenset()
    for moment in moments(call):
        now = moment.assessment
        if now.set_aside:
            return None
        for fact, value in now.facts.items():
            values.setdefault(fact, {})[type(value), value] = value
        step = now.next
        if isinstance(step, Conclude) or (isinstance(step, Ask) and step.reason == "entitlement"):
            told = frozenset(now.facts) if not stops else told
            stops.append((now.findings, step))
    return Met(tuple((fact, tuple(some.values())) for fact, some in values.items()), tuple(stops), told)


Bearing = Literal["nothing", "questions", "anything"]
"""What an edit may change of a call: nothing; only which question of entitlement comes next, the verdict on
the answers given being the same; or anything."""


def bearing(old: KnowledgeBase, new: KnowledgeBase, changed: Iterable[Change], found: Met) -> Bearing:
    """What an edit may change of a call that met this."""
    values = dict(found.values)
    hangs = False
    for kb, rule in _changed_rules(old, new, changed):
        if rule is None:
            return "anything"
        classes = tuple(dict.fromkeys(f.fault_class for f in kb.faults.values()))
        holds = partial(_held, {**values, FAULT_CLASS: classes})
        if _may_fire(rule, holds):
            return "anything"
        hangs = hangs or _may_fire(rule, partial(_may_yet_hold, kb, holds, _derived(kb), found.told))
    return "questions" if hangs else "nothing"


def asks_alike(kb: KnowledgeBase, found: Met) -> bool:
    """Whether the verdict hangs on the same questions as it did, wherever nothing else was worth asking."""
    return all(judged(kb, findings).next == step for findings, step in found.stops)


def _held(values: dict[str, tuple[Scalar, ...]], condition: Condition) -> bool:
    return any(map(condition.holds_for, values.get(condition.fact, ())))


def _may_yet_hold(
    kb: KnowledgeBase,
    holds: Callable[[Condition], bool],
    derived: set[str],
    told: frozenset[str],
    c: Condition,
) -> bool:
    """Whether a premise holds, or may once a question of entitlement is answered that was open at the end."""
    symptom = kb.symptoms.get(c.fact.partition(".")[0])
    asked = symptom is not None and symptom.kind in ENTITLEMENT_KINDS and symptom.id not in told
    return asked or c.fact in derived or holds(c)


def _derived(kb: KnowledgeBase) -> set[str]:
    """Every fact that some rule derives."""
    return {name for r in kb.rules for name, _ in r.then.derive}


def cannot_bear(
    old: KnowledgeBase, new: KnowledgeBase, changed: Iterable[Change], events: Iterable[Event]
) -> bool:
    """Whether what differs is words, or rules alone that fire at no moment of a call with these events.

    What its facts were is not known here. A rule that bears on outcomes, or derives what another looks at,
    also tells which questions are worth asking before it fires, so those are not left out.
    """
    events = tuple(events)
    said = {(e.symptom, e.answer) for e in events if isinstance(e, Answered)}
    tried = {e.remedy for e in events if isinstance(e, Tried)}
    for kb, rule in _changed_rules(old, new, changed):
        if rule is None or rule.then.derive or rule in border(kb).rules:
            return False
        if _may_fire(rule, _as_said(kb, said, tried)):
            return False
    return True


def _changed_rules(
    old: KnowledgeBase, new: KnowledgeBase, changed: Iterable[Change]
) -> Iterator[tuple[KnowledgeBase, Rule | None]]:
    """The rules that differ, as they are in each; None for any other change but of words."""
    for change in changed:
        if change.words:
            continue
        if change.section != "rules" or change.field == "order":
            yield new, None
            continue
        for kb in (old, new):
            rule = next((r for r in kb.rules if r.id == change.id), None)
            if rule is not None:
                yield kb, rule


def _as_said(kb: KnowledgeBase, said: set[tuple[str, str]], tried: set[str]) -> Callable[[Condition], bool]:
    """Whether a premise may have held at some moment, as far as the answers tell."""
    derived = _derived(kb)
    answered = {symptom for symptom, _ in said}
    # a try and the question that asks for the same answer each other
    acts = same_acts(kb)
    tried = tried | {remedy for remedy, symptom in acts if symptom in answered}
    told = {symptom for remedy, symptom in acts if remedy in tried}

    def may_have_held(condition: Condition) -> bool:
        fact = condition.fact
        owner, _, rest = fact.partition(".")
        if fact in derived or fact in told or owner in ("handset", "programme", "retailer"):
            return True
        if owner == "tried":
            return rest in tried
        if rest:
            return owner in answered
        return any(s == fact and condition.holds_for(a) for s, a in said)

    return may_have_held


def _may_fire(rule: Rule, holds: Callable[[Condition], bool]) -> bool:
    return any(all(map(holds, premises)) for premises in rule.alternatives)

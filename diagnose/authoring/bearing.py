"""What of an edit may bear on a call that is known event by event, to leave out what it cannot touch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from diagnose.authoring.diffing_changes import Change
from diagnose.consultation.events import Answered, Event, Tried
from diagnose.knowledge.model import KnowledgeBase, Rule
from diagnose.reasoning.facts import same_acts
from diagnose.reasoning.policy import border


def cannot_bear(
    old: KnowledgeBase, new: KnowledgeBase, changed: Iterable[Change], events: Iterable[Event]
) -> bool:
    """Whether what differs is words, or rules alone that fire at no moment of this call.

    A rule of findings acts only by firing. One that bears on outcomes, or derives what another looks at, also
    tells which questions are worth asking before it fires, so those are not left out.
    """
    events = tuple(events)
    said = {(e.symptom, e.answer) for e in events if isinstance(e, Answered)}
    tried = {e.remedy for e in events if isinstance(e, Tried)}
    for change in changed:
        if change.words:
            continue
        if change.section != "rules" or change.field == "order":
            return False
        for kb in (old, new):
            rule = next((r for r in kb.rules if r.id == change.id), None)
            if rule is not None and (
                rule.then.derive or rule in border(kb).rules or _may_fire(kb, rule, said, tried)
            ):
                return False
    return True


def _may_fire(kb: KnowledgeBase, rule: Rule, said: set[tuple[str, str]], tried: set[str]) -> bool:
    derived = {name for r in kb.rules for name, _ in r.then.derive}
    answered = {symptom for symptom, _ in said}
    # a try and the question that asks for the same answer each other
    acts = same_acts(kb)
    tried = tried | {remedy for remedy, symptom in acts if symptom in answered}
    told = {symptom for remedy, symptom in acts if remedy in tried}

    def met(fact: str, holds: Any) -> bool:
        owner, _, rest = fact.partition(".")
        if fact in derived or fact in told or owner in ("handset", "programme", "retailer"):
            return True
        if owner == "tried":
            return rest in tried
        if rest:
            return owner in answered
        return any(s == fact and holds(a) for s, a in said)

    return any(all(met(c.fact, c.holds_for) for c in premises) for premises in rule.alternatives)

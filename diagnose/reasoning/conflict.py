"""Answers that contradict each other, pointed out rather than swallowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from diagnose.knowledge.model import UNKNOWN, KnowledgeBase, Scalar
from diagnose.reasoning.belief import Belief, normalised
from diagnose.reasoning.rules import Firing

CONTRADICTION = 0.02
"""An answer less likely than this, given all the others, is pointed out."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """An answer that hardly fits: this probability given ``against``, or a rule derives otherwise."""

    symptom: str
    answer: str
    against: tuple[str, ...]
    probability: float
    rule: str = ""


def conflicts(
    kb: KnowledgeBase,
    belief: Belief,
    facts: Mapping[str, Scalar],
    firings: tuple[Firing, ...],
) -> tuple[Conflict, ...]:
    """Answers that a rule derives otherwise, and answers that hardly fit the others."""
    found: dict[str, Conflict] = {}
    for firing in firings:
        for name, derived in firing.rule.then.derive:
            if name in kb.symptoms and facts.get(name) not in (derived, UNKNOWN, None):
                against = tuple(fact for fact, _ in firing.facts)
                found[name] = Conflict(name, str(facts[name]), against, 0.0, firing.rule.id)
    chances = belief.chances
    for i, (name, answer, _) in enumerate(belief.evidence):
        if name in found or name not in kb.symptoms or chances[i] >= CONTRADICTION:
            continue
        opposite = _opposite(kb, belief, i)
        if opposite:
            found[name] = Conflict(name, answer, (opposite,), float(chances[i]))
    return tuple(found.values())


def _opposite(kb: KnowledgeBase, belief: Belief, i: int) -> str:
    """The answer without which the ``i``-th would fit by far the best, at least ten times better."""
    t, logs = belief.tables, belief.logs
    without_both = normalised(t.log_prior + logs.sum(axis=0) - logs[i] - logs)
    fits = without_both @ belief.evidence[i][2]
    best, best_fit = "", 10.0 * float(belief.chances[i])
    for j, (other, _, _) in enumerate(belief.evidence):
        if j != i and other in kb.symptoms and fits[j] > best_fit:
            best, best_fit = other, float(fits[j])
    return best

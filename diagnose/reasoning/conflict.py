"""Answers that contradict each other, pointed out rather than swallowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from diagnose.knowledge.model import UNKNOWN, KnowledgeBase, Scalar
from diagnose.reasoning.belief import Array, Belief, posterior
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
    evidence = [e for e in belief.evidence if e[0] in kb.symptoms]
    for name, answer, row in evidence:
        probability = float((belief.without(name) * row).sum())
        if name in found or probability >= CONTRADICTION:
            continue
        opposite = _opposite(belief, evidence, name, row, probability)
        if opposite:
            found[name] = Conflict(name, answer, (opposite,), probability)
    return tuple(found.values())


def _opposite(
    belief: Belief, evidence: list[tuple[str, str, Array]], name: str, row: Array, probability: float
) -> str:
    """The answer without which this one would fit by far the best, at least ten times better."""
    best, best_probability = "", 10.0 * probability
    for other, _, _ in evidence:
        if other == name:
            continue
        likelihoods = [r for key, _, r in belief.evidence if key not in (name, other)]
        without_both = posterior(belief.tables.prior, likelihoods)
        fit = float((without_both * row).sum())
        if fit > best_probability:
            best, best_probability = other, fit
    return best

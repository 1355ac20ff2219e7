"""The verdict in full, and the question of entitlement on which it still turns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from diagnose.knowledge.model import KnowledgeBase, Remedy, Scalar, satisfied
from diagnose.reasoning import value
from diagnose.reasoning.belief import Array, Belief, cured_by
from diagnose.reasoning.loss import allowed_loss
from diagnose.reasoning.policy import Ruling, channel_for, charge_for, completions, open_questions, rule_on

HARD_TO_SAY = 1e-9
Ending = tuple[str, str, str, str]
"""Remedy, channel, charge, promise."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict in full. ``euros``: expected cost of ending with it now. ``solved``: cured on the phone."""

    remedy: Remedy
    fault: str
    fault_class: str
    channel: str
    charge: str
    promise: str
    euros: float
    solved: bool
    ruling: Ruling

    @property
    def verdict(self) -> str:
        """advice, repair, exchange or visit."""
        return self.remedy.verdict


def outcome(
    kb: KnowledgeBase,
    belief: Belief,
    remedies: tuple[Remedy, ...],
    expected: Array,
    rulings: Mapping[str, Ruling],
    solved: str | None,
) -> Outcome:
    """The cheapest remedy that the ruling on its own faults allows, and all that goes with it."""
    if solved is not None:
        remedy = kb.remedies[solved]
        fault = _answered_fault(kb, belief, remedy)
        return _complete(kb, remedy, fault, rulings, 0.0, solved=True)
    order = sorted(range(len(remedies)), key=lambda i: (round(float(expected[i]), value.CENT_FRACTION), i))
    chosen = order[0]
    for i in order:
        fault = _answered_fault(kb, belief, remedies[i])
        if rulings[kb.faults[fault].fault_class].allows(remedies[i]):
            chosen = i
            break
    remedy = remedies[chosen]
    fault = _answered_fault(kb, belief, remedy)
    return _complete(kb, remedy, fault, rulings, float(expected[chosen]), solved=False)


def _answered_fault(kb: KnowledgeBase, belief: Belief, remedy: Remedy) -> str:
    """The likeliest fault that the remedy cures; the likeliest of all if it cures none that is possible."""
    mass = belief.posterior * cured_by(kb, remedy.id)
    if float(mass.max()) <= HARD_TO_SAY:
        mass = belief.posterior
    return belief.tables.faults[int(np.round(mass, 12).argmax())]


def _complete(
    kb: KnowledgeBase,
    remedy: Remedy,
    fault: str,
    rulings: Mapping[str, Ruling],
    euros: float,
    *,
    solved: bool,
) -> Outcome:
    fault_class = kb.faults[fault].fault_class
    ruling = rulings[fault_class]
    return Outcome(
        remedy=remedy,
        fault=fault,
        fault_class=fault_class,
        channel=channel_for(kb, ruling, remedy),
        charge=charge_for(kb, ruling, remedy),
        promise="" if remedy.verdict == "advice" else ruling.promise,
        euros=euros,
        solved=solved,
        ruling=ruling,
    )


def turning_question(
    kb: KnowledgeBase,
    facts: Mapping[str, Scalar],
    end: Outcome,
    remedies: tuple[Remedy, ...],
    belief: Array,
    euros: Array,
    skipped: frozenset[str],
) -> str:
    """The first open question of entitlement on some answer to which the outcome turns."""
    questions = tuple(q for q in open_questions(kb, facts) if q.id not in skipped)
    if not questions:
        return ""
    # Only the faults of the class in front change with the facts; the rest of the loss stands.
    in_class = np.array([f.fault_class == end.fault_class for f in kb.faults.values()])
    mass = belief * in_class
    index = {r: i for i, r in enumerate(kb.remedies)}
    rows = [index[r.id] for r in remedies]
    rest = euros @ (belief * ~in_class)
    cheapest: dict[frozenset[str], Remedy] = {}

    def best_of(allowed: frozenset[str]) -> Remedy:
        if allowed not in cheapest:
            column = np.array([[r in allowed] for r in kb.remedies]) & np.ones(len(mass), dtype=bool)
            cost = np.round(rest + (allowed_loss(kb, column)[rows] @ mass), value.CENT_FRACTION)
            order = sorted(range(len(remedies)), key=lambda i: (float(cost[i]), i))
            cheapest[allowed] = remedies[next((i for i in order if remedies[i].id in allowed), order[0])]
        return cheapest[allowed]

    def ending(complete: Mapping[str, Scalar]) -> Ending:
        ruling = rule_on(kb, complete, end.fault_class)
        best = best_of(ruling.allowed)
        promise = "" if best.verdict == "advice" else ruling.promise
        return best.id, channel_for(kb, ruling, best), charge_for(kb, ruling, best), promise

    ends = {choice: ending(complete) for choice, complete in completions(kb, facts, questions)}
    for i, question in enumerate(questions):
        if not satisfied(question.needs, facts):
            continue
        seen: dict[tuple[int, ...], Ending] = {}
        for choice, ended in ends.items():
            if seen.setdefault(choice[:i] + choice[i + 1 :], ended) != ended:
                return question.id
    return ""

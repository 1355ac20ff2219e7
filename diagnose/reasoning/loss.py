"""Euros of ending with a remedy when that is the fault: what is right, what is wrong, what is not allowed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from diagnose.knowledge.model import KnowledgeBase, Remedy, Scalar
from diagnose.reasoning.belief import Array, cured_by
from diagnose.reasoning.policy import Ruling


@lru_cache(maxsize=64)
def prices(kb: KnowledgeBase) -> tuple[Array, Array, Array]:
    """(R, F) euros when the remedy is right, when it is wrong, and where it cures (1 or 0)."""
    costs = kb.costs
    own_price = dict(costs.remedies)
    wrong, needless = dict(costs.wrong), dict(costs.needless)
    right_rows, wrong_rows, cure_rows = [], [], []
    for r in kb.remedies.values():
        price = own_price.get(r.id, r.euros)
        right, bad = [], []
        for f in kb.faults.values():
            right.append(price if f.remedy == r.id else price + costs.second_best)
            fault_class = kb.classes[f.fault_class]
            penalty = wrong.get(r.verdict, 0.0)
            if fault_class.sound and r.verdict != "advice":
                penalty += needless.get(r.verdict, 0.0)
            if fault_class.danger:
                penalty += costs.missed_safety
            bad.append(price + penalty)
        right_rows.append(right)
        wrong_rows.append(bad)
        cure_rows.append(cured_by(kb, r.id))
    return np.array(right_rows), np.array(wrong_rows), np.array(cure_rows)


def loss(kb: KnowledgeBase, ended: frozenset[str], rulings: Mapping[str, Ruling]) -> Array:
    """(R, F): euros of ending with a remedy; one not allowed for the fault's class counts as wrong for it."""
    right, wrong, cures = prices(kb)
    allowed = {
        c: np.array([0.0 if r.id in ended or not ruling.allows(r) else 1.0 for r in kb.remedies.values()])
        for c, ruling in rulings.items()
    }
    good = cures * np.array([allowed[f.fault_class] for f in kb.faults.values()]).T
    return np.where(good > 0, right, wrong)


def not_working(kb: KnowledgeBase, facts: Mapping[str, Scalar]) -> frozenset[str]:
    """Remedies that were tried in vain on this call."""
    return frozenset(r for r in kb.remedies if facts.get(f"tried.{r}") == "not_cured")


def endings(kb: KnowledgeBase, ended: frozenset[str], whatever: Ruling) -> tuple[Remedy, ...]:
    """The remedies that the call may end with; forbidding wins over what is required."""
    left = [r for r in kb.remedies.values() if whatever.allows(r) and r.id not in ended]
    if not left:
        left = [r for r in kb.remedies.values() if not whatever.forbids(r) and r.id not in ended]
    return tuple(left or kb.remedies.values())

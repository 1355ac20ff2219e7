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
    """(R, F) euros when the remedy is right, when it is wrong, and where it cures (1 or 0).

    A wrong remedy is paid for, brings its penalty, and the fault's own remedy is paid after all. A
    remedy that cures only so often when tried on the phone cures no oftener when it is only told.
    """
    costs = kb.costs
    own_price = dict(costs.remedies)
    price = {r.id: own_price.get(r.id, r.euros) for r in kb.remedies.values()}
    wrong, needless = dict(costs.wrong), dict(costs.needless)
    faults = tuple(kb.faults.values())
    after_all = np.array([price.get(f.remedy, 0.0) for f in faults])
    danger = np.array([costs.missed_safety if kb.classes[f.fault_class].danger else 0.0 for f in faults])
    sound = np.array([kb.classes[f.fault_class].sound for f in faults])
    right_rows, wrong_rows, cure_rows = [], [], []
    for r in kb.remedies.values():
        own = np.array([f.remedy == r.id for f in faults])
        returned = 0.0 if r.verdict == "advice" else needless.get(r.verdict, 0.0)
        right = price[r.id] + np.where(own, 0.0, costs.second_best)
        bad = price[r.id] + wrong.get(r.verdict, 0.0) + sound * returned + danger + after_all
        fails = 1.0 - r.trial.cures if r.trial else 0.0
        right_rows.append((1.0 - fails) * right + fails * bad)
        wrong_rows.append(bad)
        cure_rows.append(cured_by(kb, r.id))
    return np.array(right_rows), np.array(wrong_rows), np.array(cure_rows)


def loss(
    kb: KnowledgeBase, facts: Mapping[str, Scalar], ended: frozenset[str], rulings: Mapping[str, Ruling]
) -> Array:
    """(R, F): euros of ending with a remedy; one not allowed for the fault's class counts as wrong for it.

    A remedy that could prove itself on the phone, and has not been tried, costs ``unproven`` more.
    """
    right, wrong, cures = prices(kb)
    allowed = {
        c: np.array([0.0 if r.id in ended or not ruling.allows(r) else 1.0 for r in kb.remedies.values()])
        for c, ruling in rulings.items()
    }
    good = cures * np.array([allowed[f.fault_class] for f in kb.faults.values()]).T
    unproven = np.array(
        [kb.costs.unproven if r.trial and f"tried.{r.id}" not in facts else 0.0 for r in kb.remedies.values()]
    )
    return np.where(good > 0, right, wrong) + unproven[:, None]


def not_working(kb: KnowledgeBase, facts: Mapping[str, Scalar]) -> frozenset[str]:
    """Remedies that were tried in vain on this call."""
    return frozenset(r for r in kb.remedies if facts.get(f"tried.{r}") == "not_cured")


def endings(kb: KnowledgeBase, ended: frozenset[str], whatever: Ruling) -> tuple[Remedy, ...]:
    """The remedies that the call may end with; forbidding wins over what is required."""
    left = [r for r in kb.remedies.values() if whatever.allows(r) and r.id not in ended]
    if not left:
        left = [r for r in kb.remedies.values() if not whatever.forbids(r) and r.id not in ended]
    return tuple(left or kb.remedies.values())

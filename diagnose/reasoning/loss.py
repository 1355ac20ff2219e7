"""Euros of ending with a remedy when that is the fault: what is right, what is wrong, what is not allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from diagnose.knowledge.model import KnowledgeBase, Remedy, Scalar
from diagnose.reasoning.policy import Ruling
from diagnose.reasoning.tables import Array, cured_by


@dataclass(frozen=True, eq=False)
class Prices:
    """Euros by remedy and fault, before any ruling: R remedies, F faults.

    ``plain`` (R, 1): of the remedy alone. ``wrong`` (R, F): when it does not cure: its price and penalty,
    without the remedy that is needed after all. ``cures`` (R, F): whether it does. ``fails`` (R, 1): how
    often a remedy that cures on the phone cures after all not; ``provable`` (R, 1): whether it can be tried.
    ``alike`` (R, R): 1 for two remedies of the same verdict. ``diverted`` (R, 1): when it cures, but
    another of its verdict is what is due: its price and penalty.
    """

    plain: Array
    wrong: Array
    cures: npt.NDArray[np.bool_]
    fails: Array
    provable: npt.NDArray[np.bool_]
    alike: Array
    diverted: Array


@lru_cache(maxsize=256)
def prices(kb: KnowledgeBase) -> Prices:
    """The prices of a knowledge base, made once; when a remedy cures: :func:`right_price`."""
    costs, faults, remedies = kb.costs, tuple(kb.faults.values()), tuple(kb.remedies.values())
    own_price = dict(costs.remedies)
    penalty, needless = dict(costs.wrong), dict(costs.needless)
    price = np.array([[own_price.get(r.id, r.euros)] for r in remedies])
    sound = np.array([kb.classes[f.fault_class].sound for f in faults])
    danger = np.array([costs.missed_safety if kb.classes[f.fault_class].danger else 0.0 for f in faults])
    repeat = np.array([[penalty.get(r.verdict, 0.0)] for r in remedies])
    returned = np.array([[0.0 if r.verdict == "advice" else needless.get(r.verdict, 0.0)] for r in remedies])
    return Prices(
        plain=price,
        wrong=price + repeat + sound * returned + danger,
        cures=np.array([cured_by(kb, r.id) > 0 for r in remedies]),
        fails=np.array([[1.0 - r.trial.cures if r.trial else 0.0] for r in remedies]),
        provable=np.array([[r.trial is not None] for r in remedies]),
        alike=np.array([[float(r.verdict == other.verdict) for other in remedies] for r in remedies]),
        diverted=price + repeat,
    )


@lru_cache(maxsize=256)
def right_price(kb: KnowledgeBase, in_vain: frozenset[str] = frozenset()) -> Array:
    """(R, F): euros of a remedy when it cures, its price and what it is dearer than the fault's own.

    Where that was tried ``in_vain``, whatever else cures is no second best: it is the best there is.
    """
    faults = kb.faults.values()
    own = np.array([[f.remedy == r or f.remedy in in_vain for f in faults] for r in kb.remedies])
    return prices(kb).plain + np.where(own, 0.0, kb.costs.second_best)


def allowed_loss(
    kb: KnowledgeBase, allowed: npt.NDArray[np.bool_], in_vain: frozenset[str] = frozenset()
) -> Array:
    """(R, F): euros of ending with a remedy, where ``allowed`` (R, F) may be the outcome of that fault.

    One that does not cure, or is not allowed, is paid for, brings its penalty, and the cheapest one
    that does is needed after all. One that cures only so often when tried cures no oftener when told.
    One that cures and is not allowed, where another of its verdict is, leads to the same place, where it
    is put right: the workshop finds a knock, or none, and the caller is told anew who pays.
    """
    p, right = prices(kb), right_price(kb, in_vain)
    good = p.cures & allowed
    put_right = p.cures & ~good & ((p.alike @ good) > 0)
    possible = np.where(good.any(axis=0), good, p.cures)
    after_all = np.where(possible, right, np.inf).min(axis=0, initial=np.inf)
    wrong = p.wrong + np.where(np.isfinite(after_all), after_all, 0.0)
    cured = np.where(good, right, p.diverted)
    return np.where(good | put_right, (1.0 - p.fails) * cured + p.fails * wrong, wrong)


def loss(
    kb: KnowledgeBase,
    facts: Mapping[str, Scalar],
    ended: frozenset[str],
    rulings: Mapping[str | None, Ruling],
) -> Array:
    """(R, F): euros of ending with a remedy, each fault under the ruling on its class.

    A remedy that could prove itself on the phone, and has not been tried, costs ``unproven`` more.
    """
    allowed = tuple((c, ruling.allowed) for c, ruling in rulings.items() if c is not None)
    return _loss(kb, allowed, ended, frozenset(_tried(facts)))


@lru_cache(maxsize=256)
def _loss(
    kb: KnowledgeBase,
    allowed: tuple[tuple[str, frozenset[str]], ...],
    ended: frozenset[str],
    tried: frozenset[str],
) -> Array:
    by_class = np.array([[r in remedies and r not in ended for r in kb.remedies] for _, remedies in allowed])
    number = {c: i for i, (c, _) in enumerate(allowed)}
    may_end = by_class[[number[f.fault_class] for f in kb.faults.values()]].T
    untried = np.array([[r not in tried] for r in kb.remedies])
    out: Array = allowed_loss(kb, may_end, ended) + kb.costs.unproven * (prices(kb).provable & untried)
    out.flags.writeable = False  # it is shared
    return out


def _tried(facts: Mapping[str, Scalar]) -> list[str]:
    return [name.removeprefix("tried.") for name in facts if name.startswith("tried.")]


def not_working(kb: KnowledgeBase, facts: Mapping[str, Scalar]) -> frozenset[str]:
    """Remedies that were tried in vain on this call."""
    return frozenset(r for r in _tried(facts) if r in kb.remedies and facts[f"tried.{r}"] == "not_cured")


def endings(kb: KnowledgeBase, ended: frozenset[str], whatever: Ruling) -> tuple[Remedy, ...]:
    """The remedies that the call may end with; forbidding wins over what is required."""
    left = [r for r in kb.remedies.values() if whatever.allows(r) and r.id not in ended]
    if not left:
        left = [r for r in kb.remedies.values() if not whatever.forbids(r) and r.id not in ended]
    return tuple(left or kb.remedies.values())

"""The verdict in full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from diagnose.knowledge.model import KnowledgeBase, Remedy
from diagnose.reasoning import value
from diagnose.reasoning.belief import Belief
from diagnose.reasoning.loss import prices
from diagnose.reasoning.policy import Ruling, channel_for, charge_for
from diagnose.reasoning.tables import Array, cured_by

HARD_TO_SAY = 1e-9
RELEVANT = 0.3
"""How likely a remedy must be to cure, against the likeliest of its verdict, to come first."""
IDLE = 0.1
"""How likely at least, against the likeliest of all: what helps less often than that is no ending."""


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
    rulings: Mapping[str | None, Ruling],
    solved: str | None,
) -> Outcome:
    """The cheapest remedy that the ruling on its own faults allows, and all that goes with it."""
    if solved is not None:
        remedy = kb.remedies[solved]
        fault = _answered_fault(kb, belief, remedy)
        return _complete(kb, remedy, fault, rulings, 0.0, solved=True)
    order = relevant_first(kb, belief.posterior, remedies, by_cost(expected))
    chosen = order[0]
    for i in order:
        fault = _answered_fault(kb, belief, remedies[i])
        if rulings[kb.faults[fault].fault_class].allows(remedies[i]):
            chosen = i
            break
    remedy = remedies[chosen]
    fault = _answered_fault(kb, belief, remedy)
    return _complete(kb, remedy, fault, rulings, float(expected[chosen]), solved=False)


def relevant_first(
    kb: KnowledgeBase, posterior: Array, remedies: tuple[Remedy, ...], order: list[int]
) -> list[int]:
    """The order by cost, but what hardly any likely fault calls for comes last.

    Where much is possible, one piece of advice costs as little as another, and even advice for something
    else may cost less than an exchange that is probably due: by the reckoning it puts the dear remedy off
    to a second call, which would know no more. The caller is to hear one that may help.
    """
    chance = dict(zip(kb.remedies, (prices(kb).cures @ posterior).tolist(), strict=True))
    chances = [chance[r.id] for r in remedies]
    live = [i for i in order if chances[i] >= IDLE * max(chances)]
    front = [i for i in live if remedies[i].verdict == remedies[live[0]].verdict]
    least = RELEVANT * max(chances[i] for i in front)
    helpful = [i for i in front if chances[i] >= least]
    return helpful + [i for i in live if i not in helpful] + [i for i in order if i not in live]


def by_cost(expected: Array) -> list[int]:
    """(R,) -> the numbers of the remedies, the cheapest first; ties in the order of the text."""
    order: list[int] = np.argsort(np.round(expected, value.CENT_FRACTION), kind="stable").tolist()
    return order


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
    rulings: Mapping[str | None, Ruling],
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

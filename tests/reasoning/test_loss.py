"""Euros of ending with a remedy, where policy allows only some of those that cure."""

from dataclasses import replace
from datetime import date

import numpy as np

from diagnose.knowledge.model import FaultClass, Text
from diagnose.reasoning.assess import assess
from diagnose.reasoning.facts import Finding, Findings
from diagnose.reasoning.loss import allowed_loss
from tests.make import CLASSES, fault, knowledge, premises, remedy, rule, symptom

DAMAGE = FaultClass("damage", Text.of(en="damage", fr="dommage"))
PLAIN = knowledge(
    [symptom("lines_missing")],
    [
        fault("how_to", 2, "reset", lines_missing=0.1),
        fault("loose", 60, "mend", "hardware", lines_missing=0.9),
        fault("broken", 40, "estimate", "damage", lines_missing=0.9),
    ],
    [
        remedy("reset", "advice"),
        remedy("mend", "repair", 55, cures=["hardware"]),
        remedy("estimate", "repair", 57, cures=["hardware", "damage"]),
        remedy("swap", "exchange", 60, cures=["hardware"]),
    ],
    [
        rule("covered", premises(fault__class="hardware"), forbid=("estimate", "exchange")),
        rule("knocked", premises(fault__class="damage"), forbid=("mend", "exchange")),
    ],
)
KB = replace(PLAIN, classes={**CLASSES, "damage": DAMAGE})
RESET, MEND, ESTIMATE, SWAP = range(4)
LOOSE, BROKEN = 1, 2


def allowed() -> np.ndarray:
    """(4, 3): what the two rules leave."""
    out = np.ones((4, 3), dtype=bool)
    out[[ESTIMATE, SWAP], LOOSE] = out[[MEND, SWAP], BROKEN] = False
    return out


def test_a_remedy_not_allowed_beside_an_allowed_one_of_its_verdict_is_put_right_there():
    euros = allowed_loss(KB, allowed())
    assert euros[ESTIMATE, LOOSE] == 57 + 35
    assert euros[MEND, LOOSE] == 55


def test_what_is_put_right_costs_that_for_the_remedy_of_the_fault_itself_too():
    """A worn part whose own remedy is a repair, while only an estimate is allowed for it."""
    only_the_estimate = allowed()
    only_the_estimate[:, LOOSE] = np.array([True, False, True, False])
    euros = allowed_loss(KB, only_the_estimate)
    assert euros[MEND, LOOSE] == 55 + 35


def test_a_remedy_not_allowed_and_of_another_verdict_is_wrong():
    euros = allowed_loss(KB, allowed())
    assert euros[SWAP, LOOSE] == 60 + 45 + 55


def test_a_remedy_that_does_not_cure_is_wrong_whatever_its_verdict():
    assert allowed_loss(KB, allowed())[MEND, BROKEN] == 55 + 35 + 57


def test_once_the_faults_own_remedy_was_tried_in_vain_another_that_cures_is_no_second_best():
    anything = np.ones((4, 3), dtype=bool)
    assert allowed_loss(KB, anything)[SWAP, LOOSE] == 60 + KB.costs.second_best
    assert allowed_loss(KB, anything, frozenset({"mend"}))[SWAP, LOOSE] == 60
    assert allowed_loss(KB, anything, frozenset({"reset"}))[SWAP, LOOSE] == 60 + KB.costs.second_best


def test_torn_between_two_repairs_the_call_ends_with_a_repair_and_not_with_idle_advice():
    said = Findings(date(1998, 3, 2), (Finding("lines_missing", "yes", True),), (), ("lines_missing",))
    assert assess(KB, said).outcome.remedy.verdict == "repair"

"""A try and the question that asks for the same: either answers the other, and neither is put twice."""

from dataclasses import replace
from datetime import date

import numpy as np

from diagnose.knowledge.model import KnowledgeBase, Trial
from diagnose.reasoning.assess import Assessment, assess
from diagnose.reasoning.facts import Finding, Findings
from diagnose.reasoning.tables import tables
from tests.make import fault, knowledge, remedy, symptom

DAY = date(2026, 11, 23)


def frozen_or_dead() -> KnowledgeBase:
    restart = replace(remedy("restart", "advice"), trial=Trial(60, 0.9, "restarts"))
    return knowledge(
        [symptom("black"), symptom("restarts", "check", background=0.02), symptom("wet", "history")],
        [
            fault("frozen", 10, "restart", black=0.9, restarts=0.9),
            fault("dead", 10, "repair", "hardware", black=0.9, restarts=0.02),
        ],
        [restart, remedy("repair", "repair", 50)],
    )


KB = frozen_or_dead()


def after(*answers: tuple[str, str], tried: str = "") -> Assessment:
    told = tuple(Finding(s, a) for s, a in answers)
    tries = (("restart", tried),) if tried else ()
    return assess(KB, Findings(DAY, (Finding("black", "yes", True), *told), tries, ("black",)))


def offered(step: Assessment) -> set[tuple[str, str]]:
    return {(c.kind, c.id) for c in step.candidates}


def test_before_either_both_may_be_put():
    assert {("ask", "restarts"), ("try", "restart")} <= offered(after())


def test_what_was_tried_is_not_asked_and_what_was_answered_is_not_tried():
    tried, answered = after(tried="not_cured"), after(("restarts", "no"))
    assert ("ask", "restarts") not in offered(tried)
    assert ("try", "restart") not in offered(answered)
    assert tried.facts["restarts"] == "no"
    assert answered.facts["tried.restart"] == "not_cured"


def test_a_try_in_vain_weighs_as_much_as_the_answer_no():
    tried, answered = after(tried="not_cured"), after(("restarts", "no"))
    assert np.allclose(tried.belief.posterior, answered.belief.posterior)
    assert answered.belief.posterior[tables(KB).index["dead"]] > 0.85


def test_both_of_them_weigh_only_once():
    both = after(("restarts", "no"), tried="not_cured")
    assert np.allclose(both.belief.posterior, after(("restarts", "no")).belief.posterior)


def test_who_would_not_try_it_is_not_asked_for_it_either():
    declined = after(tried="declined")
    assert ("ask", "restarts") not in offered(declined)
    assert np.allclose(declined.belief.posterior, after().belief.posterior)


def test_a_remedy_that_did_not_work_is_not_advised():
    assert after(("restarts", "no")).outcome.remedy.id == "repair"
    assert after(("restarts", "yes")).outcome.remedy.id == "restart"

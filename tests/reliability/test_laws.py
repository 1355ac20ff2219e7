"""The laws of a consultation, for any operator on any knowledge."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from diagnose.consultation.call import fold
from diagnose.consultation.events import Answered, Event, Opened
from diagnose.consultation.trace import verdict_json
from tests.reliability.bases import bases
from tests.reliability.laws import AT, Consultation

SHORT = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)


def test_a_consultation_keeps_its_laws_whatever_the_operator_does():
    run_state_machine_as_test(Consultation, settings=SHORT)


@settings(SHORT, max_examples=100)
@given(bases(), st.data())
def test_the_order_of_independent_answers_changes_no_verdict(kb, data):
    opened = Opened(AT, "law", kb.handset.id, "care", kb.revision, "0")
    asked = data.draw(st.permutations(sorted(kb.symptoms)))[: data.draw(st.integers(2, len(kb.symptoms)))]
    answers: list[Event] = [
        Answered(AT, s, data.draw(st.sampled_from([a.id for a in kb.symptoms[s].answers]))) for s in asked
    ]
    one, other = fold(kb, [opened, *answers]), fold(kb, [opened, *data.draw(st.permutations(answers))])
    assert verdict_json(one) == verdict_json(other)
    assert one.assessment.next == other.assessment.next
    assert set(one.assessment.alerts) == set(other.assessment.alerts)
    # the sums are made in another order: the last digits of a number may differ
    shares = dict(one.assessment.belief.ranked())
    assert all(abs(shares[f] - p) < 1e-9 for f, p in other.assessment.belief.ranked())

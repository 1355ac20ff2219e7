"""Belief: Bayes over single faults, order-free, corrected for what callers choose to say first."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnose.reasoning.belief import believe, weights
from diagnose.reasoning.tables import can_be_volunteered, cured_by, tables
from tests.make import fault, knowledge, remedy, ringer, symptom

KB = ringer()
ANSWERS = [
    (s, a) for s in ("hazard", "wet", "no_ring", "mute_icon", "asks_how") for a in ("yes", "no", "unknown")
]


def test_without_evidence_the_belief_is_the_frequency_of_calls():
    ranked = dict(believe(KB, []).ranked())
    assert ranked == pytest.approx({"silent": 0.32, "buzzer": 0.16, "swollen": 0.04, "how_to": 0.48})


def test_one_answer_weighs_by_bayes_rule():
    p = dict(believe(KB, [("mute_icon", "yes")]).ranked())
    heard = lambda p: 0.98 * p + 0.02 * (1 - p)  # noqa: E731
    joint = {
        "silent": 40 * heard(0.98),
        "buzzer": 20 * heard(0.01),
        "swollen": 5 * heard(0.05),
        "how_to": 60 * heard(0.05),
    }
    total = sum(joint.values())
    assert p == pytest.approx({k: v / total for k, v in joint.items()})


def test_dont_know_carries_no_evidence():
    assert believe(KB, [("no_ring", "unknown")]).ranked() == believe(KB, []).ranked()


@given(st.permutations(ANSWERS), st.integers(0, 6), st.booleans())
def test_the_order_of_answers_does_not_matter(shuffled, count, opened):
    chosen = list({s: (s, a) for s, a in shuffled[:count]}.values())
    one = believe(KB, chosen, opening=[s for s, _ in chosen] if opened else []).posterior
    other = believe(KB, chosen[::-1], opening=[s for s, _ in chosen] if opened else []).posterior
    assert np.allclose(one, other, atol=1e-12)
    assert one.sum() == pytest.approx(1.0)


def test_a_complaint_chosen_among_many_signs_counts_less_for_the_fault_that_has_many():
    kb = knowledge(
        [symptom(s, background=0.001) for s in ("a", "b", "c", "d")],
        [fault("one_sign", 10, "x", a=0.98), fault("four_signs", 10, "y", a=0.98, b=0.98, c=0.98, d=0.98)],
        [remedy("x", "advice"), remedy("y", "advice")],
    )
    asked = dict(believe(kb, [("a", "yes")]).ranked())
    first = dict(believe(kb, [("a", "yes")], opening=["a"]).ranked())
    assert asked["four_signs"] == pytest.approx(0.5)
    assert first["four_signs"] == pytest.approx(1 / 5, abs=0.02)


def test_what_is_most_ordinary_is_not_complained_of():
    assert can_be_volunteered(KB.symptoms["no_ring"], "yes")
    assert not can_be_volunteered(KB.symptoms["no_ring"], "no")
    assert not can_be_volunteered(KB.symptoms["wet"], "yes")


def test_rules_rule_out_and_confirm():
    assert dict(believe(KB, [], ruled_out=["silent"]).ranked())["silent"] < 0.01
    assert dict(believe(KB, [], confirmed=["buzzer"]).ranked())["buzzer"] > 0.9


def test_when_rules_rule_everything_out_the_belief_is_what_it_was():
    belief = believe(KB, [], ruled_out=list(KB.faults))
    assert dict(belief.ranked()) == pytest.approx(dict(believe(KB, []).ranked()))


def test_a_try_in_vain_speaks_against_the_faults_it_is_for():
    before = dict(believe(KB, [("no_ring", "yes")]).ranked())
    after = dict(believe(KB, [("no_ring", "yes")], failed=[("unmute", 0.9)]).ranked())
    odds = lambda p: p["silent"] / p["buzzer"]  # noqa: E731
    assert odds(after) == pytest.approx(odds(before) * 0.1)


def test_a_remedy_is_for_its_own_faults_and_for_its_classes():
    assert list(cured_by(KB, "mend")) == [0, 1, 0, 0]
    assert list(cured_by(KB, "unmute")) == [1, 0, 0, 0]


def test_weights_are_decibans_against_what_the_other_answers_make_expected():
    belief = believe(KB, [("no_ring", "yes"), ("mute_icon", "yes")])
    (_, _, w) = next(x for x in weights(belief) if x[0] == "mute_icon")
    rest = dict(believe(KB, [("no_ring", "yes")]).ranked())
    heard = lambda p: 0.98 * p + 0.02 * (1 - p)  # noqa: E731
    expected = sum(
        rest[f] * heard(p)
        for f, p in {"silent": 0.98, "buzzer": 0.01, "swollen": 0.05, "how_to": 0.05}.items()
    )
    assert w[tables(KB).index["buzzer"]] == pytest.approx(10 * np.log10(heard(0.01) / expected))

"""The open question: the signs that come to mind, and no word of the others."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnose.reasoning.belief import believe
from diagnose.reasoning.open_question import ANYTHING_ELSE, NOTHING, RECALL, SOMETHING, replies, silence
from diagnose.reasoning.tables import tables
from tests.make import fault, knowledge, remedy, symptom

KB = knowledge(
    [
        *(symptom(s, background=0.05) for s in ("hums", "hot", "slow")),
        symptom(ANYTHING_ELSE, kind="check", answers={NOTHING: 0.6, SOMETHING: 0.4}),
    ],
    [
        fault("loud", 10, "x", hums=0.9, hot=0.8),
        fault("quiet", 10, "x", hums=0.9),
        fault("other", 10, "x", slow=0.9),
    ],
    [remedy("x", "advice")],
)


def ranked(answers, volunteered=(), opening=()):
    return dict(believe(KB, answers, volunteered=volunteered, opening=opening).ranked())


def test_a_fault_that_would_have_shown_more_is_less_likely_when_nothing_more_is_said():
    opened = ranked([("hums", "yes")], ["hums"], ["hums"])
    asked = ranked([("hums", "yes"), (ANYTHING_ELSE, NOTHING)], ["hums"], ["hums"])
    ratio = asked["loud"] / asked["quiet"] / (opened["loud"] / opened["quiet"])
    bystander = KB.callers.bystander
    assert ratio == pytest.approx((1 - RECALL * 0.8) / (1 - RECALL * bystander * 0.05))


def test_what_comes_to_mind_speaks_for_the_fault_that_causes_it():
    said = [("hums", "yes"), ("hot", "yes"), (ANYTHING_ELSE, SOMETHING)]
    assert ranked(said, ["hums", "hot"], ["hums"])["loud"] > 0.95


def test_silence_counts_only_what_is_not_known_otherwise():
    t = tables(KB)
    assert silence(t, {"hums", "hot", "slow"}) == pytest.approx(np.ones(3))
    assert silence(t, {"hums", "slow"})[0] == pytest.approx(1 - RECALL * 0.8)


@settings(deadline=None, max_examples=20)
@given(st.sets(st.sampled_from(["hums", "hot", "slow"])))
def test_the_replies_looked_ahead_to_are_all_there_are(known):
    t = tables(KB)
    rows = replies(t, known, t.prior)
    assert rows.sum(axis=0) == pytest.approx(np.ones(3))
    assert (rows >= -1e-12).all()


@settings(deadline=None, max_examples=20)
@given(st.permutations([("hums", "yes"), ("hot", "no"), (ANYTHING_ELSE, NOTHING)]))
def test_it_makes_no_difference_when_the_question_is_put(answers):
    usual = ranked([("hums", "yes"), ("hot", "no"), (ANYTHING_ELSE, NOTHING)], ["hums"], ["hums"])
    assert ranked(answers, ["hums"], ["hums"]) == pytest.approx(usual)


def test_not_to_answer_it_says_nothing():
    assert ranked([(ANYTHING_ELSE, "unknown")]) == pytest.approx(ranked([]))

"""How likely a caller is to say that he does not know, by what he has said so far."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnose.knowledge.model import Callers
from diagnose.reasoning.assess import assess
from diagnose.reasoning.facts import Finding, Findings
from diagnose.reasoning.not_knowing import dont_know_share
from diagnose.reasoning.open_question import ANYTHING_ELSE
from diagnose.reasoning.value import appraise
from tests.make import ringer

DAY = date(1998, 3, 2)
KB = ringer()
USUAL = KB.callers.dont_know
heard = st.lists(st.sampled_from(["yes", "no", "unknown"]), max_size=12)


def findings(*answers, **others):
    return Findings(DAY, tuple(Finding(f"q{i}", a) for i, a in enumerate(answers)), **others)


def test_before_anything_is_asked_a_caller_is_like_all_others():
    assert dont_know_share(KB, findings()) == pytest.approx(USUAL)


def test_who_has_not_known_four_times_is_several_times_likelier_not_to_know_again():
    assert dont_know_share(KB, findings(*["unknown"] * 4)) > 5 * USUAL


@given(heard)
def test_each_dont_know_raises_the_share_and_each_answer_lowers_it(answers):
    now = dont_know_share(KB, findings(*answers))
    assert dont_know_share(KB, findings(*answers, "yes")) < now
    assert now < dont_know_share(KB, findings(*answers, "unknown")) < 1


@given(heard)
def test_the_order_of_the_answers_makes_no_difference_to_the_share(answers):
    assert dont_know_share(KB, findings(*answers)) == dont_know_share(KB, findings(*sorted(answers)))


def test_what_is_said_unasked_and_the_open_question_tell_nothing_of_it():
    said = (Finding("no_ring", "yes", True), Finding(ANYTHING_ELSE, "nothing"))
    assert dont_know_share(KB, Findings(DAY, said)) == pytest.approx(USUAL)


def test_where_nobody_fails_to_know_nobody_is_expected_to():
    """Answers that come from instruments."""
    sure = replace(KB, callers=Callers(dont_know=0.0), revision="instruments")
    assert dont_know_share(sure, findings("unknown", "unknown")) == 0


def test_it_bears_on_the_choice_and_not_on_the_belief():
    shares = []

    def choose(c):
        shares.append(c.dont_know)
        return appraise(c)

    told = Findings(DAY, (Finding("no_ring", "yes", True),), (), ("no_ring",))
    silent = replace(told, answers=(*told.answers, Finding("mute_icon", "unknown")))
    before, after = assess(KB, told, choose), assess(KB, silent, choose)
    assert shares == [dont_know_share(KB, told), dont_know_share(KB, silent)]
    assert shares[0] < shares[1]
    assert after.belief.posterior == pytest.approx(before.belief.posterior)


def test_who_knows_nothing_is_asked_less():
    """The first question that pays with a usual caller does not with one who will not know the answer."""
    asked = []

    def choose(c):
        asked.append([appraise(replace(c, dont_know=share))[0].kind for share in (USUAL, 0.999)])
        return appraise(c)

    declined = tuple((r, "declined") for r in KB.remedies)
    assess(KB, Findings(DAY, (Finding("no_ring", "yes", True),), declined), choose)
    assert asked == [["ask", "stop"]]

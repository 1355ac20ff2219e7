"""Value: asking, trying and stopping by expected cost, held against plain definitions."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.models import draw
from bench.optimal import by_value, followed, optimum
from diagnose.reasoning import value
from diagnose.reasoning.ahead import Steps, one_step, risks, two_steps
from diagnose.reasoning.choices import Choices, answered, asking_only, failed, trying_only
from diagnose.reasoning.exact import optimal, work
from diagnose.reasoning.panel import panel
from diagnose.reasoning.trim import TOLERANCE, trimmed
from diagnose.reasoning.value import LEAST_WORTH, appraise, look_ahead

models = st.integers(0, 10_000)
shares = st.sampled_from([0.0, 0.07])


def shortened(c: Choices, questions: int = 4) -> Choices:
    """Its first questions."""
    return asking_only(c, range(min(questions, len(c.questions))))


def drawn(seed: int, share: float = 0.0, questions: int = 4) -> Choices:
    return replace(shortened(draw(np.random.default_rng(seed)), questions), dont_know=share)


def stop_cost(c: Choices) -> float:
    """The definition of ending, without arrays."""
    faults = range(len(c.posterior))
    return min(sum(c.loss[r][f] * c.posterior[f] for f in faults) for r in range(len(c.remedies)))


def plain(c: Choices, depth: int) -> float:
    """The least expected cost when so many more steps may be taken."""
    if depth == 0:
        return stop_cost(c)
    asks = [ask_cost(c, q, depth) for q in range(len(c.questions))]
    tries = [try_cost(c, t, depth) for t in range(len(c.trials))]
    return min([stop_cost(c), *asks, *tries])


def ask_cost(c: Choices, q: int, depth: int) -> float:
    after = sum(plain(answered(c, q, c.rows[a]), depth - 1) for a in range(c.starts[q], c.stops[q]))
    cost = c.price[q] * c.posterior.sum() + (1 - c.dont_know) * after
    return cost + c.dont_know * not_known(c, q, min(depth - 1, 1)) if c.dont_know else cost


def not_known(c: Choices, q: int, depth: int) -> float:
    """After a "don't know": the best other step, then stopping."""
    return plain(asking_only(c, [i for i in range(len(c.questions)) if i != q]), depth)


def try_cost(c: Choices, t: int, depth: int) -> float:
    cured = sum(c.posterior[f] * c.cures[t][f] for f in range(len(c.posterior))) * c.cured_loss[t]
    return c.trial_price[t] * c.posterior.sum() + cured + plain(failed(c, t), depth - 1)


@given(models, st.sampled_from([1, 2]), shares)
@settings(max_examples=15, deadline=None)
def test_looking_ahead_costs_what_the_definition_says(seed, depth, share):
    c = drawn(seed, share)
    for candidate in look_ahead(c, depth):
        if candidate.kind == "stop":
            expected = stop_cost(c)
        elif candidate.kind == "ask":
            expected = ask_cost(c, c.questions.index(candidate.id), depth)
        else:
            expected = try_cost(c, c.trials.index(candidate.id), depth)
        assert candidate.cost == pytest.approx(expected, rel=1e-9)


@given(models)
@settings(max_examples=15, deadline=None)
def test_what_an_ending_costs_after_each_answer_is_its_loss_over_the_faults_left(seed):
    """Though for the last answer of each question it is got from what the others leave."""
    c = drawn(seed)
    assert risks(c) == pytest.approx((c.rows * c.posterior) @ c.loss.T, abs=1e-9)


@given(models)
@settings(max_examples=15, deadline=None)
def test_the_exact_solution_is_the_definition_without_a_limit_of_steps(seed):
    c = drawn(seed, questions=2)
    c = trying_only(c, range(min(2, len(c.trials))))
    steps = optimal(c)
    for q in range(len(c.questions)):
        assert steps.ask[q] == pytest.approx(ask_cost(c, q, 4), rel=1e-9)
    for t in range(len(c.trials)):
        assert steps.attempt[t] == pytest.approx(try_cost(c, t, 4), rel=1e-9)


@given(models)
@settings(max_examples=15, deadline=None)
def test_the_exact_solution_agrees_with_the_bench_that_judges_it(seed):
    c = drawn(seed, questions=5)
    assert optimal(c).best == pytest.approx(optimum(c), rel=1e-9)


@given(models, shares)
@settings(max_examples=15, deadline=None)
def test_the_deeper_one_looks_the_less_one_expects_to_pay(seed, share):
    c = drawn(seed, share)
    one, two, all_ = one_step(c).best, two_steps(c).best, optimal(c).best
    assert one >= two - 1e-9
    if not share:
        assert two >= all_ - 1e-9


@given(models)
@settings(max_examples=10, deadline=None)
def test_no_way_of_choosing_beats_the_optimum(seed):
    c = drawn(seed)
    best = optimum(c)
    for depth in (None, 1, 2):
        assert followed(c, by_value(depth)) >= best - 1e-9


@given(models)
@settings(max_examples=10, deadline=None)
def test_what_is_small_enough_to_be_solved_is_chosen_optimally(seed):
    c = drawn(seed)
    assert followed(c, by_value()) == pytest.approx(optimum(c), abs=2 * TOLERANCE)


@given(models)
@settings(max_examples=10, deadline=None)
def test_a_choice_out_of_a_panel_lies_between_two_steps_and_the_optimum(seed):
    c = drawn(seed, questions=6)
    steps = two_steps(c)
    questions, trials = panel(c, steps, work(c) // 4)
    assert work(trying_only(asking_only(c, questions), trials)) <= work(c) // 4
    cost = optimal(trying_only(asking_only(c, questions), trials)).best
    assert optimum(c) - 1e-9 <= cost <= steps.stop + 1e-9


@given(models)
@settings(max_examples=15, deadline=None)
def test_what_is_left_out_moves_no_value_by_more_than_is_stated(seed):
    c = drawn(seed)
    faint = np.where(np.arange(len(c.posterior)) % 2 == 0, 1.0, 1e-6)
    c = replace(c, posterior=c.posterior * faint / (c.posterior * faint).sum())
    small, offset = trimmed(c, 0.05)
    full, less = optimal(c), optimal(small)
    assert less.best + offset == pytest.approx(full.best, abs=0.05)
    assert less.ask + offset == pytest.approx(full.ask, abs=0.05)
    assert len(small.posterior) < len(c.posterior)


def test_a_remedy_that_another_beats_for_every_fault_is_left_out():
    c = drawn(3)
    worse = replace(
        c,
        remedies=(*c.remedies, "worse"),
        loss=np.concatenate([c.loss, c.loss.max(axis=0, keepdims=True) + 1]),
    )
    assert "worse" not in trimmed(worse)[0].remedies
    assert [x.id for x in appraise(worse)] == [x.id for x in appraise(c)]


def test_a_remedy_that_a_failed_try_may_take_away_leaves_its_second_best():
    """The better of two remedies can be tried: when that fails the other one is needed."""
    c = Choices(
        posterior=np.array([0.5, 0.5]),
        remedies=("best", "next"),
        loss=np.array([[1.0, 1.0], [2.0, 2.0]]),
        questions=(),
        rows=np.zeros((0, 2)),
        starts=(),
        price=np.zeros(0),
        trials=("best",),
        cures=np.array([[0.5, 0.0]]),
        trial_price=np.array([0.1]),
        cured_loss=np.array([0.0]),
        ending=(0,),
    )
    assert trimmed(c)[0].remedies == ("best", "next")
    assert {x.id: x.cost for x in appraise(c) if x.kind == "try"} == {"best": pytest.approx(0.1 + 1.5)}


def test_two_questions_that_pay_only_together_are_asked():
    """Exclusive or: either answer alone says nothing. Greedy choice would end the call."""
    faults = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    rows = np.concatenate([np.stack([faults[:, i] == k for k in (0, 1)]) for i in (0, 1)]).astype(float)
    odd = faults.sum(axis=1) % 2
    c = Choices(
        posterior=np.full(4, 0.25),
        remedies=("even", "odd"),
        loss=np.stack([odd * 40.0, (1 - odd) * 40.0]),
        questions=("first", "second"),
        rows=rows,
        starts=(0, 2),
        price=np.array([0.1, 0.1]),
        trials=(),
        cures=np.zeros((0, 4)),
        trial_price=np.zeros(0),
        cured_loss=np.zeros(0),
        ending=(),
    )
    assert look_ahead(c, 1)[0].kind == "stop"
    assert appraise(c)[0].kind == "ask"
    assert appraise(c)[0].cost == pytest.approx(0.2)


def test_more_to_ask_than_can_be_solved_is_still_appraised_in_full(monkeypatch):
    c = drawn(5, questions=6)
    monkeypatch.setattr(value, "EXACT_WORK", 0)
    monkeypatch.setattr(value, "FEW", 0)
    found = appraise(c, panel_work=2_000)
    assert {(x.kind, x.id) for x in found} >= {("ask", q) for q in c.questions}
    two = {x.id: x.cost for x in look_ahead(c, 2)}
    assert all(x.cost <= two[x.id] + TOLERANCE for x in found if x.kind != "stop")


def one_question(saves: float) -> Choices:
    """A question without a price that tells for sure, and saves so many euros over ending now."""
    return Choices(
        posterior=np.array([0.5, 0.5]),
        remedies=("left", "right"),
        loss=np.array([[0.0, 2 * saves], [2 * saves, 0.0]]),
        questions=("which",),
        rows=np.eye(2),
        starts=(0,),
        price=np.zeros(1),
        trials=(),
        cures=np.zeros((0, 2)),
        trial_price=np.zeros(0),
        cured_loss=np.zeros(0),
        ending=(),
    )


@pytest.mark.parametrize(("saves", "first"), [(LEAST_WORTH - 0.01, "stop"), (LEAST_WORTH + 0.01, "ask")])
def test_where_values_are_estimates_a_question_has_to_save_some_cents(monkeypatch, saves, first):
    monkeypatch.setattr(value, "EXACT_WORK", 0)
    monkeypatch.setattr(value, "FEW", 0)
    found = appraise(one_question(saves))
    assert found[0].kind == first
    assert {x.kind: x.cost for x in found} == {"stop": pytest.approx(saves), "ask": pytest.approx(0.0)}


def test_where_the_choice_is_solved_a_question_that_saves_a_cent_is_asked():
    assert appraise(one_question(0.02))[0].kind == "ask"


def test_stopping_wins_a_tie_so_that_nothing_is_asked_for_nothing():
    c = trying_only(drawn(1), ())
    free = replace(c, rows=np.ones((4, len(c.posterior))), starts=(0, 1, 2, 3), price=np.zeros(4))
    assert appraise(free)[0].kind == "stop"


def test_nothing_left_to_ask_or_try_leaves_stopping():
    c = trying_only(asking_only(drawn(2), ()), ())
    assert [x.kind for x in appraise(c)] == ["stop"]
    assert isinstance(two_steps(c), Steps)

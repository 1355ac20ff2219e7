"""Value: asking, trying and stopping by expected cost, held against plain definitions."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.models import draw
from bench.optimal import by_value, followed, optimum
from diagnose.reasoning.value import Choices, appraise


def plain(c: Choices, posterior: np.ndarray, endings: frozenset, trials: frozenset, depth: int) -> float:
    """The definition, word for word, without arrays."""
    best = min(sum(c.loss[r][f] * posterior[f] for f in range(len(posterior))) for r in endings)
    if depth == 0:
        return best
    options = [best]
    for q in range(len(c.questions)):
        options.append(plain_ask(c, posterior, endings, trials, depth, q))
    for t in trials:
        options.append(plain_try(c, posterior, endings, trials, depth, t))
    return min(options)


def plain_ask(c, posterior, endings, trials, depth, q):
    end = c.starts[q + 1] if q + 1 < len(c.starts) else len(c.rows)
    now = plain(c, posterior, endings, trials, 0)
    after = sum(plain(c, posterior * c.rows[a], endings, trials, depth - 1) for a in range(c.starts[q], end))
    return c.price[q] * posterior.sum() + (1 - c.dont_know) * after + c.dont_know * now


def plain_try(c, posterior, endings, trials, depth, t):
    cured = sum(posterior[f] * c.cures[t][f] for f in range(len(posterior))) * c.cured_loss[t]
    left = endings - {c.ending[t]} if len(endings) > 1 else endings
    failed = posterior * (1 - c.cures[t])
    return c.trial_price[t] * posterior.sum() + cured + plain(c, failed, left, trials - {t}, depth - 1)


@given(st.integers(0, 10_000), st.sampled_from([1, 2]), st.sampled_from([0.0, 0.07]))
@settings(max_examples=15, deadline=None)
def test_candidates_cost_what_the_definition_says(seed, depth, dont_know):
    c = replace(draw(np.random.default_rng(seed)), dont_know=dont_know)
    if len(c.rows) > 14:
        c = shortened(c)
    endings, trials = frozenset(range(len(c.remedies))), frozenset(range(len(c.trials)))
    for candidate in appraise(c, depth):
        if candidate.kind == "stop":
            expected = plain(c, c.posterior, endings, trials, 0)
        elif candidate.kind == "ask":
            expected = plain_ask(c, c.posterior, endings, trials, depth, c.questions.index(candidate.id))
        else:
            expected = plain_try(c, c.posterior, endings, trials, depth, c.trials.index(candidate.id))
        assert candidate.cost == pytest.approx(expected, rel=1e-9)


def shortened(c: Choices) -> Choices:
    """Its first four questions."""
    end = c.starts[4] if len(c.starts) > 4 else len(c.rows)
    return replace(c, questions=c.questions[:4], rows=c.rows[:end], starts=c.starts[:4], price=c.price[:4])


@given(st.integers(0, 10_000))
@settings(max_examples=10, deadline=None)
def test_no_way_of_choosing_beats_the_optimum(seed):
    c = shortened(draw(np.random.default_rng(seed)))
    best = optimum(c)
    for depth in (1, 2):
        assert followed(c, by_value(depth)) >= best - 1e-9


def test_looking_as_far_as_there_is_something_to_ask_is_the_optimum():
    c = shortened(draw(np.random.default_rng(5)))
    c = replace(
        c, trials=(), cures=c.cures[:0], trial_price=c.trial_price[:0], cured_loss=c.cured_loss[:0], ending=()
    )
    endings = frozenset(range(len(c.remedies)))
    assert optimum(c) <= plain(c, c.posterior, endings, frozenset(), 2) + 1e-9


def test_stopping_wins_a_tie_so_that_nothing_is_asked_for_nothing():
    c = draw(np.random.default_rng(1))
    free = replace(
        shortened(c),
        rows=np.ones((4, len(c.posterior))),
        starts=(0, 1, 2, 3),
        price=np.zeros(4),
        trials=(),
        cures=c.cures[:0],
        trial_price=c.trial_price[:0],
        cured_loss=c.cured_loss[:0],
        ending=(),
    )
    assert appraise(free)[0].kind == "stop"

"""Which few questions and trials to look ahead over exactly, when all of them are too many.

The panel is chosen greedily: next comes whatever saves most, counted over the branches into which the
ones before it split the belief. So questions that say the same twice do not crowd out the others, and
those that only help after another answer find their place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnose.reasoning.ahead import Steps
from diagnose.reasoning.choices import Choices, Numbers
from diagnose.reasoning.exact import work_of
from diagnose.reasoning.tables import Array

BRANCHES = 12
"""Of the branches of the belief, so many of the weightiest are looked at."""
SHORTLIST = 20
"""Questions, and trials, that are considered: so many by the expected cost of doing them first."""
HINT = 1e-3
"""What a euro lost counts against a euro saved: it orders steps that save nothing by themselves."""


@dataclass(frozen=True, eq=False)
class _Shortlist:
    """K steps, questions before trials. ``outcomes`` (B, F): what each outcome does to the mass, for a
    trial its failure alone; they begin at ``starts`` (K,). ``cured`` (K, F): euros when it cures.
    ``heard`` (K,): how often there is an answer."""

    questions: Numbers
    trials: Numbers
    outcomes: Array
    starts: Numbers
    widths: Numbers
    price: Array
    cured: Array
    heard: Array


def panel(c: Choices, steps: Steps, most: int) -> tuple[list[int], list[int]]:
    """The questions and the trials of the panel, whose exact solution handles at most ``most`` numbers."""
    short = _shortlist(c, steps)
    asks = len(short.questions)
    fixed = len(c.posterior) + len(c.remedies)
    chosen: list[int] = []
    left = list(range(len(short.widths)))
    branches = c.posterior[None, :]
    while left:
        sizes = [_size(k, asks, short) for k in chosen]
        left = [k for k in left if work_of([*sizes, _size(k, asks, short)], fixed) <= most]
        if not left:
            break
        saved = np.round(_savings(c, short, branches), 9)
        best = max(left, key=lambda k: (saved[k], -k))
        chosen.append(best)
        left.remove(best)
        branches = _split(short, branches, best)
    questions = [int(short.questions[k]) for k in chosen if k < asks]
    trials = [int(short.trials[k - asks]) for k in chosen if k >= asks]
    return questions, trials


def _size(k: int, asks: int, short: _Shortlist) -> int:
    return int(short.widths[k]) + 1 if k < asks else 2


def _shortlist(c: Choices, steps: Steps) -> _Shortlist:
    questions = np.argsort(np.round(steps.ask, 6), kind="stable")[:SHORTLIST]
    trials = np.argsort(np.round(steps.attempt, 6), kind="stable")[:SHORTLIST]
    low, high = np.array(c.starts, dtype=np.intp)[questions], np.array(c.stops, dtype=np.intp)[questions]
    blocks = [c.rows[a:b] for a, b in zip(low, high, strict=True)]
    widths = np.concatenate([high - low, np.ones(len(trials), dtype=np.intp)])
    none = np.zeros((len(questions), len(c.posterior)))
    return _Shortlist(
        questions=questions,
        trials=trials,
        outcomes=np.concatenate([*blocks, 1.0 - c.cures[trials]]),
        starts=np.concatenate([[0], np.cumsum(widths)[:-1]]).astype(np.intp),
        widths=widths,
        price=np.concatenate([c.price[questions], c.trial_price[trials]]),
        cured=np.concatenate([none, c.cures[trials] * c.cured_loss[trials, None]]),
        heard=np.where(np.arange(len(widths)) < len(questions), 1.0 - c.dont_know, 1.0),
    )


def _savings(c: Choices, short: _Shortlist, branches: Array) -> Array:
    """Euros that each step saves in the branches (N, F) where it saves any, less its talk (K,)."""
    stop = (branches @ c.loss.T).min(axis=1)[:, None]
    after = (branches[:, None, :] * short.outcomes).reshape(-1, branches.shape[1])
    ended = (after @ c.loss.T).min(axis=1).reshape(len(branches), -1)
    known = np.add.reduceat(ended, short.starts, axis=1) + branches @ short.cured.T
    gain = short.heard * (stop - known) - short.price * branches.sum(axis=1)[:, None]
    out: Array = np.maximum(gain, 0.0).sum(axis=0) + HINT * gain.sum(axis=0)
    return out


def _split(short: _Shortlist, branches: Array, k: int) -> Array:
    outcomes = short.outcomes[short.starts[k] : short.starts[k] + short.widths[k]]
    after = (branches[:, None, :] * outcomes).reshape(-1, branches.shape[1])
    weight = np.round(after.sum(axis=1), 12)
    return after[np.argsort(-weight, kind="stable")[:BRANCHES]]

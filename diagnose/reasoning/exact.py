"""The optimal way of asking, trying and stopping, where there is little enough to ask and try.

Dynamic programming over every state of evidence: each question open or answered in one of its ways,
each trial open or failed. The order of answers plays no part in naive Bayes, so a state is worked
out once, however it was come by; the work is counted in states and not in histories.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import prod

import numpy as np

from diagnose.reasoning.ahead import Steps
from diagnose.reasoning.choices import Choices, Numbers
from diagnose.reasoning.tables import Array

Layer = tuple[Numbers, tuple[tuple[Numbers, Numbers], ...]]
"""States with the same number of open axes; per axis: which of them have it open, and their first child."""


def work(c: Choices) -> int:
    """The numbers that :func:`optimal` handles: states of evidence times what is kept of each."""
    sizes = [high - low + 1 for low, high in zip(c.starts, c.stops, strict=True)] + [2] * len(c.trials)
    return work_of(sizes, len(c.posterior) + len(c.remedies))


def work_of(sizes: Sequence[int], fixed: int) -> int:
    """The same from the number of positions of each axis, and of faults and remedies."""
    return prod(sizes) * (fixed + 2 * len(sizes))


def optimal(c: Choices) -> Steps:
    """The expected euros of each first step when everything after it is chosen for the best.

    After a "don't know" the best other step is taken, and a second "don't know" ends the call.
    """
    widths = tuple(high - low for low, high in zip(c.starts, c.stops, strict=True))
    mass = c.posterior[None, :]
    for low, high in zip(c.starts, c.stops, strict=True):
        rows = np.concatenate([c.rows[low:high], np.ones((1, mass.shape[1]))])
        mass = (mass[:, None, :] * rows).reshape(-1, mass.shape[1])
    for t in range(len(c.trials)):
        rows = np.stack([1.0 - c.cures[t], np.ones(mass.shape[1])])
        mass = (mass[:, None, :] * rows).reshape(-1, mass.shape[1])
    total = mass.sum(axis=1)
    cost = _endings(c, mass)
    cured = (mass @ c.cures.T) * c.cured_loss + c.trial_price * total[:, None]
    strides, layers = _layers(widths, len(c.trials))
    questions, axes = len(widths), len(widths) + len(c.trials)
    through = np.full((axes, 1), np.inf)
    for at, children in layers:
        stop = cost[at]
        through = np.full((axes, len(at)), np.inf)
        for i, (open_, child) in enumerate(children):
            if not len(open_):
                continue
            if i < questions:
                known = cost[child]
                for k in range(1, widths[i]):
                    known = known + cost[child + k * strides[i]]
                through[i, open_] = c.price[i] * total[at[open_]] + (1.0 - c.dont_know) * known
            else:
                through[i, open_] = cured[at[open_], i - questions] + cost[child]
        if c.dont_know and questions:
            _after_not_knowing(c.dont_know, questions, stop, through)
        if axes:
            cost[at] = np.minimum(stop, through.min(axis=0))
        root = float(stop[-1])
    return Steps(root, through[:questions, -1].copy(), through[questions:, -1].copy())


def _endings(c: Choices, mass: Array) -> Array:
    """(S, F) -> (S,): the least expected loss of ending in each state."""
    risk = mass @ c.loss.T
    count = len(c.trials)
    by_trials = risk.reshape(-1, 2**count, risk.shape[1])
    for pattern in range(2**count):
        # the last axis varies fastest, and nought is "failed"
        gone = [c.ending[t] for t in range(count) if not pattern >> (count - 1 - t) & 1]
        for row in gone:
            if row >= 0 and np.isfinite(by_trials[0, pattern]).sum() > 1:
                by_trials[:, pattern, row] = np.inf
    out: Array = risk.min(axis=1)
    return out


def _after_not_knowing(share: float, questions: int, stop: Array, through: Array) -> None:
    """Add the branch "don't know" to each question: the best of the others, then stopping."""
    once = through.copy()
    once[:questions] += share * stop
    least = once.argmin(axis=0)
    column = np.arange(len(stop))
    best = np.minimum(stop, once[least, column])
    once[least, column] = np.inf
    second = np.minimum(stop, once.min(axis=0))
    for i in range(questions):
        through[i] += share * np.where(least == i, second, best)


@lru_cache(maxsize=32)
def _layers(widths: tuple[int, ...], trials: int) -> tuple[tuple[int, ...], tuple[Layer, ...]]:
    """The stride of each axis, and the states from the fullest evidence down to none."""
    sizes = (*(w + 1 for w in widths), *([2] * trials))
    strides = tuple(int(np.prod(sizes[i + 1 :], dtype=np.int64)) for i in range(len(sizes)))
    count = int(np.prod(sizes, dtype=np.int64))
    number = np.arange(count)
    is_open = [number // stride % size == size - 1 for stride, size in zip(strides, sizes, strict=True)]
    opened = np.zeros(count, dtype=np.intp)
    for flags in is_open:
        opened += flags
    layers = []
    for level in range(len(sizes) + 1):
        at = np.flatnonzero(opened == level)
        children = []
        for flags, stride, size in zip(is_open, strides, sizes, strict=True):
            open_ = np.flatnonzero(flags[at])
            children.append((open_, at[open_] - (size - 1) * stride))
        layers.append((at, tuple(children)))
    return strides, tuple(layers)

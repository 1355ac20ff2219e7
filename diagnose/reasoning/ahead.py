"""One and two steps looked ahead over ask, try and stop, for all candidates at once.

A question that the caller cannot answer is followed by the best other step. All masses are
unnormalised: the mass of a branch is its probability, so that sums over branches are expectations.

The work of two steps is a table over pairs of answers. It is symmetric, and asks only how much of
the mass falls on each *group* of faults that cost the same whatever the call ends with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from diagnose.reasoning.choices import Choices, Numbers
from diagnose.reasoning.tables import Array

BLOCK = 400_000
"""Pairs of answers times groups of faults that are held at once."""


@dataclass(frozen=True, eq=False)
class Steps:
    """Expected euros from here on: ``stop`` now, ``ask`` (Q,) and ``attempt`` (T,) each of them first."""

    stop: float
    ask: Array
    attempt: Array

    @property
    def best(self) -> float:
        """The least of them."""
        return float(min([self.stop, *self.ask, *self.attempt]))


@dataclass(frozen=True, eq=False)
class First:
    """What two steps use again; a row is an answer.

    ``mass`` (A, F), ``total`` (A,): after each answer; ``stop`` (A,): ending there; ``untold`` (A, T):
    ending there when each trial has failed as well.
    """

    mass: Array
    total: Array
    stop: Array
    untold: Array


def one_step(c: Choices) -> Steps:
    """Each question or trial followed by stopping."""
    return _one_step(c, _least(risks(c)))


def two_steps(c: Choices, within: Sequence[int] | None = None) -> Steps:
    """Each question or trial followed by the best of one more, or stopping.

    ``within``: the questions that are looked at two deep; each of the others counts with one step.
    """
    first = _first(c)
    single = _one_step(c, first.stop)
    ask, attempt = single.ask.copy(), single.attempt.copy()
    chosen = np.arange(len(c.questions)) if within is None else np.array(within, dtype=np.intp)
    if len(chosen):
        ask[chosen] = _two_asks(c, first, single, chosen)
    for t in range(len(c.trials)):
        attempt[t] = _try_then(c, first, t)
    return Steps(single.stop, ask, attempt)


def risks(c: Choices) -> Array:
    """Euros of ending with each remedy after each answer (A, R).

    Half of the work with yes and no: the answers of a question sum to 1, so the last of them leaves what the
    others have not taken.
    """
    starts, last = np.array(c.starts, dtype=np.intp), np.array(c.stops, dtype=np.intp) - 1
    heard = np.ones(len(c.rows), dtype=np.bool_)
    heard[last] = False
    out = np.empty((len(c.rows), len(c.loss)))
    out[heard] = c.rows[heard] @ (c.loss * c.posterior).T
    out[last] = c.loss @ c.posterior
    for k in range(int((last - starts).max(initial=0))):
        wide = starts + k < last
        out[last[wide]] -= out[starts[wide] + k]
    return out


def _first(c: Choices) -> First:
    mass, risk = c.rows * c.posterior, risks(c)
    untold = np.empty((len(mass), len(c.trials)))
    for t in range(len(c.trials)):
        untold[:, t] = _left(c, t, risk, mass).min(axis=1)
    return First(mass, mass.sum(axis=1), _least(risk), untold)


def _least(risk: Array) -> Array:
    out: Array = risk.min(axis=1) if len(risk) else np.zeros(0)
    return out


def _left(c: Choices, trial: int, risk: Array, mass: Array) -> Array:
    """(N, R), (N, F) -> (N, R): the risk when the trial has failed; its own remedy is no ending then."""
    at = np.flatnonzero(c.cures[trial])
    out: Array = risk - (mass[:, at] * c.cures[trial, at]) @ c.loss[:, at].T
    row = c.ending[trial]
    if row >= 0 and len(c.remedies) > 1:
        out[:, row] = np.inf
    return out


def _one_step(c: Choices, ended: Array) -> Steps:
    """``ended`` (A,): euros of ending after each answer."""
    now = c.posterior[None, :]
    total = float(c.posterior.sum())
    risk = now @ c.loss.T
    stop = float(risk.min())
    ask = np.zeros(0)
    if c.questions:
        known = np.add.reduceat(ended, c.starts)
        ask = c.price * total + (1.0 - c.dont_know) * known + c.dont_know * stop
    failed = (risk - (c.posterior * c.cures) @ c.loss.T) if c.trials else np.zeros((0, len(c.remedies)))
    _bar(c, range(len(c.trials)), failed)
    attempt = c.trial_price * total + (c.cures @ c.posterior) * c.cured_loss + failed.min(axis=1)
    return Steps(stop, ask, attempt)


def _two_asks(c: Choices, first: First, single: Steps, chosen: Numbers) -> Array:
    """Expected euros of each chosen question, then the best of a second one, a trial, or stopping (K,)."""
    widths = np.array(c.stops) - np.array(c.starts)
    answers = np.concatenate([np.arange(c.starts[q], c.stops[q]) for q in chosen])
    starts = np.concatenate([[0], np.cumsum(widths[chosen])[:-1]])
    total, stop = first.total[answers], first.stop[answers]
    both = _pairs(c, first, answers, starts)
    second = c.price[chosen] * total[:, None] + (1.0 - c.dont_know) * np.add.reduceat(both, starts, axis=1)
    second += c.dont_know * stop[:, None]
    owner = np.repeat(np.arange(len(chosen)), widths[chosen])
    second[np.arange(len(answers)), owner] = np.inf
    best = np.minimum(stop, second.min(axis=1))
    if c.trials:
        cured = (first.mass[answers] @ c.cures.T) * c.cured_loss
        best = np.minimum(best, (c.trial_price * total[:, None] + cured + first.untold[answers]).min(axis=1))
    out: Array = c.price[chosen] * float(c.posterior.sum())
    out = out + (1.0 - c.dont_know) * np.add.reduceat(best, starts)
    if c.dont_know:
        out += c.dont_know * _without_each(single)[chosen]
    return out


def _without_each(single: Steps) -> Array:
    """The best single step when each question in turn cannot be had (Q,)."""
    ask = single.ask
    rest = min([single.stop, *single.attempt])
    if len(ask) < 2:
        return np.full(len(ask), rest)
    least, second = np.argsort(ask, kind="stable")[:2]
    out = np.full(len(ask), min(rest, float(ask[least])))
    out[least] = min(rest, float(ask[second]))
    return out


def _pairs(c: Choices, first: First, answers: Numbers, starts: Numbers) -> Array:
    """Ending after two answers (N, N), for pairs of different questions; the rest is not filled in."""
    loss, groups = _groups(c)
    rows, mass = c.rows[answers], first.mass[answers]
    n = len(answers)
    left = [np.ascontiguousarray(rows[:, g]) for g in groups]
    right = [np.ascontiguousarray(mass[:, g].T) for g in groups]
    bounds = [*starts.tolist(), n]
    out = np.zeros((n, n))
    q = 0
    while q < len(starts):
        low, more = bounds[q], q + 1
        while more < len(starts) and (bounds[more + 1] - low) * (n - low) * len(groups) <= BLOCK:
            more += 1
        high = bounds[more]
        grouped = np.empty((len(groups), high - low, n - low))
        for i in range(len(groups)):
            np.matmul(left[i][low:high], right[i][:, low:], out=grouped[i])
        risk = loss @ grouped.reshape(len(groups), -1)
        ended = risk.min(axis=0).reshape(high - low, n - low)
        out[low:high, low:] = ended
        out[low:, low:high] = ended.T
        q = more
    return out


def _groups(c: Choices) -> tuple[Array, list[Numbers]]:
    """Faults that cost the same whatever the end: the loss (R, G) of each group, and its faults."""
    seen: dict[bytes, list[int]] = {}
    for f, column in enumerate(np.ascontiguousarray(c.loss.T)):
        seen.setdefault(column.tobytes(), []).append(f)
    groups = [np.array(faults, dtype=np.intp) for faults in seen.values()]
    return np.ascontiguousarray(c.loss[:, [int(g[0]) for g in groups]]), groups


def _try_then(c: Choices, first: First, trial: int) -> float:
    """Expected euros of the trial, and when it fails the best of one more step or stopping."""
    left = c.posterior * (1.0 - c.cures[trial])
    total = float(left.sum())
    risk = _left(c, trial, (c.posterior @ c.loss.T)[None, :], c.posterior[None, :])
    stop = float(risk.min())
    best = stop
    if c.questions:
        known = np.add.reduceat(first.untold[:, trial], c.starts)
        ask = c.price * total + (1.0 - c.dont_know) * known + c.dont_know * stop
        best = min(best, float(ask.min()))
    others = [t for t in range(len(c.trials)) if t != trial]
    if others:
        twice = left * (1.0 - c.cures[others])
        ended = twice @ c.loss.T
        if len(c.remedies) > 1 and c.ending[trial] >= 0:
            ended[:, c.ending[trial]] = np.inf
        _bar(c, others, ended)
        cured = (c.cures[others] @ left) * c.cured_loss[others]
        best = min(best, float((c.trial_price[others] * total + cured + ended.min(axis=1)).min()))
    cured_now = float(c.cures[trial] @ c.posterior) * float(c.cured_loss[trial])
    return float(c.trial_price[trial]) * float(c.posterior.sum()) + cured_now + best


def _bar(c: Choices, trials: Sequence[int], risk: Array) -> None:
    """Each row's own trial has failed too; the last remedy always remains an ending."""
    for i, t in enumerate(trials):
        row = c.ending[t]
        if row >= 0 and np.isfinite(risk[i]).sum() > 1:
            risk[i, row] = np.inf

"""Leaving out what can hardly matter to a choice, with a bound on what that may cost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from diagnose.reasoning.choices import Choices, ending_only

TOLERANCE = 0.005
"""Euros by which the value of any step may be off because of what is left out: half a cent."""
MOST_COMPARED = 4_000_000


def trimmed(c: Choices, tolerance: float = TOLERANCE) -> tuple[Choices, float]:
    """The same choice without faults and remedies that move no value by more than ``tolerance`` euros.

    A fault whose mass times the spread of its losses is small adds almost the same to every way of
    going on: that much is returned beside the choice, and added to a value it makes it right again,
    but for the tolerance. A remedy goes when another costs no more whatever the fault.
    """
    kept, offset = _without_faint(c, tolerance)
    return _without_dominated(kept), offset


def _without_faint(c: Choices, tolerance: float) -> tuple[Choices, float]:
    dearest = np.max(c.loss, axis=0, initial=0.0)
    cheapest = np.min(c.loss, axis=0, initial=np.inf)
    if len(c.trials):
        dearest = np.maximum(dearest, c.cured_loss.max())
        cheapest = np.minimum(cheapest, c.cured_loss.min())
    # talk is at stake as well: all that could be asked and tried with that fault
    stake = c.posterior * (dearest - cheapest + c.price.sum() + c.trial_price.sum())
    order = np.argsort(stake, kind="stable")
    faint = order[np.cumsum(stake[order]) <= tolerance]
    if not len(faint) or len(faint) == len(order):
        return c, 0.0
    keep = np.setdiff1d(np.arange(len(stake)), faint)
    kept = replace(
        c, posterior=c.posterior[keep], loss=c.loss[:, keep], rows=c.rows[:, keep], cures=c.cures[:, keep]
    )
    ended = c.loss @ c.posterior
    return kept, float(ended.min() - (kept.loss @ kept.posterior).min())


def _without_dominated(c: Choices) -> Choices:
    """A remedy goes only for one that no failed trial can take away."""
    count = len(c.remedies)
    if count * count * c.loss.shape[1] > MOST_COMPARED:
        return c
    tried = np.zeros(count, dtype=bool)
    tried[[r for r in c.ending if r >= 0]] = True
    no_dearer = (c.loss[:, None, :] <= c.loss[None, :, :]).all(axis=2)  # [a, b]: a instead of b
    earlier = np.arange(count)[:, None] < np.arange(count)[None, :]
    better = no_dearer & ~tried[:, None] & (~no_dearer.T | tried[None, :] | earlier)
    np.fill_diagonal(better, False)
    keep = np.flatnonzero(~better.any(axis=0))
    return c if len(keep) == count else ending_only(c, [int(r) for r in keep])

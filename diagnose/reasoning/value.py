"""Value: what to do next - ask, try, or stop - by expected cost in euros.

Decision-theoretic troubleshooting (Heckerman, Breese and Rommelse 1995): a question costs its
seconds of talk, a remedy that does not cure costs another call or a needless return, and the next
step is the one after which the whole is expected to cost least. Two steps are looked ahead: a
question's answers are each followed by the best of stopping, one more question, or one try. Since a
try is valued with the question that may follow it, and a question with the try that may follow it,
"ask now" is compared with "try first, then ask" (the guard against the now-or-never bias of SACSO,
Jensen et al. 2001).

Posteriors are carried unnormalised: the mass of a branch is its probability, so that sums over
branches are expectations.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from diagnose.reasoning.belief import Array

CHUNK = 4_000_000
"""Numbers held at once while looking two steps ahead."""
CENT_FRACTION = 6
"""Decimals of a euro to which values are compared, so that the last bit of a sum decides nothing."""

StepKind = Literal["ask", "try", "stop"]


@dataclass(frozen=True, eq=False)
class Choices:
    """What could be done: R remedies to end with, Q questions with A answers in all, T trials; F faults.

    ``loss`` (R, F): euros of ending with a remedy when that is the fault. ``rows`` (A, F):
    P(answer | fault), each question's answers together, beginning at ``starts`` (Q,). ``price``
    (Q,) and ``trial_price`` (T,): euros of talk. ``cures`` (T, F): P(cured | fault);
    ``cured_loss`` (T,): euros when it does; ``ending`` (T,): the row of the remedy it tries, or -1.
    A remedy that was tried in vain is no longer an ending. ``dont_know``: share of questions that
    callers cannot answer; those cost their seconds all the same.
    """

    posterior: Array
    remedies: tuple[str, ...]
    loss: Array
    questions: tuple[str, ...]
    rows: Array
    starts: tuple[int, ...]
    price: Array
    trials: tuple[str, ...]
    cures: Array
    trial_price: Array
    cured_loss: Array
    ending: tuple[int, ...]
    dont_know: float = 0.0


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """A possible next step and the expected cost of the rest of the call if it is taken, in euros."""

    cost: float
    kind: StepKind
    id: str


def appraise(choices: Choices, depth: int = 2) -> tuple[Candidate, ...]:
    """Every possible next step, the cheapest first; ties: stop before try before ask, then text order."""
    now = choices.posterior[None, :]
    stop = float(_stop(choices, now)[0])
    ask, attempt = _look(choices, now, depth)
    found = [
        *((stop, 0, i, Candidate(stop, "stop", r)) for i, r in enumerate(_best_remedy(choices))),
        *((float(v), 1, i, Candidate(float(v), "try", choices.trials[i])) for i, v in enumerate(attempt[0])),
        *((float(v), 2, i, Candidate(float(v), "ask", choices.questions[i])) for i, v in enumerate(ask[0])),
    ]
    found.sort(key=lambda item: (round(item[0], CENT_FRACTION), item[1], item[2]))
    return tuple(c for _, _, _, c in found)


def expected_loss(choices: Choices) -> Array:
    """Euros expected of ending now with each remedy (R,)."""
    out: Array = choices.loss @ choices.posterior
    return out


def _best_remedy(choices: Choices) -> tuple[str, ...]:
    if not choices.remedies:
        return ()
    risk = np.round(expected_loss(choices), CENT_FRACTION)
    return (choices.remedies[int(risk.argmin())],)


def _stop(choices: Choices, mass: Array) -> Array:
    """(N, F) -> (N,): the least expected loss of ending there."""
    out: Array = (mass @ choices.loss.T).min(axis=1)
    return out


def _look(choices: Choices, mass: Array, depth: int) -> tuple[Array, Array]:
    """(N, F) -> (N, Q) and (N, T): expected cost of each question and each trial, then going on."""
    total = mass.sum(axis=1)
    n, q, t = len(mass), len(choices.questions), len(choices.trials)
    ask = np.zeros((n, q))
    if q:
        after = mass[:, None, :] * choices.rows[None, :, :]
        branch = _value(choices, after.reshape(n * len(choices.rows), -1), depth - 1).reshape(n, -1)
        known = np.add.reduceat(branch, choices.starts, axis=1)
        unknown = choices.dont_know * _stop(choices, mass)[:, None] if choices.dont_know else 0.0
        ask = choices.price * total[:, None] + (1 - choices.dont_know) * known + unknown
    attempt = np.zeros((n, t))
    if t:
        cured = (mass @ choices.cures.T) * choices.cured_loss
        attempt = choices.trial_price * total[:, None] + cured + _after_failure(choices, mass, depth - 1)
    return ask, attempt


def _after_failure(choices: Choices, mass: Array, depth: int) -> Array:
    """(N, F) -> (N, T): expected cost from there on when each trial has failed."""
    failed = mass[:, None, :] * (1.0 - choices.cures)[None, :, :]
    if depth == 0:
        risk = failed @ choices.loss.T
        if len(choices.remedies) > 1:
            for i, row in enumerate(choices.ending):
                if row >= 0:
                    risk[:, i, row] = np.inf
        out: Array = risk.min(axis=2)
        return out
    columns = [_value(_without(choices, i), failed[:, i, :], depth) for i in range(len(choices.trials))]
    return np.stack(columns, axis=1)


def _without(choices: Choices, trial: int) -> Choices:
    """What is left when that trial has failed: neither it nor its remedy."""
    row = choices.ending[trial]
    keep = [i for i in range(len(choices.remedies)) if i != row or len(choices.remedies) == 1]
    place = {old: new for new, old in enumerate(keep)}
    others = [i for i in range(len(choices.trials)) if i != trial]
    return replace(
        choices,
        remedies=tuple(choices.remedies[i] for i in keep),
        loss=choices.loss[keep],
        trials=tuple(choices.trials[i] for i in others),
        cures=choices.cures[others],
        trial_price=choices.trial_price[others],
        cured_loss=choices.cured_loss[others],
        ending=tuple(place.get(choices.ending[i], -1) for i in others),
    )


def _value(choices: Choices, mass: Array, depth: int) -> Array:
    """(N, F) -> (N,): expected cost from there on, looking ``depth`` steps ahead."""
    if depth == 0 or not (choices.questions or choices.trials):
        return _stop(choices, mass)
    wide = (len(choices.rows) + len(choices.cures) + len(choices.loss)) * mass.shape[1]
    step = max(1, CHUNK // max(1, wide))
    out = np.empty(len(mass))
    for i in range(0, len(mass), step):
        part = mass[i : i + step]
        ask, attempt = _look(choices, part, depth)
        out[i : i + step] = np.concatenate([ask, attempt, _stop(choices, part)[:, None]], axis=1).min(axis=1)
    return out

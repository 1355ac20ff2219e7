"""What could be done next, as arrays: the input of every way of choosing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from diagnose.reasoning.tables import Array

StepKind = Literal["ask", "try", "stop"]
Numbers = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Choices:
    """What could be done: R remedies to end with, Q questions with A answers in all, T trials; F faults.

    ``loss`` (R, F): euros of ending with a remedy when that is the fault. ``rows`` (A, F):
    P(answer | fault), each question's answers together, beginning at ``starts`` (Q,) and summing to 1.
    ``price`` (Q,) and ``trial_price`` (T,): euros of talk. ``cures`` (T, F): P(cured | fault);
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

    @property
    def stops(self) -> tuple[int, ...]:
        """The row after the last answer of each question."""
        return (*self.starts[1:], len(self.rows)) if self.starts else ()


class Candidate(NamedTuple):
    """A possible next step and the expected cost of the rest of the call if it is taken, in euros."""

    cost: float
    kind: StepKind
    id: str


def _numbers(chosen: Sequence[int]) -> Numbers:
    return np.array(chosen, dtype=np.intp)  # an empty list would not be taken for numbers


def asking_only(c: Choices, questions: Sequence[int]) -> Choices:
    """The same with these questions alone, in that order."""
    spans = [range(c.starts[q], c.stops[q]) for q in questions]
    starts, at = [], 0
    for span in spans:
        starts.append(at)
        at += len(span)
    return replace(
        c,
        questions=tuple(c.questions[q] for q in questions),
        rows=c.rows[_numbers([a for span in spans for a in span])],
        starts=tuple(starts),
        price=c.price[_numbers(questions)],
    )


def trying_only(c: Choices, trials: Sequence[int]) -> Choices:
    """The same with these trials alone, in that order."""
    chosen = _numbers(trials)
    return replace(
        c,
        trials=tuple(c.trials[t] for t in chosen),
        cures=c.cures[chosen],
        trial_price=c.trial_price[chosen],
        cured_loss=c.cured_loss[chosen],
        ending=tuple(c.ending[t] for t in chosen),
    )


def ending_only(c: Choices, remedies: Sequence[int]) -> Choices:
    """The same with these remedies alone to end with, in that order."""
    place = {old: new for new, old in enumerate(remedies)}
    return replace(
        c,
        remedies=tuple(c.remedies[r] for r in remedies),
        loss=c.loss[_numbers(remedies)],
        ending=tuple(place.get(r, -1) for r in c.ending),
    )


def failed(c: Choices, trial: int) -> Choices:
    """What is left when that trial has failed: neither it nor its remedy; the mass is unnormalised."""
    rest = replace(c, posterior=c.posterior * (1.0 - c.cures[trial]))
    row = c.ending[trial]
    if row >= 0 and len(c.remedies) > 1:
        rest = ending_only(rest, [r for r in range(len(c.remedies)) if r != row])
    return trying_only(rest, [t for t in range(len(c.trials)) if t != trial])


def answered(c: Choices, question: int, row: Array) -> Choices:
    """What is left when that question got the answer with these likelihoods (F,); mass unnormalised."""
    rest = asking_only(c, [q for q in range(len(c.questions)) if q != question])
    return replace(rest, posterior=c.posterior * row)


def expected_loss(c: Choices) -> Array:
    """Euros expected of ending now with each remedy (R,)."""
    out: Array = c.loss @ c.posterior
    return out

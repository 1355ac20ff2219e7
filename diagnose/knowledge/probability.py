"""How often an answer is given: from the frequencies that an author writes to probabilities that sum to 1."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

FLOOR = 0.0005
"""No answer is impossible, and none certain, unless the author wrote exactly 0 or 1."""


class Frequency(NamedTuple):
    """A probability; ``exact``: written as the number 0 or 1, which is meant literally."""

    p: float
    exact: bool = False


def number(p: float) -> Frequency:
    """A frequency written as a number."""
    return Frequency(float(p), p in (0, 1))


def clip(frequency: Frequency) -> float:
    """The probability within FLOOR .. 1 - FLOOR, unless it is exact."""
    return frequency.p if frequency.exact else min(max(frequency.p, FLOOR), 1 - FLOOR)


def background(given: Sequence[Frequency]) -> tuple[float, ...]:
    """The backgrounds of a symptom's answers, made to sum to 1; all alike when all are 0."""
    return _settled([f.p for f in given], [f.exact and f.p == 0 for f in given])


def shown(given: Mapping[int, Frequency], backgrounds: Sequence[float]) -> tuple[float, ...]:
    """P(answer | fault) for every answer, summing to 1.

    ``given``: the frequencies of the answers that the fault names, by their index. The rest is shared out
    over the other answers by background. More than 1 in all is scaled down to 1.
    """
    total = math.fsum(f.p for f in given.values())
    others = [i for i in range(len(backgrounds)) if i not in given]
    certain = [i for i, f in given.items() if f.exact and f.p == 1]
    if len(certain) == 1 and total == 1:
        return tuple(1.0 if i == certain[0] else 0.0 for i in range(len(backgrounds)))
    rest = max(0.0, 1 - total)
    weight = math.fsum(backgrounds[i] for i in others)
    values, zero = [], []
    for i, own in enumerate(backgrounds):
        if i in given:
            values.append(given[i].p)
            zero.append(given[i].exact and given[i].p == 0)
        else:
            values.append(rest * own / weight if weight > 0 else rest / len(others))
            zero.append(own == 0 and weight > 0)
    return _settled(values, zero)


def _settled(values: Sequence[float], zero: Sequence[bool]) -> tuple[float, ...]:
    """The values scaled to sum to 1, none below FLOOR but those that are to be exactly zero."""
    if not values:
        return ()
    free = [i for i in range(len(values)) if not zero[i]] or list(range(len(values)))
    total = math.fsum(values[i] for i in free)
    settled = [0.0] * len(values)
    for i in free:
        settled[i] = values[i] / total if total > 0 else 1 / len(free)
    raised: set[int] = set()
    while True:
        low = {i for i in free if i not in raised and settled[i] < FLOOR}
        if not low:
            return tuple(settled)
        raised |= low
        above = [i for i in free if i not in raised]
        room = 1 - FLOOR * len(raised)
        weight = math.fsum(settled[i] for i in above)
        for i in raised:
            settled[i] = FLOOR
        for i in above:
            settled[i] *= room / weight

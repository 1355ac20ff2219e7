"""Value: what to do next - ask, try, or stop - by expected cost in euros.

Decision-theoretic troubleshooting (Heckerman, Breese and Rommelse 1995): a question costs its
seconds of talk, a remedy that does not cure costs another call or a needless return, and the next
step is the one after which the whole is expected to cost least. "Ask now" is compared with "try
first, then ask" and "ask first, then try" alike (the guard against the now-or-never bias of SACSO,
Jensen et al. 2001).

Where there is little enough left to ask and try, the choice is optimal (:mod:`exact`). Where there
is more, every step is valued two steps deep (:mod:`ahead`), and a panel of those that promise most is
solved exactly (:mod:`panel`): a batch of weak questions that pay only together is seen there. Both
are the cost of something that can really be done, so the lower of the two is the better estimate.
How much is looked at is counted in numbers handled, never in time: the same call, the same steps.

An estimate is good to some cents, and what a question does to the rules is not in it at all. So where the
choice is not solved, what saves next to nothing by its own reckoning is not worth a caller's patience.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from diagnose.reasoning.ahead import Steps, one_step, two_steps
from diagnose.reasoning.choices import (
    Candidate,
    Choices,
    StepKind,
    asking_only,
    expected_loss,
    trying_only,
)
from diagnose.reasoning.exact import optimal, work
from diagnose.reasoning.panel import panel
from diagnose.reasoning.trim import trimmed

__all__ = ["Candidate", "Choices", "appraise", "expected_loss", "look_ahead"]

EXACT_WORK = 2_000_000
"""Numbers that an exact solution may handle."""
PANEL_WORK = 300_000
"""The same for a panel, which comes on top of two steps."""
PAIR_WORK = 50_000_000
"""Multiplications that looking two steps ahead may take; beyond it, one step for the least promising."""
FEW = 16
"""Questions and trials together, up to which the panel may be as much work as an exact solution."""
LEAST_WORTH = 0.2
"""Euros that a step must save over ending now where the values are estimates: twelve seconds of talk, as
long as a question or so."""
CENT_FRACTION = 6
"""Decimals of a euro to which values are compared, so that the last bit of a sum decides nothing."""


def appraise(
    choices: Choices,
    pair_work: int = PAIR_WORK,
    panel_work: int = PANEL_WORK,
    least_worth: float = LEAST_WORTH,
) -> tuple[Candidate, ...]:
    """Every possible next step, the cheapest first; ties: stop before try before ask, then text order.

    Where there is too much to be solved, ``pair_work`` and ``panel_work`` bound the numbers handled, and
    stopping comes first unless something saves ``least_worth`` euros.
    """
    small, offset = trimmed(choices)
    if work(small) <= EXACT_WORK:
        return _ranked(choices, optimal(small), offset)
    steps = two_steps(small, promising(small, pair_work))
    few = len(small.questions) + len(small.trials) <= FEW
    deep = _with_panel(small, steps, EXACT_WORK if few else panel_work)
    return _worthwhile(_ranked(choices, deep, offset), least_worth)


def look_ahead(choices: Choices, depth: int) -> tuple[Candidate, ...]:
    """The same by plain looking one or two steps ahead: what the product is compared with."""
    return _ranked(choices, one_step(choices) if depth == 1 else two_steps(choices), 0.0)


def promising(c: Choices, most: int) -> Sequence[int] | None:
    """The questions to be looked at two deep: None for all, else as many of the best as the work allows."""
    width = len(c.rows) / max(1, len(c.questions))
    per_pair = width * width / 2 * (c.loss.size + len(c.posterior))
    count = int((most / per_pair) ** 0.5) if per_pair else 0
    if count >= len(c.questions):
        return None
    ask = np.round(one_step(c).ask, CENT_FRACTION)
    return sorted(int(q) for q in np.argsort(ask, kind="stable")[:count])


def _with_panel(c: Choices, steps: Steps, most: int) -> Steps:
    questions, trials = panel(c, steps, most)
    deep = optimal(trying_only(asking_only(c, questions), trials))
    ask, attempt = steps.ask.copy(), steps.attempt.copy()
    ask[questions] = np.minimum(ask[questions], deep.ask)
    attempt[trials] = np.minimum(attempt[trials], deep.attempt)
    return Steps(steps.stop, ask, attempt)


def _ranked(c: Choices, steps: Steps, offset: float) -> tuple[Candidate, ...]:
    found: list[tuple[StepKind, str]] = [("stop", r) for r in _best_remedy(c)]
    found += [("try", t) for t in c.trials]
    found += [("ask", q) for q in c.questions]
    stop = [steps.stop] * (len(found) - len(c.trials) - len(c.questions))
    euros = np.concatenate([stop, steps.attempt, steps.ask]) + offset
    order = np.argsort(np.round(euros, CENT_FRACTION), kind="stable")  # what is equal stays in its order
    return tuple([Candidate(e, *found[i]) for i, e in zip(order, euros[order].tolist(), strict=True)])


def _worthwhile(found: tuple[Candidate, ...], least: float) -> tuple[Candidate, ...]:
    """The same with stopping in front, if no step saves so many euros over it."""
    stop = next((x for x in found if x.kind == "stop"), None)
    if stop is None or stop.cost - found[0].cost >= least:
        return found
    return (stop, *[x for x in found if x is not stop])


def _best_remedy(choices: Choices) -> tuple[str, ...]:
    if not choices.remedies:
        return ()
    risk = np.round(expected_loss(choices), CENT_FRACTION)
    return (choices.remedies[int(risk.argmin())],)

"""Other ways of choosing, to be compared with on the same callers."""

from __future__ import annotations

import numpy as np

from diagnose.reasoning.assess import Choose
from diagnose.reasoning.tables import Array
from diagnose.reasoning.value import Candidate, Choices, expected_loss


def information_gain(choices: Choices) -> Array:
    """Bits by which each question is expected to lessen the uncertainty about the fault (Q,)."""
    p = choices.posterior / choices.posterior.sum()
    joint = choices.rows * p
    mass = joint.sum(axis=1, keepdims=True)
    posterior = np.divide(joint, mass, out=np.ones_like(joint), where=mass > 0)
    left = (_entropy(posterior) * mass[:, 0]) if len(joint) else np.zeros(0)
    return _entropy(p[None, :])[0] - np.add.reduceat(left, choices.starts) if len(left) else left


def _entropy(p: Array) -> Array:
    log = np.log2(p, out=np.zeros_like(p), where=p > 0)
    out: Array = -(p * log).sum(axis=1)
    return out


def greedy_entropy(threshold: float, *, tries: bool = True) -> Choose:
    """Ask what promises most information while that is ``threshold`` bits or more; then try, then stop.

    Without ``tries`` it stops at once, as greedy information gain usually does: a remedy is told, not tried.
    """

    def choose(choices: Choices) -> tuple[Candidate, ...]:
        risk = expected_loss(choices)
        best = int(np.round(risk, 6).argmin())
        stop = Candidate(float(risk[best]), "stop", choices.remedies[best])
        gain = information_gain(choices)
        if len(gain) and gain.max() >= threshold:
            return (Candidate(stop.cost, "ask", choices.questions[int(np.round(gain, 9).argmax())]), stop)
        if tries and best in choices.ending:
            return (Candidate(stop.cost, "try", choices.trials[choices.ending.index(best)]), stop)
        return (stop,)

    return choose

"""Small decision models, drawn at random or cut from a knowledge base, that can be solved exactly."""

from __future__ import annotations

import numpy as np

from diagnose.knowledge.model import KnowledgeBase
from diagnose.reasoning.choices import Choices
from diagnose.reasoning.tables import tables

MOST_STATES = 1_500_000


def draw(rng: np.random.Generator) -> Choices:
    """A model of 4-9 faults, 4-9 questions of 2-4 answers and 1-4 trials; prices drawn over a decade.

    Questions and tries cost 0.1 to 1 euro, a wrong ending 10 to 100, a right one 1 to 10. Redrawn
    until it has at most ``MOST_STATES`` states of evidence.
    """
    while True:
        faults = int(rng.integers(4, 10))
        sizes = rng.integers(2, 5, size=int(rng.integers(4, 10)))
        trials = int(rng.integers(1, 5))
        if np.prod(sizes + 1.0) * 2.0**trials <= MOST_STATES:
            break
    blocks = [rng.dirichlet(np.full(k, 0.5), size=faults).T for k in sizes]
    return assemble(rng, rng.dirichlet(np.ones(faults)), blocks, trials)


def cut(rng: np.random.Generator, kb: KnowledgeBase) -> Choices:
    """A model whose frequencies are those of some faults and some questions of a knowledge base.

    Questions that part at least two of the chosen faults are preferred; losses and prices are drawn
    as in :func:`draw`.
    """
    t = tables(kb)
    prior, spans = t.prior, [t.rows[t.span[s]] for s in t.symptoms]
    while True:
        faults = rng.choice(len(prior), size=int(rng.integers(4, min(10, len(prior) + 1))), replace=False)
        telling = [b for b in spans if np.ptp(b[:, faults], axis=1).max() > 0.2]
        if len(telling) >= 4:
            count = int(rng.integers(4, min(10, len(telling) + 1)))
            chosen = [telling[i] for i in rng.choice(len(telling), size=count, replace=False)]
            trials = int(rng.integers(1, 5))
            if np.prod([len(b) + 1.0 for b in chosen]) * 2.0**trials <= MOST_STATES:
                break
    p = prior[faults] / prior[faults].sum()
    return assemble(rng, p, [b[:, faults] / b[:, faults].sum(axis=0) for b in chosen], trials)


def assemble(rng: np.random.Generator, prior: np.ndarray, blocks: list[np.ndarray], trials: int) -> Choices:
    """Remedies (one for one or two faults), losses, prices and trials around given probabilities."""
    n = len(prior)
    remedies = int(rng.integers(2, n + 1))
    own = np.concatenate([np.arange(remedies), rng.integers(0, remedies, size=n - remedies)])
    rng.shuffle(own)
    right = decade(rng, 1, remedies)
    wrong = decade(rng, 10, (remedies, n))
    cures_it = own[None, :] == np.arange(remedies)[:, None]
    loss = right[:, None] + np.where(cures_it, 0.0, wrong)
    tried = rng.choice(remedies, size=min(trials, remedies - 1), replace=False)
    chance = rng.uniform(0.3, 0.98, size=len(tried))
    starts, at = [], 0
    for b in blocks:
        starts.append(at)
        at += len(b)
    return Choices(
        posterior=prior,
        remedies=tuple(f"r{i}" for i in range(remedies)),
        loss=loss,
        questions=tuple(f"q{i}" for i in range(len(blocks))),
        rows=np.concatenate(blocks),
        starts=tuple(starts),
        price=decade(rng, 0.1, len(blocks)),
        trials=tuple(f"t{i}" for i in range(len(tried))),
        cures=cures_it[tried] * chance[:, None],
        trial_price=decade(rng, 0.1, len(tried)),
        cured_loss=right[tried],
        ending=tuple(int(i) for i in tried),
        dont_know=0.0,
    )


def decade(rng: np.random.Generator, low: float, size: int | tuple[int, ...]) -> np.ndarray:
    """Log-uniform between ``low`` and ten times it."""
    return low * 10.0 ** rng.uniform(0, 1, size=size)

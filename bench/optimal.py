"""How far the choice of the next step is from the best possible one, on models small enough to solve.

    python -m bench.optimal [--models 300] [--seed 1] [--json]

Each model is solved exactly by dynamic programming over all states of evidence (every question
unanswered or answered in one of its ways, every trial still open or failed). Then each way of
choosing is followed through every branch, so its expected cost is exact as well. Excess is
(cost - optimum) / optimum.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np

from bench.models import cut, draw
from diagnose.knowledge.catalogue import load, root
from diagnose.reasoning import value
from diagnose.reasoning.choices import Choices, answered, failed

CUT_FROM = ("philips-genie", "apple-iphone-13", "motorola-startac-85", "google-pixel-7a")
Chooser = Callable[[Choices], tuple[str, int]]
"""(choices) -> ("stop", 0), ("ask", question number) or ("try", trial number)."""


def optimum(c: Choices) -> float:
    """The least expected cost of any way of asking, trying and stopping (euros).

    One array axis per question (its answers, then "not asked") and per trial ("failed", "open");
    the cost of every state is filled in from the fullest evidence down to none.
    """
    sizes = [b - a for a, b in zip(c.starts, (*c.starts[1:], len(c.rows)), strict=True)]
    questions, trials, faults = len(sizes), len(c.trials), len(c.posterior)
    mass = c.posterior.reshape((1,) * (questions + trials) + (faults,))
    for i, k in enumerate(sizes):
        rows = np.concatenate([c.rows[c.starts[i] : c.starts[i] + k], np.ones((1, faults))])
        mass = mass * rows.reshape((1,) * i + (k + 1,) + (1,) * (questions - i - 1 + trials) + (faults,))
    for j in range(trials):
        rows = np.stack([1.0 - c.cures[j], np.ones(faults)])
        mass = mass * rows.reshape((1,) * (questions + j) + (2,) + (1,) * (trials - j - 1) + (faults,))
    total = mass.sum(axis=-1)
    risk = mass @ c.loss.T
    for j, row in enumerate(c.ending):
        if len(c.remedies) > 1:
            gone = [slice(None)] * (questions + trials) + [row]
            gone[questions + j] = 0
            risk[tuple(gone)] = np.inf
    cost = risk.min(axis=-1)
    cured = [(mass @ c.cures[j]) * c.cured_loss[j] for j in range(trials)]
    axes = questions + trials
    closed = [slice(0, k) for k in sizes] + [slice(0, 1)] * trials
    open_ = [slice(k, k + 1) for k in sizes] + [slice(1, 2)] * trials
    for known in sorted(product((True, False), repeat=axes), key=lambda s: -sum(s)):
        here = tuple(closed[i] if known[i] else open_[i] for i in range(axes))
        best = cost[here]
        for i in range(axes):
            if known[i]:
                continue
            there = (*here[:i], closed[i], *here[i + 1 :])
            if i < questions:
                step = c.price[i] * total[here] + cost[there].sum(axis=i, keepdims=True)
            else:
                j = i - questions
                step = c.trial_price[j] * total[here] + cured[j][here] + cost[there]
            best = np.minimum(best, step)
        cost[here] = best
    return float(cost[tuple(s.start for s in open_)])


def followed(c: Choices, choose: Chooser) -> float:
    """The exact expected cost of following a way of choosing (euros); the posterior is unnormalised."""
    mass = float(c.posterior.sum())
    if mass < 1e-12:
        return 0.0
    now = replace(c, posterior=c.posterior / mass)
    kind, number = choose(now)
    if kind == "stop":
        return float((c.loss @ c.posterior).min())
    if kind == "try":
        cured = float(c.cures[number] @ c.posterior) * float(c.cured_loss[number])
        left = failed(c, number)
        return float(c.trial_price[number]) * mass + cured + followed(left, choose)
    end = c.starts[number + 1] if number + 1 < len(c.starts) else len(c.rows)
    rows = c.rows[c.starts[number] : end]
    after = (followed(answered(c, number, row), choose) for row in rows)
    return float(c.price[number]) * mass + sum(after)


def by_value(depth: int | None = None) -> Chooser:
    """The product's choice, or plain looking so many steps ahead."""

    def choose(c: Choices) -> tuple[str, int]:
        best = (value.look_ahead(c, depth) if depth else value.appraise(c))[0]
        if best.kind == "ask":
            return "ask", c.questions.index(best.id)
        return (best.kind, c.trials.index(best.id) if best.kind == "try" else 0)

    return choose


def by_entropy(threshold: float) -> Chooser:
    """The usual choice: the question of greatest information gain, while that is ``threshold`` bits."""

    def choose(c: Choices) -> tuple[str, int]:
        p = c.posterior
        if not c.questions:
            return "stop", 0
        joint = c.rows * p
        mass = joint.sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            posterior = np.where(mass[:, None] > 0, joint / mass[:, None], 1.0)
            left = -np.where(posterior > 0, posterior * np.log2(posterior), 0.0).sum(axis=1) * mass
            now = -np.where(p > 0, p * np.log2(p), 0.0).sum()
        gain = now - np.add.reduceat(left, c.starts)
        best = int(gain.argmax())
        return ("ask", best) if gain[best] >= threshold else ("stop", 0)

    return choose


ENTROPY_THRESHOLDS = (0.01, 0.03, 0.1, 0.2, 0.4)


def measure(
    models: list[Choices], progress: Callable[[int], None] = lambda _: None
) -> dict[str, float | int]:
    """The figures of the report."""
    own, two, one = [], [], []
    entropy: dict[float, list[float]] = {t: [] for t in ENTROPY_THRESHOLDS}
    for number, c in enumerate(models, 1):
        best = optimum(c)
        own.append(followed(c, by_value()) / best - 1)
        two.append(followed(c, by_value(2)) / best - 1)
        one.append(followed(c, by_value(1)) / best - 1)
        for t in ENTROPY_THRESHOLDS:
            entropy[t].append(followed(c, by_entropy(t)) / best - 1)
        progress(number)
    tuned = min(ENTROPY_THRESHOLDS, key=lambda t: float(np.mean(entropy[t])))
    figures = {
        "mean_excess": np.mean(own),
        "max_excess": np.max(own),
        "entropy_mean_excess": np.mean(entropy[tuned]),
        "one_step_mean_excess": np.mean(one),
        "two_step_mean_excess": np.mean(two),
        "two_step_max_excess": np.max(two),
        "not_optimal": np.mean([excess > 1e-9 for excess in own]),
    }
    return {"models": len(models), **{k: round(float(v), 6) for k, v in figures.items()}}


def models(count: int, seed: int) -> list[Choices]:
    """Every second one drawn at random, the others cut from the shipped knowledge, handset after handset."""
    rng = np.random.default_rng(seed)
    loaded = [load(root(), h).knowledge for h in CUT_FROM]
    kbs = [kb for kb in loaded if kb is not None]
    return [draw(rng) if i % 2 == 0 else cut(rng, kbs[i // 2 % len(kbs)]) for i in range(count)]


def main(argv: list[str] | None = None) -> int:
    """Draw, solve, follow, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--models", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)

    def progress(number: int) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{number}/{args.models}")

    figures = measure(models(args.models, args.seed), progress)
    sys.stdout.write(
        json.dumps(figures) + "\n" if args.json else "".join(f"{k:24} {v}\n" for k, v in figures.items())
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

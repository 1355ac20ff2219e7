"""Figures over many consultations: the product's own, its bounds, and other ways beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from multiprocessing import get_context
from typing import Any

import numpy as np

from diagnose.knowledge.model import KnowledgeBase
from diagnose.reasoning import value
from diagnose.reasoning.assess import Choose
from diagnose.simulation.baselines import greedy_entropy
from diagnose.simulation.callers import caller
from diagnose.simulation.run import (
    Ended,
    Stepper,
    answer_everything,
    answers_for_nothing,
    clairvoyant_cost,
    consult,
)

THRESHOLDS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
"""Bits: what the entropy baseline's threshold is tuned over."""
TUNED_ON = 1000
"""Callers on which it is tuned."""
GREEDY: Mapping[str, Callable[[float], Choose]] = {
    "entropy": greedy_entropy,
    "entropy_plain": partial(greedy_entropy, tries=False),
}
"""Greedy information gain by the name of its figures: a strong one, which tries on the phone what it would
end with, and the plain one, which ends."""
BATCH = 100

Figures = dict[str, Any]
Loader = Callable[[], KnowledgeBase]
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Plan:
    """What to simulate: so many callers from this seed on that day."""

    calls: int
    seed: int
    on: date
    dont_know: float = 0.07
    misreport: float = 0.02
    jobs: int = 1
    baselines: bool = True


@dataclass(frozen=True)
class Batch:
    """The ends of some callers' consultations by each way, in caller order; ``greedy`` as in ``GREEDY``."""

    own: tuple[Ended, ...]
    greedy: tuple[tuple[Ended, ...], ...] = ()
    everything: tuple[Ended, ...] = ()
    for_nothing: tuple[Ended, ...] = ()
    clairvoyant: tuple[float, ...] = ()


def simulate(load: Loader, plan: Plan, progress: Progress | None = None) -> tuple[Figures, list[Ended]]:
    """The figures of a plan, and every consultation. ``load`` makes the knowledge base (in each process)."""
    kb = load()
    thresholds = tuple(tuned(kb, plan, way) for way in GREEDY.values()) if plan.baselines else ()
    starts = range(0, plan.calls, BATCH)
    work = partial(_batch, load, plan, thresholds)
    batches: list[Batch] = []
    if plan.jobs > 1:
        with ProcessPoolExecutor(plan.jobs, mp_context=get_context("spawn")) as pool:
            for batch in pool.map(work, starts):
                batches.append(batch)
                if progress:
                    progress(len(batch.own))
    else:
        for start in starts:
            batches.append(work(start))
            if progress:
                progress(len(batches[-1].own))
    return figures(plan, batches, thresholds), [e for b in batches for e in b.own]


_STEPPERS: dict[tuple[str, tuple[float, ...]], tuple[KnowledgeBase, Stepper, list[Stepper]]] = {}


def _batch(load: Loader, plan: Plan, thresholds: tuple[float, ...], start: int) -> Batch:
    key = (str(load), thresholds)
    if key not in _STEPPERS:  # one per process: what has been worked out serves all its batches
        _STEPPERS.clear()
        kb = load()
        greedy = [Stepper(kb, way(bits)) for way, bits in zip(GREEDY.values(), thresholds, strict=False)]
        _STEPPERS[key] = (kb, Stepper(kb, value.appraise), greedy)
    kb, own, greedy = _STEPPERS[key]
    numbers = range(start, min(start + BATCH, plan.calls))
    callers = [caller(kb, plan.seed, n, plan.on, plan.dont_know, plan.misreport) for n in numbers]
    ended = tuple(consult(kb, c, plan.on, own) for c in callers)
    if not plan.baselines:
        return Batch(ended)
    return Batch(
        ended,
        tuple(tuple(consult(kb, c, plan.on, way) for c in callers) for way in greedy),
        tuple(answer_everything(kb, c, plan.on) for c in callers),
        tuple(answers_for_nothing(kb, c, plan.on, own) for c in callers),
        tuple(clairvoyant_cost(kb, c, plan.on) for c in callers),
    )


def tuned(kb: KnowledgeBase, plan: Plan, way: Callable[[float], Choose]) -> float:
    """The threshold in bits by which that way of choosing costs least on the first callers."""
    numbers = range(min(TUNED_ON, plan.calls))
    callers = [caller(kb, plan.seed, n, plan.on, plan.dont_know, plan.misreport) for n in numbers]

    def cost(threshold: float) -> float:
        step = Stepper(kb, way(threshold))
        return float(np.mean([consult(kb, c, plan.on, step).cost for c in callers]))

    return min(THRESHOLDS, key=cost)


def figures(plan: Plan, batches: Sequence[Batch], thresholds: Sequence[float]) -> Figures:
    """What ``diagnose simulate`` prints."""
    own = [e for b in batches for e in b.own]
    out = {"calls": plan.calls, "seed": plan.seed, **summary(own)}
    if not plan.baselines:
        return out
    everything = [e for b in batches for e in b.everything]
    bound = summary([e for b in batches for e in b.for_nothing])
    clairvoyant = np.array([c for b in batches for c in b.clairvoyant])
    out["upper_bound"] = {
        "verdict_right": share([e.verdict_right for e in everything]),
        "remedy_right": share([e.remedy_right for e in everything]),
    }
    out["baselines"] = {
        **{
            name: _beside(own, [e for b in batches for e in b.greedy[i]], bits)
            for i, (name, bits) in enumerate(zip(GREEDY, thresholds, strict=True))
        },
        "all_questions": summary(everything),
        "answers_for_nothing": {"cost_mean": bound["cost_mean"], "tries_mean": bound["tries_mean"]},
        "clairvoyant": {"cost_mean": round(float(clairvoyant.mean()), 3)},
    }
    return out


def _beside(own: Sequence[Ended], greedy: Sequence[Ended], threshold: float) -> Figures:
    """A way of choosing, and the euros a call that the product's own saves on the same callers."""
    saved = np.array([b.cost - a.cost for a, b in zip(own, greedy, strict=True)])
    return {
        **summary(greedy),
        "threshold_bits": threshold,
        "cost_saved": round(float(saved.mean()), 3),
        "cost_saved_standard_error": round(float(saved.std(ddof=1) / np.sqrt(len(saved))), 3)
        if len(saved) > 1
        else None,
    }


def share(flags: Sequence[bool]) -> float | None:
    """The share that is true, to four decimals."""
    return round(float(np.mean(flags)), 4) if flags else None


def summary(ended: Sequence[Ended]) -> Figures:
    """Means and shares over consultations; seconds of talk, euros."""
    seconds = np.array([e.seconds for e in ended])
    return {
        "talk_seconds": {
            "mean": round(float(seconds.mean()), 1),
            "p50": round(float(np.percentile(seconds, 50)), 1),
            "p95": round(float(np.percentile(seconds, 95)), 1),
        },
        "questions_mean": round(float(np.mean([e.questions for e in ended])), 2),
        "tries_mean": round(float(np.mean([e.tries for e in ended])), 2),
        "verdict_right": share([e.verdict_right for e in ended]),
        "remedy_right": share([e.remedy_right for e in ended]),
        "fault_right": share([e.fault_right for e in ended]),
        "needless_return": share([e.needless_return for e in ended if e.needless_return is not None]),
        "missed_safety": sum(e.missed_safety for e in ended),
        "cost_mean": round(float(np.mean([e.cost for e in ended])), 3),
        "solved_on_phone": share([e.solved for e in ended]),
    }

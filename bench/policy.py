"""Ways of choosing the next step on the same virtual callers: what each costs, beside the product's own.

    python -m bench.policy [HANDSET ...] [-n 200] [--seed 1] [--talk-per-hour EUROS] [--ways A,B] [--json]

Prints, per handset and way, the figures of ``diagnose simulate`` and by how much a call costs more than
with the product's own choice (euros, with the standard error of the difference on common callers).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from diagnose.knowledge.catalogue import load, root
from diagnose.knowledge.model import KnowledgeBase
from diagnose.reasoning import value
from diagnose.reasoning.assess import Choose
from diagnose.reasoning.choices import Candidate, Choices
from diagnose.simulation.baselines import greedy_entropy
from diagnose.simulation.callers import Caller, caller
from diagnose.simulation.report import THRESHOLDS, summary
from diagnose.simulation.run import Ended, Stepper, answer_everything, clairvoyant_cost, consult

HANDSETS = ("philips-genie", "apple-iphone-13")
DAYS = {"philips-genie": date(1998, 3, 2), "motorola-startac-85": date(1998, 3, 2)}
TODAY = date(2026, 11, 23)
UNBOUNDED = 10**15
LARGE_PANEL = 4_000_000
MOST_PRUNED = 100
"""Callers on whose calls the loss by pruning is measured."""


def ways() -> dict[str, Choose]:
    """The ways of choosing by name, the product's own first."""
    return {
        "own": value.appraise,
        "every_cent": lambda c: value.appraise(c, least_worth=0.0),
        "two_steps": lambda c: value.look_ahead(c, 2),
        "one_step": lambda c: value.look_ahead(c, 1),
        **{f"entropy_{t}": greedy_entropy(t) for t in THRESHOLDS},
    }


def pruning(kb: KnowledgeBase, callers: Sequence[Caller], on: date) -> dict[str, float | int]:
    """What bounding the work costs: at each turn of the product's calls, the step that it takes against
    the best one when every question is looked at two deep and the panel is large (euros)."""
    lost: list[float] = []

    def choose(c: Choices) -> tuple[Candidate, ...]:
        found = value.appraise(c)
        full = value.appraise(c, UNBOUNDED, LARGE_PANEL, least_worth=0.0)
        taken = (found[0].kind, found[0].id)
        lost.append(next(x.cost for x in full if (x.kind, x.id) == taken) - full[0].cost)
        return found

    step = Stepper(kb, choose)
    for c in callers:
        consult(kb, c, on, step)
    return {
        "turns": len(lost),
        "best_step_taken": round(float(np.mean([x < 1e-6 for x in lost])), 4),
        "mean_euros_lost": round(float(np.mean(lost)), 5),
        "max_euros_lost": round(float(np.max(lost)), 4),
    }


def compare(
    kb: KnowledgeBase, callers: Sequence[Caller], on: date, only: Sequence[str] = ()
) -> dict[str, Any]:
    """The figures of each way on the same callers; with ``only`` some ways beside the product's own,
    without bounds."""
    out: dict[str, Any] = {}
    own: list[Ended] = []
    for name, choose in ways().items():
        if only and name not in ("own", *only):
            continue
        step = Stepper(kb, choose)
        ended = [consult(kb, c, on, step) for c in callers]
        own = own or ended
        more = np.array([e.cost - o.cost for e, o in zip(ended, own, strict=True)])
        out[name] = {
            **summary(ended),
            "costs_more": round(float(more.mean()), 3),
            "standard_error": round(float(more.std(ddof=1) / len(more) ** 0.5), 3),
        }
    if only:
        return out
    out["all_questions"] = summary([answer_everything(kb, c, on) for c in callers])
    bound = float(np.mean([clairvoyant_cost(kb, c, on) for c in callers]))
    out["clairvoyant"] = {"cost_mean": round(bound, 3)}
    out["pruning"] = pruning(kb, callers[:MOST_PRUNED], on)
    return out


def main(argv: list[str] | None = None) -> int:
    """Draw the callers, follow each way, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("handsets", nargs="*", default=list(HANDSETS))
    parser.add_argument("-n", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--talk-per-hour", type=float)
    parser.add_argument("--ways", default="", help=f"some of {', '.join(ways())}, with commas")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    only = [way for way in args.ways.split(",") if way]
    if unknown := [way for way in only if way not in ways()]:
        parser.error(f"no such way: {', '.join(unknown)}; there are {', '.join(ways())}")
    figures: dict[str, Any] = {}
    for handset in args.handsets:
        kb = load(root(), handset).knowledge
        if kb is None:
            sys.stderr.write(f"{handset}: no such handset\n")
            return 2
        if args.talk_per_hour is not None:
            price = replace(kb.costs, talk_per_hour=args.talk_per_hour)
            kb = replace(kb, costs=price, revision=f"{kb.revision}-{args.talk_per_hour}")
        on = DAYS.get(handset, TODAY)
        callers = [caller(kb, args.seed, n, on) for n in range(args.n)]
        figures[handset] = compare(kb, callers, on, only)
    if args.json:
        sys.stdout.write(json.dumps(figures) + "\n")
        return 0
    for handset, by_way in figures.items():
        for name, f in by_way.items():
            if "cost_mean" not in f:
                sys.stdout.write(f"{handset:18} {name:14} {f}\n")
                continue
            talk = f.get("talk_seconds", {})
            sys.stdout.write(
                f"{handset:18} {name:14} {f['cost_mean']:8.2f} EUR  {talk.get('mean', ''):>7} s"
                f"  p95 {talk.get('p95', ''):>7}  {f.get('costs_more', '')}\n"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())

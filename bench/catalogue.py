"""Virtual callers over every handset of a family: which target is missed, and which faults are confused.

    python -m bench.catalogue [--family gsm] [HANDSET ...] [-n 300] [--seed 4711] [--programme ID]
                              [--jobs 1] [--pairs 10] [--json]

Per handset, the figures of ``diagnose simulate`` without its baselines, and ``verdict_ratio``: the share of
verdicts right against that of answering every question. Dangers are counted over five times as many
callers, none of whom misreports. Below, the pairs of faults by the euros lost when one was given the
other's remedy, with the questions that would part them: bits of an answer, and in how many of those calls
each was asked.
Exit status 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench.pairs import Call, Pair, call, worst
from diagnose.knowledge.catalogue import Loaded, handsets, load, root
from diagnose.knowledge.layers import Shelf
from diagnose.knowledge.model import KnowledgeBase
from diagnose.reasoning import value
from diagnose.simulation.callers import caller
from diagnose.simulation.report import share, summary
from diagnose.simulation.run import Stepper, answer_everything

TARGETS = {
    "talk_mean": (150.0, "most"),
    "talk_p95": (360.0, "most"),
    "verdict_ratio": (0.97, "least"),
    "needless_return": (0.015, "most"),
    "missed_safety": (0, "most"),
}
SAFETY_TIMES = 5
"""So many times as many callers are looked through for a danger."""
MODERN = 2005
TODAY = date(2026, 11, 23)

Figures = dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """So many callers a handset from this seed, under a programme (None: the handset's first)."""

    folder: Path
    calls: int
    seed: int
    programme: str | None = None


def chosen(folder: Path, family: str | None, named: Sequence[str]) -> tuple[str, ...]:
    """The handsets named, else those whose family is this one or begins with its name, else all."""
    listed = handsets(folder)
    if named:
        return tuple(h.id for h in listed if h.id in named)
    return tuple(
        h.id for h in listed if family is None or h.family == family or h.family.startswith(f"{family}-")
    )


def day(kb: KnowledgeBase) -> date:
    """A day on which such handsets are called about: today, or a spring day of the year after an old one."""
    year = dict(kb.handset.attributes).get("year")
    return date(year + 1, 3, 2) if isinstance(year, int) and year < MODERN else TODAY


def knowledge(plan: Plan, handset: str) -> KnowledgeBase:
    """The knowledge base of a handset.

    Raises:
        SystemExit: when it has errors.
    """
    loaded: Loaded = load(plan.folder, handset, plan.programme, Shelf(plan.folder))
    if loaded.knowledge is None or not loaded.fine:
        for problem in loaded.problems:
            sys.stderr.write(f"{problem}\n")
        raise SystemExit(2)
    return loaded.knowledge


def measured(plan: Plan, handset: str) -> tuple[Figures, list[Call]]:
    """The figures of a handset, and its calls."""
    kb = knowledge(plan, handset)
    on, step = day(kb), Stepper(kb, value.appraise)
    callers = [caller(kb, plan.seed, n, on) for n in range(plan.calls)]
    calls = [call(kb, c, on, step) for c in callers]
    everything = share([answer_everything(kb, c, on).verdict_right for c in callers]) or 1.0
    found = summary([c.ended for c in calls])
    talk = found.pop("talk_seconds")
    figures: Figures = {
        "handset": handset,
        "programme": kb.programme.id if kb.programme else None,
        "talk_mean": talk["mean"],
        "talk_p95": talk["p95"],
        **found,
        "missed_safety": dangers_missed(kb, plan, on, step),
        "all_questions": everything,
        "verdict_ratio": round(found["verdict_right"] / everything, 4),
    }
    return {**figures, "missed": missed(figures)}, calls


def dangers_missed(kb: KnowledgeBase, plan: Plan, on: date, step: Stepper) -> int:
    """How many dangerous faults end without what makes them safe, when nobody misreports."""
    if not any(kb.classes[f.fault_class].danger for f in kb.faults.values()):
        return 0
    honest = (caller(kb, plan.seed, n, on, misreport=0.0) for n in range(SAFETY_TIMES * plan.calls))
    endangered = [c for c in honest if kb.classes[kb.faults[c.fault].fault_class].danger]
    return sum(call(kb, c, on, step).ended.missed_safety for c in endangered)


def missed(figures: Figures) -> list[str]:
    """The targets that these figures miss."""
    out = []
    for name, (limit, side) in TARGETS.items():
        found = figures[name]
        if found is not None and (found > limit if side == "most" else found < limit):
            out.append(name)
    return out


def table(rows: Sequence[Figures]) -> str:
    """A line a handset."""
    head = (
        f"{'handset':26}{'talk s':>8}{'p95':>7}{'verdict':>9}{'ratio':>8}{'remedy':>8}"
        f"{'needless':>10}{'missed':>8}{'EUR':>8}  targets missed\n"
    )
    return head + "".join(
        f"{f['handset']:26}{f['talk_mean']:8.1f}{f['talk_p95']:7.0f}{_percent(f['verdict_right']):>9}"
        f"{_percent(f['verdict_ratio']):>8}{_percent(f['remedy_right']):>8}{_percent(f['needless_return']):>10}"
        f"{f['missed_safety']:8}{f['cost_mean']:8.2f}  {', '.join(f['missed']) or '-'}\n"
        for f in rows
    )


def pairs_text(pairs: Sequence[Pair]) -> str:
    """Two lines a pair."""
    return "".join(
        f"{p.euros:9.0f} EUR  {p.calls:3} calls ({p.verdict} wrong verdict, {p.misled} misled)  "
        f"{p.true} -> {p.believed} ({p.remedy}); {', '.join(f'{h} {n}' for h, n in p.handsets[:3])}\n"
        f"{'':15}{_parting(p)}\n"
        for p in pairs
    )


def _parting(pair: Pair) -> str:
    return ", ".join(f"{s} {bits} bit, asked {n}" for s, bits, n in pair.parts) or "nothing parts them"


def _percent(of: float | None) -> str:
    return "-" if of is None else f"{100 * of:.1f} %"


def main(argv: list[str] | None = None) -> int:
    """Simulate, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("handsets", nargs="*")
    parser.add_argument("--family", help="handsets of this family and of those named after it")
    parser.add_argument("-n", type=int, default=300, help="callers a handset")
    parser.add_argument("--seed", type=int, default=4711)
    parser.add_argument("--programme", help="instead of each handset's first")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    plan = Plan(root(), args.n, args.seed, args.programme)
    ids = chosen(plan.folder, args.family, args.handsets)
    if not ids:
        sys.stderr.write("no such handset or family; `diagnose handsets` lists them\n")
        return 2
    work = partial(measured, plan)
    if args.jobs > 1:
        with ProcessPoolExecutor(args.jobs, mp_context=get_context("spawn")) as pool:
            found = list(pool.map(work, ids))
    else:
        found = [work(h) for h in ids]
    rows = [figures for figures, _ in found]
    pairs = worst([c for _, calls in found for c in calls], {h: knowledge(plan, h) for h in ids}, args.pairs)
    if args.json:
        out = {"calls": args.n, "seed": args.seed, "handsets": rows, "pairs": [asdict(p) for p in pairs]}
        sys.stdout.write(json.dumps(out) + "\n")
    else:
        sys.stdout.write(table(rows) + "\n" + pairs_text(pairs))
    return 1 if any(f["missed"] for f in rows) else 0


if __name__ == "__main__":
    sys.exit(main())

"""Where a call costs more than for somebody who knows everything: talk, tries that failed, mistakes.

    python -m bench.excess [HANDSET] [-n 1500] [--seed 99] [--bits 0.1]

Virtual callers, each consulted by the product's choice and by greedy information gain with that threshold.
Prints euros a call above the clairvoyant, by what came in the way.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from bench.policy import DAYS, TODAY
from diagnose.knowledge.catalogue import load, root
from diagnose.knowledge.model import KnowledgeBase
from diagnose.reasoning import value
from diagnose.reasoning.assess import Assessment, Choose
from diagnose.reasoning.facts import Findings
from diagnose.simulation.baselines import greedy_entropy
from diagnose.simulation.callers import Caller, caller
from diagnose.simulation.run import Ended, Stepper, clairvoyant_cost, consult, cures

TALK = "talk"


class LastStep(Stepper):
    """A stepper that keeps the assessment it gave last: at the end of a call, the end."""

    last: Assessment

    def __call__(self, findings: Findings) -> Assessment:
        """The assessment of these findings."""
        self.last = super().__call__(findings)
        return self.last


def in_the_way(kb: KnowledgeBase, who: Caller, ended: Ended, end: Assessment) -> str:
    """Why this call cost more than it had to, its talk apart."""
    curing = [r for r in kb.remedies.values() if cures(kb, r, who.fault)]
    tried = {r for r, result in end.findings.tries if result == "not_cured"}
    failed = [r for r in curing if r.id in tried]
    if ended.solved or (ended.remedy_right and not failed):
        return "nothing"
    if failed:
        return "its try failed, " + ("nothing else cures" if len(failed) == len(curing) else "another cures")
    if cures(kb, kb.remedies[ended.remedy], who.fault):
        return "it cures, but policy or price wanted another"
    return "the fault was in front, the remedy not for it" if ended.fault_right else "the fault was mistaken"


def excess(kb: KnowledgeBase, callers: Sequence[Caller], on: date, choose: Choose) -> dict[str, float]:
    """Euros a call above the clairvoyant by what came in the way, the most first."""
    step = LastStep(kb, choose)
    euros: defaultdict[str, float] = defaultdict(float)
    for who in callers:
        ended = consult(kb, who, on, step)
        talk = ended.seconds * kb.costs.talk_per_hour / 3600.0
        euros[TALK] += talk
        more = ended.cost - talk - clairvoyant_cost(kb, who, on)
        euros[in_the_way(kb, who, ended, step.last)] += more
    most_first = sorted(euros.items(), key=lambda item: -round(item[1], 6))
    return {why: total / len(callers) for why, total in most_first}


def main(argv: Sequence[str] | None = None) -> int:
    """Draw the callers, consult them in both ways, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("handset", nargs="?", default="philips-genie")
    parser.add_argument("-n", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=99)
    parser.add_argument("--bits", type=float, default=0.1)
    args = parser.parse_args(argv)
    kb = load(root(), args.handset).knowledge
    if kb is None:
        sys.stderr.write(f"{args.handset}: no such handset\n")
        return 2
    on = DAYS.get(args.handset, TODAY)
    callers = [caller(kb, args.seed, n, on) for n in range(args.n)]
    for name, choose in (("own", value.appraise), ("information gain", greedy_entropy(args.bits))):
        for why, euros in excess(kb, callers, on, choose).items():
            sys.stdout.write(f"{name:17} {euros:7.3f}  {why}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Which faults are taken for which, what that costs, and which questions would part them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from diagnose.knowledge.model import KnowledgeBase
from diagnose.reasoning.assess import Assessment
from diagnose.reasoning.facts import Findings
from diagnose.reasoning.tables import Array, cured_by, tables
from diagnose.simulation.callers import Caller
from diagnose.simulation.run import Ended, Stepper, clairvoyant_cost, consult

QUESTIONS = 4
"""So many questions are named that would part a pair."""
LEAST_BITS = 0.02
"""Less than this parts nothing."""


@dataclass(frozen=True)
class Call:
    """One consultation.

    ``believed``: the likeliest fault that the remedy given is for. ``lost``: euros of the outcome (talk
    apart) above what the right one costs, none if it is that. ``answered``: what was asked or said, and
    whether that was known and so (``right``), known and not so (``wrong``) or not known (``unknown``).
    """

    handset: str
    ended: Ended
    believed: str
    lost: float
    answered: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Pair:
    """A true fault, the fault and remedy that it was taken for, in so many calls, for so many euros in all.

    ``verdict``: in how many of them the verdict itself was wrong. ``misled``: in how many something
    was misreported. ``parts``: questions by the bits that an answer tells between the two faults, and
    in how many of the calls each was asked.
    """

    true: str
    believed: str
    remedy: str
    calls: int
    verdict: int
    misled: int
    euros: float
    handsets: tuple[tuple[str, int], ...]
    parts: tuple[tuple[str, float, int], ...]


def call(kb: KnowledgeBase, caller: Caller, on: date, step: Stepper) -> Call:
    """A consultation with what it lost."""
    last: list[Assessment] = []

    def watched(findings: Findings) -> Assessment:
        last[:] = [step(findings)]
        return last[0]

    ended = consult(kb, caller, on, watched)
    outcome = ended.cost - ended.seconds * kb.costs.talk_per_hour / 3600.0
    lost = 0.0 if ended.remedy_right else max(0.0, outcome - clairvoyant_cost(kb, caller, on))
    answered = tuple((f.symptom, _held(caller, f.symptom, f.answer)) for f in last[0].findings.answers)
    return Call(kb.handset.id, ended, _believed(kb, last[0]), round(lost, 6), answered)


def _believed(kb: KnowledgeBase, end: Assessment) -> str:
    ranked = [f for f, _ in end.belief.ranked()]
    cured, index = cured_by(kb, end.outcome.remedy.id), tables(kb).index
    return next((f for f in ranked if cured[index[f]]), ranked[0])


def _held(caller: Caller, symptom: str, answer: str) -> str:
    if answer == "unknown":
        return "unknown"
    return "right" if caller.truth.get(symptom, answer) == answer else "wrong"


def divergence(p: Array, q: Array) -> float:
    """Bits by which an answer tells from which of two distributions (A,) it was drawn (Jensen-Shannon)."""
    middle = (p + q) / 2
    halves = [x * np.log2(x / middle, out=np.zeros_like(x), where=x > 0) for x in (p, q)]
    return float(sum(h.sum() for h in halves) / 2)


def parting(kb: KnowledgeBase, one: str, other: str) -> dict[str, float]:
    """Every question that parts two faults of a knowledge base, with its bits, the best first."""
    t = tables(kb)
    if one not in t.index or other not in t.index:
        return {}
    a, b = t.index[one], t.index[other]
    bits = {s: divergence(t.rows[span, a], t.rows[span, b]) for s, span in t.span.items()}
    return dict(
        sorted(((s, x) for s, x in bits.items() if x >= LEAST_BITS), key=lambda item: (-item[1], item[0]))
    )


def worst(calls: Sequence[Call], knowledge: dict[str, KnowledgeBase], most: int = 10) -> list[Pair]:
    """The pairs that lost most, over all handsets; ``knowledge`` by handset."""
    by_pair: dict[tuple[str, str], list[Call]] = defaultdict(list)
    for c in calls:
        if c.lost > 0:
            by_pair[c.ended.fault, c.believed].append(c)
    ranked = sorted(by_pair.items(), key=lambda item: (-sum(c.lost for c in item[1]), item[0]))
    return [_pair(true, believed, group, knowledge) for (true, believed), group in ranked[:most]]


def _pair(true: str, believed: str, calls: Sequence[Call], knowledge: dict[str, KnowledgeBase]) -> Pair:
    handsets = Counter(c.handset for c in calls)
    asked = Counter(symptom for c in calls for symptom, _ in c.answered)
    kb = knowledge[handsets.most_common(1)[0][0]]
    parts = list(parting(kb, true, believed).items())[:QUESTIONS]
    return Pair(
        true=true,
        believed=believed,
        remedy=Counter(c.ended.remedy for c in calls).most_common(1)[0][0],
        calls=len(calls),
        verdict=sum(not c.ended.verdict_right for c in calls),
        misled=sum(any(held == "wrong" for _, held in c.answered) for c in calls),
        euros=round(sum(c.lost for c in calls), 2),
        handsets=tuple(handsets.most_common()),
        parts=tuple((s, round(bits, 2), asked[s]) for s, bits in parts),
    )

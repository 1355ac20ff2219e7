"""One temperature for a family's answers, fitted on calls whose true fault is known.

Answers of real callers are not independent given the fault; a belief that takes them so is over-sure.
The temperature that makes the true faults likeliest (the least mean log loss) is found by a
golden-section search; above 1 the answers are taken to tell less than the frequencies say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import exp, log

from diagnose.knowledge.model import KnowledgeBase
from diagnose.reasoning.assess import assess
from diagnose.reasoning.facts import Findings

COOLEST, HOTTEST = 0.25, 10.0
STEPS = 40
BINS = 10
FAINT = 1e-9


@dataclass(frozen=True, slots=True)
class Known:
    """A call whose fault came out: the knowledge and findings that it ended with, and the fault."""

    kb: KnowledgeBase
    findings: Findings
    fault: str


@dataclass(frozen=True, slots=True)
class Fit:
    """How sure the belief was and how right. ``log_loss`` in nats a call; ``over_sure``: mean probability
    of the fault in front less the share of calls in which it was the right one."""

    temperature: float
    log_loss: float
    right: float
    over_sure: float


def at_temperature(kb: KnowledgeBase, temperature: float) -> KnowledgeBase:
    """The knowledge base with its answers softened so."""
    callers = replace(kb.callers, temperature=temperature)
    return replace(kb, callers=callers, revision=f"{kb.revision}@{temperature:.6f}")


def measure(known: Sequence[Known], temperature: float) -> Fit:
    """How the belief at that temperature fits what came out."""
    softened: dict[str, KnowledgeBase] = {}
    loss = sure = right = 0.0
    for call in known:
        kb = softened.setdefault(call.kb.revision, at_temperature(call.kb, temperature))
        belief = assess(kb, call.findings, None).belief
        front, p = belief.ranked()[0]
        loss -= log(max(float(belief.posterior[belief.tables.index[call.fault]]), FAINT))
        sure += p
        right += front == call.fault
    n = len(known)
    return Fit(temperature, loss / n, right / n, (sure - right) / n)


def fit(known: Iterable[Known]) -> tuple[Fit, Fit]:
    """How it fits at 1, and at the temperature that fits best.

    Raises:
        ValueError: when there is no call of known outcome.
    """
    calls = tuple(known)
    if not calls:
        raise ValueError("no call of known outcome")
    low, high = log(COOLEST), log(HOTTEST)
    golden = (5**0.5 - 1) / 2
    a, b = high - golden * (high - low), low + golden * (high - low)
    at_a, at_b = measure(calls, exp(a)), measure(calls, exp(b))
    for _ in range(STEPS):
        if high - low < 0.005:
            break
        if at_a.log_loss < at_b.log_loss:
            high, b, at_b = b, a, at_a
            a = high - golden * (high - low)
            at_a = measure(calls, exp(a))
        else:
            low, a, at_a = a, b, at_b
            b = low + golden * (high - low)
            at_b = measure(calls, exp(b))
    best = min(at_a, at_b, key=lambda f: f.log_loss)
    plain = measure(calls, 1.0)
    return plain, plain if plain.log_loss <= best.log_loss else best

"""Virtual callers on two versions of the knowledge: the same callers, and how they end on each.

Callers are drawn from the new knowledge, which says what is so today; the old knowledge asks them in its
own way. What it asks that the new knowledge has no word for, they do not know.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from diagnose.authoring.folder import Pair
from diagnose.consultation.call import TOLD_SECONDS
from diagnose.knowledge.model import UNKNOWN, KnowledgeBase
from diagnose.reasoning import value
from diagnose.reasoning.assess import Ask, Assessment, Conclude, Try
from diagnose.reasoning.facts import Finding, Findings
from diagnose.reasoning.loss import not_working
from diagnose.simulation.callers import Caller, caller
from diagnose.simulation.run import MOST_STEPS, Stepper, cost_of, reply, right_remedy

SEED = 1


@dataclass(frozen=True, slots=True)
class Consulted:
    """One consultation: what was done step by step (``ask x``, ``try y``), remedy, seconds of talk.

    ``euros``: of talk and outcome by the new knowledge; None when that has no such remedy.
    """

    steps: tuple[str, ...]
    remedy: str
    verdict: str
    seconds: float
    euros: float | None


@dataclass(frozen=True, slots=True)
class Differs:
    """A caller who ends differently: number and fault, both consultations, the first step that differs."""

    pair: Pair
    number: int
    fault: str
    then: Consulted
    now: Consulted
    at: int


@dataclass(frozen=True, slots=True)
class Simulated:
    """So many callers; means of the differences (new less old) over all: euros, seconds of talk."""

    callers: int
    euros: float
    seconds: float
    differing: tuple[Differs, ...]


def simulate(pair: Pair, old: KnowledgeBase, new: KnowledgeBase, callers: int, on: date) -> Simulated:
    """The same callers on both."""
    steps = Stepper(old, value.appraise), Stepper(new, value.appraise)
    differing: list[Differs] = []
    euros: list[float] = []
    seconds: list[float] = []
    for number in range(callers):
        who = caller(new, SEED, number, on)
        then = _consult(new, old, who, on, steps[0])
        now = _consult(new, new, who, on, steps[1])
        seconds.append(now.seconds - then.seconds)
        if then.euros is not None and now.euros is not None:
            euros.append(now.euros - then.euros)
        if (then.remedy, then.verdict) != (now.remedy, now.verdict):
            pairs = zip((*then.steps, ""), (*now.steps, ""), strict=False)
            at = next((i for i, (a, b) in enumerate(pairs, 1) if a != b), len(now.steps) + 1)
            differing.append(Differs(pair, number, who.fault, then, now, at))
    return Simulated(
        callers,
        round(float(np.mean(euros)), 3) if euros else 0.0,
        round(float(np.mean(seconds)), 2) if seconds else 0.0,
        tuple(differing),
    )


class _Says(dict[str, str]):
    """What a caller answers; anything else he does not know."""

    def __missing__(self, symptom: str) -> str:
        return UNKNOWN


def _in_the_words_of(kb: KnowledgeBase, finding: Finding) -> Finding:
    """The finding; don't know, where this knowledge has no such answer."""
    symptom = kb.symptoms[finding.symptom]
    if symptom.answers and finding.answer != UNKNOWN and symptom.answer(finding.answer) is None:
        return replace(finding, answer=UNKNOWN)
    return finding


def _consult(
    new: KnowledgeBase, kb: KnowledgeBase, who: Caller, on: date, step: Callable[[Findings], Assessment]
) -> Consulted:
    who = replace(who, says=_Says(who.says))
    findings = Findings(on)
    talk = 0.0
    if who.opening is not None and who.opening[0] in kb.symptoms:
        symptom, answer = who.opening
        if kb.symptoms[symptom].answer(answer) is not None:
            findings = Findings(on, (Finding(symptom, answer, True),), (), (symptom,))
            talk += TOLD_SECONDS
    done: list[str] = []
    now = step(findings)
    for _ in range(MOST_STEPS):
        match now.next:
            case Ask(symptom=symptom):
                done.append(f"ask {symptom}")
                heard = [
                    _in_the_words_of(kb, f) for f in reply(who, findings, symptom) if f.symptom in kb.symptoms
                ]
                talk += kb.symptoms[symptom].seconds + TOLD_SECONDS * (len(heard) - 1)
                findings = replace(findings, answers=(*findings.answers, *heard))
            case Try(remedy=remedy):
                done.append(f"try {remedy}")
                trial = kb.remedies[remedy].trial
                talk += trial.seconds if trial else 0.0
                result = "cured" if who.cured.get(remedy, False) else "not_cured"
                findings = replace(findings, tries=(*findings.tries, (remedy, result)))
            case Conclude():
                break
        now = step(findings)
    given = now.outcome.remedy
    euros = None
    if given.id in new.remedies:
        failed = not_working(kb, now.facts)
        right = right_remedy(new, who, findings.on, failed)
        outcome = cost_of(new, who, new.remedies[given.id], right, failed, solved=now.outcome.solved)
        euros = round(outcome + talk * new.costs.talk_per_hour / 3600.0, 3)
    return Consulted(tuple(done), given.id, given.verdict, talk, euros)

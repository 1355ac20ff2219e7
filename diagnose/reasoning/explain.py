"""Why this question, how this verdict, why not that one, what would change it: readers of an assessment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations, product

import numpy as np

from diagnose.reasoning.assess import Ask, Assessment, assess
from diagnose.reasoning.belief import weights
from diagnose.reasoning.facts import Finding, Findings
from diagnose.reasoning.rules import Firing
from diagnose.reasoning.tables import cured_by

MOST_CHANGED = 2
"""How many answers are varied together when looking for what would change the verdict."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """What an answer would lead to: how likely it is, the fault and the remedy then in front."""

    answer: str
    probability: float
    fault: str
    fault_probability: float
    remedy: str


@dataclass(frozen=True, slots=True)
class WhyAsk:
    """Why a question stands now. ``gain``: euros it is expected to save over ending at once (by value)."""

    symptom: str
    reason: str
    firing: Firing | None
    gain: float
    prospects: tuple[Prospect, ...]


@dataclass(frozen=True, slots=True)
class Weighed:
    """A piece of evidence and its weight for a fault in decibans: +10 makes the odds ten times better."""

    symptom: str
    answer: str
    decibans: float


@dataclass(frozen=True, slots=True)
class How:
    """How the verdict comes about: evidence for the fault in front, strongest first; the border's rules."""

    fault: str
    probability: float
    evidence: tuple[Weighed, ...]
    firings: tuple[Firing, ...]


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why not this remedy: euros it would cost more, its best fault, what speaks against that, rules."""

    remedy: str
    euros_more: float | None
    fault: str
    probability: float
    against: tuple[Weighed, ...]
    forbidden_by: tuple[Firing, ...]
    tried_in_vain: bool


@dataclass(frozen=True, slots=True)
class Change:
    """Other answers that would lead elsewhere: (symptom, answer) pairs, and the remedy then."""

    answers: tuple[tuple[str, str], ...]
    remedy: str


def why_ask(assessment: Assessment, symptom: str) -> WhyAsk:
    """What each answer to this question would do, by belief alone; the rule that demands it, if one does."""
    kb, belief = assessment.kb, assessment.belief
    step = assessment.next
    asked = step if isinstance(step, Ask) and step.symptom == symptom else None
    rule = asked.rule if asked else ""
    firings = assessment.firings + assessment.outcome.ruling.firings
    cost = {(c.kind, c.id): c.cost for c in assessment.candidates}
    stop = min((c.cost for c in assessment.candidates if c.kind == "stop"), default=0.0)
    prospects = []
    for answer in kb.symptoms[symptom].answers:
        row = belief.tables.row_of.get((symptom, answer.id))
        chance = 0.0 if row is None else float((belief.posterior * belief.tables.rows[row]).sum())
        then = assess(kb, with_answer(assessment.findings, symptom, answer.id), choose=None)
        fault, p = then.belief.ranked()[0]
        prospects.append(Prospect(answer.id, chance, fault, p, then.outcome.remedy.id))
    return WhyAsk(
        symptom=symptom,
        reason=asked.reason if asked else "",
        firing=next((f for f in firings if f.rule.id == rule), None) if rule else None,
        gain=stop - cost.get(("ask", symptom), stop),
        prospects=tuple(prospects),
    )


def how(assessment: Assessment, fault: str | None = None) -> How:
    """The evidence for a fault (the outcome's own unless named), and the rules behind the outcome."""
    chosen = fault or assessment.outcome.fault
    index = assessment.belief.tables.index[chosen]
    evidence = [Weighed(name, answer, float(w[index])) for name, answer, w in weights(assessment.belief)]
    evidence.sort(key=lambda e: (-round(e.decibans, 6), e.symptom))
    outcome = assessment.outcome
    return How(
        fault=chosen,
        probability=float(assessment.belief.posterior[index]),
        evidence=tuple(evidence),
        firings=outcome.ruling.firings if outcome.verdict != "advice" else (),
    )


def why_not(assessment: Assessment, remedy: str) -> WhyNot:
    """What speaks against a remedy: cost, evidence against the likeliest fault it is for, rules."""
    kb, belief = assessment.kb, assessment.belief
    cures = cured_by(kb, remedy)
    mass = belief.posterior * cures
    index = int(np.round(mass, 12).argmax()) if cures.any() else int(belief.posterior.argmax())
    front = belief.tables.index[assessment.outcome.fault]
    against = [Weighed(name, answer, float(w[index] - w[front])) for name, answer, w in weights(belief)]
    against = sorted((a for a in against if a.decibans < 0), key=lambda a: (round(a.decibans, 6), a.symptom))
    losses = dict(assessment.losses)
    euros = losses.get(remedy)
    best = losses.get(assessment.outcome.remedy.id, assessment.outcome.euros)
    verdict = kb.remedies[remedy].verdict
    required = assessment.outcome.ruling.required
    forbidding = tuple(
        f
        for f in assessment.outcome.ruling.firings
        if remedy in f.rule.then.forbid
        or verdict in f.rule.then.forbid
        or (f.rule.then.require and f.rule.then.require == required and required not in (remedy, verdict))
    )
    return WhyNot(
        remedy=remedy,
        euros_more=None if euros is None else euros - best,
        fault=belief.tables.faults[index],
        probability=float(belief.posterior[index]),
        against=tuple(against),
        forbidden_by=forbidding,
        tried_in_vain=assessment.facts.get(f"tried.{remedy}") == "not_cured",
    )


def what_would_change(assessment: Assessment) -> tuple[Change, ...]:
    """The smallest sets of other answers that lead to another remedy; none up to two answers: empty."""
    kb = assessment.kb
    answered = [f for f in assessment.findings.answers if f.symptom in kb.symptoms]
    for size in range(1, MOST_CHANGED + 1):
        found = []
        for chosen in combinations(answered, size):
            options = [[a.id for a in kb.symptoms[f.symptom].answers if a.id != f.answer] for f in chosen]
            for answers in product(*options):
                changed = assessment.findings
                for finding, answer in zip(chosen, answers, strict=True):
                    changed = with_answer(changed, finding.symptom, answer)
                then = assess(kb, changed, choose=None).outcome
                if then.remedy.id != assessment.outcome.remedy.id:
                    pairs = tuple((f.symptom, a) for f, a in zip(chosen, answers, strict=True))
                    found.append(Change(pairs, then.remedy.id))
        if found:
            return tuple(found)
    return ()


def with_answer(findings: Findings, symptom: str, answer: str) -> Findings:
    """The findings with one answer added or replaced."""
    if findings.answer_to(symptom) is None:
        return replace(findings, answers=(*findings.answers, Finding(symptom, answer)))
    return replace(
        findings,
        answers=tuple(replace(f, answer=answer) if f.symptom == symptom else f for f in findings.answers),
    )

"""Virtual callers: a hidden fault, one complaint to open with, and an answer to whatever is asked.

Everything a caller would say is drawn before the call, from numbers that depend on the seed and the
caller alone, so that two ways of asking are compared on the very same callers (common random numbers).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from diagnose.knowledge.model import UNKNOWN, KnowledgeBase, Symptom, Trial
from diagnose.reasoning.assess import rulebook
from diagnose.reasoning.facts import Finding, Findings, facts_of
from diagnose.reasoning.open_question import RECALL
from diagnose.reasoning.tables import cured_by, tables

MOST_DRAWS = 1000
"""A caller is drawn anew until something that the fault causes is there; so often at most."""
FACTUAL = ("entitlement", "history", "safety")
"""Kinds of symptoms that policy looks at."""
OLDEST_MONTHS = 36
"""Purchase dates are drawn evenly over so many months before the call."""


@dataclass(frozen=True)
class Caller:
    """Who calls. ``truth``: what is so; ``says``: what he answers when asked (may be ``unknown`` or wrong).

    ``opening``: the complaint he begins with, if any; ``comes_to_mind``: what he answers when asked
    what else strikes him. ``cured``: whether each remedy, tried on the
    phone, would cure.
    """

    number: int
    fault: str
    truth: Mapping[str, str]
    says: Mapping[str, str]
    opening: tuple[str, str] | None
    cured: Mapping[str, bool]
    comes_to_mind: tuple[tuple[str, str], ...] = ()


def caller(
    kb: KnowledgeBase, seed: int, number: int, on: date, dont_know: float = 0.07, misreport: float = 0.02
) -> Caller:
    """The caller of that number under that seed."""
    rng = np.random.default_rng((seed, number))
    t = tables(kb)
    f = _pick(t.prior, rng.random())
    symptoms = tuple(kb.symptoms.values())
    for _ in range(MOST_DRAWS):  # nobody calls without a reason
        drawn = rng.random((3, len(symptoms)))
        truth = {s.id: _true_answer(kb, s, f, float(u), on) for s, u in zip(symptoms, drawn[0], strict=True)}
        if not t.caused[:, f].any() or any(
            t.caused[row, f] for pair in truth.items() if (row := t.row_of.get(pair)) is not None
        ):
            break
    truth.update(_follows(kb, truth, on))
    says = {s.id: _said(s, truth[s.id], drawn[:, i], dont_know, misreport) for i, s in enumerate(symptoms)}
    weights = [
        (i, (symptom.id, truth[symptom.id], float(t.reason[row][f])))
        for i, symptom in enumerate(symptoms)
        if (row := t.row_of.get((symptom.id, truth[symptom.id]))) is not None and t.reason[row][f] > 0
    ]
    opening = None
    if weights:
        p = np.array([w for _, (_, _, w) in weights])
        opening = weights[_pick(p / p.sum(), rng.random())][1][:2]
        says[opening[0]] = opening[1]
    luck = rng.random(len(kb.remedies))
    cured = {
        r.id: bool(r.trial and cured_by(kb, r.id)[f] and _works(r.trial, truth, float(u)))
        for r, u in zip(kb.remedies.values(), luck, strict=True)
    }
    recalled = rng.random(len(symptoms))
    mind = tuple(
        (symptom, answer)
        for i, (symptom, answer, w) in weights
        if recalled[i] < RECALL * w and (symptom, answer) != opening
    )
    return Caller(number, t.faults[f], truth, says, opening, cured, mind)


def _pick(p: np.ndarray, u: float) -> int:
    return min(int(np.searchsorted(np.cumsum(p), u, side="right")), len(p) - 1)


def _works(trial: Trial, truth: Mapping[str, str], u: float) -> bool:
    """Whether a try cures; where it is also asked about, as that question is truly answered."""
    return truth[trial.check] == "yes" if trial.check else u < trial.cures


def _follows(kb: KnowledgeBase, truth: Mapping[str, str], on: date) -> dict[str, str]:
    """What is so by the rules, whatever was drawn: the guarantee by its date, no accident without a fall."""
    given = [Finding(s.id, truth[s.id]) for s in kb.symptoms.values() if s.kind in FACTUAL]
    plain = [f for f in given if not kb.symptoms[f.symptom].needs]
    derived = rulebook(kb).fire(facts_of(kb, Findings(on, tuple(plain)))).derived
    return {name: str(value) for name, value in derived if name in kb.symptoms}


def _true_answer(kb: KnowledgeBase, symptom: Symptom, fault: int, u: float, on: date) -> str:
    if symptom.answer_type == "date":
        return (on - timedelta(days=int(u * OLDEST_MONTHS * 30.44))).isoformat()
    if symptom.answer_type != "choice" or not symptom.answers:
        return UNKNOWN
    t = tables(kb)
    if symptom.id in t.span:
        p = t.so[t.span[symptom.id], fault]
    else:
        p = np.array([a.background for a in symptom.answers])
    return symptom.answers[_pick(p / p.sum(), u)].id


def _said(symptom: Symptom, true: str, u: np.ndarray, dont_know: float, misreport: float) -> str:
    if u[1] < dont_know:
        return UNKNOWN
    if u[2] < misreport and len(symptom.answers) > 1:
        others = [a.id for a in symptom.answers if a.id != true]
        return others[int(u[2] / misreport * len(others))]
    return true

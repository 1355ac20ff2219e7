"""What is given to the rules: the findings of a call so far, as facts by name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from diagnose.knowledge.model import UNKNOWN, KnowledgeBase, Scalar

Facts = dict[str, Scalar]
WORKED = {"cured": "yes", "not_cured": "no"}
"""What came of a try, as the answer to the question that asks for the same."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A symptom's answer, and whether the caller said it unasked."""

    symptom: str
    answer: str
    volunteered: bool = False


@dataclass(frozen=True, slots=True)
class Findings:
    """All that a call has brought to light: the whole input of the reasoning beside the knowledge.

    ``tries``: remedy and what came of it (``cured``, ``not_cured``, ``before``, ``declined``).
    ``on``: the day of the call, from which ages are counted. ``opening``: the symptoms that the
    caller spoke of before anything was asked.
    """

    on: date
    answers: tuple[Finding, ...] = ()
    tries: tuple[tuple[str, str], ...] = ()
    opening: tuple[str, ...] = ()

    def answer_to(self, symptom: str) -> str | None:
        """The answer given to a symptom, if it was."""
        return next((f.answer for f in self.answers if f.symptom == symptom), None)


def standing_facts(kb: KnowledgeBase) -> Facts:
    """What holds before the caller has said a word: the handset's and the programme's attributes."""
    return _standing_facts(kb).copy()


@lru_cache(maxsize=64)
def _standing_facts(kb: KnowledgeBase) -> Facts:
    facts: Facts = {"handset.id": kb.handset.id, "handset.brand": kb.handset.brand}
    facts.update((f"handset.{k}", v) for k, v in kb.handset.attributes)
    if kb.programme is not None:
        facts["programme.id"] = kb.programme.id
        facts.update((f"programme.{k}", v) for k, v in kb.programme.attributes)
    return facts


def facts_of(kb: KnowledgeBase, findings: Findings, set_aside: Iterable[str] = ()) -> Facts:
    """The facts that the findings amount to; answers to the symptoms in ``set_aside`` left out."""
    left_out = frozenset(set_aside)
    facts = standing_facts(kb)
    for finding in findings.answers:
        if finding.symptom not in left_out:
            facts.update(facts_of_answer(kb, finding.symptom, finding.answer, findings.on))
    for remedy, outcome in findings.tries:
        facts[f"tried.{remedy}"] = "not_cured" if outcome == "before" else outcome
    for remedy, symptom in same_acts(kb):
        tried, said = facts.get(f"tried.{remedy}"), facts.get(symptom)
        if tried in WORKED and said is None:
            facts[symptom] = WORKED[str(tried)]
        elif tried is None and said in WORKED.values():
            facts[f"tried.{remedy}"] = "cured" if said == "yes" else "not_cured"
    return facts


@lru_cache(maxsize=64)
def same_acts(kb: KnowledgeBase) -> tuple[tuple[str, str], ...]:
    """Remedy and yes/no symptom of every try that is also asked about: neither is put after the other."""
    return tuple((r.id, r.trial.check) for r in kb.remedies.values() if r.trial and r.trial.check)


def told_by_tries(kb: KnowledgeBase, findings: Findings) -> tuple[tuple[str, str], ...]:
    """Symptom and answer that the tries of a call amount to, where it was not answered itself."""
    came_of = {r: "not_cured" if o == "before" else o for r, o in findings.tries}
    return tuple(
        (symptom, WORKED[came_of[remedy]])
        for remedy, symptom in same_acts(kb)
        if came_of.get(remedy) in WORKED and findings.answer_to(symptom) is None
    )


def facts_of_answer(kb: KnowledgeBase, symptom: str, answer: str, on: date) -> Facts:
    """One answer as facts: itself, the age of a date, the attributes of a retailer.

    A date that is still to come on the day of the call tells nothing: it is as good as not known.
    """
    facts: Facts = {symptom: answer}
    if answer == UNKNOWN or symptom not in kb.symptoms:
        return facts
    if kb.symptoms[symptom].answer_type == "date":
        then = day(answer)
        if then is not None and then > on:
            return {symptom: UNKNOWN}
        facts.update(age_facts(symptom, answer, on))
    elif symptom == "retailer" and answer in kb.retailers:
        facts["retailer.id"] = answer
        facts.update((f"retailer.{k}", v) for k, v in kb.retailers[answer].attributes)
    return facts


def age_facts(symptom: str, answer: str, on: date) -> Facts:
    """``X.days`` and ``X.months`` from an ISO date to the day of the call.

    A month is over when its last day is: what runs for twelve months still runs on the same day of the
    next year, to midnight (the rule of the French code of civil procedure, article 641).
    """
    then = day(answer)
    if then is None:
        return {}
    months = (on.year - then.year) * 12 + on.month - then.month - (on.day <= then.day)
    return {f"{symptom}.days": (on - then).days, f"{symptom}.months": max(months, 0)}


def day(text: str) -> date | None:
    """A date written YYYY-MM-DD, on every Python alike; None when it is not one."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

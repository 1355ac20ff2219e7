"""The ways in which a question can be answered, one for each that some conditions tell apart."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from math import ceil, floor

from diagnose.knowledge.model import UNKNOWN, Condition, KnowledgeBase, Scalar, Symptom
from diagnose.reasoning.facts import Facts, facts_of_answer

from .premises import question_of

SOMETHING_ELSE = "something else"
"""A typed answer that no premise names."""
ANY_DAY = date(2000, 1, 1)
"""A day of call, where no date is asked for."""
FOUR_YEARS = 1461
"""Days, after which the lengths of months come again."""
OLDEST = 1200
"""Months; no handset is older."""

Given = tuple[tuple[str, Scalar], ...]


@dataclass(frozen=True, slots=True)
class Way:
    """One answer. ``given``: as an author would write it; ``facts``: what it comes to in each knowledge base,
    nothing where it is no answer to that question."""

    given: Given
    facts: tuple[Facts, ...]


def ways(
    kbs: Sequence[KnowledgeBase], question: str, conditions: Sequence[Sequence[Condition]]
) -> tuple[Way, ...]:
    """Not asked, each telling answer, and "don't know", which comes last.

    ``conditions``: for each of the knowledge bases those that look at the answer.
    """
    own = [tuple(c for c in some if question_of(c.fact) == question) for some in conditions]
    looked_at = tuple(dict.fromkeys(c for some in own for c in some))
    asked = [kb.symptoms.get(question) for kb in kbs]
    answers = [
        _answers(kb, symptom, looked_at) if symptom is not None else {}
        for kb, symptom in zip(kbs, asked, strict=True)
    ]
    told: dict[object, Way] = {}
    for given in dict.fromkeys(given for some in answers for given in some):
        facts = tuple(some.get(given, {}) for some in answers)
        signature = tuple(
            (bool(f), tuple((c.fact in f and c.holds_for(f[c.fact]), c.fact in f) for c in cs))
            for f, cs in zip(facts, own, strict=True)
        )
        # What is typed is told apart by its wording, so that each word an author wrote is tried.
        typed = any(s is not None and s.answer_type == "text" for s in asked)
        told.setdefault(given if typed else signature, Way(given, facts))
    nothing: tuple[Facts, ...] = tuple({} for _ in kbs)
    unknown: tuple[Facts, ...] = tuple({question: UNKNOWN} if s is not None else {} for s in asked)
    return Way((), nothing), *told.values(), Way(((question, UNKNOWN),), unknown)


def _answers(kb: KnowledgeBase, symptom: Symptom, conditions: Sequence[Condition]) -> dict[Given, Facts]:
    """Every answer that there is any use in telling from the others, and more."""
    name = symptom.id
    if symptom.answer_type == "date":
        return {_written_age(name, age, conditions): _of_age(name, age) for age in _ages(name, conditions)}
    if symptom.answer_type == "text":
        values = dict.fromkeys(str(v) for c in conditions for v in c.values if v != UNKNOWN)
        fit = [v for v in values if re.fullmatch(symptom.pattern or ".+", v)]
        return {((name, v),): {name: v} for v in (*fit, SOMETHING_ELSE)}
    return {((name, a.id),): facts_of_answer(kb, name, a.id, ANY_DAY) for a in symptom.answers}


Age = tuple[int, int]
"""Months that are over, and days."""


def _of_age(name: str, age: Age) -> Facts:
    return {name: "date", f"{name}.months": age[0], f"{name}.days": age[1]}


def _written_age(name: str, age: Age, conditions: Iterable[Condition]) -> Given:
    """By its months, unless days are looked at as well."""
    months, days = (f"{name}.months", age[0]), (f"{name}.days", age[1])
    looked_at = {c.fact for c in conditions}
    if days[0] not in looked_at:
        return (months,)
    return (days,) if months[0] not in looked_at else (days, months)


def _ages(name: str, conditions: Iterable[Condition]) -> list[Age]:
    """One in each stretch of ages that no bound parts, for months and days as they can go together."""
    kept = tuple(conditions)
    months = _starts((c for c in kept if c.fact == f"{name}.months"), OLDEST)
    days = _starts((c for c in kept if c.fact == f"{name}.days"), OLDEST * 30)
    # Where a stretch of months and one of days have an age in common, the first such begins one of them.
    begin = {*days, *(_days_of(m)[0] for m in months)}
    near = sorted({m for d in begin for m in range(max(d // 31 - 1, 0), d // 28 + 2)})
    spans = [(m, *_days_of(m)) for m in near]
    return [(m, d) for m, first, last in spans for d in sorted(begin) if first <= d <= last]


def _starts(conditions: Iterable[Condition], most: int) -> set[int]:
    """Where the whole numbers that these conditions do not part begin anew."""
    found = {0}
    for c in conditions:
        found |= {ceil(c.at_least)} if c.at_least is not None else set()
        found |= {floor(c.at_most) + 1} if c.at_most is not None else set()
        found |= {ceil(v) + n for v in c.values if isinstance(v, (int, float)) for n in (0, 1)}
    return {n for n in found if 0 <= n <= most}


@lru_cache(maxsize=4096)
def _days_of(months: int) -> tuple[int, int]:
    """The fewest and the most days at which so many months are over, on whatever day they begin."""
    begun = [ANY_DAY + timedelta(days=n) for n in range(FOUR_YEARS)]
    most = max((_ends(then, months) - then).days for then in begun)
    return (min((_ends(then, months - 1) - then).days for then in begun) + 1 if months else 0), most


def _ends(then: date, months: int) -> date:
    """The last day on which no more than so many months are over."""
    year, month = divmod(then.year * 12 + then.month + months, 12)
    return date(year, month + 1, min(then.day, monthrange(year, month + 1)[1]))

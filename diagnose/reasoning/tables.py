"""The numbers of a knowledge base as arrays, made once: what belief, value and callers reckon with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from diagnose.knowledge.model import Callers, Fault, KnowledgeBase, Symptom
from diagnose.reasoning.same import Same

Array = npt.NDArray[np.float64]

PRESENT_WEIGHT: Mapping[str, float] = {"complaint": 1.0, "safety": 1.0, "observation": 0.5}
"""How readily a sign of each kind is complained of; other kinds are not volunteered first."""
VAGUE = 0.05
"""Signs that every caller has besides those in the knowledge base (keeps Z above nought)."""
LEAST_REASON = 0.05
"""How seldom, at most, a fault is taken to show none of its own signs."""
FAINT = 1e-12


@dataclass(frozen=True, eq=False)
class Tables:
    """The numbers of a knowledge base as arrays: F faults, A rows (one per answer of each symptom).

    ``rows[row_of[symptom, answer]]`` is P(the caller answers so | fault) for the F faults, ``so``
    P(it is so | fault). What counts as evidence is ``rows``, or ``unasked`` when it is said unasked;
    ``span[symptom]`` are the rows of all its answers. ``reason`` (A, F): how readily an answer is the
    reason to call, 0 for what is not volunteered; ``caused`` (A, F): whether it may be volunteered,
    and the fault shows it. ``opening`` (A, F): what it weighs that a caller opens with an answer,
    beside that it is so.
    """

    faults: tuple[str, ...]
    index: Mapping[str, int]
    prior: Array
    symptoms: tuple[str, ...]
    span: Mapping[str, slice]
    row_of: Mapping[tuple[str, str], int]
    rows: Array
    so: Array
    unasked: Array
    reason: Array
    caused: npt.NDArray[np.bool_]
    opening: Array

    @cached_property
    def log_prior(self) -> Array:
        """(F,); minus infinity for a fault that nobody calls with."""
        return log_of(self.prior)


def can_be_volunteered(symptom: Symptom, answer: str) -> bool:
    """Whether a caller would open with it: any but the most ordinary answer, of a sign he notices.

    Not what is asked only after something else: that goes first.
    """
    if symptom.kind not in PRESENT_WEIGHT or len(symptom.answers) < 2 or symptom.needs:
        return False
    ordinary = max(symptom.answers, key=lambda a: a.background)
    return answer != ordinary.id


@lru_cache(maxsize=64)
def tables(kb: KnowledgeBase) -> Tables:
    """The arrays of a knowledge base, made once."""
    return _tables(Same(kb.faults.values()), Same(kb.symptoms.values()), kb.callers)


@lru_cache(maxsize=64)
def _tables(every: Same[Fault], symptoms: Same[Symptom], callers: Callers) -> Tables:
    faults = tuple(f.id for f in every.values)
    shown = [dict(f.shows) for f in every.values]
    weight = np.array([f.per_1000 for f in every.values], dtype=np.float64)
    prior = weight / weight.sum() if weight.sum() > 0 else np.full(len(faults), 1 / max(1, len(faults)))
    span: dict[str, slice] = {}
    row_of: dict[tuple[str, str], int] = {}
    rows: list[Array] = []
    so: list[Array] = []
    unasked: list[Array] = []
    reasons: list[Array] = []
    causes: list[npt.NDArray[np.bool_]] = []
    for symptom in symptoms.values:
        if symptom.answer_type != "choice" or symptom.kind == "entitlement":
            continue
        background = tuple(a.background for a in symptom.answers)
        block = np.array([s.get(symptom.id, background) for s in shown], dtype=np.float64).T
        span[symptom.id] = slice(len(rows), len(rows) + len(symptom.answers))
        unasked.extend(softened(block, callers.temperature))
        rows.extend(softened(heard(block, callers.misreport), callers.temperature))
        for answer, row in zip(symptom.answers, block, strict=True):
            row_of[symptom.id, answer.id] = len(so)
            so.append(row)
            reason, caused = np.zeros(len(faults)), np.zeros(len(faults), dtype=np.bool_)
            if can_be_volunteered(symptom, answer.id):
                caused = np.array([symptom.id in s for s in shown]) & (row > answer.background)
                reason = PRESENT_WEIGHT[symptom.kind] * np.where(caused, 1.0, callers.bystander)
            reasons.append(reason)
            causes.append(caused)
    none = np.zeros((0, len(faults)))
    table, reason = (np.array(so), np.array(reasons)) if so else (none, none)
    caused = np.array(causes) if so else none.astype(np.bool_)
    return Tables(
        faults=faults,
        index={f: i for i, f in enumerate(faults)},
        prior=prior,
        symptoms=tuple(span),
        span=span,
        row_of=row_of,
        rows=np.array(rows) if rows else none,
        so=table,
        unasked=np.array(unasked) if unasked else none,
        reason=reason,
        caused=caused,
        opening=_opening(table, reason, caused),
    )


def _opening(so: Array, reason: Array, caused: npt.NDArray[np.bool_]) -> Array:
    """(A, F): how much likelier than by its frequency alone it is that a caller opens with an answer.

    Nobody calls without a reason: at least one of the signs that the fault causes is there, which
    makes each of them the likelier. Which sign is named is in proportion to how readily it is.
    """
    without_reason = np.prod(1.0 - np.where(caused, so, 0.0), axis=0)
    uplift = np.where(caused, 1.0 / np.maximum(1.0 - without_reason, LEAST_REASON), 1.0)
    signs = VAGUE + (reason * uplift * so).sum(axis=0)
    out: Array = reason * uplift / signs
    return out


def heard(block: Array, misreport: float) -> Array:
    """P(the caller says it | fault): what is so, now and then misreported as one of the other answers.

    ``block`` (k, F): P(answer | fault) for the k answers of a symptom.
    """
    if len(block) < 2:
        return block
    return (1.0 - misreport) * block + misreport * (1.0 - block) / (len(block) - 1)


def softened(block: Array, temperature: float) -> Array:
    """(k, F) likelihoods at a temperature: powers 1/T that again sum to 1 over the answers.

    Answers of real callers are not independent given the fault, so that a naive belief is over-sure;
    one temperature per family, fitted on calls of known outcome, takes that back (Guo et al. 2017 do
    so for the scores of classifiers; here each answer is softened, so that what is asked next stays
    coherent with what is believed).
    """
    if temperature == 1.0:
        return block
    soft: Array = np.maximum(block, FAINT) ** (1.0 / temperature)
    soft /= soft.sum(axis=0, keepdims=True)
    return soft


def log_of(prior: Array) -> Array:
    """(F,): its logarithm, minus infinity where it is nought."""
    out: Array = np.where(prior > 0, np.log(np.maximum(prior, FAINT * FAINT)), -np.inf)
    return out


@lru_cache(maxsize=4096)
def cured_by(kb: KnowledgeBase, remedy: str) -> Array:
    """1 for the faults that the remedy is for, 0 for the others (F,)."""
    r = kb.remedies[remedy]
    return np.array(
        [
            1.0 if f.remedy == remedy or remedy in f.also or f.fault_class in r.cures else 0.0
            for f in kb.faults.values()
        ]
    )

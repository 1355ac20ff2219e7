"""Belief over faults: one fault at a time, P(fault | answers), by the numbers of the knowledge base.

Naive Bayes over the answers, with one correction. What a caller complains of *first* was chosen
among all that he could have complained of. A fault with many signs has less reason to be reported
by this one (its weight is divided by the number of signs that it is expected to show, Z in `tables.py`); and
a sign that is there by accident is seldom what one calls about, so a fault that does not show the
complaint loses by more than the background. When several things are said before the first question,
any of them may have been the reason to call: their order makes no difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from diagnose.knowledge.model import UNKNOWN, KnowledgeBase
from diagnose.reasoning.open_question import ANYTHING_ELSE, silence
from diagnose.reasoning.tables import FAINT, Array, Tables, cured_by, log_of, tables

RULED = 0.01
"""What a rule that rules a fault out leaves of its odds; callers err, so nothing is beyond recall."""


@dataclass(frozen=True, eq=False)
class Belief:
    """The posterior (F,), and what each piece of evidence says, as likelihoods (F,) by its name."""

    tables: Tables
    posterior: Array
    evidence: tuple[tuple[str, str, Array], ...]

    @cached_property
    def rows(self) -> Array:
        """(E, F): what each of the E pieces of evidence says, as likelihoods."""
        return stacked([row for _, _, row in self.evidence], len(self.posterior))

    @cached_property
    def logs(self) -> Array:
        """(E, F): their logarithms."""
        return logarithms(self.rows)

    @cached_property
    def others(self) -> Array:
        """(E, F): the posterior had each piece of evidence not been there, in the order of ``evidence``."""
        return normalised(self.tables.log_prior + self.logs.sum(axis=0) - self.logs)

    @cached_property
    def _order(self) -> npt.NDArray[np.intp]:
        return np.argsort(-np.round(self.posterior, 12), kind="stable")

    def ranked(self, most: int | None = None) -> tuple[tuple[str, float], ...]:
        """Faults with their probability, the most likely first; ties in the order of the text."""
        order, faults = self._order[:most].tolist(), self.tables.faults
        return tuple(zip([faults[i] for i in order], self.posterior[order].tolist(), strict=True))

    @cached_property
    def chances(self) -> Array:
        """(E,): how likely each piece of evidence is, given all the others."""
        out: Array = (self.others * self.rows).sum(axis=1)
        return out

    def without(self, name: str) -> Array:
        """The posterior (F,) had that piece of evidence not been there."""
        i = self._number(name)
        return self.posterior if i is None else self.others[i]

    def weight(self, name: str) -> Array | None:
        """That piece of evidence as in :func:`weights` (F,); None when there is none of that name."""
        i = self._number(name)
        return None if i is None else _decibans(self, i)

    def _number(self, name: str) -> int | None:
        return next((i for i, (key, _, _) in enumerate(self.evidence) if key == name), None)


def stacked(rows: Sequence[Array], faults: int) -> Array:
    """(E, F) of E rows, which may be none."""
    return np.stack(rows) if rows else np.zeros((0, faults))


def logarithms(likelihoods: Array) -> Array:
    """The logarithms of likelihoods, none of which is ever quite nought."""
    out: Array = np.log(np.maximum(likelihoods, FAINT))
    return out


def normalised(log: Array) -> Array:
    """(..., F) unnormalised logarithms -> probabilities that sum to 1."""
    p: Array = np.exp(log - log.max(axis=-1, keepdims=True))
    p /= p.sum(axis=-1, keepdims=True)
    return p


def posterior(prior: Array, likelihoods: Sequence[Array]) -> Array:
    """Bayes' rule, in logarithms; (F,) summing to 1."""
    return normalised(log_of(prior) + logarithms(stacked(likelihoods, len(prior))).sum(axis=0))


def believe(
    kb: KnowledgeBase,
    answers: Sequence[tuple[str, str]],
    *,
    volunteered: Sequence[str] = (),
    opening: Sequence[str] = (),
    failed: Sequence[tuple[str, float]] = (),
    ruled_out: Sequence[str] = (),
    confirmed: Sequence[str] = (),
) -> Belief:
    """The belief after (symptom, answer) pairs, remedies tried in vain, and what rules say.

    ``volunteered``: the symptoms that the caller spoke of unasked, ``opening``: those of them before
    the first question. ``failed``: remedy and the
    probability that it would have cured a fault that it is for.
    """
    t = tables(kb)
    evidence: list[tuple[str, str, Array]] = []
    known = {symptom for symptom, _ in answers}
    for symptom, answer in answers:
        row = t.row_of.get((symptom, answer))
        if row is None or answer == UNKNOWN:
            continue
        if symptom == ANYTHING_ELSE:
            likelihood = silence(t, known) ** (1.0 / kb.callers.temperature)
        elif symptom not in volunteered:
            likelihood = t.rows[row]
        elif ANYTHING_ELSE in known and symptom not in opening and t.reason[row].any():
            likelihood = t.unasked[row] * t.reason[row]  # it came to mind
        else:
            likelihood = t.unasked[row]
        evidence.append((symptom, answer, likelihood))
    reasons = [t.opening[t.row_of[pair]] for pair in answers if pair[0] in opening and pair in t.row_of]
    reasons = [r for r in reasons if r.any()]
    if reasons:
        evidence.append(("", "opening", np.mean(reasons, axis=0)))
    for remedy, cures in failed:
        evidence.append((f"tried.{remedy}", "not_cured", 1.0 - cures * cured_by(kb, remedy)))
    if ruled_out:
        out = np.array([f in ruled_out for f in t.faults])
        evidence.append(("rule_out", "", np.where(out, RULED, 1.0)))
    if any(f in t.index for f in confirmed):
        sure = np.array([f in confirmed for f in t.faults])
        evidence.append(("confirm", "", np.where(sure, 1.0, RULED)))
    logs = logarithms(stacked([row for _, _, row in evidence], len(t.faults)))
    return Belief(t, normalised(t.log_prior + logs.sum(axis=0)), tuple(evidence))


def weights(belief: Belief) -> tuple[tuple[str, str, Array], ...]:
    """What each piece of evidence weighs for each fault, in decibans (F,), order-free.

    10 log10 of P(answer | fault) over P(answer | all else that is known): Good's weight of evidence
    against the field of faults as it stands without that answer.
    """
    return tuple((name, answer, _decibans(belief, i)) for i, (name, answer, _) in enumerate(belief.evidence))


def _decibans(belief: Belief, i: int) -> Array:
    expected = max(float(belief.chances[i]), FAINT)
    out: Array = 10.0 * np.log10(np.maximum(belief.rows[i], FAINT) / expected)
    return out

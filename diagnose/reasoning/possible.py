"""What can be asked and tried at this moment of a call, as the arrays of :class:`Choices`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from diagnose.knowledge.model import KnowledgeBase, Remedy, Scalar, Symptom, Trial, satisfied
from diagnose.reasoning.belief import Belief
from diagnose.reasoning.choices import Choices, Numbers
from diagnose.reasoning.open_question import ANYTHING_ELSE, replies
from diagnose.reasoning.policy import Ruling
from diagnose.reasoning.tables import Array, Tables, cured_by, tables


@dataclass(frozen=True, eq=False)
class Repertoire:
    """All that could ever be asked and tried, made once: Q questions that bear on faults, in the order of
    their rows in the tables, T remedies that can be tried; F faults.

    ``widths`` (Q,): the number of answers; ``price`` (Q,), ``trial_price`` (T,): euros of talk;
    ``cures`` (T, F): P(cured | fault); ``cured_loss`` (T,): euros when it does.
    """

    questions: tuple[Symptom, ...]
    number: Mapping[str, int]
    widths: Numbers
    price: Array
    trials: tuple[Remedy, ...]
    cures: Array
    trial_price: Array
    cured_loss: Array


@lru_cache(maxsize=64)
def repertoire(kb: KnowledgeBase) -> Repertoire:
    """The repertoire of a knowledge base."""
    t = tables(kb)
    per_second = kb.costs.talk_per_hour / 3600.0
    own_price = dict(kb.costs.remedies)
    questions = tuple(kb.symptoms[s] for s in t.span)
    tried = [(r, r.trial) for r in kb.remedies.values() if r.trial is not None]
    cures = np.array([cured_by(kb, r.id) * _works(t, trial) for r, trial in tried])
    return Repertoire(
        questions=questions,
        number={s.id: i for i, s in enumerate(questions)},
        widths=np.array([span.stop - span.start for span in t.span.values()], dtype=np.intp),
        price=np.array([s.seconds * per_second for s in questions]),
        trials=tuple(r for r, _ in tried),
        cures=cures.reshape(len(tried), len(t.faults)),
        trial_price=np.array([trial.seconds * per_second for _, trial in tried]),
        cured_loss=np.array([own_price.get(r.id, r.euros) for r, _ in tried]),
    )


def _works(t: Tables, trial: Trial) -> Array | float:
    """How often the try works; where it is asked about too, as often as the faults (F,) show it."""
    row = t.row_of.get((trial.check, "yes"))
    return trial.cures if row is None else t.so[row]


def askable(kb: KnowledgeBase, facts: Mapping[str, Scalar], skipped: frozenset[str]) -> tuple[Symptom, ...]:
    """Diagnostic questions that apply now and are not answered: asked, derived or skipped ones are out."""
    return tuple(
        [
            s
            for s in repertoire(kb).questions
            if s.id not in facts and s.id not in skipped and (not s.needs or satisfied(s.needs, facts))
        ]
    )


def choices(
    kb: KnowledgeBase,
    belief: Belief,
    remedies: tuple[Remedy, ...],
    loss: Array,
    questions: tuple[Symptom, ...],
    facts: Mapping[str, Scalar],
    whatever: Ruling,
    dont_know: float,
) -> Choices:
    """What could be done next: end with one of the remedies, at that loss (R, F), ask one of the questions
    (that share of which the caller cannot answer), or try what has not been tried and is allowed whatever
    the fault."""
    every = repertoire(kb)
    chosen = np.array([every.number[s.id] for s in questions], dtype=np.intp)
    rows, starts = _answers(belief, every, chosen, facts)
    trials = [
        i
        for i, r in enumerate(every.trials)
        if f"tried.{r.id}" not in facts and whatever.allows(r) and satisfied(r.needs, facts)
    ]
    row = {r.id: i for i, r in enumerate(remedies)}
    return Choices(
        posterior=belief.posterior,
        remedies=tuple(row),
        loss=loss,
        questions=tuple([s.id for s in questions]),
        rows=rows,
        starts=starts,
        price=every.price[chosen],
        trials=tuple([every.trials[i].id for i in trials]),
        cures=every.cures[trials],
        trial_price=every.trial_price[trials],
        cured_loss=every.cured_loss[trials],
        ending=tuple([row.get(every.trials[i].id, -1) for i in trials]),
        dont_know=dont_know,
    )


def _answers(
    belief: Belief, every: Repertoire, chosen: Numbers, facts: Mapping[str, Scalar]
) -> tuple[Array, tuple[int, ...]]:
    """P(answer | fault) for each answer to the chosen questions (A, F), and where each question begins."""
    open_ = np.zeros(len(every.widths), dtype=np.bool_)
    open_[chosen] = True
    rows = belief.tables.rows[np.repeat(open_, every.widths)]
    widths = every.widths[chosen]
    starts = np.cumsum(widths) - widths
    at = every.number.get(ANYTHING_ELSE)
    if at is not None and open_[at]:
        i = int(np.flatnonzero(chosen == at)[0])
        said = replies(belief.tables, facts, belief.posterior)
        rows = np.concatenate([rows[: starts[i]], said, rows[starts[i] + widths[i] :]])
        starts[i + 1 :] += len(said) - widths[i]
    return rows, tuple(starts.tolist())

"""The question of entitlement on which the outcome still turns.

A fact of entitlement is worth a question only when some answer to it would change the outcome. To
know that, every way in which the open questions could be answered is gone through; which rulings
these ways lead to is a matter of the rules alone, and is worked out once (:class:`Turns`). What a
ruling would come to for this caller is a matter of the belief, and is worked out each time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import prod

import numpy as np

from diagnose.knowledge.model import (
    Condition,
    KnowledgeBase,
    Premises,
    Remedy,
    Rule,
    Scalar,
    Symptom,
    satisfied,
)
from diagnose.reasoning.branching import MOST_WAYS, ways
from diagnose.reasoning.choices import Numbers
from diagnose.reasoning.facts import Facts
from diagnose.reasoning.loss import allowed_loss, not_working
from diagnose.reasoning.outcome import Outcome, by_cost, relevant_first
from diagnose.reasoning.policy import (
    ENTITLEMENT_KINDS,
    FAULT_CLASS,
    Ruling,
    Seen,
    border,
    channel_for,
    charge_for,
    decides_outcome,
    open_questions,
    possible_answers,
    ruling_of,
    says,
    seen_of,
)
from diagnose.reasoning.tables import Array

Ending = tuple[str, str, str, str]
"""Remedy, channel, charge, promise."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question that can be put now. ``groups``: the rulings, by number, to which its several answers
    lead when all else is alike; those that lead to one ruling only are left out."""

    question: str
    groups: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Turns:
    """The rulings that the open questions part, and the questions that part them, in text order."""

    rulings: tuple[Ruling, ...]
    questions: tuple[Turn, ...]


def turning_question(
    kb: KnowledgeBase,
    facts: Mapping[str, Scalar],
    derived: Collection[str],
    end: Outcome,
    remedies: tuple[Remedy, ...],
    belief: Array,
    euros: Array,
    skipped: frozenset[str],
) -> str:
    """The first open question of entitlement on some answer to which the outcome turns; else empty.

    ``derived``: the names of those facts that nobody gave: rules derived them, and might derive otherwise
    after another answer. ``remedies`` (R): those that the call may end with, ``euros`` (R, F): of ending
    with each when that is the fault, ``belief`` (F,).
    """
    turns = turns_of(kb, facts, derived, end.fault_class, skipped)
    if not turns.questions:
        return ""
    # Only the faults of the class in front change with the facts; the rest of the loss stands.
    in_class = np.array([f.fault_class == end.fault_class for f in kb.faults.values()])
    mass = belief * in_class
    rest = euros @ (belief * ~in_class)
    index = {r: i for i, r in enumerate(kb.remedies)}
    rows = [index[r.id] for r in remedies]
    in_vain = not_working(kb, facts)
    cheapest: dict[frozenset[str], Remedy] = {}
    ends: dict[int, Ending] = {}

    def best_of(allowed: frozenset[str]) -> Remedy:
        if allowed not in cheapest:
            cost = rest + uniform_loss(kb, allowed, in_vain)[rows] @ mass
            order = relevant_first(kb, belief, remedies, by_cost(cost))
            cheapest[allowed] = remedies[next((i for i in order if remedies[i].id in allowed), order[0])]
        return cheapest[allowed]

    def ending(number: int) -> Ending:
        if number not in ends:
            ruling = turns.rulings[number]
            best = best_of(ruling.allowed)
            promise = "" if best.verdict == "advice" else ruling.promise
            ends[number] = best.id, channel_for(kb, ruling, best), charge_for(kb, ruling, best), promise
        return ends[number]

    for turn in turns.questions:
        if any(len({ending(number) for number in group}) > 1 for group in turn.groups):
            return turn.question
    return ""


@lru_cache(maxsize=256)
def uniform_loss(kb: KnowledgeBase, allowed: frozenset[str], in_vain: frozenset[str]) -> Array:
    """(R, F): euros of ending with each remedy, if these remedies were allowed whatever the fault.

    ``in_vain``: those that were tried on the call.
    """
    column = np.array([[r in allowed] for r in kb.remedies]) & np.ones(len(kb.faults), dtype=bool)
    return allowed_loss(kb, column, in_vain)


def turns_of(
    kb: KnowledgeBase,
    facts: Mapping[str, Scalar],
    derived: Collection[str],
    fault_class: str,
    skipped: frozenset[str],
) -> Turns:
    """Which rulings on that class of fault the open questions lead to, but for those ``skipped``."""
    return _turns(
        kb,
        seen_of(facts, _relevant(kb)),
        frozenset(derived).intersection(_relevant(kb)),
        fault_class,
        skipped,
    )


@lru_cache(maxsize=64)
def _relevant(kb: KnowledgeBase) -> tuple[str, ...]:
    """The facts that bear on which questions are open and on what they lead to, by name."""
    questions = [s for s in kb.symptoms.values() if s.kind in ENTITLEMENT_KINDS]
    needed = {c.fact for s in questions for c in s.needs}
    return tuple(sorted((border(kb).watched | needed | {s.id for s in questions}) - {FAULT_CLASS}))


@lru_cache(maxsize=20_000)
def _turns(
    kb: KnowledgeBase, seen: Seen, derived: frozenset[str], fault_class: str, skipped: frozenset[str]
) -> Turns:
    """Most facts have no bearing on what may yet be ruled: those that have are what is remembered by."""
    facts: Facts = {name: v for name, _, v in seen}
    open_ = tuple(q for q in open_questions(kb, facts) if q.id not in skipped)
    moved = movable(kb, {**facts, FAULT_CLASS: fault_class}, derived, open_)
    start = {name: v for name, v in facts.items() if name not in moved}
    told = telling(kb, {**start, FAULT_CLASS: fault_class}, open_)
    now = tuple(q.id for q in told.questions if satisfied(q.needs, facts))
    if not now:
        return Turns((), ())
    asked = tuple(q.id for q in told.questions)
    return _parted(kb, seen_of(start, sorted(told.facts)), fault_class, asked, now)


@lru_cache(maxsize=5000)
def _parted(
    kb: KnowledgeBase, seen: Seen, fault_class: str, asked: tuple[str, ...], now: tuple[str, ...]
) -> Turns:
    """``asked``: the questions that tell, ``now``: those of them that can be put as things stand."""
    facts: Facts = {name: v for name, _, v in seen}
    questions = tuple(kb.symptoms[q] for q in asked)
    told = telling(kb, {**facts, FAULT_CLASS: fault_class}, questions)
    options = [possible_answers(kb, q, told.conditions) for q in questions]
    numbers: dict[Ruling, int] = {}
    alike = _alike(kb)
    by_rules: dict[tuple[str, ...], int] = {}
    turns: dict[str, Turn] = {}
    for chosen in _batches([len(o) for o in options]):
        some = tuple(questions[i] for i in chosen)
        found = ways(facts, some, [options[i] for i in chosen], told.open_rules, border(kb).derivable)
        ruled = []
        for fired in found.fired:
            told_by = tuple(dict.fromkeys([alike[r.id] for r in fired if r.id in alike]))
            if told_by not in by_rules:
                by_rules[told_by] = numbers.setdefault(_ruled(kb, fault_class, told_by), len(numbers))
            ruled.append(by_rules[told_by])
        reached = np.array(ruled)[found.reached]
        for i, question in enumerate(some):
            if question.id in now and question.id not in turns:
                groups = _parting(reached, found.sizes, i)
                if groups:
                    turns[question.id] = Turn(question.id, groups)
    return Turns(tuple(numbers), tuple(turns[q] for q in asked if q in turns))


def _batches(sizes: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """The questions by number, in batches whose answers can be combined; each is in one at least.

    The first are those that come first; each other batch begins with what was left out so far, and is filled
    up in the order of the text, for what one tells may hang on another.
    """
    left = list(range(len(sizes)))
    while left:
        batch: list[int] = []
        count = 1
        for i in dict.fromkeys((*left, *range(len(sizes)))):
            if not batch or count * max(1, sizes[i]) <= MOST_WAYS:
                batch.append(i)
                count *= max(1, sizes[i])
        yield tuple(sorted(batch))
        left = [i for i in left if i not in batch]


def _parting(reached: Numbers, sizes: tuple[int, ...], question: int) -> tuple[tuple[int, ...], ...]:
    """The rulings by number to which the answers to that question lead, wherever they are several."""
    after = prod(sizes[question + 1 :])
    # all else alike in a row, the answers to this question side by side
    rows = reached.reshape(-1, sizes[question], after).transpose(0, 2, 1).reshape(-1, sizes[question])
    parted = np.unique(rows[(rows != rows[:, :1]).any(axis=1)], axis=0)
    return tuple(dict.fromkeys(tuple(sorted(set(row))) for row in parted.tolist()))


@lru_cache(maxsize=64)
def _alike(kb: KnowledgeBase) -> Mapping[str, str]:
    """For each rule that bears on the outcome the first one that says the same of it."""
    first: dict[tuple[object, ...], str] = {}
    return {r.id: first.setdefault(says(r), r.id) for r in border(kb).rules if decides_outcome(r)}


@lru_cache(maxsize=20_000)
def _ruled(kb: KnowledgeBase, fault_class: str, fired: tuple[str, ...]) -> Ruling:
    """What it comes to that these rules have fired, in this order; which ones is left out."""
    rules = {rule.id: rule for rule in border(kb).rules}
    ruling = ruling_of(kb.remedies.values(), fault_class, [rules[name] for name in fired])
    return replace(ruling, forbidden=frozenset(), required="")


@dataclass(frozen=True, slots=True)
class Telling:
    """On what a ruling may yet hang. ``questions``: those of the open ones, in text order;
    ``conditions``: by which their answers differ; ``facts``: names of all that has a bearing.
    ``open_rules``: the alternatives that may yet hold, in firing order, without the premises that do."""

    questions: tuple[Symptom, ...]
    conditions: tuple[Condition, ...]
    facts: frozenset[str]
    open_rules: tuple[tuple[Rule, Premises], ...]


def telling(kb: KnowledgeBase, facts: Mapping[str, Scalar], questions: tuple[Symptom, ...]) -> Telling:
    """What tells among the open questions, once these facts are known (``fault.class`` among them).

    Rules that cannot fire whatever is answered part nothing, nor do questions that no other rule looks at;
    with a question go those that decide whether it applies.
    """
    brings = {q.id: _brings(kb, q.id) for q in questions}
    brought = frozenset().union(*brings.values())
    live, _ = live_premises(border(kb).rules, facts, brought)
    conditions = [c for _, premises in live for c in premises]
    kept: dict[str, Symptom] = {}
    while True:
        watched = {c.fact for c in conditions}
        more = [q for q in questions if q.id not in kept and not watched.isdisjoint(brings[q.id])]
        if not more:
            break
        kept.update((q.id, q) for q in more)
        conditions.extend(c for q in more for c in q.needs)
    derived = {name for rule, _ in live for name, _ in rule.then.derive}
    unsure = brought | derived
    left = [
        (rule, tuple([c for c in when if c.fact in unsure]))
        for rule, when in live
        if rule.then.derive or decides_outcome(rule)
    ]
    left.sort(key=lambda pair: (-pair[0].salience, pair[0].number))  # stable: alternatives stay in order
    kept_in_order = tuple(q for q in questions if q.id in kept)
    return Telling(kept_in_order, tuple(conditions), frozenset(watched | derived), tuple(left))


@lru_cache(maxsize=2000)
def _brings(kb: KnowledgeBase, question: str) -> frozenset[str]:
    """The names of the facts that an answer to the question may bring."""
    return frozenset(name for option in possible_answers(kb, kb.symptoms[question]) for name in option)


def movable(
    kb: KnowledgeBase, facts: Mapping[str, Scalar], derived: frozenset[str], questions: tuple[Symptom, ...]
) -> frozenset[str]:
    """Those of the ``derived`` facts that rules might derive otherwise once the questions are answered."""
    brought = frozenset().union(*(_brings(kb, q.id) for q in questions))
    return derived & live_premises(border(kb).rules, facts, brought, derived)[1]


def live_premises(
    rules: tuple[Rule, ...],
    facts: Mapping[str, Scalar],
    open_: frozenset[str],
    derived: frozenset[str] = frozenset(),
) -> tuple[list[tuple[Rule, Premises]], frozenset[str]]:
    """Alternatives that may yet hold, each with its rule, if the facts in ``open_`` may take any value;
    and all facts that may yet have another value than now.

    What is known keeps its value, whatever a rule might derive of it; but of the ``derived`` facts one may
    change as soon as a rule that derives it looks at another that may.
    """
    waiting = []
    for rule in rules:
        for premises in rule.alternatives:
            must_move = []
            for c in premises:
                known = c.fact in facts and c.fact not in open_
                if known and c.holds_for(facts[c.fact]):
                    continue
                if known and c.fact not in derived:
                    break
                must_move.append(c.fact)
            else:
                waiting.append((rule, premises, must_move))
    moving = open_
    while True:
        live = [(rule, premises) for rule, premises, names in waiting if moving.issuperset(names)]
        more = moving.union(
            [
                name
                for rule, premises in live
                for name, _ in rule.then.derive
                if name not in facts
                or (name in derived and not moving.isdisjoint([c.fact for c in premises]))
            ]
        )
        if more == moving:
            return live, moving
        moving = more

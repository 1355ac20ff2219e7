"""Every way the open questions of entitlement could be answered, and the rules that would then fire.

There may be thousands of ways, and an engine for each would take most of a second. So each premise that is
still open is one bit: an answer sets the bits of the premises that it makes hold, and a rule may fire
when all of its bits are set. Ways that set the same bits are one state from then on, and bits that nothing
to come looks at are dropped. What fires, and in which order, is as :class:`RuleBook` has it: first, as in
the call, the rules that do not speak of the class of the fault, then all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from diagnose.knowledge.model import Condition, Premises, Rule, Scalar, Symptom
from diagnose.reasoning.choices import Numbers
from diagnose.reasoning.facts import Facts
from diagnose.reasoning.policy import is_policy

MOST_WAYS = 3000


@dataclass(frozen=True, eq=False)
class Ways:
    """Every way of answering some questions. ``fired``: the rules that fire, for each of the states that
    are told apart. ``reached`` (W,): the state of each way; the answer to the last question varies fastest.
    ``sizes``: the number of answers to each question, 1 for one that is left open."""

    fired: tuple[tuple[Rule, ...], ...]
    reached: Numbers
    sizes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """An alternative of a rule: it may fire when all bits of ``needs`` are set. ``derives``: for each fact
    that it derives, the bit that says that the fact has a value, and the bits to set if it has none."""

    rule: Rule
    needs: int
    derives: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Need:
    """A question applies when the premise holds, or its fact is unknown and a rule may yet derive it."""

    holds: int
    known: int
    derivable: bool

    def may_hold(self, now: int) -> bool:
        """Whether it does when these bits are set."""
        return bool(now & self.holds) or (self.derivable and not now & self.known)


class Bits:
    """A bit for each premise in ``conditions`` and for each fact in ``names`` (whether it is known)."""

    def __init__(self, conditions: Iterable[Condition], names: Iterable[str]) -> None:
        self._by_fact: dict[str, list[tuple[Condition, int]]] = {}
        self._of: dict[int, int] = {}
        bit = 1
        for c in conditions:
            self._by_fact.setdefault(c.fact, []).append((c, bit))
            self._of[id(c)] = bit
            bit <<= 1
        self.known: dict[str, int] = {}
        for name in sorted(names):
            self.known[name] = bit
            bit <<= 1

    def of(self, premises: Premises) -> int:
        """The bits of these very premises, which were among ``conditions``."""
        bits = 0
        for c in premises:
            bits |= self._of[id(c)]
        return bits

    def set_by(self, facts: Mapping[str, Scalar]) -> int:
        """The bits that these facts set."""
        bits = 0
        for name, value in facts.items():
            bits |= self.known.get(name, 0)
            for c, bit in self._by_fact.get(name, ()):
                if c.holds_for(value):
                    bits |= bit
        return bits


def ways(
    facts: Mapping[str, Scalar],
    questions: Sequence[Symptom],
    options: Sequence[Sequence[Facts]],
    rules: Sequence[tuple[Rule, Premises]],
    derivable: frozenset[str],
) -> Ways:
    """Every way of answering the questions by one of its options each, and the rules that then fire.

    ``rules``: alternatives in firing order. ``derivable``: the facts that any rule may derive. A question
    whose needs are not met adds nothing, so that what would not be asked changes nothing. Questions
    beyond ``MOST_WAYS`` are left open.
    """
    conditions = [c for _, premises in rules for c in premises] + [c for q in questions for c in q.needs]
    derived = {name for rule, _ in rules for name, _ in rule.then.derive}
    bits = Bits(conditions, derived | {c.fact for q in questions for c in q.needs})
    clauses = [
        Clause(
            rule,
            bits.of(premises),
            tuple((bits.known[name], bits.set_by({name: v})) for name, v in rule.then.derive),
        )
        for rule, premises in rules
    ]
    needs = [
        [Need(bits.of((c,)), bits.known[c.fact], c.fact in derivable) for c in q.needs] for q in questions
    ]
    matters = [_looked_at(clauses)]
    for needed in reversed(needs):
        matters.append(matters[-1] | _all_of([n.holds | n.known for n in needed]))
    first = [c for c in clauses if not is_policy(c.rule)]
    states, reached, sizes = [bits.set_by(facts) & matters.pop()], np.zeros(1, dtype=np.intp), []
    for needed, given in zip(needs, _enumerable(options), strict=True):
        answers = [bits.set_by(option) for option in given] or [0]
        mask = matters.pop()
        numbers: dict[int, int] = {}
        leads_to = [
            numbers.setdefault(then & mask, len(numbers))
            for now in states
            for then in (
                [now | answer for answer in answers]
                if _may_apply(needed, first, now)
                else [now] * len(answers)
            )
        ]
        reached = np.array(leads_to, dtype=np.intp).reshape(-1, len(answers))[reached].ravel()
        states = list(numbers)
        sizes.append(len(answers))
    fired = tuple([fire(clauses, fire(first, now)[1])[0] for now in states])
    return Ways(fired, reached, tuple(sizes))


def _may_apply(needed: Sequence[Need], first: Sequence[Clause], now: int) -> bool:
    """Whether all that a question needs may hold, with what the rules derive by then."""
    if any(n.derivable and not now & n.known for n in needed):
        now = fire(first, now)[1]
    return all(n.may_hold(now) for n in needed)


def _looked_at(clauses: Iterable[Clause]) -> int:
    return _all_of([c.needs | _all_of([known for known, _ in c.derives]) for c in clauses])


def _all_of(several: Iterable[int]) -> int:
    out = 0
    for bits in several:
        out |= bits
    return out


def _enumerable(options: Sequence[Sequence[Facts]]) -> list[Sequence[Facts]]:
    count, out = 1, []
    for given in options:
        count *= max(1, len(given))
        out.append(given if count <= MOST_WAYS else ())
    return out


def fire(clauses: Sequence[Clause], now: int) -> tuple[tuple[Rule, ...], int]:
    """The rules that fire when these bits are set, in their order (once each), and the bits then set."""
    fired: dict[str, Rule] = {}
    again = True
    while again:
        again = False
        for clause in clauses:
            needs = clause.needs
            if now & needs != needs or clause.rule.id in fired:
                continue
            fired[clause.rule.id] = clause.rule
            before = now
            for known, then in clause.derives:
                if not now & known:
                    now |= then
            if now != before:
                again = True  # a rule of higher rank may hold now
                break
    return tuple(fired.values()), now

"""Every way the open questions of entitlement could be answered, and the rules that would then fire.

There may be thousands of ways, and an engine for each would take most of a second. So each premise that is
still open is one bit: an answer sets the bits of the premises that it makes hold, and a rule may fire
when all of its bits are set. What fires, and in which order, is as :class:`RuleBook` has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from diagnose.knowledge.model import Condition, Premises, Rule, Scalar, Symptom
from diagnose.reasoning.facts import Facts

MOST_WAYS = 3000

Choice = tuple[int, ...]
"""The number of the answer to each question; -1 for a question that is left open."""


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
) -> Iterator[tuple[Choice, tuple[Rule, ...]]]:
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
    answers = [[bits.set_by(option) for option in given] for given in _enumerable(options)]
    reached: list[tuple[Choice, int]] = [((), bits.set_by(facts))]
    for needed, given in zip(needs, answers, strict=True):
        numbered = list(enumerate(given)) or [(-1, 0)]
        longer = []
        for choice, now in reached:
            applies = all(now & n.holds or (n.derivable and not now & n.known) for n in needed)
            longer += [((*choice, i), now | then if applies else now) for i, then in numbered]
        reached = longer
    seen: dict[int, tuple[Rule, ...]] = {}
    for choice, now in reached:
        if now not in seen:
            seen[now] = fire(clauses, now)
        yield choice, seen[now]


def _enumerable(options: Sequence[Sequence[Facts]]) -> list[Sequence[Facts]]:
    count, out = 1, []
    for given in options:
        count *= max(1, len(given))
        out.append(given if count <= MOST_WAYS else ())
    return out


def fire(clauses: Sequence[Clause], now: int) -> tuple[Rule, ...]:
    """The rules that fire when these bits are set, in their order; a rule fires once."""
    fired: dict[str, Rule] = {}
    at = 0
    while at < len(clauses):
        clause = clauses[at]
        at += 1
        if now & clause.needs != clause.needs or clause.rule.id in fired:
            continue
        fired[clause.rule.id] = clause.rule
        before = now
        for known, then in clause.derives:
            if not now & known:
                now |= then
        if now != before:
            at = 0  # a rule of higher rank may hold now
    return tuple(fired.values())

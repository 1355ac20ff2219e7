"""All combinations of facts, as far as some rules can tell them apart.

A *dimension* is a question, or several that rules derive one from another; its *options* are the ways in
which they can be answered, not asked and "don't know" included, one for each way the rules and invariants
could tell them apart. The product of all dimensions is gone through one dimension at a time, keeping
for each partial combination only which premises can still hold: combinations that nothing will ever part
are one from then on. Nothing is sampled; see :func:`states`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from diagnose.knowledge.model import Condition, Premises, Scalar
from diagnose.reasoning.policy import FAULT_CLASS

Ranks = tuple[tuple[int, ...], ...]
Needs = tuple[tuple[str, tuple[Condition, ...]], ...]
MOST = 300_000
"""Combinations told apart that are kept at most on the way."""


class TooMany(Exception):
    """So many questions hang together that their combinations cannot be gone through."""

    def __init__(self, facts: Sequence[str], count: int) -> None:
        super().__init__(f"over {count} combinations of {', '.join(facts)}")
        self.facts = tuple(facts)


@dataclass(frozen=True, slots=True)
class Option:
    """One way of answering the questions of a dimension.

    ``given``: the answers as an author would write them, for a case. ``facts``: all facts then, derived
    ones included. ``answered``: the questions. ``count``: how many combinations of answers it stands for.
    """

    given: tuple[tuple[str, Scalar], ...]
    facts: tuple[tuple[str, Scalar], ...]
    answered: tuple[str, ...] = ()
    count: int = 1


@dataclass(frozen=True, slots=True)
class Dimension:
    """Questions that are answered together: their names, and every way of answering them."""

    names: tuple[str, ...]
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class State:
    """Combinations that come to the same. ``holds``: for each of the space's ranks the number of the first
    set of premises one of which holds, or -1. ``given`` and ``facts`` are those of the smallest of them;
    ``count``: how many there are."""

    holds: tuple[int, ...]
    given: tuple[tuple[str, Scalar], ...]
    facts: tuple[tuple[str, Scalar], ...]
    count: int


@dataclass(frozen=True, slots=True)
class Space:
    """The dimensions of a knowledge base for some premises, and which questions need what.

    ``ranks``: what the premises are for, each a list of sets of numbers of premises, most important set
    first: as soon as one of a set holds, neither the rest of it nor any later set matters.
    ``needs``: question -> conditions on facts of other dimensions; it is set aside when one is known to
    fail. ``only``: the number of the ranks without which a combination is of no interest.
    """

    dimensions: tuple[Dimension, ...]
    premises: tuple[Premises, ...]
    ranks: tuple[Ranks, ...]
    needs: Needs = ()
    only: int = -1


def fails(condition: Condition, facts: Mapping[str, Scalar]) -> bool:
    """Whether a premise is known not to hold; one on what nobody has said does not fail."""
    return condition.fact in facts and not condition.holds_for(facts[condition.fact])


@lru_cache(maxsize=512)
def states(space: Space) -> tuple[State, ...]:
    """Every combination of the options, those that come to the same taken together.

    On the way a combination is a set of bits: a premise that can still hold; a set of premises one of
    which does; a question that was answered; a need of a question that fails. One in which a question is
    answered whose need fails is left out: such an answer is set aside, and the combination without it is
    there too.

    Raises:
        TooMany: when more are to be told apart than can be kept.
    """
    bits = _Bits(space)
    wanted = bits.wanted()
    reached: dict[int, tuple[tuple[Option, ...], int, int]] = {(1 << len(space.premises)) - 1: ((), 0, 1)}
    for i, dimension in enumerate(space.dimensions):
        steps = bits.steps(dimension, i)
        clashes, settled, ranks = bits.clashes(i), bits.settled(i), bits.complete(i)
        doubtful = sum(bits.failing.values()) if clashes else 0
        then: dict[int, tuple[tuple[Option, ...], int, int]] = {}
        for state, (path, length, count) in reached.items():
            for option, keep, add, stands_for in steps:
                now = state & keep | add
                if now & doubtful and any(now & clash == clash for clash in clashes):
                    continue
                now &= ~settled
                if not now & wanted:
                    continue
                for complete, moot, mark in ranks:
                    if now & complete:
                        now = now & ~moot | mark
                before = then.get(now)
                longer = length + len(option.given)
                many = count * stands_for
                if before is None:
                    then[now] = ((*path, option), longer, many)
                elif longer < before[1]:
                    then[now] = ((*path, option), longer, before[2] + many)
                else:
                    then[now] = (before[0], before[1], before[2] + many)
        reached = then
        if len(reached) > MOST:
            raise TooMany([name for d in space.dimensions[: i + 1] for name in d.names], MOST)
    return tuple(
        State(
            bits.first(state),
            tuple(pair for option in path for pair in option.given),
            tuple(pair for option in path for pair in option.facts),
            count,
        )
        for state, (path, _, count) in reached.items()
    )


class _Bits:
    """Which bit stands for what, and what becomes of them at each dimension."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.owned = [
            frozenset(d.names) | {n for o in d.options for n, _ in o.facts} for d in space.dimensions
        ]
        size = len(space.premises)
        self.marks: list[list[int]] = []
        for ranks in space.ranks:
            self.marks.append([1 << (size + k) for k in range(len(ranks))])
            size += len(ranks)
        self.rows = [(marks[0].bit_length(), sum(marks)) for marks in self.marks]
        self.answered = {name: 1 << (size + 2 * i) for i, (name, _) in enumerate(space.needs)}
        self.failing = {name: 1 << (size + 2 * i + 1) for i, (name, _) in enumerate(space.needs)}
        self.classes = 1 << (size + 2 * len(space.needs))
        self.last = [max((self._of(c.fact) for c in p), default=0) for p in space.premises]
        self.decided = {
            name: max([self._of(name), *(self._of(c.fact) for c in conditions)])
            for name, conditions in space.needs
        }

    def _of(self, fact: str) -> int:
        """The last dimension that can bring the fact; one that nothing brings is decided at once."""
        return max((i for i, owned in enumerate(self.owned) if fact in owned), default=0)

    def steps(self, dimension: Dimension, number: int) -> list[tuple[Option, int, int, int]]:
        """The options with the bits that they let stand, those that they add, and for how many they stand.

        Of options that do the same, the first, which is the smallest.
        """
        owned = self.owned[number]
        nobody = {c.fact for p in self.space.premises for c in p} - frozenset().union(*self.owned)
        premises_with: dict[Condition, int] = {}
        for i, premises in enumerate(self.space.premises):
            for c in premises:
                if c.fact in owned or c.fact in nobody:
                    premises_with[c] = premises_with.get(c, 0) | 1 << i
        needs_with: dict[Condition, int] = {}
        for name, conditions in self.space.needs:
            for c in conditions:
                needs_with[c] = needs_with.get(c, 0) | self.failing[name]
        alike: dict[tuple[int, int], tuple[Option, int]] = {}
        for place, option in enumerate(dimension.options):
            facts = dict(option.facts)
            # What cures one class cures another not: classes are never alike.
            add = self.classes << place if dimension.names == (FAULT_CLASS,) else 0
            add |= sum(self.answered[name] for name in option.answered if name in self.answered)
            lost = 0
            for c, bits in premises_with.items():
                if not (c.fact in facts and c.holds_for(facts[c.fact])):
                    lost |= bits
            for c, bits in needs_with.items():
                if fails(c, facts):
                    add |= bits
            first, count = alike.get((~lost, add), (option, 0))
            alike[~lost, add] = first, count + option.count
        return [(option, keep, add, count) for (keep, add), (option, count) in alike.items()]

    def first(self, state: int) -> tuple[int, ...]:
        """For each of the ranks the number of its first mark that is set, or -1."""
        return tuple(
            [(lit & -lit).bit_length() - base if (lit := state & row) else -1 for base, row in self.rows]
        )

    def wanted(self) -> int:
        """The bits one of which a combination of interest has."""
        if self.space.only < 0:
            return -1
        members = (1 << m for rank in self.space.ranks[self.space.only] for m in rank)
        return sum(members) + sum(self.marks[self.space.only])

    def clashes(self, dimension: int) -> list[int]:
        """Pairs of bits that cannot be together, as far as they are not yet settled."""
        return [self.answered[n] | self.failing[n] for n, at in self.decided.items() if at >= dimension]

    def settled(self, dimension: int) -> int:
        """Bits of questions that nothing later bears on."""
        return sum(self.answered[n] | self.failing[n] for n, at in self.decided.items() if at == dimension)

    def complete(self, dimension: int) -> list[tuple[int, int, int]]:
        """For each set of premises: the bits final by now, those that one of them makes moot, its mark."""
        out = []
        for ranks, marks in zip(self.space.ranks, self.marks, strict=True):
            for k, members in enumerate(ranks):
                final = sum(1 << m for m in members if self.last[m] <= dimension)
                if any(self.last[m] == dimension for m in members):
                    later = sum(1 << m for rank in ranks[k:] for m in rank) | sum(marks[k + 1 :])
                    out.append((final | marks[k], later, marks[k]))
        return out

"""Firing rules on the same facts several times, with one fact more that differs: the class of the fault.

Most of what fires does not look at that fact. It is fired once; the rules that wait for nothing else are
then put in where their turns would have come. That this is what :meth:`RuleBook.fire` would do on each
of the facts is shown in ``tests/reasoning/test_rules.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from diagnose.knowledge.model import Condition, Rule, Scalar
from diagnose.reasoning.matcher import Clause
from diagnose.reasoning.rules import Fired, Firing, RuleBook


@dataclass(frozen=True, slots=True)
class Run:
    """Which clauses fire, by rank and in their order, and all facts that are known in the end."""

    of: OneMore
    ranks: tuple[int, ...]
    known: Mapping[str, Scalar]

    @property
    def firings(self) -> tuple[Firing, ...]:
        """Of those that are told, as a rule book has them; made when asked for, as that is seldom."""
        known, told = self.known, self.of.told
        clauses = [self.of.clauses[rank] for rank in self.ranks if rank in told]
        return tuple(
            [Firing(c.rule, c.alternative, tuple([(n, known[n]) for n in c.names])) for c in clauses]
        )


class OneMore:
    """Rules, no two of them the same object, to be fired without the fact ``name`` and with its values.

    ``telling``: whether the firings of a rule are told.
    """

    def __init__(
        self, rules: Sequence[Rule], name: str, values: Iterable[str], telling: Callable[[Rule], bool]
    ) -> None:
        self.name = name
        self.values = tuple(values)
        self._book = RuleBook(rules)
        self.clauses = self._book.clauses
        self.told = frozenset(rank for rank, c in enumerate(self.clauses) if telling(c.rule))
        self._ranks = {(id(c.rule), c.alternative): rank for rank, c in enumerate(self.clauses)}
        parted = [(rank, _about(clause, name)) for rank, clause in enumerate(self.clauses)]
        self._late = tuple((rank, len(own)) for rank, own in parted if own)
        self.fit = {
            value: frozenset(rank for rank, own in parted if own and all(c.holds_for(value) for c in own))
            for value in self.values
        }
        self._derived = any(name == fact for rule in rules for fact, _ in rule.then.derive)

    def fire(self, facts: Mapping[str, Scalar]) -> dict[str | None, Run]:
        """What facts without ``name`` give rise to (None), and what they do with each value of it."""
        without = self._book.fire(facts)
        known = {**facts, **dict(without.derived)}
        still_open = self._book.open
        late = [rank for rank, own in self._late if still_open[rank] == own]
        if self._derived or any(self.clauses[rank].rule.then.derive for rank in late):
            return {None: self._run(facts, without)} | {
                value: self.fire_with(facts, value) for value in self.values
            }
        turns = self._order(without)
        came = _came(without)
        waiting = tuple([(rank, max([came.get(n, 0) for n in self.clauses[rank].names])) for rank in late])
        fired: dict[str | None, Run] = {None: Run(self, turns, known)}
        for value, ranks in _each(self, turns, waiting).items():
            fired[value] = Run(self, ranks, {**known, self.name: value})
        return fired

    def fire_with(self, facts: Mapping[str, Scalar], value: str) -> Run:
        """The plain definition, for any value."""
        facts = {**facts, self.name: value}
        return self._run(facts, self._book.fire(facts))

    def _run(self, facts: Mapping[str, Scalar], fired: Fired) -> Run:
        return Run(self, self._order(fired), {**facts, **dict(fired.derived)})

    def _order(self, fired: Fired) -> tuple[int, ...]:
        return tuple([self._ranks[id(f.rule), f.alternative] for f in fired.firings])


def _about(clause: Clause, name: str) -> tuple[Condition, ...]:
    """Its premises about that fact."""
    return tuple(c for c in clause.rule.alternatives[clause.alternative] if c.fact == name)


def _came(fired: Fired) -> dict[str, int]:
    """For each fact derived: how many firings it took."""
    derived = dict(fired.derived)
    came: dict[str, int] = {}
    for count, firing in enumerate(fired.firings, 1):
        for name, _ in firing.rule.then.derive:
            if name in derived:
                came.setdefault(name, count)
    return came


@lru_cache(maxsize=4096)
def _each(
    more: OneMore, turns: tuple[int, ...], waiting: tuple[tuple[int, int], ...]
) -> dict[str, tuple[int, ...]]:
    """The ranks of what fires with each value of the fact, ``turns`` being those without it.

    ``waiting``: by rank, with how many of the former have to come before it. Many facts come to the same.
    """
    placed = [(_turn(rank, turns, after), False, rank) for rank, after in waiting]
    placed = sorted([*placed, *((at, True, rank) for at, rank in enumerate(turns))])
    ranks: dict[str, tuple[int, ...]] = {}
    for value in more.values:
        once: dict[int, int] = {}  # a rule fires once: by the alternative that comes first
        for _, sure, rank in placed:
            if sure or rank in more.fit[value]:
                once.setdefault(more.clauses[rank].position, rank)
        ranks[value] = tuple(once.values())
    return ranks


def _turn(rank: int, turns: Sequence[int], after: int) -> int:
    """Before which of the firings, whose ranks are ``turns``, this rank comes; not before ``after``."""
    return next((at for at in range(after, len(turns)) if rank < turns[at]), len(turns))

"""Firing rules on the same facts several times, with one fact more that differs: the class of the fault.

Most of what fires does not look at that fact. It is fired once; the rules that wait for nothing else are
then put in where their turns would have come. That this is what :meth:`RuleBook.fire` would do on each
of the facts is shown in ``tests/reasoning/test_rules.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter

from diagnose.knowledge.model import Condition, Rule, Scalar, satisfied
from diagnose.reasoning.matcher import Clause, compile_rules
from diagnose.reasoning.rules import Fired, Firing, RuleBook

Late = tuple[int, Clause, int]
"""A rank, its clause, and before which of the firings without the fact its turn comes."""

_ORDER = itemgetter(0, 1, 2)


class OneMore:
    """Rules, no two of them the same object, to be fired without the fact ``name`` and with its values."""

    def __init__(self, rules: Sequence[Rule], name: str, values: Iterable[str]) -> None:
        self.name = name
        self.book = RuleBook(rules)
        clauses = compile_rules(rules).clauses
        parted = [(rank, clause, *_parted(clause, name)) for rank, clause in enumerate(clauses)]
        self._ranks = {(id(c.rule), c.alternative): rank for rank, c in enumerate(clauses)}
        self._late = tuple((rank, c, others) for rank, c, own, others in parted if own)
        self._by_value = {
            value: frozenset(rank for rank, _, own, _ in parted if all(c.holds_for(value) for c in own))
            for value in values
        }
        self._derived = any(name == fact for rule in rules for fact, _ in rule.then.derive)

    def fire(self, facts: Mapping[str, Scalar]) -> tuple[Fired, dict[str, Fired]]:
        """What facts without ``name`` give rise to, and what they do with each value of it."""
        without = self.book.fire(facts)
        known = {**facts, **dict(without.derived)}
        late = [(rank, clause) for rank, clause, others in self._late if satisfied(others, known)]
        if self._derived or any(clause.rule.then.derive for _, clause in late):
            return without, {value: self.book.fire({**facts, self.name: value}) for value in self._by_value}
        came = _came(without)
        turns = [self._ranks[id(f.rule), f.alternative] for f in without.firings]
        waiting = [(rank, c, _turn(rank, turns, max(came.get(n, 0) for n in c.names))) for rank, c in late]
        fired = {}
        for value, ranks in self._by_value.items():
            known[self.name] = value
            due = [one for one in waiting if one[0] in ranks]
            fired[value] = Fired(_put_in(without.firings, due, known), without.derived)
        return without, fired


def _parted(clause: Clause, name: str) -> tuple[tuple[Condition, ...], tuple[Condition, ...]]:
    """The premises about that fact, and the others."""
    premises = clause.rule.alternatives[clause.alternative]
    return tuple(c for c in premises if c.fact == name), tuple(c for c in premises if c.fact != name)


def _came(fired: Fired) -> dict[str, int]:
    """For each fact derived: how many firings it took."""
    derived = dict(fired.derived)
    came: dict[str, int] = {}
    for count, firing in enumerate(fired.firings, 1):
        for name, _ in firing.rule.then.derive:
            if name in derived:
                came.setdefault(name, count)
    return came


def _turn(rank: int, turns: Sequence[int], after: int) -> int:
    """Before which of the firings, whose ranks are ``turns``, this rank comes; not before ``after``."""
    return next((at for at in range(after, len(turns)) if rank < turns[at]), len(turns))


def _put_in(
    firings: Sequence[Firing], due: Sequence[Late], known: Mapping[str, Scalar]
) -> tuple[Firing, ...]:
    """The firings, and those of the clauses that are due, each in its turn.

    A rule fires once: by the alternative that comes first.
    """
    placed = [(at, True, 0, firing) for at, firing in enumerate(firings)]
    for rank, clause, at in due:
        facts = tuple([(name, known[name]) for name in clause.names])
        placed.append((at, False, rank, Firing(clause.rule, clause.alternative, facts)))
    placed.sort(key=_ORDER)
    once: dict[int, Firing] = {}
    for *_, firing in placed:
        once.setdefault(id(firing.rule), firing)
    return tuple(once.values())

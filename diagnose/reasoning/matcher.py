"""Matching rules to facts by counting: an experta matcher for premises that are ground.

Every alternative of every rule is a :class:`Clause`. A clause keeps a count of its open premises; a
fact, looked up by name and value, lowers the counts of just the clauses it satisfies, and a count
of zero is an activation. The work of one fact is thus proportional to what reacts to it, not to
the number of rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from diagnose.knowledge.model import Condition, Rule, Scalar
from diagnose.reasoning._experta import Activation, Fact, Matcher

Code = Scalar | tuple[str, bool]
"""A value in a form whose ``==`` and ``hash`` tell true from 1."""


def encode(value: Scalar) -> Code:
    """The value as a :data:`Code`; equal codes are just what the model calls the same value."""
    return ("bool", value) if isinstance(value, bool) else value


def decode(code: Code) -> Scalar:
    """The value that :func:`encode` was given."""
    return code[1] if isinstance(code, tuple) else code


class Known(Fact):  # type: ignore[misc]
    """The experta fact that the fact ``name`` has this ``value`` (a :data:`Code`)."""

    @classmethod
    def quick(cls, name: str, value: Scalar) -> Known:
        """The same as ``Known(name=..., value=encode(value))`` without its general checks."""
        known: Known = cls.__new__(cls)
        dict.update(known, name=name, value=encode(value))
        return known


@dataclass(frozen=True, slots=True)
class Clause:
    """One alternative of a rule. ``position``: of the rule among those given; ``names``: of the
    facts its premises are about, one for each premise."""

    rule: Rule
    position: int
    alternative: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reactions:
    """The clauses, by rank, that one fact name may satisfy: by value, and by range or negation.

    A clause appears as often as it has premises that the value satisfies.
    """

    exact: dict[Code, tuple[int, ...]]
    tested: tuple[tuple[Condition, tuple[int, ...]], ...]


@dataclass(frozen=True, eq=False, slots=True)
class Index:
    """Rules compiled for matching; never changed, so that any number of engines may share it.

    ``clauses`` are in firing order: higher salience, lower number, earlier in the sequence given,
    lower alternative; a clause's place there is its rank. ``premises``: how many each has;
    ``always``: the ranks of those without any.
    """

    clauses: tuple[Clause, ...]
    premises: list[int]
    always: tuple[int, ...]
    by_name: dict[str, Reactions]


def compile_rules(rules: Sequence[Rule]) -> Index:
    """The index of these rules."""
    order = sorted(range(len(rules)), key=lambda i: (-rules[i].salience, rules[i].number, i))
    clauses: list[Clause] = []
    exact: dict[str, dict[Code, list[int]]] = {}
    tested: dict[str, dict[object, tuple[Condition, list[int]]]] = {}
    for position in order:
        rule = rules[position]
        for alternative, premises in enumerate(rule.alternatives):
            rank = len(clauses)
            clauses.append(Clause(rule, position, alternative, tuple(c.fact for c in premises)))
            for premise in premises:
                codes = tuple(dict.fromkeys(encode(v) for v in premise.values))
                by_value = exact.setdefault(premise.fact, {})
                if codes and not premise.negated:
                    for code in codes:
                        if code == code:  # noqa: PLR0124 - a NaN is never the same as anything
                            by_value.setdefault(code, []).append(rank)
                else:
                    # Not the condition itself: two that differ in true and 1 compare equal.
                    key = (codes, premise.negated, premise.at_least, premise.at_most)
                    by_test = tested.setdefault(premise.fact, {})
                    by_test.setdefault(key, (premise, []))[1].append(rank)
    return Index(
        clauses=tuple(clauses),
        premises=[len(c.names) for c in clauses],
        always=tuple(rank for rank, c in enumerate(clauses) if not c.names),
        by_name={
            name: Reactions(
                exact={code: tuple(ranks) for code, ranks in by_value.items()},
                tested=tuple((c, tuple(ranks)) for c, ranks in tested.get(name, {}).values()),
            )
            for name, by_value in exact.items()
        },
    )


class Ready(Activation):  # type: ignore[misc]
    """An activation that keeps its facts in premise order rather than in a set."""

    def __init__(self, rule: Any, facts: tuple[Known, ...], context: dict[str, Any]) -> None:
        self.rule = rule
        self.facts = facts
        self.key = None
        self.context = context


_NO_CONTEXT: dict[str, Any] = {}  # experta only reads it


class CountingMatcher(Matcher):  # type: ignore[misc]
    """Takes the :class:`Index` from ``engine.index``; facts may be added, never taken back.

    ``open``: how many premises of each clause, by rank, are not satisfied so far.
    """

    def __init__(self, engine: Any) -> None:
        super().__init__(engine)
        self._index: Index = engine.index
        self._rules: Sequence[Any] = engine.get_rules()
        self.reset()

    def reset(self) -> None:
        """Back to no facts; what holds always is reported with the next changes."""
        self.open = self._index.premises.copy()
        self._known: dict[str, Known] = {}
        self._due: tuple[int, ...] = self._index.always

    def changes(
        self, adding: Iterable[Known] | None = None, deleting: Sequence[Known] | None = None
    ) -> tuple[list[Ready], tuple[Ready, ...]]:
        """The activations that these new facts complete, in the order found, and none removed.

        Raises:
            ValueError: when a fact is taken back.
        """
        if deleting:
            raise ValueError("a fact once declared cannot be taken back: reset and declare the others")
        added: list[Ready] = []
        if self._due:
            added.extend(Ready(self._rules[rank], (), _NO_CONTEXT) for rank in self._due)
            self._due = ()
        for fact in adding or ():
            name = fact["name"]
            reactions = self._index.by_name.get(name)
            if reactions is None:
                continue
            self._known[name] = fact
            code = fact["value"]
            self._count(reactions.exact.get(code, ()), added)
            if reactions.tested:
                value = decode(code)
                for condition, ranks in reactions.tested:
                    if condition.holds_for(value):
                        self._count(ranks, added)
        return added, ()

    def _count(self, ranks: tuple[int, ...], added: list[Ready]) -> None:
        still_open, known = self.open, self._known
        for rank in ranks:
            still_open[rank] -= 1
            if not still_open[rank]:
                facts = tuple([known[name] for name in self._index.clauses[rank].names])
                added.append(Ready(self._rules[rank], facts, _NO_CONTEXT))

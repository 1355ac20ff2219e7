"""Firing rules on facts, with experta as the engine and nothing of it showing outside.

experta keeps the facts, the agenda and the firing; the order of firing (:mod:`.strategy`) and the
matching (:mod:`.matcher`) are ours, through its extension points. Facts are only ever added: to take
an answer back is to fire the remaining ones anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import inf
from typing import Any

from diagnose.knowledge.model import Condition, Rule, Scalar, same
from diagnose.reasoning import _experta as experta
from diagnose.reasoning.matcher import Clause, CountingMatcher, Index, Known, compile_rules, decode, encode
from diagnose.reasoning.strategy import TotalOrder

Fact = tuple[str, Scalar]
"""A fact's name and its value."""


@dataclass(frozen=True, slots=True)
class Firing:
    """A rule fired by one of its alternatives (counted from 0).

    ``facts``: those that satisfied the premises, one for each premise and in their order; a fact
    that two premises are about is there twice.
    """

    rule: Rule
    alternative: int
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Fired:
    """What came of some facts: the firings in their order, and the facts that rules derived, in
    the order of derivation."""

    firings: tuple[Firing, ...]
    derived: tuple[Fact, ...]


class RuleBook:
    """Rules ready to be fired on facts.

    Among the rules whose premises hold, the next to fire is that of the highest salience, then the
    lowest number, then (should numbers repeat) the earliest in ``rules``; of its alternatives that
    hold, the first. A rule fires once. What it derives may enable others at once; a fact that has a
    value already, given or derived, keeps it. No other effect is interpreted here.

    ``stock`` matches with experta's own Rete network instead of the index: slower, same firings.
    """

    def __init__(self, rules: Sequence[Rule], *, stock: bool = False) -> None:
        self._index = compile_rules(rules)
        self._new_engine: type[_Engine] = _StockEngine if stock else _CountingEngine
        self._bound = self._new_engine.bind(self._index)
        self._engine = self._new_engine(self._index, self._bound)

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """The alternatives of the rules by rank, which is the order of firing."""
        return self._index.clauses

    def fire(self, facts: Mapping[str, Scalar]) -> Fired:
        """Everything that these facts give rise to; the order of the mapping makes no difference."""
        engine = self._engine
        engine.reset()
        engine.learn(facts.items())
        engine.run()
        return Fired(tuple(engine.fired.values()), tuple(engine.derived.items()))

    @property
    def open(self) -> Sequence[int]:
        """How many premises of each clause, by rank, the last :meth:`fire` left open; not with ``stock``."""
        matcher = self._engine.matcher
        assert isinstance(matcher, CountingMatcher)
        return matcher.open

    def session(self) -> Session:
        """A session without facts; rules without premises have fired in it."""
        return Session(self._new_engine(self._index, self._bound))


class Session:
    """Facts told one by one, with the rules fired as they come.

    Guaranteed after every :meth:`tell`, whatever the order of telling: the rules that have fired and
    the values derived are those of :meth:`RuleBook.fire` on all facts told so far. The order of the
    firings is by the tell that enabled them, and within one tell the total order of the rule book.
    Of a rule with several alternatives, the one that held first in this order is the one reported.

    Where rules dispute the value of a derived fact, or a fact is told that had been derived with
    another value, the session starts over with all it was told: its firings and what it derived are
    then exactly those of ``fire``, and an earlier firing may be gone.
    """

    def __init__(self, engine: _Engine) -> None:
        self._engine = engine
        self._told: dict[str, Scalar] = {}
        self._fire_all()

    @property
    def firings(self) -> tuple[Firing, ...]:
        """All firings so far, in their order."""
        return tuple(self._engine.fired.values())

    @property
    def derived(self) -> tuple[Fact, ...]:
        """The facts that rules derived and nobody has told, in the order of derivation."""
        return tuple(self._engine.derived.items())

    def tell(self, name: str, value: Scalar) -> tuple[Firing, ...]:
        """The firings, in their order, of rules that had not fired before this fact was told.

        When an exception interrupts it, the session is as if this fact had not been told.

        Raises:
            ValueError: when the fact was told before with another value.
        """
        if name in self._told:
            if same(self._told[name], value):
                return ()
            raise ValueError(f"{name!r} was told as {self._told[name]!r} and cannot become {value!r}")
        before = self._engine.fired
        count = len(before)
        try:
            if self._add(name, value):
                self._told[name] = value
                return tuple(islice(before.values(), count, None)) if len(before) > count else ()
            self._told[name] = value
            self._fire_all()
        except BaseException:
            self._told.pop(name, None)
            self._replay()
            raise
        earlier = set(islice(before, count))
        return tuple(f for position, f in self._engine.fired.items() if position not in earlier)

    def _add(self, name: str, value: Scalar) -> bool:
        """Fire what the fact adds to what is there; whether that is right, or all has to be fired anew.

        Without a dispute the facts derived are a plain closure, in which the order of firing plays
        no part; with one it does, and any rule that now becomes ready might have come first.
        """
        engine = self._engine
        if name in engine.derived:
            if engine.disputed or not same(engine.derived[name], value):
                return False
            del engine.derived[name]
            return True
        engine.learn([(name, value)])
        if not engine.agenda.activations:
            return True
        if not engine.disputed:
            engine.run()
        return not engine.disputed

    def _fire_all(self) -> None:
        self._engine.reset()
        self._engine.learn(self._told.items())
        self._engine.run()

    def _replay(self) -> None:
        told, self._told = self._told, {}
        self._fire_all()
        for name, value in told.items():
            self.tell(name, value)


class _Engine(experta.KnowledgeEngine):  # type: ignore[misc]
    """experta's engine, fed from an index instead of from its own attributes.

    ``values``: all facts given or derived; ``derived``: those that rules derived; ``fired``: by the
    rule's position in the book; ``disputed``: whether rules have derived different values of a fact.
    """

    __strategy__ = TotalOrder

    def __init__(self, index: Index, bound: list[Any]) -> None:
        self.index = index
        self.bound = bound
        super().__init__()
        self.reset()

    @classmethod
    def bind(cls, index: Index) -> list[Any]:
        """An experta rule for every clause, in order of rank; they hold no state of any engine."""
        raise NotImplementedError

    def learn(self, facts: Iterable[Fact]) -> None:
        """Declare facts that have no value yet."""
        raise NotImplementedError

    def get_rules(self) -> list[Any]:
        """The rules of the index; nothing is looked for among the attributes."""
        return self.bound

    def get_deffacts(self) -> list[Callable[[], Iterator[Any]]]:
        """No facts of the engine's own."""
        return []

    def reset(self) -> None:
        """Back to no facts and nothing fired; also out of a run that an exception has left."""
        self.values: dict[str, Scalar] = {}
        self.derived: dict[str, Scalar] = {}
        self.fired: dict[int, Firing] = {}
        self.disputed = False
        super().reset()

    def fire(self, rank: int) -> None:
        """What experta calls when the turn of an activation has come."""
        clause = self.index.clauses[rank]
        if clause.position in self.fired:
            return
        values = self.values
        facts = tuple([(name, values[name]) for name in clause.names])
        self.fired[clause.position] = Firing(clause.rule, clause.alternative, facts)
        for name, value in clause.rule.then.derive:
            if name not in values:
                self.derived[name] = value
                self.learn([(name, value)])
            elif name in self.derived and not same(self.derived[name], value):
                self.disputed = True


class _CountingEngine(_Engine):
    """With the counting matcher, and without what experta's ways of declaring cost."""

    __matcher__ = CountingMatcher

    @classmethod
    def bind(cls, index: Index) -> list[Any]:
        while len(_BOUND) < len(index.clauses):
            _BOUND.append(_bind(len(_BOUND)))
        return _BOUND[: len(index.clauses)]

    def reset(self) -> None:
        super().reset()
        self.facts = _FactList()

    def learn(self, facts: Iterable[Fact]) -> None:
        """Facts that no rule asks for never get as far as experta."""
        declare, asked_for, values = self.facts.declare, self.index.by_name, self.values
        for name, value in facts:
            values[name] = value
            if name in asked_for:
                declare(Known.quick(name, value))
        if not self.running:  # else the loop looks at them next
            self.strategy.update_agenda(self.agenda, *self.get_activations())

    def run(self, steps: float = inf) -> None:
        """experta's loop without its log, which spells out the facts of every firing, read or not.

        The agenda is brought up to date only when a rule has derived something.
        """
        self.running = True
        agenda, facts = self.agenda, self.facts
        while steps > 0 and self.running:
            if facts.added:
                self.strategy.update_agenda(agenda, *self.get_activations())
            activation = agenda.get_next()
            if activation is None:
                break
            steps -= 1
            activation.rule(self)
        self.running = False


class _FactList(experta.FactList):  # type: ignore[misc]
    """experta's list of facts without its search for duplicates: here a name is declared once."""

    def declare(self, fact: Known) -> Known:
        index = len(self)
        dict.__setitem__(fact, "__factid__", index)
        self[index] = fact
        self.last_index = index + 1
        self.added.append(fact)
        return fact


class _StockEngine(_Engine):
    """With experta's own matcher, fact list and declaration: the oracle."""

    __matcher__ = experta.ReteMatcher

    @classmethod
    def bind(cls, index: Index) -> list[Any]:
        return [
            _bind(rank, *[_pattern(c) for c in clause.rule.alternatives[clause.alternative]])
            for rank, clause in enumerate(index.clauses)
        ]

    def get_deffacts(self) -> list[Callable[[], Iterator[Any]]]:
        """The initial fact, on which experta hangs the rules without premises."""
        return [_initial_fact]

    def learn(self, facts: Iterable[Fact]) -> None:
        for name, value in facts:
            self.values[name] = value
            self.declare(Known(name=name, value=encode(value)))


def _initial_fact() -> Iterator[Any]:
    yield experta.InitialFact()


def _bind(rank: int, *patterns: Any) -> Any:
    """An experta rule for the clause of that rank in any index.

    It has a function of its own: experta takes rules that share one for the same.
    """

    def fire(engine: _Engine, **_: Any) -> None:
        engine.fire(rank)

    fire.__name__ = f"clause_{rank}"
    fire.rank = rank  # type: ignore[attr-defined] # experta copies it to the rule and its copies
    return experta.Rule(*patterns)(fire)


_BOUND: list[Any] = []
"""By rank: without patterns a rule is the same whatever the index, and making one is slow."""


def _pattern(premise: Condition) -> Any:
    if len(premise.values) == 1 and not premise.negated:
        return Known(name=premise.fact, value=experta.L(encode(premise.values[0])))
    return Known(name=premise.fact, value=experta.P(lambda code: premise.holds_for(decode(code))))

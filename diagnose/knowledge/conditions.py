"""Premises: from the mapping that an author writes to conditions on facts, and which facts there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from .model import UNKNOWN, Condition, Premises, Scalar
from .problems import Problem, did_you_mean
from .shape import kind_of
from .source import Node

BELIEF = "fault.class"
TRIED = ("cured", "not_cured", "declined")
OWNERS = ("handset", "programme", "retailer")


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """Every fact that a premise may name.

    ``answers``: symptom -> its answers, None when anything may be typed (or it is broken). ``dates``: the
    symptoms that are dates. ``attributes``: of handset, programme and retailer, with the values that they
    have here. ``retailers``: every retailer of the folder. ``elsewhere``: whether (owner, attribute) is known
    anywhere in the folder; ``all_attributes``: what there is of an owner, for a did-you-mean.
    """

    answers: Mapping[str, tuple[str, ...] | None]
    dates: frozenset[str]
    remedies: frozenset[str]
    classes: tuple[str, ...]
    derived: Mapping[str, tuple[Scalar, ...]]
    attributes: Mapping[str, Mapping[str, tuple[Scalar, ...]]]
    retailers: frozenset[str] = frozenset()
    asks_retailer: frozenset[str] = frozenset()
    elsewhere: Callable[[str, str], bool] = field(default=lambda _owner, _name: False)
    all_attributes: Callable[[str], Iterable[str]] = field(default=lambda _owner: ())

    def names(self) -> list[str]:
        """Every fact, for a did-you-mean."""
        names = [*self.answers, *self.derived, BELIEF]
        names += [f"{s}.{unit}" for s in self.dates for unit in ("days", "months")]
        names += [f"{owner}.{name}" for owner in OWNERS for name in self.attributes.get(owner, {})]
        return names + [f"tried.{remedy}" for remedy in self.remedies]


def premises(node: Node, facts: Facts, out: list[Problem], policy: bool = False) -> Premises | None:
    """The conditions of one mapping; None when one of them is wrong, which is added to ``out``.

    ``policy``: they may ask for the class of the fault in front.
    """
    compiled = [_condition(fact, test, node, facts, out, policy) for fact, test in node.entries.items()]
    fine = [c for c in compiled if c is not None]
    return tuple(fine) if len(fine) == len(compiled) else None


def _condition(
    fact: str, test: Node, parent: Node, facts: Facts, out: list[Problem], policy: bool
) -> Condition | None:
    place = parent.key_place(fact)
    entries = test.entries
    negated = "not" in entries
    if isinstance(test.value, dict) and (not entries or (negated and len(entries) > 1)):
        mend = "write either not: or at_least: and at_most:"
        out.append(Problem(test.place, "K208", f"this test of {fact} says nothing or too much", mend))
        return None
    if fact == BELIEF and not policy:
        out.append(
            Problem(place, "K414", f"{BELIEF} is not known here", "only the premises of a rule may name it")
        )
        return None
    known = _known(fact, facts)
    if known is None:
        out.append(_unknown(fact, parent, facts))
        return None
    if isinstance(test.value, dict) and not negated:
        if not known.number:
            out.append(Problem(test.place, "K415", f"{fact} is not a number", known.what))
            return None
        return Condition(fact, (), False, _limit(entries, "at_least"), _limit(entries, "at_most"), place)
    wanted = entries["not"] if negated else test
    nodes = wanted.items if isinstance(wanted.value, list) else [wanted]
    values = [_value(fact, item, known, facts, out) for item in nodes]
    fine = tuple(v for v in values if v is not None)
    return Condition(fact, fine, negated, place=place) if len(fine) == len(nodes) else None


@dataclass(frozen=True, slots=True)
class _Known:
    """What values a fact has: ``values`` None for any; ``words``: its values are text, however written."""

    values: tuple[Scalar, ...] | None = None
    number: bool = False
    words: bool = False
    like: tuple[Scalar, ...] = ()

    @property
    def what(self) -> str:
        if self.values is not None:
            return f"it is one of {', '.join(_written(v) for v in self.values)}"
        return f"it is {', '.join(_written(v) for v in self.like)} here" if self.like else ""


def _known(fact: str, facts: Facts) -> _Known | None:  # noqa: PLR0911 - one way out for each sort of fact
    owner, _, name = fact.partition(".")
    if not name:
        if fact in facts.answers:
            answers = facts.answers[fact]
            return _Known(None if answers is None else (*answers, UNKNOWN), words=True)
        if fact in facts.derived:
            values = facts.derived[fact]
            return _Known(values, number=all(_is_number(v) for v in values))
        return None
    if fact == BELIEF:
        return _Known(facts.classes, words=True)
    if owner == "tried":
        return _Known(TRIED, words=True) if name in facts.remedies else None
    if owner in OWNERS:
        here = facts.attributes.get(owner, {})
        if name in here:
            return _Known(None, number=any(_is_number(v) for v in here[name]), like=here[name])
        return _Known(None, number=True) if facts.elsewhere(owner, name) else None
    if owner in facts.dates and name in ("days", "months"):
        return _Known(None, number=True)
    return None


def _value(fact: str, item: Node, known: _Known, facts: Facts, out: list[Problem]) -> Scalar | None:
    value = item.text if known.words else item.value
    assert not isinstance(value, (dict, list)) and value is not None  # the shape has seen to it
    if known.values is not None and not any(type(v) is type(value) and v == value for v in known.values):
        if fact in facts.asks_retailer and value in facts.retailers:
            return value
        words = [_written(v) for v in known.values]
        message = f"{fact} is never {_written(value)}"
        code = "K405" if fact == BELIEF else "K402"
        out.append(Problem(item.place, code, message, did_you_mean(_written(value), words, known.what)))
        return None
    if known.like and not any(_alike(v, value) for v in known.like):
        out.append(Problem(item.place, "K415", f"{fact} is never {kind_of(item)}", known.what))
        return None
    return value


def _unknown(fact: str, parent: Node, facts: Facts) -> Problem:
    owner, _, name = fact.partition(".")
    place = parent.key_place(fact)
    if owner in OWNERS and name:
        mend = did_you_mean(name, facts.all_attributes(owner), f"give it under attributes: of a {owner}")
        return Problem(place, "K413", f"no {owner} has an attribute {name!r}", mend)
    if owner == "tried" and name:
        mend = did_you_mean(name, facts.remedies)
        return Problem(place, "K404", f"there is no remedy {name!r}", mend)
    mend = did_you_mean(fact, facts.names(), "a symptom, an attribute, or what a rule derives")
    return Problem(place, "K414", f"there is no fact {fact!r}", mend)


def _limit(entries: Mapping[str, Node], name: str) -> float | None:
    node = entries.get(name)
    return float(node.value) if node is not None and isinstance(node.value, (int, float)) else None


def _is_number(value: Scalar) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _alike(a: Scalar, b: Scalar) -> bool:
    return type(a) is type(b) or (_is_number(a) and _is_number(b))


def _written(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

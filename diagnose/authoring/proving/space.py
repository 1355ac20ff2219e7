"""All combinations of facts, as far as some rules can tell them apart.

A *dimension* is a question, or several that rules derive one from another; its *options* are the ways in
which they can be answered, not asked and "don't know" included, one for each way the rules and invariants
could tell them apart. The product of all dimensions is gone through one dimension at a time, keeping
for each partial combination only which premises can still hold: combinations that nothing will ever part
are one from then on. Nothing is sampled; see :func:`states`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product

from diagnose.knowledge.model import UNKNOWN, Condition, KnowledgeBase, Premises, Rule, Scalar, Symptom
from diagnose.reasoning.facts import Facts, standing_facts
from diagnose.reasoning.policy import FAULT_CLASS, possible_answers
from diagnose.reasoning.rules import RuleBook

MOST_TOGETHER = 500_000
"""Ways of answering the questions of one dimension that are gone through at most."""
STATIC = ("handset.", "programme.")
SOMETHING_ELSE = "something else"
"""A typed answer that no premise names."""


Ranks = tuple[tuple[int, ...], ...]


class TooMany(Exception):
    """So many questions hang together by derived facts that their combinations cannot be gone through."""

    def __init__(self, facts: Sequence[str], count: int) -> None:
        super().__init__(f"{count} combinations of {', '.join(facts)}")
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
    needs: tuple[tuple[str, tuple[Condition, ...]], ...] = ()
    only: int = -1


def live(premises: Premises, standing: Mapping[str, Scalar]) -> Premises | None:
    """The premises but for those on handset and programme, which hold; None when one of them does not."""
    left = []
    for c in premises:
        if not c.fact.startswith(STATIC):
            left.append(c)
        elif c.fact not in standing or not c.holds_for(standing[c.fact]):
            return None
    return tuple(left)


def deriving(kb: KnowledgeBase, facts: Iterable[str]) -> tuple[tuple[Rule, ...], frozenset[str]]:
    """The rules that derive one of these facts or what such a rule looks at, and all facts then looked at.

    Left out is a rule that adds no combination: what it derives could be answered just as well, and what
    it looks at matters to nothing else.
    """
    wanted = set(facts)
    kept: dict[int, Rule] = {}
    while True:
        seen = {_question(f) for f in wanted}
        more = [
            r
            for r in kb.rules
            if r.number not in kept
            and any(name in wanted for name, _ in r.then.derive)
            and not _adds_nothing(kb, r, wanted, seen)
        ]
        if not more:
            return tuple(kept[n] for n in sorted(kept)), frozenset(wanted)
        kept.update((r.number, r) for r in more)
        wanted |= {c.fact for r in more for premises in r.alternatives for c in premises}


def _adds_nothing(kb: KnowledgeBase, rule: Rule, wanted: set[str], seen: set[str]) -> bool:
    if any(_question(c.fact) in seen for premises in rule.alternatives for c in premises):
        return False
    for name, value in rule.then.derive:
        if name in wanted:
            symptom = kb.symptoms.get(name)
            if symptom is None or not (value == UNKNOWN or symptom.answer(str(value))):
                return False
            if any(_question(c.fact) in seen for c in symptom.needs):
                return False
    return True


def space_of(
    kb: KnowledgeBase, premises: Sequence[Premises], ranks: Sequence[Ranks], classes: Sequence[str]
) -> Space:
    """Everything that these premises can see of a call about a fault of one of these classes.

    ``ranks``: as of :class:`Space`. Without classes the fault is left open.

    Raises:
        TooMany: when the combinations of one dimension alone cannot be gone through.
    """
    standing = standing_facts(kb)
    rules, wanted = deriving(kb, {c.fact for p in premises for c in p})
    questions = {_question(f) for f in wanted}
    asked = [s for s in kb.symptoms.values() if s.id in questions]
    needs_of = {s.id: tuple(c for c in s.needs if _question(c.fact) in questions) for s in asked}
    conditions = _conditions(premises, rules, needs_of)
    groups = _groups(asked, rules, wanted)
    home = {name: i for i, (names, _) in enumerate(groups) for name in names}
    dimensions = [_classes(classes)] if classes else []
    for names, group_rules in groups:
        symptoms = [s for s in asked if s.id in names]
        tried = sorted(n for n in names if n.startswith("tried."))
        dimensions.append(_dimension(kb, symptoms, tried, group_rules, conditions, standing, needs_of, home))
    needs = tuple(
        (name, far)
        for name, all_ in needs_of.items()
        if (far := tuple(c for c in all_ if _far(c, name, home)))
    )
    return Space(tuple(dimensions), tuple(premises), tuple(ranks), needs)


def _far(condition: Condition, symptom: str, home: Mapping[str, int]) -> bool:
    """Whether it is about another dimension than that of the question which needs it."""
    return home.get(_question(condition.fact)) != home[symptom]


def _question(fact: str) -> str:
    """The question or derived fact that a fact comes from."""
    owner, _, name = fact.partition(".")
    return fact if owner == "tried" or not name else owner


def _conditions(
    premises: Sequence[Premises], rules: Sequence[Rule], needs_of: Mapping[str, Premises]
) -> tuple[Condition, ...]:
    found = dict.fromkeys(c for p in premises for c in p)
    found.update(dict.fromkeys(c for r in rules for p in r.alternatives for c in p))
    found.update(dict.fromkeys(c for needs in needs_of.values() for c in needs))
    return tuple(c for c in found if not c.fact.startswith(STATIC) and c.fact != FAULT_CLASS)


def _groups(
    asked: Sequence[Symptom], rules: Sequence[Rule], wanted: Iterable[str]
) -> list[tuple[tuple[str, ...], tuple[Rule, ...]]]:
    """Questions and derived facts that deriving rules tie together, with those rules, in text order."""
    names = [s.id for s in asked]
    names += sorted({f for f in wanted if f.startswith("tried.")})
    names += [n for r in rules for n, _ in r.then.derive]
    names = list(dict.fromkeys(names))
    parent = {n: n for n in names}

    def top(name: str) -> str:
        while parent[name] != name:
            name = parent[name]
        return name

    ties: list[tuple[Rule, list[str]]] = []
    for rule in rules:
        touched = [_question(c.fact) for p in rule.alternatives for c in p]
        touched += [n for n, _ in rule.then.derive]
        tie = [n for n in dict.fromkeys(touched) if n in parent]
        ties.append((rule, tie))
        for other in tie[1:]:
            parent[top(other)] = top(tie[0])
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(top(name), []).append(name)
    return [
        (tuple(members), tuple(rule for rule, tie in ties if tie and top(tie[0]) == root))
        for root, members in groups.items()
    ]


def _classes(classes: Sequence[str]) -> Dimension:
    return Dimension((FAULT_CLASS,), tuple(Option(((FAULT_CLASS, c),), ((FAULT_CLASS, c),)) for c in classes))


def _ways(kb: KnowledgeBase, symptom: Symptom, conditions: tuple[Condition, ...]) -> list[Facts]:
    """Not asked, each telling answer, and don't know."""
    own = tuple(c for c in conditions if _question(c.fact) == symptom.id)
    typed: list[Facts] = []
    if symptom.answer_type == "text":
        values = dict.fromkeys(str(v) for c in own for v in c.values if v != UNKNOWN)
        fit = [v for v in values if re.fullmatch(symptom.pattern or ".+", v)]
        typed = [{symptom.id: v} for v in (*fit, SOMETHING_ELSE)]
    return [{}, *possible_answers(kb, symptom, own), *typed, {symptom.id: UNKNOWN}]


def _dimension(
    kb: KnowledgeBase,
    symptoms: Sequence[Symptom],
    tried: Sequence[str],
    rules: tuple[Rule, ...],
    conditions: tuple[Condition, ...],
    standing: Mapping[str, Scalar],
    needs_of: Mapping[str, Premises],
    home: Mapping[str, int],
) -> Dimension:
    ways = [_ways(kb, s, conditions) for s in symptoms]
    ways += [[{}, {t: "not_cured"}, {t: "declined"}] for t in tried]
    names = (*(s.id for s in symptoms), *tried)
    count = 1
    for w in ways:
        count *= len(w)
    if count > MOST_TOGETHER:
        raise TooMany(names, count)
    own = {*names, *(n for r in rules for n, _ in r.then.derive)}
    seen = tuple(c for c in conditions if _question(c.fact) in own)
    tied = [s.id for s in symptoms if any(_far(c, s.id, home) for c in needs_of[s.id])]
    needed = [c for c in seen if any(c in needs for needs in needs_of.values())]
    book = RuleBook(rules)
    alike: dict[tuple[object, ...], Option] = {}
    for choice in sorted(product(*ways), key=lambda c: sum(1 for w in c if w)):
        facts: Facts = {k: v for w in choice for k, v in w.items()}
        given = dict(facts)
        if rules:
            facts.update((k, v) for k, v in book.fire({**standing, **facts}).derived if k not in facts)
        if any(_fails(c, facts) for s in symptoms if s.id in given for c in needs_of[s.id]):
            continue  # it would be set aside: the same as not asked
        signature = (
            tuple(c.fact in facts and c.holds_for(facts[c.fact]) for c in seen),
            tuple(_fails(c, facts) for c in needed),
            tuple(t in given for t in tied),
        )
        before = alike.get(signature)
        if before is None:
            done = tuple(s.id for s in symptoms if s.id in given)
            alike[signature] = Option(_written(given), tuple(facts.items()), done)
        else:
            alike[signature] = replace(before, count=before.count + 1)
    return Dimension(names, tuple(alike.values()))


def _written(given: Mapping[str, Scalar]) -> tuple[tuple[str, Scalar], ...]:
    """The facts as an author writes them: the months of a date, the attributes of a shop instead of both."""
    dates = {n.partition(".")[0] for n in given if n.endswith(".months")}
    shown = {k: v for k, v in given.items() if k not in dates and not k.endswith(".days")}
    return tuple((k, v) for k, v in shown.items() if not k.startswith("retailer."))


def _fails(condition: Condition, facts: Mapping[str, Scalar]) -> bool:
    return condition.fact in facts and not condition.holds_for(facts[condition.fact])


@lru_cache(maxsize=512)
def states(space: Space) -> tuple[State, ...]:
    """Every combination of the options, those that come to the same taken together.

    On the way a combination is a set of bits: a premise that can still hold; a set of premises one of
    which does; a question that was answered; a need of a question that fails. One in which a question is
    answered whose need fails is left out: such an answer is set aside, and the combination without it is
    there too.
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
                if _fails(c, facts):
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

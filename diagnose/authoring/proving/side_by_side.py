"""Two knowledge bases side by side: on which combinations of facts their policies let a call end otherwise.

Both see the same answers. A question that is new in one, or an answer, is as good as not given in the other,
as it is when a running call takes over edited knowledge; one that has a new name is the same by ``formerly``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from diagnose.knowledge.model import KnowledgeBase, Place, Premises, Rule
from diagnose.reasoning.facts import standing_facts
from diagnose.reasoning.policy import FAULT_CLASS, border, decides_outcome
from diagnose.reasoning.rules import RuleBook

from .answers import Given
from .apart import apart
from .dimensions import dimensions_of, facts_of, named
from .ending import Ending, Otherwise, Relation, ending_of, otherwise
from .points import (
    Groups,
    Key,
    classes_of,
    is_of_findings,
    policy,
    ruling_on,
    says_of,
)
from .premises import plain, question_of
from .space import Ranks, Space, State, states

Both = tuple[KnowledgeBase, KnowledgeBase]
Named = tuple[str, Place]


@dataclass(frozen=True, slots=True)
class Difference:
    """One kind of difference. ``combinations``: how many there are of it; ``case``: the smallest.

    ``then`` and ``now``: the rules that fire there in the old one and not, or not so, in the new one, and the
    other way round; where the same fire, those that say how it ends.
    """

    what: Otherwise
    combinations: int
    case: Given
    then: tuple[Named, ...]
    now: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of it. ``combinations``: gone through; none where both say the same, word for word."""

    relation: Relation
    combinations: int = 0
    different: int = 0
    differences: tuple[Difference, ...] = ()


def compare(old: KnowledgeBase, new: KnowledgeBase) -> Comparison:
    """How the policies are to each other, over every combination of facts and class of fault.

    Diagnosis that only says which advice is of no use is looked at as far as it is not the same in both.

    Raises:
        TooMany: when they cannot be gone through.
    """
    kbs = (_renamed(old, new), new)
    parted = apart(*kbs)
    groups = _groups(kbs, parted)
    if _tables(kbs[0]) == _tables(kbs[1]) and _say_the_same(groups, parted):
        return Comparison("same")
    space, keys = _space(kbs, groups, parted)
    found: dict[Otherwise, tuple[State, int]] = {}
    endings: dict[tuple[int, str, tuple[int, ...]], Ending] = {}
    combinations = 0
    for state in states(space):
        combinations += state.count
        fault_class = str(dict(state.facts)[FAULT_CLASS])
        both = []
        for side, (kb, own) in enumerate(zip(kbs, keys, strict=True)):
            holds = tuple([state.holds[rank] for _, _, rank in own])
            if (side, fault_class, holds) not in endings:
                endings[side, fault_class, holds] = _ending(kb, fault_class, own, holds)
            both.append(endings[side, fault_class, holds])
        what = otherwise(*both)
        if what is not None:
            smallest, count = found.get(what, (state, 0))
            found[what] = (min(smallest, state, key=lambda s: len(s.given)), count + state.count)
    ordered = sorted(found.items(), key=lambda one: (len(one[1][0].given), -one[1][1], repr(one[0])))
    differences = tuple(
        Difference(what, count, state.given, *_rules(kbs, parted, state, what))
        for what, (state, count) in ordered
    )
    return Comparison(
        _relation(differences), combinations, sum(d.combinations for d in differences), differences
    )


def _relation(differences: Iterable[Difference]) -> Relation:
    found = {d.what.relation for d in differences}
    return found.pop() if len(found) == 1 else "otherwise" if found else "same"


def _renamed(old: KnowledgeBase, new: KnowledgeBase) -> KnowledgeBase:
    """The old one, with the new names of its questions."""
    taken = {*old.symptoms, *(question_of(name) for r in old.rules for name, _ in r.then.derive)}
    names = {
        former: name
        for name, symptom in new.symptoms.items()
        if name not in taken
        for former in symptom.formerly
        if former in old.symptoms and former not in new.symptoms
    }
    if not names:
        return old

    def fact(name: str) -> str:
        question = question_of(name)
        return names[question] + name[len(question) :] if question in names else name

    def those(premises: Premises) -> Premises:
        return tuple(replace(c, fact=fact(c.fact)) for c in premises)

    symptoms = {fact(s.id): replace(s, id=fact(s.id), needs=those(s.needs)) for s in old.symptoms.values()}
    rules = tuple(
        replace(
            r,
            alternatives=tuple(those(p) for p in r.alternatives),
            then=replace(r.then, derive=tuple((fact(name), value) for name, value in r.then.derive)),
        )
        for r in old.rules
    )
    return replace(
        old, symptoms=symptoms, rules=rules, revision=f"{old.revision} with the names of {new.revision}"
    )


def _groups(kbs: Both, parted: frozenset[str]) -> tuple[Groups, Groups]:
    """What the policy of each says; and of diagnosis that only forbids advice, what is not the same in both,
    or decides whether a demand can be met."""
    groups = [policy(kb, [r for r in kb.rules if not is_of_findings(kb, r)]) for kb in kbs]
    diagnosis = [policy(kb, [r for r in kb.rules if is_of_findings(kb, r)]) for kb in kbs]
    demanded = {key[1] for own in groups for key in own if key[0] == "require"}
    for key in dict.fromkeys((*diagnosis[0], *diagnosis[1])):
        then, now = (_written(own.get(key, {})) for own in diagnosis)
        looked_at = (c.fact for own in diagnosis for p in _all(own.get(key, {})) for c in p)
        unlike = then != now or any(question_of(fact) in parted for fact in looked_at)
        if unlike or key[1] in demanded or "advice" in demanded:
            for own, more in zip(groups, diagnosis, strict=True):
                for value, premises in more.get(key, {}).items():
                    own.setdefault(key, {}).setdefault(value, []).extend(premises)
    return groups[0], groups[1]


def _all(sets: Mapping[str, Sequence[Premises]]) -> list[Premises]:
    return [p for some in sets.values() for p in some]


def _written(sets: Mapping[str, Sequence[Premises]]) -> list[list[str]]:
    """The premises of each set, to be compared."""
    return [sorted({repr(plain(p)) for p in some}) for some in sets.values()]


def _tables(kb: KnowledgeBase) -> str:
    """What of a knowledge base, beside its rules, says how an outcome goes, to be compared."""
    return repr(
        (
            sorted((r.id, r.verdict) for r in kb.remedies.values()),
            [(c.id, c.carrier, sorted(c.verdicts)) for c in kb.channels.values()],
            sorted((c.id, c.free) for c in kb.charges.values()),
            sorted((p.id, p.days, p.by, p.cut_off) for p in kb.promises.values()),
            sorted(c.id for c in kb.classes.values() if c.danger),
        )
    )


def _say_the_same(groups: tuple[Groups, Groups], parted: frozenset[str]) -> bool:
    """Whether both say the same under the same premises, first to fire first, and mean the same by them."""
    said = []
    for own in groups:
        in_turn = sorted(
            (key[0], value, key, premises) for key, sets in own.items() for value, premises in sets.items()
        )
        # Which number a rule has is of no account, but for the order; nor which name one that demands has.
        said.append(
            [
                (key, value.partition(" ")[2] if what != "require" else "", _written({"": premises}))
                for what, value, key, premises in in_turn
            ]
        )
    looked_at = (
        c.fact for own in groups for sets in own.values() for some in sets.values() for p in some for c in p
    )
    return said[0] == said[1] and not any(question_of(fact) in parted for fact in looked_at)


Keys = tuple[tuple[Key, tuple[str, ...], int], ...]
"""What rules are for, the values they give it, and the number of its ranks in the space of both."""


def _space(
    kbs: Both, groups: tuple[Groups, Groups], parted: frozenset[str]
) -> tuple[Space, tuple[Keys, Keys]]:
    """One space for both, in which what they have in common is there once."""
    classes = tuple(dict.fromkeys(c for kb in reversed(kbs) for c in classes_of(kb)))
    alternatives = [[p for sets in own.values() for some in sets.values() for p in some] for own in groups]
    dimensions, needs = dimensions_of(kbs, alternatives, classes, parted)
    premises: list[Premises] = []
    ranks: dict[str, tuple[int, Ranks]] = {}
    keys: list[Keys] = []
    for side, own in enumerate(groups):
        told = []
        for key, sets in own.items():
            seen = [_named(some, side, parted) for some in sets.values()]
            if repr(seen) not in ranks:
                # A premise is of one rank only: what settles that says nothing of another.
                numbers = iter(range(len(premises), len(premises) + sum(map(len, seen))))
                ranks[repr(seen)] = len(ranks), tuple(tuple(next(numbers) for _ in some) for some in seen)
                premises += [p for some in seen for p in some]
            told.append((key, tuple(sets), ranks[repr(seen)][0]))
        keys.append(tuple(told))
    space = Space(dimensions, tuple(premises), tuple(rank for _, rank in ranks.values()), needs)
    return space, (keys[0], keys[1])


def _named(some: Iterable[Premises], side: int, parted: frozenset[str]) -> list[Premises]:
    """The premises on facts by name, each once, in an order of their own."""
    seen = (plain(tuple(replace(c, fact=named(c.fact, side, parted)) for c in p)) for p in some)
    once = {repr(p): p for p in seen}
    return [once[text] for text in sorted(once)]


def _ending(kb: KnowledgeBase, fault_class: str, keys: Keys, holds: tuple[int, ...]) -> Ending:
    says = says_of([(key, values) for key, values, _ in keys], holds)
    alerts = (
        key[1] for (key, _, _), rank in zip(keys, holds, strict=True) if key[0] == "danger" and rank >= 0
    )
    return ending_of(kb, ruling_on(kb, fault_class, says), frozenset(alerts))


def _rules(
    kbs: Both, parted: frozenset[str], state: State, what: Otherwise
) -> tuple[tuple[Named, ...], tuple[Named, ...]]:
    """The rules of each that make the difference."""
    fired = [list(_fired(kb, side, parted, state)) for side, kb in enumerate(kbs)]
    for alike in (lambda r: (r.id, r.then, r.salience), lambda r: (r.then, r.salience)):
        for rule in tuple(fired[0]):
            other = next((r for r in fired[1] if alike(r) == alike(rule)), None)
            if other is not None:
                fired[0].remove(rule)
                fired[1].remove(other)
    if not fired[0] and not fired[1]:
        fields = {name for name, _, _ in what.changed} | ({"require"} if any(what.demanded) else set())
        fired = [
            [r for r in _fired(kb, side, parted, state) if any(getattr(r.then, f, "") for f in fields)]
            for side, kb in enumerate(kbs)
        ]
    then, now = (tuple((r.id, _place(r)) for r in some) for some in fired)
    return then, now


def _fired(kb: KnowledgeBase, side: int, parted: frozenset[str], state: State) -> Iterator[Rule]:
    """What fires there of the policy, of the alarms, and of what derives otherwise than in the other."""
    looked_at = {r.id for r in border(kb).rules}
    rules = [
        r
        for r in kb.rules
        if decides_outcome(r)
        or r.then.alert
        or (r.id in looked_at and any(question_of(n) in parted for n, _ in r.then.derive))
    ]
    facts = {**standing_facts(kb), **facts_of(state.facts, side)}
    return (f.rule for f in RuleBook(rules).fire(facts).firings)


def _place(rule: Rule) -> Place:
    return rule.origin.changed[-1][1] if rule.origin.changed else rule.origin.place

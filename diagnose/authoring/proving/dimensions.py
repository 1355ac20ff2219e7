"""The dimensions of a knowledge base for some premises: which questions there are, tied how, answered how.

Of two knowledge bases side by side there is one set of dimensions, on the same answers: what may have another
value in one than in the other (:mod:`.apart`) is a fact of each, told apart by name (:func:`named`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from diagnose.knowledge.model import UNKNOWN, Condition, Effects, KnowledgeBase, Premises, Rule, satisfied
from diagnose.reasoning.facts import Facts, standing_facts
from diagnose.reasoning.policy import FAULT_CLASS
from diagnose.reasoning.rules import RuleBook

from .answers import Given, ways
from .premises import STATIC, live, question_of
from .space import Dimension, Needs, Option, Ranks, Space, State, fails, states

ALIKE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """One knowledge base as far as its premises look: the rules that derive what they look at; each question
    looked at, with what it needs of all that is."""

    kb: KnowledgeBase
    premises: tuple[Premises, ...]
    rules: tuple[Rule, ...]
    asked: Mapping[str, Premises]

    def alternatives(self) -> Iterator[Premises]:
        """Everything that looks at facts: its premises, and those of its rules."""
        yield from self.premises
        yield from (a for r in self.rules for a in r.alternatives)


def named(fact: str, side: int, apart: frozenset[str]) -> str:
    """The name of a fact of the knowledge base with that number, among the facts of all of them."""
    return f"{side}:{fact}" if question_of(fact) in apart else fact


def facts_of(facts: Given, side: int) -> Facts:
    """Those of the named facts that are facts of the knowledge base with that number."""
    parted = ((fact.rpartition(":"), value) for fact, value in facts)
    return {name: value for (owner, _, name), value in parted if owner in ("", str(side))}


def space_of(
    kb: KnowledgeBase, premises: Sequence[Premises], ranks: Sequence[Ranks], classes: Sequence[str]
) -> Space:
    """Everything that these premises can see of a call about a fault of one of these classes.

    ``ranks``: as of :class:`Space`. Without classes the fault is left open.

    Raises:
        TooMany: when the combinations of one dimension alone cannot be gone through.
    """
    dimensions, needs = dimensions_of((kb,), (premises,), classes)
    return Space(dimensions, tuple(premises), tuple(ranks), needs)


def dimensions_of(
    kbs: Sequence[KnowledgeBase],
    premises: Sequence[Sequence[Premises]],
    classes: Sequence[str],
    apart: frozenset[str] = ALIKE,
) -> tuple[tuple[Dimension, ...], Needs]:
    """The dimensions that the premises of each knowledge base see, and what questions need of others.

    ``apart``: the questions and facts that may have another value in one than in another.

    Raises:
        TooMany: when the combinations of one dimension alone cannot be gone through.
    """
    sights = _sights(kbs, premises, apart)
    asked = list(dict.fromkeys(name for sight in sights for name in sight.asked))
    # Where a need of a question may be met in one and not in the other, both are worked out together.
    near = [
        {name} | {question_of(c.fact) for sight in sights for c in sight.asked[name]}
        for name in asked
        if name in apart and all(name in sight.asked for sight in sights)
    ]
    groups = _groups(asked, sights, near)
    home = {name: i for i, group in enumerate(groups) for name in group}
    far: dict[str, Premises] = {}
    for side, sight in enumerate(sights):
        for name, all_ in sight.asked.items():
            needs = tuple(c for c in all_ if home.get(question_of(c.fact)) != home[name])
            if needs:
                far[name] = tuple(replace(c, fact=named(c.fact, side, apart)) for c in needs)
    dimensions = [_classes(classes)] if classes else []
    dimensions += [_dimension(_group(group, sights, apart, frozenset(far))) for group in groups]
    return tuple(dimensions), tuple(far.items())


def _sights(
    kbs: Sequence[KnowledgeBase], premises: Sequence[Sequence[Premises]], apart: frozenset[str]
) -> list[Sight]:
    rules, wanted = _deriving(kbs, {c.fact for some in premises for p in some for c in p}, apart)
    questions = {question_of(f) for f in wanted}
    sights = []
    for kb, some, own in zip(kbs, premises, rules, strict=True):
        asked = {
            s.id: tuple(c for c in s.needs if question_of(c.fact) in questions)
            for s in kb.symptoms.values()
            if s.id in questions
        }
        sights.append(Sight(kb, tuple(some), own, asked))
    return sights


def _deriving(
    kbs: Sequence[KnowledgeBase], facts: Iterable[str], apart: frozenset[str]
) -> tuple[list[tuple[Rule, ...]], frozenset[str]]:
    """The rules that derive one of these facts or what such a rule looks at, and all facts then looked at.

    Left out is a rule that adds no combination: what it derives could be answered just as well, and what
    it looks at matters to nothing else. What a question needs is looked at where it may be set aside in one
    and not in the other.
    """
    wanted = _with_needs(kbs, set(facts), apart)
    kept: list[dict[int, Rule]] = [{} for _ in kbs]
    while True:
        seen = {question_of(f) for f in wanted}
        more = [
            (own, rule)
            for kb, own in zip(kbs, kept, strict=True)
            for rule in kb.rules
            if rule.number not in own
            and any(name in wanted for name, _ in rule.then.derive)
            and (not apart.isdisjoint(_touched(rule)) or not _adds_nothing(kb, rule, wanted, seen))
        ]
        if not more:
            return [tuple(own[n] for n in sorted(own)) for own in kept], frozenset(wanted)
        for own, rule in more:
            own[rule.number] = rule
            wanted |= {c.fact for premises in rule.alternatives for c in premises}
        wanted = _with_needs(kbs, wanted, apart)


def _with_needs(kbs: Sequence[KnowledgeBase], facts: set[str], apart: frozenset[str]) -> set[str]:
    while True:
        names = {question_of(f) for f in facts} & apart
        asked = [kb.symptoms[n] for n in sorted(names) for kb in kbs if all(n in k.symptoms for k in kbs)]
        more = {c.fact for symptom in asked for c in symptom.needs if not c.fact.startswith(STATIC)}
        if more <= facts:
            return facts
        facts = facts | more


def _adds_nothing(kb: KnowledgeBase, rule: Rule, wanted: set[str], seen: set[str]) -> bool:
    if any(question_of(c.fact) in seen for premises in rule.alternatives for c in premises):
        return False
    for name, value in rule.then.derive:
        if name in wanted:
            symptom = kb.symptoms.get(name)
            if symptom is None or not (value == UNKNOWN or symptom.answer(str(value))):
                return False
            if any(question_of(c.fact) in seen for c in symptom.needs):
                return False
    return True


def _groups(
    asked: Sequence[str], sights: Sequence[Sight], near: Iterable[Iterable[str]]
) -> list[tuple[str, ...]]:
    """Questions and derived facts that deriving rules tie together, or that are ``near``, in text order."""
    names = list(asked)
    looked_at = {c.fact for s in sights for p in (*s.alternatives(), *s.asked.values()) for c in p}
    names += sorted(fact for fact in looked_at if fact.startswith("tried."))
    names += [question_of(n) for s in sights for r in s.rules for n, _ in r.then.derive]
    names = list(dict.fromkeys(names))
    parent = {n: n for n in names}

    def top(name: str) -> str:
        while parent[name] != name:
            name = parent[name]
        return name

    ties = [_touched(rule) for sight in sights for rule in sight.rules]
    for tie in (*ties, *near):
        known = [n for n in dict.fromkeys(tie) if n in parent]
        for other in known[1:]:
            parent[top(other)] = top(known[0])
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(top(name), []).append(name)
    return [tuple(members) for members in groups.values()]


def _touched(rule: Rule) -> list[str]:
    """The questions and facts that a rule ties together."""
    facts = [c.fact for p in rule.alternatives for c in p] + [n for n, _ in rule.then.derive]
    return [question_of(fact) for fact in facts]


def _classes(classes: Sequence[str]) -> Dimension:
    return Dimension((FAULT_CLASS,), tuple(Option(((FAULT_CLASS, c),), ((FAULT_CLASS, c),)) for c in classes))


@dataclass(frozen=True, slots=True)
class _Group:
    """Names that hang together, and all that decides what answers to them come to: by value, since handsets
    of one programme have most of it in common.

    ``options``: of each name; ``rules``: for each knowledge base those that derive; ``needs``: what its
    questions need; ``premises``: what of them is about these names; ``apart``, ``far``: which names are so.
    """

    names: tuple[str, ...]
    options: tuple[tuple[Option, ...], ...]
    rules: tuple[tuple[Rule, ...], ...]
    needs: tuple[tuple[tuple[str, Premises], ...], ...]
    premises: tuple[tuple[Premises, ...], ...]
    needed: tuple[Condition, ...]
    apart: frozenset[str]
    far: frozenset[str]


def _group(
    names: Sequence[str], sights: Sequence[Sight], apart: frozenset[str], far: frozenset[str]
) -> _Group:
    own = frozenset(names)
    parted = own & apart
    premises = [s.premises for s in sights]
    if not parted:
        # What is alike in all is worked out once, for all that any of them tells apart.
        premises, sights = [tuple(p for some in premises for p in some)], sights[:1]
    seen = tuple(
        tuple(dict.fromkeys(tuple(c for c in p if question_of(c.fact) in own) for p in some))
        for some in premises
    )
    rules = tuple(_plain_rules(s, own) for s in sights)
    asked = tuple(n for n in names if n.startswith("tried.") or any(n in s.asked for s in sights))
    needs = tuple(tuple((n, s.asked[n]) for n in asked if s.asked.get(n)) for s in sights)
    needed = dict.fromkeys(c for s in sights for some in s.asked.values() for c in some)
    kept = tuple(c for c in needed if question_of(c.fact) in own)
    conditions = [
        tuple(c for p in (*some, *(a for r in made for a in r.alternatives), kept) for c in p)
        for some, made in zip(seen, rules, strict=True)
    ]
    options = tuple(_options([s.kb for s in sights], n, conditions, parted) for n in asked)
    return _Group(asked, options, rules, needs, seen, kept, parted, far & own)


def _plain_rules(sight: Sight, names: frozenset[str]) -> tuple[Rule, ...]:
    """The rules that derive something of these names, by what they do for such a handset alone."""
    standing = standing_facts(sight.kb)
    own = sorted(
        (r for r in sight.rules if not names.isdisjoint(_touched(r))), key=lambda r: (-r.salience, r.number)
    )
    return tuple(
        Rule(f"{turn}", tuple(alternatives), Effects(derive=rule.then.derive), number=turn)
        for turn, rule in enumerate(own)
        if (alternatives := [a for p in rule.alternatives if (a := live(p, standing)) is not None])
    )


def _options(
    kbs: Sequence[KnowledgeBase], name: str, conditions: Sequence[Sequence[Condition]], apart: frozenset[str]
) -> tuple[Option, ...]:
    """The ways in which a question can be answered; a remedy tried."""
    if name.startswith("tried."):
        outcomes: tuple[Given, ...] = ((), ((name, "not_cured"),), ((name, "declined"),))
        return tuple(Option(o, o) for o in outcomes)
    return tuple(Option(way.given, _together(way.facts, apart)) for way in ways(kbs, name, conditions))


def _together(facts: Iterable[Facts], apart: frozenset[str]) -> Given:
    """The facts of all knowledge bases by name."""
    return tuple({named(k, i, apart): v for i, some in enumerate(facts) for k, v in some.items()}.items())


@lru_cache(maxsize=256)
def _dimension(group: _Group) -> Dimension:
    """Each way of answering that something tells from the others, the smallest of those alike.

    Raises:
        TooMany: when there are more than can be gone through.
    """
    books = [RuleBook(some) if some else None for some in group.rules]
    needs = [dict(some) for some in group.needs]
    alike: dict[tuple[object, ...], Option] = {}
    for state in sorted(_answers(group), key=lambda s: len(s.given)):
        told = [facts_of(state.facts, side) for side in range(len(books))]
        settled = [_settled(*one) for one in zip(books, needs, told, strict=True)]
        answered = [frozenset(map(question_of, facts)) for facts in told]
        aside = frozenset(n for _, gone in settled for n in gone)
        if aside and all(aside & heard == gone for heard, (_, gone) in zip(answered, settled, strict=True)):
            continue  # the same as not asked
        stand = tuple(n for n in group.names if n not in aside and any(n in heard for heard in answered))
        signature = (
            *(
                tuple([satisfied(p, f) for p in seen])
                for seen, (f, _) in zip(group.premises, settled, strict=True)
            ),
            *(tuple([fails(c, facts) for c in group.needed]) for facts, _ in settled),
            tuple(n for n in stand if n in group.far),
        )
        before = alike.get(signature)
        if before is None:
            facts = _together((f for f, _ in settled), group.apart)
            alike[signature] = Option(state.given, facts, stand, state.count)
        else:
            alike[signature] = replace(before, count=before.count + state.count)
    return Dimension(group.names, tuple(alike.values()))


def _answers(group: _Group) -> tuple[State, ...]:
    """The ways of answering, before anything is derived or set aside, as far as they come to the same.

    What is derived hangs on which alternatives of deriving rules are met, as far as they look at answers,
    and on what was said of facts that could be derived; what is set aside, on what is known to fail.
    """
    derived = dict.fromkeys(n for some in group.rules for r in some for n, _ in r.then.derive)
    seen: dict[Premises, None] = {(): None}

    def see(premises: Premises, side: int) -> None:
        seen[tuple(replace(c, fact=named(c.fact, side, group.apart)) for c in premises)] = None

    for side, (rules, needs, premises) in enumerate(
        zip(group.rules, group.needs, group.premises, strict=True)
    ):
        for alternative in (*(a for r in rules for a in r.alternatives), *premises):
            see(tuple(c for c in alternative if c.fact not in derived), side)
            for c in alternative:
                if c.fact in derived:
                    see((c,), side)
        for fact in dict.fromkeys((*derived, *(c.fact for c in group.needed), *(n for n, _ in needs))):
            see((Condition(fact, ("",), negated=True),), side)  # it is known
        for c in group.needed:
            see((c,), side)
    dimensions = tuple(Dimension((n,), some) for n, some in zip(group.names, group.options, strict=True))
    return states(Space(dimensions, tuple(seen), tuple(((number,),) for number in range(len(seen)))))


def _settled(
    book: RuleBook | None, needs: Mapping[str, Premises], told: Facts
) -> tuple[Facts, frozenset[str]]:
    """All facts then, and the questions set aside, as a call does it: until all that are left apply."""
    gone: frozenset[str] = frozenset()
    while True:
        facts = {k: v for k, v in told.items() if question_of(k) not in gone}
        left = dict.fromkeys(question_of(k) for k in facts)
        if book is not None:
            facts.update((k, v) for k, v in book.fire(facts).derived if k not in facts)
        more = {n for n in left if any(fails(c, facts) for c in needs.get(n, ()))}
        if not more:
            return facts, gone
        gone |= more

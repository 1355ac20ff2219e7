"""Rules by themselves and beside each other: never fire, needless beside another, going in circles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields

from diagnose.knowledge.model import Effects, KnowledgeBase, Place, Premises, Rule, Scalar
from diagnose.knowledge.problems import Problem

from .finding import Finding, Subject, warning
from .space import Space, space


def subject(rule: Rule) -> Subject:
    """The rule as the subject of a finding."""
    return "rules", rule.id, rule.origin.place


def never_firing(kb: KnowledgeBase) -> Iterator[Finding]:
    """Rules, and single alternatives of a rule, that no call can satisfy."""
    here = space(kb)
    for rule in kb.rules:
        dead = [a for a in rule.alternatives if here.witness(a) is None]
        if len(dead) == len(rule.alternatives):
            message = f"rule {rule.id!r} can never fire: {_reason(here, rule.alternatives[0])}"
            yield Finding(
                warning(rule.origin.place, "K504", message, "correct its premises, or take it out"),
                (subject(rule),),
            )
            continue
        for alternative in dead:
            message = f"this alternative of rule {rule.id!r} never holds: {_reason(here, alternative)}"
            place = alternative[0].place if alternative else rule.origin.place
            yield Finding(warning(place, "K504", message, "correct it, or take it out"), (subject(rule),))


def _reason(here: Space, premises: Premises) -> str:
    """Which premise cannot hold, or cannot hold beside the others."""
    for condition in premises:
        if here.witness((condition,)) is None:
            return f"{condition.fact} is never that"
    for i, condition in enumerate(premises):
        for other in premises[:i]:
            if here.witness((other, condition)) is None:
                return f"{condition.fact} is not that when {other.fact} is what is written"
    return "its premises never hold together"


def needless(kb: KnowledgeBase) -> Iterator[Finding]:
    """Rules that add nothing: whenever they fire, another one does all that they do."""
    here = space(kb)
    told: set[str] = set()
    wants = {rule.id: _wants(rule) for rule in kb.rules}
    doing: dict[tuple[str, object], list[Rule]] = {}
    for rule in kb.rules:
        for effect in wants[rule.id]:
            doing.setdefault(effect, []).append(rule)
    for rule in kb.rules:
        # What never holds is told as such (K504).
        live = [a for a in rule.alternatives if here.witness(a) is not None]
        if not live:
            continue
        for i, alternative in enumerate(live):
            for other in live[:i]:
                if here.implies(alternative, other):
                    place = alternative[0].place if alternative else rule.origin.place
                    message = f"this alternative of rule {rule.id!r} adds nothing to the one at {_at(other)}"
                    yield Finding(warning(place, "K505", message, "take one of them out"), (subject(rule),))
                    break
        for other_rule in _doing_all(rule, wants, doing):
            if other_rule.id in told:
                continue
            always = all(any(here.implies(a, b) for b in other_rule.alternatives) for a in live)
            if always and not _forestalls(kb, here, rule, other_rule):
                told.add(rule.id)
                message = (
                    f"rule {rule.id!r} is needless: whenever it fires, {other_rule.id!r} "
                    f"({other_rule.origin.place}) does all that it does"
                )
                yield Finding(
                    warning(rule.origin.place, "K505", message, "take it out, or narrow the other"),
                    (subject(rule),),
                )
                break


def _at(premises: Premises) -> Place | str:
    return premises[0].place if premises else "no premises"


FIRST_WINS = ("charge", "promise")
"""Of rules that set one of these the first to fire wins, whatever a later one says."""
IN_ORDER = (*FIRST_WINS, "require", "channel", "derive")
"""Effects of which the first that can be had holds."""


def _wants(rule: Rule) -> frozenset[tuple[str, object]]:
    """The effects of a rule one by one, each with its name; for the first to win also the bare name."""
    wants: set[tuple[str, object]] = set()
    for name in (f.name for f in fields(Effects)):
        value = getattr(rule.then, name)
        several = value if isinstance(value, tuple) else (value,) if value else ()
        wants.update((name, item) for item in several)
        if several and name in FIRST_WINS:
            wants.add((name, None))
    return frozenset(wants)


def _doing_all(
    rule: Rule,
    wants: Mapping[str, frozenset[tuple[str, object]]],
    doing: Mapping[tuple[str, object], Sequence[Rule]],
) -> list[Rule]:
    """The other rules whose effects leave none of this one's to be had, in the order of the text."""
    mine = wants[rule.id]
    if not mine:
        return []
    given = [e for e in mine if e[0] not in FIRST_WINS or e[1] is None]
    rarest = min(given, key=lambda e: (len(doing[e]), str(e)))
    found = []
    for other in doing[rarest]:
        beaten = FIRST_WINS if _turn(other) < _turn(rule) else ()
        theirs = wants[other.id]
        had = (e in theirs or (e[0] in beaten and (e[0], None) in theirs) for e in mine)
        if other.id != rule.id and all(had):
            found.append(other)
    return found


def _turn(rule: Rule) -> tuple[int, int]:
    """When a rule's turn comes: the smaller, the earlier."""
    return -rule.salience, rule.number


def _settings(rule: Rule) -> dict[tuple[str, str], Scalar]:
    """What a rule sets that only one rule can: effect and, for what it derives, fact -> value."""
    plain = {(name, ""): getattr(rule.then, name) for name in IN_ORDER if name != "derive"}
    derived = {("derive", fact): value for fact, value in rule.then.derive}
    return {slot: value for slot, value in (plain | derived).items() if value != ""}


def _forestalls(kb: KnowledgeBase, here: Space, rule: Rule, other: Rule) -> bool:
    """Whether the rule is before a third one that would set something else ahead of the ``other``."""
    mine = _settings(rule)
    return any(
        _turn(rule) < _turn(third) < _turn(other)
        and any(slot in mine and mine[slot] != value for slot, value in _settings(third).items())
        and any(here.witness((*a, *b)) is not None for a in rule.alternatives for b in third.alternatives)
        for third in kb.rules
    )


def circles(kb: KnowledgeBase) -> Iterator[Finding]:
    """Facts that are derived from themselves: each circle once, said at its first rule."""
    rules = {r.id: r for r in kb.rules if r.then.derive}
    makes: dict[str, list[tuple[str, Scalar]]] = {}
    for rule in rules.values():
        for fact, value in rule.then.derive:
            makes.setdefault(fact, []).append((rule.id, value))
    follows = {rule.id: _enablers(rule, makes) for rule in rules.values()}
    told: set[frozenset[str]] = set()
    for start in rules:
        circle = _circle(start, follows)
        if circle and frozenset(circle) not in told:
            told.add(frozenset(circle))
            first = min((rules[id_] for id_ in circle), key=lambda r: r.number)
            path = " <- ".join([*circle, circle[0]])
            message = f"a fact is derived from itself: {path}"
            problem = Problem(first.origin.place, "K508", message, "let one of them rest on answers only")
            yield Finding(problem, (subject(first),), everywhere=False)


def _enablers(rule: Rule, makes: Mapping[str, Sequence[tuple[str, Scalar]]]) -> list[str]:
    """The rules that derive what satisfies one of its premises, each once."""
    premises = [c for alternative in rule.alternatives for c in alternative]
    enabling = (id_ for c in premises for id_, value in makes.get(c.fact, ()) if c.holds_for(value))
    return list(dict.fromkeys(enabling))


def _circle(start: str, follows: Mapping[str, Sequence[str]]) -> list[str]:
    """The shortest way from a rule back to itself; empty when there is none."""
    paths = [[start]]
    seen: set[str] = set()
    while paths:
        longer = []
        for path in paths:
            for before in follows[path[-1]]:
                if before == start:
                    return path
                if before not in seen:
                    seen.add(before)
                    longer.append([*path, before])
        paths = longer
    return []

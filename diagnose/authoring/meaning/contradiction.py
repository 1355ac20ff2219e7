"""Rules that cannot both be followed: verdicts required against each other, faults, derived facts.

A contradiction is told only with a witness: facts on which the engine itself fires both rules. Where a rule
confirms a fault there, that fault is the one in front, and its class the only one that policy looks at.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from diagnose.knowledge.model import Condition, KnowledgeBase, Rule, Scalar
from diagnose.knowledge.problems import Problem
from diagnose.reasoning.facts import Facts
from diagnose.reasoning.policy import FAULT_CLASS, is_policy
from diagnose.reasoning.rules import RuleBook

from .finding import Finding, warning
from .rulework import subject
from .space import Space, space


def required_otherwise(kb: KnowledgeBase) -> Iterator[Finding]:
    """Pairs of rules that require different ends on the same facts, neither forbidden by any rule."""
    here, book = space(kb), RuleBook(kb.rules)
    rules = [r for r in kb.rules if r.then.require]
    for first, second in combinations(rules, 2):
        if _compatible(kb, first.then.require, second.then.require):
            continue
        facts = _clash(kb, here, book, first, second)
        if facts is None:
            continue
        message = (
            f"rules {first.id!r} ({first.origin.place}) and {second.id!r} require different ends, "
            f"{first.then.require} and {second.then.require}, when {_told(kb, facts)}"
        )
        problem = Problem(
            second.origin.place,
            "K506",
            message,
            "narrow one of them, or let one forbid what the other requires",
        )
        yield Finding(problem, (subject(first), subject(second)), everywhere=False)


def _compatible(kb: KnowledgeBase, one: str, other: str) -> bool:
    """Whether some remedy is what both require."""
    return any({one, other} <= {r.id, r.verdict} or one == other for r in kb.remedies.values())


def _clash(kb: KnowledgeBase, here: Space, book: RuleBook, first: Rule, second: Rule) -> Facts | None:
    for facts in _together(here, first, second):
        fired = {f.rule.id: f.rule for f in book.fire(facts).firings}
        if first.id not in fired or second.id not in fired:
            continue
        sure = {kb.faults[r.then.confirm].fault_class for r in fired.values() if r.then.confirm in kb.faults}
        if sure and FAULT_CLASS in facts and facts[FAULT_CLASS] not in sure:
            continue
        forbidden = {x for r in fired.values() for x in r.then.forbid}
        if _left(kb, first.then.require, forbidden) and _left(kb, second.then.require, forbidden):
            return facts
    return None


def _left(kb: KnowledgeBase, required: str, forbidden: set[str]) -> bool:
    """Whether forbidding leaves a remedy that meets what is required."""
    return any(
        required in (r.id, r.verdict) and not forbidden & {r.id, r.verdict} for r in kb.remedies.values()
    )


def _together(here: Space, first: Rule, second: Rule) -> Iterator[Facts]:
    """Facts on which both hold, one for each pair of alternatives and each class that may be in front."""
    policy = is_policy(first) or is_policy(second)
    for mine in first.alternatives:
        for theirs in second.alternatives:
            for fault_class in here.classes if policy else (None,):
                front = () if fault_class is None else (Condition(FAULT_CLASS, (fault_class,)),)
                for facts in here.witnesses((*mine, *theirs, *front)):
                    yield here.standing | facts


def at_odds(kb: KnowledgeBase) -> Iterator[Finding]:
    """Pairs of rules of which one, whenever it fires, has the other say the opposite.

    One confirms the fault that the other rules out, one skips what the other asks first, or both derive
    a fact, each with a value of its own and at the same salience.
    """
    here = space(kb)
    for first, second in combinations(kb.rules, 2):
        what = _opposite(first, second)
        if not what:
            continue
        if not (_implied(here, first, second) or _implied(here, second, first)):
            continue
        message = f"rules {first.id!r} ({first.origin.place}) and {second.id!r} are at odds: {what}"
        problem = warning(second.origin.place, "K507", message, "narrow one of them")
        yield Finding(problem, (subject(first), subject(second)))


def _opposite(first: Rule, second: Rule) -> str:
    for one, other in ((first.then, second.then), (second.then, first.then)):
        if one.confirm and one.confirm in other.rule_out:
            return f"one confirms {one.confirm!r}, the other rules it out"
        for symptom in one.ask:
            if symptom in other.skip:
                return f"one asks {symptom!r} first, the other skips it"
    if first.salience == second.salience:
        theirs = dict(second.then.derive)
        for fact, value in first.then.derive:
            if fact in theirs and (theirs[fact] != value or type(theirs[fact]) is not type(value)):
                return f"{fact} is derived as {_word(value)} and as {_word(theirs[fact])}"
    return ""


def _implied(here: Space, rule: Rule, other: Rule) -> bool:
    """Whether the other fires whenever the rule does, which it does on some call."""
    live = [a for a in rule.alternatives if here.domains(a) is not None]
    return bool(live) and all(any(here.implies(a, b) for b in other.alternatives) for a in live)


def _told(kb: KnowledgeBase, facts: Facts) -> str:
    """The facts of a witness that are not a matter of course."""
    standing = space(kb).standing
    told = [f"{fact}: {_word(value)}" for fact, value in facts.items() if fact not in standing]
    return ", ".join(told) or "nothing is known yet"


def _word(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

"""What nothing leads to: remedies, alerts, channels, charges, promises, derived facts; phrases said twice."""

from __future__ import annotations

from collections.abc import Iterator

from diagnose.knowledge.model import KnowledgeBase, Origin, Place
from diagnose.reasoning.policy import FAULT_CLASS

from .finding import Finding, warning
from .rulework import subject

BY_NAME = ("free", "estimate")
"""Charges that the reasoning itself falls back on."""


def unreached_remedies(kb: KnowledgeBase) -> Iterator[Finding]:
    """Remedies that cure no fault that there is, and that no rule requires."""
    classes = {f.fault_class for f in kb.faults.values()}
    reached = {r for f in kb.faults.values() for r in (f.remedy, *f.also)}
    required = {r.then.require for r in kb.rules}
    for remedy in kb.remedies.values():
        if remedy.id in reached or remedy.id in required or classes & set(remedy.cures):
            continue
        message = f"remedy {remedy.id!r} is never reached: no fault has it, no rule requires it"
        mend = "name it under remedy: or also: of a fault, or take it out"
        problem = warning(remedy.origin.place, "K509", message, mend)
        yield Finding(problem, (("remedies", remedy.id, remedy.origin.place),))


def unused(kb: KnowledgeBase) -> Iterator[Finding]:
    """Alerts, channels, charges and promises that no rule names; derived facts that nothing looks at."""
    named = {
        "alerts": {r.then.alert for r in kb.rules},
        "channels": {r.then.channel for r in kb.rules} | {c.id for c in kb.channels.values() if c.verdicts},
        "charges": {r.then.charge for r in kb.rules} | set(BY_NAME),
        "promises": {r.then.promise for r in kb.rules},
    }
    # A channel of no verdict and no carrier is the last way left when all others are forbidden.
    named["channels"] |= {c.id for c in kb.channels.values() if not c.carrier and not c.verdicts}
    for section, used in named.items():
        for entry in getattr(kb, section).values():
            if entry.id not in used:
                message = f"{section[:-1]} {entry.id!r} is never used: no rule names it"
                problem = warning(entry.origin.place, "K510", message, "let a rule name it, or take it out")
                yield Finding(problem, ((section, entry.id, entry.origin.place),))
    yield from _unread_facts(kb)


def _unread_facts(kb: KnowledgeBase) -> Iterator[Finding]:
    premises = [p for r in kb.rules for p in r.alternatives]
    premises += [s.needs for s in kb.symptoms.values()] + [f.needs for f in kb.faults.values()]
    premises += [r.needs for r in kb.remedies.values()] + [w.needs for w in kb.wrap_up]
    read = {c.fact for p in premises for c in p} | set(kb.symptoms) | {FAULT_CLASS}
    for rule in kb.rules:
        for fact, _ in rule.then.derive:
            if fact not in read:
                message = f"rule {rule.id!r} derives {fact!r}, which nothing looks at"
                problem = warning(
                    rule.origin.place, "K510", message, "let a premise ask for it, or take it out"
                )
                yield Finding(problem, (subject(rule),))


def phrases_said_twice(kb: KnowledgeBase) -> Iterator[Finding]:
    """Lay phrases by which two symptoms would be volunteered."""
    owners: dict[tuple[str, str], str] = {}
    for symptom in kb.symptoms.values():
        for answer in symptom.answers:
            for language, phrases in answer.said:
                for phrase in phrases:
                    key = (language, " ".join(phrase.casefold().split()))
                    owner = owners.setdefault(key, symptom.id)
                    if owner == symptom.id:
                        continue
                    first = kb.symptoms[owner]
                    message = f"{phrase!r} is said of {symptom.id!r} and of {owner!r} ({first.origin.place})"
                    mend = "leave it to the one that callers mean by it"
                    problem = warning(_latest(symptom.origin), "K514", message, mend)
                    pair = tuple(("symptoms", s.id, s.origin.place) for s in (first, symptom))
                    yield Finding(problem, pair, everywhere=False)


def _latest(origin: Origin) -> Place:
    """Where an entry was written, or changed last."""
    return origin.changed[-1][1] if origin.changed else origin.place

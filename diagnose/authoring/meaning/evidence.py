"""Symptoms and faults: what shows nothing, what parts nothing, what nothing parts."""

from __future__ import annotations

from collections.abc import Iterator

from diagnose.knowledge.model import Fault, KnowledgeBase, Symptom
from diagnose.reasoning.open_question import ANYTHING_ELSE

from .finding import Finding, warning

SAME = 1e-6
"""Two probabilities nearer than this are the same."""
Shares = tuple[float, ...]


def silent_faults(kb: KnowledgeBase) -> Iterator[Finding]:
    """Faults that show nothing: no answer tells for or against them."""
    for fault in kb.faults.values():
        if any(_differs(shares, _background(kb, symptom)) for symptom, shares in fault.shows):
            continue
        if any(fault.id in r.then.rule_out or fault.id == r.then.confirm for r in kb.rules):
            continue
        message = f"fault {fault.id!r} shows nothing: no answer tells for it"
        problem = warning(fault.origin.place, "K501", message, "write under shows: what its callers notice")
        yield Finding(problem, (("faults", fault.id, fault.origin.place),))


def idle_symptoms(kb: KnowledgeBase) -> Iterator[Finding]:
    """Symptoms that part nothing: every fault answers them alike, and no rule looks at them.

    Not the open question: what parts there is what is said, and what is not.
    """
    looked_at = _looked_at(kb)
    for symptom in kb.symptoms.values():
        if symptom.id in looked_at or symptom.id == ANYTHING_ELSE or _parts(kb, symptom):
            continue
        message = f"symptom {symptom.id!r} parts nothing: all faults answer it alike, and no rule looks at it"
        mend = "let faults show it, let a rule look at it, or take it out"
        problem = warning(symptom.origin.place, "K502", message, mend)
        yield Finding(problem, (("symptoms", symptom.id, symptom.origin.place),))


def twins(kb: KnowledgeBase) -> Iterator[Finding]:
    """Pairs of faults that no question parts: all answers are as likely for one as for the other."""
    groups: dict[object, list[Fault]] = {}
    for fault in kb.faults.values():
        groups.setdefault(_signature(kb, fault), []).append(fault)
    for group in groups.values():
        for i, second in enumerate(group):
            for first in group[:i]:
                same = first.remedy == second.remedy and first.fault_class == second.fault_class
                tail = "" if same else ", yet they call for different ends"
                message = f"no question parts {second.id!r} from {first.id!r}{tail}"
                mend = "make them one fault" if same else "add what only one of them shows"
                problem = warning(second.origin.place, "K503", message, mend)
                pair = tuple(("faults", f.id, f.origin.place) for f in (first, second))
                yield Finding(problem, pair)


def _signature(kb: KnowledgeBase, fault: Fault) -> object:
    """All that tells one fault from another in a dialogue, its silence included."""
    shows = frozenset(
        (symptom, tuple(round(p, 6) for p in shares))
        for symptom, shares in fault.shows
        if _differs(shares, _background(kb, symptom))
    )
    rules = frozenset(r.id for r in kb.rules if fault.id in r.then.rule_out or fault.id == r.then.confirm)
    # Faults that show nothing are told as such (K501); they are not twins besides.
    return (shows, rules) if shows or rules else fault.id


def _background(kb: KnowledgeBase, symptom: str) -> Shares:
    return tuple(a.background for a in kb.symptoms[symptom].answers)


def _differs(shares: Shares, others: Shares) -> bool:
    return any(abs(a - b) > SAME for a, b in zip(shares, others, strict=True))


def _parts(kb: KnowledgeBase, symptom: Symptom) -> bool:
    """Whether some two faults answer a symptom differently."""
    background = _background(kb, symptom.id)
    rows = [dict(f.shows).get(symptom.id, background) for f in kb.faults.values()]
    return any(_differs(row, rows[0]) for row in rows[1:])


def _looked_at(kb: KnowledgeBase) -> frozenset[str]:
    """The symptoms that premises are about: of rules, of what other entries need."""
    premises = [p for r in kb.rules for p in r.alternatives]
    premises += [s.needs for s in kb.symptoms.values()] + [f.needs for f in kb.faults.values()]
    premises += [r.needs for r in kb.remedies.values()] + [w.needs for w in kb.wrap_up]
    named = {c.fact for p in premises for c in p}
    # Who sold it also settles facts about the retailer.
    owners = {n.partition(".")[0] for n in named}
    return frozenset(named | owners)

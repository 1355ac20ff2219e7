"""What is demanded of every policy, whoever wrote it: invariants of the product's own, by code.

They are written in the same form as an engineer's ``always:`` and ``never:``, over the facts of
entitlement that the shipped knowledge asks for; one that names a question which a handset does not have
says nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from diagnose.knowledge.invariants import Invariant, OutcomeTest
from diagnose.knowledge.model import Condition, KnowledgeBase
from diagnose.reasoning.policy import FAULT_CLASS

DANGER = "outcome.danger"
"""A fact for invariants of this module: a class of danger in front, or an alert of danger given."""

CODES = {
    "P101": "no remedy is left that cures a fault",
    "P102": "two rules require different remedies",
    "P103": "something unsafe travels by carrier",
    "P104": "an exchange without one of its gates",
    "P105": "free, although out of guarantee",
    "P106": "free, although damaged or wet",
    "P107": "a rule that can never fire",
    "P201": "an outcome that never: excludes",
    "P202": "an outcome other than always: demands",
    "P203": "an invariant that never applies",
    "P301": "too many combinations to go through",
}
"""Every code of a failed proof: 1 the product's own demands, 2 the engineer's, 3 the proof itself."""


@dataclass(frozen=True, slots=True)
class Demand:
    """An invariant with the code under which its failures are told, and what it says."""

    code: str
    invariant: Invariant
    words: str


GATES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("in_guarantee", ("no", "unknown")),
    ("proof", ("no",)),
    ("wet", ("yes",)),
    ("accident", ("yes", "unknown")),
    ("repaired", ("yes",)),
    ("imei_label_differs", ("yes",)),
    ("account_lock", ("yes",)),
)
"""What bars the exchange of a defective handset: the answers to each question of entitlement."""


def demands(kb: KnowledgeBase) -> tuple[Demand, ...]:
    """Those that can bear on this handset."""
    dangerous = tuple(c.id for c in kb.classes.values() if c.danger)
    sound = tuple(c.id for c in kb.classes.values() if c.sound)
    harmless = Condition(FAULT_CLASS, dangerous, negated=True) if dangerous else None
    defect = Condition(FAULT_CLASS, (*sound, *dangerous), negated=True)
    paid = (OutcomeTest("verdict", ("advice",), negated=True), OutcomeTest("free", (True,)))
    found = [
        _never(
            "P103",
            "unsafe-by-carrier",
            (Condition(DANGER, (True,)),),
            (OutcomeTest("carrier", (True,)),),
            "nothing unsafe travels by carrier",
        )
    ]
    for fact, against in GATES:
        if fact in kb.symptoms:
            found.append(
                _never(
                    "P104",
                    f"exchange-despite-{fact}",
                    (defect, Condition(fact, against)),
                    (OutcomeTest("verdict", ("exchange",)),),
                    f"no exchange of a defective handset when {fact} is {' or '.join(against)}",
                )
            )
    if "in_guarantee" in kb.symptoms:
        late = (Condition("in_guarantee", ("no",)), *([harmless] if harmless else []))
        words = "out of guarantee nothing but advice and danger is free"
        found.append(_never("P105", "free-out-of-guarantee", late, paid, words))
    spoilt = tuple(c for c in ("damage", "liquid") if c in kb.classes)
    if spoilt:
        words = "damage and liquid are never free"
        found.append(_never("P106", "free-damage", (Condition(FAULT_CLASS, spoilt),), paid, words))
    for fact in ("wet", "accident"):
        if fact in kb.symptoms:
            when = (Condition(fact, ("yes",)), *([harmless] if harmless else []))
            found.append(
                _never("P106", f"free-although-{fact}", when, paid, f"with {fact}: yes nothing is free")
            )
    return tuple(found)


def _never(
    code: str, id_: str, when: tuple[Condition, ...], outcome: tuple[OutcomeTest, ...], words: str
) -> Demand:
    return Demand(code, Invariant(id_, "never", (when,), outcome), words)

"""What is proved, what is demanded of it, and what a demand that does not hold comes to."""

from __future__ import annotations

from dataclasses import dataclass

from diagnose.knowledge.invariants import Invariant
from diagnose.knowledge.model import KnowledgeBase, Place, Scalar

from .standing import demands

Case = tuple[tuple[str, Scalar], ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """A demand that does not hold. ``case``: the smallest facts that show it; ``rules``: those that fire.

    ``subject``: what it is about (a fault class, rules, an invariant). ``handsets``: all of this programme
    for which it fails, the first being that of the case. ``mend``: YAML that closes a hole, or empty.
    """

    code: str
    subject: str
    programme: str
    handsets: tuple[str, ...]
    message: str
    place: Place
    case: Case = ()
    rules: tuple[tuple[str, Place], ...] = ()
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """One knowledge base to prove, and the invariants that its engineer wrote."""

    kb: KnowledgeBase
    invariants: tuple[Invariant, ...] = ()

    @property
    def programme(self) -> str:
        """Its programme, empty when there is none."""
        return self.kb.programme.id if self.kb.programme else ""


def wanted(subject: Subject) -> list[tuple[str, Invariant, str]]:
    """Everything demanded of outcomes: code, invariant, in words.

    An engineer's invariant stands in place of the product's own of the same id.
    """
    own = {(i.kind, i.id) for i in subject.invariants}
    wanted = [
        (d.code, d.invariant, d.words)
        for d in demands(subject.kb)
        if (d.invariant.kind, d.invariant.id) not in own
    ]
    return wanted + [
        ("P201" if i.kind == "never" else "P202", i, i.because or f"{i.kind} {i.id}")
        for i in subject.invariants
    ]

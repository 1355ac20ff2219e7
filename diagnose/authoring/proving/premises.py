"""Premises as proofs look at them: without what the handset decides, in one order, by question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from diagnose.knowledge.model import NOWHERE, Premises, Scalar

STATIC = ("handset.", "programme.")


def live(premises: Premises, standing: Mapping[str, Scalar]) -> Premises | None:
    """The premises but for those on handset and programme, which hold; None when one of them does not."""
    left = []
    for c in premises:
        if not c.fact.startswith(STATIC):
            left.append(c)
        elif c.fact not in standing or not c.holds_for(standing[c.fact]):
            return None
    return tuple(left)


def plain(premises: Premises) -> Premises:
    """The same premises in an order of their own, each value and each premise once."""
    once = {repr(c): c for c in (replace(c, values=_sorted(c.values), place=NOWHERE) for c in premises)}
    return tuple(once[text] for text in sorted(once))


def _sorted(values: Iterable[Scalar]) -> tuple[Scalar, ...]:
    """Each once; by how they are written, for true is not 1 there."""
    once = {repr(v): v for v in values}
    return tuple(once[text] for text in sorted(once))


def question_of(fact: str) -> str:
    """The question or derived fact that a fact comes from."""
    owner, _, name = fact.partition(".")
    return fact if owner == "tried" or not name else owner

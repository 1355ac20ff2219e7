"""The open question: "does anything else strike you?", answered by the signs that come to mind.

One question in place of dozens. What the caller complains of then was noticed by him, as at the
opening: a sign that the fault causes comes to mind more readily than one that is there by accident.
And each sign that he does *not* speak of is a little evidence against the faults that would show it.
Signs come to mind independently of each other, so the likelihood of a reply is a product, and it
makes no difference whether a sign was spoken of before or after the question was put.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

import numpy as np

from diagnose.reasoning.tables import Array, Tables

ANYTHING_ELSE = "anything_else"
"""The symptom with this id is the open question; its answers are ``something`` and ``nothing``."""
SOMETHING, NOTHING = "something", "nothing"
RECALL = 0.7
"""How often a sign that the fault causes comes to mind when asked openly; an estimate."""
MOST_TOLD_APART = 16
"""First signs that looking ahead tells apart; the others count as one answer."""


def comes_to_mind(t: Tables) -> Array:
    """(A, F): P(it is so, and is spoken of when asked openly | fault); 0 for what is not volunteered."""
    out: Array = RECALL * t.reason * t.so
    return out


def silence(t: Tables, known: Collection[str]) -> Array:
    """(F,): P(nothing is said of any sign but those of the ``known`` symptoms | fault)."""
    silent = [i for i, symptom in enumerate(t.span) if symptom not in known]
    out: Array = _unsaid(t)[silent].prod(axis=0)
    return out


@lru_cache(maxsize=64)
def _unsaid(t: Tables) -> Array:
    """(S, F): P(nothing is said of a symptom | fault), for the S symptoms in their order."""
    spoken = comes_to_mind(t)
    return np.array([1.0 - spoken[span].sum(axis=0) for span in t.span.values()]).reshape(-1, len(t.faults))


def replies(t: Tables, known: Collection[str], posterior: Array) -> Array:
    """(B, F): P(reply | fault), summing to 1: nothing, each of the likeliest first signs, any other."""
    rows = [
        row
        for symptom, span in t.span.items()
        if symptom not in known
        for row in range(span.start, span.stop)
    ]
    spoken = comes_to_mind(t)[rows]
    weight = spoken.sum(axis=0)
    nothing = silence(t, known)
    # several may come to mind; which one is said first is in proportion
    first = spoken * np.divide(1.0 - nothing, weight, out=np.zeros_like(weight), where=weight > 0)
    order = np.argsort(-np.round(first @ posterior, 12), kind="stable")
    apart, rest = first[order[:MOST_TOLD_APART]], first[order[MOST_TOLD_APART:]]
    return np.concatenate([nothing[None, :], apart, rest.sum(axis=0)[None, :]])

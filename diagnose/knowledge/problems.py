"""What is wrong with an author's text, as values: a place, a stable code, a message and how to mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from .model import Place

Severity = Literal["error", "warning"]

CODES: Mapping[str, str] = {
    # reading
    "K101": "a file cannot be read",
    "K102": "a file is not UTF-8",
    "K103": "a control character",
    "K104": "a file is too large",
    "K105": "nested too deeply",
    "K106": "not YAML",
    "K107": "a key is written twice",
    "K108": "a tag",
    "K109": "an anchor or an alias",
    "K110": "a merge key",
    "K111": "a key that is not a word",
    "K112": "a file with nothing in it",
    "K113": "more than one document in a file",
    # shape
    "K201": "an unknown field",
    "K202": "a field is missing",
    "K203": "a value of the wrong type",
    "K204": "not one of the words that are possible here",
    "K205": "a translation is missing",
    "K206": "a number out of range",
    "K207": "a badly formed name",
    "K208": "fields that do not go together",
    "K209": "nothing where something is needed",
    # layers
    "K301": "a file of another kind than its place asks for",
    "K302": "a file that is named does not exist",
    "K303": "a family extends itself",
    "K304": "an id that an earlier layer already has",
    "K305": "change, remove or weights of what no earlier layer wrote",
    "K306": "the handset does not have this programme",
    # links
    "K401": "an unknown symptom",
    "K402": "an unknown answer",
    "K403": "an unknown fault",
    "K404": "an unknown remedy",
    "K405": "an unknown fault class",
    "K406": "an unknown alert",
    "K407": "an unknown channel",
    "K408": "an unknown charge",
    "K409": "an unknown promise",
    "K410": "an unknown frequency word",
    "K411": "an unknown answer set",
    "K412": "a fault without a remedy",
    "K413": "an unknown attribute",
    "K414": "an unknown fact",
    "K415": "a test that this fact cannot have",
    "K416": "a policy rule does more than a policy rule may",
    "K417": "no source",
    "K418": "a background is missing or not possible",
    "K419": "frequencies add up to more than 1",
    "K420": "a rule that does nothing",
    "K421": "a pattern that is not a regular expression",
    "K422": "an id that somebody else has or had",
    "K423": "a placeholder that nothing fills",
    # meaning
    "K501": "a fault that shows nothing",
    "K502": "a symptom that parts nothing",
    "K503": "two faults that no question parts",
    "K504": "a rule that can never fire",
    "K505": "a rule that another one makes needless",
    "K506": "two rules that require different verdicts",
    "K507": "two rules at odds with each other",
    "K508": "a fact that is derived from itself",
    "K509": "a remedy that is never reached",
    "K510": "something that nothing uses",
    "K511": "a change that changes nothing",
    "K512": "too long to read aloud",
    "K513": "fewer seconds than reading it takes",
    "K514": "a phrase that is said of two symptoms",
    "K515": "a file that nothing uses",
    "K516": "a comment that was to allow something and does not",
    "K517": "an allowance that is not needed",
    "K518": "a case that expects nothing",
    "K519": "an editor does not find the schema of a file",
}
"""Every code with its meaning: 1 reading, 2 shape, 3 layers, 4 links, 5 meaning; never given a new one."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong with a text. Ordered by place; ``mend`` says what to do about it, or is empty."""

    place: Place
    code: str
    message: str
    mend: str = ""
    severity: Severity = "error"


def show(problem: Problem) -> str:
    """One line: ``file:line:col: K101 message; mend``."""
    tail = f"; {problem.mend}" if problem.mend else ""
    mark = "warning: " if problem.severity == "warning" else ""
    return f"{problem.place}: {problem.code} {mark}{problem.message}{tail}"


def errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Those that are errors, not warnings."""
    return tuple(p for p in problems if p.severity == "error")


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """By file, line and column, each one once; text that cannot be read (K1..) first: the rest may follow."""
    return tuple(sorted(set(problems), key=lambda p: (not p.code.startswith("K1"), p)))


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate most like the word, when one is like it at all."""
    pool = sorted(set(candidates))
    lowered = word.lower()
    for candidate in pool:
        if candidate.lower().replace("-", "_") == lowered.replace("-", "_"):
            return candidate
    found = difflib.get_close_matches(word, pool, n=1, cutoff=0.6)
    return found[0] if found else None


def did_you_mean(word: str, candidates: Iterable[str], otherwise: str = "") -> str:
    """``did you mean 'x'?``; when nothing is like the word, ``otherwise`` or a list of what there is.

    Where another one is as like, or all but, both are named: which is meant is for the author to say.
    """
    pool = sorted(set(candidates))
    best = closest(word, pool)
    if best is not None:
        rival = _rival(word, best, pool)
        return f"did you mean {best!r} or {rival!r}?" if rival else f"did you mean {best!r}?"
    if otherwise:
        return otherwise
    return f"one of {', '.join(pool)}" if 0 < len(pool) <= 12 else ""


def slips(word: str, meant: str) -> int:
    """How many letters were left out, added, changed or swapped with a neighbour; case and - or _ aside."""
    from rapidfuzz.distance import OSA

    return OSA.distance(*(w.lower().replace("-", "_") for w in (word, meant)))


def _rival(word: str, best: str, pool: Iterable[str]) -> str | None:
    """The candidate other than the best that is like the word too, and takes at most one slip more."""
    most = slips(word, best) + 1
    like = difflib.get_close_matches(word, pool, n=3, cutoff=0.6) if 2 <= most <= 3 else []
    return next((other for other in like if other != best and slips(word, other) <= most), None)


def no_source(place: Place, what: str, has: str = "has") -> Problem:
    """That nothing says where something comes from."""
    mend = "write source: a reference, or estimate, on it or at the top of the file"
    return Problem(place, "K417", f"{what} {has} no source", mend)

"""Warnings silenced where they arise: ``# diagnose: allow K512 because the law words it so``.

The comment stands on the line of the warning, or in the comments right above it, and names its codes.
Errors cannot be silenced. A comment without a reason, or one that silences nothing, is told itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from diagnose.knowledge.model import Place
from diagnose.knowledge.problems import CODES, Problem, did_you_mean

_COMMENT = re.compile(r"(?:^|\s)#\s*diagnose\s*:\s*([^#]*)")
_ALLOW = re.compile(r"allow\s+(K[0-9]{3}(?:\s*,\s*K[0-9]{3})*)(?:\s+because\s+(\S.*))?", re.IGNORECASE)
_FORM = "write # diagnose: allow K512 because ... and the reason"


@dataclass(frozen=True, slots=True)
class Allowance:
    """A comment that allows these codes on the lines ``first`` .. ``last`` of its file."""

    place: Place
    codes: frozenset[str]
    first: int
    last: int

    def covers(self, problem: Problem) -> bool:
        """Whether it silences the problem."""
        return (
            problem.severity == "warning"
            and problem.code in self.codes
            and problem.place.file == self.place.file
            and self.first <= problem.place.line <= self.last
        )


def allowances(file: str, text: str) -> tuple[tuple[Allowance, ...], tuple[Problem, ...]]:
    """The allowances of a file, and what is wrong with the comments that were to be some."""
    found: list[Allowance] = []
    problems: list[Problem] = []
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        comment = _COMMENT.search(line)
        if comment is None:
            continue
        place = Place(file, number, line.index("#", comment.start()) + 1)
        allow = _ALLOW.fullmatch(comment[1].strip())
        if allow is None or not allow[2]:
            problems.append(
                Problem(place, "K516", "this allows nothing: it lacks its code or its reason", _FORM)
            )
            continue
        codes = frozenset(c.upper() for c in re.findall(r"K[0-9]{3}", allow[1], re.IGNORECASE))
        for code in sorted(codes - CODES.keys()):
            problems.append(Problem(place, "K516", f"there is no code {code!r}", did_you_mean(code, CODES)))
        found.append(Allowance(place, codes, number, _target(lines, number)))
    return tuple(found), tuple(problems)


def _target(lines: list[str], number: int) -> int:
    """The line that a comment is about: its own, or the next that is not a comment."""
    while number < len(lines) and lines[number - 1].lstrip().startswith("#"):
        number += 1
    return number


def silenced(
    problems: Iterable[Problem], texts: Mapping[str, str]
) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """What is left of the problems, with what is wrong with the allowances; and what was silenced.

    ``texts``: file -> its text, of every file whose comments count.
    """
    every: list[Allowance] = []
    left: list[Problem] = []
    for file, text in texts.items():
        found, wrong = allowances(file, text)
        every += found
        left += wrong
    used: set[Allowance] = set()
    gone: list[Problem] = []
    for problem in problems:
        covering = [a for a in every if a.covers(problem)]
        used.update(covering)
        (gone if covering else left).append(problem)
    left += _idle(a for a in every if a not in used)
    return tuple(left), tuple(gone)


def _idle(unused: Iterable[Allowance]) -> Iterator[Problem]:
    for allowance in unused:
        codes = ", ".join(sorted(allowance.codes))
        message = f"this allows {codes}, which is not told here"
        yield Problem(allowance.place, "K517", message, "take it out", "warning")

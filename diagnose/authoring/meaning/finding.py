"""A finding: something doubtful about an entry, seen in one knowledge base or in all that have the entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from diagnose.knowledge.model import KnowledgeBase, Place
from diagnose.knowledge.problems import Problem

Subject = tuple[str, str, Place]
"""An entry: section, id, and where it was first written."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem of these entries of one knowledge base.

    ``everywhere``: it is one only if it is found in every knowledge base that has all the subjects: a
    symptom that parts nothing on one handset may part faults of another.
    """

    problem: Problem
    subjects: tuple[Subject, ...]
    everywhere: bool = True

    @property
    def key(self) -> tuple[str, tuple[Subject, ...], Place]:
        """What makes it the same finding in another knowledge base."""
        return self.problem.code, self.subjects, self.problem.place


Check = Callable[[KnowledgeBase], Iterable[Finding]]


def subjects(kb: KnowledgeBase) -> Iterator[Subject]:
    """Every entry of a knowledge base that a finding may be about."""
    for section in ("symptoms", "faults", "remedies", "alerts", "channels", "charges", "promises"):
        for id_, entry in getattr(kb, section).items():
            yield section, id_, entry.origin.place
    for rule in kb.rules:
        yield "rules", rule.id, rule.origin.place


def warning(place: Place, code: str, message: str, mend: str = "") -> Problem:
    """A problem that does not keep the knowledge from being used."""
    return Problem(place, code, message, mend, "warning")


class Sieve:
    """Findings of one knowledge base after the other, sifted: which of them are problems."""

    def __init__(self) -> None:
        self.kept: dict[object, Finding] = {}
        self.count: dict[object, int] = {}
        self.having: list[frozenset[Subject]] = []

    def add(self, findings: Iterable[Finding], present: frozenset[Subject]) -> None:
        """The findings of one knowledge base, that has these entries."""
        self.having.append(present)
        for key in dict.fromkeys(self._keep(f) for f in findings):
            self.count[key] = self.count.get(key, 0) + 1

    def _keep(self, finding: Finding) -> object:
        self.kept.setdefault(finding.key, finding)
        return finding.key

    def problems(self) -> Iterator[Problem]:
        """Those that are problems."""
        for key, finding in self.kept.items():
            wanted = 1
            if finding.everywhere:
                wanted = sum(present.issuperset(finding.subjects) for present in self.having)
            if self.count[key] >= wanted:
                yield finding.problem

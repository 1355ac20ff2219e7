"""What is told of cases: how many failed, and of each that did what was expected, what came and why."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from diagnose.authoring.places import Named, in_sight, located
from diagnose.cases import LISTED
from diagnose.knowledge.problems import Problem

from .running import Memory, Ran, Result


def first_difference(result: Result, memory: Memory) -> str:
    """The first question that is another than when the case last passed; empty when none is."""
    before = memory.get("#".join(result.key))
    if before is None:
        return ""
    now = list(result.asked)
    for i in range(max(len(before), len(now))):
        was, is_ = before[i : i + 1], now[i : i + 1]
        if was != is_:
            words = (*(is_ or ["the end"]), *(was or ["the end"]))
            return f"question {i + 1} is {words[0]}, when it last passed it was {words[1]}"
    return "the questions are those of its last passing run"


def counted(results: Collection[Result]) -> str:
    """How many cases there were, and how many failed."""
    failed = sum(not r.passed for r in results)
    cases = f"{len(results)} case{'s' * (len(results) != 1)}"
    return f"{cases}, {failed} failed" if failed else f"{cases} passed"


@dataclass(slots=True)
class Telling:
    """Telling of each failing case once, and of what is wrong with the knowledge once for all that it stops.

    ``named``: what the reader calls the files. ``at_length``: of how many the reasons are told too; None: of
    all. ``failing``: what was told on last answers; ``told``: of how many.
    """

    named: Named
    memory: Memory
    at_length: int | None = None
    failing: dict[Ran, Result] = field(default_factory=dict)
    problems: set[Problem] = field(default_factory=set)
    told: int = 0

    def looked(self, result: Result) -> Iterator[str]:
        """Of a case that fails on its last answers."""
        self.failing[result.key] = result
        yield from self._tell(result, {})

    def ran(self, result: Result) -> Iterator[str]:
        """Of a case that was run from its complaint on; nothing if it only confirms what was told."""
        before = self.failing.pop(result.key, None)
        if not result.passed:
            if before is None or _outcome(before) != _outcome(result):
                yield from self._tell(result, self.memory)
        elif before is not None:
            place = located(self.named)(result.place)
            yield f"passes {place}: {result.name} ({result.handset}), since it is asked otherwise"

    def _tell(self, result: Result, memory: Memory) -> Iterator[str]:
        new = [p for p in result.problems if p not in self.problems]
        self.problems.update(new)
        if new or result.missed:
            self.told += 1
            yield from told(result, memory, self.named, at_length=self.told <= (self.at_length or self.told))


def _outcome(result: Result) -> object:
    return [(m.what, m.expected) for m in result.missed], result.problems


def told(result: Result, memory: Memory, named: Named, *, at_length: bool = True) -> Iterator[str]:
    """A failing case, line by line; without ``at_length`` only what was expected, and what came."""
    at = located(named)
    yield f"FAILED {at(result.place)}: {result.name} ({result.handset})"
    for problem in result.problems:
        yield f"    {at(problem.place)}: {problem.code} {in_sight(problem.message, named)}"
    for missed in result.missed:
        if at_length:
            yield f"    {at(missed.place)}: expected {missed.what} {missed.expected}, got {missed.got}"
            for line in missed.blame:
                yield f"        {in_sight(line, named)}"
        elif missed.what not in LISTED:
            yield f"    expected {missed.what} {missed.expected}, got {missed.got}"
    if result.missed and at_length:
        yield f"    ended: {result.got}"
        yield f"    asked: {', '.join(result.asked) or 'nothing'}"
        difference = first_difference(result, memory)
        if difference:
            yield f"    {difference}"

"""Running again what a save touches: all on their last answers, then anew.

Every touched case is rerun first on the answers of its last run, which takes a fraction of a run. Then each
is run anew from its complaint on, since other questions may be worth asking now: those first that came out
otherwise, then those that hang most on what was edited.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from typing import Any

from diagnose.authoring.casefile import Written

from .running import Ran, Result, groups_of, said
from .warm import Todo, Warm, as_before
from .workers import Here, Processes


def touched(
    cases: Iterable[Written], files: frozenset[str], told: frozenset[str], results: Mapping[Ran, Result]
) -> list[Written]:
    """The cases that a save may touch: new, written otherwise, or of knowledge read from a file of ``told``.

    Those are the files that say something else. A case that failed is touched by any of the changed
    ``files``, its own among them: the lines that it names may be others.
    """

    def holds(case: Written) -> bool:
        last = results.get((case.case.file, case.name))
        if last is None or not last.sources or last.said != said(case.case):
            return False
        return told.isdisjoint(last.sources) if last.passed else files.isdisjoint((*last.sources, last.file))

    return [case for case in cases if not holds(case)]


def in_order(
    cases: Iterable[Written], results: Mapping[Ran, Result], edited: frozenset[str]
) -> list[Written]:
    """Those first that hang most on it: written anew, failed before, naming or asking what was edited."""

    def rank(case: Written) -> tuple[bool, bool, int]:
        last = results.get((case.case.file, case.name))
        anew = last is None or last.said != said(case.case)
        ids = _named(case) | set(last.asked if last is not None else ())
        return not anew, last is not None and last.passed, -len(edited & ids)

    return sorted(cases, key=rank)


def _named(written: Written) -> set[str]:
    """Every id that a case names."""
    case = written.case
    given = {g.id for g in (*case.facts, *case.complaint, *case.answers, *case.tries)}
    return given | {value for expected in case.expect for value in expected.values}


@dataclass(frozen=True, slots=True)
class Glance:
    """How far the first look is: cases looked at, of how many; how many of them are to be run anew.

    ``failed``: what fails on its last answers, of those looked at last.
    """

    looked: int
    of: int
    to_run: int
    failed: tuple[Result, ...] = ()

    @property
    def through(self) -> bool:
        """Whether it is over."""
        return self.looked == self.of


def again(
    warm: Warm,
    files: frozenset[str],
    results: dict[Ran, Result],
    pattern: str = "",
    pool: Processes | None = None,
) -> Iterator[Result | Glance]:
    """The cases that the changed files touch, run again, those that hang most on them first.

    ``results`` are kept up: what is not run, because the reader had enough, is run with the next save.
    """
    saved = warm.renew(files)
    cases = touched(named_so(warm, pattern), files, saved.files, results)
    cases = in_order(cases, results, saved.ids)
    todo = {(c.case.file, c.name): todo_of(c, results) for c in cases}
    for key, one in todo.items():
        if one.last is not None:
            results[key] = unknown(one.last)
        else:
            results.pop(key, None)
    workers = pool if pool is not None else Here(warm)
    workers.saves.append(files)
    yield from _worked_off(todo, workers, results)


def unknown(last: Result) -> Result:
    """A result of which it is not known whether it still holds."""
    return replace(last, sources=())


def todo_of(case: Written, results: Mapping[Ran, Result]) -> Todo:
    """A case with its last result, unless it is another case now."""
    last = results.get((case.case.file, case.name))
    return Todo(case, last if last is not None and last.said == said(case.case) else None)


def _worked_off(
    todo: Mapping[Ran, Todo], workers: Here | Processes, results: dict[Ran, Result]
) -> Iterator[Result | Glance]:
    """All looks, then all runs, those first that looked otherwise."""
    order = {key: i for i, key in enumerate(todo)}
    looks = deque(groups_of(one.case for one in todo.values()))
    runs: list[tuple[bool, int, Ran]] = []
    busy: set[Future[Any]] = set()
    looked = 0
    try:
        while looks or runs or busy:
            if looks and len(busy) < workers.ahead:
                busy.add(workers.look([todo[w.case.file, w.name] for w in looks.popleft()]))
                continue
            if runs and looked == len(todo) and len(busy) < workers.jobs:
                busy.add(workers.run(todo[heappop(runs)[2]]))
                continue
            done, busy = wait(busy, return_when=FIRST_COMPLETED)
            for future in done:
                found = future.result()
                if isinstance(found, Result):
                    results[found.key] = found
                    yield found
                    continue
                for key in found.stand:
                    results[key] = as_before(todo[key], found.revision, found.sources)
                for quiet, some in ((False, [key for key, _ in found.otherwise]), (True, found.open)):
                    for key in some:
                        heappush(runs, (quiet, order[key], key))
                failed = tuple(r for _, r in found.otherwise if r is not None and not r.passed)
                for stopped in found.stopped:  # what it came to before may be so again
                    if todo[stopped.key].last is None:
                        results[stopped.key] = stopped
                looked += len(found.stand) + len(found.otherwise) + len(found.open) + len(found.stopped)
                yield Glance(looked, len(todo), len(runs), (*failed, *found.stopped))
    finally:
        for future in busy:
            future.cancel()


def named_so(warm: Warm, pattern: str) -> list[Written]:
    """The cases with this in their names."""
    return [written for written in warm.cases() if pattern in written.name]

"""Running again what a saved file touches, that first which hangs most on it.

Every touched case is looked at first, on the answers of its last run, which takes a fraction of a run. Those
that end otherwise by it are run first, then the others, each anew from its complaint on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from pathlib import Path
from time import sleep
from typing import Any

from diagnose.knowledge.layers import Shelf

from .casefile import Written
from .folder import files_of
from .places import Target
from .processes import processes
from .running import Pair, Ran, Result, counted, groups_of, memory_path, pair_of, remembered, said, told
from .warm import Looked, Todo, Warm

PAUSE = 0.1
"""Seconds between two looks at the files."""
Stamps = Mapping[str, tuple[int, int]]


def stamps(root: Path) -> Stamps:
    """Time of the last write and size of every file of a folder."""
    found: dict[str, tuple[int, int]] = {}
    for file in files_of(root, Shelf(root)):
        try:
            seen = (root / file).stat()
        except OSError:
            continue
        found[file] = (seen.st_mtime_ns, seen.st_size)
    return found


def changed(before: Stamps, after: Stamps) -> frozenset[str]:
    """The files that were written, added or taken away."""
    return frozenset(f for f in {*before, *after} if before.get(f) != after.get(f))


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
    """How far the first look is: cases looked at, of how many; how many of them are to be run.

    ``otherwise``: end otherwise on the answers they gave, failed before or are new.
    """

    looked: int
    of: int
    to_run: int
    otherwise: int

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
    cases = touched(_named_so(warm, pattern), files, saved.files, results)
    cases = in_order(cases, results, saved.ids)
    todo = {(c.case.file, c.name): Todo(c, _as_it_was(c, results)) for c in cases}
    for key, one in todo.items():
        if one.last is not None:
            results[key] = _unknown(one.last)
        else:
            results.pop(key, None)
    workers = pool if pool is not None else Here(warm)
    workers.saves.append(files)
    for found in _worked_off(todo, workers):
        if isinstance(found, Looked):
            results.update((r.key, r) for r in found.stand)
            continue
        if isinstance(found, Result):
            results[found.key] = found
        yield found


def _unknown(last: Result) -> Result:
    """A result of which it is not known whether it still holds."""
    return replace(last, revision="", sources=())


def _as_it_was(case: Written, results: Mapping[Ran, Result]) -> Result | None:
    """The last result of a case, unless it is another case now."""
    last = results.get((case.case.file, case.name))
    return last if last is not None and last.said == said(case.case) else None


def _worked_off(todo: Mapping[Ran, Todo], workers: Here | Processes) -> Iterator[Looked | Result | Glance]:
    """A run of the first that is urgent, so that something can be read; then all looks; then all runs."""
    order = {key: i for i, key in enumerate(todo)}
    looks = deque(groups_of(one.case for one in todo.values()))
    runs: list[tuple[bool, int, Ran]] = []
    busy: set[Future[Any]] = set()
    first = True
    looked = to_run = otherwise = 0
    try:
        while looks or runs or busy:
            urgent = first and bool(runs) and runs[0][0] is False
            if urgent or (runs and not looks and len(busy) < workers.jobs):
                first = first and not urgent
                busy.add(workers.run(todo[heappop(runs)[2]]))
                continue
            if looks and len(busy) < workers.ahead:
                busy.add(workers.look([todo[w.case.file, w.name] for w in looks.popleft()]))
                continue
            done, busy = wait(busy, return_when=FIRST_COMPLETED)
            for future in done:
                found = future.result()
                yield found
                if isinstance(found, Looked):
                    for quiet, some in ((False, found.otherwise), (True, found.open)):
                        for one in some:
                            key = (one.case.case.file, one.case.name)
                            heappush(runs, (quiet, order[key], key))
                    looked += len(found.stand) + len(found.otherwise) + len(found.open)
                    to_run += len(found.otherwise) + len(found.open)
                    otherwise += len(found.otherwise)
                    yield Glance(looked, len(todo), to_run, otherwise)
    finally:
        for future in busy:
            future.cancel()


class Here:
    """This process: what is asked of it is done at once."""

    jobs = 1
    ahead = 1

    def __init__(self, warm: Warm) -> None:
        self.warm = warm
        self.saves: list[frozenset[str]] = []

    def look(self, todo: list[Todo]) -> Future[Any]:
        """A glance at cases of one knowledge base."""
        return _at_once(self.warm.look(todo))

    def run(self, todo: Todo) -> Future[Any]:
        """What a case comes to."""
        return _at_once(self.warm.run(todo))


def _at_once(value: object) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_result(value)
    return future


class Processes:
    """Processes that keep the folder warm too. Each takes note of the saves before what it does next.

    A knowledge base has one process that it is looked at by: only who saw it before the save can tell what
    the save changed. ``ahead``: how many looks may wait for theirs.
    """

    def __init__(self, jobs: int, warm: Warm) -> None:
        self.jobs = jobs
        self.ahead = 2 * jobs
        self.pools = [processes(1, _settle, (warm,)) for _ in range(jobs)]
        self.saves: list[frozenset[str]] = []
        self.homes: dict[Pair, int] = {}
        self.cases = [0] * jobs
        self.asked: list[list[Future[Any]]] = [[] for _ in range(jobs)]

    def look(self, todo: list[Todo]) -> Future[Any]:
        """A glance at cases of one knowledge base."""
        pair = pair_of(todo[0].case)
        if pair not in self.homes:
            self.homes[pair] = self.cases.index(min(self.cases))
            self.cases[self.homes[pair]] += len(todo)
        return self._ask(self.homes[pair], _look_there, todo)

    def run(self, todo: Todo) -> Future[Any]:
        """What a case comes to; asked of who knows its knowledge, unless somebody has less to do."""
        waiting = [sum(not f.done() for f in asked) for asked in self.asked]
        home = self.homes.get(pair_of(todo.case), 0)
        free = home if waiting[home] == min(waiting) else waiting.index(min(waiting))
        return self._ask(free, _run_there, todo)

    def _ask(self, place: int, work: Callable[..., object], what: object) -> Future[Any]:
        future: Future[Any] = self.pools[place].submit(work, tuple(self.saves), what)
        self.asked[place] = [*(f for f in self.asked[place] if not f.done()), future]
        return future

    def shutdown(self) -> None:
        """Ends them."""
        for pool in self.pools:
            pool.shutdown()


_there: list[Warm] = []
"""The folder as this process knows it."""


def _settle(warm: Warm) -> None:
    _there[:] = [warm]


def _up_to(saves: tuple[frozenset[str], ...]) -> Warm:
    warm = _there[0]
    for files in saves[warm.saves :]:
        warm.renew(files)
    return warm


def _look_there(saves: tuple[frozenset[str], ...], todo: list[Todo]) -> Looked:
    return _up_to(saves).look(todo)


def _run_there(saves: tuple[frozenset[str], ...], todo: Todo) -> Result:
    return _up_to(saves).run(todo)


def watch(
    target: Target,
    known: Iterable[Result],
    before: Stamps,
    jobs: int,
    pattern: str,
    say: Callable[[str], None],
) -> None:
    """Looks at the files until interrupted, and tells what the cases come to after each save.

    ``known``: what they came to when the files were as ``before``. Failures are told as they come; a save in
    the middle of a run ends it, and what it left is run with the next.
    """
    results = {r.key: r for r in known}
    warm = Warm(Shelf(target.root))
    for group in groups_of(_named_so(warm, pattern)):
        warm.loaded(pair_of(group[0]))
    late = changed(before, stamps(target.root))  # written while the cases ran: nobody knows what they ran on
    for key, last in results.items():
        if not late.isdisjoint(last.sources):
            results[key] = _unknown(last)
    pool = Processes(jobs, warm) if jobs > 1 else None
    while True:
        sleep(PAUSE)
        now = stamps(target.root)
        files = changed(before, now)
        before = now
        if not files:
            continue
        names = ", ".join(target.path(f) for f in sorted(files))
        memory = remembered(memory_path(target.root))
        done: list[Result] = []
        cut_short = ""
        for found in again(warm, files, results, pattern, pool):
            if isinstance(found, Result):
                done.append(found)
                if not found.passed:
                    say("\n".join(told(found, memory, target.path)))
            elif found.through and found.to_run > len(done) + 1:
                say(f"{names}: {found.to_run} cases to run, {found.otherwise} of them look otherwise")
            if changed(before, stamps(target.root)):
                cut_short = ", cut short by the next save"
                break
        say(f"{names}: {counted(done) if done else 'nothing to run again'}{cut_short}")


def _named_so(warm: Warm, pattern: str) -> list[Written]:
    return [written for written in warm.cases() if pattern in written.name]

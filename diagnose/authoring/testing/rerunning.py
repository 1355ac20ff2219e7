"""Running again what a save touches: all on their last answers, then anew, here or in several processes.

Every touched case is rerun first on the answers of its last run, which takes a fraction of a run. Then each
is run anew from its complaint on, since other questions may be worth asking now: those first that came out
otherwise, then those that hang most on what was edited.
"""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from typing import Any

from diagnose.authoring.casefile import Written
from diagnose.authoring.folder import Pair
from diagnose.authoring.processes import processes

from .running import Ran, Result, groups_of, pair_of, run_on_answers, said
from .warm import Looked, Todo, Warm, as_before


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


LINKING = 10
"""As long as looking at so many cases takes making their knowledge ready."""


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


@dataclass(frozen=True, slots=True)
class Brief:
    """A case that its process knows: ``last`` without the call, which is as it was."""

    key: Ran
    last: Result


class Processes:
    """Processes that keep the folder warm too. Each takes note of the saves before what it does next.

    A knowledge base has one process that it is looked at by: only who saw it before the save can tell what
    the save changed. ``ahead``: how many looks may wait for theirs.
    """

    def __init__(self, jobs: int, warm: Warm, rehearsed: Iterable[Todo] = ()) -> None:
        """``rehearsed``: cases that are looked at once, so that the first save finds all at hand."""
        self.jobs = jobs
        self.ahead = 2 * jobs
        self.pools = [processes(1, _settle, (warm,)) for _ in range(jobs)]
        self.saves: list[frozenset[str]] = []
        self.homes: dict[Pair, int] = {}
        self.load = [0] * jobs
        self.asked: list[list[Future[Any]]] = [[] for _ in range(jobs)]
        self.sent: dict[Ran, Todo] = {}
        by_case = {(one.case.case.file, one.case.name): one for one in rehearsed}
        for group in sorted(groups_of(one.case for one in by_case.values()), key=len, reverse=True):
            todo = [by_case[written.case.file, written.name] for written in group]
            self.pools[self._home(todo)].submit(_rehearse_there, [self._brief(one) for one in todo])

    def look(self, todo: list[Todo]) -> Future[Any]:
        """A glance at cases of one knowledge base."""
        return self._ask(self._home(todo), _look_there, [self._brief(one) for one in todo])

    def _brief(self, one: Todo) -> Todo | Brief:
        """What to send of a case: a call is much to pack and unpack, and most are as they were."""
        key = one.case.case.file, one.case.name
        before, self.sent[key] = self.sent.get(key), one
        if before is None or before.last is None or one.last is None or before.case is not one.case:
            return one
        if (before.last.events, before.last.met) != (one.last.events, one.last.met):
            return one
        return Brief(key, replace(one.last, events=(), met=None))

    def _home(self, todo: list[Todo]) -> int:
        """Who looks at these cases, which share a knowledge base: at first whoever has least to look at."""
        pair = pair_of(todo[0].case)
        if pair not in self.homes:
            self.homes[pair] = self.load.index(min(self.load))
            self.load[self.homes[pair]] += LINKING + len(todo)
        return self.homes[pair]

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
            pool.shutdown(cancel_futures=True)


_there: list[Warm] = []
"""The folder as this process knows it."""
_sent_there: dict[Ran, Todo] = {}
"""The cases that it was sent, with the calls that they made."""


def _settle(warm: Warm) -> None:
    warm.saves = 0  # it counts those that it is told of from here on
    _there[:] = [warm]


def _up_to(saves: tuple[frozenset[str], ...]) -> Warm:
    warm = _there[0]
    for files in saves[warm.saves :]:
        warm.renew(files)
    return warm


def _in_full(sent: Iterable[Todo | Brief]) -> list[Todo]:
    todo: list[Todo] = []
    for one in sent:
        if isinstance(one, Todo):
            _sent_there[one.case.case.file, one.case.name] = one
            todo.append(one)
            continue
        case, last = _sent_there[one.key].case, _sent_there[one.key].last
        assert last is not None
        todo.append(Todo(case, replace(one.last, events=last.events, met=last.met)))
    return todo


def _rehearse_there(sent: list[Todo | Brief]) -> None:
    todo = _in_full(sent)
    loaded = _there[0].loaded(pair_of(todo[0].case))
    for one in todo:
        if one.last is not None:
            run_on_answers(loaded, one.case, one.last)
    gc.freeze()  # what is there now stays; going through it for garbage costs more than a look


def _look_there(saves: tuple[frozenset[str], ...], sent: list[Todo | Brief]) -> Looked:
    gc.disable()  # somebody waits for this; the runs that follow have the time
    try:
        return _up_to(saves).look(_in_full(sent))
    finally:
        gc.enable()


def _run_there(saves: tuple[frozenset[str], ...], todo: Todo) -> Result:
    return _up_to(saves).run(todo)


def named_so(warm: Warm, pattern: str) -> list[Written]:
    """The cases with this in their names."""
    return [written for written in warm.cases() if pattern in written.name]

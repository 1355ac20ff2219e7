"""Who looks at cases and runs them after a save: this process, or several that keep the folder warm too."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any

from diagnose.authoring.folder import Pair
from diagnose.authoring.processes import processes

from .running import Ran, Result, groups_of, pair_of, run_on_answers
from .warm import Looked, Todo, Warm

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

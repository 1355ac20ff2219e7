"""Running again what a saved file touches: the cases whose knowledge was read from it, and its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from time import sleep

from diagnose.knowledge.catalogue import Loaded, load
from diagnose.knowledge.layers import Shelf

from .casefile import Written, written_cases
from .diffing_changes import Change, changes
from .folder import files_of
from .places import Target
from .running import Pair, Ran, Result, counted, memory_path, pair_of, remembered, run_one, told

PAUSE = 0.25
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


def touched(cases: list[Written], files: frozenset[str], results: Mapping[Ran, Result]) -> list[Written]:
    """The cases to run again: those in a changed file, of knowledge read from one, and new or failed ones."""
    again = []
    for written in cases:
        last = results.get((written.case.file, written.name))
        sources = set(last.sources) if last is not None else None
        if written.case.file in files or not sources or sources & files:
            again.append(written)
    return again


@dataclass(slots=True)
class Warm:
    """A knowledge folder kept read and linked from save to save. ``kept``: knowledge as it is now;
    ``before``: as it was when it was last needed, of what a save may have changed."""

    shelf: Shelf
    kept: dict[Pair, Loaded] = field(default_factory=dict)
    before: dict[Pair, Loaded] = field(default_factory=dict)
    saves: int = 0

    def renew(self, files: frozenset[str]) -> None:
        """Takes note of changed files. Knowledge that was read from none of them stays, if none is new."""
        self.saves += 1
        added = {f for f in files if not any(_uses(loaded, f) for loaded in self.kept.values())}
        for pair, loaded in list(self.kept.items()):
            if added or not loaded.fine or any(_uses(loaded, f) for f in files):
                self.before[pair] = self.kept.pop(pair)
        self.shelf = self.shelf.again(files)

    def loaded(self, pair: Pair) -> Loaded:
        """The knowledge base as it is now."""
        if pair not in self.kept:
            self.kept[pair] = load(self.shelf.root, *pair, self.shelf)
        return self.kept[pair]

    def news(self, pair: Pair) -> tuple[Change, ...] | None:
        """What a decision may hang on that is another than before; None when that is not known."""
        was = self.before.get(pair) or self.kept.get(pair)
        old, new = was.knowledge if was else None, self.loaded(pair).knowledge
        if old is None or new is None:
            return None
        return tuple(c for c in changes(old, new) if not c.words)

    def run(self, written: Written, last: Result | None, own: bool) -> tuple[Result, bool]:
        """What a case comes to now, and whether it had to be run for it. ``own``: it was written anew itself.

        A comment, or an entry of which the handset has nothing, changes no revision; words change no outcome.
        """
        pair = pair_of(written)
        if last is not None and last.passed and not own:
            loaded, was = self.loaded(pair), self.before.get(pair)
            now = loaded.knowledge.revision if loaded.knowledge is not None else ""
            then = was.knowledge.revision if was is not None and was.knowledge is not None else ""
            if now and (last.revision == now or (last.revision == then and self.news(pair) == ())):
                return replace(last, revision=now), False
        return run_one(self.loaded(pair), written, datetime.now().astimezone()), True


def _uses(loaded: Loaded, file: str) -> bool:
    return loaded.knowledge is not None and file in loaded.knowledge.sources


def in_order(
    warm: Warm, cases: Iterable[Written], results: Mapping[Ran, Result], files: frozenset[str]
) -> list[Written]:
    """Those first that hang most on it: written anew, failed before, naming an entry that changed."""
    cases = list(cases)
    found = (warm.news(pair) for pair in dict.fromkeys(map(pair_of, cases)))
    changed_ids = {c.id for c in next((news for news in found if news), ())}

    def rank(written: Written) -> tuple[bool, bool, int]:
        last = results.get((written.case.file, written.name))
        return (
            written.case.file not in files,
            last is not None and last.passed,
            -len(changed_ids & _named(written)),
        )

    return sorted(cases, key=rank)


def _named(written: Written) -> set[str]:
    """Every id that a case names."""
    case = written.case
    given = {g.id for g in (*case.facts, *case.complaint, *case.answers, *case.tries)}
    return given | {value for expected in case.expect for value in expected.values}


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
    for key in dict.fromkeys(pair_of(w) for w in _written(warm.shelf, pattern)):
        warm.loaded(key)
    pool = Processes(jobs, warm) if jobs > 1 else None
    while True:
        sleep(PAUSE)
        now = stamps(target.root)
        files = changed(before, now)
        before = now
        if not files:
            continue
        done: list[Result] = []
        cut_short = ""
        memory = remembered(memory_path(target.root))
        for result in again(warm, files, results, pattern, pool):
            done.append(result)
            if not result.passed:
                say("\n".join(told(result, memory, target.path)))
            if changed(before, stamps(target.root)):
                cut_short = ", cut short by the next save"
                break
        count = counted(done) if done else "nothing to run again"
        say(f"{', '.join(sorted(files))}: {count}{cut_short}")


def again(
    warm: Warm,
    files: frozenset[str],
    results: dict[Ran, Result],
    pattern: str = "",
    pool: Processes | None = None,
) -> Iterator[Result]:
    """The cases that the changed files touch, run again, those that hang most on them first.

    ``results`` are kept up: what is not run, because the reader had enough, is as if it had never been.
    """
    warm.renew(files)
    left = touched(_written(warm.shelf, pattern), files, results)
    left = in_order(warm, left, results, files)
    last = {(w.case.file, w.name): results.pop((w.case.file, w.name), None) for w in left}
    work = [(w, last[w.case.file, w.name], w.case.file in files) for w in left]
    found = pool.run(files, work) if pool is not None else (warm.run(*one) for one in work)
    for result, ran in found:
        results[result.key] = result
        if ran:
            yield result


Work = tuple[Written, Result | None, bool]


class Processes:
    """Processes that keep the folder warm too. Each takes note of the saves before its next case."""

    def __init__(self, jobs: int, warm: Warm) -> None:
        self.pool = ProcessPoolExecutor(jobs, initializer=_settle, initargs=(warm,))
        self.saves: list[frozenset[str]] = []

    def run(self, files: frozenset[str], work: Sequence[Work]) -> Iterator[tuple[Result, bool]]:
        """The cases, in their order."""
        self.saves.append(files)
        yield from self.pool.map(partial(_run_there, tuple(self.saves)), work)


_there: list[Warm] = []
"""The folder as this process knows it."""


def _settle(warm: Warm) -> None:
    _there[:] = [warm]


def _run_there(saves: Sequence[frozenset[str]], one: Work) -> tuple[Result, bool]:
    warm = _there[0]
    for files in saves[warm.saves :]:
        warm.renew(files)
    return warm.run(*one)


def _written(shelf: Shelf, pattern: str) -> list[Written]:
    files = (shelf.document(file, "cases") for file in shelf.listing("cases"))
    return [written for document in files for written in written_cases(document) if pattern in written.name]

"""Running again what a saved file touches: the cases whose knowledge was read from it, and its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from time import sleep

from diagnose.knowledge.catalogue import load
from diagnose.knowledge.layers import Shelf

from .casefile import Written, written_cases
from .folder import files_of
from .places import Target
from .running import Ran, Result, memory_path, remembered, run, told

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


def differing(
    shelf: Shelf, cases: list[Written], files: frozenset[str], results: Mapping[Ran, Result]
) -> list[Written]:
    """Those of the cases whose knowledge says another thing now, or that were written anew themselves.

    A comment, or an entry of which the handset has nothing, changes no revision and so no outcome.
    """
    revisions: dict[tuple[str, str | None], str] = {}
    left = []
    for written in cases:
        key = (written.case.handset, written.case.programme)
        if key not in revisions:
            knowledge = load(shelf.root, *key, shelf).knowledge
            revisions[key] = knowledge.revision if knowledge is not None else ""
        last = results.get((written.case.file, written.name))
        same = last is not None and last.revision and last.revision == revisions[key]
        if not same or written.case.file in files:
            left.append(written)
    return left


def watch(
    target: Target,
    known: Iterable[Result],
    before: Stamps,
    jobs: int,
    pattern: str,
    say: Callable[[str], None],
) -> None:
    """Looks at the files until interrupted, and tells what the cases come to after each save.

    ``known``: what they came to when the files were as ``before``.
    """
    results = {r.key: r for r in known}
    shelf = Shelf(target.root)
    while True:
        sleep(PAUSE)
        now = stamps(target.root)
        files = changed(before, now)
        before = now
        if files:
            shelf = shelf.again(files)
            done = again(target.root, shelf, files, results, jobs, pattern)
            results.update((r.key, r) for r in done)
            memory = remembered(memory_path(target.root))
            for result in done:
                if not result.passed:
                    say("\n".join(told(result, memory, target.path)))
            failed = sum(not r.passed for r in done)
            count = f"{len(done)} cases, {failed} failed" if done else "nothing to run again"
            say(f"{', '.join(sorted(files))}: {count}")


def again(
    root: Path,
    shelf: Shelf,
    files: frozenset[str],
    results: Mapping[Ran, Result],
    jobs: int = 1,
    pattern: str = "",
) -> tuple[Result, ...]:
    """The cases that the changed files touch, run again."""
    cases = [
        written
        for file in shelf.listing("cases")
        for written in written_cases(shelf.document(file, "cases"))
        if pattern in written.name
    ]
    left = differing(shelf, touched(cases, files, results), files, results)
    return run(root, left, datetime.now().astimezone(), jobs, shelf)

"""Looking at a folder's files, and telling after each save what the cases come to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from time import monotonic, sleep

from diagnose.authoring.folder import files_of
from diagnose.authoring.places import Target
from diagnose.knowledge.layers import Shelf

from .rerunning import Glance, again, named_so, todo_of, unknown
from .running import Result, groups_of, memory_path, pair_of, remembered
from .telling import Telling, counted
from .warm import Warm
from .workers import Processes

PAUSE = 0.1
"""Seconds between two looks at the files."""
AT_LENGTH = 5
"""Of how many failing cases the reasons are told: an edit that fails many fails them for the same."""
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


def _written_since(root: Path, before: Stamps) -> bool:
    return stamps(root) != before


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
    groups = groups_of(named_so(warm, pattern))
    for group in groups:
        warm.loaded(pair_of(group[0]))
    late = changed(before, stamps(target.root))  # written while the cases ran: nobody knows what they ran on
    for key, last in results.items():
        if not late.isdisjoint(last.sources):
            results[key] = unknown(last)
    rehearsed = [todo_of(written, results) for group in groups for written in group]
    pool = Processes(jobs, warm, rehearsed) if jobs > 1 else None
    try:
        while True:
            sleep(PAUSE)
            now = stamps(target.root)
            files = changed(before, now)
            before = now
            if files:
                found = again(warm, files, results, pattern, pool)
                names = ", ".join(target.path(f) for f in sorted(files))
                telling = Telling(target.path, remembered(memory_path(target.root)), AT_LENGTH)
                for line in _after_a_save(found, names, telling, partial(_written_since, target.root, now)):
                    say(line)
    finally:
        if pool is not None:
            pool.shutdown()


def _after_a_save(
    found: Iterable[Result | Glance], names: str, telling: Telling, overtaken: Callable[[], bool]
) -> Iterator[str]:
    """What is told after a save of the files with these ``names``, until the next has ``overtaken`` it."""
    done: list[Result] = []
    end = "nothing to run again"
    began = looked_at = monotonic()
    for one in found:
        if isinstance(one, Result):
            done.append(one)
            end = f"run anew: {counted(done)}"
            yield from telling.ran(one)
        else:
            for result in one.failed:
                yield from telling.looked(result)
            if one.through:
                yield f"{names}: {_looked(one, telling, monotonic() - began)}"
                end = ""
        if monotonic() - looked_at >= PAUSE:
            looked_at = monotonic()
            if overtaken():
                end = f"{end or 'nothing run anew'}, cut short by the next save"
                break
    if end:
        yield f"{names}: {end}"


def _looked(glance: Glance, telling: Telling, seconds: float) -> str:
    cases = f"{glance.of} case{'s' * (glance.of != 1)} looked at in {seconds:.1f} s"
    count = len(telling.failing)
    failing = f"{count} fail{'s' * (count == 1)}" if count else "none fails"
    more = "; diagnose test --only NAME says why of the others" if telling.told > AT_LENGTH else ""
    return f"{cases}, {failing}; {glance.to_run} to run anew{more}"

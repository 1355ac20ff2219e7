"""Looking at a folder's files, and telling after each save what the cases come to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep

from diagnose.knowledge.layers import Shelf
from diagnose.knowledge.problems import Problem

from .folder import files_of
from .places import Named, Target, located
from .rerunning import Processes, again, named_so, unknown
from .running import Memory, Ran, Result, counted, groups_of, memory_path, pair_of, remembered, told
from .warm import Warm

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


@dataclass(slots=True)
class Telling:
    """Telling of each case once what it comes to after a save, and again where the run finds otherwise.

    ``failing``: what was told of each on its last answers; ``problems`` that were told.
    """

    named: Named
    memory: Memory
    failing: dict[Ran, Result] = field(default_factory=dict)
    problems: set[Problem] = field(default_factory=set)

    def looked(self, result: Result) -> Iterator[str]:
        """Of a case that fails on its last answers."""
        self.failing[result.key] = result
        yield from self._told(result, {})

    def ran(self, result: Result) -> Iterator[str]:
        """Of a case that was run anew."""
        before = self.failing.pop(result.key, None)
        if not result.passed:
            if before is None or _outcome(before) != _outcome(result):
                yield from self._told(result, self.memory)
        elif before is not None:
            place = located(self.named)(result.place)
            yield f"passes {place}: {result.name} ({result.handset}), since it is asked otherwise"

    def _told(self, result: Result, memory: Memory) -> Iterator[str]:
        """What is broken in the knowledge is told of the first case only that it stops."""
        new = [p for p in result.problems if p not in self.problems]
        self.problems.update(new)
        if new or result.missed:
            yield from told(result, memory, self.named)


def _outcome(result: Result) -> object:
    return result.missed, result.problems


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
    for group in groups_of(named_so(warm, pattern)):
        warm.loaded(pair_of(group[0]))
    late = changed(before, stamps(target.root))  # written while the cases ran: nobody knows what they ran on
    for key, last in results.items():
        if not late.isdisjoint(last.sources):
            results[key] = unknown(last)
    pool = Processes(jobs, warm) if jobs > 1 else None
    while True:
        sleep(PAUSE)
        now = stamps(target.root)
        files = changed(before, now)
        before = now
        if not files:
            continue
        names = ", ".join(target.path(f) for f in sorted(files))
        telling = Telling(target.path, remembered(memory_path(target.root)))
        done: list[Result] = []
        end = "nothing to run again"
        began = looked_at = monotonic()
        for found in again(warm, files, results, pattern, pool):
            if isinstance(found, Result):
                done.append(found)
                end = f"run anew: {counted(done)}"
                lines = list(telling.ran(found))
            else:
                lines = [line for result in found.failed for line in telling.looked(result)]
                if found.through and found.to_run:
                    failing = f"{len(telling.failing)} fail" if telling.failing else "none fails"
                    lines.append(
                        f"{names}: {found.of} case{'s' * (found.of != 1)} rerun on the last answers"
                        f" in {monotonic() - began:.1f} s, {failing}; {found.to_run} to run anew"
                    )
            if lines:
                say("\n".join(lines))
            if monotonic() - looked_at >= PAUSE:
                looked_at = monotonic()
                if changed(before, stamps(target.root)):
                    end += ", cut short by the next save"
                    break
        say(f"{names}: {end}")

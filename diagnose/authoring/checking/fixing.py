"""A knowledge folder mended as far as it is certain how: mends are tried, and kept if they are some."""

from __future__ import annotations

import difflib
import errno
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from diagnose.knowledge.disk import contents
from diagnose.knowledge.problems import Problem
from diagnose.knowledge.source import MAX_BYTES
from diagnose.record.files import successor

from .check import Report
from .mending import MENDERS, Mend, Written, apart, established, mend_of, mended, written
from .rechecking import Kept

_BOM = b"\xef\xbb\xbf"
_ALL = 1 << 16
_NO_END = "\\ No newline at end of file"
_Said = tuple[str, str, str]
"""A problem wherever it stands: file, code, message."""


@dataclass(frozen=True, slots=True)
class Mended:
    """What was mended, with the texts as they were and as they are now, and what is wrong after that.

    ``places``: where the mended problems stood are places in the text that each round of mending found.
    """

    mends: tuple[Mend, ...]
    before: Mapping[str, bytes]
    after: Mapping[str, bytes]
    report: Report


def mend_folder(kept: Kept, means: Callable[[str], bool] = lambda _file: True) -> Mended:
    """Every certain mend in the files that are meant, made in memory: nothing is written.

    A mend is only made if the file then lacks the problem and has no new one, and no file a new error.
    """
    before: dict[str, bytes] = {}
    texts: dict[str, str] = {}
    done: list[Mend] = []
    in_vain: set[_Said] = set()
    report = kept.report()
    at_once = _ALL
    while True:
        batch = _batch(report.problems, report, texts, before, means)
        batch = [mend for mend in batch if _said(mend.problem) not in in_vain][:at_once]
        if not batch:
            break
        tried = _tried(kept, report, batch, texts, before, means)
        if tried is not None:
            texts, report, at_once = tried.texts, tried.report, _ALL
            done += tried.mends
            continue
        _again(kept, texts)
        if len(batch) == 1:
            in_vain.add(_said(batch[0].problem))
        at_once = len(batch) // 2 or _ALL
    return Mended(tuple(done), before, {f: _encoded(t, before[f]) for f, t in texts.items()}, report)


@dataclass(frozen=True, slots=True)
class _Tried:
    mends: tuple[Mend, ...]
    texts: dict[str, str]
    report: Report


def _tried(
    kept: Kept,
    report: Report,
    batch: list[Mend],
    texts: dict[str, str],
    before: dict[str, bytes],
    means: Callable[[str], bool],
) -> _Tried | None:
    """The mends made, with those of what only shows once they are; None if that leaves something new."""
    made: list[Mend] = []
    while batch:
        made += batch
        texts = {**texts, **_edited(batch, texts)}
        after = _again(kept, texts)
        if _are_mends(report, after, made):
            return _Tried(tuple(made), texts, after)
        told = {_said(problem) for problem in report.problems}
        shows = [problem for problem in after.problems if _said(problem) not in told]
        batch = _batch(shows, after, texts, before, means)
    return None


def _again(kept: Kept, texts: Mapping[str, str]) -> Report:
    kept.renew(frozenset((*texts, *kept.shelf.unsaved)), texts)
    return kept.report()


def mends(
    problems: Iterable[Problem],
    told: Iterable[Problem],
    waiting: bool,
    text: Callable[[str], str],
    texts: Callable[[], Iterable[str]],
) -> Iterator[Mend]:
    """The mends of these problems, each made for itself.

    ``told``: all problems of the folder; ``waiting``: checks of meaning wait, and a comment may allow what
    they would tell; ``text``: of a file; ``texts``: of all files of the folder.
    """
    known: dict[str, Written] = {}
    every = tuple(told)
    for problem in problems:
        file = problem.place.file
        if problem.code not in MENDERS or (problem.code == "K517" and waiting):
            continue
        if file not in known:
            known[file] = written(text(file))
        mend = mend_of(problem, known[file])
        if mend is not None and established(mend, every, texts() if mend.meant else ()):
            yield mend


def _batch(
    problems: Iterable[Problem],
    report: Report,
    texts: dict[str, str],
    before: dict[str, bytes],
    means: Callable[[str], bool],
) -> list[Mend]:
    """The mends of these problems in the files that are meant, no two of which touch the same letters.

    Files that are to be mended are read into ``texts`` and ``before``.
    """

    def text(file: str) -> str:
        if file not in texts:
            try:
                before[file] = contents(report.folder.root / file, MAX_BYTES)
                texts[file] = before[file].decode("utf-8-sig")
            except (OSError, ValueError):
                return ""
        return texts[file]

    batch: list[Mend] = []
    folder = report.folder

    def every() -> Iterator[str]:
        return (folder.text(file) for file in folder.files)

    for mend in mends(problems, report.problems, bool(report.waiting), text, every):
        place = mend.problem.place
        beside = [other for other in batch if other.problem.place.file == place.file]
        if means(place.file) and all(apart(mend.edits, other.edits) for other in beside):
            batch.append(mend)
    return batch


def _edited(batch: Iterable[Mend], texts: Mapping[str, str]) -> dict[str, str]:
    by_file: dict[str, list[Mend]] = {}
    for mend in batch:
        by_file.setdefault(mend.problem.place.file, []).append(mend)
    return {f: mended(texts[f], tuple(e for m in found for e in m.edits)) for f, found in by_file.items()}


def _are_mends(before: Report, after: Report, batch: Iterable[Mend]) -> bool:
    """Whether the problems are gone, and nothing came of it."""
    mine = Counter(_said(mend.problem) for mend in batch)
    files = {file for file, _, _ in mine}
    was, is_ = (Counter(map(_said, report.problems)) for report in (before, after))
    errors = {_said(p) for p in after.problems if p.severity == "error"}
    new = is_ - was
    return all(is_[said] <= max(0, was[said] - count) for said, count in mine.items()) and not any(
        said[0] in files or said in errors for said in new
    )


def _said(problem: Problem) -> _Said:
    return problem.place.file, problem.code, re.sub(r":[0-9]+:[0-9]+", "", problem.message)


def _encoded(text: str, before: bytes) -> bytes:
    return (_BOM if before.startswith(_BOM) else b"") + text.encode("utf-8")


def write(path: Path, before: bytes, after: bytes) -> None:
    """Puts the mended file in the place of the one that was read, whole or not at all, and as accessible.

    Raises:
        OSError: when it cannot be written, or was written by somebody else meanwhile.
    """
    path = path.resolve()
    if contents(path, MAX_BYTES) != before:
        raise OSError(errno.EBUSY, "was written by somebody else meanwhile: try again", str(path))
    mode = path.stat().st_mode & 0o7777
    os.close(successor(path, after))
    path.chmod(mode)


def difference(name: str, before: bytes, after: bytes) -> str:
    """A unified diff, as ``patch -p0`` and ``git apply -p0`` read it."""
    old, new = (data.decode("utf-8").splitlines(keepends=True) for data in (before, after))
    lines = difflib.unified_diff(old, new, name, name)
    return "".join(line if line.endswith("\n") else f"{line}\n{_NO_END}\n" for line in lines)

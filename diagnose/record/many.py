"""Many recorded calls replayed: each on its own, with its regret; in as many processes as are wanted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from diagnose.knowledge import catalogue
from diagnose.knowledge.problems import Problem, errors, show
from diagnose.record.moments import Regret, moments, regret
from diagnose.record.replay import Replay, as_recorded, replay, replay_json
from diagnose.record.transcript import read

Json = dict[str, Any]
CHUNK = 4


@dataclass(frozen=True, eq=False)
class Replayed:
    """One call. ``status``: as the command ends; ``found``: as plain JSON; None when it could not be read.

    ``complaints``: one line each, of the transcript; ``knowledge_problems``: of the knowledge, whose
    files are told from its folder on; ``replay`` only when wanted.
    """

    path: Path
    status: int
    found: Json | None
    complaints: tuple[str, ...] = ()
    knowledge_problems: tuple[Problem, ...] = ()
    replay: Replay | None = None


@lru_cache(maxsize=64)
def _loaded(root: Path, handset: str, programme: str | None) -> catalogue.Loaded:
    return catalogue.load(root, handset, programme)


def one(root: Path | None, whole: bool, path: Path) -> Replayed:
    """One call on the knowledge of a folder; None: on the knowledge that was kept with it."""
    try:
        recording = read(path)
    except OSError as error:
        line = f"{path}:1:1: cannot be read: {error.strerror or error}"
        return Replayed(path, 2, None, (line,))
    result = as_recorded(recording) if root is None else replay(root, recording, _loaded)
    complaints, wrong = _complaints(root, result)
    unsound = bool(errors(result.knowledge_problems))
    loss = regret_of(result)
    found = replay_json(result)
    found["regret_euros"] = None if loss is None else round(loss.euros, 2)
    found["regret_seconds"] = None if loss is None else round(loss.seconds, 1)
    status = int(not result.same or unsound)
    lines = tuple(" ".join(show(p).split()) for p in complaints)
    return Replayed(path, status, found, lines, wrong, result if whole else None)


def _complaints(root: Path | None, result: Replay) -> tuple[Sequence[Problem], tuple[Problem, ...]]:
    """What is wrong with the transcript, and with the knowledge.

    Each thing once: that there is no such handset is why there is no usable knowledge.
    """
    opened, wrong = result.recording.opened, result.knowledge_problems
    if root is None or opened is None or not wrong or catalogue.has(root, opened.handset):
        return result.problems, wrong
    *before, unusable = result.problems
    return [*before, replace(unusable, message=wrong[0].message, mend=wrong[0].mend)], ()


def regret_of(result: Replay) -> Regret | None:
    """What better steps would have saved; None when nothing could be replayed."""
    if result.call is None:
        return None
    return regret(moments(result.editions, result.recording.events))


def many(
    root: Path | None, files: Sequence[Path], jobs: int = 1, *, whole: bool = False
) -> Iterator[Replayed]:
    """The calls in their order, as they are done. ``whole``: with the replay itself, in this process only."""
    _loaded.cache_clear()  # the text may have changed since
    work = partial(one, root, whole)
    if jobs <= 1 or whole or len(files) < CHUNK * 2:
        yield from map(work, files)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield from pool.map(work, files, chunksize=CHUNK)

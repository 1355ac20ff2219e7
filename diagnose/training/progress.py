"""What each trainee has done so far, kept line by line; the weak spots that show in it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from diagnose.knowledge.disk import contents
from diagnose.knowledge.model import Place
from diagnose.knowledge.problems import Problem

FILE = "progress.ndjson"
USUAL_SCORE = 70.0
"""What is expected of a kind of fault that was never tried: one such score is added to those there are."""


@dataclass(frozen=True, slots=True)
class Done:
    """One exercise taken. ``at``: when, real time. ``seconds`` on the line against ``target``."""

    at: str
    trainee: str
    course: str
    exercise: str
    handset: str
    fault: str
    fault_class: str
    seed: int
    difficulty: str
    score: float
    passed: bool
    fails: tuple[str, ...]
    seconds: float
    target: float
    regret_euros: float
    regret_seconds: float
    transcript: str


@dataclass(frozen=True, slots=True)
class Spot:
    """How one stands with a kind of fault: ``mean`` of the scores, ``expected`` with the usual one."""

    kind: str
    tries: int
    mean: float
    expected: float
    passed: int
    seconds: float


def trainee_folder(folder: Path, trainee: str) -> Path:
    """The folder of one trainee: the name without what no file may be called."""
    plain = re.sub(r"[^\w.-]", "_", trainee.strip()).strip(".") or "trainee"
    return folder / plain


def add(folder: Path, done: Done) -> None:
    """Adds one line, on the disk when this returns.

    Raises:
        OSError: when it cannot be written.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    line = json.dumps(asdict(done), ensure_ascii=False, separators=(",", ":")) + "\n"
    file = os.open(folder / FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(file, line.encode("utf-8"))
        os.fsync(file)
    finally:
        os.close(file)


def read(folder: Path) -> tuple[tuple[Done, ...], tuple[Problem, ...]]:
    """What a trainee has done, in order, and the lines that cannot be read; nothing without a file."""
    path = folder / FILE
    try:
        text = contents(path).decode("utf-8", errors="replace")
    except OSError:
        return (), ()
    found: list[Done] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.splitlines(), 1):
        done = _done(line)
        if done is not None:
            found.append(done)
        elif line.strip():
            message = "a line of progress that cannot be read"
            problems.append(
                Problem(Place(str(path), number, 1), "E101", message, "it is left out", "warning")
            )
    return tuple(found), tuple(problems)


def everybody(folder: Path) -> tuple[str, ...]:
    """The trainees of whom something is kept, by name."""
    return tuple(sorted(p.parent.name for p in folder.glob(f"*/{FILE}")))


def spots(done: Iterable[Done]) -> tuple[Spot, ...]:
    """How a trainee stands with each kind of fault, the weakest first."""
    by_kind: dict[str, list[Done]] = {}
    for one in done:
        by_kind.setdefault(one.fault_class, []).append(one)
    found = []
    for kind, ones in by_kind.items():
        total = sum(o.score for o in ones)
        found.append(
            Spot(
                kind,
                len(ones),
                total / len(ones),
                (total + USUAL_SCORE) / (len(ones) + 1),
                sum(o.passed for o in ones),
                sum(o.seconds for o in ones) / len(ones),
            )
        )
    return tuple(sorted(found, key=lambda s: (s.expected, s.kind)))


def _done(line: str) -> Done | None:
    try:
        data = json.loads(line)
        values = {f.name: data[f.name] for f in fields(Done)}
        values["fails"] = tuple(map(str, values["fails"]))
        for name in ("score", "seconds", "target", "regret_euros", "regret_seconds"):
            values[name] = float(values[name])
        return Done(**values)
    except (ValueError, TypeError, KeyError, RecursionError):
        return None

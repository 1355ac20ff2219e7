"""A lesson from its beginning to its score: take the exercise, judge it, keep the progress."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rich.console import RenderableType

from diagnose.knowledge.catalogue import load
from diagnose.knowledge.model import Place as Where
from diagnose.knowledge.problems import Problem, show
from diagnose.record.transcript import read
from diagnose.training import progress
from diagnose.training.course import next_lesson, read_course
from diagnose.training.evidence import Evidence, evidence
from diagnose.training.exercise import Exercise
from diagnose.training.head import head_path, read_head
from diagnose.training.rubric import Rubric, Shelf, rubrics
from diagnose.training.score import Score, score
from diagnose.training.showing import score_lines, text
from diagnose.training.taking import Place, Taken, converse, prepare, resume
from diagnose.training.words import say

VARIABLE = "DIAGNOSE_TRAINING"


class CannotTeach(Exception):
    """A course, a rubric or a transcript that cannot be used; the text is one line."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where and how exercises are taken; ``rubric``: by which one, empty for that of the kind of call."""

    root: Path
    folder: Path
    trainee: str
    plain: bool = False
    colour: bool = True
    thinking: bool = True
    audience: str = "consumer"
    rubric: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A lesson over: its exit status, what to show, and lines about what went wrong on the way."""

    status: int
    shown: tuple[RenderableType, ...]
    problems: tuple[str, ...] = ()


def training_folder(explicit: Path | None = None) -> Path:
    """Where training is kept: the folder named, else ``DIAGNOSE_TRAINING``, else in the user's data."""
    if explicit is not None:
        return explicit
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named).expanduser()
    import platformdirs  # here, for start-up time

    return platformdirs.user_data_path("diagnose") / "training"


def give(desk: Desk, exercise: Exercise, recording: Path | None, course: str | None) -> Result:
    """One lesson. ``course``: its next exercise instead of this one.

    Raises:
        CannotStart, CannotRecord, CannotTeach: when there can be none.
    """
    own = progress.trainee_folder(desk.folder, desk.trainee)
    problems: list[str] = []
    if course is not None:
        done, wrong = progress.read(own)
        read_, found = read_course(desk.root, course, exercise.language)
        problems += [show(p) for p in (*wrong, *found)]
        if read_ is None:
            raise CannotTeach(problems[-1] if problems else f"there is no course {course!r}")
        lesson, _ = next_lesson(read_, done)
        exercise, recording = lesson.exercise, lesson.transcript
    place = Place(
        desk.root, own, desk.trainee, desk.plain, desk.colour, desk.thinking, desk.audience, recording
    )
    return _judged(desk, converse(place, lambda p: prepare(p, exercise)), problems)


def go_on(desk: Desk, named: str) -> Result:
    """A lesson that waited: the one named by its call or file, else the one that was left last.

    Raises:
        CannotStart, CannotRecord: when there is none, or it cannot go on.
    """
    own = progress.trainee_folder(desk.folder, desk.trainee)
    place = Place(desk.root, own, desk.trainee, desk.plain, desk.colour, desk.thinking, desk.audience)
    return _judged(desk, converse(place, lambda p: resume(p, named)), [])


def _judged(desk: Desk, taken: Taken, problems: list[str]) -> Result:
    """What is shown of an exercise that was left; its progress is kept when it is over."""
    own, language = taken.transcript.parent, taken.head.exercise.language
    if not taken.head.finished:
        return Result(
            taken.status,
            (text(say("unfinished", language, file=taken.transcript)),),
            tuple(problems),
        )
    shelf = rubrics(desk.root, desk.rubric)
    judged = judge(taken_evidence(taken), shelf, language)
    problems += [show(p) for p in shelf.problems]
    if judged is None:
        return Result(2, (text(str(taken.transcript)),), (*problems, say("no_rubric", language)))
    proof, scored = judged
    loss = proof.regret
    try:
        progress.add(own, entry_of(proof, scored, taken))
    except OSError as error:
        problems.append(f"{own / progress.FILE}: cannot be written: {error.strerror or error}")
    shown = (
        score_lines(proof, scored, loss, language),
        text(say("afterwards", language, file=taken.transcript), "dim"),
    )
    return Result(taken.status or int(not scored.passed), shown, tuple(problems))


def taken_evidence(taken: Taken) -> Evidence:
    """The evidence of an exercise, from its transcript as it is on the disk."""
    found = evidence(taken.transcript, taken.kb, read(taken.transcript).events, taken.head)
    assert found is not None
    return found


def judge(proof: Evidence, shelf: Shelf, language: str) -> tuple[Evidence, Score] | None:
    """The evidence with its score; None when there is no rubric for that kind of call."""
    rubric: Rubric | None = shelf.for_call(proof.kind)
    return None if rubric is None else (proof, score(proof, rubric, language))


def entry_of(proof: Evidence, scored: Score, taken: Taken) -> progress.Done:
    """What is kept of it."""
    loss = proof.regret
    e = taken.head.exercise
    return progress.Done(
        at=datetime.now().astimezone().isoformat(timespec="seconds"),
        trainee=taken.head.trainee,
        course=e.course,
        exercise=e.id,
        handset=e.handset,
        fault=proof.fault,
        fault_class=proof.fault_class,
        seed=e.seed,
        difficulty=e.difficulty,
        score=scored.total,
        passed=scored.passed,
        fails=tuple(name for name, _ in scored.fails),
        seconds=scored.seconds,
        target=scored.target,
        regret_euros=round(loss.euros, 2),
        regret_seconds=round(loss.seconds, 1),
        transcript=taken.transcript.name,
    )


def read_evidence(root: Path, file: Path) -> tuple[Evidence | None, tuple[Problem, ...]]:
    """The evidence of a recorded call on today's knowledge, with the head beside it if there is one.

    None with problems when the file is torn at its start, or its handset is not there any more.
    Raises:
        OSError: when the file cannot be read at all.
    """
    recording = read(file)
    opened = recording.opened
    if opened is None:
        return None, recording.problems
    loaded = load(root, opened.handset, opened.programme)
    if loaded.knowledge is None or not loaded.knowledge.faults or not loaded.knowledge.remedies:
        gone = unknown_handset(file, opened.handset, opened.programme)
        return None, (*recording.problems, gone)
    head = read_head(head_path(file))
    torn = [_torn_head(head_path(file))] if head is None and head_path(file).exists() else []
    return evidence(file, loaded.knowledge, recording.events, head), (*recording.problems, *torn)


def _torn_head(path: Path) -> Problem:
    message, mend = "what is kept of this exercise cannot be read", "it is judged as a call from the desk"
    return Problem(Where(str(path), 1, 1), "E112", message, mend, "warning")


def unknown_handset(file: Path, handset: str, programme: str | None) -> Problem:
    """That today's knowledge has nothing of the handset of a transcript."""
    under = f" under {programme}" if programme else ""
    message = f"there is no usable knowledge of {handset}{under} today"
    return Problem(Where(str(file), 1, 1), "T202", message, "name another folder by --knowledge")

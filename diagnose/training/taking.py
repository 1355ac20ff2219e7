"""Exercises begun, gone on with and left: the caller on the line, transcript and head on the disk."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from diagnose import __version__
from diagnose.consultation.call import Refused, fold, moment
from diagnose.consultation.events import Answered, Event, Opened
from diagnose.knowledge.catalogue import handsets
from diagnose.knowledge.model import KnowledgeBase, Language
from diagnose.knowledge.naming import shown_by, under
from diagnose.knowledge.problems import errors, show
from diagnose.record.failures import why
from diagnose.record.transcript import CannotRecord, Keeping, Writer, new_call_id, path_for, read
from diagnose.simulation.callers import Caller
from diagnose.terminal import plain
from diagnose.terminal.app import Screen, full_screen_possible
from diagnose.terminal.options import CallOptions
from diagnose.terminal.session import Session
from diagnose.terminal.start import CannotStart, load, which_handset
from diagnose.terminal.state import Entry, State
from diagnose.training.clock import Clock
from diagnose.training.exercise import Exercise, NoSuchCaller, begins, draw, recorded_caller
from diagnose.training.head import (
    Head,
    beginning,
    head_path,
    read_head,
    transcript_path,
    unfinished,
    write_head,
)
from diagnose.training.persona import Persona
from diagnose.training.room import Alone, TrainingTerminal
from diagnose.training.shapes import DIFFICULTIES
from diagnose.training.voices import Voices, read_voices


@dataclass(frozen=True, slots=True)
class Place:
    """Where an exercise is taken. ``folder``: where transcripts of this trainee go.

    ``thinking``: whether the time that the trainee takes to think counts. ``recording``: the transcript
    whose caller answers, instead of one that is drawn.
    """

    root: Path
    folder: Path
    trainee: str = ""
    plain: bool = False
    colour: bool = True
    thinking: bool = True
    audience: str = "consumer"
    recording: Path | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """An exercise as it was left: its exit status, transcript and head."""

    status: int
    transcript: Path
    head: Head
    kb: KnowledgeBase


def knowledge_of(place: Place, exercise: Exercise) -> KnowledgeBase:
    """The knowledge of the handset, which may be named in part.

    Raises:
        CannotStart: when it is not there or cannot be used.
    """
    options = CallOptions(
        place.root, exercise.handset, exercise.programme, None, place.plain, exercise.language,
        place.audience, place.trainee, "", place.folder,
    )  # fmt: skip
    handset = which_handset(options)
    assert handset is not None
    return load(options, handset, exercise.programme)


def any_handset(root: Path, programme: str | None, seed: int) -> str:
    """One of the handsets of a knowledge folder, by the seed; ``programme``: of those that it answers for.

    Raises:
        CannotStart: when there is none.
    """
    known = [h.id for h in handsets(root) if programme is None or programme in h.programmes]
    if not known:
        under = f" of the programme {programme!r}" if programme else ""
        raise CannotStart(f"{root}: there are no handsets{under}: see diagnose handsets")
    return known[seed % len(known)]


def voices_of(root: Path) -> Voices:
    """The voices of a knowledge folder.

    Raises:
        CannotStart: naming what is wrong with them.
    """
    voices, problems = read_voices(root)
    wrong = errors(problems)
    if voices is None or wrong:
        raise CannotStart(shown_by(wrong[0], under(root)))
    return voices


def prepare(place: Place, exercise: Exercise) -> tuple[TrainingTerminal, Path]:
    """The terminal with the caller on the line, and its transcript.

    Raises:
        CannotStart, CannotRecord: when there can be no exercise.
    """
    kb, exercise, who = _caller(place, exercise)
    language = _language(exercise)
    clock = Clock(moment(exercise.on), time.monotonic if place.thinking else None)
    attempt = len(list(place.folder.glob("*.jsonl")))
    opened = Opened(
        at=exercise.on,
        call=new_call_id(exercise.on, f"{exercise.seed} {exercise.handset} {attempt}"),
        handset=kb.handset.id,
        programme=exercise.programme,
        revision=kb.revision,
        product=f"diagnose {__version__}",
        language=language,
        audience=place.audience,
        operator=place.trainee,
        desk="training",
    )
    path = path_for(place.folder, opened)
    recorded = str(place.recording) if place.recording else ""
    head = beginning(kb, exercise, who, place.trainee, recorded)
    terminal = _terminal(place, kb, head, clock, path)
    keeping = Keeping(knowledge=place.root, sources=kb.sources)
    terminal.session = Session.begin(kb, opened, Writer.create(path, keeping), clock)
    terminal.follow()
    terminal.show(Entry("complaint"))
    terminal.clocked()
    return terminal, path


def resume(place: Place, named: str = "") -> tuple[TrainingTerminal, Path]:
    """An exercise that waited: by its file, or this trainee's by its call, else the one he left last.

    Raises:
        CannotStart: when there is none, or today's knowledge cannot follow it.
        CannotRecord: when its transcript is open elsewhere or cannot be written.
    """
    waiting = map(transcript_path, unfinished(place.folder))
    own = next((p for p in waiting if not named or named in (p.name, p.stem, _call_of(p))), None)
    path = own if own is not None else Path(named)
    head = read_head(head_path(path))
    if head is None or head.finished:
        raise CannotStart(f"{named or place.folder}: no exercise was left there before its end")
    kb = knowledge_of(place, head.exercise)
    if head.fault not in kb.faults:
        raise CannotStart(f"{path}: today's knowledge has no fault {head.fault!r}: begin another exercise")
    writer, recording = Writer.resume(path, Keeping(knowledge=place.root), by=head.trainee)
    try:
        call = fold(kb, recording.events)
    except Refused as refused:
        writer.close()
        raise CannotStart(f"{path}: today's knowledge does not follow this call: {refused}") from None
    clock = Clock(call.now, time.monotonic if place.thinking else None)
    terminal = _terminal(place, kb, head, clock, path)
    terminal.session = Session(call, writer, clock)
    if call.status == "held":
        terminal.session.resume(head.trainee)
    terminal.follow()
    if not any(isinstance(e, Answered) for e in call.events):
        terminal.show(Entry("complaint"))
    terminal.goes_on(head)
    return terminal, path


def converse(place: Place, begun: Callable[[Place], tuple[TrainingTerminal, Path]]) -> Taken:
    """An exercise on the screen, or line by line, until it is left; ``begun`` is how it begins.

    Raises:
        CannotStart, CannotRecord: when there can be no exercise, or its head cannot be kept.
    """
    line_by_line = place.plain or not full_screen_possible(sys.stdin, sys.stdout)
    thinking = place.thinking and sys.stdin.isatty()
    terminal, path = begun(replace(place, plain=line_by_line, thinking=thinking))
    assert terminal.session is not None
    try:
        if line_by_line:
            status = plain.converse(terminal, sys.stdin, sys.stdout)
        else:
            status = Screen(terminal, colour=place.colour).take()
    finally:
        head = terminal.head()
        terminal.session.recorder.close()
        try:
            write_head(head_path(path), head)
        except OSError as error:
            raise CannotRecord(head_path(path), why(error)) from error
    return Taken(status, path, head, terminal.session.call.kb)


def _caller(place: Place, exercise: Exercise) -> tuple[KnowledgeBase, Exercise, Caller]:
    """Who calls, the knowledge of his handset, and the exercise with all that was left open filled in."""
    if exercise.difficulty not in DIFFICULTIES:
        raise CannotStart(f"there is no difficulty {exercise.difficulty!r}: one of {', '.join(DIFFICULTIES)}")
    events: tuple[Event, ...] = ()
    if place.recording is not None:
        opened, events = _recorded(place.root, place.recording)
        exercise = replace(
            exercise, handset=opened.handset, programme=opened.programme, language=opened.language
        )
    kb = knowledge_of(place, exercise)
    exercise = replace(exercise, handset=kb.handset.id, programme=kb.programme.id if kb.programme else None)
    if place.recording is not None:
        who, at = recorded_caller(kb, events)
        return kb, replace(exercise, on=at), who
    exercise = replace(exercise, on=begins(kb, exercise))
    try:
        moment(exercise.on)
    except Refused:
        raise CannotStart(f"{exercise.on!r} is no time: write it as 1998-03-02T10:00:00+01:00") from None
    try:
        return kb, exercise, draw(kb, exercise, voices_of(place.root).difficulties[exercise.difficulty])
    except NoSuchCaller as nobody:
        raise CannotStart(str(nobody)) from None


def _recorded(root: Path, file: Path) -> tuple[Opened, tuple[Event, ...]]:
    try:
        recording = read(file)
    except OSError as error:
        raise CannotStart(f"{file}: cannot be read: {error.strerror or error}") from None
    if recording.opened is None or recording.broken:
        wrong = errors(recording.problems)
        raise CannotStart(show(wrong[0]) if wrong else f"{file}: nothing was recorded")
    if recording.opened.handset not in {h.id for h in handsets(root)}:
        raise CannotStart(f"{file}: there is no knowledge of {recording.opened.handset!r} today")
    return recording.opened, recording.events


def _terminal(place: Place, kb: KnowledgeBase, head: Head, clock: Clock, path: Path) -> TrainingTerminal:
    voices, exercise = voices_of(place.root), head.exercise
    difficulty = voices.difficulties[exercise.difficulty]
    language = _language(exercise)

    def keep(now: Head) -> None:
        # the end of the exercise says so when this cannot be done
        with contextlib.suppress(OSError):
            write_head(head_path(path), now)

    return TrainingTerminal(
        Alone(),
        State(language=language, audience=place.audience, guided=exercise.guided),
        persona=Persona(kb, head.caller, voices, difficulty, language, exercise.seed, head.memory),
        clock=clock,
        begun=head,
        keep=keep,
        line_by_line=place.plain,
    )


def _language(exercise: Exercise) -> Language:
    return "fr" if exercise.language == "fr" else "en"


def _call_of(transcript: Path) -> str:
    return transcript.stem.rpartition("-")[2]

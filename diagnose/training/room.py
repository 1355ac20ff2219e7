"""An exercise on the operator's own terminal: the caller is virtual, call and transcript are ordinary."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from diagnose import __version__
from diagnose.consultation.call import TOLD_SECONDS, moment
from diagnose.consultation.events import Abandoned, Answered, Opened, Tried, TryResult
from diagnose.knowledge.catalogue import handsets
from diagnose.knowledge.model import KnowledgeBase, Language
from diagnose.knowledge.problems import errors, show
from diagnose.reasoning.policy import charge_for
from diagnose.record.transcript import CannotRecord, Keeping, Writer, new_call_id, path_for, read
from diagnose.simulation.callers import Caller
from diagnose.terminal import plain
from diagnose.terminal.app import Screen, full_screen_possible
from diagnose.terminal.options import CallOptions
from diagnose.terminal.phrases import try_words
from diagnose.terminal.session import Session
from diagnose.terminal.start import CannotStart, load, which_handset
from diagnose.terminal.state import (
    Entry,
    Leaving,
    Option,
    Overlay,
    Page,
    Pick,
    State,
    asked,
    at_verdict,
    given,
    tried,
    wrap_up,
)
from diagnose.terminal.terminal import Terminal
from diagnose.training.exercise import (
    Exercise,
    Head,
    NoSuchCaller,
    beginning,
    begins,
    draw,
    head_path,
    recorded_caller,
    write_head,
)
from diagnose.training.persona import Persona
from diagnose.training.voices import DIFFICULTIES, Voices, read_voices
from diagnose.training.words import say

VERDICT_SECONDS = 10.0
"""Talk for the verdict and what the caller says to it."""
MOST_LINES = 6
GIVES_AWAY = ("why", "why_not", "change")
"""What only the guide knows: not to be had where nothing is proposed."""


class Clock:
    """The time on the line: when the caller rang, the talk so far, and what the trainee took to think."""

    def __init__(self, began: datetime, thinking: Callable[[], float] | None = None) -> None:
        self.began = began
        self.talk = 0.0
        self._thinking = thinking or (lambda: 0.0)
        self._since = self._thinking()

    def __call__(self) -> datetime:
        """Now, to the second."""
        seconds = self.talk + self._thinking() - self._since
        return self.began + timedelta(seconds=int(seconds))


class Alone:
    """The opener of a terminal whose call is there already."""

    def handsets(self, words: str) -> tuple[Option, ...]:  # noqa: ARG002 - as its protocol has it
        """None: there is nothing to choose."""
        return ()

    def programmes(self, handset: str) -> tuple[Option, ...]:  # noqa: ARG002 - as its protocol has it
        """None either."""
        return ()

    def begin(self, handset: str, programme: str | None, language: str, audience: str) -> Session:  # noqa: ARG002 - as its protocol has it
        """There is no other call."""
        raise CannotStart(say("one_call", language))


@dataclass
class TrainingTerminal(Terminal):
    """The operator's position with a caller who is heard; ``clock`` goes on by what is said."""

    persona: Persona | None = None
    clock: Clock | None = None
    line_by_line: bool = False
    dialogue: list[tuple[int, str, str]] = field(default_factory=list)
    steps: dict[str, tuple[int, int]] = field(default_factory=dict)
    hung_up: bool = False
    _situation: tuple[object, ...] = ()
    _trying: tuple[TryResult, str] = ("declined", "")

    def clocked(self) -> None:
        """A key was pressed, or a second has passed: the caller reacts to what stands on the screen."""
        super().clocked()
        if self.session is None or self.state.leaving is not None or self.state.call is None:
            return
        self._listen()
        super().clocked()

    def show(self, overlay: Overlay | None) -> None:
        """As at the desk, but what only the guide knows is not to be had where nothing is proposed."""
        hidden = isinstance(overlay, (Page, Pick)) and overlay.purpose in GIVES_AWAY
        if hidden and not self.state.guided:
            self.state = replace(self.state, overlay=None)
            self.tell("unguided", bad=True)
            return
        super().show(overlay)

    def leave(self, status: int, *lines: str) -> None:  # noqa: ARG002 - as its protocol has it
        """The exercise is over: what is left behind is its score, not the way to resume the call."""
        self.state = replace(self.state, leaving=Leaving(status))

    def _listen(self) -> None:
        state, persona = self.state, self.persona
        assert persona is not None
        call = state.the_call
        if call.status != "open":
            return
        entry = state.overlay
        if isinstance(entry, Entry) and entry.purpose == "complaint":
            self._heard(("complaint",), persona.opens, TOLD_SECONDS)
        elif entry is not None:
            return
        elif at_verdict(state):
            self._verdict(persona)
        elif tried(state) is not None:
            self._try(persona)
        elif (symptom := asked(state)) is not None:
            times = sum(isinstance(e, Answered) and e.symptom == symptom.id for e in call.events)
            situation = ("ask", symptom.id, times)
            self._heard(situation, lambda: persona.replies(symptom), symptom.seconds)
        self._impatient(persona)

    def _verdict(self, persona: Persona) -> None:
        call = self.state.the_call
        verdict, remedy = given(call)
        outcome = call.assessment.outcome
        own = call.overruled is None
        charge = outcome.charge if own or remedy is None else charge_for(call.kb, outcome.ruling, remedy)
        known = call.kb.charges.get(charge)
        pays = known is not None and not known.free
        solved = own and outcome.solved
        self._heard(
            ("verdict", verdict, remedy.id if remedy else ""),
            lambda: persona.hears_verdict(verdict, pays=pays, solved=solved),
            VERDICT_SECONDS,
        )

    def _try(self, persona: Persona) -> None:
        state = self.state
        remedy = tried(state)
        assert remedy is not None
        count = max(1, len(try_words(state, remedy)))
        times = sum(isinstance(e, Tried) and e.remedy == remedy.id for e in state.the_call.events)
        begun = ("try", remedy.id, times)
        if self._situation[:3] != begun:
            self._trying = persona.tries(remedy, state.elapsed)
            self.steps[remedy.id] = (0, count)
        result, line = self._trying
        step = count - 1 if self.line_by_line else min(state.step, count - 1)
        seen = max(step + 1, self.steps.get(remedy.id, (0, 0))[0])
        if result in ("declined", "before"):
            self.steps.pop(remedy.id, None)
            self._heard((*begun, -1), lambda: (line,), TOLD_SECONDS)
            return
        self.steps[remedy.id] = (seen, count)
        seconds = (remedy.trial.seconds if remedy.trial else 0.0) / count
        if self.line_by_line:
            seconds *= count
        last = step == count - 1
        self._heard((*begun, step), lambda: (line,) if last else (persona.does(),), seconds)

    def _heard(
        self, situation: tuple[object, ...], lines: Callable[[], tuple[str, ...]], seconds: float
    ) -> None:
        """What is said in a new situation, once; it takes its time."""
        if situation == self._situation:
            return
        self._situation = situation
        said = tuple(line for line in lines() if line)
        self._keep(said)
        self.state = replace(self.state, heard=said)
        if self.clock is not None:
            self.clock.talk += seconds

    def _keep(self, lines: tuple[str, ...]) -> None:
        count = len(self.state.the_call.events)
        self.dialogue.extend((count, "caller", line) for line in lines)

    def _impatient(self, persona: Persona) -> None:
        assert self.session is not None
        elapsed = self.session.elapsed
        if at_verdict(self.state):
            return
        if persona.hangs_up(elapsed):
            line = persona.leaves()
            self._keep((line,))
            self.hung_up = True
            self.do(lambda s: s.abandon(say("hung_up", self.state.language)))
            self.state = replace(self.state, heard=(line,))
            self.leave(0)
            return
        line = persona.loses_patience(elapsed)
        if line:
            self._keep((line,))
            heard = (*self.state.heard, line)
            self.state = replace(self.state, heard=heard[-MOST_LINES:])

    def head(self, head: Head) -> Head:
        """The head as it stands at the end."""
        assert self.persona is not None
        call = self.state.the_call
        abandoned = any(isinstance(e, Abandoned) for e in call.events)
        return replace(
            head,
            said=dict(self.persona.said),
            unasked=tuple(self.persona.unasked),
            dialogue=tuple(self.dialogue),
            wrap_up=() if abandoned else tuple(line.id for line in wrap_up(call)),
            ticked=self.state.ticked,
            alerts=call.assessment.alerts,
            read=self.state.read,
            steps=tuple((r, seen, of) for r, (seen, of) in self.steps.items()),
            hung_up=self.hung_up,
            finished=call.over,
        )


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


def voices_of(root: Path) -> Voices:
    """The voices of a knowledge folder.

    Raises:
        CannotStart: naming what is wrong with them.
    """
    voices, problems = read_voices(root)
    wrong = errors(problems)
    if voices is None or wrong:
        raise CannotStart(show(wrong[0]))
    return voices


def prepare(place: Place, exercise: Exercise) -> tuple[TrainingTerminal, Head, Path]:
    """The terminal with the caller on the line, the head of the exercise, and its transcript.

    Raises:
        CannotStart, CannotRecord: when there can be no exercise.
    """
    who: Caller | None = None
    if place.recording is not None:
        recording = read(place.recording)
        if recording.opened is None or recording.broken:
            wrong = errors(recording.problems)
            raise CannotStart(show(wrong[0]) if wrong else f"{place.recording}: nothing was recorded")
        opened = recording.opened
        if opened.handset not in {h.id for h in handsets(place.root)}:
            raise CannotStart(f"{place.recording}: there is no knowledge of {opened.handset!r} today")
        exercise = replace(
            exercise, handset=opened.handset, programme=opened.programme, language=opened.language
        )
    kb = knowledge_of(place, exercise)
    exercise = replace(exercise, handset=kb.handset.id, programme=kb.programme.id if kb.programme else None)
    voices = voices_of(place.root)
    if exercise.difficulty not in DIFFICULTIES:
        raise CannotStart(f"there is no difficulty {exercise.difficulty!r}: one of {', '.join(DIFFICULTIES)}")
    difficulty = voices.difficulties[exercise.difficulty]
    if place.recording is not None:
        who, at = recorded_caller(kb, recording.events)
        exercise = replace(exercise, on=at)
    else:
        try:
            who = draw(kb, exercise, difficulty)
        except NoSuchCaller as nobody:
            raise CannotStart(str(nobody)) from None
    exercise = replace(exercise, on=begins(kb, exercise))
    language: Language = "fr" if exercise.language == "fr" else "en"
    persona = Persona(kb, who, voices, difficulty, language, exercise.seed)
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
    terminal = TrainingTerminal(
        Alone(),
        State(language=language, audience=place.audience, guided=exercise.guided),
        persona=persona,
        clock=clock,
        line_by_line=place.plain,
    )
    terminal.session = Session.begin(kb, opened, Writer.create(path, Keeping(knowledge=place.root)), clock)
    terminal.follow()
    terminal.show(Entry("complaint"))
    terminal.clocked()
    recorded = str(place.recording) if place.recording else ""
    return terminal, beginning(kb, exercise, who, place.trainee, recorded), path


def take(place: Place, exercise: Exercise) -> Taken:
    """Take an exercise on the screen, or line by line; its head is written when it is left.

    Raises:
        CannotStart, CannotRecord: when there can be no exercise, or its head cannot be kept.
    """
    line_by_line = place.plain or not full_screen_possible(sys.stdin, sys.stdout)
    thinking = place.thinking and sys.stdin.isatty()
    terminal, head, path = prepare(replace(place, plain=line_by_line, thinking=thinking), exercise)
    assert terminal.session is not None
    try:
        if line_by_line:
            status = plain.converse(terminal, sys.stdin, sys.stdout)
        else:
            status = Screen(terminal, colour=place.colour).take()
    finally:
        head = terminal.head(head)
        terminal.session.recorder.close()
        try:
            write_head(head_path(path), head)
        except OSError as error:
            raise CannotRecord(head_path(path), error.strerror or str(error)) from error
    return Taken(status, path, head, terminal.session.call.kb)

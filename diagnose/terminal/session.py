"""One call under way: the only state of the terminal besides what is on the screen.

Everything an operator can do is a method here; each makes one event, has it recorded, and only then
lets the call move on. Both the full screen and the line mode drive this, and so can a test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from diagnose.consultation.call import Call, after, open_call
from diagnose.consultation.events import (
    Abandoned,
    Accepted,
    Answered,
    Closed,
    Event,
    HandedOver,
    Held,
    Identified,
    Noted,
    Opened,
    Overruled,
    Redone,
    Renewed,
    Resumed,
    Spoke,
    Tried,
    TryResult,
    Undone,
)
from diagnose.consultation.trace import Json, entry
from diagnose.knowledge.model import UNKNOWN, KnowledgeBase, Text
from diagnose.reasoning.assess import Ask, Try

Clock = Callable[[], datetime]


class Recorder(Protocol):
    """Where events go before the screen moves on.

    ``warnings``: lines about what went wrong beside the call itself.
    """

    warnings: list[Text]

    def append(self, event: Event, entry: Json) -> None:
        """Have the event on disk when this returns."""

    def renew(self, event: Renewed, entry: Json, sources: tuple[str, ...]) -> None:
        """As :meth:`append`, and the knowledge of these files is kept."""

    def close(self) -> None:
        """No more events."""


class Files(Protocol):
    """The knowledge files of a call."""

    @property
    def edited(self) -> bool:
        """Whether one was written since the call took its knowledge from them."""

    def today(self) -> KnowledgeBase:
        """The knowledge as the files have it now.

        Raises:
            CannotStart: when it has errors.
        """

    def taken(self, kb: KnowledgeBase) -> Files:
        """The files of a call that goes on with this knowledge, as they are now."""


@dataclass
class Session:
    """A call, its recorder and its clock. ``files``: where edited knowledge comes from, if it may."""

    call: Call
    recorder: Recorder
    clock: Clock
    away: float = 0.0
    """Seconds that the call lay open with nobody at it, since its last event: a terminal had died."""
    files: Files | None = None

    @classmethod
    def begin(cls, kb: KnowledgeBase, opened: Opened, recorder: Recorder, clock: Clock) -> Session:
        """A new call, its opening recorded."""
        call = open_call(kb, opened)
        try:
            recorder.append(opened, entry(None, call, opened))
        except BaseException:  # nobody has the recorder yet who could
            recorder.close()
            raise
        return cls(call, recorder, clock)

    def take(self, event: Event) -> None:
        """Let the event happen.

        Raises:
            Refused: when the call cannot take it; nothing is recorded.
            CannotRecord: when it cannot be written; the call stays as it was.
        """
        call = after(self.call, event)
        self.recorder.append(event, entry(self.call, call, event))
        self.call = call

    @property
    def elapsed(self) -> float:
        """Seconds on the line: since the call was opened, without the time that it waited."""
        seconds, since = 0.0, None
        for event in self.call.events:
            at = datetime.fromisoformat(event.at)
            if isinstance(event, (Held, HandedOver, Closed, Abandoned)) and since is not None:
                seconds, since = seconds + (at - since).total_seconds(), None
            elif isinstance(event, (Opened, Resumed)):
                since = at
        return max(0.0, seconds - self.away + ((self.clock() - since).total_seconds() if since else 0.0))

    def _at(self) -> str:
        return self.clock().isoformat(timespec="seconds")

    def answer(self, answer: str, symptom: str | None = None) -> None:
        """Answer the question on the screen, or change the answer to ``symptom``."""
        step = self.call.assessment.next
        asked = symptom or (step.symptom if isinstance(step, Ask) else "")
        self.take(Answered(self._at(), asked, answer))

    def dont_know(self) -> None:
        """The caller does not know."""
        self.answer(UNKNOWN)

    def volunteer(self, symptom: str, answer: str, words: str = "") -> None:
        """The caller says something unasked."""
        self.take(Answered(self._at(), symptom, answer, volunteered=True, words=words))

    def tried(self, outcome: TryResult, remedy: str | None = None) -> None:
        """What came of the try on the screen, or of ``remedy``."""
        step = self.call.assessment.next
        self.take(Tried(self._at(), remedy or (step.remedy if isinstance(step, Try) else ""), outcome))

    def undo(self) -> None:
        """Take the last answer or try back."""
        self.take(Undone(self._at()))

    def redo(self) -> None:
        """What was taken back stands again."""
        self.take(Redone(self._at()))

    def renewed(self, kb: KnowledgeBase) -> Call:
        """The call as it would stand on this knowledge; nothing happens.

        Raises:
            Refused: when it cannot be taken over here.
        """
        return after(replace(self.call, later=(kb,)), Renewed(self._at(), kb.revision))

    def renew(self, kb: KnowledgeBase) -> None:
        """Go on with this knowledge, which is what the files say."""
        call = self.renewed(kb)
        event = call.events[-1]
        assert isinstance(event, Renewed)
        self.recorder.renew(event, entry(self.call, call, event), kb.sources)
        self.call = call
        if self.files is not None:
            self.files = self.files.taken(kb)

    def warnings(self) -> tuple[Text, ...]:
        """What the recorder warns of; each once."""
        found, self.recorder.warnings[:] = tuple(self.recorder.warnings), []
        return found

    def note(self, text: str) -> None:
        """Keep a free note."""
        self.take(Noted(self._at(), text))

    def identify(self, field: str, value: str) -> None:
        """Keep something about the caller or the unit: imei, name, phone, address, postcode."""
        self.take(Identified(self._at(), field, value))

    def speak(self, language: str) -> None:
        """Go on in this language."""
        self.take(Spoke(self._at(), language))

    def hold(self, reason: str = "") -> None:
        """Let the call wait."""
        self.take(Held(self._at(), reason))

    def resume(self, operator: str = "") -> None:
        """Go on with a call that waited."""
        self.take(Resumed(self._at(), operator))

    def hand_over(self, to: str, reason: str = "") -> None:
        """Pass the call on; it waits for whoever takes it."""
        self.take(HandedOver(self._at(), to, reason))

    def accept(self) -> None:
        """The verdict was given to the caller."""
        self.take(Accepted(self._at()))

    def overrule(self, verdict: str, remedy: str, reason: str) -> None:
        """Another verdict was given, for this reason."""
        self.take(Overruled(self._at(), verdict, remedy, reason))

    def close(self, disposition: str = "") -> None:
        """The call is over."""
        self.take(Closed(self._at(), disposition))

    def abandon(self, reason: str = "") -> None:
        """The call is over without a verdict."""
        self.take(Abandoned(self._at(), reason))

"""The operator's position: the call under way and what is on the screen; all state is here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from diagnose.consultation.call import Refused
from diagnose.record.transcript import CannotRecord, spoken
from diagnose.terminal.clean import clean, one_line
from diagnose.terminal.phrases import name_of
from diagnose.terminal.session import Session
from diagnose.terminal.start import CannotStart, Opener
from diagnose.terminal.state import Entry, Leaving, Notice, Overlay, Pick, State, asked, under
from diagnose.words import has_word, word

Event = Callable[[Session], None]


@dataclass
class Terminal:
    """Commands change ``state`` and drive ``session``; views read ``state`` alone.

    ``warned``: what the recorder warned of on this call; ``mentioned``: that the knowledge was edited.
    """

    opener: Opener
    state: State
    session: Session | None = None
    warned: list[str] = field(default_factory=list)
    mentioned: bool = False

    def show(self, overlay: Overlay | None) -> None:
        """Put something before the question, or take it away."""
        self.state = under(self.state, overlay)

    def tell(self, key: str, *, bad: bool = False, **data: object) -> None:
        """One line to the operator."""
        self.state = replace(self.state, notice=Notice(word(key, self.state.language, **data), bad))

    def do(self, event: Event) -> bool:
        """Let something happen on the call; whether it did. What hinders it is told to the operator."""
        if self.session is None:
            return False
        try:
            event(self.session)
        except Refused as refused:
            self.refused(refused)
            return False
        except CannotRecord as failure:
            self.tell("cannot_record", bad=True, why=one_line(failure.why.say(self.state.language)))
            return False
        self.follow()
        self._warn()
        return True

    def refused(self, refused: Refused) -> None:
        """Say why the call cannot take something."""
        key = f"refused.{refused.code}"
        what = one_line(refused.what or refused.code)
        self.tell(key if has_word(key) else "refused", bad=True, what=what)

    def _warn(self) -> None:
        """What went wrong beside the call: a quiet line now, and once more when the screen is gone."""
        assert self.session is not None
        warnings = self.session.warnings()
        self.warned += (one_line(w.say(self.state.language)) for w in warnings)
        if warnings:
            self.tell("beside", what=" ".join(self.warned[-len(warnings) :]))

    def begin(self, handset: str, programme: str | None) -> None:
        """Open the call; the complaint comes first."""
        try:
            self.session = self.opener.begin(handset, programme, self.state.language, self.state.audience)
        except (CannotStart, CannotRecord) as failure:
            self.state = replace(
                self.state, notice=Notice(one_line(spoken(failure, self.state.language)), bad=True)
            )
            return
        self.follow()
        self.show(Entry("complaint"))

    def follow(self) -> None:
        """The screen after the call: what belonged to the last question goes with it."""
        if self.session is None:
            return
        before, call = self.state.call, self.session.call
        state = replace(self.state, call=call, language=call.language, elapsed=self.session.elapsed)
        if before is not None and (before.deeds != call.deeds or before.kb != call.kb):
            state = replace(state, step=0, early=False, warned=False, ticked=(), scroll=0, details=False)
            # what else strikes the caller is taken in before another question takes the place of that one
            typed = state.overlay if isinstance(state.overlay, Entry) else None
            asking = typed.subject if typed is not None and typed.purpose == "else" else ""
            state = replace(state, asking=asking, trying="")
        elif before is not None and before.overruled != call.overruled:
            state = replace(state, warned=False, ticked=(), scroll=0)
        if before is not None:
            gone = [
                s
                for s in call.assessment.set_aside
                if s not in before.assessment.set_aside and s in call.kb.symptoms
            ]
            if gone:
                names = ", ".join(name_of(state, call.kb.symptoms[s]) for s in gone)
                state = replace(state, notice=Notice(word("now_set_aside", state.language, names=names)))
        if asked(state) != asked(self.state):
            state = replace(state, since=(len(call.deeds), len(call.notes)))
        edited = self.session.files is not None and self.session.files.edited
        self.state = replace(state, edited=edited)
        self.mentioned = self.mentioned and edited

    def mention(self) -> None:
        """That the knowledge was edited: once, when there is nothing else to tell."""
        state = self.state
        if state.edited and not self.mentioned and state.notice is None and state.overlay is None:
            self.mentioned = True
            self.tell("renew.edited")

    def may_end(self) -> bool:
        """Whether the call can be closed on the verdict; at the desk that is the operator's to say."""
        return True

    def chose(self, pick: Pick, value: str) -> None:  # noqa: ARG002 - a position with lists of its own needs it
        """Something was taken from a list that is this position's own; the desk has none."""
        raise LookupError(pick.purpose)

    def clocked(self) -> None:
        """A second has passed."""
        if self.session is not None:
            self.state = replace(self.state, elapsed=self.session.elapsed)

    def leave(self, status: int, *lines: str) -> None:
        """The terminal is done."""
        beside = (word("beside", self.state.language, what=w) for w in self.warned)
        self.state = replace(self.state, leaving=Leaving(status, (*lines, *beside)))

    def keep_typing(self) -> None:
        """What is being typed becomes a note, so that leaving loses nothing."""
        overlay = self.state.overlay
        entry = overlay if isinstance(overlay, Entry) else getattr(overlay, "below", None)
        if (
            isinstance(entry, Entry)
            and entry.text.strip()
            and entry.purpose not in ("handset", "abandon", "hold")
        ):
            words = clean(entry.text)
            self.do(lambda s: s.note(words))

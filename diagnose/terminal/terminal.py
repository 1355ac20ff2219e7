"""The operator's position: the call under way and what is on the screen; all state is here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from diagnose.consultation.call import Refused
from diagnose.record.transcript import CannotRecord
from diagnose.terminal.clean import clean, one_line
from diagnose.terminal.phrases import name_of
from diagnose.terminal.session import Session
from diagnose.terminal.start import CannotStart, Opener
from diagnose.terminal.state import Entry, Leaving, Notice, Overlay, State, under
from diagnose.words import has_word, word

Event = Callable[[Session], None]


@dataclass
class Terminal:
    """Commands change ``state`` and drive ``session``; views read ``state`` alone."""

    opener: Opener
    state: State
    session: Session | None = None

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
            key = f"refused.{refused.code}"
            self.tell(
                key if has_word(key) else "refused", bad=True, what=one_line(refused.what or refused.code)
            )
            return False
        except CannotRecord as failure:
            self.tell("cannot_record", bad=True, why=one_line(str(failure)))
            return False
        self.follow()
        return True

    def begin(self, handset: str, programme: str | None) -> None:
        """Open the call; the complaint comes first."""
        try:
            self.session = self.opener.begin(handset, programme, self.state.language, self.state.audience)
        except (CannotStart, CannotRecord) as failure:
            self.state = replace(self.state, notice=Notice(one_line(str(failure)), bad=True))
            return
        self.follow()
        self.show(Entry("complaint"))

    def follow(self) -> None:
        """The screen after the call: what belonged to the last question goes with it."""
        if self.session is None:
            return
        before, call = self.state.call, self.session.call
        state = replace(self.state, call=call, language=call.language, elapsed=self.session.elapsed)
        if before is not None and before.deeds != call.deeds:
            state = replace(state, step=0, early=False, warned=False, ticked=(), scroll=0, details=False)
            state = replace(state, asking="", trying="")
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
        self.state = state

    def clocked(self) -> None:
        """A second has passed."""
        if self.session is not None:
            self.state = replace(self.state, elapsed=self.session.elapsed)

    def leave(self, status: int, *lines: str) -> None:
        """The terminal is done."""
        self.state = replace(self.state, leaving=Leaving(status, lines))

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

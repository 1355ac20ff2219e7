"""The replay on a full screen, and the operator's terminal for a call that is taken up from it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from prompt_toolkit.application import Application
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import ANSI
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import FormattedTextControl, Layout, Window
from prompt_toolkit.output import Output

from diagnose.consultation.call import fold, moment
from diagnose.consultation.events import Opened, Renewed
from diagnose.consultation.trace import walk
from diagnose.record.transcript import CannotRecord, Writer, new_call_id, path_for, spoken
from diagnose.terminal.app import Screen
from diagnose.terminal.clean import one_line
from diagnose.terminal.replaying.keys import KEYS, Key, where
from diagnose.terminal.replaying.state import Replaying, passed, run, with_way
from diagnose.terminal.replaying.story import Story
from diagnose.terminal.replaying.views import screen
from diagnose.terminal.replaying.words import say
from diagnose.terminal.session import Session
from diagnose.terminal.start import CannotStart
from diagnose.terminal.state import Option, State
from diagnose.terminal.terminal import Terminal
from diagnose.terminal.views.frame import to_ansi

TICK = 0.25
"""Seconds between two looks at the clock while playing."""


class Nowhere:
    """The opener of a terminal whose call is there already."""

    def handsets(self, _: str) -> tuple[Option, ...]:
        """None: there is nothing to choose."""
        return ()

    def programmes(self, _: str) -> tuple[Option, ...]:
        """None either."""
        return ()

    def begin(self, *_: object) -> Session:
        """There is no other call."""
        raise CannotStart("-")


@dataclass
class ReplayScreen:
    """The replay as a full screen. ``forks``: the folder for calls that are taken up from it.

    ``input``, ``output`` and ``clock`` (seconds) are given by tests.
    """

    state: Replaying
    forks: Path
    colour: bool = True
    input: Input | None = None
    output: Output | None = None
    clock: Callable[[], float] = time.monotonic
    kept: tuple[Path, ...] = ()
    defect: Exception | None = None

    def show(self) -> int:
        """Until it is left; the exit status."""
        while True:
            self.state = replace(self.state, leaving="")
            self._run()
            if self.defect is not None:
                what = one_line(f"{type(self.defect).__name__}: {self.defect}")
                print(f"diagnose: internal error: {what}", file=sys.stderr)
                return 2
            if self.state.leaving != "fork":
                break
            self._fork()
        for path in self.kept:
            print(say("forked", self.state.language, path=path))
        return 0

    def _run(self) -> None:
        try:
            self.application().run()
        except (EOFError, KeyboardInterrupt):
            self.state = replace(self.state, leaving="quit")

    def _fork(self) -> None:
        try:
            taken = take_from(self.state, self.forks, self.colour, self.input, self.output)
        except (CannotRecord, OSError) as failure:
            self.state = replace(
                self.state, notice=one_line(spoken(failure, self.state.language)), leaving=""
            )
            return
        path, story = taken
        self.kept = (*self.kept, path)
        self.state = with_way(self.state, story)

    def application(self) -> Application[None]:
        """The application: one window, whose text is the screen."""
        body = Window(FormattedTextControl(self._text, show_cursor=False), wrap_lines=False)
        since = self.clock()

        def ticked(_: object) -> None:
            nonlocal since
            now = self.clock()
            self.state, since = passed(self.state, now - since), now

        app: Application[None] = Application(
            layout=Layout(body),
            key_bindings=self._bindings(),
            full_screen=True,
            mouse_support=False,
            refresh_interval=TICK,
            before_render=ticked,
            input=self.input,
            output=self.output,
        )
        app.ttimeoutlen = app.timeoutlen = 0.05
        return app

    def _text(self) -> ANSI:
        from prompt_toolkit.application import get_app

        app = get_app()
        size = app.output.get_size()
        try:
            drawn = screen(self.state, size.columns, size.rows)
            return ANSI(to_ansi(drawn, size.columns, colour=self.colour))
        except Exception as defect:  # noqa: BLE001 - one line, never a traceback over the screen
            self.defect = defect
            if not app.is_done:
                app.exit()
            return ANSI("")

    def _bindings(self) -> KeyBindings:
        bindings = KeyBindings()
        for row in reversed(KEYS):
            for key in row.keys:
                self._bind(bindings, row, key)
        return bindings

    def _bind(self, bindings: KeyBindings, row: Key, key: str) -> None:
        @bindings.add(key, filter=Condition(lambda: where(self.state) in row.where))
        def _(event: KeyPressEvent) -> None:
            self.state = run(self.state, row.command)
            if self.state.leaving and not event.app.is_done:
                event.app.exit()


def take_from(
    state: Replaying,
    folder: Path,
    colour: bool = True,
    input_: Input | None = None,
    output: Output | None = None,
) -> tuple[Path, Story]:
    """The call taken up after the moment shown, on the operator's terminal; its transcript, and its story.

    Raises:
        CannotRecord: when there can be no transcript.
    """
    terminal, path = forked(state, folder)
    try:
        Screen(terminal, colour=colour, input=input_, output=output).take()
    finally:
        assert terminal.session is not None
        terminal.session.recorder.close()
    name = say("fork", state.language, n=state.moment.n)
    return path, Story(name, state.story.kb, terminal.session.call.events, state.at + 1, state.story.editions)


def forked(state: Replaying, folder: Path) -> tuple[Terminal, Path]:
    """A terminal with a new call that has gone as far as the moment shown; its transcript has all of it.

    Raises:
        CannotRecord: when there can be no transcript.
    """
    story, found = state.story, state.story.moments[: state.at + 1]
    editions = story.editions or (story.kb,)
    first = found[0].event
    assert isinstance(first, Opened)
    count = len(list(folder.glob("*.jsonl")))
    call = new_call_id(first.at, f"{first.call} {state.at} {count}")
    opened = replace(first, call=call, revision=editions[0].revision, desk=first.desk or "replay")
    happened = (m.event for m in found[1:])
    # where one knowledge stands for several, a renewal has nothing to take over
    later = (e for e in happened if story.editions or not isinstance(e, Renewed))
    events = (opened, *later)
    path = path_for(folder, opened)
    writer = Writer.create(path)
    for event, (_, entry) in zip(events, walk(editions, events), strict=True):
        writer.append(event, entry)
    began, since = moment(events[-1].at), time.monotonic()
    session = Session(
        fold(editions, events), writer, lambda: began + timedelta(seconds=int(time.monotonic() - since))
    )
    terminal = Terminal(Nowhere(), State(language=session.call.language, audience=opened.audience))
    terminal.session = session
    if session.call.status == "held":
        session.resume()
    terminal.follow()
    return terminal, path

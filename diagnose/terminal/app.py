"""The operator's terminal: which mode a call is taken in, and the full screen."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TextIO

from diagnose.consultation.call import Call, assessed
from diagnose.consultation.understand import understand
from diagnose.knowledge.model import UNKNOWN
from diagnose.reasoning.assess import Ask
from diagnose.reasoning.explain import with_answer
from diagnose.reasoning.facts import Findings
from diagnose.reasoning.promise import is_working_day
from diagnose.record.transcript import CannotRecord, spoken
from diagnose.terminal import plain
from diagnose.terminal.chosen import hold_and_leave
from diagnose.terminal.clean import one_line
from diagnose.terminal.commands import run
from diagnose.terminal.entering import typed
from diagnose.terminal.keys import ANY, KEYS, Key
from diagnose.terminal.options import CallOptions
from diagnose.terminal.phrases import held_for
from diagnose.terminal.start import CannotStart, Folder, SeveralFit, which_handset
from diagnose.terminal.state import Entry, State, context
from diagnose.terminal.terminal import Terminal
from diagnose.terminal.views.frame import to_ansi
from diagnose.terminal.views.screen import screen
from diagnose.words import word

if TYPE_CHECKING:  # the line mode does without what is slow to import
    from prompt_toolkit.application import Application
    from prompt_toolkit.formatted_text import ANSI
    from prompt_toolkit.input import Input
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
    from prompt_toolkit.output import Output

LATE = 0.2
"""Seconds that a pipe is given to show that it has something to say."""
QUIET = 0.05
"""Seconds without a key before likely answers are thought through in advance."""


def run_call(options: CallOptions) -> int:
    """Take one call; the exit status.

    0: closed, abandoned, held or left; 2: cannot start; 130: left by Ctrl-C, 129 or 143 by a closed window
    or an end from outside.
    """
    if nothing_to_read(sys.stdin):
        print(f"diagnose: {word('start.no_input', options.language)}", file=sys.stderr)
        return 2
    whole = not options.plain and full_screen_possible(sys.stdin, sys.stdout)
    try:
        terminal = start(options, choosing=whole)
    except (CannotStart, CannotRecord) as failure:
        print(f"diagnose: {one_line(spoken(failure, options.language))}", file=sys.stderr)
        return 2
    try:
        if not whole:
            if not options.plain:
                print(f"diagnose: {word('start.plain', options.language)}", file=sys.stderr)
            return plain.converse(terminal, sys.stdin, sys.stdout)
        return Screen(terminal, colour=coloured(options)).take()
    finally:
        if terminal.session is not None:
            terminal.session.recorder.close()


def nothing_to_read(stdin: TextIO) -> bool:
    """Whether the input is no terminal and at its end already; it may also just be late."""
    try:
        if stdin.isatty():
            return False
        ready = select.select([stdin], [], [], LATE)[0]
        return bool(ready) and stdin.buffer.peek(1) == b""  # type: ignore[attr-defined]
    except (OSError, ValueError, AttributeError):  # nothing that could be waited for, as in tests
        return False


def full_screen_possible(stdin: TextIO, stdout: TextIO) -> bool:
    """Whether both ends are a terminal that can place its cursor."""
    return stdin.isatty() and stdout.isatty() and os.environ.get("TERM", "dumb") not in ("dumb", "")


def coloured(options: CallOptions) -> bool:
    """Whether colour is wanted (see no-color.org)."""
    return options.colour and not os.environ.get("NO_COLOR")


def start(options: CallOptions, *, choosing: bool = False) -> Terminal:
    """The terminal of a call that begins or goes on, or with the choice of the handset.

    ``choosing``: words that fit several handsets open the choice among them instead of ending it there.

    Raises:
        CannotStart, CannotRecord: when there can be no call.
    """
    folder = Folder(options)
    terminal = Terminal(folder, State(language=options.language, audience=options.audience))
    if options.resume is not None:
        terminal.session, revised = folder.resume(options.resume)
        terminal.state = replace(terminal.state, audience=terminal.session.call.opened.audience)
        terminal.follow()
        if revised:
            terminal.tell(revised, bad=True)
        elif reason := held_for(terminal.session.call):
            terminal.tell("resumed_for", reason=reason)
        elif notes := terminal.session.call.notes:
            terminal.tell("resumed_note", note=one_line(notes[-1].text))
        terminal.mention()
        return terminal
    words = ""
    try:
        handset = which_handset(options)
    except SeveralFit:
        if not choosing:
            raise
        handset, words = None, options.handset or ""
    if handset is None:
        typed(terminal, Entry("handset", text=words, cursor=len(words)))
        return terminal
    # whatever cannot be loaded has to be said before a screen is opened
    terminal.session = folder.begin(handset, options.programme, options.language, options.audience)
    terminal.follow()
    terminal.show(Entry("complaint"))
    return terminal


@dataclass
class Screen:
    """The terminal as a full screen; ``input`` and ``output`` are given by tests."""

    terminal: Terminal
    colour: bool = True
    input: Input | None = None
    output: Output | None = None
    defect: Exception | None = None

    def take(self) -> int:
        """Show the screen until the operator leaves; the exit status."""
        app = self.application()
        try:
            with contextlib.suppress(EOFError):
                app.run()
        except KeyboardInterrupt:
            run(self.terminal, "interrupt")
        except OSError:
            if self.terminal.state.leaving is None:
                raise  # else the terminal went away: the call is held
        return self._left()

    def _left(self) -> int:
        if self.terminal.state.leaving is None:  # the terminal was taken away, or failed
            hold_and_leave(self.terminal, 1 if self.defect else 130)
        leaving = self.terminal.state.leaving
        assert leaving is not None
        if self.defect is not None:
            what = one_line(f"{type(self.defect).__name__}: {self.defect}")
            print(word("left.defect", self.terminal.state.language, what=what), file=sys.stderr)
        with contextlib.suppress(OSError):
            for line in leaving.lines:
                print(line)
        return leaving.status

    def application(self) -> Application[None]:
        """The application: one window, whose text is the screen."""
        from prompt_toolkit.application import Application
        from prompt_toolkit.layout import FormattedTextControl, Layout, Window

        body = Window(FormattedTextControl(self._text, show_cursor=False), wrap_lines=False)
        app: Application[None] = Application(
            layout=Layout(body),
            key_bindings=self._bindings(),
            full_screen=True,
            mouse_support=False,
            refresh_interval=1.0,
            before_render=lambda _: self.terminal.clocked(),
            input=self.input,
            output=self.output,
        )
        app.ttimeoutlen = app.timeoutlen = 0.05

        def begin() -> None:
            app.create_background_task(self._think_ahead())  # nothing waits for it
            self._heed_the_end(app)

        app.pre_run_callables.append(begin)
        return app

    def _heed_the_end(self, app: Application[None]) -> None:
        """A window that is closed, or a machine going down, holds the call; what is being typed is kept."""
        import asyncio

        def end(sign: int) -> None:
            hold_and_leave(self.terminal, 128 + sign)
            if not app.is_done:
                app.exit()

        for sign in (signal.SIGTERM, getattr(signal, "SIGHUP", None)):
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                if sign is not None:  # and where signals can be heeded, in the main thread
                    asyncio.get_running_loop().add_signal_handler(sign, end, sign)

    def _text(self) -> ANSI:
        from prompt_toolkit.application import get_app
        from prompt_toolkit.formatted_text import ANSI

        app = get_app()
        size = app.output.get_size()
        try:
            return self._drawn(size.columns, size.rows)
        except Exception as defect:  # noqa: BLE001 - a view that fails must not cost the call
            self._fail(app, defect)
            return ANSI("")

    def _drawn(self, columns: int, rows: int) -> ANSI:
        from prompt_toolkit.formatted_text import ANSI

        drawn = screen(self.terminal.state, columns, rows)
        furthest = min(self.terminal.state.scroll, drawn.furthest)
        self.terminal.state = replace(self.terminal.state, scroll=furthest)
        return ANSI(to_ansi(drawn, columns, colour=self.colour))

    def _bindings(self) -> KeyBindings:
        from prompt_toolkit.filters import Condition
        from prompt_toolkit.key_binding import KeyBindings
        from prompt_toolkit.keys import Keys

        bindings = KeyBindings()
        for row in reversed(KEYS):  # of several that count, the last bound wins
            for key in row.keys:
                self._bind(bindings, row, key)

        @bindings.add(Keys.BracketedPaste, filter=Condition(lambda: context(self.terminal.state) == "entry"))
        def _(event: KeyPressEvent) -> None:
            self._run(event, "insert", event.data)

        @bindings.add(Keys.SIGINT)
        def _(event: KeyPressEvent) -> None:
            self._run(event, "interrupt", "")

        return bindings

    def _bind(self, bindings: KeyBindings, row: Key, key: str) -> None:
        from prompt_toolkit.filters import Condition
        from prompt_toolkit.keys import Keys

        @Condition
        def counts() -> bool:
            state = self.terminal.state
            return context(state) in row.contexts and row.language in ("", state.language)

        @bindings.add(Keys.Any if key == ANY else key, filter=counts)
        def _(event: KeyPressEvent) -> None:
            self._run(event, row.command, event.data if row.typed else "")

    def _run(self, event: KeyPressEvent, command: str, argument: str) -> None:
        try:
            run(self.terminal, command, argument)
        except Exception as defect:  # noqa: BLE001 - nor must a command that fails
            self._fail(event.app, defect)
            return
        if self.terminal.state.leaving is not None and not event.app.is_done:
            event.app.exit()

    def _fail(self, app: Application[None], defect: Exception) -> None:
        """Leave with one line: the recorded events are the call, and it can be resumed."""
        self.defect = defect
        if not app.is_done:
            app.exit()

    async def _think_ahead(self) -> None:
        """While no key comes, assess what the next answers would lead to: they are then remembered."""
        import asyncio

        done: Findings | None = None
        while True:
            await asyncio.sleep(QUIET)
            call = self.terminal.state.call
            if call is None or call.findings == done:
                continue
            if done is None:
                # while the greeting is spoken; later the first letter or the verdict would wait for it
                understand(call.kb, word("title", call.language))
                await asyncio.to_thread(working_today, call)
            done = call.findings
            for findings in likely(call):
                await asyncio.sleep(0.005)
                if self.terminal.state.call is not call:
                    break
                assessed(call.kb, findings)


def working_today(call: Call) -> bool:
    """Whether the promises of this call count today; asking fetches the calendar of holidays."""
    programme = call.kb.programme
    try:
        return programme is not None and is_working_day(programme.calendar, call.now.date())
    except ValueError:  # a country without known holidays: said when a promise is made
        return False


def likely(call: Call) -> list[Findings]:
    """What would be known after each answer to the question in front."""
    step = call.assessment.next
    if not isinstance(step, Ask):
        return []
    ids = [a.id for a in call.kb.symptoms[step.symptom].answers]
    return [with_answer(call.findings, step.symptom, a) for a in (*ids, UNKNOWN)]

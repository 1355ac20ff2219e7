"""The call itself: hold it, pass it on, leave it; its language, its knowledge; the time."""

from __future__ import annotations

from diagnose.terminal import chosen, entering, picking, renewing
from diagnose.terminal.clean import clean
from diagnose.terminal.commands.table import COMMANDS, command
from diagnose.terminal.state import Entry, Page, Pick
from diagnose.terminal.terminal import Terminal

ESCAPE = "\x1b"


@command
def hold(terminal: Terminal, argument: str) -> None:
    """Let the call wait, or go on with it."""
    if terminal.state.the_call.status == "held":
        terminal.do(lambda s: s.resume())
    elif argument:
        entering.enter(terminal, Entry("hold", text=argument))
    else:
        terminal.show(Entry("hold"))


@command
def hand_over(terminal: Terminal, argument: str) -> None:
    """Pass the call on to somebody else."""
    to, _, reason = argument.partition(" ")
    if reason:
        entering.enter(terminal, Entry("hand_over", subject=to, text=reason))
    else:
        terminal.show(Entry("hand_over", subject=to))


@command
def renew(terminal: Terminal, _: str) -> None:
    """What the knowledge as it was edited meanwhile would change, and whether to take it over."""
    renewing.propose(terminal)


@command
def language(terminal: Terminal, _: str) -> None:
    """Go on in the other language."""
    other = "en" if terminal.state.language == "fr" else "fr"
    if terminal.do(lambda s: s.speak(other)):
        terminal.tell("language_now")


@command
def help_(terminal: Terminal, _: str) -> None:
    """Every key."""
    terminal.show(Page("help"))


COMMANDS["help"] = help_


@command
def quit_(terminal: Terminal, _: str) -> None:
    """Ask how to leave."""
    overlay = terminal.state.overlay
    if terminal.session is None:
        terminal.leave(0)
    else:
        below = overlay if isinstance(overlay, Entry) else None
        terminal.show(picking.quit_pick(terminal.state, below))


COMMANDS["quit"] = quit_


@command
def interrupt(terminal: Terminal, _: str) -> None:
    """Ctrl-C: the question how to leave; the second time, hold the call and leave."""
    _leaving(terminal, 130)


@command
def end_of_input(terminal: Terminal, _: str) -> None:
    """Ctrl-D: the question how to leave; the second time, hold the call and leave."""
    _leaving(terminal, 0)


def _leaving(terminal: Terminal, status: int) -> None:
    overlay = terminal.state.overlay
    if terminal.session is None or (isinstance(overlay, Pick) and overlay.purpose == "quit"):
        chosen.hold_and_leave(terminal, status)
    else:
        quit_(terminal, "")


@command
def no_such_key(terminal: Terminal, argument: str) -> None:
    """A key that means nothing here, or a paste where no line is open: say so, do nothing.

    An arrow or a function key sends a sequence that nobody can read: of it nothing is said.
    """
    if argument.startswith(ESCAPE):
        return
    if len(argument) > 1:
        terminal.tell("no_such_paste", bad=True)
    elif argument.isprintable():
        terminal.tell("no_such_key", bad=True, pressed=clean(argument))


@command
def clock(terminal: Terminal, _: str) -> None:
    """Nothing but the time."""
    terminal.clocked()

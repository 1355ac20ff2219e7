"""Lines: what is typed, and the cursor in it."""

from __future__ import annotations

from dataclasses import replace

from diagnose.terminal import entering
from diagnose.terminal.clean import clean
from diagnose.terminal.commands.table import command
from diagnose.terminal.state import SPOKEN, Entry
from diagnose.terminal.terminal import Terminal


def _edit(terminal: Terminal, before: str, after: str) -> None:
    overlay = terminal.state.overlay
    if isinstance(overlay, Entry):
        entering.typed(terminal, replace(overlay, text=before + after, cursor=len(before)))


def _halves(terminal: Terminal) -> tuple[str, str]:
    overlay = terminal.state.overlay
    if not isinstance(overlay, Entry):
        return "", ""
    return overlay.text[: overlay.cursor], overlay.text[overlay.cursor :]


@command
def insert(terminal: Terminal, argument: str) -> None:
    """Type it."""
    before, after = _halves(terminal)
    typed = clean(argument).replace("\n", " ")
    if typed:
        _edit(terminal, before + typed, after)


@command
def pick_or_type(terminal: Terminal, argument: str) -> None:
    """Choose what the line may mean; after a blank, or where nothing is to be chosen, type the digit."""
    overlay = terminal.state.overlay
    before, _ = _halves(terminal)
    if (
        isinstance(overlay, Entry)
        and overlay.purpose in SPOKEN
        and int(argument) <= len(overlay.options)
        and not before.endswith(" ")
    ):
        entering.choose(terminal, overlay, int(argument))
    else:
        insert(terminal, argument)


@command
def backspace(terminal: Terminal, _: str) -> None:
    """Take the character before the cursor out."""
    before, after = _halves(terminal)
    _edit(terminal, before[:-1], after)


@command
def delete(terminal: Terminal, _: str) -> None:
    """Take the character at the cursor out."""
    before, after = _halves(terminal)
    _edit(terminal, before, after[1:])


@command
def erase(terminal: Terminal, _: str) -> None:
    """Take out what stands before the cursor."""
    _edit(terminal, "", _halves(terminal)[1])


@command
def left(terminal: Terminal, _: str) -> None:
    """One character to the left."""
    _cursor(terminal, len(_halves(terminal)[0]) - 1)


@command
def right(terminal: Terminal, _: str) -> None:
    """One character to the right."""
    _cursor(terminal, len(_halves(terminal)[0]) + 1)


@command
def home(terminal: Terminal, _: str) -> None:
    """To the beginning of the line."""
    _cursor(terminal, 0)


@command
def end(terminal: Terminal, _: str) -> None:
    """To the end of the line."""
    _cursor(terminal, sum(map(len, _halves(terminal))))


def _cursor(terminal: Terminal, to: int) -> None:
    overlay = terminal.state.overlay
    if isinstance(overlay, Entry):
        cursor = max(0, min(len(overlay.text), to))
        terminal.state = replace(terminal.state, overlay=replace(overlay, cursor=cursor))

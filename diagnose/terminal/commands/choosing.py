"""Lists and pages: move, narrow, take, scroll; and back to the call."""

from __future__ import annotations

from dataclasses import replace

from diagnose.knowledge.model import UNKNOWN
from diagnose.terminal import chosen, entering, picking
from diagnose.terminal.clean import clean
from diagnose.terminal.commands.table import command
from diagnose.terminal.picking import fitting
from diagnose.terminal.state import Entry, Pick, by_letter
from diagnose.terminal.terminal import Terminal

SCROLLED = 5
"""Lines at once."""


@command
def enter(terminal: Terminal, _: str) -> None:
    """Take the line, or what is under the cursor."""
    overlay = terminal.state.overlay
    if isinstance(overlay, Entry):
        entering.enter(terminal, overlay)
    elif isinstance(overlay, Pick):
        chosen.take(terminal, overlay, overlay.at + 1)


@command
def cancel(terminal: Terminal, _: str) -> None:
    """Back to the call, nothing done."""
    overlay = terminal.state.overlay
    if isinstance(overlay, Pick) and overlay.purpose == "programme":
        entering.typed(terminal, Entry("handset"))
    elif isinstance(overlay, Entry) and overlay.purpose == "handset":
        terminal.leave(0)
    elif isinstance(overlay, Entry) and overlay.purpose == "identify":
        terminal.show(picking.identify_pick(terminal.state))
    elif isinstance(overlay, Entry):
        entering.leave(terminal, overlay)
    else:
        terminal.show(overlay.below if isinstance(overlay, Pick) else None)


@command
def choose(terminal: Terminal, argument: str) -> None:
    """The line of that number."""
    overlay = terminal.state.overlay
    if argument.isdecimal() and isinstance(overlay, Pick):
        chosen.take(terminal, overlay, int(argument))
    elif argument.isdecimal() and isinstance(overlay, Entry):
        entering.choose(terminal, overlay, int(argument))


LONG = 9
"""A list longer than this can be narrowed by typing."""


@command
def narrow(terminal: Terminal, argument: str) -> None:
    """Keep the lines of a long list that have what is typed; among answers, take the one of that letter."""
    overlay = terminal.state.overlay
    number = _by_key(terminal, overlay, argument) if isinstance(overlay, Pick) else 0
    if isinstance(overlay, Pick) and number:
        chosen.take(terminal, overlay, number)
    elif isinstance(overlay, Pick) and len(overlay.whole or overlay.options) > LONG:
        _narrowed(terminal, overlay, overlay.words + clean(argument))


def _by_key(terminal: Terminal, pick: Pick, key: str) -> int:
    """The line that the keys of the question mean in a list of its answers: yes, no, don't know; else 0."""
    if pick.purpose not in ("answers", "volunteered") or pick.words:
        return 0
    symptom = terminal.state.the_call.kb.symptoms[pick.subject]
    words = {"y": "yes", "n": "no"} | ({"o": "yes"} if terminal.state.language == "fr" else {})
    answer = UNKNOWN if key == "?" else by_letter(symptom).get(words.get(key, ""), "")
    return next((n for n, o in enumerate(pick.options, 1) if answer and o.value == answer), 0)


@command
def widen(terminal: Terminal, _: str) -> None:
    """Take the last letter back."""
    overlay = terminal.state.overlay
    if isinstance(overlay, Pick):
        _narrowed(terminal, overlay, overlay.words[:-1])


def _narrowed(terminal: Terminal, pick: Pick, words: str) -> None:
    whole = pick.whole or pick.options
    found = fitting(whole, words) if words.strip() else whole
    if found:
        shown = replace(pick, options=found, words=words, whole=whole, at=0)
        terminal.state = replace(terminal.state, overlay=shown)


@command
def up(terminal: Terminal, _: str) -> None:
    """The line above."""
    _move(terminal, -1)


@command
def down(terminal: Terminal, _: str) -> None:
    """The line below."""
    _move(terminal, 1)


def _move(terminal: Terminal, by: int) -> None:
    overlay = terminal.state.overlay
    if isinstance(overlay, (Entry, Pick)) and overlay.options:
        at = (overlay.at + by) % len(overlay.options)
        terminal.state = replace(terminal.state, overlay=replace(overlay, at=at))


@command
def scroll_down(terminal: Terminal, _: str) -> None:
    """Further down."""
    terminal.state = replace(terminal.state, scroll=terminal.state.scroll + SCROLLED)


@command
def scroll_up(terminal: Terminal, _: str) -> None:
    """Further up."""
    terminal.state = replace(terminal.state, scroll=max(0, terminal.state.scroll - SCROLLED))

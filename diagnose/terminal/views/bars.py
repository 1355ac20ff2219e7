"""The line on top (what call, how long) and the one at the bottom (which keys)."""

from __future__ import annotations

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from diagnose.terminal.clean import GLUE, text
from diagnose.terminal.keys import Key, caps, keys_in
from diagnose.terminal.phrases import call_name, clock, clock_mark, clock_style
from diagnose.terminal.state import SPOKEN, Entry, State, context, unread
from diagnose.words import word


def status(state: State) -> RenderableType:
    """Handset, programme, whether the call waits, the clock against three minutes, the language."""
    call = state.call
    left = Text(no_wrap=True, overflow="ellipsis", style="bold")
    left.append_text(text(call_name(call, state.language) if call else word("title", state.language)))
    right = Text(no_wrap=True)  # it stays whole, a long name is cut
    if call and call.status == "held":
        right.append_text(text(f"▌▌ {word('on_hold', state.language)}", "bold reverse"))
        right.append("  ")
    if call and call.assessment.alerts and not unread(state):
        right.append_text(text(f"⚠ {word('alert_read', state.language)}  ", "bold red"))
    if state.edited:
        right.append_text(text("↻ b  ", "dim"))
    if call:
        right.append(f"{clock(state.elapsed)}", style=clock_style(state.elapsed))
        right.append(f" / 3:00{clock_mark(state.elapsed)}  ")
    right.append(state.language.upper(), style="dim")
    row = Table.grid(expand=True, padding=(0, 1))
    row.add_column(ratio=1, overflow="ellipsis", no_wrap=True)
    row.add_column(justify="right", no_wrap=True)
    row.add_row(left, right)
    return row


def _useful(key: Key, state: State) -> bool:
    """Digits choose among what a line may mean, and only where there is such a choice."""
    overlay = state.overlay
    return key.command != "pick_or_type" or (isinstance(overlay, Entry) and overlay.purpose in SPOKEN)


def hints(state: State, width: int, *, rows: int = 1) -> RenderableType:
    """The keys that count now, as many as ``rows`` lines hold; help is always among them."""
    shown = sorted(
        (k for k in keys_in(context(state), state.language) if k.hint and _useful(k, state)),
        key=lambda k: k.hint,
    )
    must = [k for k in shown if k.command in ("help", "quit")]
    pieces = [
        (caps(k, state.language).split()[0], word(f"hint.{k.command}", state.language), k in must)
        for k in shown
    ]
    room = width * rows - sum(len(a) + len(b) + 3 for a, b, m in pieces if m) - (rows - 1) * 12
    line = Text(no_wrap=False, overflow="fold")
    for keys, what, needed in pieces:
        size = len(keys) + len(what) + 3
        if not needed and size > room:
            continue
        room -= 0 if needed else size
        line.append(f"{keys}", style="bold reverse")
        line.append_text(text(f" {what}".replace(" ", GLUE) + " "))  # a key stands on the line of its words
    return line

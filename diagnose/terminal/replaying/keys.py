"""The key table of the replay: from it come the bindings, the hint bar and the help."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from diagnose.terminal.replaying.state import LISTS, Replaying

Where = Literal["call", "list"]


@dataclass(frozen=True, slots=True)
class Key:
    """Keys (as prompt_toolkit names them) that do a command; ``hint``: rank in the hint bar, 0: not there."""

    keys: tuple[str, ...]
    shown: str
    command: str
    where: tuple[Where, ...] = ("call",)
    hint: int = 0


KEYS: tuple[Key, ...] = (
    Key(("right", "enter", "n"), "→", "forward", hint=1),
    Key(("left", "b"), "←", "back", hint=2),
    Key(("r",), "r", "next_regret"),
    Key(("home",), "Home", "first"),
    Key(("end",), "End", "last"),
    Key(("space",), "Space", "play", hint=3),
    Key(("+", "="), "+", "faster"),
    Key(("-",), "-", "slower"),
    Key(("g",), "g", "jump", hint=4),
    Key(("w",), "w", "why", hint=5),
    Key(("x",), "x", "best", hint=6),
    Key(("f",), "f", "fork", hint=7),
    Key(("i",), "i", "what_if", hint=8),
    Key(("tab",), "Tab", "other_way", hint=9),
    Key(("s",), "s", "compare", hint=10),
    Key(("s-tab",), "⇧Tab", "other_side"),
    Key(("l",), "l", "language", ("call", "list")),
    Key(("pagedown", "down"), "↓ PgDn", "scroll_down"),
    Key(("pageup", "up"), "↑ PgUp", "scroll_up"),
    Key(("h", "H", "f1", "?"), "h", "help", hint=11),
    Key(("q", "c-c", "c-d"), "q", "quit", ("call", "list"), hint=12),
    Key(("up",), "↑", "up", ("list",)),
    Key(("down",), "↓", "down", ("list",)),
    Key(("enter",), "↵", "choose", ("list",), hint=1),
    Key(("escape",), "Esc", "cancel", ("call", "list"), hint=0),
)


def where(state: Replaying) -> Where:
    """Which keys count now."""
    return "list" if state.shown in LISTS else "call"


def keys_in(state: Replaying) -> Iterator[Key]:
    """The rows that count now."""
    here = where(state)
    return (k for k in KEYS if here in k.where)

"""The key table: from it come the bindings, the hint bar, the help screen and the words of the line mode."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from diagnose.terminal.state import Context

DIGITS = ("1", "2", "3", "4", "5", "6", "7", "8", "9")
ANY = "<any>"

CONTEXTS_SHOWN: tuple[Context, ...] = ("ask", "try", "verdict", "entry", "pick", "page")
"""The help screen has a part for each; a key stands in that of its first context."""
ON_CALL: tuple[Context, ...] = ("ask", "try", "verdict")
_ALL: tuple[Context, ...] = ("ask", "try", "verdict", "held", "entry", "pick", "page")


@dataclass(frozen=True, slots=True)
class Key:
    """Keys (as prompt_toolkit names them) that do a command in some contexts.

    ``shown``: how they are printed. ``hint``: rank in the hint bar, 0 for not
    there. ``typed``: the command is given the key itself. ``line``: the words for it in the line mode, the
    first is shown. ``language``: only in this one.
    """

    keys: tuple[str, ...]
    shown: str
    command: str
    contexts: tuple[Context, ...]
    hint: int = 0
    typed: bool = False
    line: tuple[str, ...] = ()
    language: str = ""


KEYS: tuple[Key, ...] = (
    Key(DIGITS, "1-9", "answer", ("ask",), hint=1, typed=True, line=("1", "2", "…")),
    Key(("y",), "y", "yes", ("ask",), line=("y", "yes")),
    Key(("o",), "o", "yes", ("ask",), line=("o", "oui"), language="fr"),
    Key(("n",), "n", "no", ("ask",), line=("n", "no", "non")),
    Key(("?",), "?", "dont_know", ("ask",), hint=2, line=("?",)),
    Key(("0", "enter"), "0 ↵", "answers", ("ask",), typed=True, line=("0",)),
    Key(("1",), "1", "cured", ("try",), hint=1, line=("1", "cured")),
    Key(("2",), "2", "not_cured", ("try",), hint=2, line=("2", "not_cured")),
    Key(("3",), "3", "declined", ("try",), hint=3, line=("3", "declined")),
    Key(("enter", "right", "down"), "↵ →", "next_step", ("try",), hint=4, line=("next",)),
    Key(("left", "up"), "←", "previous_step", ("try",), line=("back",)),
    Key(("enter",), "↵", "accept", ("verdict",), hint=1, line=("accept", "ok")),
    Key(DIGITS, "1-9", "tick", ("verdict",), hint=2, typed=True, line=("1", "2", "…")),
    Key(("space",), "Space", "tick_next", ("verdict",), line=("tick",)),
    Key(("d",), "d", "details", ("verdict",), hint=3, line=("d", "details")),
    Key(("/",), "/", "volunteer", ON_CALL, hint=3, line=("/",)),
    Key(("u",), "u", "undo", ON_CALL, hint=4, line=("u", "undo")),
    Key(("r", "U"), "r U", "redo", ON_CALL, line=("r", "redo")),
    Key(("h",), "h", "history", ON_CALL, hint=5, line=("h", "history")),
    Key(("w",), "w", "why", ON_CALL, hint=6, line=("w", "why")),
    Key(("x",), "x", "why_not", ON_CALL, hint=7, line=("x",)),
    Key(("c",), "c", "change", ON_CALL, hint=8, line=("c", "change")),
    Key(("k",), "k", "ask_other", ON_CALL, hint=5, line=("k", "ask")),
    Key(("t",), "t", "tried", ON_CALL, hint=9, line=("t", "tried")),
    Key(("v",), "v", "overrule", ON_CALL, hint=10, line=("v", "overrule")),
    Key(("f",), "f", "finish", ("ask", "try", "verdict"), line=("f", "finish")),
    Key(("i",), "i", "identify", (*ON_CALL, "held"), hint=11, line=("i", "identify")),
    Key(("m",), "m", "note", (*ON_CALL, "held"), hint=12, line=("m", "note")),
    Key(("a",), "a", "alert", ON_CALL, line=("a", "alert")),
    Key(("p",), "p", "hold", (*ON_CALL, "held"), hint=13, line=("p", "hold")),
    Key(("e",), "e", "hand_over", ON_CALL, line=("e", "escalate")),
    Key(("l",), "l", "language", (*ON_CALL, "held"), line=("l", "language")),
    Key(("b",), "b", "renew", ON_CALL, line=("b", "renew")),
    Key(("H", "f1"), "H F1", "help", (*ON_CALL, "held", "page"), hint=14, line=("help", "H")),
    Key(("q",), "q", "quit", (*ON_CALL, "held"), hint=15, line=("q", "quit")),
    Key((ANY,), "abc", "insert", ("entry",), typed=True),
    Key(DIGITS, "1-9", "pick_or_type", ("entry",), hint=2, typed=True),
    Key(("enter",), "↵", "enter", ("entry", "pick"), hint=1),
    Key(("escape",), "Esc", "cancel", ("entry", "pick", "page"), hint=3),
    Key(DIGITS, "1-9", "choose", ("pick",), hint=2, typed=True),
    Key((ANY,), "abc", "narrow", ("pick",), typed=True),
    Key(("backspace",), "⌫", "widen", ("pick",)),
    Key(("up",), "↑", "up", ("pick", "entry")),
    Key(("down",), "↓", "down", ("pick", "entry")),
    Key(("left",), "←", "left", ("entry",)),
    Key(("right",), "→", "right", ("entry",)),
    Key(("home", "c-a"), "Home", "home", ("entry",)),
    Key(("end", "c-e"), "End", "end", ("entry",)),
    Key(("backspace",), "⌫", "backspace", ("entry",)),
    Key(("delete",), "Del", "delete", ("entry",)),
    Key(("c-u",), "^U", "erase", ("entry",)),
    Key(("enter", "q", "w", "x", "c"), "↵", "cancel", ("page",), hint=1),
    Key(("pagedown",), "PgDn", "scroll_down", ("ask", "try", "verdict", "held", "page")),
    Key(("pageup",), "PgUp", "scroll_up", ("ask", "try", "verdict", "held", "page")),
    Key(("down",), "↓", "scroll_down", ("verdict", "page")),
    Key(("up",), "↑", "scroll_up", ("verdict", "page")),
    Key((ANY,), "…", "no_such_key", (*ON_CALL, "held"), typed=True),
    Key(("c-c",), "^C", "interrupt", _ALL),
    Key(("c-d",), "^D", "end_of_input", _ALL),
)


FRENCH_CAPS = {
    "Space": "Espace",
    "Esc": "Échap",
    "Home": "Début",
    "End": "Fin",
    "Del": "Suppr",
    "PgDn": "PgSuiv",
    "PgUp": "PgPréc",
}
"""What is printed on the caps of a French keyboard."""


def caps(key: Key, language: str) -> str:
    """The keys as they are printed on the keyboard."""
    named = FRENCH_CAPS if language == "fr" else {}
    return " ".join(named.get(cap, cap) for cap in key.shown.split())


def keys_in(context: Context, language: str) -> Iterator[Key]:
    """The rows that count in a context, in the order of the table."""
    for key in KEYS:
        if context in key.contexts and key.language in ("", language):
            yield key


def command_of(word: str, context: Context, language: str) -> Key | None:
    """The row that a word of the line mode names in this context."""
    lowered = word if len(word) == 1 else word.lower()
    return next((key for key in keys_in(context, language) if lowered in key.line), None)

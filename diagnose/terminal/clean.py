"""What comes from knowledge, from the keyboard or from a file, made harmless to a terminal."""

from __future__ import annotations

import re
import unicodedata

from rich.text import Text

GLUE = "\ue000"
"""Stands for a blank at which no line may be broken; becomes a blank when lines are made."""

_OPENERS = re.compile("« *|«[\u00a0\u202f]")
_UNITS = re.compile("(?<=[0-9]) (?=[a-zà-ÿ€%])")
_CLOSERS = re.compile("[ \u00a0\u202f](?=[?!:;»%€])")
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u2028\u2029")


def clean(text: str) -> str:
    """The text without control characters (C0, C1, direction marks, lone surrogates); newlines stay."""
    return "".join(c for c in text.replace("\t", " ") if c == "\n" or not _harmful(c))


def _harmful(character: str) -> bool:
    return character in _TURNS or unicodedata.category(character) in ("Cc", "Cs") or character == GLUE


def bound(text: str) -> str:
    """Cleaned, and French punctuation kept on the line of its word."""
    return _CLOSERS.sub(GLUE, _OPENERS.sub(f"«{GLUE}", _UNITS.sub(GLUE, clean(text)))).replace("\u00a0", GLUE)


def text(words: str, style: str = "") -> Text:
    """A rich text of these words; nothing in them is taken for markup."""
    return Text(bound(words), style=style)


def one_line(words: str) -> str:
    """Cleaned, newlines made blanks."""
    return " ".join(clean(words).split())

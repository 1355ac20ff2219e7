"""What comes from knowledge, from the keyboard or from a file, made harmless to a terminal."""

from __future__ import annotations

import re

from rich.text import Text

from diagnose.record import printable

GLUE = "\ue000"
"""Stands for a blank at which no line may be broken; becomes a blank when lines are made."""

_OPENERS = re.compile("« *")
_UNITS = re.compile("(?<=[0-9]) (?=[a-zà-ÿ€%])")
_CLOSERS = re.compile(" (?=[?!:;»%€])")
_ENDS = re.compile("\r\n|\r|\n")


def clean(text: str) -> str:
    """The text as :func:`diagnose.record.printable.clean` has it, but in its lines."""
    return "\n".join(printable.clean(line) for line in _ENDS.split(text))


def bound(text: str) -> str:
    """Cleaned, and French punctuation kept on the line of its word."""
    return _CLOSERS.sub(GLUE, _OPENERS.sub(f"«{GLUE}", _UNITS.sub(GLUE, clean(text))))


def text(words: str, style: str = "") -> Text:
    """A rich text of these words; nothing in them is taken for markup."""
    return Text(bound(words), style=style)


def one_line(words: str) -> str:
    """Cleaned, newlines made blanks."""
    return " ".join(clean(words).split())

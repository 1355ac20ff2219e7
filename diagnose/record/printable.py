"""What was recorded, made harmless to a terminal."""

from __future__ import annotations


def clean(text: str) -> str:
    """The text on one line, without what would move the cursor of a terminal."""
    return "".join(c if c.isprintable() else " " for c in text)

"""What was recorded, typed or named, made harmless to a terminal."""

from __future__ import annotations

import re

_UNSEEN = re.compile("[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]")
"""What JSON lets through unescaped although nobody can see it."""


def clean(text: str) -> str:
    """The text on one line, without what would move the cursor of a terminal."""
    return "".join(c if c.isprintable() else " " for c in text)


def escaped(text: str) -> str:
    """A JSON text with everything that cannot be seen as an escape: what it says is the same."""
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)

"""Lines that hold on to each other: canonical JSON, each line with the hash of the line before it.

A line is a JSON object written canonically: keys sorted, no blanks, UTF-8. ``before`` is the ``hash`` of the
line before it (:data:`NOTHING` for the first), and ``hash`` is SHA-256, in hexadecimal, over the canonical
JSON of the line without the keys that stand :data:`OUTSIDE`.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

Json = dict[str, Any]

NOTHING = "0" * 64
"""What comes before the first line."""
OUTSIDE = frozenset({"hash", "personal", "signature"})
"""Keys that a line's hash does not cover: itself, what may be redacted, and what is made from the hash."""


def canonical(value: object) -> bytes:
    """The one way to write a JSON value."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    # Half a surrogate pair, as a terminal may hand on, becomes the JSON escape of itself.
    return text.encode("utf-8", "backslashreplace")


def plain(value: Json) -> Json:
    """The value as it will be read back: tuples are lists, two halves of a surrogate pair one character."""
    read: Json = json.loads(json.dumps(value))
    return read


MAX_DEPTH = 40
"""Of objects and lists in each other; what a call writes is six deep."""


def shallow(value: object) -> bool:
    """Whether a value that was read is no deeper than :data:`MAX_DEPTH`: deeper ones break what recurses."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            if isinstance(outer, (dict, list))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return True
    return False


def digest(value: object) -> str:
    """SHA-256 of the canonical form, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


def hash_of(line: Json) -> str:
    """The hash that a line must have."""
    return digest({k: v for k, v in line.items() if k not in OUTSIDE})


def chained(content: Json, before: str) -> Json:
    """The line that has this content and follows the line of that hash."""
    line = {**plain(content), "before": before}
    return {**line, "hash": hash_of(line)}


def written(line: Json) -> bytes:
    """The line as it stands in a file, its end included."""
    return canonical(line) + b"\n"

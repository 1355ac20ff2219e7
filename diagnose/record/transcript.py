"""Transcripts: a call's events kept line by line as they happen, with the trace of each.

A transcript is JSON Lines, UTF-8, one line per event in their order, each chained to the one before it; see
``docs/audit.md``. A line counts as soon as :meth:`Writer.append` has returned: it is then on the disk.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from diagnose.consultation.events import Opened
from diagnose.record.failures import AlreadyOpen, CannotRecord, TakenOver, spoken
from diagnose.record.reading import CODES, SUFFIX, Recording, read, transcripts, unfinished
from diagnose.record.writing import Keeping, Writer

__all__ = [
    "CODES",
    "SUFFIX",
    "AlreadyOpen",
    "CannotRecord",
    "Keeping",
    "Recording",
    "TakenOver",
    "Writer",
    "new_call_id",
    "path_for",
    "read",
    "spoken",
    "transcripts",
    "unfinished",
]

# Neither 0 and o nor 1 and l: an id is read out over the telephone.
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


def new_call_id(at: str, nonce: str) -> str:
    """Eight letters and digits, easy to read out; the same time and nonce give the same."""
    number = int.from_bytes(hashlib.blake2b(f"{at} {nonce}".encode(), digest_size=8).digest(), "big")
    letters = []
    for _ in range(8):
        number, digit = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[digit])
    return "".join(letters)


def path_for(folder: Path, opened: Opened) -> Path:
    """The file of a call: ``1998-03-02-101500-k7m29xqd.jsonl``, the desk's own time."""
    day, _, hour = opened.at[:19].partition("T")
    name = f"{day}-{hour.replace(':', '')}-{opened.call}"
    return folder / (re.sub(r"[^A-Za-z0-9_-]", "_", name) + SUFFIX)

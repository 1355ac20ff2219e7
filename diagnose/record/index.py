"""The index of a day: the calls that were sealed on it, chained, so that removing a whole call shows.

``index/1998-03-02.jsonl`` beside the transcripts, one line per sealed call in the order of sealing. The
first line of a day follows the last line of the newest other day there is, so that days hold on to each
other too. Lines are signed by the desk's key where there is one.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diagnose.record import files
from diagnose.record.chain import NOTHING, chained, written
from diagnose.record.keys import DeskKey, sign

FOLDER = "index"
SUFFIX = ".jsonl"
LOCK = "lock"
UNDATED = "undated"
MAX_BYTES = 64_000_000
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A call that was sealed: its id, its file's name, the hash of its seal, when (ISO 8601)."""

    call: str
    file: str
    seal: str
    at: str


def day_of(at: str) -> str:
    """The day that an event's time belongs to."""
    return at[:10] if _DAY.fullmatch(at[:10]) else UNDATED


def days(folder: Path) -> list[Path]:
    """The index files of a folder of transcripts, the oldest first."""
    return sorted((folder / FOLDER).glob(f"*{SUFFIX}"))


def listed(folder: Path, seal: str) -> bool:
    """Whether the index of any day has the call of that seal."""
    return any(
        entry is not None and entry.get("sealed") == seal
        for path in days(folder)
        for entry in map(_entry, path.read_bytes().splitlines())
    )


def enter(folder: Path, sealed: Sealed, key: DeskKey | None, late: bool = False) -> None:
    """Adds a call to the index of its day, on the disk when this returns; once only.

    ``late``: entered by somebody who found it missing, not when it was sealed.

    Raises:
        OSError: when it cannot be written; the index is then as it was.
    """
    index = folder / FOLDER
    index.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(index / LOCK, os.O_RDWR | os.O_CREAT | files.NO_INHERIT, 0o600)
    try:
        with files.instant(lock):
            _append(index / f"{day_of(sealed.at)}{SUFFIX}", sealed, key, late)
    finally:
        os.close(lock)


def _append(path: Path, sealed: Sealed, key: DeskKey | None, late: bool) -> None:
    new = not path.exists()
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | files.NO_INHERIT, 0o600)
    try:
        data = files.everything(file, MAX_BYTES)
        whole = data[: data.rfind(b"\n") + 1]
        entries = [e for e in map(_entry, whole.splitlines()) if e is not None]
        if any(e.get("sealed") == sealed.seal for e in entries):
            return
        before = _hash(entries[-1]) if entries else _newest(path)
        content: Json = {
            "n": len(entries) + 1,
            "call": sealed.call,
            "file": sealed.file,
            "sealed": sealed.seal,
            "at": sealed.at,
            "key": key.public if key else None,
        }
        line = chained({**content, **({"late": True} if late else {})}, before)
        if key is not None:
            with contextlib.suppress(ImportError):
                line["signature"] = sign(key, "index", line["hash"])
        try:
            if len(whole) < len(data):
                os.ftruncate(file, len(whole))  # half a line of a process that was killed
            files.write(file, written(line))
            os.fsync(file)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(file, len(whole))
            raise
    finally:
        os.close(file)
    if new:
        files.sync_folder(path.parent)


def _newest(besides: Path) -> str:
    """The hash of the last line of the newest other day."""
    for path in reversed(days(besides.parent.parent)):
        if path != besides:
            with contextlib.suppress(OSError):
                for raw in reversed(path.read_bytes().splitlines()):
                    entry = _entry(raw)
                    if entry is not None:
                        return _hash(entry)
    return NOTHING


def _entry(raw: bytes) -> Json | None:
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _hash(entry: Json) -> str:
    value = entry.get("hash")
    return value if isinstance(value, str) else NOTHING

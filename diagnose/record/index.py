"""The index: what became of the calls day by day, chained, so that changing or removing one shows.

``index/1998-03-02.jsonl`` beside the transcripts: a line when a call is opened, whenever it is left waiting
(on hold, handed over), and when it is sealed. Each line follows the line that was written before it, be it on
the same day or, for the first of a day or after a clock was set back, on another: all days are one chain.
Lines are signed by the desk's key where there is one. The lock file holds the hash that the chain ends with.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diagnose.knowledge.disk import contents
from diagnose.record import files
from diagnose.record.chain import NOTHING, canonical, chained, written
from diagnose.record.keys import DeskKey, sign

FOLDER = "index"
SUFFIX = ".jsonl"
LOCK = "lock"
UNDATED = "undated"
MAX_BYTES = 64_000_000
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_END = re.compile("([0-9]{4}-[0-9]{2}-[0-9]{2}|undated) ([0-9a-f]{64})\n")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reached:
    """What a call has come to: its id, its file's name, the hash of its last line, when (ISO 8601).

    ``line``: the number of that line of a call that is open yet; None when it is the seal.
    """

    call: str
    file: str
    hash: str
    at: str
    line: int | None = None

    @property
    def content(self) -> Json:
        """What a line of the index says of it."""
        said = {"sealed": self.hash} if self.line is None else {"reached": self.hash, "line": self.line}
        return {"call": self.call, "file": self.file, "at": self.at, **said}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The index at one moment: each day's file with its bytes, or why they cannot be read.

    ``end``: the hash that the chain ends with as the last who wrote it said; empty when nobody did.
    """

    days: tuple[tuple[Path, bytes | OSError], ...]
    end: str


def day_of(at: str) -> str:
    """The day that an event's time belongs to."""
    return at[:10] if _DAY.fullmatch(at[:10]) else UNDATED


def days(folder: Path) -> list[Path]:
    """The index files of a folder of transcripts, the oldest first."""
    return sorted((folder / FOLDER).glob(f"*{SUFFIX}"))


def snapshot(folder: Path) -> Snapshot:
    """The index of a folder as it is between two lines. Raises nothing: what cannot be read says why."""
    with contextlib.ExitStack() as held:
        end = ""
        # A folder that may only be read, or a lock that is not let go: as well as can be.
        with contextlib.suppress(OSError):
            lock = os.open(folder / FOLDER / LOCK, os.O_RDWR | files.NO_INHERIT)
            held.callback(os.close, lock)
            held.enter_context(files.instant(lock))
        with contextlib.suppress(OSError, UnicodeDecodeError):
            found = _END.fullmatch(contents(folder / FOLDER / LOCK).decode("ascii"))
            end = found[2] if found else ""
        return Snapshot(tuple((path, _bytes(path)) for path in days(folder)), end)


def _bytes(path: Path) -> bytes | OSError:
    try:
        return contents(path, MAX_BYTES)
    except OSError as error:
        return error


def listed(folder: Path, seal: str) -> bool:
    """Whether the index of any day has the call of that seal."""
    return any(entry.get("sealed") == seal for path in days(folder) for entry in _entries(_bytes(path)))


def told(folder: Path, file: str, since: str) -> Iterator[tuple[Path, int, Json]]:
    """The lines about a file, each with its place; of the days from that of ``since`` on, if it is given."""
    for path in days(folder):
        data = _bytes(path) if not since or path.stem >= day_of(since) else b""
        if isinstance(data, bytes) and canonical(file) in data:
            for number, entry in enumerate(_entries(data), 1):
                if entry.get("file") == file:
                    yield path, number, entry


def enter(folder: Path, reached: Reached, key: DeskKey | None, late: bool = False) -> None:
    """Adds what a call has come to to the index of its day, on the disk when this returns; a seal once only.

    ``late``: entered by somebody who found it missing, not when it was sealed.

    Raises:
        OSError: when it cannot be written; the index is then as it was.
        KeyUnusable: when it cannot be signed.
    """
    index = folder / FOLDER
    index.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(index / LOCK, os.O_RDWR | os.O_CREAT | files.NO_INHERIT, 0o600)
    try:
        with files.instant(lock):
            _append(folder, lock, reached, key, late)
    finally:
        os.close(lock)


def _append(folder: Path, lock: int, reached: Reached, key: DeskKey | None, late: bool) -> None:
    path = folder / FOLDER / f"{day_of(reached.at)}{SUFFIX}"
    data = contents(path, MAX_BYTES) if path.exists() else b""
    whole = data[: data.rfind(b"\n") + 1]
    if reached.hash.encode() in whole and any(e.get("sealed") == reached.hash for e in _entries(whole)):
        return
    before, lost = _end(folder, lock)
    content: Json = {
        "n": whole.count(b"\n") + 1,
        **reached.content,
        "key": key.public if key else None,
        **({"late": True} if late else {}),
        **({"lost": lost} if lost else {}),
    }
    line = chained(content, before)
    if key is not None:
        line["signature"] = sign(key, "index", line["hash"])
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | files.NO_INHERIT, 0o600)
    try:
        if len(whole) < len(data):
            os.ftruncate(file, len(whole))  # half a line of a process that was killed
        files.write(file, written(line))
        os.fsync(file)
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(file, len(whole))
            if not data:
                path.unlink()
        raise
    finally:
        os.close(file)
    if not data:
        files.sync_folder(path.parent)
    # After the line, so that an end that is said and not there was taken away. If it cannot be said, it is
    # seen by the next who writes that the chain went on.
    with contextlib.suppress(OSError):
        _say_end(lock, f"{path.stem} {line['hash']}\n")


def _say_end(lock: int, text: str) -> None:
    """Over what was said before, so that a full disk does not take that away."""
    os.lseek(lock, 0, os.SEEK_SET)
    files.write(lock, text.encode("ascii"))
    os.ftruncate(lock, len(text))
    os.fsync(lock)


def _end(folder: Path, lock: int) -> tuple[str, str]:
    """The hash of the line that was written last, and that of one which is said to have been, and is gone."""
    found = _END.fullmatch(files.everything(lock, 200).decode("ascii", "replace"))
    if found:
        day = _bytes(folder / FOLDER / f"{found[1]}{SUFFIX}")
        last = [] if isinstance(day, OSError) else _entries(day[day.rstrip(b"\n").rfind(b"\n") + 1 :])
        if last and _hash(last[0]) == found[2]:
            return found[2], ""
    # Nobody has said, or the last who wrote was stopped before he could: the line that no other follows.
    entries = [entry for path in days(folder) for entry in _entries(_bytes(path))]
    followed = {str(entry.get("before")) for entry in entries}
    here = [_hash(entry) for entry in entries]
    lost = found[2] if found and found[2] not in here else ""
    return next((h for h in reversed(here) if h not in followed), NOTHING), lost


def _entries(data: bytes | OSError) -> list[Json]:
    """The lines of a day that can be read."""
    return [] if isinstance(data, OSError) else list(_read(data))


def _read(data: bytes) -> Iterator[Json]:
    for raw in data.splitlines():
        with contextlib.suppress(ValueError, RecursionError):
            entry = json.loads(raw)
            if isinstance(entry, dict):
                yield entry


def _hash(entry: Json) -> str:
    value = entry.get("hash")
    return value if isinstance(value, str) else NOTHING

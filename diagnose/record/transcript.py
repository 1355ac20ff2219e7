"""Transcripts: a call's events kept line by line as they happen, with the trace of each.

A transcript is JSON Lines, ``{"n": 1, "event": {...}, "trace": {...}}``, UTF-8, one line per event in
their order. A line counts as soon as :meth:`Writer.append` has returned: it is then on the disk.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diagnose.consultation.events import (
    Abandoned,
    BadEvent,
    Closed,
    Event,
    Opened,
    from_json,
    to_json,
)
from diagnose.knowledge.model import Place
from diagnose.knowledge.problems import Problem, errors, show

try:
    import fcntl
except ImportError:  # pragma: no cover - a system without advisory locks
    fcntl = None  # type: ignore[assignment]

CODES = {
    "T101": "not UTF-8",
    "T102": "not a line of a transcript",
    "T103": "not an event",
    "T104": "a line out of order",
    "T105": "the call is not opened by the first line",
    "T106": "the last line is torn",
    "T107": "nothing was recorded",
    "T201": "today's knowledge refuses an event",
    "T202": "today's knowledge cannot be used",
}
"""Problems of a transcript: 1 its text, 2 its events under today's knowledge."""

SUFFIX = ".jsonl"
TAIL_BYTES = 65_536
# Neither 0 and o nor 1 and l: an id is read out over the telephone.
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"

Json = dict[str, Any]


class CannotRecord(Exception):
    """The transcript cannot be written; every line appended before stands. ``why`` is one sentence."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: cannot record: {why}")
        self.path = path
        self.why = why


class AlreadyOpen(CannotRecord):
    """The same call is being written by somebody else."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "this call is open elsewhere")


@dataclass(frozen=True, slots=True)
class Recording:
    """What could be read of a transcript, up to its first broken line.

    ``events``, ``entries`` (of the trace) and ``lines`` (their numbers in the file, from 1) are as long
    as each other. ``torn``: the last line was cut off while it was written.
    """

    path: Path
    events: tuple[Event, ...] = ()
    entries: tuple[Json, ...] = ()
    lines: tuple[int, ...] = ()
    problems: tuple[Problem, ...] = ()
    torn: bool = False

    @property
    def opened(self) -> Opened | None:
        """The first event, if anything could be read."""
        first = self.events[0] if self.events else None
        return first if isinstance(first, Opened) else None

    @property
    def over(self) -> bool:
        """Whether the call came to its end."""
        return any(isinstance(event, (Closed, Abandoned)) for event in self.events)

    @property
    def broken(self) -> bool:
        """Whether something in it cannot be read, beside a torn last line."""
        return bool(errors(self.problems))


def read(path: Path) -> Recording:
    """The recording in a file, with what is wrong with it. Nothing in the file makes it raise.

    Raises:
        OSError: when the file cannot be read at all.
    """
    return _recording(path, path.read_bytes())[0]


def _recording(path: Path, data: bytes) -> tuple[Recording, int]:
    """The recording, and how many bytes of the file its whole lines take."""
    file = str(path)
    taken: list[tuple[Event, Json]] = []
    lines: list[int] = []
    problems: list[Problem] = []
    length, torn = 0, False
    for number, line in enumerate(data.split(b"\n"), 1):
        ended = length + len(line) < len(data)
        if line.strip():
            read_ = _line(line, Place(file, number, 1), len(taken) + 1)
            if isinstance(read_, Problem):
                torn = not ended and read_.code in ("T101", "T102")
                problems.append(_torn(file, number) if torn else read_)
                break
            taken.append(read_)
            lines.append(number)
        length += len(line) + ended
    if not taken and not problems:
        nothing = Problem(Place(file, 1, 1), "T107", "nothing was recorded", "the call was never opened")
        problems.append(nothing)
    events, entries = tuple(e for e, _ in taken), tuple(t for _, t in taken)
    return Recording(path, events, entries, tuple(lines), tuple(problems), torn), length


def _torn(file: str, number: int) -> Problem:
    mend = "it counts as not written"
    return Problem(Place(file, number, 1), "T106", "the last line is torn", mend, "warning")


def _line(line: bytes, place: Place, n: int) -> tuple[Event, Json] | Problem:  # noqa: PLR0911 - one per mistake
    """The event and the entry in the line that must be the ``n``th, or what is wrong with it."""

    def wrong(column: int, code: str, message: str, mend: str = "what follows is not read") -> Problem:
        return Problem(Place(place.file, place.line, column), code, message, mend)

    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        return wrong(len(line[: error.start].decode("utf-8")) + 1, "T101", "not UTF-8")
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        return wrong(error.colno, "T102", f"not JSON: {error.msg}")
    except (ValueError, RecursionError):  # a number of thousands of digits, or brackets thousands deep
        return wrong(1, "T102", "JSON that no transcript has")
    if not isinstance(data, dict) or not isinstance(data.get("trace"), dict):
        return wrong(1, "T102", 'a line is {"n": ..., "event": {...}, "trace": {...}}')
    try:
        event = from_json(data.get("event"))
    except BadEvent as error:
        return wrong(max(text.find('"event"'), 0) + 1, "T103", str(error))
    if data.get("n") != n or isinstance(data["n"], bool):
        return wrong(max(text.find('"n"'), 0) + 1, "T104", f"line {n} of the call should be here")
    if n == 1 and not isinstance(event, Opened):
        return wrong(max(text.find('"event"'), 0) + 1, "T105", "the first event is not the opening")
    return event, data["trace"]


class Writer:
    """Appends the events of one call to its file; nobody else can meanwhile.

    Made by :meth:`create` or :meth:`resume`; a context manager that closes the file.
    """

    def __init__(self, path: Path, descriptor: int, count: int, length: int) -> None:
        self.path = path
        self._file = descriptor
        self._count = count
        self._length = length
        self._dirty = False

    @classmethod
    def create(cls, path: Path) -> Writer:
        """A new transcript, for its owner's eyes only (0600); folders that are missing are made (0700).

        Raises:
            CannotRecord: when there is one already, or it cannot be made.
        """
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | _NO_INHERIT, 0o600)
        except FileExistsError:
            raise CannotRecord(path, "there is a transcript of that name already") from None
        except (OSError, ValueError) as error:
            raise CannotRecord(path, _why(error)) from error
        _lock(path, file)
        _sync_folder(path.parent)
        return cls(path, file, 0, 0)

    @classmethod
    def resume(cls, path: Path) -> tuple[Writer, Recording]:
        """A transcript to go on with, and what is in it. A torn last line is cut off the file.

        Raises:
            AlreadyOpen: when somebody is writing it.
            CannotRecord: when it cannot be opened, or is broken before its end.
        """
        try:
            file = os.open(path, os.O_RDWR | os.O_APPEND | _NO_INHERIT)
        except (OSError, ValueError) as error:
            raise CannotRecord(path, _why(error)) from error
        _lock(path, file)
        try:
            recording, length = _recording(path, _all(file))
            if recording.broken:
                raise CannotRecord(path, show(errors(recording.problems)[0]))
            if recording.torn:
                os.ftruncate(file, length)
            if length and os.pread(file, 1, length - 1) != b"\n":
                os.write(file, b"\n")
                length += 1
            os.fsync(file)
        except OSError as error:
            os.close(file)
            raise CannotRecord(path, _why(error)) from error
        except CannotRecord:
            os.close(file)
            raise
        return cls(path, file, len(recording.events), length), recording

    def append(self, event: Event, entry: Json) -> None:
        """Writes one line, and returns when it is on the disk.

        Raises:
            CannotRecord: when it is not; the file is then as it was, and the same may be tried again.
        """
        line = {"n": self._count + 1, "event": to_json(event), "trace": entry}
        text = json.dumps(line, ensure_ascii=False, separators=(",", ":"))
        # Half a surrogate pair, as a terminal may hand on, becomes the JSON escape of itself.
        data = text.encode("utf-8", "backslashreplace") + b"\n"
        try:
            self._restore()
            self._dirty = True
            _write(self._file, data)
            os.fsync(self._file)
        except OSError as error:
            with contextlib.suppress(OSError):
                self._restore()
            raise CannotRecord(self.path, _why(error)) from error
        self._dirty = False
        self._count += 1
        self._length += len(data)

    def close(self) -> None:
        """Lets the file go; closing twice does no harm."""
        if self._file >= 0:
            file, self._file = self._file, -1
            os.close(file)

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _restore(self) -> None:
        """Cuts off what a failed line left behind."""
        if self._dirty:
            os.ftruncate(self._file, self._length)
            self._dirty = False


_NO_INHERIT = getattr(os, "O_CLOEXEC", 0)


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _lock(path: Path, file: int) -> None:
    """Takes the file for ourselves where the system can; it is free again when it is closed."""
    if fcntl is None:  # pragma: no cover - a system without advisory locks
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        raise AlreadyOpen(path) from None
    except OSError:  # a file system without locks: better unguarded than no call
        return


def _sync_folder(folder: Path) -> None:
    """The name of a new file is on the disk only when its folder is; not every system can."""
    with contextlib.suppress(OSError):
        file = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)


def _all(file: int) -> bytes:
    chunks: list[bytes] = []
    while chunk := os.read(file, 1 << 20):
        chunks.append(chunk)
    return b"".join(chunks)


def _write(file: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


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


def unfinished(folder: Path) -> list[Recording]:
    """The calls that were neither closed nor abandoned, the newest first; none when there is no folder.

    Transcripts that cannot be opened are left out; broken ones are not, their problems say so.
    """
    found = []
    for path in sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else ():
        try:
            if not _ends_over(path):
                found.append(read(path))
        except OSError:
            continue
    begun = [recording for recording in found if recording.opened is not None and not recording.over]
    return sorted(begun, key=_begun, reverse=True)


def _begun(recording: Recording) -> tuple[str, str]:
    return recording.opened.at if recording.opened else "", recording.path.name


def _ends_over(path: Path) -> bool:
    """Whether the last line says that the call is over: only the end of the file is looked at."""
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL_BYTES))
        last = file.read().rstrip().rpartition(b"\n")[2]
    try:
        data = json.loads(last)
        return isinstance(from_json(data["event"]), (Closed, Abandoned))
    except (ValueError, TypeError, KeyError, RecursionError):
        return False

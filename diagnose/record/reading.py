"""What a transcript holds, read leniently: up to its first line that is none, with all that is wrong.

Limits keep a transcript that was made to hang its reader from doing so: they are far above any real call.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from diagnose.consultation.events import Abandoned, BadEvent, Closed, Event, Opened, Renewed, from_json
from diagnose.knowledge.disk import beginning
from diagnose.knowledge.model import Place
from diagnose.knowledge.problems import Problem, errors
from diagnose.record.chain import NOTHING, hash_of, shallow
from diagnose.record.personal import Unfitting, joined

CODES = {
    "T101": "not UTF-8",
    "T102": "not a line of a transcript",
    "T103": "not an event",
    "T104": "a line out of order",
    "T105": "the call is not opened by the first line",
    "T106": "the last line is torn",
    "T107": "nothing was recorded",
    "T108": "a line was altered",
    "T109": "a line does not follow the one before it",
    "T110": "too much for a call",
    "T201": "today's knowledge refuses an event",
    "T202": "today's knowledge cannot be used",
    "T203": "the knowledge that was kept cannot be used",
}
"""Problems of a transcript: 1 its text, 2 its events under the knowledge of today or then."""

SUFFIX = ".jsonl"
TAIL_BYTES = 65_536
MAX_LINE = 1_000_000
"""Bytes of one line."""
MOST_LINES = 1_000
"""Lines of one call; a little more is read, so that a call that reached it can still be ended."""
SPARE_LINES = 20
MAX_BYTES = 64_000_000
"""Of a whole transcript."""

Json = dict[str, Any]
Kind = Literal["event", "mark", "seal"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a transcript. ``number``: in the file, from 1. ``data``: all of it, as it stands.

    ``event`` and ``entry`` are None unless its ``kind`` is event. ``redacted``: a personal value is gone.
    """

    number: int
    kind: Kind
    data: Json
    event: Event | None = None
    entry: Json | None = None
    redacted: bool = False


@dataclass(frozen=True, slots=True)
class Recording:
    """What could be read of a transcript, up to its first broken line.

    ``events``, ``entries`` (of the trace) and ``lines`` (their numbers in the file, from 1) are as long
    as each other. ``torn``: the last line was cut off while it was written. ``head``: what the first line
    says of the call; ``marks``: what happened to the file meanwhile; ``seal``: the last line of a call that
    ended; ``chained``: how many lines carry a hash; ``last``: the hash of the last line; ``redacted``: how
    many events lack a personal value; ``grounds``: the addresses of the kept knowledge that the
    call was on, that of its opening and of each renewal; ``hashes``: of each line, empty where it has none.
    """

    path: Path
    events: tuple[Event, ...] = ()
    entries: tuple[Json, ...] = ()
    lines: tuple[int, ...] = ()
    problems: tuple[Problem, ...] = ()
    torn: bool = False
    head: Json | None = None
    marks: tuple[Json, ...] = ()
    seal: Json | None = None
    chained: int = 0
    count: int = 0
    grounds: tuple[str, ...] = ()
    last: str = NOTHING
    redacted: int = 0
    hashes: tuple[str, ...] = ()

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
        """Whether something in it is wrong, beside a torn last line."""
        return bool(errors(self.problems))


def read(path: Path) -> Recording:
    """The recording in a file, with what is wrong with it. Nothing in the file makes it raise.

    Raises:
        OSError: when the file cannot be read at all.
    """
    return recording(path, beginning(path, MAX_BYTES + 1))[0]


def recording(path: Path, data: bytes) -> tuple[Recording, int]:
    """The recording in these bytes, and how many of them its whole lines take."""
    file = str(path)
    taken: list[Line] = []
    problems: list[Problem] = []
    length, torn, last = 0, False, NOTHING
    if len(data) > MAX_BYTES:
        data = data[:MAX_BYTES]
        problems.append(_problem(Place(file, 1, 1), "T110", f"more than {MAX_BYTES} bytes"))
    lines = data.split(b"\n", MOST_LINES + SPARE_LINES)
    for number, raw in enumerate(lines, 1):
        ended = length + len(raw) < len(data)
        if number > MOST_LINES + SPARE_LINES:
            if raw.strip():
                problems.append(_problem(Place(file, number, 1), "T110", f"more than {MOST_LINES} lines"))
            break
        if raw.strip():
            line = parsed(raw, Place(file, number, 1), len(taken) + 1)
            if isinstance(line, Problem):
                torn = not ended and line.code in ("T101", "T102")
                problems.append(_torn(file, number) if torn else line)
                break
            place = Place(file, number, 1)
            problems += _links(line, place, last)
            last = line.data["hash"] if isinstance(line.data.get("hash"), str) else hash_of(line.data)
            taken.append(line)
        length += len(raw) + ended
    if not taken and not problems:
        nothing = Problem(Place(file, 1, 1), "T107", "nothing was recorded", "the call was never opened")
        problems.append(nothing)
    return _gathered(path, taken, problems, torn, last), length


def _gathered(path: Path, taken: list[Line], problems: list[Problem], torn: bool, last: str) -> Recording:
    happened = [line for line in taken if line.event is not None and line.entry is not None]
    first = taken[0].data.get("head") if taken else None
    return Recording(
        path,
        tuple(line.event for line in happened if line.event is not None),
        tuple(line.entry for line in happened if line.entry is not None),
        tuple(line.number for line in happened),
        tuple(problems),
        torn,
        first if isinstance(first, dict) else None,
        tuple(line.data["mark"] for line in taken if line.kind == "mark"),
        next((line.data for line in taken if line.kind == "seal"), None),
        sum("hash" in line.data for line in taken),
        len(taken),
        _grounds(taken),
        last,
        sum(line.redacted for line in taken),
        tuple(str(line.data.get("hash", "")) for line in taken),
    )


def _grounds(taken: list[Line]) -> tuple[str, ...]:
    head = taken[0].data.get("head") if taken else None
    first = str(head.get("knowledge", "")) if isinstance(head, dict) else ""
    later = (str(x.data.get("knowledge", "")) for x in taken if isinstance(x.event, Renewed))
    return (first, *later)


def _links(line: Line, place: Place, last: str) -> list[Problem]:
    """Whether a line fits its own hash and the line before it; one without a hash is not asked."""
    if "hash" not in line.data:
        return []
    if line.data["hash"] != hash_of(line.data):
        return [_problem(place, "T108", "this line was altered: it does not fit its hash")]
    if line.data.get("before") != last:
        return [_problem(place, "T109", "this line does not follow the one before it")]
    return []


def _problem(place: Place, code: str, message: str) -> Problem:
    return Problem(place, code, message, "see diagnose verify" if code in ("T108", "T109") else "")


def _torn(file: str, number: int) -> Problem:
    mend = "it counts as not written"
    return Problem(Place(file, number, 1), "T106", "the last line is torn", mend, "warning")


def parsed(line: bytes, place: Place, n: int) -> Line | Problem:  # noqa: PLR0911 - one per mistake
    """The line that must be the ``n``th of its call, or what is wrong with it. Nothing makes it raise."""

    def wrong(column: int, code: str, message: str, mend: str = "what follows is not read") -> Problem:
        return Problem(Place(place.file, place.line, column), code, message, mend)

    if len(line) > MAX_LINE:
        return wrong(1, "T110", f"a line of more than {MAX_LINE} bytes")
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
    if not shallow(data):
        return wrong(1, "T102", "JSON that no transcript has")
    kinds = [k for k in ("event", "mark", "seal") if isinstance(data, dict) and k in data]
    if len(kinds) != 1 or not isinstance(data[kinds[0]], dict):
        return wrong(1, "T102", 'a line is {"n": ..., "event": {...}, "trace": {...}}')
    kind: Any = kinds[0]
    if kind == "event" and not isinstance(data.get("trace"), dict):
        return wrong(1, "T102", 'a line is {"n": ..., "event": {...}, "trace": {...}}')
    event, gone = None, False
    if kind == "event":
        try:
            whole, gone = joined(data["event"], data.get("personal"))
            event = from_json(whole)
        except Unfitting as error:
            return wrong(1, "T108", f"what is personal does not fit: {error}")
        except BadEvent as error:
            return wrong(max(text.find('"event"'), 0) + 1, "T103", str(error))
    if data.get("n") != n or isinstance(data["n"], (bool, float)):
        return wrong(max(text.find('"n"'), 0) + 1, "T104", f"line {n} of the call should be here")
    if n == 1 and not isinstance(event, Opened):
        return wrong(max(text.find('"event"'), 0) + 1, "T105", "the first event is not the opening")
    return Line(place.line, kind, data, event, data.get("trace") if event else None, gone)


def transcripts(folder: Path) -> list[Path]:
    """The transcripts of a folder by name, which is by time."""
    return sorted(p for p in folder.glob(f"*{SUFFIX}") if p.is_file()) if folder.is_dir() else []


def unfinished(folder: Path) -> list[Recording]:
    """The calls that were neither closed nor abandoned, the newest first; none when there is no folder.

    Transcripts that cannot be opened are left out; broken ones are not, their problems say so.
    """
    found = []
    for path in transcripts(folder):
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
        return "seal" in data or data["event"]["event"] in ("closed", "abandoned")
    except (ValueError, TypeError, KeyError, RecursionError):
        return False

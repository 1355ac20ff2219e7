"""The writer of a transcript: each event on the disk, chained to the one before, before it counts."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from diagnose import __version__
from diagnose.consultation.call import Refused, moment
from diagnose.consultation.events import (
    Abandoned,
    Closed,
    Event,
    HandedOver,
    Held,
    Opened,
    Renewed,
    to_json,
)
from diagnose.knowledge.model import Text
from diagnose.knowledge.problems import errors
from diagnose.record import files, index, kept, keys
from diagnose.record.chain import NOTHING, chained, plain, written
from diagnose.record.failures import (
    ENDED,
    EXISTS,
    GONE,
    SEALED,
    TAKEN,
    AlreadyOpen,
    Busy,
    CannotRecord,
    TakenOver,
    broken,
    clock_went_back,
    not_entered,
    otherwise,
    too_many_lines,
    too_much,
    why,
)
from diagnose.record.personal import parted
from diagnose.record.reading import MAX_BYTES, MAX_LINE, MOST_LINES, Recording, recording

FORMAT = 1
SALT_BYTES = 16

Json = dict[str, Any]


def random_salt() -> str:
    """Sixteen bytes that nobody can guess, in hexadecimal."""
    return os.urandom(SALT_BYTES).hex()


def _earlier(at: str, before: str) -> bool:
    """Whether one time is before another; not when either is none, or only one has an offset."""
    try:
        return moment(at) < moment(before)
    except (Refused, TypeError):
        return False


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class Keeping:
    """How a desk keeps its calls.

    ``knowledge``: the folder that the call is made on, a copy of which is kept beside the transcripts; None:
    none is kept. ``sources``: the files that the handset's knowledge was read from, which spares the files
    of all other handsets; None: every file is kept. ``personal``: whether names, numbers, notes and the
    caller's own words are kept; else only a commitment to them is, which nobody can open. ``salt`` is drawn
    for each personal value; ``key`` gives the key that signs, None for none; ``clock`` dates what happens to
    the file.
    """

    knowledge: Path | None = None
    personal: bool = True
    salt: Callable[[], str] = random_salt
    key: Callable[[], keys.DeskKey | None] = keys.desk_key
    clock: Callable[[], str] = _now
    sources: tuple[str, ...] | None = None


USUAL = Keeping()


class Writer:
    """Appends the events of one call to its file; nobody else can meanwhile.

    Made by :meth:`create` or :meth:`resume`; a context manager that closes the file. ``warnings`` are lines
    for the operator about what went wrong beside the call itself, which stands all the same.
    """

    def __init__(
        self,
        path: Path,
        descriptor: int,
        length: int,
        keeping: Keeping,
        address: str = "",
        so_far: Recording | None = None,
    ) -> None:
        self.path = path
        self.warnings: list[Text] = []
        self._file = descriptor
        self._length = length
        self._dirty = False
        self._keeping = keeping
        self._address = address
        self._count = so_far.count if so_far else 0
        self._before = so_far.last if so_far else NOTHING
        self._events = len(so_far.events) if so_far else 0
        self._at = so_far.events[-1].at if so_far and so_far.events else ""
        self._call = so_far.opened.call if so_far and so_far.opened else ""
        self._sealed = so_far is not None and so_far.seal is not None
        self._personal = keeping.personal
        if so_far and so_far.head and so_far.head.get("personal") == "left out":
            self._personal = False

    @classmethod
    def create(cls, path: Path, keeping: Keeping = USUAL) -> Writer:
        """A new transcript, for its owner's eyes only (0600); folders that are missing are made (0700).

        Raises:
            CannotRecord: when there is one already, it cannot be made, or the desk's key cannot be used.
        """
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            keeping.key()
            root = keeping.knowledge
            address = kept.keep(path.parent / kept.FOLDER, root, keeping.sources) if root is not None else ""
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | files.NO_INHERIT
            file = os.open(path, flags, 0o600)
        except (OSError, ValueError, kept.NotKept, keys.KeyUnusable) as error:
            named = isinstance(error, FileExistsError) and path.exists()
            raise CannotRecord(path, EXISTS if named else why(error)) from error
        _owned(path, file)
        files.sync_folder(path.parent)
        return cls(path, file, 0, keeping, address)

    @classmethod
    def resume(
        cls, path: Path, keeping: Keeping = USUAL, *, take_over: bool = False, by: str = ""
    ) -> tuple[Writer, Recording]:
        """A transcript to go on with, and what is in it. A torn last line is cut off the file.

        ``take_over``: even when somebody else has it open; that is written down with the time and ``by``,
        and the other one can write no more. A call that ended but was not sealed is sealed.

        Raises:
            AlreadyOpen: when somebody is writing it.
            CannotRecord: when it cannot be opened, or is altered or broken before its end.
        """
        try:
            keeping.key()
            file = files.for_change(path)
        except (OSError, ValueError, keys.KeyUnusable) as error:
            raise CannotRecord(path, why(error)) from error
        taken = False
        try:
            _owned(path, file)
        except AlreadyOpen:
            if not take_over:
                raise AlreadyOpen(path, takeable=True) from None
            file, taken = _taken_over(path, keeping, by), True
        try:
            so_far, length = _readable(path, files.everything(file, MAX_BYTES + 1))
            if not taken and so_far.torn:
                os.ftruncate(file, length)
            if length and os.pread(file, 1, length - 1) != b"\n":
                os.write(file, b"\n")
                length += 1
            os.fsync(file)
        except OSError as error:
            os.close(file)
            raise CannotRecord(path, why(error)) from error
        except CannotRecord:
            os.close(file)
            raise
        writer = cls(path, file, length, keeping, so_far=so_far)
        if so_far.over and so_far.seal is None:
            writer._write([writer._seal(so_far.events[-1].at, so_far.last, so_far.count)])
            writer._enter(so_far.events[-1].at, late=True)
        return writer, so_far

    def append(self, event: Event, entry: Json) -> None:
        """Writes one line, and returns when it is on the disk. The last event of a call seals it.

        Raises:
            CannotRecord: when it is not; the file is then as it was, and the same may be tried again.
            TakenOver: when somebody else has taken the call over.
        """
        ends = isinstance(event, (Closed, Abandoned))
        if self._sealed:
            raise CannotRecord(self.path, SEALED)
        if self._count >= MOST_LINES and not ends:
            raise CannotRecord(self.path, too_many_lines(MOST_LINES))
        if isinstance(event, Opened):
            self._call = event.call
        try:
            lines = [self._line(event, entry)]
            if ends:
                lines.append(self._seal(event.at, lines[0]["hash"], self._count + 1, self._events + 1))
        except keys.KeyUnusable as error:
            raise CannotRecord(self.path, why(error)) from error
        self._write(lines)
        if _earlier(event.at, self._at):
            self.warnings.append(clock_went_back(self._at, event.at))
        self._at = event.at
        self._events += 1
        if ends or isinstance(event, (Opened, Held, HandedOver)):
            self._enter(event.at)

    def renew(self, event: Renewed, entry: Json, sources: tuple[str, ...]) -> None:
        """Appends a renewal, and keeps the knowledge that the call goes on with. ``sources``: its files.

        Raises:
            CannotRecord: as :meth:`append` does.
        """
        root = self._keeping.knowledge
        if root is not None:
            try:
                self._address = kept.keep(self.path.parent / kept.FOLDER, root, sources)
            except kept.NotKept as error:
                raise CannotRecord(self.path, why(error)) from error
        self.append(event, entry)

    def close(self) -> None:
        """Lets the file go, and takes it away when the call never began; closing twice does no harm."""
        if self._file >= 0:
            file, self._file = self._file, -1
            if not self._count and not os.fstat(file).st_size and files.is_at(file, self.path):
                self.path.unlink()
            os.close(file)

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _line(self, event: Event, entry: Json) -> Json:
        happened, beside = parted(plain(to_json(event)), self._keeping.salt())
        content: Json = {"n": self._count + 1, "event": happened, "trace": entry}
        if self._count == 0:
            content["head"] = self._head(event)
        elif isinstance(event, Renewed):
            content["knowledge"] = self._address
        line = _signed(content, self._before, self._keeping.key())
        return {**line, "personal": beside} if beside and self._personal else line

    def _head(self, event: Event) -> Json:
        opened = event if isinstance(event, Opened) else None
        return {
            "format": FORMAT,
            "product": f"diagnose {__version__}",
            "revision": opened.revision if opened else "",
            "knowledge": self._address,
            "clock": event.at,
            "language": opened.language if opened else "",
            "personal": "kept" if self._personal else "left out",
        }

    def _seal(self, at: str, before: str, count: int, events: int | None = None) -> Json:
        key = self._keeping.key()
        seal = {
            "call": self._call,
            "at": at,
            "events": self._events if events is None else events,
            "key": key.public if key else None,
        }
        line = chained({"n": count + 1, "seal": seal}, before)
        return {**line, "signature": keys.sign(key, "seal", line["hash"])} if key else line

    def _write(self, lines: list[Json]) -> None:
        parts = [written(line) for line in lines]
        if max(map(len, parts)) > MAX_LINE:
            raise CannotRecord(self.path, too_much(MAX_LINE))
        data = b"".join(parts)
        try:
            with files.instant(self._file):
                if not files.is_at(self._file, self.path):
                    raise TakenOver(self.path, TAKEN if self.path.exists() else GONE)
                self._restore()
                self._dirty = True
                files.write(self._file, data)
                os.fsync(self._file)
        except OSError as error:
            with contextlib.suppress(OSError):
                self._restore()
            raise CannotRecord(self.path, why(error)) from error
        self._dirty = False
        self._count += len(lines)
        self._length += len(data)
        self._before = lines[-1]["hash"]
        self._sealed = "seal" in lines[-1]

    def _restore(self) -> None:
        """Cuts off what a failed line left behind."""
        if self._dirty:
            os.ftruncate(self._file, self._length)
            self._dirty = False

    def _enter(self, at: str, late: bool = False) -> None:
        """The day's index; the call itself stands whether or not it can be written."""
        line = None if self._sealed else self._count
        reached = index.Reached(self._call, self.path.name, self._before, at, line)
        try:
            index.enter(self.path.parent, reached, self._keeping.key(), late)
        except (OSError, keys.KeyUnusable) as error:
            self.warnings.append(not_entered(why(error), self._sealed))


def _readable(path: Path, data: bytes) -> tuple[Recording, int]:
    so_far, length = recording(path, data)
    if so_far.broken:
        raise CannotRecord(path, broken(errors(so_far.problems)[0]))
    _as_entered(path, so_far)
    return so_far, length


def _as_entered(path: Path, so_far: Recording) -> None:
    """Refuses a call that is no longer as the index had it when it was opened or left waiting.

    Of an earlier call under the same name (an exercise that was thrown away and begun anew) nothing is asked.
    """
    since = so_far.events[0].at if so_far.events else ""
    told = list(index.told(path.parent, path.name, since))
    opened = max((i for i, (_, _, entry) in enumerate(told) if entry.get("line") == 1), default=0)
    for day, number, entry in told[opened:]:
        line = entry.get("line")
        if isinstance(line, int) and so_far.hashes[line - 1 : line] != (entry.get("reached"),):
            raise CannotRecord(path, otherwise(line, str(entry.get("at")), f"{day.name}:{number}"))


def _signed(content: Json, before: str, key: keys.DeskKey | None) -> Json:
    """The line that has this content, by the desk's key where there is one."""
    if key is None:
        return chained(content, before)
    line = chained({**content, "key": key.public}, before)
    return {**line, "signature": keys.sign(key, "line", line["hash"])}


def _owned(path: Path, file: int) -> None:
    """Owns the file, or closes it."""
    try:
        files.own(file)
        if not files.is_at(file, path):  # replaced between opening and owning
            raise Busy("it is being replaced")
    except Busy:
        os.close(file)
        raise AlreadyOpen(path) from None


def _taken_over(path: Path, keeping: Keeping, by: str) -> int:
    """The file of a call that somebody else has open, replaced by its copy that says so; owned by us."""
    try:
        old = files.for_change(path)
        try:
            with files.instant(old):
                if not files.is_at(old, path):
                    raise AlreadyOpen(path)
                data = files.everything(old, MAX_BYTES + 1)
                so_far, length = _readable(path, data)
                if so_far.seal is not None or so_far.over:
                    raise CannotRecord(path, ENDED)
                whole = data[:length]
                if whole and not whole.endswith(b"\n"):
                    whole += b"\n"
                mark = {"mark": "taken over", "at": keeping.clock(), "by": by}
                line = _signed({"n": so_far.count + 1, "mark": mark}, so_far.last, keeping.key())
                return files.successor(path, whole + written(line))
        finally:
            os.close(old)
    except OSError as error:
        raise CannotRecord(path, why(error)) from error

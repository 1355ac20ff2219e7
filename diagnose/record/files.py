"""Files that must not be lost, shared or half-written: locks, syncing, replacing."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from diagnose.record.failures import Busy

try:
    import fcntl
except ImportError:  # pragma: no cover - a system without advisory locks
    fcntl = None  # type: ignore[assignment]

PATIENCE = 2.0
"""Seconds that a lock which is held for an instant only is waited for."""
NO_INHERIT = getattr(os, "O_CLOEXEC", 0)
NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)


def own(file: int) -> None:
    """Takes a whole file for as long as it is open, where the system can.

    Raises:
        Busy: when somebody has it.
    """
    if fcntl is None:  # pragma: no cover - a system without advisory locks
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Busy("it is open elsewhere") from None
    except OSError:  # a file system without locks: better unguarded than no call
        return


@contextlib.contextmanager
def instant(file: int, patience: float = PATIENCE) -> Iterator[None]:
    """Guards one short change of a file against other processes; whoever only holds it open may go on.

    Raises:
        Busy: when somebody else does not let go within ``patience`` seconds.
    """
    if fcntl is None:  # pragma: no cover - a system without advisory locks
        yield
        return
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except (BlockingIOError, PermissionError):
            if time.monotonic() > until:
                raise Busy("somebody else is in the middle of writing it") from None
            time.sleep(0.005)
        except OSError:  # a file system without locks
            break
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            fcntl.lockf(file, fcntl.LOCK_UN)


def for_change(path: Path) -> int:
    """An ordinary file, open for reading and appending.

    A link is none: what is written anew in its place would leave what it leads to as it was.

    Raises:
        OSError: when it cannot be opened so, or is a link, a pipe, a device or a folder.
    """
    file = os.open(path, os.O_RDWR | os.O_APPEND | getattr(os, "O_NONBLOCK", 0) | NO_FOLLOW | NO_INHERIT)
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise OSError(errno.EINVAL, "is not an ordinary file", str(path))
    return file


def is_at(file: int, path: Path) -> bool:
    """Whether the open file is still the one of that name."""
    try:
        named, opened = path.stat(), os.fstat(file)
    except OSError:
        return False
    return (named.st_dev, named.st_ino) == (opened.st_dev, opened.st_ino)


def sync_folder(folder: Path) -> None:
    """The name of a new file is on the disk only when its folder is; not every system can."""
    with contextlib.suppress(OSError):
        file = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)


def everything(file: int, most: int) -> bytes:
    """The bytes of an open file from its beginning, at most so many."""
    os.lseek(file, 0, os.SEEK_SET)
    chunks: list[bytes] = []
    left = most
    while left > 0 and (chunk := os.read(file, min(1 << 20, left))):
        chunks.append(chunk)
        left -= len(chunk)
    return b"".join(chunks)


def write(file: int, data: bytes) -> None:
    """Every byte, or an error."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


def successor(path: Path, data: bytes) -> int:
    """A file (0600) with these bytes that stands in the place of ``path`` from now on, whole or not at all.

    Returns it open for appending, and owned.

    Raises:
        OSError: when it cannot be written; ``path`` is then as it was.
    """
    return _whole(path, data, Path.replace)


def first(path: Path, data: bytes) -> None:
    """A file (0600) with these bytes where there is none yet, whole or not at all.

    Raises:
        FileExistsError: when there is one.
        OSError: when it cannot be written.
    """

    def named(part: Path, path: Path) -> None:
        os.link(part, path)
        part.unlink()

    os.close(_whole(path, data, named))


def _whole(path: Path, data: bytes, named: Callable[[Path, Path], object]) -> int:
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        file = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | NO_INHERIT, 0o600)
        try:
            own(file)
            write(file, data)
            os.fsync(file)
            named(part, path)
        except BaseException:
            os.close(file)
            part.unlink(missing_ok=True)
            raise
    except OSError as error:  # which file is not said of a write, and the part is nobody's concern
        if not isinstance(error, Busy):
            error.filename, error.filename2 = str(path), None
        raise
    sync_folder(path.parent)
    return file

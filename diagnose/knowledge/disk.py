"""Files that a user names, read so that none of them can hold the reader up or fill its memory.

Only ordinary files are read, through links too: a pipe would be waited for, a device may never end.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

MOST = 16_000_000
"""Bytes, for files of which nobody has said how large they may be."""
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class TooLarge(OSError):
    """A file that has more bytes than its reader takes."""


def contents(path: Path, most: int = MOST) -> bytes:
    """The bytes of an ordinary file.

    Raises:
        TooLarge: when there are more than ``most``.
        OSError: when it cannot be read, or is no ordinary file.
    """
    data = beginning(path, most + 1)
    if len(data) > most:
        raise TooLarge(errno.EFBIG, f"larger than {most} bytes", str(path))
    return data


def beginning(path: Path, most: int) -> bytes:
    """The first bytes of an ordinary file, all of them when there are no more than ``most``.

    Raises:
        OSError: when it cannot be read, or is no ordinary file.
    """
    # Opening a pipe must not wait for somebody to write into it.
    with os.fdopen(os.open(path, _FLAGS), "rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "is not an ordinary file", str(path))
        return file.read(most)

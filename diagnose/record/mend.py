"""Finishing what a crash left unfinished at the very end of a call: its seal, its place in the index.

And at its very beginning: an empty file, of a call that never began.
"""

from __future__ import annotations

import os
from pathlib import Path

from diagnose.record import files, index, keys
from diagnose.record.failures import AlreadyOpen, Busy, CannotRecord, why
from diagnose.record.reading import read, transcripts
from diagnose.record.writing import Writer


def mend(folder: Path) -> tuple[tuple[Path, str], ...]:
    """Seals the calls that ended without a seal and enters the sealed ones that no index has, marked as late.

    Returns each file that was touched, or could not be, with what was done. Nothing that is altered is
    sealed or entered.
    """
    done: list[tuple[Path, str]] = []
    for path in transcripts(folder):
        try:
            if _removed(path):
                done.append((path, "removed: nothing was recorded in it"))
                continue
            whole = read(path)
            if whole.broken or not whole.over or whole.opened is None:
                continue
            if whole.seal is None:
                writer, _ = Writer.resume(path)
                writer.close()
                done.append((path, "sealed"))
                continue
            at = str(whole.seal["seal"].get("at"))
            sealed = index.Reached(whole.opened.call, path.name, whole.last, at)
            if not index.listed(folder, whole.last):
                index.enter(folder, sealed, keys.desk_key(), late=True)
                done.append((path, "entered in the index"))
        except AlreadyOpen:
            continue
        except (CannotRecord, OSError, keys.KeyUnusable) as error:
            done.append((path, f"cannot be mended: {why(error).say('en')}"))
    return tuple(done)


def _removed(path: Path) -> bool:
    """Whether a file had nothing in it, was nobody's, and is gone now; one that the index knows stays.

    Raises:
        OSError: when it cannot be removed.
    """
    if path.stat().st_size or any(index.told(path.parent, path.name, "")):
        return False
    file = files.for_change(path)
    try:
        files.own(file)
        if os.fstat(file).st_size or not files.is_at(file, path):
            return False
        path.unlink()
    except Busy:
        return False
    finally:
        os.close(file)
    return True

"""Knowledge of another day: a folder, or the knowledge folder as a git revision has it."""

from __future__ import annotations

import io
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from diagnose.authoring.places import Named, under


class NoKnowledge(Exception):
    """Neither a folder nor a revision of this name has knowledge in it; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Version:
    """A knowledge folder as it is or was, and what its reader calls the files in it.

    Of a git revision that is ``REVISION:PATH``, as ``git show`` takes it.
    """

    folder: Path
    named: Named


@contextmanager
def opened(name: str, current: Path) -> Iterator[Version]:
    """The folder that is meant: a path, or the current knowledge folder at a git revision.

    What is taken out of git is gone again afterwards.

    Raises:
        NoKnowledge: when it is neither.
    """
    folder = Path(name)
    if folder.is_dir():
        yield Version(folder, under(folder))
        return
    prefix = _git(current, name, "rev-parse", "--show-prefix").decode().strip().rstrip("/")
    tree = f"{name}:{prefix}"
    _git(current, name, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    archive = _git(current, name, "-C", _top(current, name), "archive", "--format=tar", tree)
    with TemporaryDirectory(prefix="diagnose-") as place:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            for member in tar.getmembers():
                # Text files below the folder are all that knowledge is.
                if member.isfile() and not member.name.startswith("/") and ".." not in member.name.split("/"):
                    target = Path(place) / member.name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    content = tar.extractfile(member)
                    target.write_bytes(content.read() if content is not None else b"")
        yield Version(Path(place), lambda file: f"{name}:{prefix}/{file}" if prefix else f"{name}:{file}")


def _top(current: Path, name: str) -> str:
    return _git(current, name, "rev-parse", "--show-toplevel").decode().strip()


def _git(current: Path, name: str, *arguments: str) -> bytes:
    wrong = f"{name!r} is neither a folder nor a git revision of {current} (--knowledge names another)"
    if name.startswith("-"):
        raise NoKnowledge(wrong)
    try:
        done = subprocess.run(["git", *arguments], cwd=current, capture_output=True, check=False)
    except OSError as error:
        raise NoKnowledge(f"{wrong}: git cannot be run ({error.strerror})") from error
    if done.returncode:
        why = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise NoKnowledge(f"{wrong}{': ' + why[-1] if why else ''}")
    return done.stdout

"""From the paths of a command line to knowledge folders and the files in them that are meant."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from diagnose.knowledge.layers import FOLDERS, WORDS
from diagnose.knowledge.model import NOWHERE, Place

_IN_TEXT = re.compile(
    rf"(?<![\w/.])(?:words|(?:{'|'.join(FOLDERS.values())}|parts|cases)/[\w./-]+)\.yaml(?=:\d+:\d+)"
)


Named = Callable[[str], str]
"""From a file, as the knowledge folder has it, to what its reader calls it."""


@dataclass(frozen=True, slots=True)
class Target:
    """A knowledge folder, and which of its files are meant; None: all of them."""

    root: Path
    files: frozenset[str] | None = None

    def means(self, file: str) -> bool:
        """Whether what concerns this file is to be told."""
        return self.files is None or any(file == f or file.startswith(f + "/") for f in self.files)

    def path(self, file: str) -> str:
        """A file as the reader finds it from where he is."""
        return displayed(self.root / file)


def displayed(path: Path) -> str:
    """A path as short as it can be said: below the current folder relative to it."""
    if path.is_absolute():
        here = Path.cwd()
        return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
    return os.path.normpath(path)


def under(folder: Path) -> Named:
    """Names of the files of a knowledge folder as the reader finds them from where he is."""
    return lambda file: displayed(folder / file)


def located(named: Named) -> Callable[[Place], str]:
    """How a place is told to the reader: ``file:line:column``."""

    def at(place: Place) -> str:
        if place.file in ("", NOWHERE.file):
            return str(place)
        return f"{named(place.file)}:{place.line}:{place.column}"

    return at


def in_sight(text: str, named: Named) -> str:
    """A text with the places that it names told as :func:`located` tells them."""
    return _IN_TEXT.sub(lambda found: named(found[0]), text)


def is_knowledge(folder: Path) -> bool:
    """Whether a folder looks like a knowledge folder."""
    return (folder / WORDS).is_file() or (folder / "handsets").is_dir()


def root_of(path: Path) -> Path | None:
    """The knowledge folder that a file or folder is in, or is; None when it is in none."""
    for folder in (path, *path.absolute().parents):
        if is_knowledge(folder):
            return folder
    return None


def targets(paths: Iterable[Path], default: Path) -> tuple[list[Target], list[Path]]:
    """The folders that the paths lie in, each once, and the paths that lie in none, or are not there.

    Without paths, the default folder. A path that is a knowledge folder means all of it.
    """
    given = list(paths)
    if not given:
        return [Target(default)], []
    meant: dict[Path, set[str] | None] = {}
    named: dict[Path, Path] = {}
    outside: list[Path] = []
    for path in given:
        root = root_of(path) if path.exists() else None
        if root is None:
            outside.append(path)
            continue
        real = root.resolve()
        named.setdefault(real, root)
        inside = path.resolve().relative_to(real).as_posix()
        if inside == ".":
            meant[real] = None
        else:
            files = meant.setdefault(real, set())
            if files is not None:
                files.add(inside)
    found = [Target(named[r], None if files is None else frozenset(files)) for r, files in meant.items()]
    return found, outside

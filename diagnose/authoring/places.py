"""From the paths of a command line to knowledge folders and the files in them that are meant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from diagnose.knowledge.layers import WORDS
from diagnose.knowledge.naming import Named, displayed, in_sight, located, under

__all__ = [
    "Named",
    "Target",
    "displayed",
    "in_sight",
    "is_knowledge",
    "located",
    "root_of",
    "targets",
    "under",
]


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

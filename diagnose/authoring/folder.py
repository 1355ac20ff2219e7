"""A knowledge folder as the bench sees it: every file, and every handset under every programme it has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from diagnose.knowledge.catalogue import Loaded, handsets, load
from diagnose.knowledge.disk import contents
from diagnose.knowledge.layers import FOLDERS, WORDS, Document, Kind, Layers, Shelf, gather
from diagnose.knowledge.merge import merge
from diagnose.knowledge.problems import Problem

Pair = tuple[str, str | None]
"""Handset and programme, by id; without a programme the first that the handset has, if it has one."""


@dataclass(frozen=True, slots=True, eq=False)
class Base:
    """One knowledge base of the folder: a handset under one of its programmes.

    ``idle``: changes in it that change nothing. ``layers`` is None when the handset could not be read.
    """

    handset: str
    programme: str | None
    loaded: Loaded
    layers: Layers | None
    idle: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Folder:
    """Everything in a knowledge folder: the files by path, and the knowledge bases that they make."""

    root: Path
    shelf: Shelf
    files: Mapping[str, Kind]
    bases: tuple[Base, ...]

    def document(self, file: str) -> Document:
        """A file as read by its kind."""
        return self.shelf.document(file, self.files[file])

    def text(self, file: str) -> str:
        """The text of a file; empty when it cannot be read as text."""
        unsaved = self.shelf.unsaved.get(file)
        return text_of(self.root / file) if unsaved is None else _lines_alike(unsaved)


def text_of(path: Path) -> str:
    """The text of a file with its line ends as they count; empty when it is not text."""
    try:
        return _lines_alike(contents(path).decode("utf-8-sig"))
    except (OSError, ValueError):
        return ""


def _lines_alike(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def open_folder(root: Path, shelf: Shelf | None = None) -> Folder:
    """The folder, read and linked. Never raises for what an author wrote.

    ``shelf``: files that were read already and have not changed since.
    """
    shelf = shelf if shelf is not None else Shelf(root)
    return Folder(root, shelf, files_of(root, shelf), tuple(_bases(root, shelf)))


def files_of(root: Path, shelf: Shelf) -> dict[str, Kind]:
    """Every file that belongs to the folder, by path, with the kind that its place asks for."""
    files: dict[str, Kind] = {WORDS: "words"} if (root / WORDS).is_file() else {}
    for kind, folder in FOLDERS.items():
        known: Kind = kind  # type: ignore[assignment] # the keys of FOLDERS are kinds
        files.update((f"{folder}/{id_}.yaml", known) for id_ in shelf.listing(known))
    files.update((path, "part") for path in shelf.listing("part"))
    files.update((path, "cases") for path in shelf.listing("cases"))
    return dict(sorted(files.items()))


def strays(root: Path, files: Mapping[str, Kind]) -> Iterator[str]:
    """YAML files that no part of knowledge reads: misplaced, or named otherwise.

    What lies below ``training/`` is the trainer's; a folder whose name begins with a dot is nobody's.
    """
    for path in sorted(root.rglob("*.y*ml")):
        name = path.relative_to(root)
        elsewhere = name.parts[0] == "training" or any(part.startswith(".") for part in name.parts)
        known = name.as_posix() in files
        if path.suffix in (".yaml", ".yml") and not elsewhere and not known and path.is_file():
            yield name.as_posix()


def pairs(root: Path, unsaved: Mapping[str, str] | None = None) -> Iterator[Pair]:
    """Every handset with each of its programmes; None for one that has no programme."""
    for listed in handsets(root, unsaved):
        for programme in dict.fromkeys(listed.programmes or (None,)):
            yield listed.id, programme


def same_text(shelves: tuple[Shelf, Shelf], pair: Pair) -> bool:
    """Whether all files that the pair is made of are the same in two folders."""
    sides = []
    for shelf in shelves:
        layers = gather(shelf, *pair)
        if not isinstance(layers, Layers):
            return False
        sides.append(
            [(d.file, contents(shelf.root / d.file)) for d in layers.documents if d.usable]
            if layers.complete
            else []
        )
    return bool(sides[0]) and sides[0] == sides[1]


def _bases(root: Path, shelf: Shelf) -> Iterator[Base]:
    for handset, programme in pairs(root, shelf.unsaved):
        yield base_of(shelf, load(root, handset, programme, shelf), handset, programme)


def base_of(shelf: Shelf, loaded: Loaded, handset: str, programme: str | None) -> Base:
    """A knowledge base that was loaded from this shelf, with the layers that it was made of."""
    gathered = gather(shelf, handset, programme)
    if not isinstance(gathered, Layers):
        return Base(handset, programme, loaded, None)
    return Base(handset, programme, loaded, gathered, merge(gathered.layers).idle)

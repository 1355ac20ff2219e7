"""A knowledge folder kept checked from text to text: after an edit only what it touches is done again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from diagnose.knowledge.catalogue import Loaded
from diagnose.knowledge.layers import Shelf
from diagnose.knowledge.problems import Problem

from .check import Meaning, Report, check_folder, loading, meaning_of
from .folder import Base, Folder, Pair, base_of, files_of, pairs
from .warm import Warm


@dataclass(slots=True)
class Kept:
    """The folder as it is now. ``meanings``: of what was loaded, what the checks of meaning found."""

    warm: Warm
    bases: dict[Pair, Base] = field(default_factory=dict)
    meanings: dict[Pair, tuple[Loaded, Meaning | None]] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Path) -> Kept:
        """A folder of which nothing has been read yet."""
        return cls(Warm(Shelf(root)))

    @property
    def shelf(self) -> Shelf:
        """The files as they are now."""
        return self.warm.shelf

    def renew(self, files: frozenset[str], unsaved: Mapping[str, str]) -> None:
        """Takes note of files that are written otherwise; ``unsaved`` are texts that stand for files."""
        self.warm.shelf = replace(self.warm.shelf, unsaved=dict(unsaved))
        self.warm.renew(files)
        self.warm.before.clear()  # what a case came to before is not asked here
        self.bases.clear()

    def link(self, first: str = "") -> Iterator[Base]:
        """Every knowledge base, one after the other; those first that were read from the file ``first``."""
        every = list(pairs(self.shelf.root, self.shelf.unsaved))
        for gone in self.meanings.keys() - set(every):
            del self.meanings[gone]
        had = {pair for pair, (loaded, _) in self.meanings.items() if first in _sources(loaded)}
        for pair in sorted(every, key=lambda p: p not in had):
            if pair not in self.bases:
                self.bases[pair] = base_of(self.shelf, self.warm.loaded(pair), *pair)
            yield self.bases[pair]

    def weigh(self) -> Iterator[None]:
        """The checks of meaning, one knowledge base after the other. To be called when all are linked."""
        for pair, base in self.bases.items():
            known = self.meanings.get(pair)
            if known is None or known[0] is not base.loaded:
                self.meanings[pair] = base.loaded, meaning_of(base)
                yield

    def so_far(self) -> tuple[Problem, ...]:
        """What loading says of the knowledge bases that have been linked."""
        return loading(self.bases.values())

    def folder(self) -> Folder:
        """The folder with every knowledge base. To be called when all are linked."""
        root, shelf = self.shelf.root, self.shelf
        in_order = pairs(root, shelf.unsaved)
        return Folder(root, shelf, files_of(root, shelf), tuple(self.bases[pair] for pair in in_order))

    def report(self) -> Report:
        """Everything wrong with the folder; whatever has not been done for it yet is done."""
        for _ in (*self.link(), *self.weigh()):
            pass
        folder = self.folder()
        return check_folder(folder, [self.meanings[b.handset, b.programme][1] for b in folder.bases])


def _sources(loaded: Loaded) -> tuple[str, ...]:
    return loaded.knowledge.sources if loaded.knowledge is not None else ()

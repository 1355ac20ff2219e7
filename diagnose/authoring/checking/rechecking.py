"""A knowledge folder kept checked from text to text: after an edit only what it touches is done again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from diagnose.authoring.folder import Base, Folder, Pair, base_of, files_of, pairs
from diagnose.authoring.testing.warm import Warm
from diagnose.knowledge.catalogue import Loaded
from diagnose.knowledge.layers import Shelf
from diagnose.knowledge.problems import Problem

from .check import Meaning, Report, check_folder, loading, meaning_of


@dataclass(slots=True)
class Kept:
    """The folder as it is now.

    ``bases``: what has been linked since the last edit; ``known``: what was before. ``meanings``: of what was
    loaded, what the checks of meaning found.
    """

    warm: Warm
    known: dict[Pair, Base] = field(default_factory=dict)
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
        warm, present = self.warm, self.warm.present
        loaded = dict(warm.kept)
        warm.shelf = replace(warm.shelf, unsaved=dict(unsaved))
        warm.renew(files)
        warm.before.clear()  # what a case came to before is not asked here
        self.known |= self.bases
        self.bases.clear()
        if warm.present == present:
            warm.kept |= {p: one for p, one in loaded.items() if self._stands(p, one, files)}

    def _stands(self, pair: Pair, loaded: Loaded, files: frozenset[str]) -> bool:
        """Whether errors in a knowledge base are what they were: somebody is at work elsewhere.

        An attribute that is nowhere may come to be in any file.
        """
        base = self.known.get(pair)
        layers = base.layers if base is not None else None
        return (
            layers is not None
            and not loaded.fine
            and files.isdisjoint((*(d.file for d in layers.documents), *_sources(loaded)))
            and all(problem.code != "K413" for problem in loaded.problems)
        )

    def link(self, first: str = "") -> Iterator[Base]:
        """Every knowledge base, one after the other; those first that were made of the file ``first``."""
        every = list(pairs(self.shelf.root, self.shelf.unsaved))
        for gone in self.known.keys() - set(every):
            self.known.pop(gone)
            self.meanings.pop(gone, None)
        for pair in sorted(every, key=lambda p: not self._has(p, first)):
            if pair not in self.bases:
                loaded, known = self.warm.loaded(pair), self.known.get(pair)
                same = known is not None and known.loaded is loaded
                self.bases[pair] = known if known and same else base_of(self.shelf, loaded, *pair)
            yield self.bases[pair]

    def _has(self, pair: Pair, file: str) -> bool:
        base = self.known.get(pair)
        return (
            base is not None
            and base.layers is not None
            and any(d.file == file for d in base.layers.documents)
        )

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

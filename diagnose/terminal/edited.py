"""The knowledge files of a running call: whether they were written meanwhile, and what they say now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from diagnose.knowledge.model import KnowledgeBase

Stamp = tuple[tuple[int, int] | None, ...]


@dataclass(frozen=True)
class KnowledgeFiles:
    """The files below ``root`` that a call's knowledge was read from.

    ``load`` reads them all anew, and raises CannotStart for an error in them. ``stamp``: when they were
    written; None for a call whose knowledge is not what they say.
    """

    root: Path
    load: Callable[[], KnowledgeBase]
    sources: tuple[str, ...]
    stamp: Stamp | None

    @property
    def edited(self) -> bool:
        """Whether one was written, made or removed since. Nothing is read: a fraction of a millisecond."""
        return self.stamp is None or stamped(self.root, self.sources) != self.stamp

    def today(self) -> KnowledgeBase:
        """The knowledge as the files have it now.

        Raises:
            CannotStart: when it has errors; the text is the first, with its place.
        """
        return self.load()

    def taken(self, kb: KnowledgeBase) -> KnowledgeFiles:
        """The files of a call that goes on with this knowledge, as they are now."""
        return KnowledgeFiles(self.root, self.load, kb.sources, stamped(self.root, kb.sources))


def stamped(root: Path, sources: tuple[str, ...]) -> Stamp:
    """When each file was written (nanoseconds) and its size in bytes; None for one that is not there."""
    found: list[tuple[int, int] | None] = []
    for name in sources:
        try:
            about = (root / name).stat()
        except OSError:
            found.append(None)
        else:
            found.append((about.st_mtime_ns, about.st_size))
    return tuple(found)

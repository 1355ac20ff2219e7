"""The way into a knowledge folder: which handsets there are, and the knowledge base of one of them."""

from __future__ import annotations

import difflib
import os
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from . import problems as _problems
from .invariants import Invariant
from .layers import Document, Layers, Shelf, gather
from .link import link_all
from .linking.kept import Kept
from .merge import merge
from .model import KnowledgeBase, Place
from .problems import Problem, in_order
from .source import Node, parse, read

VARIABLE = "DIAGNOSE_KNOWLEDGE"
_HEAD = ("kind", "brand", "name", "extends", "programmes")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A knowledge base and what is wrong with the text it was read from, in the order of the text.

    ``knowledge`` lacks whatever has an error; None when it could not be made at all: the handset, or a file
    that is needed, is missing or cannot be read. ``invariants``: what ``diagnose prove`` holds outcomes to.
    """

    knowledge: KnowledgeBase | None
    problems: tuple[Problem, ...] = ()
    invariants: tuple[Invariant, ...] = ()

    @property
    def fine(self) -> bool:
        """Whether there is a knowledge base and no error, warnings aside."""
        return self.knowledge is not None and not _problems.errors(self.problems)

    @property
    def usable(self) -> KnowledgeBase | None:
        """The knowledge base, if calls can be taken on it."""
        kb = self.knowledge
        return kb if kb is not None and kb.faults and kb.remedies else None


@dataclass(frozen=True, slots=True)
class Listed:
    """A handset as the head of its file gives it; what is missing or wrong there is empty."""

    id: str
    brand: str
    name: str
    family: str
    programmes: tuple[str, ...]
    place: Place


def root(explicit: Path | None = None) -> Path:
    """The folder named here, else by ``DIAGNOSE_KNOWLEDGE``, else the shipped one, else the checkout's."""
    if explicit is not None:
        return explicit
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    package = Path(__file__).resolve().parent.parent
    shipped = package / "shipped"
    return shipped if shipped.is_dir() else package.parent / "knowledge"


def load(
    folder: Path,
    handset: str,
    programme: str | None = None,
    shelf: Shelf | None = None,
    kept: Kept | None = None,
) -> Loaded:
    """The knowledge base of a handset under a programme; without one, under the first that it has.

    Never raises for what an author wrote. Loading many handsets of one folder is quicker with one ``shelf``
    for all, which reads no file twice; loading one again and again, with what it ``kept`` of the last time.
    """
    shelf = shelf if shelf is not None else Shelf(folder)
    gathered = gather(shelf, handset, programme)
    if not isinstance(gathered, Layers):
        return Loaded(None, in_order(gathered))
    merged = merge(gathered.layers)
    found = (*gathered.problems, *merged.problems)
    if not gathered.complete:
        # With a file missing, every reference into it would look wrong.
        return Loaded(None, in_order(found))
    knowledge, invariants, linking = link_all(gathered, merged, shelf, kept)
    return Loaded(knowledge, in_order((*found, *linking)), invariants)


def handsets(folder: Path, unsaved: Mapping[str, str] | None = None) -> tuple[Listed, ...]:
    """Every handset of the folder, by id; only the heads of the files are read.

    ``unsaved``: texts that stand for those on the disk, by file.
    """
    names = sorted(path.name for path in (folder / "handsets").glob("*.yaml"))
    texts = unsaved or {}
    return tuple(_listed(folder, f"handsets/{name}", texts) for name in names if name.isprintable())


def has(folder: Path, handset: str) -> bool:
    """Whether the folder has a handset of that very id; no other file is looked at."""
    return (
        re.fullmatch(r"[\w.-]+", handset) is not None and (folder / "handsets" / f"{handset}.yaml").is_file()
    )


def find(folder: Path, words: str) -> tuple[str, ...]:
    """The handsets that these words fit, best first: whole names, beginnings, parts, then what is alike.

    Accents, case, hyphens and the order of the words do not matter. Without words: all of them.
    """
    wanted = _folded(words)
    ranked: list[tuple[float, str]] = []
    for listed in handsets(folder):
        rank = _rank(wanted, listed)
        if rank is not None:
            ranked.append((rank, listed.id))
    return tuple(id_ for _, id_ in sorted(ranked))


def meant(folder: Path, words: str) -> tuple[str, ...]:
    """Of the handsets that :func:`find` finds, those that fit as well as the best does.

    One where the very name was typed, however many others begin with it or are spelt much alike.
    """
    wanted = _folded(words)
    found = find(folder, words)
    by_id = {listed.id: listed for listed in handsets(folder)}
    ranks = [_rank(wanted, by_id[id_]) or 0.0 for id_ in found]
    return tuple(id_ for id_, rank in zip(found, ranks, strict=True) if int(rank) == int(ranks[0]))


def full_name(brand: str, name: str) -> str:
    """Brand and name as they are spoken: a name that begins with the brand does not say it twice."""
    return name if _folded(name).startswith(f"{_folded(brand)} ") else f"{brand} {name}".strip()


def closest(folder: Path, handset: str) -> str | None:
    """The id most like this one, for a did-you-mean."""
    return _problems.closest(handset, [path.stem for path in (folder / "handsets").glob("*.yaml")])


def _rank(wanted: str, listed: Listed) -> float | None:
    """0 for the very name, more for less; None when the words do not fit."""
    name, full, id_ = _folded(listed.name), _folded(f"{listed.brand} {listed.name}"), _folded(listed.id)
    if wanted in (name, full, id_):
        return 0
    if name.startswith(wanted) or full.startswith(wanted) or id_.startswith(wanted):
        return 1
    tokens, hay = wanted.split(), f"{full} {id_}"
    if all(any(word.startswith(token) for word in hay.split()) for token in tokens):
        return 2
    if all(token in hay for token in tokens) or wanted.replace(" ", "") in hay.replace(" ", ""):
        return 3
    alike = max(difflib.SequenceMatcher(None, wanted, known).ratio() for known in (name, full, id_))
    return 5 - alike if alike >= 0.7 else None


def _folded(words: str) -> str:
    """Lower case without accents, words apart by one blank."""
    plain = unicodedata.normalize("NFKD", words.casefold())
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", letters))


def _listed(folder: Path, file: str, unsaved: Mapping[str, str]) -> Listed:
    text = unsaved.get(file)
    node, _ = read(folder, file, until=_HEAD) if text is None else parse(text, file, until=_HEAD)
    head = node if node is not None else Node({}, file, 1, 1)
    programmes = head.get("programmes")
    return Listed(
        Document(file, "handset", head).id,
        _word(head, "brand"),
        _word(head, "name"),
        _word(head, "extends"),
        tuple(str(item.value) for item in (programmes.items if programmes is not None else ())),
        Place(file, head.line, head.column),
    )


def _word(head: Node, name: str) -> str:
    node = head.get(name)
    return node.text if node is not None else ""

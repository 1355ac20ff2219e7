"""The files that a handset's knowledge is written in: found, read and checked, root first.

Only what is needed is read: the chain of families, the parts that they include, one programme, its retailers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from .disk import contents
from .model import Place
from .problems import Problem, did_you_mean
from .shape import FILES, ID, PATH, Spot, check_file
from .source import MAX_BYTES, Node, parse, read

Kind = Literal["words", "family", "handset", "programme", "part", "retailer", "cases"]
FOLDERS: Mapping[str, str] = {
    "family": "families",
    "handset": "handsets",
    "programme": "programmes",
    "retailer": "retailers",
}
WORDS = "words.yaml"


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """One file: its node (an empty mapping when it cannot be used), what is wrong with it, what not to read.

    ``usable``: it could be read, and is of the kind that was asked for.
    """

    file: str
    kind: Kind
    node: Node
    problems: tuple[Problem, ...] = ()
    broken: frozenset[Spot] = frozenset()
    usable: bool = True

    @property
    def id(self) -> str:
        """The id that its file name gives it."""
        return self.file.rpartition("/")[2].removesuffix(".yaml")

    def head(self, name: str) -> Node | None:
        """A field of the head, unless it is missing, null or wrong."""
        return None if (name,) in self.broken else self.node.get(name)

    def text(self, name: str) -> str:
        """A plain text of the head; empty when it is missing or wrong."""
        node = self.head(name)
        return node.value if node is not None and isinstance(node.value, str) else ""


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A family, handset or programme: the parts that it includes, in their order, then its own file."""

    id: str
    kind: Kind
    documents: tuple[Document, ...]

    @property
    def own(self) -> Document:
        """Its own file."""
        return self.documents[-1]


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """Everything read for one handset under one programme.

    ``complete``: nothing that is named is missing, so that what cannot be found in it is nowhere.
    """

    words: Document
    layers: tuple[Layer, ...]
    handset: Document
    programme: Document | None
    retailers: tuple[Document, ...]
    problems: tuple[Problem, ...]
    complete: bool

    @property
    def documents(self) -> tuple[Document, ...]:
        """Every file, words first, each once."""
        parts = [d for layer in self.layers for d in layer.documents]
        return (self.words, *parts, *self.retailers)


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """A knowledge folder; each file is read and checked once, however many handsets need it.

    ``unsaved``: texts that stand for those on the disk, by file: what an editor has not written yet.
    """

    root: Path
    _read: dict[tuple[str, Kind], Document] = field(default_factory=dict)
    _texts: dict[str, str] = field(default_factory=dict)
    _listed: dict[Kind, tuple[str, ...]] = field(default_factory=dict)
    unsaved: Mapping[str, str] = field(default_factory=dict)

    def document(self, file: str, kind: Kind) -> Document:
        """The file, read as this kind."""
        key = (file, kind)
        if key not in self._read:
            self._read[key] = _document(self.root, file, kind, self.unsaved.get(file))
        return self._read[key]

    def known(self, file: str, kind: Kind) -> Document | None:
        """The file as it was when it was read; None when it was not."""
        return self._read.get((file, kind))

    def again(self, changed: Iterable[str]) -> Shelf:
        """A shelf of the same folder as it is now, that keeps what was read of all but these files."""
        gone = frozenset(changed)
        kept = {key: document for key, document in self._read.items() if key[0] not in gone}
        texts = {f: text for f, text in self._texts.items() if f not in gone}
        return Shelf(self.root, kept, texts, unsaved=self.unsaved)

    def listing(self, kind: Kind) -> tuple[str, ...]:
        """The ids of all files of a kind, or the paths of all parts or cases, in alphabetical order."""
        if kind not in self._listed:
            self._listed[kind] = self._listing(kind)
        return self._listed[kind]

    def _listing(self, kind: Kind) -> tuple[str, ...]:
        if kind in FOLDERS:
            names = [p.stem for p in self.root.glob(f"{FOLDERS[kind]}/*.yaml")]
        else:
            pattern = "cases/**/*.cases.yaml" if kind == "cases" else "parts/**/*.yaml"
            names = [p.relative_to(self.root).as_posix() for p in self.root.glob(pattern)]
        # A name with control characters names nothing: wherever it were shown, a terminal would obey it.
        return tuple(sorted(filter(str.isprintable, names)))

    def has(self, kind: Kind, id_: str) -> bool:
        """Whether there is a file of that kind and id; no other file is looked at."""
        return _is_id(id_) and (self.root / FOLDERS[kind] / f"{id_}.yaml").is_file()

    def attributes(self, kind: Kind) -> frozenset[str]:
        """The attributes that files of this kind anywhere in the folder give."""
        files = (f"{FOLDERS[kind]}/{id_}.yaml" for id_ in self.listing(kind))
        return frozenset(name for file in files for name in self._given(file))

    def giving(self, kind: Kind, attribute: str) -> str:
        """The first file of this kind that gives an attribute of that name; empty when none does.

        Only files in which the name occurs are parsed.
        """
        files = (f"{FOLDERS[kind]}/{id_}.yaml" for id_ in self.listing(kind))
        return next((f for f in files if attribute in self._text(f) and attribute in self._given(f)), "")

    def _given(self, file: str) -> Iterable[str]:
        node, _ = parse(self._text(file), file, until=("attributes",))
        attributes = node.get("attributes") if node is not None else None
        return attributes.entries if attributes is not None else ()

    def _text(self, file: str) -> str:
        if file in self.unsaved:
            return self.unsaved[file]
        if file not in self._texts:
            try:
                self._texts[file] = contents(self.root / file, MAX_BYTES).decode("utf-8")
            except (OSError, ValueError):
                self._texts[file] = ""
        return self._texts[file]


def gather(shelf: Shelf, handset: str, programme: str | None = None) -> Layers | tuple[Problem, ...]:
    """The layers of a handset under a programme (without one: the first that it has, if any).

    Only the problems, when there is no such handset or its own file cannot be read.
    """
    if not shelf.root.is_dir():
        place = Place(WORDS, 1, 1)
        message = f"there is no knowledge folder {shelf.root}"
        return (Problem(place, "K101", message, "name one by --knowledge or DIAGNOSE_KNOWLEDGE"),)
    asked_for = Place(f"handsets/{handset}.yaml" if _is_id(handset) else "handsets", 1, 1)
    if not shelf.has("handset", handset):
        known = shelf.listing("handset")
        if handset not in known:
            return (_missing("handset", handset, asked_for, known),)
    found = shelf.document(f"handsets/{handset}.yaml", "handset")
    if not found.usable:
        return found.problems
    return _Gathering(shelf).gather(found, programme)


class _Gathering:
    """One reading of layers; what is wrong on the way is kept."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.problems: list[Problem] = []
        self.included: set[str] = set()
        self.complete = True

    def gather(self, handset: Document, programme: str | None) -> Layers:
        words = self.use(self.shelf.document(WORDS, "words"))
        if not all(words.head(name) for name in ("frequencies", "answer_sets", "classes")):
            self.complete = False
        chain = self.chain(handset)
        chosen = self.programme(handset, programme)
        layers = [self.layer(document) for document in chain]
        if chosen is not None:
            layers.append(self.layer(chosen))
        retailers = self.named(chosen, "retailers", "retailer") if chosen is not None else ()
        return Layers(words, tuple(layers), handset, chosen, retailers, tuple(self.problems), self.complete)

    def use(self, document: Document) -> Document:
        """The document; its problems are ours."""
        self.problems += document.problems
        self.complete = self.complete and document.usable
        return document

    def find(self, kind: Kind, node: Node) -> Document | None:
        """The file that this text names."""
        name = str(node.value)
        known = self.shelf.listing(kind)
        if name not in known:
            self.problems.append(_missing(kind, name, node.place, known))
            self.complete = False
            return None
        return self.use(self.shelf.document(name if kind == "part" else f"{FOLDERS[kind]}/{name}.yaml", kind))

    def named(self, document: Document, name: str, kind: Kind) -> tuple[Document, ...]:
        """The files that a list in the head names, each once."""
        node = document.head(name)
        found: dict[str, Document | None] = {}
        for item in node.items if node is not None else ():
            text = str(item.value)
            if text not in found:
                found[text] = self.find(kind, item)
        return tuple(d for d in found.values() if d is not None)

    def chain(self, handset: Document) -> list[Document]:
        """The families and the handset, root first."""
        chain = [self.use(handset)]
        seen = {""}
        while True:
            parent = chain[-1].head("extends")
            if parent is None:
                self.complete = self.complete and ("extends",) not in chain[-1].broken
                return chain[::-1]
            if str(parent.value) in seen:
                families = " -> ".join([d.id for d in chain[1:]] + [str(parent.value)])
                self.problems.append(
                    Problem(parent.place, "K303", f"a family extends itself: {families}", "take one out")
                )
                self.complete = False
                return chain[::-1]
            seen.add(str(parent.value))
            found = self.find("family", parent)
            if found is None or not found.usable:
                return chain[::-1]
            chain.append(found)

    def programme(self, handset: Document, asked_for: str | None) -> Document | None:
        """The programme to use: the one asked for, or the handset's first."""
        listed = handset.head("programmes")
        nodes = {str(item.value): item for item in (listed.items if listed is not None else ())}
        if asked_for is None:
            first = next(iter(nodes.values()), None)
            return self.find("programme", first) if first is not None else None
        if asked_for not in nodes:
            known = self.shelf.listing("programme")
            place = listed.place if listed is not None else handset.node.place
            if asked_for not in known:
                self.problems.append(_missing("programme", asked_for, place, known))
            else:
                mend = f"it has {', '.join(nodes)}" if nodes else "it has none"
                message = f"{handset.id} does not have the programme {asked_for!r}"
                self.problems.append(Problem(place, "K306", message, mend))
            self.complete = False
            return None
        return self.find("programme", nodes[asked_for])

    def layer(self, document: Document) -> Layer:
        return Layer(document.id, document.kind, (*self.parts(document), document))

    def parts(self, document: Document) -> list[Document]:
        """The parts that a file includes and that nobody included before."""
        parts: list[Document] = []
        node = document.head("include")
        if ("include",) in document.broken:
            self.complete = False
        for item in node.items if node is not None else ():
            path = str(item.value)
            if path in self.included:
                continue
            self.included.add(path)
            part = self.find("part", item)
            if part is not None:
                parts += [*self.parts(part), part]
        return parts


def _missing(kind: Kind, name: str, place: Place, known: tuple[str, ...]) -> Problem:
    return Problem(place, "K302", f"there is no {kind} {name!r}", did_you_mean(name, known))


def _is_id(text: str) -> bool:
    return re.fullmatch(ID.pattern, text) is not None


def _document(root: Path, file: str, kind: Kind, unsaved: str | None = None) -> Document:
    """The file, or the text that stands for it, read and checked as this kind."""
    nothing = Node({}, file, 1, 1)
    if kind == "part" and not re.fullmatch(PATH.pattern, file):
        problem = Problem(Place(file, 1, 1), "K207", f"{file!r} is not {PATH.what}", PATH.form)
        return Document(file, kind, nothing, (problem,), usable=False)
    node, problems = read(root, file) if unsaved is None else parse(unsaved, file)
    if node is None:
        return Document(file, kind, nothing, problems, usable=False)
    written = node.get("kind")
    if written is not None and written.value != kind and written.text in FILES:
        mend = f"write kind: {kind}, or name another file"
        wrong = Problem(written.place, "K301", f"this is a {written.value}, a {kind} is needed here", mend)
        return Document(file, kind, nothing, (*problems, wrong), usable=False)
    checked = check_file(node, kind)
    usable = isinstance(node.value, dict)
    return Document(
        file, kind, node if usable else nothing, (*problems, *checked.problems), checked.broken, usable
    )

"""A knowledge folder that somebody edits: its texts, saved or not, and what is known of them.

What is asked is answered from the last texts and the last knowledge that could be made of them: while
somebody types, most of the time none can.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from diagnose.authoring.checking.check import Report
from diagnose.authoring.checking.fixing import mends
from diagnose.authoring.checking.mending import Mend
from diagnose.authoring.checking.rechecking import Kept
from diagnose.authoring.checking.typed import spot_at
from diagnose.authoring.folder import Pair, files_of, text_of
from diagnose.authoring.testing.watching import Stamps, changed, stamps
from diagnose.knowledge.layers import FOLDERS, WORDS, Kind, Shelf
from diagnose.knowledge.model import KnowledgeBase, Place
from diagnose.knowledge.naming import located
from diagnose.knowledge.problems import Problem, errors, in_order
from diagnose.training.checking import check_training
from diagnose.training.text import FOLDER

from .completing import Around, Candidate, complete
from .names import Mention, Names, definitions, mentions
from .telling import tell

_BY_FILE = {"family": "families", "handset": "handsets", "programme": "programmes", "retailer": "retailers"}


@dataclass(frozen=True, slots=True)
class Found:
    """What is wrong, by file, of these texts; ``last``: nothing more is to come until something changes."""

    problems: Mapping[str, tuple[Problem, ...]]
    texts: Mapping[str, str]
    waiting: bool
    last: bool


class Spotted(NamedTuple):
    """Some letters of a line of a file, from ``column`` to before ``end``, from 1."""

    file: str
    line: int
    column: int
    end: int


@dataclass(slots=True)
class Opened:
    """The folder. ``unsaved``: the texts of open files; ``members``: of each knowledge base, its files."""

    root: Path
    unsaved: dict[str, str] = field(default_factory=dict)
    found: Found = field(default_factory=lambda: Found({}, {}, waiting=True, last=False))
    kinds: dict[str, Kind] = field(default_factory=dict)
    names: dict[str, Names] = field(default_factory=dict)
    members: dict[Pair, tuple[str, ...]] = field(default_factory=dict)
    usable: dict[Pair, KnowledgeBase] = field(default_factory=dict)
    _kept: Kept | None = None
    _stamps: Stamps = field(default_factory=dict)
    _checked: dict[str, str] = field(default_factory=dict)
    _training: tuple[Stamps, tuple[Problem, ...]] | None = None

    def __post_init__(self) -> None:
        self.kinds.update(files_of(self.root, Shelf(self.root)))

    def text(self, file: str) -> str:
        """The text of a file as the editor has it, else as it is on the disk."""
        unsaved = self.unsaved.get(file)
        return unsaved if unsaved is not None else text_of(self.root / file)

    def check(self, first: str = "") -> Iterator[Found | None]:
        """Everything wrong with the folder as it is now, bit by bit; None when there is nothing to tell yet.

        Of the file ``first``, where somebody is typing, the errors come first, then those of the whole
        folder, at last what is doubtful. Until then what was said of the other files stands.
        """
        texts = dict(self.unsaved)
        kept = self._renewed(texts)
        for number, base in enumerate(kept.link(first)):
            pair = (base.handset, base.programme)
            if base.layers is not None:
                self.members[pair] = tuple(d.file for d in base.layers.documents)
            if base.loaded.usable is not None:
                self.usable[pair] = base.loaded.usable
            yield self._so_far(kept, texts, {first}) if number == 0 else None
        self._forget(kept)
        yield self._so_far(kept, texts, {*self.kinds})
        for _ in kept.weigh():
            yield None
        if self._training is None or self._training[0] != self._stamps:
            bases = [b.loaded.knowledge for b in kept.bases.values() if b.loaded.knowledge is not None]
            self._training = self._stamps, check_training(self.root, bases).problems
            yield None
        yield self._told(kept.report(), self._training[1], texts)

    def _renewed(self, texts: dict[str, str]) -> Kept:
        """What is kept of the folder, with all that was written since taken note of."""
        now = {**stamps(self.root), **_trainers(self.root)}
        if self._kept is None:
            self._kept = Kept.of(self.root)
            files = frozenset(texts)
        else:
            files = changed(self._stamps, now)
        files |= {f for f in {*texts, *self._checked} if texts.get(f) != self._checked.get(f)}
        self._stamps, self._checked = now, texts
        self._kept.renew(files, texts)
        self.kinds = dict(files_of(self.root, self._kept.shelf))
        for file in {*files, *self.names} - texts.keys():
            self.names.pop(file, None) if file in files or file not in self.kinds else None
        return self._kept

    def _forget(self, kept: Kept) -> None:
        """Knowledge bases that are no more."""
        for pair in self.members.keys() - kept.bases.keys():
            self.members.pop(pair, None)
            self.usable.pop(pair, None)

    def _so_far(self, kept: Kept, texts: dict[str, str], files: set[str]) -> Found:
        """What loading says of these files; of what is doubtful in them, what was said while they stood."""
        told: dict[str, list[Problem]] = {}
        own = [p for f in files & self.kinds.keys() for p in kept.shelf.document(f, self.kinds[f]).problems]
        for problem in in_order((*errors(kept.so_far()), *errors(own))):
            if problem.place.file in files:
                told.setdefault(problem.place.file, []).append(problem)
        problems, checked = dict(self.found.problems), dict(self.found.texts)
        for file in files:
            before = problems.get(file, ())
            if texts.get(file) == self.found.texts.get(file):
                told.setdefault(file, []).extend(p for p in before if p.severity == "warning")
            problems[file] = in_order(told.get(file, ()))
            checked.pop(file, None)
        checked |= {file: text for file, text in texts.items() if file in files}
        self.found = Found(problems, checked, waiting=True, last=False)
        return self.found

    def _told(self, report: Report, training: tuple[Problem, ...], texts: dict[str, str]) -> Found:
        problems: dict[str, list[Problem]] = {}
        for problem in in_order((*report.problems, *training)):
            problems.setdefault(problem.place.file, []).append(problem)
        by_file = {file: tuple(found) for file, found in problems.items()}
        self.found = Found(by_file, texts, waiting=bool(report.waiting), last=True)
        return self.found

    def mends(self, file: str) -> tuple[Mend, ...]:
        """The mends of what is wrong with a file; none while it is another than was checked."""
        text = self.text(file)
        if self.found.texts.get(file, text) != text or (file in self.unsaved) != (file in self.found.texts):
            return ()
        told = [problem for found in self.found.problems.values() for problem in found]
        problems = self.found.problems.get(file, ())
        return tuple(mends(problems, told, self.found.waiting, lambda _file: text, self._texts))

    def _texts(self) -> Iterator[str]:
        return (self.text(file) for file in self.kinds)

    def names_of(self, file: str) -> Names:
        """The names in a file as it is now."""
        known = self.names.get(file)
        if known is None or known.text != self.unsaved.get(file, known.text):
            known = self.names[file] = Names(file, self.kind(file), self.text(file))
        return known

    def kind(self, file: str) -> str:
        """The kind of a file, which its place says, though it be new; empty where no file is looked for."""
        if file in self.kinds:
            return self.kinds[file]
        folder = file.partition("/")[0]
        by_place = {**{folder: kind for kind, folder in FOLDERS.items()}, "parts": "part", "cases": "cases"}
        return "words" if file == WORDS else by_place.get(folder, "")

    def write(self, file: str, text: str | None) -> None:
        """Takes a text that is not saved for that of a file; None: the file is what it is on the disk."""
        if text is None:
            self.unsaved.pop(file, None)
            self.names.pop(file, None)
        else:
            self.unsaved[file] = text

    def _pairs(self, file: str, line: int) -> tuple[Pair, ...]:
        """The knowledge bases that go with a place: those made of the file, or that a case there is about."""
        if self.kind(file) != "cases":
            return tuple(pair for pair, files in self.members.items() if file in files)
        words = self.names_of(file).words
        case = next((w.text for w in reversed(words) if w.path == ("cases",) and w.line <= line), "")
        about = {w.path[2]: w.text for w in words if w.path[:2] == ("cases", case) and len(w.path) == 3}
        own = [pair for pair in self.members if pair[0] == about.get("handset")]
        return tuple(pair for pair in own if pair[1] == about.get("programme")) or tuple(own[:1])

    def around(self, file: str, line: int) -> Around:
        """What can be named from a place: all there is, while no knowledge base is known to have it."""
        pairs = self._pairs(file, line)
        files = dict.fromkeys(f for pair in pairs for f in self.members[pair])
        if not files:
            pairs, files = tuple(self.members), dict.fromkeys(self.kinds)
        every = tuple(dict.fromkeys((*files, file)))
        for known in every:
            self.names_of(known)
        bases = tuple(self.usable[pair] for pair in pairs if pair in self.usable)
        by_kind: dict[str, list[str]] = {"parts": [f for f, kind in self.kinds.items() if kind == "part"]}
        for known, kind in self.kinds.items():
            if kind in _BY_FILE:
                by_kind.setdefault(_BY_FILE[kind], []).append(_id(known))
        return Around(self.names, every, bases, {what: tuple(ids) for what, ids in by_kind.items()})

    def complete(self, file: str, line: int, column: int) -> tuple[str, tuple[Candidate, ...]]:
        """What may be written at a place, and the letters of it that are there already."""
        spot = spot_at(self.text(file), line, column)
        kind = self.kind(file)
        if spot is None:
            return "", ()
        words = self.names_of(file).words
        listed = "[]" in spot.path  # of several items with the same keys nobody knows which is meant
        present = () if listed else tuple(w.text for w in words if w.key and w.path == spot.path)
        return spot.begun, complete(kind, spot, self.around(file, line), present)

    def mention(self, file: str, line: int, column: int) -> Mention | None:
        """The name at a place."""
        return self.names_of(file).at(line, column)

    def hover(self, mention: Mention, at: Callable[[Place], str] | None = None) -> str:
        """What a name is, in some lines of Markdown; empty when nothing is known of it."""
        around = self.around(mention.file, mention.line)
        named = at if at is not None else located(lambda file: file)
        if mention.key[0] == "frequencies":
            path = ("frequencies", mention.key[1])
            words = self.names_of(WORDS).words
            return "".join(f"**{path[1]}** is {w.text}" for w in words if w.path == path and not w.key)
        return tell(mention.key, around.bases, named)

    def definitions(self, mention: Mention) -> tuple[Spotted, ...]:
        """Where what is named is written: entries by their ids, files by their beginnings."""
        what, id_ = mention.key
        file = self._file_of(what, id_)
        if file:
            return (Spotted(file, 1, 1, 1),)
        return tuple(Spotted(m.file, m.line, m.column, m.end) for m in self._defined(mention))

    def _defined(self, mention: Mention) -> tuple[Mention, ...]:
        around = self.around(mention.file, mention.line)
        found = definitions(mention.key, self.names, around.files)
        if not found and mention.key[0] == "answers":
            found = self._answer_of_set(mention.key[1], around)
        return found or definitions(mention.key, self._all(), self.kinds)

    def _answer_of_set(self, id_: str, around: Around) -> tuple[Mention, ...]:
        """Where an answer is written of a symptom that has it from a set."""
        symptom, _, answer = id_.partition("=")
        path = ("symptoms", symptom, "answers")
        sets = [w.text for f in around.files for w in self.names[f].words if w.path == path and not w.key]
        key = ("answers of a set", f"{sets[0] if sets else 'yes_no'}={answer}")
        return definitions(key, self.names, around.files)

    def _file_of(self, what: str, id_: str) -> str:
        if what == "parts":
            return id_ if self.kinds.get(id_) == "part" else ""
        return next((f for f, kind in self.kinds.items() if _BY_FILE.get(kind) == what and _id(f) == id_), "")

    def references(self, mention: Mention) -> tuple[Mention, ...]:
        """Where the same thing is named: in all files of the knowledge bases in which it is defined there."""
        homes = {m.file for m in self.definitions(mention)} | {mention.file}
        pairs = [pair for pair, files in self.members.items() if homes & {*files}]
        files = {f for pair in pairs for f in self.members[pair]} | {mention.file}
        every = self._all()
        handsets = {handset for handset, _ in pairs}
        found = mentions(mention.key, every, (f for f in self.kinds if f in files))
        if mention.key[0] in ("parts", "families", "programmes", "retailers", "handsets", "frequencies"):
            return mentions(mention.key, every, self.kinds)
        cases = [f for f, kind in self.kinds.items() if kind == "cases"]
        told = [m for m in mentions(mention.key, every, cases) if self._is_about(m, handsets)]
        return (*found, *(m for m in told if m not in found))

    def _is_about(self, mention: Mention, handsets: set[str]) -> bool:
        return any(handset in handsets for handset, _ in self._pairs(mention.file, mention.line))

    def _all(self) -> Mapping[str, Names]:
        return {file: self.names_of(file) for file in self.kinds}


def _trainers(root: Path) -> Stamps:
    """Time of the last write and size of the trainer's files, which are checked as they are on the disk."""
    found = {}
    for path in sorted((root / FOLDER).rglob("*.yaml")):
        with contextlib.suppress(OSError):
            seen = path.stat()
            found[path.relative_to(root).as_posix()] = (seen.st_mtime_ns, seen.st_size)
    return found


def _id(file: str) -> str:
    return file.rpartition("/")[2].removesuffix(".yaml")

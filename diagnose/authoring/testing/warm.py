"""A knowledge folder kept read and linked from save to save, and what of it a save changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from diagnose.authoring.bearing import Bearing, asks_alike, bearing
from diagnose.authoring.casefile import Written, written_cases
from diagnose.authoring.changes import Change, changes
from diagnose.authoring.folder import Pair, files_of
from diagnose.knowledge.catalogue import Loaded, load
from diagnose.knowledge.layers import Document, Shelf
from diagnose.knowledge.linking.kept import Kept
from diagnose.knowledge.source import written

from .running import Ran, Result, pair_of, run_on_answers, run_one


@dataclass(frozen=True, slots=True)
class Todo:
    """A case that a save may touch, and its last result, None for a new one."""

    case: Written
    last: Result | None


@dataclass(frozen=True, slots=True)
class Looked:
    """Cases of one knowledge base after a glance.

    ``stand``: come out as before, nothing that changed can bear on them; ``open``: end as expected on the
    answers of their last run, and only a run can tell whether they are asked the same; ``otherwise``: fail on
    those answers, or did so before, with what they come to, None when those answers cannot be given;
    ``stopped``: no call can be taken, for what is wrong with the knowledge. ``revision`` and ``sources`` of
    the knowledge that was looked at.
    """

    stand: tuple[Ran, ...]
    otherwise: tuple[tuple[Ran, Result | None], ...]
    open: tuple[Ran, ...]
    stopped: tuple[Result, ...] = ()
    revision: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save says that was not said before: the files that do, and the ids of the entries in them."""

    files: frozenset[str]
    ids: frozenset[str]


@dataclass(slots=True)
class Warm:
    """The folder. ``kept``: knowledge as it is now; ``before``: what a save may have changed, as it was.

    ``links``: of each knowledge base what its last linking came to; ``listed``: the cases of each file;
    ``news``: what differs between two revisions.
    """

    shelf: Shelf
    kept: dict[Pair, Loaded] = field(default_factory=dict)
    links: dict[Pair, Kept] = field(default_factory=dict)
    listed: dict[str, tuple[Document, tuple[Written, ...]]] = field(default_factory=dict)
    before: dict[Pair, Loaded] = field(default_factory=dict)
    present: frozenset[str] = frozenset()
    saves: int = 0
    news: dict[tuple[str, str], tuple[Change, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.present = frozenset(files_of(self.shelf.root, self.shelf))

    def renew(self, files: frozenset[str]) -> Saved:
        """Takes note of changed files. Knowledge that was read from none stays, if no file is new or gone."""
        self.saves += 1
        self.news.clear()
        old, self.shelf = self.shelf, self.shelf.again(files)
        kinds = files_of(self.shelf.root, self.shelf)
        moved = self.present ^ frozenset(kinds)
        self.present = frozenset(kinds)
        for pair, loaded in list(self.kept.items()):
            sources = loaded.knowledge.sources if loaded.knowledge is not None else ()
            if moved or not loaded.fine or not files.isdisjoint(sources):
                self.before[pair] = self.kept.pop(pair)
        if moved:
            self.links.clear()
        self.links = {pair: link for pair, link in self.links.items() if files.isdisjoint(link.beyond)}
        told, ids = set(moved), set[str]()
        for file in files & kinds.keys():
            was, is_ = old.known(file, kinds[file]), self.shelf.document(file, kinds[file])
            if was is None or was.problems or is_.problems or written(was.node) != written(is_.node):
                told.add(file)
            if was is not None:
                ids.update(_edited(was, is_))
        return Saved(frozenset(told), frozenset(ids))

    def loaded(self, pair: Pair) -> Loaded:
        """The knowledge base as it is now."""
        if pair not in self.kept:
            kept = self.links.setdefault(pair, Kept())
            loaded = load(self.shelf.root, *pair, self.shelf, kept)
            if not loaded.fine:
                del self.links[pair]  # what is missing may come to be in a file that is none of its own
            self.kept[pair] = loaded
        return self.kept[pair]

    def cases(self) -> list[Written]:
        """Every well-formed case of the folder as it is now."""
        documents = [self.shelf.document(file, "cases") for file in self.shelf.listing("cases")]
        listed: dict[str, tuple[Document, tuple[Written, ...]]] = {}
        for document in documents:
            last = self.listed.get(document.file)
            if last is None or last[0] is not document:
                last = document, tuple(written_cases(document))
            listed[document.file] = last
        self.listed = listed
        return [case for _, cases in listed.values() for case in cases]

    def run(self, todo: Todo) -> Result:
        """What a case comes to now.

        Where only the questions of entitlement may be others, those alone are looked at first.
        """
        pair = pair_of(todo.case)
        now, last = self.loaded(pair), todo.last
        if self._bearing(pair, last) == "questions":
            assert now.knowledge is not None and last is not None and last.met is not None
            if asks_alike(now.knowledge, last.met):
                return as_before(todo, now.knowledge.revision, now.knowledge.sources)
        return run_one(now, todo.case, datetime.now().astimezone())

    def look(self, todo: Sequence[Todo]) -> Looked:
        """What can be told of cases of one knowledge base without a run.

        A case that passed stands when nothing that changed can bear on it: a comment, an entry of which the
        handset has nothing, words, a rule that its call never met. The others are rerun on the answers of
        their last run: what they end with, without what would be worth asking, a fraction of the work.
        """
        pair = pair_of(todo[0].case)
        loaded = self.loaded(pair)
        kb = loaded.usable
        if kb is None or not loaded.fine:
            now = datetime.now().astimezone()
            return Looked((), (), (), tuple(run_one(loaded, one.case, now) for one in todo))
        stand: list[Ran] = []
        otherwise: list[tuple[Ran, Result | None]] = []
        open_: list[Ran] = []
        for one in todo:
            key = one.case.case.file, one.case.name
            bears = self._bearing(pair, one.last)
            if bears == "nothing":
                stand.append(key)
            elif bears == "questions":
                open_.append(key)
            else:
                found = run_on_answers(loaded, one.case, one.last) if one.last is not None else None
                if one.last is not None and one.last.passed and found is not None and found.passed:
                    open_.append(key)
                else:
                    otherwise.append((key, found))
        return Looked(tuple(stand), tuple(otherwise), tuple(open_), (), kb.revision, kb.sources)

    def _bearing(self, pair: Pair, last: Result | None) -> Bearing:
        """What of a case may be other than it was."""
        now, before = self.loaded(pair).usable, self.before.get(pair)
        if now is None or last is None or not last.passed or last.met is None:
            return "anything"
        if last.revision == now.revision:
            return "nothing"
        then = before.usable if before is not None else None
        if then is None or then.revision != last.revision:
            return "anything"
        if (then.revision, now.revision) not in self.news:
            self.news[then.revision, now.revision] = changes(then, now)
        return bearing(then, now, self.news[then.revision, now.revision], last.met)


def as_before(one: Todo, revision: str, sources: tuple[str, ...]) -> Result:
    """The last result of a case, still right on knowledge of this revision, read from these files."""
    assert one.last is not None
    return replace(one.last, revision=revision, place=one.case.place, sources=sources)


def _edited(old: Document, new: Document) -> Iterator[str]:
    """The ids of the entries that two versions of a file do not write alike."""
    here, there = dict(_entries(old)), dict(_entries(new))
    for key in dict.fromkeys((*here, *there)):
        if here.get(key) != there.get(key):
            yield key[-1]


def _entries(document: Document) -> Iterator[tuple[tuple[str, ...], str]]:
    """What a file writes, by where: ``rules``, id; ``change``, ``rules``, id."""
    for section, node in document.node.entries.items():
        for id_, entry in node.entries.items():
            if section not in ("change", "remove"):
                yield (section, id_), written(entry)
                continue
            for inner, value in entry.entries.items():
                yield (section, id_, inner), written(value)
            for item in entry.items:
                yield (section, id_, str(item.value)), ""

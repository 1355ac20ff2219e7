"""A knowledge folder kept read and linked from save to save, and what of it a save changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from diagnose.cases import mismatches
from diagnose.consultation.call import Refused, after, open_call
from diagnose.knowledge.catalogue import Loaded, load
from diagnose.knowledge.layers import Document, Shelf
from diagnose.knowledge.model import KnowledgeBase
from diagnose.knowledge.source import written

from .bearing import cannot_bear
from .casefile import Written
from .diffing_changes import Change, changes
from .folder import files_of
from .running import Pair, Result, pair_of, run_one


@dataclass(frozen=True, slots=True)
class Todo:
    """A case that a save may touch, and its last result, None for a new one."""

    case: Written
    last: Result | None


@dataclass(frozen=True, slots=True)
class Looked:
    """Cases of one knowledge base after a glance: those that come out as before without being run; those
    that end otherwise on the answers they gave; and those of which only a run can tell.
    """

    stand: tuple[Result, ...]
    otherwise: tuple[Todo, ...]
    open: tuple[Todo, ...]


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save says that was not said before: the files that do, and the ids of the entries in them."""

    files: frozenset[str]
    ids: frozenset[str]


@dataclass(slots=True)
class Warm:
    """The folder. ``kept``: knowledge as it is now; ``before``: what a save may have changed, as it was."""

    shelf: Shelf
    kept: dict[Pair, Loaded] = field(default_factory=dict)
    before: dict[Pair, Loaded] = field(default_factory=dict)
    present: frozenset[str] = frozenset()
    saves: int = 0

    def __post_init__(self) -> None:
        self.present = frozenset(files_of(self.shelf.root, self.shelf))

    def renew(self, files: frozenset[str]) -> Saved:
        """Takes note of changed files. Knowledge that was read from none stays, if no file is new or gone."""
        self.saves += 1
        old, self.shelf = self.shelf, self.shelf.again(files)
        kinds = files_of(self.shelf.root, self.shelf)
        moved = self.present ^ frozenset(kinds)
        self.present = frozenset(kinds)
        for pair, loaded in list(self.kept.items()):
            sources = loaded.knowledge.sources if loaded.knowledge is not None else ()
            if moved or not loaded.fine or not files.isdisjoint(sources):
                self.before[pair] = self.kept.pop(pair)
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
            self.kept[pair] = load(self.shelf.root, *pair, self.shelf)
        return self.kept[pair]

    def run(self, case: Written) -> Result:
        """What a case comes to now."""
        return run_one(self.loaded(pair_of(case)), case, datetime.now().astimezone())

    def look(self, todo: Sequence[Todo]) -> Looked:
        """What can be told of cases of one knowledge base without a run.

        A case that passed stands when nothing that changed can bear on it: a comment, an entry of which the
        handset has nothing, words, a rule of findings that its call never met. Of the others the end alone is
        reckoned, all answers being what they were: a fraction of the work of a run.
        """
        pair = pair_of(todo[0].case)
        now = self.loaded(pair).knowledge
        before = self.before.get(pair)
        then = before.knowledge if before is not None else None
        news: tuple[Change, ...] | None = None
        stand: list[Result] = []
        otherwise: list[Todo] = []
        open_: list[Todo] = []
        for one in todo:
            last = one.last
            if now is None or last is None or not last.passed:
                otherwise.append(one)
                continue
            same = last.revision == now.revision
            if not same and then is not None and last.revision == then.revision:
                news = changes(then, now) if news is None else news
                same = cannot_bear(then, now, news, last.events)
            if same:
                stand.append(replace(last, revision=now.revision, place=one.case.place, sources=now.sources))
            elif _ends_otherwise(now, one.case, last):
                otherwise.append(one)
            else:
                open_.append(one)
        return Looked(tuple(stand), tuple(otherwise), tuple(open_))


def _ends_otherwise(kb: KnowledgeBase, case: Written, last: Result) -> bool:
    """Whether a case does not come out as it expects when all is answered as in its last run."""
    try:
        call = open_call(kb, last.events[0], look_ahead=False)  # type: ignore[arg-type]  # a call begins so
        for event in last.events[1:]:
            call = after(call, event)
    except (Refused, IndexError):
        return True
    return bool(mismatches(call, case.case))


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

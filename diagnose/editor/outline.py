"""The outline of a file: its sections, and the entries in each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from diagnose.authoring.checking.typed import Word
from diagnose.knowledge.shape import ENTRIES

_LISTS = frozenset((*ENTRIES, "cases", "frequencies", "answer_sets", "classes"))


@dataclass(frozen=True, slots=True)
class Symbol:
    """A section or an entry: its name, the line and columns of that, the last line that belongs to it."""

    name: str
    section: str
    line: int
    column: int
    end: int
    last: int
    children: tuple[Symbol, ...] = ()


def outline(words: Sequence[Word]) -> tuple[Symbol, ...]:
    """The sections of a file with their entries; under ``change:`` the sections are one level below."""
    return tuple(_symbols(words, (), 0, words[-1].line if words else 1))


def _symbols(words: Sequence[Word], path: tuple[str, ...], first: int, last: int) -> Iterator[Symbol]:
    """The keys at this path between two lines, each with what is below it."""
    keys = [w for w in words if w.key and w.path == path and first <= w.line <= last]
    for number, key in enumerate(keys, 1):
        end = max(key.line, keys[number].line - 1) if number < len(keys) else last
        own = (*path, key.text)
        section = own[1] if own[0] == "change" and len(own) > 1 else own[0]
        deeper = len(own) == 1 and (key.text in _LISTS or key.text == "change")
        deeper = deeper or (len(own) == 2 and own[0] == "change")
        below = tuple(_symbols(words, own, key.line, end)) if deeper else ()
        yield Symbol(key.text, section, key.line, key.column, key.end, end, below)

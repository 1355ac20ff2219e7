"""Every name in a file: where it stands, what it names, and whether it is defined there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from diagnose.authoring.checking.typed import Word, words_of

from .roles import name, role

Key = tuple[str, str]
"""What a name names: the section, and the id in it."""


class Mention(NamedTuple):
    """A name in a file, on one line, from ``column`` to before ``end``, from 1."""

    key: Key
    file: str
    line: int
    column: int
    end: int
    defines: bool
    word: Word


class Names:
    """The names of one text, in its order, and by what they name."""

    def __init__(self, file: str, kind: str, text: str) -> None:
        self.text = text
        self.words = words_of(text)
        self.all = tuple(_mentions(file, kind, self.words))
        self.by_key: dict[Key, list[Mention]] = {}
        for mention in self.all:
            self.by_key.setdefault(mention.key, []).append(mention)

    def at(self, line: int, column: int) -> Mention | None:
        """The name at a place, or that ends there."""
        return next((m for m in self.all if m.line == line and m.column <= column <= m.end), None)


def _mentions(file: str, kind: str, words: Iterable[Word]) -> Iterator[Mention]:
    for word in words:
        found = role(kind, word.path, word.key) if word.whole else None
        named = name(found, word.text) if found is not None and word.text else None
        if found is not None and named is not None:
            start = word.column + named.skip + (word.raw != word.text)
            end = start + named.length
            yield Mention((named.what, named.id), file, word.line, start, end, found.defines, word)


def definitions(key: Key, names: Mapping[str, Names], files: Iterable[str]) -> tuple[Mention, ...]:
    """Where in these files the name is defined; a fact that no symptom is, where a rule derives it."""
    found = [m for file in files if file in names for m in names[file].by_key.get(key, ()) if m.defines]
    symptoms = [m for m in found if m.word.path[:1] != ("rules",)]
    return tuple(symptoms or found)


def mentions(key: Key, names: Mapping[str, Names], files: Iterable[str]) -> tuple[Mention, ...]:
    """Where in these files the name stands, in the order of the files."""
    return tuple(m for file in files if file in names for m in names[file].by_key.get(key, ()))

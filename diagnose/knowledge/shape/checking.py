"""A whole file against the shape of its kind, entry by entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from ..problems import Problem
from ..source import Node
from .entries import ENTRIES
from .files import CHANGE, CHANGES, FILES, SECTIONS
from .forms import AnyScalar, Problems, Shape
from .records import MapOf, Record
from .vocabulary import ID

Spot = tuple[str] | tuple[str, str] | tuple[str, str, str]
"""A path of keys in a file: (field,), (section, id) or ("change", section, id)."""


class Checked(NamedTuple):
    """What is wrong with a file, and the fields and entries that nobody should read for it."""

    problems: tuple[Problem, ...]
    broken: frozenset[Spot]


_NAMED = MapOf(AnyScalar(), ID)


def check_file(node: Node, kind: str) -> Checked:
    """The file against the shape of its kind; an error in one entry does not spoil the others."""
    out: Problems = []
    broken: set[Spot] = set()
    record = FILES[kind]
    if not isinstance(node.value, dict):
        record.check(node, out)
        return Checked(tuple(out), frozenset({("kind",)}))
    for spot, shape, parent, key in _spots(node, record, out):
        entry = parent.entries[key]
        fine = True
        if len(spot) > 1:
            names = SECTIONS[spot[0]] if len(spot) == 2 and spot[0] in ENTRIES else None
            fine = (names if isinstance(names, MapOf) else _NAMED).check_key(key, parent, out)
        if isinstance(shape, Record) and isinstance(entry.value, dict) and not shape.partial:
            # Said at the entry's key: that is where its author looks for it.
            fine = replace(shape, partial=True).check(entry, out) and fine
            fine = shape.complete(entry, parent.key_place(key), out) and fine
        else:
            fine = shape.check(entry, out) and fine
        if not fine:
            broken.add(spot)
    record.complete(node, node.place, out)
    return Checked(tuple(out), frozenset(broken))


def _spots(node: Node, record: Record, out: Problems) -> Iterator[tuple[Spot, Shape, Node, str]]:
    """Every field of the head and every entry of a section: where, of what shape, in what, by what key."""
    for key, entry in node.entries.items():
        field = record.fields.get(key)
        if field is None:
            record.unknown(key, node, out)
        elif entry.value is None and not field.required:
            continue
        elif key in ENTRIES and isinstance(entry.value, dict):
            for id_ in entry.entries:
                yield (key, id_), ENTRIES[key], entry, id_
        elif key == "change" and isinstance(entry.value, dict):
            yield from _changes(entry, out)
        else:
            yield (key,), field.shape, node, key


def _changes(change: Node, out: Problems) -> Iterator[tuple[Spot, Shape, Node, str]]:
    for section, entry in change.entries.items():
        shape = CHANGES.get(section)
        if shape is None:
            CHANGE.unknown(section, change, out)
        elif isinstance(shape, MapOf) and isinstance(entry.value, dict):
            for id_ in entry.entries:
                yield ("change", section, id_), shape.item, entry, id_
        elif entry.value is not None:
            yield ("change", section), shape, change, section

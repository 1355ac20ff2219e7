"""Plain readers of nodes whose shape has been checked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from ..model import Scalar, Text
from ..source import Node

Attributes = tuple[tuple[str, Scalar], ...]
Said = tuple[tuple[str, tuple[str, ...]], ...]


def text(node: Node | None) -> Text:
    """The sentence in every language that is given."""
    versions = (
        (k, str(n.value)) for k, n in entries(node) if k.startswith(("en", "fr")) and n.value is not None
    )
    return Text(tuple(sorted(versions)))


def said(node: Node | None) -> Said:
    """Lay phrases per language, in the order of the languages' names."""
    return tuple((language, strings(phrases)) for language, phrases in sorted(entries(node)))


def number(node: Node, name: str) -> float:
    """A number of an entry, 0 when it is not given."""
    found = node.get(name)
    return float(found.value) if found is not None and isinstance(found.value, (int, float)) else 0.0


def flag(node: Node, name: str) -> bool:
    """Whether a field is true."""
    found = node.get(name)
    return found is not None and found.value is True


def entries(node: Node | None) -> Iterable[tuple[str, Node]]:
    """The entries of a mapping; of nothing, none."""
    return node.entries.items() if node is not None else ()


def items(node: Node | None) -> list[Node]:
    """The items of a list; of nothing, none."""
    return node.items if node is not None else []


def strings(node: Node | None) -> tuple[str, ...]:
    """The words of a list."""
    return tuple(str(item.value) for item in items(node))


def is_yes_no(answers: Iterable[str]) -> bool:
    """Whether these answers are yes and no."""
    return set(answers) == {"yes", "no"}


def attributes(mappings: Iterable[Node | None]) -> Attributes:
    """Later mappings win key by key, null takes a key out; in the order of the names, not of the text."""
    merged: dict[str, Scalar] = {}
    for mapping in mappings:
        for key, node in entries(mapping):
            if node.value is None:
                merged.pop(key, None)
            else:
                merged[key] = cast(Scalar, node.value)
    return tuple(sorted(merged.items()))


def verdicts(node: Node) -> tuple[Any, ...]:
    """The verdicts that an entry names, each once."""
    return tuple(dict.fromkeys(strings(node.get("verdicts"))))


def prices(priced: Iterable[tuple[str, Node]]) -> tuple[tuple[Any, float], ...]:
    """Euros by name."""
    return tuple((key, float(cast(float, node.value))) for key, node in priced)

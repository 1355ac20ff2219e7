"""Reading the trainer's YAML: checked by its shape, then read field by field; nothing written raises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from diagnose.knowledge.model import LANGUAGES, Place, Text
from diagnose.knowledge.problems import Problem
from diagnose.knowledge.source import Node, read
from diagnose.training.shapes import FILES

FOLDER = "training"
"""Below the knowledge folder."""

CODES: Mapping[str, str] = {
    "E101": "a line of progress that cannot be read",
    "E102": "a file of another kind",
    "E105": "two exercises of one name",
    "E106": "weights that do not sum to 100",
    "E107": "a transcript that cannot be used",
    "E108": "a handset or a programme that is not there",
    "E109": "no exercise that could be taken",
    "E110": "a name that no handset has",
    "E111": "an evaluation of something that is not judged",
    "E112": "what is kept of an exercise cannot be read",
}
"""Problems of the trainer's files beyond those of shape, which are the knowledge's own (K...)."""


@dataclass(frozen=True)
class Reading:
    """One mapping being read. What is of the wrong form was complained of already and reads as left out."""

    node: Node

    def place(self, key: str) -> Place:
        """Where the value of a field is written, or the mapping when it is not."""
        node = self.node.get(key)
        return node.place if node is not None else self.node.place

    def word(self, key: str, otherwise: str = "") -> str:
        """A field that is text."""
        node = self.node.get(key)
        return otherwise if node is None or isinstance(node.value, (dict, list)) else node.text

    def number(self, key: str, otherwise: float = 0.0) -> float:
        """A field that is a number."""
        node = self.node.get(key)
        value = node.value if node is not None else None
        return float(value) if isinstance(value, (int, float)) else otherwise

    def flag(self, key: str) -> bool:
        """A field that is true; false when it is left out."""
        node = self.node.get(key)
        return node is not None and node.value is True

    def text(self, key: str) -> Text:
        """A field that is spoken in both languages."""
        part = self.part(key)
        return Text.of(**{language: part.word(language) for language in LANGUAGES}) if part else Text()

    def part(self, key: str) -> Reading | None:
        """A field that is a mapping."""
        node = self.node.get(key)
        return Reading(node) if node is not None and isinstance(node.value, dict) else None

    def parts(self, key: str) -> tuple[tuple[str, Reading], ...]:
        """The entries of a field that is a mapping of mappings."""
        part = self.part(key)
        entries = part.node.entries.items() if part else ()
        return tuple((name, Reading(node)) for name, node in entries if isinstance(node.value, dict))

    def list(self, key: str) -> tuple[Node, ...]:
        """The items of a field that is a list."""
        node = self.node.get(key)
        return tuple(node.items) if node is not None and isinstance(node.value, list) else ()

    def words(self, key: str) -> tuple[str, ...]:
        """A field that is a list of words."""
        return tuple(n.text for n in self.list(key) if not isinstance(n.value, (dict, list)))


def open_file(root: Path, file: str, kind: str) -> tuple[Reading | None, list[Problem]]:
    """The mapping in a file of that kind, and what is wrong with its shape; None when there is none."""
    node, found = read(root, file)
    problems = list(found)
    if node is None:
        return None, problems
    written = node.get("kind") if isinstance(node.value, dict) else None
    if written is None or written.value != kind:
        place = written.place if written is not None else node.place
        problems.append(Problem(place, "E102", f"this is no {kind}", f"begin with kind: {kind}"))
        return None, problems
    FILES[kind].check(node, problems)
    return Reading(node), problems

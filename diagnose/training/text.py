"""Reading the trainer's YAML: a mapping's fields one by one, each mistake a problem with its place.

Read with the strictness of the knowledge and shown like its problems. Nothing an author writes raises.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from diagnose.knowledge.model import LANGUAGES, Place, Text
from diagnose.knowledge.problems import Problem, did_you_mean
from diagnose.knowledge.source import Node, read

FOLDER = "training"
"""Below the knowledge folder."""

CODES: Mapping[str, str] = {
    "E101": "a file that is not there or cannot be read",
    "E102": "a file of another kind",
    "E103": "an unknown field",
    "E104": "a field is missing",
    "E105": "a value that is not possible here",
    "E106": "weights that do not sum to 100",
    "E107": "a transcript that cannot be used",
    "E108": "a handset or a programme that is not there",
    "E109": "a lay word that is missing in a language",
}
"""Problems of rubrics, courses, voices and evaluations."""


class Reading:
    """One mapping being read; what is wrong with it is kept in ``problems``, shared by its parts."""

    def __init__(self, node: Node, problems: list[Problem]) -> None:
        self.node = node
        self.problems = problems

    def complain(self, place: Place, code: str, message: str, mend: str = "") -> None:
        """Keep one problem."""
        self.problems.append(Problem(place, code, message, mend))

    def place(self, key: str) -> Place:
        """Where the value of a field is written, or the mapping when it is not."""
        node = self.node.get(key)
        return node.place if node is not None else self.node.place

    def only(self, known: Collection[str]) -> None:
        """Complain of every field that is none of these."""
        for key in self.node.entries:
            if key not in known:
                self.complain(
                    self.node.key_place(key), "E103", f"unknown field {key!r}", did_you_mean(key, known)
                )

    def word(self, key: str, otherwise: str | None = "") -> str:
        """A field that is text; ``otherwise`` when it is left out, None: it may not be."""
        node = self.node.get(key)
        if node is None:
            if otherwise is None:
                self.complain(self.node.place, "E104", f"{key} is missing", f"write {key}:")
            return otherwise or ""
        if isinstance(node.value, (dict, list)):
            self.complain(node.place, "E105", f"{key} is a word")
            return otherwise or ""
        return node.text

    def one_of(self, key: str, known: Collection[str], otherwise: str) -> str:
        """A field that is one of these words."""
        said = self.word(key, otherwise)
        if said and said not in known:
            self.complain(self.place(key), "E105", f"{key}: there is no {said!r}", did_you_mean(said, known))
            return otherwise
        return said

    def number(self, key: str, otherwise: float | None, least: float = 0.0, most: float = 1e6) -> float:
        """A field that is a number within ``least`` .. ``most``."""
        node = self.node.get(key)
        if node is None:
            if otherwise is None:
                self.complain(self.node.place, "E104", f"{key} is missing", f"write {key}:")
            return otherwise or 0.0
        value = node.value
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
            self.complain(node.place, "E105", f"{key} is a number from {least:g} to {most:g}")
            return otherwise or 0.0
        return float(value)

    def text(self, key: str) -> Text:
        """A field that is spoken in both languages."""
        part = self.part(key)
        if part is None:
            self.complain(self.node.place, "E104", f"{key} is missing", "write it in en and fr")
            return Text()
        said = {language: part.word(language, None) for language in LANGUAGES}
        return Text.of(**said)

    def part(self, key: str) -> Reading | None:
        """A field that is a mapping."""
        node = self.node.get(key)
        if node is None:
            return None
        if not isinstance(node.value, dict):
            self.complain(node.place, "E105", f"{key} is a mapping")
            return None
        return Reading(node, self.problems)

    def parts(self, key: str) -> tuple[tuple[str, Reading], ...]:
        """The entries of a field that is a mapping of mappings."""
        part = self.part(key)
        found = []
        for name, node in part.node.entries.items() if part else ():
            if isinstance(node.value, dict):
                found.append((name, Reading(node, self.problems)))
            else:
                self.complain(node.place, "E105", f"{name} is a mapping")
        return tuple(found)

    def list(self, key: str) -> tuple[Node, ...]:
        """The items of a field that is a list."""
        node = self.node.get(key)
        if node is None:
            return ()
        if not isinstance(node.value, list):
            self.complain(node.place, "E105", f"{key} is a list")
            return ()
        return tuple(node.items)

    def words(self, key: str) -> tuple[str, ...]:
        """A field that is a list of words."""
        return tuple(n.text for n in self.list(key) if not isinstance(n.value, (dict, list)))


def open_file(root: Path, file: str, kind: str) -> tuple[Reading | None, list[Problem]]:
    """The mapping in a file of that kind, and what is wrong with it; None when there is none."""
    node, found = read(root, file)
    problems = list(found)
    if node is None:
        return None, problems
    reading = Reading(node, problems)
    if not isinstance(node.value, dict):
        reading.complain(node.place, "E102", f"this is no {kind}", f"begin with kind: {kind}")
        return None, problems
    if reading.word("kind") != kind:
        reading.complain(reading.place("kind"), "E102", f"this is no {kind}", f"begin with kind: {kind}")
        return None, problems
    return reading, problems

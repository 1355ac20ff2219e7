"""The shapes of single values: a word, a number, true or false.

A shape is a value with two readings: ``check`` adds what is wrong with a node to a list of problems and says
whether the node is fine; ``schema`` is the same as JSON Schema, draft 7.
"""

# ruff: noqa: D102 - check and schema mean what Shape says, in every shape

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Protocol

from ..problems import Problem, did_you_mean
from ..source import Node

Problems = list[Problem]
Json = dict[str, Any]


class Shape(Protocol):
    """What a value must look like."""

    def check(self, node: Node, out: Problems) -> bool:
        """Whether the node has this shape; what is wrong is added to ``out``."""

    def schema(self) -> Json:
        """The shape as JSON Schema, draft 7."""


def kind_of(node: Node) -> str:
    """What a value is, in words: ``a mapping``, ``true or false``, ``nothing``."""
    value = node.value
    if isinstance(value, bool):
        return "true or false"
    for type_, words in ((dict, "a mapping"), (list, "a list"), (str, "text")):
        if isinstance(value, type_):
            return words
    return "nothing" if value is None else "a number"


def wrong(node: Node, wanted: str, out: Problems, mend: str = "") -> bool:
    """Add that something else is needed here; always False."""
    code = "K209" if node.value is None else "K203"
    out.append(Problem(node.place, code, f"{wanted} is needed here, this is {kind_of(node)}", mend))
    return False


@dataclass(frozen=True)
class Word:
    """Text that is not empty; with ``pattern``, of a certain form, which ``form`` puts in words."""

    what: str = "text"
    pattern: str = ""
    form: str = ""

    def check(self, node: Node, out: Problems) -> bool:
        value = node.value
        if not isinstance(value, str):
            plain = value is not None and not isinstance(value, (dict, list))
            return wrong(node, self.what, out, "put it in quotes" if plain else "")
        if not value.strip():
            out.append(Problem(node.place, "K209", f"{self.what} is needed here, this is empty"))
            return False
        if self.pattern and not re.fullmatch(self.pattern, value):
            out.append(Problem(node.place, "K207", f"{value!r} is not {self.what}", self.form))
            return False
        return True

    def schema(self) -> Json:
        wanted: Json = {"type": "string", "minLength": 1}
        return wanted | ({"pattern": f"^(?:{self.pattern})$"} if self.pattern else {})


@dataclass(frozen=True)
class OneOf:
    """One of these words."""

    words: tuple[str, ...]

    def check(self, node: Node, out: Problems) -> bool:
        if not isinstance(node.value, str):
            return wrong(node, f"one of {', '.join(self.words)}", out)
        if node.value not in self.words:
            mend = did_you_mean(node.value, self.words)
            out.append(Problem(node.place, "K204", f"{node.value!r} is not possible here", mend))
            return False
        return True

    def schema(self) -> Json:
        return {"enum": list(self.words)}


@dataclass(frozen=True)
class Number:
    """A number within a range, ends included; ``whole``: an integer."""

    at_least: float | None = None
    at_most: float | None = None
    whole: bool = False

    def check(self, node: Node, out: Problems) -> bool:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int if self.whole else (int, float)):
            return wrong(node, "a whole number" if self.whole else "a number", out, _as_number(node))
        low = self.at_least is not None and value < self.at_least
        high = self.at_most is not None and value > self.at_most
        if low or high:
            limit = f"at least {self.at_least:g}" if low else f"at most {self.at_most:g}"
            out.append(Problem(node.place, "K206", f"{node.text} is out of range", f"it is {limit}"))
            return False
        return True

    def schema(self) -> Json:
        wanted: Json = {"type": "integer" if self.whole else "number"}
        if self.at_least is not None:
            wanted["minimum"] = self.at_least
        if self.at_most is not None:
            wanted["maximum"] = self.at_most
        return wanted


def _as_number(node: Node) -> str:
    """How what looks like a number is written as one; empty for other text."""
    text = node.value if isinstance(node.value, str) else ""
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        return f"write {text} without quotes"
    if re.fullmatch(r"-?[0-9]+,[0-9]+", text):
        return f"write {text.replace(',', '.')}"
    unit = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?) ?(?:s|sec|seconds|min|€|euros?|EUR|days?|j)\.?", text)
    if unit and "min" in text:
        return f"write {float(unit[1]) * 60:g}, in seconds"
    if unit:
        return f"write {unit[1]}, without its unit"
    minutes = re.fullmatch(r"([0-9]+):([0-5][0-9])", text)
    return f"write {int(minutes[1]) * 60 + int(minutes[2])}, in seconds" if minutes else ""


@dataclass(frozen=True)
class Flag:
    """true or false."""

    def check(self, node: Node, out: Problems) -> bool:
        if not isinstance(node.value, bool):
            return wrong(node, "true or false", out, "yes and no are words here")
        return True

    def schema(self) -> Json:
        return {"type": "boolean"}


@dataclass(frozen=True)
class AnyScalar:
    """A word, a number, true or false."""

    def check(self, node: Node, out: Problems) -> bool:
        if node.value is None or isinstance(node.value, (dict, list)):
            return wrong(node, "a word, a number, true or false", out)
        return True

    def schema(self) -> Json:
        return {"type": ["string", "number", "boolean"]}


@dataclass(frozen=True)
class Frequency:
    """A number from 0 to 1, or a word of ``words.yaml`` (which word, ``link`` checks)."""

    def check(self, node: Node, out: Problems) -> bool:
        if isinstance(node.value, str):
            return Word("a frequency").check(node, out)
        if isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
            return wrong(node, "a frequency (a word, or a number from 0 to 1)", out)
        return Number(0, 1).check(node, out)

    def schema(self) -> Json:
        return {"anyOf": [{"type": "string"}, {"type": "number", "minimum": 0, "maximum": 1}]}

"""The shapes of what is put together: lists, mappings of names, records with known fields."""

# ruff: noqa: D102 - check and schema mean what Shape says, in every shape

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from ..model import LANGUAGES, Place
from ..problems import Problem, closest, did_you_mean
from ..source import Node
from .forms import Json, Problems, Shape, Word, wrong


@dataclass(frozen=True)
class ListOf:
    """A list of items of one shape."""

    item: Shape
    empty: bool = True

    def check(self, node: Node, out: Problems) -> bool:
        if not isinstance(node.value, list):
            plain = node.value is not None and not isinstance(node.value, dict)
            return wrong(node, "a list", out, f"write [{node.text}]" if plain else "")
        if not node.value and not self.empty:
            out.append(Problem(node.place, "K209", "the list is empty", "name at least one"))
            return False
        fine = True
        for item in node.value:
            fine = self.item.check(item, out) and fine
        return fine

    def schema(self) -> Json:
        wanted: Json = {"type": "array", "items": self.item.schema()}
        return wanted if self.empty else wanted | {"minItems": 1}


@dataclass(frozen=True)
class MapOf:
    """A mapping from names of one form to entries of one shape; ``nullable``: null takes a key out."""

    item: Shape
    key: Word
    nullable: bool = False
    reserved: tuple[str, ...] = ()

    def check(self, node: Node, out: Problems) -> bool:
        if not isinstance(node.value, dict):
            mend = "write name: and its fields, without a dash" if isinstance(node.value, list) else ""
            return wrong(node, "a mapping", out, mend)
        fine = True
        for key, entry in node.value.items():
            fine = self.check_key(key, node, out) and fine
            if not (self.nullable and entry.value is None):
                fine = self.item.check(entry, out) and fine
        return fine

    def check_key(self, key: str, node: Node, out: Problems) -> bool:
        """Whether the name of this entry is well formed."""
        if key in self.reserved:
            message, mend = f"{key!r} cannot be a name here", "it has a meaning of its own: name it otherwise"
            out.append(Problem(node.key_place(key), "K207", message, mend))
            return False
        line, column = node.keys.get(key, (node.line, node.column))
        return self.key.check(Node(key, node.file, line, column, key), out)

    def schema(self) -> Json:
        item = self.item.schema()
        return {
            "type": "object",
            "propertyNames": self.key.schema(),
            "additionalProperties": {"anyOf": [item, {"type": "null"}]} if self.nullable else item,
        }


class Field(NamedTuple):
    """A field of a record: its shape, what it says, and whether an entry must have it."""

    shape: Shape
    about: str
    required: bool = False


@dataclass(frozen=True)
class Record:
    """A mapping with known fields. ``partial``: what stands under ``change:``, any of the fields."""

    what: str
    fields: Mapping[str, Field]
    partial: bool = False

    def check(self, node: Node, out: Problems) -> bool:
        if not isinstance(node.value, dict):
            if "en" in self.fields and node.value is not None:
                mend = "write {en: ..., fr: ...}"
                out.append(Problem(node.place, "K205", f"{self.what} is needed in French and English", mend))
                return False
            return wrong(node, self.what, out)
        fine = True
        for key, entry in node.value.items():
            field = self.fields.get(key)
            if field is None:
                fine = self.unknown(key, node, out)
            elif entry.value is not None or field.required:
                # An optional field that is null is as good as not written; a change takes it out.
                fine = field.shape.check(entry, out) and fine
        return (self.partial or self.complete(node, node.place, out)) and fine

    def unknown(self, key: str, node: Node, out: Problems) -> bool:
        """Add that this key is not a field of the record; always False."""
        bare = key.replace("\xa0", " ").strip()
        if bare != key:
            mend = f"write {bare}: after plain blanks; there are others before it (U+00A0)"
        else:
            mend = did_you_mean(key, self.fields, f"its fields are {', '.join(self.fields)}")
        out.append(Problem(node.key_place(key), "K201", f"{self.what} has no field {key!r}", mend))
        return False

    def complete(self, node: Node, place: Place, out: Problems) -> bool:
        """Whether no field is missing; ``place`` is where to say that one is."""
        missing = [n for n, field in self.fields.items() if field.required and n not in node.entries]
        # A field that is only misspelt has been told already.
        unknown = [key for key in node.entries if key not in self.fields] if missing else []
        misspelt = {closest(key, missing) for key in unknown}
        for name, field in self.fields.items():
            if name in missing and name not in misspelt:
                if name in LANGUAGES:
                    language = {"en": "English", "fr": "French"}[name]
                    out.append(Problem(place, "K205", f"{self.what} lacks its {language}", f"add {name}:"))
                else:
                    message = f"{self.what} needs {name}: ({field.about})"
                    out.append(Problem(place, "K202", message, f"add {name}:"))
        return not missing

    def schema(self) -> Json:
        required = [name for name, field in self.fields.items() if field.required and not self.partial]
        properties: Json = {}
        for name, field in self.fields.items():
            wanted = field.shape.schema()
            if not field.required:
                wanted = {"anyOf": [wanted, {"type": "null"}]}
            properties[name] = {"description": field.about} | wanted
        schema: Json = {"type": "object", "properties": properties, "additionalProperties": False}
        return schema | ({"required": required} if required else {})


@dataclass(frozen=True)
class ByForm:
    """A shape each for a mapping, a list and a scalar; a form without a shape is refused."""

    what: str
    scalar: Shape | None = None
    mapping: Shape | None = None
    items: Shape | None = None

    def check(self, node: Node, out: Problems) -> bool:
        value = node.value
        shape = self.scalar
        if isinstance(value, dict):
            shape = self.mapping
        elif isinstance(value, list):
            shape = self.items
        if shape is None or value is None:
            return wrong(node, self.what, out)
        return shape.check(node, out)

    def schema(self) -> Json:
        shapes = (self.scalar, self.mapping, self.items)
        return {"anyOf": [shape.schema() for shape in shapes if shape is not None]}


def partial(shape: Shape) -> Shape:
    """The shape as it may stand under ``change:``."""
    if isinstance(shape, Record):
        merged = {
            name: field._replace(shape=replace(field.shape, nullable=True))
            if name == "shows" and isinstance(field.shape, MapOf)
            else field
            for name, field in shape.fields.items()
        }
        return replace(shape, fields=merged, partial=True)
    return shape

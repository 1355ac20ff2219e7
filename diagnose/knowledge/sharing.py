"""JSON Schema with what occurs again and again said once, under ``definitions``."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]
WORTH = 200
"""Characters from which a part that occurs twice is worth a definition of its own."""


def shared(schema: Json) -> Json:
    """The same schema, its repeated parts replaced by references; named by order of first use."""
    count = Counter(_text(part) for part in _parts(schema))
    names: dict[str, str] = {}
    definitions: Json = {}

    def put(part: Json, outermost: bool = False) -> Json:
        text = _text(part)
        if outermost or count[text] < 2 or len(text) < WORTH:
            return _mapped(part, put)
        if text not in names:
            names[text] = f"part{len(names) + 1}"
            definitions[names[text]] = _mapped(part, put)
        return {"$ref": f"#/definitions/{names[text]}"}

    whole = put(schema, True)
    return whole | ({"definitions": dict(sorted(definitions.items()))} if definitions else {})


def _text(part: Json) -> str:
    return json.dumps(part, sort_keys=True)


def _parts(schema: Json) -> Iterator[Json]:
    """Every schema within a schema, itself included."""
    yield schema
    inner: list[Json] = []

    def keep(part: Json) -> Json:
        inner.append(part)
        return part

    _mapped(schema, keep)
    for part in inner:
        yield from _parts(part)


def _mapped(schema: Json, change: Callable[..., Json]) -> Json:
    """The schema with every schema directly within it changed."""
    out: Json = {}
    for key, value in schema.items():
        if key == "properties":
            out[key] = {name: change(part) for name, part in value.items()}
        elif key in ("items", "additionalProperties", "propertyNames") and isinstance(value, dict):
            out[key] = change(value)
        elif key == "anyOf":
            out[key] = [change(part) for part in value]
        else:
            out[key] = value
    return out

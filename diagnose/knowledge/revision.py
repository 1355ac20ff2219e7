"""The revision of a knowledge base: a hash of what it says, not of where or how it is written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from .model import KnowledgeBase

_POSITIONS = frozenset({"origin", "place", "sources", "revision"})
_names: dict[type, tuple[str, ...]] = {}


Texts = dict[int, tuple[object, str]]
"""The canonical JSON of parts known by identity, each with its part, lest another take its number."""


def revised(knowledge: KnowledgeBase, texts: Texts | None = None) -> KnowledgeBase:
    """The knowledge base with its revision: 16 hex digits of SHA-256 over its canonical JSON.

    ``texts``: what the parts said in the last edition; it is kept up for the next.
    """
    known: Texts = {} if texts is None else texts
    now: Texts = {}
    said = [f'"{name}":{_said(value, known, now)}' for name, value in sorted(_plain(knowledge).items())]
    known.clear()
    known.update(now)
    text = "{" + ",".join(said) + "}"
    return replace(knowledge, revision=hashlib.sha256(text.encode()).hexdigest()[:16])


def _said(value: object, known: Texts, now: Texts) -> str:
    """A field as canonical JSON; of a section each part apart."""
    if not isinstance(value, (tuple, list)):
        return _json(value)
    for part in value:
        last = known.get(id(part))
        now[id(part)] = last if last is not None and last[0] is part else (part, _json(part))
    return "[" + ",".join(now[id(part)][1] for part in value) + "]"


def _json(value: object) -> str:
    return json.dumps(value, default=_plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _plain(value: object) -> dict[str, Any]:
    """One level of a frozen value; the entries of a mapping as a list, since their order counts."""
    kind = type(value)
    names = _names.get(kind)
    if names is None:
        if not is_dataclass(value):
            raise TypeError(f"{kind.__name__} has no canonical form")
        names = _names[kind] = tuple(f.name for f in fields(value) if f.name not in _POSITIONS)
    content = {name: getattr(value, name) for name in names}
    return {k: list(v.values()) if isinstance(v, Mapping) else v for k, v in content.items()}

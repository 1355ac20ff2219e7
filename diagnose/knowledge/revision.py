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


def revised(knowledge: KnowledgeBase) -> KnowledgeBase:
    """The knowledge base with its revision: 16 hex digits of SHA-256 over its canonical JSON."""
    text = json.dumps(
        _plain(knowledge), default=_plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return replace(knowledge, revision=hashlib.sha256(text.encode()).hexdigest()[:16])


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

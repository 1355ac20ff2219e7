"""What differs between two knowledge bases of one handset and programme, field by field."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from diagnose.knowledge.model import (
    NOWHERE,
    Answer,
    Effects,
    KnowledgeBase,
    Place,
    Rule,
    Text,
    Trial,
)

from .rule_text import effects_text, premises_text

WORDS = frozenset(
    {"name", "ask", "say", "do", "text", "hint", "because", "steps", "prepare", "greeting", "said", "source"}
)
"""Fields that are read or read out, and on which no decision hangs."""
_NOT_TOLD = frozenset({"id", "origin", "number", "place"})
_SECTIONS = (
    "symptoms",
    "faults",
    "remedies",
    "alerts",
    "channels",
    "charges",
    "promises",
    "retailers",
    "classes",
)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs. ``field`` is empty for a part that was added (``old`` None) or removed.

    ``old`` and ``new`` are as an author would write them. ``words``: no decision hangs on it.
    """

    section: str
    id: str
    field: str
    old: str | None
    new: str | None
    words: bool
    place: Place

    @property
    def sentence(self) -> str:
        """What changed, in words."""
        part = f"{self.section} {self.id}".rstrip()
        if not self.field:
            return f"{part} {'added' if self.old is None else 'removed'}"
        if self.old is None:
            return f"{part}: {self.field} added: {self.new}"
        if self.new is None:
            return f"{part}: {self.field} removed (was {self.old})"
        return f"{part}: {self.field} {self.old} -> {self.new}"


def changes(old: KnowledgeBase, new: KnowledgeBase) -> tuple[Change, ...]:
    """Everything that differs, in the order of the sections, then of the text."""
    if old.revision == new.revision:
        return ()
    return tuple(_changes(old, new))


def _changes(old: KnowledgeBase, new: KnowledgeBase) -> Iterator[Change]:
    for section in _SECTIONS:
        yield from _parts(section, getattr(old, section), getattr(new, section))
    yield from _parts("rules", {r.id: r for r in old.rules}, {r.id: r for r in new.rules})
    yield from _order(old.rules, new.rules)
    yield from _parts("wrap_up", {w.id: w for w in old.wrap_up}, {w.id: w for w in new.wrap_up})
    yield from _fields("costs", "", old.costs, new.costs, NOWHERE)
    yield from _fields("callers", "", old.callers, new.callers, NOWHERE)
    looked_at = _facts(old) | _facts(new)
    place = new.handset.origin.place
    for change in _fields("handset", new.handset.id, old.handset, new.handset, place):
        yield _of_head(change, "handset", looked_at)
    if old.programme is not None and new.programme is not None:
        place = new.programme.origin.place
        for change in _fields("programme", new.programme.id, old.programme, new.programme, place):
            yield _of_head(change, "programme", looked_at)


def _facts(kb: KnowledgeBase) -> set[str]:
    """Every fact that a rule looks at."""
    return {c.fact for r in kb.rules for premises in r.alternatives for c in premises}


def _of_head(change: Change, owner: str, looked_at: set[str]) -> Change:
    """What nothing looks at decides nothing, but for the calendar, by which promises are dated."""
    name = change.field.removeprefix("attributes ")
    decides = name == "calendar" or f"{owner}.{name}" in looked_at
    return replace(change, words=not decides)


def _parts(section: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for id_ in dict.fromkeys((*old, *new)):
        if id_ not in new:
            yield Change(section, id_, "", "", None, False, _place(old[id_]))
        elif id_ not in old:
            yield Change(section, id_, "", None, "", section == "wrap_up", _place(new[id_]))
        elif new[id_] is not old[id_]:
            yield from _fields(section, id_, old[id_], new[id_], _place(new[id_]))


def _place(part: Any) -> Place:
    origin = getattr(part, "origin", None)
    if origin is None:
        return NOWHERE
    return origin.changed[-1][1] if origin.changed else origin.place  # type: ignore[no-any-return]


def _order(old: Iterable[Rule], new: Iterable[Rule]) -> Iterator[Change]:
    """Whether rules that both have come in another order: those of equal salience fire in it."""
    here, there = [r.id for r in old], [r.id for r in new]
    both = set(here) & set(there)
    before, after = [i for i in here if i in both], [i for i in there if i in both]
    if before != after:
        moved = next(i for i, (a, b) in enumerate(zip(before, after, strict=True)) if a != b)
        place = next(r.origin.place for r in new if r.id == after[moved])
        yield Change("rules", after[moved], "order", f"after {before[moved]}", "before it", False, place)


def _fields(section: str, id_: str, old: Any, new: Any, place: Place) -> Iterator[Change]:
    for field in fields(new):
        name = field.name
        if name in _NOT_TOLD:
            continue
        a, b = getattr(old, name), getattr(new, name)
        if a == b:
            continue
        if name == "answers":
            yield from _answers(section, id_, a, b, place)
        elif name == "shows":
            yield from _pairs(section, id_, "shows", dict(a), dict(b), place, _chances)
        elif name in ("attributes", "remedies", "wrong", "needless"):
            yield from _pairs(section, id_, name, dict(a), dict(b), place, _plain)
        else:
            words = name in WORDS or (section == "wrap_up")
            yield Change(section, id_, _written_name(name), _shown(a), _shown(b), words, place)


def _written_name(name: str) -> str:
    return {"alternatives": "when", "fault_class": "class", "trial": "try"}.get(name, name)


def _answers(
    section: str, id_: str, old: tuple[Answer, ...], new: tuple[Answer, ...], place: Place
) -> Iterator[Change]:
    here, there = {a.id: a for a in old}, {a.id: a for a in new}
    for answer in dict.fromkeys((*here, *there)):
        name = f"answer {answer}"
        if answer not in there:
            yield Change(section, id_, name, _plain(here[answer].background), None, False, place)
        elif answer not in here:
            yield Change(section, id_, name, None, _plain(there[answer].background), False, place)
        else:
            for change in _fields(section, id_, here[answer], there[answer], place):
                field = f"{name} {change.field}"
                yield Change(section, id_, field, change.old, change.new, change.words, place)
    if list(here) != list(there) and set(here) == set(there):
        yield Change(section, id_, "order of answers", ", ".join(here), ", ".join(there), False, place)


def _pairs(
    section: str,
    id_: str,
    name: str,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    place: Place,
    show: Callable[[Any], str],
) -> Iterator[Change]:
    for key in dict.fromkeys((*old, *new)):
        if old.get(key) != new.get(key):
            a = show(old[key]) if key in old else None
            b = show(new[key]) if key in new else None
            yield Change(section, id_, f"{name} {key}", a, b, False, place)


def _chances(chances: tuple[float, ...]) -> str:
    return " ".join(f"{p:.4g}" for p in chances)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _shown(value: Any) -> str:  # noqa: PLR0911 - one for each sort of value
    if isinstance(value, Text):
        return json.dumps(dict(value.versions), ensure_ascii=False)
    if isinstance(value, Effects):
        return effects_text(value)
    if isinstance(value, Trial):
        return f"{value.seconds:g} s, cures {value.cures:g}"
    if value is None:
        return "none"
    if isinstance(value, tuple):
        if value and hasattr(value[0], "fact"):
            return premises_text(value)
        return "[" + ", ".join(_shown(v) for v in value) + "]"
    return _plain(value)

"""What the words of a file name, by the keys that lead to them: a symptom, an answer to it, a remedy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from diagnose.authoring.checking.typed import ITEM, Path
from diagnose.knowledge.conditions import BELIEF, OWNERS
from diagnose.knowledge.model import VERDICTS
from diagnose.knowledge.shape import ENTRIES

KEY = "{}"
"""Stands in a pattern for the keys of a mapping."""
FREQUENCY = "frequencies"
_OUTCOME = {"remedy": "remedies", "channel": "channels", "charge": "charges", "promise": "promises"}
_EXPECTED = {
    **{field: what for field, what in _OUTCOME.items() if field != "promise"},
    **{"fault": "faults", "alerts": "alerts", "asked": "symptoms", "not_asked": "symptoms", "rules": "rules"},
}
_PREMISES = (
    *(f"{section} * needs" for section in ("symptoms", "faults", "remedies", "wrap_up")),
    *(f"{section} * when" for section in ("rules", "always", "never")),
    *(f"{section} * any {ITEM}" for section in ("rules", "always", "never")),
)


def _patterns() -> Iterator[tuple[str, str]]:
    """A pattern of keys (``*``: any), and what the words there name."""
    for section in ENTRIES:
        yield f"{section} {KEY}", section
        yield f"remove {section} {ITEM}", section
    for premises in _PREMISES:
        yield f"{premises} {KEY}", "facts"
        for test in ("*", f"* {ITEM}", "* not", f"* not {ITEM}"):
            yield f"{premises} {test}", "answers"
    for section in ("always", "never"):
        for field, what in _OUTCOME.items():
            for test in ("", f" {ITEM}", " not", f" not {ITEM}"):
                yield f"{section} * outcome {field}{test}", what
    for field, what in _EXPECTED.items():
        yield f"cases * expect {field}", what
        yield f"cases * expect {field} {ITEM}", what
    for given in ("facts", "complaint", "answers"):
        yield f"cases * {given} {KEY}", "symptoms"
        yield f"cases * {given} *", "answers"
    yield from _PLAIN.items()


_PLAIN = {
    "extends": "families",
    f"include {ITEM}": "parts",
    f"programmes {ITEM}": "programmes",
    f"retailers {ITEM}": "retailers",
    f"attributes {KEY}": "attributes",
    f"frequencies {KEY}": FREQUENCY,
    f"answer_sets {KEY}": "answer_sets",
    f"answer_sets * {KEY}": "answers of a set",
    "answer_sets * * background": FREQUENCY,
    f"classes {KEY}": "classes",
    "symptoms * answers": "answer_sets",
    f"symptoms * answers {KEY}": "answers",
    "symptoms * answers * background": FREQUENCY,
    "symptoms * background": FREQUENCY,
    "faults * class": "classes",
    "faults * remedy": "remedies",
    f"faults * also {ITEM}": "remedies",
    f"faults * shows {KEY}": "symptoms",
    "faults * shows *": FREQUENCY,
    f"faults * shows * {KEY}": "answers",
    "faults * shows * *": FREQUENCY,
    "remedies * try check": "symptoms",
    "remedies * try cures": FREQUENCY,
    f"remedies * cures {ITEM}": "classes",
    f"rules * then derive {KEY}": "facts",
    f"rules * then rule_out {ITEM}": "faults",
    "rules * then confirm": "faults",
    f"rules * then ask {ITEM}": "symptoms",
    f"rules * then skip {ITEM}": "symptoms",
    "rules * then alert": "alerts",
    f"rules * then forbid {ITEM}": "outcomes",
    "rules * then require": "outcomes",
    "rules * then channel": "channels",
    f"rules * then forbid_channel {ITEM}": "channels",
    "rules * then charge": "charges",
    "rules * then promise": "promises",
    f"wrap_up * remedies {ITEM}": "remedies",
    f"wrap_up * channels {ITEM}": "channels",
    f"weights {KEY}": "faults",
    f"costs remedies {KEY}": "remedies",
    f"cases {KEY}": "cases",
    "cases * handset": "handsets",
    "cases * programme": "programmes",
    "cases * retailer": "retailers",
    f"cases * tries {KEY}": "remedies",
}


def _tree() -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for pattern, what in _patterns():
        *way, last = pattern.split()
        node = tree
        for part in way:
            node = node.setdefault(part, {})
        node.setdefault(last, {})[""] = what
    return tree


_TREE = _tree()


class Role(NamedTuple):
    """What a word names: ``what`` (a section, ``answers``, ``facts``), of ``owner``, which it may define."""

    what: str
    owner: str = ""
    defines: bool = False


def role(kind: str, path: Path, key: bool) -> Role | None:
    """What a word at these keys of a file of this kind names; None when it names nothing."""
    changes = path[:1] == ("change",)
    way = path[1:] if changes else path
    node = _TREE
    for part in (*way, KEY) if key else way:
        node = node.get(part) or node.get("*", {})
    what = node.get("")
    if what is None:
        return None
    if what == "attributes":
        return Role(what, "handset" if kind == "family" else kind, True)
    if what == "answers of a set":
        return Role(what, way[1], True)
    if what == "answers":
        owner = next(part for part in reversed(way) if part not in (ITEM, "not", "answers"))
        return Role(what, owner, key and way[0] == "symptoms" and not changes)
    if what == "facts":
        return Role(what, "", way[0] == "rules" and way[2:] == ("then", "derive"))
    return Role(what, "", key and not changes and way == (what,))


class Name(NamedTuple):
    """What a word, or a part of it from ``skip`` letters on, names: an id of a section."""

    what: str
    id: str
    skip: int = 0
    length: int = 0


def name(of: Role, text: str) -> Name | None:
    """What a word with this role names; None for what is no id: a verdict, the class in front."""
    if of.what == "attributes":
        return Name("attributes", f"{of.owner}.{text}", 0, len(text))
    if of.owner == BELIEF:
        return Name("classes", text, 0, len(text))
    if of.what in ("answers", "answers of a set"):
        return Name(of.what, f"{of.owner}={text}", 0, len(text))
    if of.what == "outcomes":
        return None if text in VERDICTS else Name("remedies", text, 0, len(text))
    return _fact(text) if of.what == "facts" else Name(of.what, text, 0, len(text))


def _fact(text: str) -> Name | None:
    owner, dot, rest = text.partition(".")
    if text == BELIEF:
        return None
    if owner == "tried" and dot:
        return Name("remedies", rest, len("tried."), len(rest))
    if owner in OWNERS and dot:
        return Name("attributes", text, 0, len(text))
    return Name("symptoms", owner, 0, len(owner))

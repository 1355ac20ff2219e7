"""What each kind of file and entry looks like: one description, read by the checks and by JSON Schema.

A shape is a value with two readings: ``check`` adds what is wrong with a node to a list of problems and says
whether the node is fine; ``schema`` is the same as JSON Schema, draft 7. What needs more than one
entry to decide (references, backgrounds) is not here but in ``link``.
"""

# ruff: noqa: D102 - check and schema mean what Shape says, in every shape

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol

from .model import LANGUAGES, SYMPTOM_KINDS, VERDICTS, Place
from .problems import Problem, closest, did_you_mean
from .sharing import shared
from .source import Node

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


def _wrong(node: Node, wanted: str, out: Problems, mend: str = "") -> bool:
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
            return _wrong(node, self.what, out, "put it in quotes" if plain else "")
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
            return _wrong(node, f"one of {', '.join(self.words)}", out)
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
            return _wrong(node, "a whole number" if self.whole else "a number", out)
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


@dataclass(frozen=True)
class Flag:
    """true or false."""

    def check(self, node: Node, out: Problems) -> bool:
        if not isinstance(node.value, bool):
            return _wrong(node, "true or false", out, "yes and no are words here")
        return True

    def schema(self) -> Json:
        return {"type": "boolean"}


@dataclass(frozen=True)
class AnyScalar:
    """A word, a number, true or false."""

    def check(self, node: Node, out: Problems) -> bool:
        if node.value is None or isinstance(node.value, (dict, list)):
            return _wrong(node, "a word, a number, true or false", out)
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
            return _wrong(node, "a frequency (a word, or a number from 0 to 1)", out)
        return Number(0, 1).check(node, out)

    def schema(self) -> Json:
        return {"anyOf": [{"type": "string"}, {"type": "number", "minimum": 0, "maximum": 1}]}


@dataclass(frozen=True)
class ListOf:
    """A list of items of one shape."""

    item: Shape
    empty: bool = True

    def check(self, node: Node, out: Problems) -> bool:
        if not isinstance(node.value, list):
            plain = node.value is not None and not isinstance(node.value, dict)
            return _wrong(node, "a list", out, f"write [{node.text}]" if plain else "")
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
            return _wrong(node, "a mapping", out)
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
            return _wrong(node, self.what, out)
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
            return _wrong(node, self.what, out)
        return shape.check(node, out)

    def schema(self) -> Json:
        shapes = (self.scalar, self.mapping, self.items)
        return {"anyOf": [shape.schema() for shape in shapes if shape is not None]}


def _partial(shape: Shape) -> Shape:
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


ID = Word("an id", r"[a-z0-9][a-z0-9_-]*", "small letters, digits, _ and -")
IDS = ListOf(ID)
NAME = Word("a name")
FACT = Word(
    "the name of a fact",
    r"[a-z0-9][a-z0-9_-]*(?:\.[a-z0-9][a-z0-9_-]*)?",
    "small letters, digits, _, - and one dot",
)
PATH = Word(
    "a path below the knowledge folder",
    r"(?:[A-Za-z0-9_][A-Za-z0-9_.-]*/)*[A-Za-z0-9_][A-Za-z0-9_.-]*\.yaml",
    "such as parts/gsm/power.yaml",
)
HOUR = Word("an hour", r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", 'such as "18:00"')
SPOKEN = Word("a sentence")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EUROS = Number(0)
FREQUENCY = Frequency()
PHRASES = ListOf(Word("a phrase"))

_LANGUAGES = {
    "en": Field(SPOKEN, "the English words", True),
    "fr": Field(SPOKEN, "the French words", True),
    "en-dealer": Field(SPOKEN, "the English words to a dealer, where they differ"),
    "fr-dealer": Field(SPOKEN, "the French words to a dealer, where they differ"),
}
TEXT = Record("a text", _LANGUAGES)
TEXTS = ListOf(TEXT)
SAID = Record(
    "said",
    {
        "en": Field(PHRASES, "lay phrases in English", True),
        "fr": Field(PHRASES, "lay phrases in French", True),
    },
)


def _answer(background_required: bool) -> Record:
    return Record(
        "an answer",
        _LANGUAGES
        | {
            "background": Field(FREQUENCY, "P(answer) when no fault bears on it", background_required),
            "said": Field(SAID, "lay phrases by which a caller volunteers it"),
        },
    )


ATTRIBUTES = MapOf(AnyScalar(), ID, nullable=True, reserved=("id", "brand"))
PREMISES = MapOf(
    ByForm(
        "what the fact must be",
        scalar=AnyScalar(),
        items=ListOf(AnyScalar(), empty=False),
        mapping=Record(
            "a test of a fact",
            {
                "not": Field(
                    ByForm("a value", scalar=AnyScalar(), items=ListOf(AnyScalar(), empty=False)),
                    "the fact is known and is none of these",
                ),
                "at_least": Field(Number(), "the fact is a number, this or more"),
                "at_most": Field(Number(), "the fact is a number, this or less"),
            },
        ),
    ),
    FACT,
)
OUTCOMES = ("cured", "not_cured", "before", "declined")
"""What can come of a remedy tried on the phone."""
SOURCE = Field(NAME, "where figures and substance come from: a reference, or estimate")
NEEDS = Field(PREMISES, "premises that must hold for it to apply")
FORMERLY = Field(IDS, "ids that it had before")


def _value(shape: Shape) -> ByForm:
    """A value of an outcome, several of which one must be, or ``not:`` with those that it must not be."""
    several = ListOf(shape, empty=False)
    either = ByForm("a value, or a list", scalar=shape, items=several)
    other = Record("a test", {"not": Field(either, "it is none of these", True)})
    return ByForm("a value, a list, or not:", scalar=shape, items=several, mapping=other)


def _invariant(what: str) -> Record:
    return Record(
        what,
        {
            "when": Field(PREMISES, "premises, all of which must hold; without: of every call"),
            "any": Field(ListOf(PREMISES, empty=False), "mappings of premises, one of which must hold"),
            "outcome": Field(
                Record(
                    "an outcome",
                    {
                        "verdict": Field(_value(OneOf(VERDICTS)), "advice, repair, exchange or visit"),
                        "remedy": Field(_value(ID), "what is done"),
                        "channel": Field(_value(ID), "the way it travels"),
                        "charge": Field(_value(ID), "who pays"),
                        "promise": Field(_value(ID), "what is promised"),
                        "carrier": Field(Flag(), "it is handed to a parcel carrier"),
                        "free": Field(Flag(), "it is free to the caller"),
                    },
                ),
                "what an outcome is",
                True,
            ),
            "because": Field(NAME, "the reason, for whoever reads the proof"),
            "source": SOURCE,
        },
    )


ENTRIES: Mapping[str, Record] = {
    "symptoms": Record(
        "a symptom",
        {
            "kind": Field(OneOf(SYMPTOM_KINDS), "what sort of question it is", True),
            "seconds": Field(Number(0), "seconds of talk to ask and be answered", True),
            "ask": Field(TEXT, "what the operator reads out", True),
            "name": Field(TEXT, "a short label, for lists"),
            "hint": Field(TEXT, "for the operator, not read out"),
            "background": Field(FREQUENCY, "P(yes) when the fault at hand has no bearing on it"),
            "said": Field(SAID, "lay phrases by which a caller volunteers it"),
            "answers": Field(
                ByForm(
                    "an answer set, or a mapping of answers",
                    scalar=Word("the name of an answer set"),
                    mapping=MapOf(_answer(True), ID, reserved=("unknown",)),
                ),
                "an answer set of words.yaml, a mapping of answers, date, text or retailers",
            ),
            "pattern": Field(Word("a pattern"), "the regular expression that a typed answer matches"),
            "needs": NEEDS,
            "ends_call": Field(Flag(), "cannot be done while talking on the very handset"),
            "formerly": FORMERLY,
            "source": SOURCE,
        },
    ),
    "faults": Record(
        "a fault",
        {
            "name": Field(TEXT, "what it is called", True),
            "per_1000": Field(Number(0, 1000), "of 1000 calls, how many have it", True),
            "class": Field(ID, "a fault class of words.yaml", True),
            "remedy": Field(ID, "the remedy that is right for it"),
            "also": Field(IDS, "other remedies that cure it"),
            "shows": Field(
                MapOf(
                    ByForm(
                        "a frequency, or a frequency for each answer",
                        scalar=FREQUENCY,
                        mapping=MapOf(FREQUENCY, ID, reserved=("unknown",)),
                    ),
                    ID,
                ),
                "symptom -> how often this fault shows it",
            ),
            "needs": NEEDS,
            "formerly": FORMERLY,
            "source": SOURCE,
        },
    ),
    "remedies": Record(
        "a remedy",
        {
            "verdict": Field(OneOf(VERDICTS), "the verdict that it belongs to", True),
            "name": Field(TEXT, "what it is called", True),
            "say": Field(TEXT, "the words to the caller", True),
            "euros": Field(EUROS, "what it costs the desk when it is right", True),
            "steps": Field(TEXTS, "one by one, when done on the phone"),
            "prepare": Field(TEXTS, "what the caller does beforehand"),
            "try": Field(
                Record(
                    "a try",
                    {
                        "seconds": Field(Number(0), "seconds that it takes", True),
                        "cures": Field(FREQUENCY, "P(cured | a fault that it is for)", True),
                        "check": Field(ID, "the yes/no symptom that asks for the very same"),
                        "ends_call": Field(Flag(), "cannot be done while talking on the very handset"),
                    },
                ),
                "it can be tried during the call",
            ),
            "cures": Field(IDS, "classes of fault it cures besides the faults that name it"),
            "needs": NEEDS,
            "source": SOURCE,
        },
    ),
    "alerts": Record(
        "an alert",
        {
            "severity": Field(OneOf(("danger", "warning")), "danger unless given"),
            "say": Field(TEXT, "what is read out at once", True),
            "do": Field(TEXT, "what the operator does", True),
            "source": SOURCE,
        },
    ),
    "rules": Record(
        "a rule",
        {
            "when": Field(PREMISES, "premises, all of which must hold"),
            "any": Field(ListOf(PREMISES, empty=False), "mappings of premises, one of which must hold"),
            "then": Field(
                Record(
                    "then",
                    {
                        "derive": Field(MapOf(AnyScalar(), ID), "facts that follow"),
                        "rule_out": Field(IDS, "faults that it is not"),
                        "confirm": Field(ID, "the fault that it is"),
                        "ask": Field(IDS, "symptoms to ask before anything else"),
                        "skip": Field(IDS, "symptoms that do not apply"),
                        "alert": Field(ID, "the alert to give"),
                        "forbid": Field(IDS, "verdicts or remedies that must not be"),
                        "require": Field(ID, "the verdict or remedy that must be"),
                        "channel": Field(ID, "the way it travels"),
                        "forbid_channel": Field(IDS, "ways it must not travel"),
                        "charge": Field(ID, "who pays"),
                        "promise": Field(ID, "what is promised"),
                    },
                ),
                "what follows",
                True,
            ),
            "because": Field(TEXT, "the reason, as it is told"),
            "salience": Field(Number(whole=True), "higher fires first, 0 unless given"),
            "source": SOURCE,
        },
    ),
    "channels": Record(
        "a channel",
        {
            "name": Field(TEXT, "what it is called", True),
            "carrier": Field(Flag(), "handed to a parcel carrier"),
            "verdicts": Field(ListOf(OneOf(VERDICTS)), "verdicts that take it unless a rule says otherwise"),
            "source": SOURCE,
        },
    ),
    "charges": Record(
        "a charge",
        {
            "name": Field(TEXT, "what it is called", True),
            "free": Field(Flag(), "free to the caller"),
            "source": SOURCE,
        },
    ),
    "promises": Record(
        "a promise",
        {
            "say": Field(TEXT, "the words to the caller, with {day} and {hour}", True),
            "days": Field(Number(0, whole=True), "working days after the order", True),
            "by": Field(HOUR, "until this hour of that day"),
            "cut_off": Field(HOUR, "an order after this hour counts as the next day's"),
            "source": SOURCE,
        },
    ),
    "wrap_up": Record(
        "a line of the wrap-up",
        {
            "text": Field(TEXT, "what the operator does before closing", True),
            "verdicts": Field(ListOf(OneOf(VERDICTS)), "with these verdicts only"),
            "needs": NEEDS,
            "source": SOURCE,
        },
    ),
    "always": _invariant("what must always be"),
    "never": _invariant("what must never be"),
}
"""Sections that are mappings from id to entry."""

_ANSWERED = MapOf(AnyScalar(), ID)
_ONE = ByForm("one word, or a list of which one comes out", ID, items=ListOf(ID, empty=False))
_SEVERAL = ByForm("ids", ID, items=IDS)
EXPECT = Record(
    "what is expected",
    {
        "verdict": Field(
            ByForm("a verdict", OneOf(VERDICTS), items=ListOf(OneOf(VERDICTS), empty=False)), "one of these"
        ),
        "remedy": Field(_ONE, "the remedy, or a list of those that may come out"),
        "fault": Field(_ONE, "the fault in front at the end"),
        "channel": Field(_ONE, "the way it travels"),
        "charge": Field(_ONE, "who pays"),
        "promise": Field(Word("an hour, or none"), "the promised day and hour, or none"),
        "alerts": Field(_SEVERAL, "these alerts and no others"),
        "asked": Field(_SEVERAL, "at least these are asked"),
        "not_asked": Field(_SEVERAL, "none of these is asked"),
        "rules": Field(_SEVERAL, "at least these rules fire"),
    },
)
_TIME = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:[+-][0-9]{2}:[0-9]{2}|Z)?"
CASE = Record(
    "a case",
    {
        "handset": Field(ID, "the handset", True),
        "programme": Field(ID, "who answers for it; else its first"),
        "retailer": Field(ID, "where it was bought"),
        "on": Field(
            Word(
                "a day", rf"[0-9]{{4}}(?:-[0-9]{{2}}){{2}}(?:[T ]{_TIME})?", "1998-03-02 or 1998-03-02T10:15"
            ),
            "when the call is",
        ),
        "language": Field(OneOf(LANGUAGES), "the caller's language, en unless given"),
        "facts": Field(_ANSWERED, "what the desk knows from the start: symptom -> answer"),
        "complaint": Field(_ANSWERED, "what the caller says of himself: symptom -> answer"),
        "answers": Field(_ANSWERED, "what he would say if asked; anything else he does not know"),
        "tries": Field(MapOf(OneOf(OUTCOMES), ID), "what comes of a remedy tried; else it is declined"),
        "expect": Field(EXPECT, "what must come out"),
    },
)

_BY_VERDICT = Record("a mapping of verdicts", {v: Field(EUROS, "euros") for v in VERDICTS})
COSTS = Record(
    "costs",
    {
        "talk_per_hour": Field(EUROS, "an hour of talk"),
        "second_best": Field(EUROS, "a remedy that cures but is not the fault's own"),
        "missed_safety": Field(EUROS, "a danger that was not seen"),
        "unproven": Field(EUROS, "a remedy that could be tried on the phone is only told"),
        "remedies": Field(MapOf(EUROS, ID, nullable=True), "remedy -> its cost when it is right"),
        "wrong": Field(_BY_VERDICT, "verdict -> on top, when it does not cure"),
        "needless": Field(_BY_VERDICT, "verdict -> on top, when nothing was wrong"),
    },
)
CALLERS = Record(
    "how callers answer",
    {
        "dont_know": Field(Number(0, 0.9), "share of questions that they cannot answer"),
        "misreport": Field(Number(0, 0.4), "share of answers that are not so"),
        "bystander": Field(Number(0, 1), "how readily they complain of a sign that the fault does not show"),
        "temperature": Field(Number(0.1, 100), "above 1: their answers tell less than the frequencies say"),
    },
)
SECTIONS: Mapping[str, MapOf | Record] = {
    **{section: MapOf(entry, ID) for section, entry in ENTRIES.items()},
    "remedies": MapOf(ENTRIES["remedies"], ID, reserved=VERDICTS),
    "costs": COSTS,
}
CHANGES: Mapping[str, MapOf | Record] = {
    **{section: MapOf(_partial(entry), ID) for section, entry in ENTRIES.items()},
    "costs": COSTS,
}

_CHANGE = Record("change", {section: Field(shape, "fields to replace") for section, shape in CHANGES.items()})
_BLOCKS: dict[str, Field] = {
    **{section: Field(shape, f"the {section} that this file adds") for section, shape in SECTIONS.items()},
    "change": Field(
        _CHANGE,
        "fields to replace in what an earlier layer wrote",
    ),
    "remove": Field(
        Record("remove", {section: Field(IDS, "ids") for section in ENTRIES}),
        "ids that an earlier layer wrote, to be taken out",
    ),
    "weights": Field(MapOf(Number(0), ID), "fault -> factor on per_1000"),
}
_INCLUDE = Field(ListOf(PATH), "parts whose sections belong here")


def _file(kind: str, what: str, head: Mapping[str, Field], sections: bool = False) -> Record:
    first = {"kind": Field(OneOf((kind,)), "what this file is", True), "source": SOURCE}
    return Record(what, first | dict(head) | ({"include": _INCLUDE} | _BLOCKS if sections else {}))


FILES: Mapping[str, Record] = {
    "words": _file(
        "words",
        "the words",
        {
            "frequencies": Field(MapOf(Number(0, 1), ID), "word -> probability", True),
            "callers": Field(CALLERS, "how callers answer"),
            "answer_sets": Field(
                MapOf(MapOf(_answer(False), ID, reserved=("unknown",)), ID), "sets of answers by name", True
            ),
            "classes": Field(
                MapOf(
                    Record(
                        "a fault class",
                        {
                            "name": Field(TEXT, "what it is called", True),
                            "sound": Field(Flag(), "nothing is wrong with the handset"),
                            "danger": Field(Flag(), "somebody may be hurt"),
                        },
                    ),
                    ID,
                ),
                "classes of fault",
                True,
            ),
        },
    ),
    "family": _file(
        "family",
        "a family",
        {
            "name": Field(TEXT, "what it is called", True),
            "extends": Field(ID, "the family whose knowledge it has too"),
            "attributes": Field(ATTRIBUTES, "facts about its handsets"),
            "callers": Field(CALLERS, "how its callers answer, where other than in words.yaml"),
        },
        sections=True,
    ),
    "handset": _file(
        "handset",
        "a handset",
        {
            "brand": Field(NAME, "who made it", True),
            "name": Field(NAME, "what it is called", True),
            "extends": Field(ID, "its family", True),
            "attributes": Field(ATTRIBUTES, "facts about it"),
            "programmes": Field(IDS, "who may answer for it; the first unless one is named"),
        },
        sections=True,
    ),
    "programme": _file(
        "programme",
        "a programme",
        {
            "name": Field(TEXT, "what it is called", True),
            "attributes": Field(ATTRIBUTES, "facts about it"),
            "retailers": Field(IDS, "shops that take part"),
            "calendar": Field(
                Record(
                    "a calendar",
                    {
                        "country": Field(Word("a country", "[A-Z]{2}", "two capitals"), "with its holidays"),
                        "closed": Field(ListOf(OneOf(WEEKDAYS)), "days of the week off"),
                        "subdivision": Field(Word("a subdivision"), "with holidays of its own"),
                    },
                ),
                "its working days",
            ),
            "greeting": Field(TEXT, "the first words of a call"),
        },
        sections=True,
    ),
    "part": _file("part", "a part", {}, sections=True),
    "retailer": _file(
        "retailer",
        "a retailer",
        {
            "name": Field(NAME, "what it is called", True),
            "attributes": Field(ATTRIBUTES, "facts about it"),
        },
    ),
    "cases": _file("cases", "a file of cases", {"cases": Field(MapOf(CASE, ID), "name -> case", True)}),
}
"""Every kind of file."""


Spot = tuple[str] | tuple[str, str] | tuple[str, str, str]
"""A path of keys in a file: (field,), (section, id) or ("change", section, id)."""


class Checked(NamedTuple):
    """What is wrong with a file, and the fields and entries that nobody should read for it."""

    problems: tuple[Problem, ...]
    broken: frozenset[Spot]


_NAMED = MapOf(AnyScalar(), ID)


def check_file(node: Node, kind: str) -> Checked:
    """The file against the shape of its kind; an error in one entry does not spoil the others."""
    out: Problems = []
    broken: set[Spot] = set()
    record = FILES[kind]
    if not isinstance(node.value, dict):
        record.check(node, out)
        return Checked(tuple(out), frozenset({("kind",)}))
    for spot, shape, parent, key in _spots(node, record, out):
        entry = parent.entries[key]
        fine = True
        if len(spot) > 1:
            names = SECTIONS[spot[0]] if len(spot) == 2 and spot[0] in ENTRIES else None
            fine = (names if isinstance(names, MapOf) else _NAMED).check_key(key, parent, out)
        if isinstance(shape, Record) and isinstance(entry.value, dict) and not shape.partial:
            # Said at the entry's key: that is where its author looks for it.
            fine = replace(shape, partial=True).check(entry, out) and fine
            fine = shape.complete(entry, parent.key_place(key), out) and fine
        else:
            fine = shape.check(entry, out) and fine
        if not fine:
            broken.add(spot)
    record.complete(node, node.place, out)
    return Checked(tuple(out), frozenset(broken))


def _spots(node: Node, record: Record, out: Problems) -> Iterator[tuple[Spot, Shape, Node, str]]:
    """Every field of the head and every entry of a section: where, of what shape, in what, by what key."""
    for key, entry in node.entries.items():
        field = record.fields.get(key)
        if field is None:
            record.unknown(key, node, out)
        elif entry.value is None and not field.required:
            continue
        elif key in ENTRIES and isinstance(entry.value, dict):
            for id_ in entry.entries:
                yield (key, id_), ENTRIES[key], entry, id_
        elif key == "change" and isinstance(entry.value, dict):
            yield from _changes(entry, out)
        else:
            yield (key,), field.shape, node, key


def _changes(change: Node, out: Problems) -> Iterator[tuple[Spot, Shape, Node, str]]:
    for section, entry in change.entries.items():
        shape = CHANGES.get(section)
        if shape is None:
            _CHANGE.unknown(section, change, out)
        elif isinstance(shape, MapOf) and isinstance(entry.value, dict):
            for id_ in entry.entries:
                yield ("change", section, id_), shape.item, entry, id_
        elif entry.value is not None:
            yield ("change", section), shape, change, section


def json_schema(kind: str) -> Json:
    """The JSON Schema, draft 7, of a kind of file (``words``, ``family``, ``handset``, ...)."""
    return schema_of(FILES[kind])


def schema_of(file: Record) -> Json:
    """The JSON Schema, draft 7, of a file of that shape."""
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "title": file.what}
    return head | shared(file.schema())

"""Every kind of file: its head, and the sections that it may have."""

from __future__ import annotations

from collections.abc import Mapping

from ..model import VERDICTS
from ..sharing import shared
from .cases import CASE
from .entries import ENTRIES
from .forms import Flag, Json, Number, OneOf, Word
from .records import ByForm, Field, ListOf, MapOf, Record, partial
from .vocabulary import ATTRIBUTES, EUROS, ID, IDS, NAME, PATH, SOURCE, TEXT, WEEKDAYS, answer

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
    **{section: MapOf(partial(entry), ID) for section, entry in ENTRIES.items()},
    "costs": COSTS,
}

CHANGE = Record("change", {section: Field(shape, "fields to replace") for section, shape in CHANGES.items()})
_BLOCKS: dict[str, Field] = {
    **{section: Field(shape, f"the {section} that this file adds") for section, shape in SECTIONS.items()},
    "change": Field(
        CHANGE,
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
                MapOf(MapOf(answer(False), ID, reserved=("unknown",)), ID), "sets of answers by name", True
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
            "name": Field(
                ByForm("a name, or one in each language", scalar=NAME, mapping=TEXT),
                "what it is called",
                True,
            ),
            "attributes": Field(ATTRIBUTES, "facts about it"),
        },
    ),
    "cases": _file("cases", "a file of cases", {"cases": Field(MapOf(CASE, ID), "name -> case", True)}),
}
"""Every kind of file."""


def json_schema(kind: str) -> Json:
    """The JSON Schema, draft 7, of a kind of file (``words``, ``family``, ``handset``, ...)."""
    return schema_of(FILES[kind])


def schema_of(file: Record) -> Json:
    """The JSON Schema, draft 7, of a file of that shape."""
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "title": file.what}
    return head | shared(file.schema())

"""The entries of each section: symptoms, faults, remedies, rules, and what must hold of outcomes."""

from __future__ import annotations

from collections.abc import Mapping

from ..model import SYMPTOM_KINDS, VERDICTS
from .forms import AnyScalar, Flag, Number, OneOf, Shape, Word
from .records import ByForm, Field, ListOf, MapOf, Record
from .vocabulary import (
    EUROS,
    FORMERLY,
    FREQUENCY,
    HOUR,
    ID,
    IDS,
    NAME,
    NEEDS,
    PREMISES,
    SAID,
    SOURCE,
    TEXT,
    TEXTS,
    answer,
)


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
                    mapping=MapOf(answer(True), ID, reserved=("unknown",)),
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
            "say": Field(TEXT, "what is read out of it with the verdict"),
            "source": SOURCE,
        },
    ),
    "charges": Record(
        "a charge",
        {
            "name": Field(TEXT, "what it is called", True),
            "free": Field(Flag(), "free to the caller"),
            "say": Field(TEXT, "what is read out of it with the verdict"),
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
            "remedies": Field(IDS, "with these remedies only"),
            "channels": Field(IDS, "with these channels only"),
            "promised": Field(Flag(), "only when a day is promised"),
            "needs": NEEDS,
            "source": SOURCE,
        },
    ),
    "always": _invariant("what must always be"),
    "never": _invariant("what must never be"),
}
"""Sections that are mappings from id to entry."""

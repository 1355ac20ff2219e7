"""What every kind of file speaks in: ids, texts in two languages, premises, sources."""

from __future__ import annotations

from .forms import AnyScalar, Frequency, Number, Word
from .records import ByForm, Field, ListOf, MapOf, Record

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


def answer(background_required: bool) -> Record:
    """An answer; of a symptom it must say how frequent it is, in a set of answers it may."""
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

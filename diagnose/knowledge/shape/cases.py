"""A written case: who calls, what he says, and what must come out."""

from __future__ import annotations

from ..model import LANGUAGES, VERDICTS
from .forms import AnyScalar, OneOf, Word
from .records import ByForm, Field, ListOf, MapOf, Record
from .vocabulary import ID, IDS, OUTCOMES

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

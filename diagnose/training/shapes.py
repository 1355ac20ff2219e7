"""What each file of the trainer's room looks like, by the same description as the knowledge's own files."""

from __future__ import annotations

from collections.abc import Mapping

from diagnose.knowledge.model import LANGUAGES, VERDICTS
from diagnose.knowledge.shape import (
    ID,
    SOURCE,
    TEXT,
    AnyScalar,
    ByForm,
    Field,
    Flag,
    ListOf,
    MapOf,
    Number,
    OneOf,
    Record,
    Word,
)

KINDS = (*VERDICTS, "danger")
"""Kinds of call: the verdict that is right, or ``danger`` when somebody may be hurt."""
MEASURES = (
    "safety_asked", "right_verdict", "right_remedy", "talk_time", "needless_questions", "asked_twice",
    "heard", "promise", "refusal", "words_read", "wrap_up",
)  # fmt: skip
"""What is judged from the transcript; a criterion of another name is judged by hand."""
AUTO_FAILS = ("safety_missed", "exchange_outside_policy", "unsafe_battery_by_carrier")
DIFFICULTIES = ("easy", "medium", "hard")
OCCASIONS = (
    "hello", "hello_vague", "back", "yes", "yes_looks", "yes_tests", "yes_recalls", "no", "no_looks",
    "no_tests", "no_recalls", "answer", "answer_looks", "date", "dont_know", "dont_know_looks",
    "dont_know_tests", "dont_know_recalls", "waits", "again", "volunteer", "something_else", "and_also",
    "nothing_else", "grumbles", "cross", "hangs_up", "not_here", "refuse_test", "refuse_try", "tried_before",
    "done_before", "doing", "cured", "not_cured", "pays", "sent_away", "thanks", "refuse_data", "refuse_pay",
    "refuse_wait", "gives_in", "insists", "resigned",
)  # fmt: skip
"""When a virtual caller says something."""

_SHARE = Number(0, 1)
_SECONDS = Number(1, 86_400)
_LINES = Record(
    "what is said",
    {
        language: Field(ListOf(Word("a line"), empty=False), "lines, one drawn", True)
        for language in LANGUAGES
    },
)
_CRITERION = Record(
    "a criterion",
    {
        "weight": Field(Number(0, 100), "points of the hundred", True),
        "text": Field(TEXT, "what it is called", True),
        "measure": Field(OneOf(MEASURES), "how it is judged, where its name does not say"),
        "target": Field(_SECONDS, "talk_time: seconds for full marks"),
        "zero_at": Field(_SECONDS, "talk_time: seconds from which there are none"),
        "euros": Field(Number(0, 1000), "needless_questions: what a question may cost beyond the best step"),
        "each": Field(_SHARE, "share that each one takes off"),
        "misled": Field(_SHARE, "share that is left when the caller misled"),
    },
)
EXERCISE = Record(
    "an exercise",
    {
        "id": Field(ID, "its name in the course"),
        "handset": Field(ID, "about which handset"),
        "programme": Field(ID, "who answers for it; else the handset's first"),
        "fault": Field(ID, "a class of faults, or one fault; else any"),
        "seed": Field(Number(0, 2**31, whole=True), "same seed, same caller"),
        "difficulty": Field(OneOf(DIFFICULTIES), "of the caller"),
        "language": Field(OneOf(LANGUAGES), "of the caller; else the trainee's"),
        "free": Field(Flag(), "nothing is proposed"),
        "transcript": Field(
            Word("a file"), "the recorded call whose caller answers, from the course's folder"
        ),
        "on": Field(
            Word("a time", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", "as in 1998-03-02T10:00:00+01:00"),
            "when he calls",
        ),
    },
)


def _file(kind: str, what: str, fields: Mapping[str, Field]) -> Record:
    return Record(what, {"kind": Field(OneOf((kind,)), "what this file is", True), **fields})


FILES: Mapping[str, Record] = {
    "rubric": _file(
        "rubric",
        "a rubric",
        {
            "source": SOURCE,
            "name": Field(TEXT, "what it is called", True),
            "about": Field(TEXT, "which calls it is for"),
            "calls": Field(ListOf(OneOf(KINDS)), "kinds of call, by the right verdict", True),
            "pass_mark": Field(Number(0, 100), "points of 100", True),
            "criteria": Field(MapOf(_CRITERION, ID), "what is judged; the weights sum to 100", True),
            "auto_fail": Field(ListOf(OneOf(AUTO_FAILS)), "what fails a call whatever its points"),
        },
    ),
    "course": _file(
        "course",
        "a course",
        {
            "source": SOURCE,
            "name": Field(TEXT, "what it is called", True),
            "about": Field(TEXT, "who it is for"),
            "exercises": Field(ListOf(EXERCISE, empty=False), "the exercises in their order", True),
        },
    ),
    "voices": _file(
        "voices",
        "the voices of virtual callers",
        {
            "source": SOURCE,
            "difficulties": Field(
                Record(
                    "difficulties",
                    {
                        name: Field(
                            Record(
                                "a difficulty",
                                {
                                    "dont_know": Field(_SHARE, "share of questions he cannot answer", True),
                                    "misreport": Field(_SHARE, "share he answers wrongly", True),
                                    "volunteers": Field(_SHARE, "chance of one more thing said", True),
                                    "refuses": Field(_SHARE, "chance that he does nothing long", True),
                                    "objects": Field(
                                        _SHARE, "chance, on each ground, that he refuses the verdict", True
                                    ),
                                    "gives_in": Field(_SHARE, "chance that explaining it moves him", True),
                                    "did_before": Field(
                                        _SHARE, "chance that he did before what does not help", True
                                    ),
                                    "patience": Field(_SECONDS, "seconds until he grumbles", True),
                                    "hangs_up": Field(Number(0, 86_400), "seconds until he leaves; 0: never"),
                                },
                            ),
                            f"{name} callers",
                            True,
                        )
                        for name in DIFFICULTIES
                    },
                ),
                "how hard callers make it",
                True,
            ),
            "data": Field(
                Record(
                    "what is at stake",
                    {
                        "erased_by": Field(ListOf(ID), "remedies after which nothing is left on the phone"),
                        "saved": Field(ID, "the symptom whose yes is that it is kept elsewhere"),
                    },
                ),
                "when a caller fears for what is on his phone",
            ),
            "lines": Field(
                Record("lines", {name: Field(_LINES, "lines for it", True) for name in OCCASIONS}),
                "what they say, by occasion",
                True,
            ),
            "answers": Field(
                MapOf(
                    _LINES,
                    Word(
                        "symptom.answer", r"[a-z0-9][a-z0-9_-]*\.[a-z0-9][a-z0-9_-]*", "an id, a dot, an id"
                    ),
                ),
                "what is said to some answers, where nobody would say them as they are written",
            ),
        },
    ),
    "evaluation": _file(
        "evaluation",
        "an evaluation",
        {
            "evaluator": Field(Word("a name"), "whose findings", True),
            "calls": Field(
                MapOf(
                    MapOf(
                        ByForm(
                            "a share from 0 to 1, or {share:, comment:}",
                            scalar=_SHARE,
                            mapping=Record(
                                "a finding",
                                {
                                    "share": Field(_SHARE, "what was earned, 0 to 1", True),
                                    "comment": Field(AnyScalar(), "why"),
                                },
                            ),
                        ),
                        ID,
                    ),
                    Word("a call"),
                ),
                "call -> criterion -> what was found",
                True,
            ),
        },
    ),
}
"""Every kind of file."""

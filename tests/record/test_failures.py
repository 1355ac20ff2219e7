"""What hinders the record of a call is said in both languages, with what to do."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from diagnose.knowledge.model import Place, Text
from diagnose.knowledge.problems import Problem
from diagnose.record import failures, kept, keys
from diagnose.record.failures import AlreadyOpen, Busy, CannotRecord, spoken, why

SAID = {name: value for name, value in vars(failures).items() if isinstance(value, Text)} | {
    "broken": failures.broken(Problem(Place("a.jsonl", 7, 1), "T108", "this line was altered")),
    "otherwise": failures.otherwise(7, "10:00", "1998-03-02.jsonl:4"),
    "too_many_lines": failures.too_many_lines(1000),
    "too_much": failures.too_much(1000),
    "opened, not entered": failures.not_entered(failures.BUSY, sealed=False),
    "sealed, not entered": failures.not_entered(failures.BUSY, sealed=True),
    "clock": failures.clock_went_back("11:00", "10:00"),
    "no key": keys.NO_KEY,
    "shared key": keys.SHARED,
    "not installed": keys.NOT_INSTALLED,
    "no address": kept.NAMES_NONE,
}
USUAL = (
    "ENOSPC",
    "EDQUOT",
    "EFBIG",
    "EROFS",
    "EACCES",
    "EPERM",
    "EIO",
    "ENOENT",
    "EEXIST",
    "ENOTDIR",
    "ELOOP",
)


@pytest.mark.parametrize("text", SAID.values(), ids=SAID)
def test_it_is_said_in_french_and_in_english_each_on_one_line(text: Text):
    french, english = text.say("fr"), text.say("en")
    assert french != english
    assert french.isprintable() and english.isprintable()


@pytest.mark.parametrize("name", USUAL)
def test_what_the_system_refuses_is_said_in_the_operators_words(name: str):
    said = why(OSError(getattr(errno, name), "in the system's words"))
    assert "system" not in said.say("fr") + said.say("en")
    assert said.say("fr") != said.say("en")


def test_what_nobody_has_words_for_is_said_as_the_system_says_it():
    said = why(OSError(errno.EMLINK, os.strerror(errno.EMLINK)))
    assert said.say("en") == os.strerror(errno.EMLINK)
    assert said.say("fr") == f"le système dit : {os.strerror(errno.EMLINK)}"
    assert why(Busy("it is being replaced")) == failures.BUSY
    assert why(ValueError("embedded null byte")).say("fr") == "embedded null byte"


def test_an_operator_reads_the_whole_of_it_in_one_language():
    failure = AlreadyOpen(Path("a.jsonl"), takeable=True)
    assert spoken(failure, "fr").startswith(
        "a.jsonl : impossible d'enregistrer : cet appel est ouvert ailleurs"
    )
    assert str(failure) == spoken(failure, "en")
    inner = kept.NotKept(Text.of(en="it is gone", fr="ce n'est plus là"))
    assert spoken(CannotRecord(Path("a"), why(inner)), "fr").endswith("ce n'est plus là")
    assert spoken(ValueError("as it is"), "fr") == "as it is"

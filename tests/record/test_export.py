"""The page of a call: what was decided and said, in the reader's language, whatever became of the knowledge."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from diagnose.cli.export import export
from diagnose.consultation.events import Accepted, Answered, Closed, Event, Overruled, Spoke, Undone
from diagnose.knowledge.catalogue import load
from tests.record.test_verify import by_hand, events, record, run

AT = "1998-03-02T10:01:00+01:00"
GIVEN = Accepted(AT)
OWN = Overruled(AT, "exchange", "swap", "he insists")


def call(folder: Path, path: Path, *end: Event) -> Path:
    kb = load(folder, "acme-one").knowledge
    assert kb is not None
    return record(folder, path, (*events("a", revision=kb.revision)[:5], *end))


def page(path: Path, *options: str) -> str:
    return unescape(re.sub("<[^>]*>", "", run(export, path, "--html", *options).stdout))


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    return tmp_path / "calls" / "a.jsonl"


def test_the_words_that_were_read_out_are_there_in_the_language_of_the_call(folder: Path, calls: Path):
    path = call(folder, calls, GIVEN, Closed(AT))
    for language, title in (("en", "Said to the caller at the end"), ("fr", "Dit à l'appelant à la fin")):
        said = page(path, "--lang", language)
        assert title in said and "Switch the ringer on." in said
    assert json.loads(run(export, path).stdout)["closing"] == {
        "at": AT,
        "language": "en",
        "lines": ["Switch the ringer on."],
    }


def test_in_french_where_the_call_had_gone_on_in_french(folder: Path, calls: Path):
    said = page(call(folder, calls, Spoke(AT, "fr"), GIVEN, Closed(AT)), "--lang", "en")
    assert "Remettez la sonnerie." in said and "Said to the caller at the end" in said


def test_an_operator_who_decided_himself_said_what_goes_with_his_verdict(folder: Path, calls: Path):
    said = page(call(folder, calls, OWN, Closed(AT)))
    assert "We exchange it." in said and "the operator himself" in said and "he insists" in said
    assert "We exchange it." in page(calls, "--without-personal")
    assert "he insists" not in page(calls, "--without-personal")


@pytest.mark.parametrize("end", [(), (GIVEN, Undone(AT)), (GIVEN, Answered(AT, "proof", "no"))])
def test_nothing_was_said_where_no_verdict_that_stands_was_given(
    end: tuple[Event, ...], folder: Path, calls: Path
):
    path = call(folder, calls, *end, Closed(AT))
    assert "Said to the caller" not in page(path)
    assert json.loads(run(export, path).stdout)["closing"] is None


def test_where_the_knowledge_is_gone_ids_stand_for_words_and_nothing_is_made_up(folder: Path, calls: Path):
    path = call(folder, calls, GIVEN, Closed(AT))
    for file in (path.parent / "knowledge").iterdir():
        file.unlink()
    said = page(path)
    assert "Said to the caller" not in said and "no_ring" in said and "V111" in said


def test_a_day_is_named_with_its_year_and_never_as_tomorrow(folder: Path, calls: Path):
    path = call(
        folder, calls, replace(GIVEN, at="1998-03-03T09:00:00+01:00"), Closed("1998-03-03T09:00:00+01:00")
    )
    said = page(path)
    assert "2 March 1998, 10:00:00 (UTC+01:00)" in said
    assert "1998-03-03 09:00:00+01:00" in said  # another day than that of the opening
    assert "2 mars 1998, 10:00:00 (UTC+01:00)" in page(path, "--lang", "fr")


def test_what_is_wrong_stands_first_and_in_the_readers_language(folder: Path, calls: Path):
    path = call(folder, calls, GIVEN, Closed(AT))
    by_hand(path)
    english, french = page(path), page(path, "--lang", "fr")
    assert english.index("NOT INTACT") < english.index("Handset")
    assert "line 2: V101, a line was altered" in english
    assert "ligne 2: V101, une ligne a été modifiée" in french
    assert "does not fit" not in french


def test_why_a_rule_is_there_is_said_with_its_name(folder: Path, calls: Path):
    path = call(folder, calls, GIVEN, Closed(AT))
    assert "Safety comes first. [danger-first]" in page(path)
    assert "La sécurité d'abord. [danger-first]" in page(path, "--lang", "fr")

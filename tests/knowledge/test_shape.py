"""The shape of files and entries: what each field may be, said at its place with a way to mend it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from diagnose.knowledge.problems import CODES, show
from diagnose.knowledge.shape import FILES, json_schema

if TYPE_CHECKING:
    from conftest import Folder

Write = Callable[[str], "Folder"]
SYMPTOM = """
symptoms:
  buzz:
    kind: check
    seconds: 5
    background: rarely
    ask: {en: Buzz?, fr: Bourdonne ?}
"""
FAULT = """
faults:
  loose:
    name: {en: Loose, fr: Lâche}
    per_1000: 5
    class: use
    remedy: clean
"""
REMEDY = """
remedies:
  shake:
    verdict: advice
    name: {en: Shake, fr: Secouer}
    say: {en: Shake it., fr: Secouez-le.}
    euros: 0
"""
RULE = """
rules:
  r:
    when: {cuts_out: yes}
    then: {forbid: [exchange]}
"""


@pytest.mark.parametrize("text", [SYMPTOM, FAULT, REMEDY, RULE])
def test_the_entries_that_these_tests_spoil_are_good(part: Write, text: str) -> None:
    assert part(text).problems() == []


@pytest.mark.parametrize(
    ("text", "old", "new", "shown"),
    [
        (
            SYMPTOM,
            "seconds: 5",
            "secondz: 5",
            "10:5: K201 a symptom has no field 'secondz'; did you mean 'seconds'?",
        ),
        (SYMPTOM, "    seconds: 5\n", "", "8:3: K202 a symptom needs seconds: (seconds of talk to ask"),
        (SYMPTOM, "seconds: 5", "seconds: soon", "10:14: K203 a number is needed here, this is text"),
        (SYMPTOM, "seconds: 5", "seconds:", "10:13: K209 a number is needed here, this is nothing"),
        (SYMPTOM, "seconds: 5", "seconds: -5", "10:14: K206 -5 is out of range; it is at least 0"),
        (
            SYMPTOM,
            "kind: check",
            "kind: chek",
            "9:11: K204 'chek' is not possible here; did you mean 'check'?",
        ),
        (
            SYMPTOM,
            "{en: Buzz?, fr: Bourdonne ?}",
            "{en: Buzz?}",
            "12:10: K205 a text lacks its French; add fr:",
        ),
        (
            SYMPTOM,
            "{en: Buzz?, fr: Bourdonne ?}",
            "{fr: Bzz}",
            "12:10: K205 a text lacks its English; add en:",
        ),
        (
            SYMPTOM,
            "{en: Buzz?, fr: Bourdonne ?}",
            "Buzz",
            "12:10: K205 a text is needed in French and English",
        ),
        (SYMPTOM, "{en: Buzz?, fr: B", "{de: x, en: Buzz?, fr: B", "12:11: K201 a text has no field 'de'"),
        (
            SYMPTOM,
            "{en: Buzz?",
            "{en: 5",
            "12:15: K203 a sentence is needed here, this is a number; put it in quotes",
        ),
        (SYMPTOM, "{en: Buzz?", '{en: ""', "12:15: K209 a sentence is needed here, this is empty"),
        (SYMPTOM, "  buzz:", "  Buzz!:", "8:3: K207 'Buzz!' is not an id; small letters, digits, _ and -"),
        (SYMPTOM, "rarely", "2", "11:17: K206 2 is out of range; it is at most 1"),
        (SYMPTOM, "rarely", "true", "11:17: K203 a frequency (a word, or a number from 0 to 1) is needed"),
        (SYMPTOM, "seconds: 5", "seconds: 5\n    ends_call: yes", "11:16: K203 true or false is needed here"),
        (
            SYMPTOM,
            "seconds: 5",
            "seconds: 5\n    formerly: hum",
            "11:15: K203 a list is needed here, this is text",
        ),
        (
            SYMPTOM,
            "seconds: 5",
            "seconds: 5\n    answers: {unknown: {en: a, fr: b, background: 1}}",
            "11:15: K207",
        ),
        (
            SYMPTOM,
            "seconds: 5",
            "seconds: 5\n    answers: {a: {en: a, fr: b}}",
            "11:18: K202 an answer needs",
        ),
        (FAULT, "  loose:", "  loose: 5\n  tight:", "8:10: K203 a fault is needed here, this is a number"),
        (
            REMEDY,
            "verdict: advice",
            "verdict: advise",
            "9:14: K204 'advise' is not possible here; did you mean",
        ),
        (REMEDY, "euros: 0", "euros: 0\n    try: {seconds: 5}", "13:10: K202 a try needs cures:"),
        (RULE, "{forbid: [exchange]}", "{forbit: [exchange]}", "10:12: K201 then has no field 'forbit'"),
        (RULE, "{cuts_out: yes}", "{cuts_out: }", "9:22: K209 what the fact must be is needed here"),
        (RULE, "{cuts_out: yes}", "{cuts_out: []}", "9:22: K209 the list is empty"),
        (RULE, "when: {cuts_out: yes}", "any: {cuts_out: yes}", "9:10: K203 a list is needed here"),
    ],
)
def test_what_has_the_wrong_shape_is_told_at_its_place(
    part: Write, text: str, old: str, new: str, shown: str
) -> None:
    assert old in text
    found = [show(p) for p in part(text.replace(old, new)).problems()]
    assert len(found) == 1 and found[0].startswith(f"handsets/acme-one.yaml:{shown}"), found


def test_every_problem_of_an_entry_is_told_at_once(part: Write) -> None:
    text = (
        SYMPTOM.replace("kind: check", "kind: chek")
        .replace("seconds: 5", "secs: 5")
        .replace(", fr: Bour", ", x: Bour")
    )
    assert [p.code for p in part(text).problems()] == ["K204", "K201", "K205", "K201"]


def test_an_entry_with_an_error_is_left_out_and_the_others_stay(part: Write) -> None:
    loaded = part(SYMPTOM.replace("kind: check", "kind: chek")).load()
    assert loaded.knowledge is not None and not loaded.fine
    assert list(loaded.knowledge.symptoms) == ["cuts_out"]


def test_what_refers_to_an_entry_with_an_error_is_not_blamed_for_it(part: Write) -> None:
    folder = part(SYMPTOM.replace("kind: check", "kind: chek") + FAULT + "    shows: {buzz: often}\n")
    assert [p.code for p in folder.problems()] == ["K204"]


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("brand: Acme", "brnd: Acme", "2:1: K201 a handset has no field 'brnd'; did you mean 'brand'?"),
        ("name: One", "name: 13", "3:7: K203 a name is needed here, this is a number; put it in quotes"),
        (
            "programmes: [first, second]",
            "programmes: first",
            "6:13: K203 a list is needed here, this is text",
        ),
        (
            "source: estimate",
            "source: estimate\ninclude: [../x.yaml]",
            "6:11: K207 '../x.yaml' is not a path",
        ),
        (
            "source: estimate",
            "source: estimate\nchange: {fault: {}}",
            "6:10: K201 change has no field 'fault'",
        ),
        (
            "source: estimate",
            "source: estimate\nremove: {costs: [a]}",
            "6:10: K201 remove has no field 'costs'",
        ),
        ("source: estimate", "source: estimate\nweights: {contacts: -1}", "6:21: K206 -1 is out of range"),
        ("source: estimate", "source: estimate\nsymptoms: [a]", "6:11: K203 a mapping is needed here"),
        (
            "source: estimate",
            "source: estimate\nattributes: {id: x}",
            "6:14: K207 'id' cannot be a name here",
        ),
    ],
)
def test_the_head_of_a_file_has_a_shape_too(folder: Folder, old: str, new: str, shown: str) -> None:
    folder.replace("handsets/acme-one.yaml", old, new)
    found = [show(p) for p in folder.problems()]
    assert any(f.startswith(f"handsets/acme-one.yaml:{shown}") for f in found), found


def test_a_file_that_is_a_list_is_a_problem(folder: Folder) -> None:
    folder.write("parts/power.yaml", "[a, b]\n")
    assert folder.the_problem("K203").startswith("parts/power.yaml:1:1: K203 a part is needed here")


def test_an_optional_field_may_be_left_empty(part: Write) -> None:
    assert part(SYMPTOM + "    hint:\n    needs: null\n").problems() == []


def test_every_code_that_is_given_has_a_meaning() -> None:
    assert all(len(code) == 4 and code[0] == "K" and meaning for code, meaning in CODES.items())


@pytest.mark.parametrize("kind", FILES)
def test_a_json_schema_names_every_field_that_is_checked(kind: str) -> None:
    schema = json_schema(kind)
    assert schema["$schema"].startswith("http://json-schema.org/draft-07")
    assert list(schema["properties"]) == list(FILES[kind].fields)
    assert schema["additionalProperties"] is False
    assert schema["properties"]["kind"]["enum"] == [kind]


def test_a_json_schema_requires_both_languages() -> None:
    schema = json_schema("part")

    def at(part: Any, *path: str | int) -> Any:
        """What a path of keys leads to, references followed."""
        for step in path:
            part = part[step]
            while isinstance(part, dict) and "$ref" in part:
                part = schema["definitions"][part["$ref"].rpartition("/")[2]]
        return part

    symptom = at(schema, "properties", "symptoms", "anyOf", 0, "additionalProperties")
    assert symptom["required"] == ["kind", "seconds", "ask"]
    assert at(symptom, "properties", "ask", "required") == ["en", "fr"]
    changed = at(schema, "properties", "change", "anyOf", 0, "properties", "symptoms", "anyOf", 0)
    assert "required" not in at(changed, "additionalProperties")

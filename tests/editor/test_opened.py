"""A folder that is edited: what is wrong with it, what its names are, and what may be written."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diagnose.authoring.checking.check import check
from diagnose.authoring.checking.mending import mended
from diagnose.authoring.checking.rechecking import Kept
from diagnose.editor.names import Mention
from diagnose.editor.opened import Found, Opened

SAMPLE = Path(__file__).parents[1] / "authoring" / "sample"
MORE = "parts/more.yaml"
POWER = "parts/power.yaml"
FIRST = "programmes/first.yaml"
CASES = "cases/power.cases.yaml"
HEAD = "kind: part\nsource: estimate\n"
HERE = "\N{FULL BLOCK}"


def checked(opened: Opened, first: str = MORE) -> list[Found]:
    return [found for found in opened.check(first) if found is not None]


def codes(found: Found, file: str = MORE) -> list[str]:
    return [problem.code for problem in found.problems.get(file, ())]


def place(text: str) -> tuple[str, int, int]:
    """The text without its cursor, and where that is."""
    before = text[: text.index(HERE)]
    return text.replace(HERE, ""), before.count("\n") + 1, len(before) - before.rfind("\n")


def at(opened: Opened, file: str, before: str) -> Mention:
    """The name that begins after some words of a file."""
    text = opened.text(file)
    index = text.index(before) + len(before)
    found = opened.mention(file, text[:index].count("\n") + 1, index - text.rfind("\n", 0, index))
    assert found is not None
    return found


def offered(opened: Opened, file: str, text: str) -> list[str]:
    plain, line, column = place(text)
    opened.write(file, plain)
    return [candidate.label for candidate in opened.complete(file, line, column)[1]]


# --- what is wrong ------------------------------------------------------------------------------------


def test_what_is_not_saved_stands_for_the_file(opened: Opened) -> None:
    opened.write(MORE, HEAD + "weights: {contatcs: 2}\n")
    assert codes(checked(opened)[-1]) == ["K305"]
    assert (opened.root / MORE).read_text("utf-8") == HEAD
    opened.write(MORE, None)
    assert codes(checked(opened)[-1]) == []


def test_the_errors_of_the_text_that_is_typed_come_first_and_what_is_doubtful_last(opened: Opened) -> None:
    opened.write(MORE, HEAD + "weights: {contatcs: 2, board: 1}\n")
    stages = checked(opened)
    assert [codes(found) for found in stages] == [["K305"], ["K305"], ["K305", "K511"]]
    assert [found.last for found in stages] == [False, False, True]


def test_what_is_wrong_elsewhere_stands_until_it_is_looked_at(opened: Opened) -> None:
    opened.write(POWER, opened.text(POWER).replace("usually", "usualy"))
    checked(opened)
    opened.write(MORE, HEAD + "weights: {contatcs: 2}\n")
    assert all(codes(found, POWER) == ["K410"] * 3 for found in checked(opened))


def test_a_file_that_was_written_on_the_disk_is_seen(opened: Opened) -> None:
    (opened.root / MORE).write_text(HEAD + "weights: {nothing: 2}\n", encoding="utf-8")
    assert codes(checked(opened)[-1]) == ["K305"]
    (opened.root / "handsets/acme-one.yaml").unlink()
    assert "K302" in codes(checked(opened)[-1], CASES)


def test_the_trainers_files_are_checked_as_they_are_on_the_disk(opened: Opened) -> None:
    course = opened.root / "training/courses/week.yaml"
    course.parent.mkdir(parents=True)
    course.write_text(
        "kind: course\nsource: estimate\nname: {en: W, fr: S}\nexercises: [{id: a, handset: acme-on}]\n"
    )
    assert "E108" in codes(checked(opened)[-1], "training/courses/week.yaml")


@pytest.mark.parametrize(
    "text", ["", "{", "kind: part\nfaults: [", "\x07", "a: b: c", "- - -", "kind: [part]"]
)
def test_a_broken_text_breaks_nothing(opened: Opened, text: str) -> None:
    for file in (MORE, POWER, "words.yaml", "handsets/acme-one.yaml", CASES):
        before = opened.text(file)
        opened.write(file, text)
        assert codes(checked(opened, file)[-1], file)
        opened.complete(file, 1, 1)
        for line in (1, 2, 9):
            opened.mention(file, line, 3)
        opened.write(file, before)
    assert not any(checked(opened)[-1].problems.values())


EDITS = (
    (POWER, "usually", "usualy"),
    (POWER, "per_1000: 34", "per_1000: 34x"),
    (POWER, "remedy: swap", "remedy: swop"),
    (POWER, "  dull:", "  dul:"),
    (FIRST, "months: 12", "mnths: 12"),
    (FIRST, "at_most: 11", "at_most: 30"),
    (FIRST, "kind: programme", "kind: progrmme"),
    ("handsets/acme-one.yaml", "extends: gsm", "extends: gsn"),
    ("handsets/acme-one.yaml", "name: One", "name: {"),
    ("families/gsm.yaml", "folds: false", "fold: false"),
    ("words.yaml", "often: 0.60", "oftn: 0.60"),
    (CASES, "dull: yes", "dull: yess"),
    (MORE, "source: estimate\n", "source: estimate\nrules: {r: {when: {handset.folds: false, dull: yes}, then: {forbid: [exchange]}}}\n"),
)  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(EDITS), st.booleans()), min_size=1, max_size=6))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_after_any_edits_the_same_is_told_as_by_who_reads_everything_anew(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[tuple[str, str, str], bool]]
) -> None:
    root = tmp_path_factory.mktemp("edited") / "knowledge"
    shutil.copytree(SAMPLE, root)
    kept = Kept.of(root)
    kept.report()
    unsaved: dict[str, str] = {}
    for (file, old, new), back in edits:
        text = unsaved.get(file, (root / file).read_text("utf-8"))
        unsaved[file] = text.replace(new, old) if back else text.replace(old, new)
        kept.renew(frozenset({file}), unsaved)
    for file, text in unsaved.items():
        (root / file).write_text(text, encoding="utf-8")
    assert kept.report().problems == check(root).problems


# --- mends --------------------------------------------------------------------------------------------


def test_a_problem_with_one_mend_has_it_until_the_text_is_another(opened: Opened) -> None:
    opened.write(MORE, HEAD + "weights: {contatcs: 2}\n")
    checked(opened)
    (mend,) = opened.mends(MORE)
    assert mended(opened.text(MORE), mend.edits) == HEAD + "weights: {contacts: 2}\n"
    opened.write(MORE, HEAD + "# a line more\nweights: {contatcs: 2}\n")
    assert opened.mends(MORE) == ()


def test_what_is_far_from_a_name_has_no_mend(opened: Opened) -> None:
    opened.write(MORE, HEAD + "change: {faults: {contacts: {shows: {cuts_out: 0.usualy}}}}\n")
    assert codes(checked(opened)[-1]) == ["K410"]
    assert opened.mends(MORE) == ()


# --- names --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "before", "target"),
    [
        (POWER, "shows: {", (POWER, 4, 3)),
        (POWER, "remedy: ", (POWER, 29, 3)),
        (POWER, "class: ", ("words.yaml", 7, 3)),
        (POWER, "background: ", ("words.yaml", 3, 88)),
        (CASES, "complaint: {", (POWER, 4, 3)),
        (CASES, "fault: ", (POWER, 16, 3)),
        (CASES, "rules: [", (FIRST, 14, 3)),
        (CASES, "handset: ", ("handsets/acme-one.yaml", 1, 1)),
        (CASES, "complaint: {cuts_out: ", ("words.yaml", 5, 12)),
        (FIRST, "fault.class: hardware, ", (FIRST, 7, 3)),
        (FIRST, "retailers: [", ("retailers/shop.yaml", 1, 1)),
        ("families/gsm.yaml", "include: [", (POWER, 1, 1)),
        ("handsets/acme-one.yaml", "extends: ", ("families/gsm.yaml", 1, 1)),
    ],
)
def test_a_name_leads_to_where_it_is_written(
    opened: Opened, file: str, before: str, target: tuple[str, int, int]
) -> None:
    assert [d[:3] for d in opened.definitions(at(opened, file, before))] == [target]


def test_a_fact_that_no_symptom_is_leads_to_the_rule_that_derives_it(opened: Opened) -> None:
    rules = "rules:\n  a: {when: {dull: yes}, then: {derive: {worn: yes}}}\n  b: {when: {worn: yes}, then: {ask: [dull]}}\n"
    opened.write(MORE, HEAD + rules)
    assert [d[:2] for d in opened.definitions(at(opened, MORE, "b: {when: {"))] == [(MORE, 4)]


def test_of_handsets_apart_each_leads_to_its_own(opened: Opened) -> None:
    (opened.root / "families/dect.yaml").write_text(
        "kind: family\nname: {en: D, fr: D}\nsource: estimate\ninclude: [parts/dect.yaml]\n"
    )
    (opened.root / "parts/dect.yaml").write_text((opened.root / POWER).read_text("utf-8"), encoding="utf-8")
    one = (opened.root / "handsets/acme-one.yaml").read_text("utf-8")
    (opened.root / "handsets/acme-dect.yaml").write_text(one.replace("gsm", "dect").replace("One", "Dect"))
    checked(opened)
    assert [d.file for d in opened.definitions(at(opened, "parts/dect.yaml", "shows: {"))] == [
        "parts/dect.yaml"
    ]
    assert [d.file for d in opened.definitions(at(opened, CASES, "complaint: {"))] == [POWER]
    assert {m.file for m in opened.references(at(opened, "parts/dect.yaml", "shows: {"))} == {
        "parts/dect.yaml"
    }


def test_references_are_told_in_all_files_cases_too(opened: Opened) -> None:
    found = opened.references(at(opened, POWER, "shows: {"))
    assert [(m.file, m.line) for m in found] == [
        (POWER, 4),
        (POWER, 21),
        (POWER, 27),
        (CASES, 6),
        (CASES, 13),
    ]
    assert [m.file for m in opened.references(at(opened, "handsets/acme-one.yaml", "extends: "))] == [
        "handsets/acme-one.yaml"
    ]


def test_a_name_is_told_in_both_languages_with_what_it_does_and_where_it_is_from(opened: Opened) -> None:
    told = opened.hover(at(opened, CASES, "fault: "))
    assert "**fault contacts** · Contacts dirty · Contacts encrassés" in told
    assert "class use: Use" in told and "written by gsm at parts/power.yaml:16:3" in told
    assert "source: estimate" in told and "used by remedy clean" in told
    assert "to cuts\\_out · Yes · Oui" in opened.hover(at(opened, CASES, "complaint: {cuts_out: "))
    assert opened.hover(at(opened, POWER, "background: ")) == "**never** is 0.01"
    assert "class hardware** · Defect · Défaut" in opened.hover(at(opened, FIRST, "fault.class: "))
    assert opened.hover(at(opened, CASES, "handset: ")) == ""


def test_while_the_text_is_broken_names_are_known_as_they_were(opened: Opened) -> None:
    opened.write(POWER, opened.text(POWER) + "rules: {x: {when: {cuts_out: [\n")
    assert codes(checked(opened, POWER)[-1], POWER)
    assert "Contacts dirty" in opened.hover(at(opened, CASES, "fault: "))
    assert "Does it switch itself off" in opened.hover(at(opened, POWER, "rules: {x: {when: {"))


# --- completion ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "text", "some", "none"),
    [
        (MORE, "rules: {r: {when: {█", ["cuts_out", "dull", "bought.months", "tried.clean", "fault.class", "handset.folds"], ["board"]),
        (MORE, "rules: {r: {when: {cuts_out: █}}}", ["yes", "no", "unknown"], ["cuts_out"]),
        (MORE, "rules: {r: {when: {cuts_out: [yes, █", ["yes", "no", "unknown"], []),
        (MORE, "rules: {r: {when: {fault.class: █", ["use", "hardware"], ["yes"]),
        (MORE, "rules: {r: {when: {tried.clean: █", ["not_cured"], ["yes"]),
        (MORE, "rules: {r: {when: {programme.months: █", ["12"], []),
        (MORE, "rules:\n  r:\n    then:\n      forbid: [█", ["exchange", "clean"], ["dull"]),
        (MORE, "rules:\n  r:\n    then:\n      █", ["derive", "forbid", "charge"], ["when"]),
        (MORE, "rules:\n  r:\n    then: {charge: fr█", ["free", "estimate"], ["carrier"]),
        (MORE, "change:\n  faults:\n    bo█", ["board", "contacts"], ["dull"]),
        (MORE, "change: {faults: {board: {shows: {█", ["cuts_out", "dull"], ["board"]),
        (MORE, "change: {faults: {board: {shows: {dull: █", ["always", "usually"], ["yes"]),
        (MORE, "change: {faults: {board: {shows: {dull: {█", ["yes", "no"], ["unknown"]),
        (MORE, "change: {faults: {board: {remedy: █", ["clean", "swap"], ["exchange"]),
        (MORE, "change: {faults: {board: {class: █", ["use", "hardware"], []),
        (MORE, "weights: {contacts: 2, █", ["board"], ["contacts"]),
        (MORE, "remedies: {r: {verdict: █", ["advice", "repair", "exchange", "visit"], []),
        (MORE, "channels: {c: {carrier: █", ["true", "false"], []),
        (MORE, "symptoms: {s: {answers: █", ["yes_no", "date", "text", "retailers"], []),
        (MORE, "sy█", ["symptoms", "rules"], ["kind"]),
        (MORE, "include: [█", ["parts/more.yaml", "parts/power.yaml"], []),
        (CASES, "cases:\n  a:\n    handset: █", ["acme-one"], []),
        (CASES, "cases:\n  a:\n    handset: acme-one\n    complaint: {█", ["cuts_out"], ["board"]),
        (CASES, "cases:\n  a:\n    handset: acme-one\n    expect: {fault: █", ["board"], ["dull"]),
        (CASES, "cases:\n  a:\n    handset: acme-one\n    tries: {clean: █", ["cured", "not_cured"], []),
        (CASES, "cases:\n  a:\n    █", ["handset", "expect"], ["cases"]),
        ("handsets/new.yaml", "kind: handset\nextends: █", ["gsm"], []),
    ],
)  # fmt: skip
def test_what_may_stand_at_a_place_is_offered(
    opened: Opened, file: str, text: str, some: list[str], none: list[str]
) -> None:
    labels = offered(opened, file, HEAD + text if file == MORE else text)
    assert [word for word in some if word not in labels] == []
    assert [word for word in none if word in labels] == []
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize("text", ["# comm█", "symptoms: {s: {ask: {en: █", "x: {y: █"])
def test_where_nothing_is_known_nothing_is_offered(opened: Opened, text: str) -> None:
    assert offered(opened, MORE, HEAD + text) == []


def spots(text: str) -> Iterator[tuple[int, int]]:
    for number, line in enumerate(text.split("\n"), 1):
        for word in re.finditer(r"[\w.-]+", line):
            yield number, word.end() + 1


def test_wherever_one_types_in_the_sample_something_or_nothing_is_offered(opened: Opened) -> None:
    for file in (POWER, FIRST, CASES):
        for line, column in spots(opened.text(file)):
            opened.complete(file, line, column)

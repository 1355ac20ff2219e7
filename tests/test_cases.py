"""Written cases: read with positions, looked up with a did-you-mean, run to their end."""

from __future__ import annotations

import textwrap
from datetime import datetime
from pathlib import Path

import pytest

from diagnose.cases import Case, Prepared, mismatches, prepare, read_case, run_case
from diagnose.consultation.call import Call
from diagnose.consultation.events import Accepted, Answered, Closed, Opened, Tried
from diagnose.consultation.trace import trace
from diagnose.knowledge import catalogue
from diagnose.knowledge.problems import Problem
from tests.record.folder import write_folder

NOW = datetime.fromisoformat("2020-05-05T12:00:00+02:00")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path)


def case_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "case.yaml"
    path.write_text(textwrap.dedent(text).lstrip(), "utf-8")
    return path


def told(problem: Problem) -> str:
    tail = f"; {problem.mend}" if problem.mend else ""
    return f"{problem.place.line}:{problem.place.column} {problem.code} {problem.message}{tail}"


def written(tmp_path: Path, text: str) -> Case:
    case, problems = read_case(case_file(tmp_path, text))
    assert problems == ()
    assert case is not None
    return case


def ready(folder: Path, tmp_path: Path, text: str) -> Prepared:
    return prepare(folder, written(tmp_path, text))


def run(folder: Path, tmp_path: Path, text: str) -> tuple[Call, Case]:
    prepared = ready(folder, tmp_path, text)
    assert prepared.problems == prepared.knowledge_problems == ()
    assert prepared.kb is not None
    return run_case(prepared.kb, prepared.case, NOW), prepared.case


SILENT = """
    handset: acme-one
    on: 1998-03-02
    complaint: {no_ring: true}
    answers: {hazard: no}
    tries: {unmute: cured}
    """


def test_a_case_is_run_to_its_verdict(folder: Path, tmp_path: Path):
    call, _ = run(folder, tmp_path, SILENT)
    assert call.over
    assert isinstance(call.events[-2], Accepted) and isinstance(call.events[-1], Closed)
    assert call.assessment.outcome.remedy.id == "unmute"
    assert call.assessment.outcome.solved


def test_complaint_and_facts_are_volunteered_and_answers_given_only_when_asked(folder: Path, tmp_path: Path):
    call, _ = run(
        folder,
        tmp_path,
        "{handset: acme-one, on: 1998-03-02, facts: {proof: yes}, complaint: {no_ring: yes},"
        " answers: {mute_icon: no}}",
    )
    answers = [(e.symptom, e.answer, e.volunteered) for e in call.events if isinstance(e, Answered)]
    assert answers[:2] == [("no_ring", "yes", True), ("proof", "yes", True)]
    assert ("hazard", "unknown", False) in answers
    assert all(not volunteered for _, _, volunteered in answers[2:])


def test_a_try_that_the_case_is_silent_about_is_declined(folder: Path, tmp_path: Path):
    call, _ = run(folder, tmp_path, SILENT.replace("tries: {unmute: cured}", ""))
    assert [e.outcome for e in call.events if isinstance(e, Tried)] == ["declined"]


@pytest.mark.parametrize(
    ("on", "at"),
    [
        ("1998-03-02", "1998-03-02T10:00:00"),
        ("1998-03-02 14:30", "1998-03-02T14:30:00"),
        ("1998-03-02T14:30:05+01:00", "1998-03-02T14:30:05+01:00"),
        ("1998-03-02T14:30Z", "1998-03-02T14:30:00+00:00"),
        (None, "2020-05-05T12:00:00+02:00"),
    ],
)
def test_a_case_calls_when_it_says(on: str | None, at: str, folder: Path, tmp_path: Path):
    line = f"on: {on}" if on else ""
    call, _ = run(folder, tmp_path, f"handset: acme-one\ncomplaint: {{no_ring: yes}}\n{line}\n")
    assert call.opened.at == at


def test_time_goes_by_as_talk_is_reckoned_and_the_same_case_gives_the_same_call(folder: Path, tmp_path: Path):
    call, _ = run(folder, tmp_path, SILENT)
    again, _ = run(folder, tmp_path, SILENT)
    assert trace(call.kb, call.events) == trace(again.kb, again.events)
    assert (call.now - datetime.fromisoformat(call.opened.at)).total_seconds() == round(call.seconds)
    assert [e.at for e in call.events] == sorted(e.at for e in call.events)
    assert isinstance(call.events[0], Opened) and call.events[0].call == "case"


def test_an_older_id_of_a_symptom_is_understood(folder: Path, tmp_path: Path):
    call, case = run(folder, tmp_path, "{handset: acme-one, complaint: {silent_ring: true}}")
    assert case.complaint[0].id == "no_ring"
    assert call.findings.answer_to("no_ring") == "yes"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("handset: acme-one\nanwers: {}\n", "2:1 K201 a case has no field 'anwers'; did you mean 'answers'?"),
        ("complaint: {no_ring: yes}\n", "1:1 K202 handset is missing; write handset: and its id"),
        ("- acme-one\n", "1:1 K203 a case is a mapping; begin with handset: and its id"),
        (
            "handset: acme-one\non: yesterday\n",
            "2:5 K207 'yesterday' is not a date; write 1998-03-02 or 1998-03-02T10:15",
        ),
        (
            "handset: acme-one\non: 1998-02-30\n",
            "2:5 K207 '1998-02-30' is not a date; write 1998-03-02 or 1998-03-02T10:15",
        ),
        ("handset: acme-one\nlanguage: de\n", "2:11 K204 'de' is no language here; en or fr"),
        (
            "handset: acme-one\ntries: {unmute: curd}\n",
            "2:17 K204 'curd' is no outcome of a try; did you mean 'cured'?",
        ),
        (
            "handset: acme-one\nfacts: {proof: [yes]}\n",
            "2:16 K203 proof needs one answer; a word, or unknown",
        ),
        (
            "handset: acme-one\nexpect:\n  verdikt: advice\n",
            "3:3 K201 nothing called 'verdikt' can be expected; did you mean 'verdict'?",
        ),
        (
            "handset: acme-one\nexpect: advice\n",
            "2:9 K203 expect is a mapping; write verdict: and the rest below it",
        ),
    ],
)
def test_what_is_wrong_with_a_case_is_said_where_it_is(text: str, problem: str, tmp_path: Path):
    _, problems = read_case(case_file(tmp_path, text))
    assert [told(p) for p in problems] == [problem]


def test_a_file_that_cannot_be_read_is_a_problem_too(tmp_path: Path):
    for path in (tmp_path / "none.yaml", tmp_path):
        case, problems = read_case(path)
        assert case is None
        assert [p.code for p in problems] == ["K101"]
        assert problems[0].place.file == str(path)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("handset: acme-oen\n", "1:10 K302 there is no handset 'acme-oen'; did you mean 'acme-one'?"),
        (
            "handset: acme-one\nprogramme: dsk\n",
            "2:12 K306 acme-one does not have the programme 'dsk'; did you mean 'desk'?",
        ),
        (
            "handset: acme-one\ncomplaint:\n  no_rings: yes\n",
            "3:3 K401 there is no symptom 'no_rings'; did you mean 'no_ring'?",
        ),
        (
            "handset: acme-one\nanswers: {hazard: never}\n",
            "2:19 K402 'never' is no answer to hazard; one of no, yes",
        ),
        (
            "handset: acme-one\ncomplaint: {no_ring: yes, silent_ring: no}\n",
            "2:27 K107 'silent_ring' is 'no_ring', answered already at {file}:2:13; keep one of the two",
        ),
        (
            "handset: acme-one\ntries: {unmte: cured}\n",
            "2:9 K404 there is no remedy 'unmte'; did you mean 'unmute'?",
        ),
        ("handset: acme-one\ntries: {swap: cured}\n", "2:9 K404 'swap' cannot be tried on the phone"),
        (
            "handset: acme-one\nexpect: {remedy: swop}\n",
            "2:18 K404 expect remedy: there is no 'swop'; did you mean 'swap'?",
        ),
    ],
)
def test_what_the_knowledge_does_not_have_is_said_with_what_it_has(
    text: str, problem: str, folder: Path, tmp_path: Path
):
    prepared = ready(folder, tmp_path, text)
    assert [told(p) for p in prepared.problems] == [problem.format(file=tmp_path / "case.yaml")]


def test_what_cannot_be_looked_up_is_left_out_of_the_case(folder: Path, tmp_path: Path):
    prepared = ready(folder, tmp_path, "{handset: acme-one, complaint: {no_ring: yes, no_rings: yes}}")
    assert [g.id for g in prepared.case.complaint] == ["no_ring"]


def test_knowledge_that_cannot_be_used_is_told_from_a_bad_case(folder: Path, tmp_path: Path):
    (folder / "words.yaml").unlink()
    prepared = ready(folder, tmp_path, SILENT)
    assert prepared.kb is None
    assert prepared.problems == ()
    assert prepared.knowledge_problems


@pytest.mark.parametrize(
    ("expect", "missed"),
    [
        ("{verdict: advice, remedy: unmute, fault: silenced, charge: free, promise: none, alerts: []}", []),
        ("{verdict: [repair, advice], asked: [], not_asked: [proof]}", []),
        ("{verdict: exchange}", [("verdict", "exchange", "advice")]),
        ("{promise: 1998-03-03}", [("promise", "1998-03-03", "none")]),
        ("{alerts: [hot]}", [("alerts", "hot", "none")]),
        ("{rules: [danger-first]}", []),
        ("{rules: [hot-phone]}", [("rules", "hot-phone", "danger-first")]),
    ],
)
def test_a_case_says_where_it_came_out_otherwise(
    expect: str, missed: list[tuple[str, str, str]], folder: Path, tmp_path: Path
):
    call, case = run(folder, tmp_path, textwrap.dedent(SILENT) + f"expect: {expect}\n")
    assert [(m.what, m.expected, m.got) for m in mismatches(call, case)] == missed


def test_every_shipped_handset_takes_a_case_to_its_end(tmp_path: Path):
    root = catalogue.root()
    listed = catalogue.handsets(root)
    assert listed
    for handset in listed[:2]:
        prepared = ready(root, tmp_path, f"{{handset: {handset.id}, on: 1998-03-02}}")
        assert prepared.kb is not None
        assert run_case(prepared.kb, prepared.case, NOW).over


def test_asked_openly_the_caller_of_a_case_speaks_of_the_signs_among_his_answers(tmp_path: Path):
    text = "{handset: philips-genie, on: 1998-03-02, complaint: {drops: yes}, answers: {short_life: yes, wet: yes}}"
    call, _ = run(catalogue.root(), tmp_path, text)
    answers = [(e.symptom, e.answer, e.volunteered) for e in call.events if isinstance(e, Answered)]
    at = answers.index(("anything_else", "something", False))
    assert answers[at - 1] == ("short_life", "yes", True)
    assert ("wet", "yes", True) not in answers
    silent, _ = run(catalogue.root(), tmp_path, text.replace("short_life: yes, ", ""))
    assert silent.findings.answer_to("anything_else") == "nothing"


def test_a_try_goes_as_the_question_that_asks_for_the_same(tmp_path: Path):
    for said, came_of in (("yes", "cured"), ("no", "not_cured")):
        text = f"{{handset: philips-genie, on: 1998-03-02, complaint: {{hear_nothing: yes}}, answers: {{vol_up_ok: {said}}}}}"
        call, _ = run(catalogue.root(), tmp_path, text)
        assert dict(call.findings.tries).get("raise_volume", came_of) == came_of
        assert (call.assessment.outcome.remedy.id == "raise_volume") == (said == "yes")

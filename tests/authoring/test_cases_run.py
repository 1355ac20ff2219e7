"""diagnose test: verdict and reasons of the written cases, and what is to blame when they come out otherwise."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from diagnose.authoring.casefile import Written, written_cases
from diagnose.authoring.places import Target, displayed
from diagnose.authoring.testing import watching
from diagnose.authoring.testing.rerunning import Glance, again, todo_of, touched
from diagnose.authoring.testing.running import Result as Ended
from diagnose.authoring.testing.running import pair_of, run
from diagnose.authoring.testing.telling import Telling
from diagnose.authoring.testing.warm import Todo, Warm
from diagnose.authoring.testing.watching import changed, stamps
from diagnose.authoring.testing.workers import Processes
from diagnose.cli.group import diagnose
from diagnose.knowledge.layers import Shelf

if TYPE_CHECKING:
    from conftest import Bench

CASES = "cases/power.cases.yaml"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_command(*arguments: object) -> Result:
    return CliRunner().invoke(diagnose, ["test", *map(str, arguments)])


test_command.__test__ = False  # type: ignore[attr-defined]


def broken(bench: Bench, expect: str, more: str = "") -> str:
    """What is said of a case that expects this of a call about dirty contacts."""
    bench.write(
        CASES,
        f"""
        kind: cases
        cases:
          one:
            handset: acme-one
            on: 1998-03-02
            complaint: {{cuts_out: yes}}
            answers: {{dull: yes}}
            {more}
            expect: {{{expect}}}
        """,
    )
    result = test_command(bench.root)
    assert result.exit_code == 1
    return result.output


def first_run(bench: Bench) -> tuple[Shelf, list[Written], dict[tuple[str, str], Ended]]:
    """The folder as read, the cases of the sample, and what became of each."""
    shelf = Shelf(bench.root)
    cases = list(written_cases(shelf.document(CASES, "cases")))
    return shelf, cases, {r.key: r for r in run(bench.root, cases, datetime(1998, 3, 2))}


def run_again(warm: Warm, files: frozenset[str], results: dict[tuple[str, str], Ended]) -> list[str]:
    """The names of the cases that a save has run again, in their order."""
    return [r.name for r in again(warm, files, results) if isinstance(r, Ended)]


def test_cases_that_come_out_as_expected_are_counted(bench: Bench) -> None:
    result = test_command(bench.root)
    assert (result.exit_code, result.output) == (0, "2 cases passed\n")


def test_a_wrong_remedy_is_blamed_on_the_answer_that_tells_most_against_it(bench: Bench) -> None:
    said = broken(bench, "remedy: swap")
    assert "cases/power.cases.yaml:9:22: expected remedy swap, got clean" in said
    assert "board: dull = yes tells for 'contacts'" in said and "parts/power.yaml:16:3" in said


def test_a_forbidden_verdict_is_blamed_on_the_rule_with_its_place(bench: Bench) -> None:
    bench.part("rules: {no-swap: {when: {dull: yes}, then: {forbid: [exchange]}}}\n")
    said = broken(bench, "verdict: exchange")
    assert f"swap: rule 'no-swap' ({bench.root}/parts/more.yaml:3:9) forbids it" in said


def test_a_rule_that_did_not_fire_is_blamed_on_its_open_premise(bench: Bench) -> None:
    said = broken(bench, "rules: [young-is-exchanged]")
    assert f"fault.class is use ({bench.root}/programmes/first.yaml:15:12)" in said


def test_an_unexpected_alert_and_a_charge_are_blamed_on_their_rules(bench: Bench) -> None:
    bench.part(
        """
        alerts: {burn: {say: {en: Down., fr: Bas.}, do: {en: Note., fr: Noter.}}}
        rules: {hot: {when: {cuts_out: yes}, then: {alert: burn, charge: estimate}}}
        """
    )
    said = broken(bench, "alerts: none, charge: estimate")
    assert f"rule 'hot' ({bench.root}/parts/more.yaml:4:9) gives burn" in said


def test_a_question_that_was_not_asked_is_explained(bench: Bench) -> None:
    bench.part("rules: {never-dull: {when: {cuts_out: yes}, then: {skip: [dull]}}}\n")
    assert f"dull: rule 'never-dull' ({bench.root}/parts/more.yaml:3:9) skips it" in broken(
        bench, "asked: dull"
    )


def test_the_first_question_that_differs_from_the_last_passing_run_is_named(bench: Bench) -> None:
    assert test_command(bench.root).exit_code == 0
    bench.part(
        "rules: {ask-it: {when: {cuts_out: yes}, then: {ask: [spare]}}}\nsymptoms:\n  spare: {kind: check, seconds: 9, background: often, ask: {en: Spare?, fr: Rechange ?}}\n"
    )
    bench.replace(CASES, "expect: {verdict: exchange", "expect: {not_asked: spare, verdict: exchange")
    said = test_command(bench.root).output
    assert "question 1 is spare, when it last passed it was" in said
    assert f"spare: rule 'ask-it' ({bench.root}/parts/more.yaml:3:9) asks it" in said


def test_a_case_that_names_what_is_not_there_fails_with_its_place(bench: Bench) -> None:
    assert "cases/power.cases.yaml:9:22: K404 expect remedy: there is no 'cleen'" in broken(
        bench, "remedy: cleen"
    )


def test_json_and_junit_say_the_same(bench: Bench) -> None:
    bench.replace(CASES, "remedy: swap", "remedy: clean")
    results = json.loads(test_command(bench.root, "--format", "json").output)
    assert [(r["case"], r["passed"]) for r in results] == [("dirty-contacts", True), ("broken-board", False)]
    junit = ElementTree.fromstring(test_command(bench.root, "--format", "junit").output.split("\n", 1)[1])
    assert (junit.get("tests"), junit.get("failures")) == ("2", "1")


def test_the_number_of_processes_changes_nothing(bench: Bench) -> None:
    two = (bench.root / "handsets/acme-one.yaml").read_text("utf-8").replace("One", "Two")
    bench.write("handsets/acme-two.yaml", two)
    text = (bench.root / CASES).read_text("utf-8").replace("acme-one", "acme-two")
    bench.write("cases/two.cases.yaml", text)
    shelf = Shelf(bench.root)
    cases = [w for f in shelf.listing("cases") for w in written_cases(shelf.document(f, "cases"))]
    now = datetime(1998, 3, 2)
    alone, together = run(bench.root, cases, now), run(bench.root, cases, now, jobs=2)
    assert [(r.key, r.got, r.asked, r.missed) for r in alone] == [
        (r.key, r.got, r.asked, r.missed) for r in together
    ]


def test_a_saved_file_touches_the_cases_whose_knowledge_was_read_from_it(bench: Bench) -> None:
    _, cases, results = first_run(bench)

    def by(file: str, cases: list[Written] = cases) -> list[Written]:
        return touched(cases, frozenset({file}), frozenset({file}), results)

    assert by("parts/power.yaml") == cases
    assert by("retailers/stall.yaml") == []
    assert by(CASES) == []
    bench.replace(CASES, "remedy: swap", "remedy: clean")
    anew = list(written_cases(Shelf(bench.root).document(CASES, "cases")))
    assert [w.name for w in by(CASES, anew)] == ["broken-board"]
    before = stamps(bench.root)
    bench.part("# a comment\n")
    assert changed(before, stamps(bench.root)) == {"parts/more.yaml"}


def test_what_changes_no_outcome_is_not_run_again(bench: Bench) -> None:
    shelf, cases, results = first_run(bench)
    warm, more = Warm(shelf), frozenset({"parts/more.yaml"})
    for written in cases:
        warm.loaded(pair_of(written))

    def names() -> list[str]:
        return run_again(warm, more, results)

    bench.part("# a comment\n")
    assert names() == []
    bench.part("change: {symptoms: {dull: {ask: {en: 'Are they dull, then?', fr: 'Sont-ils ternes ?'}}}}\n")
    assert names() == []
    bench.part("change: {symptoms: {dull: {seconds: 21}}}\n")
    assert names() == [w.name for w in cases]
    bench.part("# and back\n")
    assert names() == [w.name for w in cases]
    bench.part("rules: {spare: {when: {dull: unknown}, then: {rule_out: [board]}}}\n")
    assert names() == [], "no call met what the rule speaks of"
    bench.replace(CASES, "kind: cases", "# a comment\nkind: cases")
    assert run_again(warm, frozenset({CASES}), results) == []


def test_what_a_reader_did_not_wait_for_is_run_with_the_next_save(bench: Bench) -> None:
    """Those that name what changed come first; the next save, of nothing that matters, brings the rest."""
    shelf, cases, results = first_run(bench)
    warm, more = Warm(shelf), frozenset({"parts/more.yaml"})
    warm.loaded(pair_of(cases[0]))
    bench.replace("parts/power.yaml", "per_1000: 34", "per_1000: 35")
    found = again(warm, frozenset({"parts/power.yaml"}), results)
    assert next(r.name for r in found if isinstance(r, Ended)) == "dirty-contacts"
    bench.part("# a comment\n")
    assert run_again(warm, more, results) == ["broken-board"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_ends_otherwise_on_the_answers_given_is_run_first(bench: Bench, jobs: int) -> None:
    shelf, _, results = first_run(bench)
    warm = Warm(shelf)
    bench.replace("programmes/first.yaml", "at_most: 11", "at_most: 1")
    pool = Processes(jobs, warm) if jobs > 1 else None
    found = list(again(warm, frozenset({"programmes/first.yaml"}), results, pool=pool))
    glance = found[0]
    assert isinstance(glance, Glance) and (glance.looked, glance.of, glance.to_run) == (2, 2, 2)
    assert [(r.name, r.passed) for r in glance.failed] == [("broken-board", False)]
    ended = [r for r in found if isinstance(r, Ended)]
    came = [(r.name, r.passed) for r in ended]
    assert (came if jobs == 1 else sorted(came)) == [("broken-board", False), ("dirty-contacts", True)]
    if pool is not None:
        pool.shutdown()
    assert {r.key: r.got for r in ended} == {k: r.got for k, r in results.items()}


def test_processes_that_begin_after_some_saves_take_note_of_the_next(bench: Bench) -> None:
    shelf, cases, results = first_run(bench)
    warm, file = Warm(shelf), frozenset({"programmes/first.yaml"})
    warm.loaded(pair_of(cases[0]))
    list(again(warm, file, dict(results)))
    pool = Processes(2, warm, [todo_of(cases[0], results)])
    try:
        bench.replace("programmes/first.yaml", "at_most: 11", "at_most: 1")
        glance = next(again(warm, file, results, pool=pool))
        assert isinstance(glance, Glance) and [r.name for r in glance.failed] == ["broken-board"]
    finally:
        pool.shutdown()


def test_the_first_look_needs_no_answer_that_the_knowledge_has_lost(bench: Bench) -> None:
    shelf, (first, *_), results = first_run(bench)
    last = results[CASES, first.name]
    warm = Warm(shelf)
    warm.loaded(pair_of(first))
    part = bench.root / "parts/power.yaml"
    part.write_text(part.read_text("utf-8").replace("dull:", "dullish:"), "utf-8")
    assert "dullish" in warm.renew(frozenset({"parts/power.yaml"})).ids
    looked = warm.look([Todo(first, last)])
    assert looked.otherwise == (((CASES, first.name), None),)


def test_a_case_that_fails_on_its_last_answers_says_there_what_was_expected_and_why(bench: Bench) -> None:
    shelf, cases, results = first_run(bench)
    warm, file = Warm(shelf), frozenset({"programmes/first.yaml"})
    warm.loaded(pair_of(cases[0]))
    bench.replace("programmes/first.yaml", "at_most: 11", "at_most: 1")
    glance, *ran = again(warm, file, results)
    assert isinstance(glance, Glance)
    (looked,) = glance.failed
    anew = next(r for r in ran if isinstance(r, Ended) and r.name == looked.name)
    assert looked.missed and (looked.missed, looked.got, looked.asked) == (anew.missed, anew.got, anew.asked)
    bench.replace("programmes/first.yaml", "at_most: 1", "at_most: 11")
    glance, *_ = again(warm, file, results)
    assert isinstance(glance, Glance) and glance.failed == (), "the mended one passes on its answers at once"


def test_after_a_save_nothing_is_told_twice_and_what_the_run_finds_otherwise_is(bench: Bench) -> None:
    bench.replace(CASES, "remedy: swap", "remedy: clean")
    shelf = Shelf(bench.root)
    cases = list(written_cases(shelf.document(CASES, "cases")))
    failing = next(r for r in run(bench.root, cases, datetime(1998, 3, 2)) if not r.passed)
    telling = Telling(lambda file: file, {})
    said = "\n".join(telling.looked(failing))
    assert f"FAILED {CASES}:" in said and "expected remedy clean, got swap" in said
    assert list(telling.ran(failing)) == []
    list(telling.looked(failing))
    (line,) = telling.ran(replace(failing, missed=()))
    assert line.startswith(f"passes {CASES}:") and line.endswith("since it is asked otherwise")
    other = replace(failing, missed=(replace(failing.missed[0], expected="swop"),))
    list(telling.looked(failing))
    assert any("expected remedy swop" in line for line in telling.ran(other))


def test_where_many_fail_the_reasons_are_told_of_the_first_alone(bench: Bench) -> None:
    bench.replace(CASES, "remedy: swap", "remedy: clean")
    cases = list(written_cases(Shelf(bench.root).document(CASES, "cases")))
    failing = next(r for r in run(bench.root, cases, datetime(1998, 3, 2)) if not r.passed)
    telling = Telling(lambda file: file, {}, at_length=1)
    first, second = (list(telling.looked(replace(failing, name=name))) for name in ("first", "second"))
    assert "    expected remedy clean, got swap" in second and len(second) < len(first)
    assert any("asked:" in line for line in first) and not any("asked:" in line for line in second)


def test_cases_on_knowledge_with_an_error_fail_by_it_though_the_rest_would_do(bench: Bench) -> None:
    """No call could be taken on it either. It is told once, not of every case that it stops."""
    bench.replace("parts/power.yaml", "kind: part", "kind: prat")
    result = test_command(bench.root)
    assert result.exit_code == 1
    assert result.output.count("K204 'prat' is not possible here") == 1
    assert result.output.endswith("2 cases, 2 failed\n")


def test_what_is_broken_in_the_knowledge_is_told_once_and_not_for_every_case(bench: Bench) -> None:
    bench.replace("parts/power.yaml", "faults:", "fautls:")
    cases = list(written_cases(Shelf(bench.root).document(CASES, "cases")))
    first, second = run(bench.root, cases, datetime(1998, 3, 2))
    telling = Telling(lambda file: file, {})
    assert "K201 a part has no field 'fautls'" in "\n".join(telling.looked(first))
    assert list(telling.looked(second)) == []
    assert len(telling.failing) == 2


def test_a_case_that_cannot_be_read_fails_the_run_though_the_others_pass(bench: Bench) -> None:
    bench.write(
        "cases/odd.cases.yaml", "kind: cases\ncases: {odd: {handset: acme-one, complain: {cuts_out: yes}}}\n"
    )
    result = test_command(bench.root)
    assert result.exit_code == 2
    assert "cases/odd.cases.yaml:2:34: K201 a case has no field 'complain'" in result.output


def test_a_fault_that_is_merely_rarer_is_blamed_on_how_common_they_are(bench: Bench) -> None:
    bench.replace("parts/power.yaml", "per_1000: 34", "per_1000: 900")
    said = broken(bench, "remedy: swap")
    assert "board: per_1000 10 against 900 of 'contacts': 20 decibans" in said


def test_no_case_at_all_is_wrong_usage(bench: Bench) -> None:
    (bench.root / CASES).unlink()
    assert test_command(bench.root).exit_code == 2


def test_a_name_that_no_case_has_is_told_apart_from_no_case(bench: Bench) -> None:
    result = test_command(bench.root, "--only", "nobody")
    assert (result.exit_code, "none of the 2 cases has 'nobody' in its name" in result.output) == (2, True)


def test_nothing_is_said_to_have_passed_when_nothing_could_be_read(bench: Bench) -> None:
    result = test_command(bench.root / "none.yaml")
    assert result.exit_code == 2
    assert "cannot be read" in result.output or "no case" in result.output
    assert "passed" not in result.output


@pytest.mark.parametrize(
    ("file", "slip"),
    [("parts/power.yaml", ("faults:", "fautls:")), ("programmes/first.yaml", ("rules:", "rules: [")),
     ("words.yaml", ("frequencies:", "frequencis:"))],
)  # fmt: skip
def test_a_slip_fails_the_cases_and_mending_it_passes_them_again(
    bench: Bench, file: str, slip: tuple[str, str]
) -> None:
    shelf, cases, results = first_run(bench)
    warm = Warm(shelf)
    warm.loaded(pair_of(cases[0]))
    text = (bench.root / file).read_text("utf-8")
    bench.replace(file, *slip)
    (glance,) = again(warm, frozenset({file}), results)
    assert isinstance(glance, Glance) and (glance.looked, glance.to_run) == (2, 0)
    assert [(r.passed, bool(r.problems)) for r in glance.failed] == [(False, True)] * 2
    (bench.root / file).write_text(text, "utf-8")
    (glance,) = again(warm, frozenset({file}), results)
    assert glance == Glance(looked=2, of=2, to_run=0), "they are what they were before the slip"
    assert [(r.passed, bool(r.sources)) for r in results.values()] == [(True, True)] * 2


def test_where_only_an_open_question_could_make_a_rule_fire_its_questions_settle_it(bench: Bench) -> None:
    """Nobody was asked when he bought it: the rule may yet fire, and the verdict hangs on it as little as before."""
    shelf, (first, *_), results = first_run(bench)
    last = results[CASES, first.name]
    warm = Warm(shelf)
    warm.loaded(pair_of(first))
    bench.replace("programmes/first.yaml", "at_least: 24", "at_least: 36")
    warm.renew(frozenset({"programmes/first.yaml"}))
    looked = warm.look([Todo(first, last)])
    assert (looked.stand, looked.open) == ((), ((CASES, first.name),))
    settled = warm.run(Todo(first, last))
    assert (settled.seconds, settled.asked, settled.passed) == (last.seconds, last.asked, True), (
        "not run anew"
    )
    assert settled.revision != last.revision


@pytest.mark.parametrize("jobs", [1, 2])
def test_watching_tells_of_an_edit_a_slip_and_its_mend(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    _, results = first_run(bench)[1:]
    edits = iter(
        [
            lambda: bench.part("# a comment\n"),
            lambda: bench.replace("programmes/first.yaml", "at_most: 11", "at_most: 1"),
            lambda: bench.replace("programmes/first.yaml", "rules:", "rules: ["),
            lambda: bench.replace("programmes/first.yaml", "rules: [", "rules:"),
        ]
    )

    def edited(seconds: float) -> None:
        edit = next(edits, None)
        if edit is None:
            raise KeyboardInterrupt
        edit()

    monkeypatch.setattr(watching, "sleep", edited)
    said: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        before = stamps(bench.root)
        watching.watch(Target(bench.root), results.values(), before, jobs, "", said.append)
    told = [re.sub(r"in [0-9.]+ s", "in no time", line) for line in said if not line.startswith("    ")]
    file = displayed(bench.root / "programmes/first.yaml")
    failed = f"FAILED {displayed(bench.root / CASES)}:9:3: broken-board (acme-one)"
    assert told == [
        f"{displayed(bench.root / 'parts/more.yaml')}: nothing to run again",
        *(failed, f"{file}: 2 cases looked at in no time, 1 fails; 2 to run anew"),
        f"{file}: run anew: 2 cases, 1 failed",
        *(failed, f"{file}: 2 cases looked at in no time, 2 fail; 0 to run anew"),
        *(failed, f"{file}: 2 cases looked at in no time, 1 fails; 1 to run anew"),
        f"{file}: run anew: 1 case, 1 failed",
    ]
    assert sum("K106" in line for line in said) == 1, "what is wrong is told once, not of each case"

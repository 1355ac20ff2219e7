"""diagnose coverage: what the cases show, by file and line, and which spoiling of the knowledge they notice."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner, Result

from diagnose import __version__
from diagnose.authoring.casefile import written_cases
from diagnose.authoring.covering.coverage import Coverage, coverage, seen
from diagnose.authoring.covering.mutation_score import Verdicts, score
from diagnose.authoring.covering.playing import Plays, play
from diagnose.authoring.folder import Folder, open_folder
from diagnose.cli.group import diagnose
from diagnose.consultation.call import after, judged, open_call
from diagnose.consultation.events import Answered, Opened, Tried
from diagnose.reasoning.tables import tables

if TYPE_CHECKING:
    from conftest import Bench

NOW = datetime(1998, 3, 2)
CASES = "cases/power.cases.yaml"


def plays(folder: Folder) -> Plays:
    return play(folder.root, list(written_cases(folder.document(CASES))), NOW)


def covered(bench: Bench) -> Coverage:
    folder = open_folder(bench.root)
    return coverage(folder, (p.covers for played in plays(folder).values() for p in played))


def hits(bench: Bench, kind: str) -> dict[str, int]:
    return {item.what: n for item, n in covered(bench).hits.items() if item.kind == kind}


def verdicts(bench: Bench, most: int = 1000, seed: int = 1) -> Verdicts:
    folder = open_folder(bench.root)
    return score(folder, plays(folder), NOW, most, seed)


def run(bench: Bench, *arguments: object) -> Result:
    return CliRunner().invoke(diagnose, ["coverage", str(bench.root), *map(str, arguments)])


def add_case(bench: Bench, text: str) -> None:
    path = bench.root / CASES
    path.write_text(path.read_text("utf-8") + text, encoding="utf-8")


OLD = """\
  old-board:
    handset: acme-one
    on: 1998-03-02
    facts: {bought: 1995-10-01}
    complaint: {cuts_out: yes, dull: no}
    tries: {clean: not_cured}
    expect: {verdict: advice}
"""


def test_rules_faults_and_answers_are_covered_by_the_cases_that_reach_them(bench: Bench) -> None:
    assert hits(bench, "rules") == {"young-is-exchanged": 1, "old-is-not": 0}
    assert hits(bench, "faults") == {"contacts": 1, "board": 1}
    assert hits(bench, "answers") == {"cuts_out: yes": 2, "cuts_out: no": 0, "dull: yes": 1, "dull: no": 1}
    assert hits(bench, "policy_rows") == {"young-is-exchanged: 1": 1, "old-is-not: 1": 0}


def test_a_condition_is_covered_only_when_a_case_shows_it_to_matter(bench: Bench) -> None:
    before = hits(bench, "conditions")
    assert before["young-is-exchanged: bought.months"] == 0
    add_case(bench, OLD)
    after = hits(bench, "conditions")
    assert after["young-is-exchanged: bought.months"] == 1
    assert hits(bench, "rules")["old-is-not"] == 1


def test_what_a_try_came_to_is_an_answer_to_the_question_that_asks_for_it(bench: Bench) -> None:
    bench.part(
        """
        symptoms:
          wiped_ok: {kind: check, seconds: 60, background: rarely, ask: {en: "Does it hold out now?", fr: "Tient-il ?"}}
        """
    )
    bench.replace("parts/power.yaml", "cures: usually}", "cures: usually, check: wiped_ok}")
    kb = open_folder(bench.root).bases[0].loaded.knowledge
    assert kb is not None
    at = "1998-03-02T10:00:00+01:00"
    call = open_call(kb, Opened(at, "one", "acme-one", "first", kb.revision, __version__))
    for event in (Answered(at, "cuts_out", "yes", volunteered=True), Tried(at, "clean", "not_cured")):
        call = after(call, event)
    assert {i.what for i in seen(kb, [call]) if i.kind == "answers"} == {"cuts_out: yes", "wiped_ok: no"}


def test_every_item_is_at_its_file_and_line(bench: Bench) -> None:
    places = {item.what: (item.place.file, item.place.line) for item in covered(bench).hits}
    assert places["old-is-not"] == ("programmes/first.yaml", 17)
    assert places["old-is-not: bought.months"] == ("programmes/first.yaml", 18)
    assert places["dull: no"] == ("parts/power.yaml", 10)


def test_the_command_tells_what_is_not_covered_and_keeps_the_threshold(bench: Bench) -> None:
    result = run(bench)
    assert "programmes/first.yaml:17:3: no case covers rule old-is-not" in result.output
    assert (result.exit_code, run(bench, "--threshold", 50).exit_code) == (0, 0)
    assert run(bench, "--threshold", 60).exit_code == 1


def test_json_has_every_kind_with_its_share(bench: Bench) -> None:
    data: dict[str, Any] = json.loads(run(bench, "--json", "--mutants", 5).output)
    assert data["rules"] == {"covered": 1, "of": 2, "percent": 50.0}
    assert data["cases"] == 2 and data["mutants"]["of"] == 5
    assert {"kind", "file", "line", "column", "what", "cases"} == set(data["items"][0])


def test_the_page_shows_the_yaml_with_its_lines_coloured(bench: Bench, tmp_path: Path) -> None:
    page = tmp_path / "coverage.html"
    bench.part("# <script>\n")
    assert run(bench, "--html", page).exit_code == 0
    html = page.read_text("utf-8")
    assert 'class="l none" title="rules: old-is-not: 0 cases"' in html
    assert "<span class=k>young-is-exchanged</span>" in html
    assert "<script" not in html and "http" not in html


def test_a_dropped_condition_is_noticed_once_a_case_hangs_on_it(bench: Bench) -> None:
    dropped = "rule young-is-exchanged: the condition on bought.months is dropped"
    assert dropped in {m.words for m in verdicts(bench).unnoticed}
    add_case(bench, OLD.replace("verdict: advice", "charge: [free, estimate], rules: [old-is-not]"))
    bench.replace("programmes/first.yaml", "    then: {forbid: [exchange]}", "    then: {charge: estimate}")
    bench.replace(CASES, "charge: [free, estimate]", "charge: estimate")
    assert dropped not in {m.words for m in verdicts(bench).unnoticed}


def test_a_flipped_answer_is_noticed_by_the_case_that_expects_its_rule(bench: Bench) -> None:
    bench.part("rules: {dull-contacts: {when: {dull: yes}, then: {confirm: contacts}}}\n")
    bench.replace(CASES, "fault: contacts}", "fault: contacts, rules: [dull-contacts]}")
    noticed = {m.words: name for m, name in verdicts(bench).noticed}
    assert noticed["rule dull-contacts: dull is to be no"] == "dirty-contacts"


def test_the_same_seed_draws_the_same_mutants(bench: Bench) -> None:
    assert verdicts(bench, 4, 7) == verdicts(bench, 4, 7)
    assert len(verdicts(bench, 4, 7).noticed) + len(verdicts(bench, 4, 7).unnoticed) == 4


def test_mutants_are_counted_by_kind_and_only_of_the_files_named(bench: Bench) -> None:
    result = CliRunner().invoke(
        diagnose, ["coverage", str(bench.root / "programmes"), "--json", "--mutants", "all"]
    )
    data: dict[str, Any] = json.loads(result.output)["mutants"]
    assert data["kinds"]["drop"]["of"] == 4 and data["kinds"]["shift"]["of"] == 0
    assert sum(kind["of"] for kind in data["kinds"].values()) == data["of"]
    assert {Path(m["file"]).name for m in data["unnoticed"]} == {"first.yaml"}
    (by_kind,) = data["files"].values()
    assert {kind: score["of"] for kind, score in by_kind.items()} == {"drop": 4}


def test_a_frequency_turned_over_is_noticed_where_the_verdict_hangs_on_it(bench: Bench) -> None:
    bench.replace(CASES, "rules: [young-is-exchanged]", "fault: board")
    noticed = {m.words: name for m, name in verdicts(bench).noticed if m.kind == "turn"}
    assert noticed == {
        "fault board: shows dull always": "broken-board",
        "fault board: shows cuts_out never": "broken-board",
    }


def test_a_sign_rarer_than_never_is_turned_into_one_that_says_nothing(bench: Bench) -> None:
    """Were it shown as often as the word says, it would still tell for the fault."""
    bench.replace("parts/power.yaml", "background: never", "background: 0.0005")
    bench.replace(CASES, "rules: [young-is-exchanged]", "fault: board")
    found = verdicts(bench)
    turned = {m.words for m in (*found.unnoticed, *(m for m, _ in found.noticed)) if m.kind == "turn"}
    assert "fault board: shows cuts_out by chance only" in turned
    assert "fault board: shows cuts_out never" not in turned


def test_nothing_is_remembered_of_a_mutant(bench: Bench) -> None:
    verdicts(bench)
    assert {tables.cache_info().currsize, judged.cache_info().currsize} == {0}


def test_a_number_of_mutants_is_a_number_or_all(bench: Bench) -> None:
    result = run(bench, "--mutants", "most")
    assert (result.exit_code, "neither a number nor all" in result.output) == (2, True)


def test_a_case_that_would_be_asked_something_else_notices(bench: Bench) -> None:
    bench.part("rules: {ask-age: {when: {dull: yes, cuts_out: no}, then: {ask: [bought]}}}\n")
    bench.replace(CASES, "fault: contacts}", "fault: contacts, not_asked: [bought]}")
    noticed = {m.words: name for m, name in verdicts(bench).noticed}
    assert noticed["rule ask-age: the condition on cuts_out is dropped"] == "dirty-contacts"


def test_a_mutant_that_changes_a_call_which_expects_nothing_of_it_is_told_with_that_call(
    bench: Bench,
) -> None:
    """An expectation is missing, not a case: the rule asks for one thing more, and no case minds."""
    bench.part("rules: {ask-age: {when: {dull: yes, cuts_out: no}, then: {ask: [bought]}}}\n")
    dropped = "rule ask-age: the condition on cuts_out is dropped"
    found = verdicts(bench)
    told = {m.words: (sight.case, sight.what) for m, sight in found.unjudged.items()}
    assert told[dropped] == ("dirty-contacts", "asks bought instead of nothing")
    assert dropped in {m.words for m in found.unnoticed} and found.unjudged_of("drop") >= 1
    said = run(bench, "--mutants", "all").output
    assert f"{dropped}; dirty-contacts goes otherwise without failing: asks bought instead of nothing" in said


def test_an_ending_that_no_case_expects_is_told_with_what_it_was_before(bench: Bench) -> None:
    told = {m.words: sight.what for m, sight in verdicts(bench).unjudged.items()}
    assert told["fault board: shows dull always"] == "fault contacts instead of board"


def test_a_condition_on_handset_or_programme_is_not_a_matter_of_calls(bench: Bench) -> None:
    bench.part("rules: {first-only: {when: {programme.id: first, cuts_out: no}, then: {ask: [bought]}}}\n")
    assert "first-only: cuts_out" in hits(bench, "conditions")
    assert not [what for what in hits(bench, "conditions") if "programme.id" in what]
    assert not [m for m in verdicts(bench).unnoticed if m.part == "programme.id"]

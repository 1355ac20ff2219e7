"""diagnose check: planted defects beside those of docs/problems.md, silencing, formats, paths."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from diagnose.authoring.checking.check import check
from diagnose.cli.group import diagnose
from diagnose.knowledge.problems import Problem

if TYPE_CHECKING:
    from conftest import Bench

MORE = "parts/more.yaml"
SPARE = "faults:\n  spare: {name: {en: S, fr: S}, per_1000: 1, class: use, remedy: clean}\n"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(diagnose, ["check", *map(str, arguments)])


# --- what no document can show ----------------------------------------------------------------------------


def test_a_file_that_is_a_folder_is_told(bench: Bench) -> None:
    (bench.root / "parts/dir.yaml").mkdir()
    bench.replace("families/gsm.yaml", "parts/more.yaml", "parts/dir.yaml")
    assert ("K101", "parts/dir.yaml", 1) in bench.told()


def test_latin_1_is_told_where_the_first_letter_is_wrong(bench: Bench) -> None:
    text = "kind: part\nsource: estimate\n# é\n"
    (bench.root / MORE).write_bytes(text.encode("latin-1"))
    problem = bench.problems()[0]
    assert (problem.code, problem.place.line, problem.place.column) == ("K102", 3, 3)


def test_a_control_character_is_told_where_it_stands(bench: Bench) -> None:
    bench.part("# a\n# b\x07\n")
    assert ("K103", MORE, 4) in bench.told()


def test_a_file_of_megabytes_is_told(bench: Bench) -> None:
    bench.part("# x\n" * 600_000)
    assert ("K104", MORE, 1) in bench.told()


def test_a_run_of_brackets_is_told_where_it_is_too_deep(bench: Bench) -> None:
    bench.part("weights: " + "[" * 80 + "]" * 80 + "\n")
    assert ("K105", MORE, 3) in bench.told()


# --- meaning ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        ("{cuts_out: yes, bought.months: {at_least: 13, at_most: 12}}", "bought.months is never that"),
        ("{handset.folds: true, cuts_out: yes}", "handset.folds is never that"),
        ("{cuts_out: {not: [yes, no, unknown]}}", "cuts_out is never that"),
        ("{bought: unknown, bought.months: {at_most: 3}}", "bought.months is not that when bought"),
        (
            "{bought.days: {at_most: 20}, bought.months: {at_least: 2}}",
            "bought.months is not that when bought.days",
        ),
        ("{fault.class: [use, hardware], fault.class2: yes}", ""),
    ],
)
def test_a_rule_never_fires_and_it_is_said_why(bench: Bench, when: str, reason: str) -> None:
    bench.write("programmes/first.yaml", (bench.root / "programmes/first.yaml").read_text("utf-8")
                + f"  never: {{when: {when}, then: {{forbid: [exchange]}}}}\n")  # fmt: skip
    told = [p for p in bench.problems() if p.code == "K504"]
    assert [reason in p.message for p in told] == ([True] if reason else [])


def test_a_rule_on_a_fact_that_only_a_dead_rule_derives_is_dead_too(bench: Bench) -> None:
    bench.part(
        """
        rules:
          a: {when: {handset.folds: true, cuts_out: yes}, then: {derive: {half: yes}}}
          b: {when: {half: yes}, then: {forbid: [exchange]}}
        """
    )
    assert [t for t in bench.told() if t[0] == "K504"] == [("K504", MORE, 4), ("K504", MORE, 5)]


def test_a_question_that_does_not_apply_cannot_enable_a_rule(bench: Bench) -> None:
    bench.part(
        """
        symptoms:
          how: {kind: check, seconds: 5, background: rarely, needs: {cuts_out: yes}, ask: {en: How?, fr: Comment ?}}
        rules:
          odd: {when: {how: yes, cuts_out: no}, then: {forbid: [exchange]}}
        """
    )
    assert ("K504", MORE, 6) in bench.told()


def test_one_alternative_that_never_holds_is_told_at_its_premise(bench: Bench) -> None:
    bench.part(
        """
        rules:
          two:
            any:
              - {cuts_out: yes}
              - {handset.folds: true}
            then: {forbid: [exchange]}
        """
    )
    assert bench.told() == [("K504", MORE, 7)]


def test_what_only_another_handset_can_use_is_fine(bench: Bench) -> None:
    two = (bench.root / "handsets/acme-one.yaml").read_text("utf-8").replace("One", "Two")
    bench.write("handsets/acme-two.yaml", two + "attributes: {folds: true}\n")
    bench.part("rules: {lid: {when: {handset.folds: true, dull: yes}, then: {forbid: [exchange]}}}\n")
    assert bench.told() == []


def test_a_later_charge_is_needless_where_an_earlier_rule_always_sets_one(bench: Bench) -> None:
    bench.replace(
        "programmes/first.yaml",
        "  old-is-not:",
        "  young-pays: {when: {fault.class: hardware, bought.months: {at_most: 5}}, then: {charge: estimate}}\n  old-is-not:",
    )
    assert [(p.code, p.place.line) for p in bench.problems()] == [("K505", 17)]


BETWEEN = """\
  soon: {{salience: {first}, when: {{fault.class: hardware, {young}}}, then: {{charge: free}}}}
  dear: {{salience: 10, when: {{fault.class: hardware, bought.months: {dear}}}, then: {{charge: estimate}}}}
  old-is-not:"""


@pytest.mark.parametrize(
    ("first", "dear", "needless"),
    [
        (20, "{at_most: 8}", []),
        (20, "{at_least: 6}", ["soon"]),  # the two never fire on one call
        (5, "{at_most: 8}", ["soon"]),  # the third has set its own before either
    ],
)
def test_a_rule_that_forestalls_a_third_is_not_needless_though_a_later_one_says_the_same(
    bench: Bench, first: int, dear: str, needless: list[str]
) -> None:
    young = "bought.months: {at_most: 5}"
    bench.replace(
        "programmes/first.yaml",
        "  old-is-not:",
        BETWEEN.format(first=first, young=young, dear=dear),
    )
    told = [p.message for p in bench.problems() if p.code == "K505"]
    assert [
        id_ for id_ in ("soon", "dear") if any(f"rule '{id_}' is needless" in m for m in told)
    ] == needless


@pytest.mark.parametrize(("mid", "needless"), [("worn", True), ("torn", False)])
def test_nor_is_one_that_derives_a_fact_ahead_of_a_rule_that_derives_it_otherwise(
    bench: Bench, mid: str, needless: bool
) -> None:
    bench.part(
        f"""
        rules:
          first: {{salience: 20, when: {{dull: yes, cuts_out: yes}}, then: {{derive: {{state: worn}}}}}}
          mid: {{salience: 10, when: {{cuts_out: yes}}, then: {{derive: {{state: {mid}}}}}}}
          last: {{when: {{dull: yes}}, then: {{derive: {{state: worn}}}}}}
          else: {{when: {{dull: no}}, then: {{derive: {{state: torn}}}}}}
          use: {{when: {{state: worn, fault.class: hardware}}, then: {{forbid: [exchange]}}}}
          use-torn: {{when: {{state: torn, fault.class: use}}, then: {{forbid: [exchange]}}}}
        """
    )
    told = [p.message for p in bench.problems() if p.code == "K505"]
    told = [p.message for p in bench.problems() if p.code == "K505"]
    assert any("rule 'first' is needless" in m for m in told) == needless


def test_a_contradiction_names_the_facts_on_which_both_rules_fire(bench: Bench) -> None:
    bench.replace(
        "programmes/first.yaml",
        "  old-is-not:",
        "  advised: {when: {cuts_out: yes}, then: {require: clean}}\n  old-is-not:",
    )
    (problem,) = bench.problems()
    assert problem.code == "K506" and problem.severity == "error"
    assert "fault.class: hardware" in problem.message and "cuts_out: yes" in problem.message


def test_rules_of_different_classes_do_not_contradict(bench: Bench) -> None:
    bench.replace(
        "programmes/first.yaml",
        "  old-is-not:",
        "  advised: {when: {fault.class: use}, then: {require: clean}}\n  old-is-not:",
    )
    assert bench.told() == []


def test_a_fault_confirmed_with_another_class_leaves_no_contradiction(bench: Bench) -> None:
    bench.replace(
        "programmes/first.yaml",
        "  old-is-not:",
        "  advised: {when: {dull: yes}, then: {require: clean, confirm: contacts}}\n  old-is-not:",
    )
    assert bench.told() == []


def test_where_one_forbids_what_the_other_requires_nothing_contradicts(bench: Bench) -> None:
    bench.replace(
        "programmes/first.yaml",
        "  old-is-not:",
        "  advised: {when: {cuts_out: yes}, then: {require: clean, forbid: [exchange]}}\n  old-is-not:",
    )
    assert bench.told() == []


def test_ages_that_cannot_both_be_do_not_contradict(bench: Bench) -> None:
    bench.replace(
        "programmes/first.yaml",
        "  old-is-not:",
        "  older: {when: {fault.class: hardware, bought.months: {at_least: 12}}, then: {require: clean}}\n  old-is-not:",
    )
    assert bench.told() == []


def test_a_contrapositive_is_no_circle(bench: Bench) -> None:
    bench.part(
        """
        rules:
          a: {when: {cuts_out: yes}, then: {derive: {dull: yes}}}
          b: {when: {dull: no}, then: {derive: {cuts_out: no}}}
        """
    )
    assert [t for t in bench.told() if t[0] == "K508"] == []


def test_an_error_makes_only_those_checks_wait_that_it_would_mislead(bench: Bench) -> None:
    bench.part(SPARE + "rules: {r: {when: {dul: yes}, then: {forbid: [exchange]}}}\n")
    assert {c for c, _, _ in bench.told()} == {"K414"}
    bench.part(SPARE + "change: {remedies: {swap: {try: {seconds: 60, cures: mostly}}}}\n")
    assert "K501" in {c for c, _, _ in bench.told()} and "K410" in {c for c, _, _ in bench.told()}


def test_all_problems_of_all_files_are_told_in_one_run_and_shared_ones_once(bench: Bench) -> None:
    for name in ("two", "three"):
        text = (bench.root / "handsets/acme-one.yaml").read_text("utf-8").replace("One", name)
        bench.write(f"handsets/acme-{name}.yaml", text + "weights: {bord: 2}\n")
    bench.part("change: {faults: {contacts: {remedy: cleen}}}\n")
    assert [t for t in bench.told() if t[0] != "K403"] == [
        ("K305", "handsets/acme-three.yaml", 7),
        ("K305", "handsets/acme-two.yaml", 7),
        ("K404", MORE, 3),
    ]


def test_a_change_of_figures_and_a_weight_need_a_source(bench: Bench) -> None:
    bench.write(MORE, "kind: part\nchange: {faults: {contacts: {per_1000: 3}}, costs: {talk_per_hour: 30}}\n")
    assert [c for c, _, _ in bench.told()] == ["K417", "K417"]


# --- silencing --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "comment",
    [
        "  spare: {name: {en: S, fr: S}, per_1000: 1, class: use, remedy: clean} # diagnose: allow K501 because last",
        "  # diagnose: allow K501, K503 because it is the last resort\n  # (agreed)\n  spare: {name: {en: S, fr: S}, per_1000: 1, class: use, remedy: clean}",
    ],
)
def test_a_warning_is_silenced_in_place_with_a_reason(bench: Bench, comment: str) -> None:
    bench.part("faults:\n" + comment + "\n")
    assert bench.told() == []
    assert [p.code for p in check(bench.root).silenced] == ["K501"]


def test_an_error_cannot_be_silenced(bench: Bench) -> None:
    bench.part(
        "# diagnose: allow K401 because we like it\nchange: {faults: {contacts: {shows: {dul: often}}}}\n"
    )
    assert {c for c, _, _ in bench.told()} == {"K401", "K517"}


def test_a_code_that_there_is_not_is_told(bench: Bench) -> None:
    bench.part("# diagnose: allow K999 because why not\nweights: {contacts: 2}\n")
    assert {c for c, _, _ in bench.told()} == {"K516", "K517"}


# --- the command ------------------------------------------------------------------------------------------


def test_a_sound_folder_is_checked_in_silence(bench: Bench) -> None:
    result = run(bench.root)
    assert (result.exit_code, result.output) == (0, "")
    assert json.loads(run(bench.root, "--format", "json").output) == []


def test_a_problem_is_shown_with_its_line_and_a_caret(bench: Bench) -> None:
    bench.part("change: {faults: {contacts: {remedy: cleen}}}\n")
    result = run(bench.root, "--format", "text")
    first, line, caret = result.output.splitlines()[:3]
    assert result.exit_code == 1
    assert first.endswith("parts/more.yaml:3:38: K404 there is no remedy 'cleen'; did you mean 'clean'?")
    assert line == "    3 | change: {faults: {contacts: {remedy: cleen}}}"
    assert line[caret.index("^") : caret.rindex("^") + 1] == "cleen"


def test_warnings_fail_only_when_strict(bench: Bench) -> None:
    bench.part(SPARE)
    assert (run(bench.root).exit_code, run(bench.root, "--strict").exit_code) == (0, 1)
    assert "K501 warning: " in run(bench.root).output


def test_only_what_concerns_the_named_files_is_told(bench: Bench) -> None:
    bench.part(SPARE)
    assert run(bench.root / MORE, "--strict").exit_code == 1
    assert run(bench.root / "handsets", "--strict").output == ""


def test_every_format_says_the_same_codes_at_the_same_places(bench: Bench) -> None:
    bench.part(SPARE + "costs: {talk_per_hour: -3}\n")
    wanted = [("K206", "error", 5), ("K501", "warning", 4)]
    array = json.loads(run(bench.root, "--format", "json").output)
    assert sorted((p["code"], p["severity"], p["line"]) for p in array) == wanted
    sarif = json.loads(run(bench.root, "--format", "sarif").output)
    results = sarif["runs"][0]["results"]
    lines = [r["locations"][0]["physicalLocation"]["region"]["startLine"] for r in results]
    assert (
        sorted(zip((r["ruleId"] for r in results), (r["level"] for r in results), lines, strict=True))
        == wanted
    )
    assert [r["id"] for r in sarif["runs"][0]["tool"]["driver"]["rules"]] == ["K206", "K501"]
    github = run(bench.root, "--format", "github").output.splitlines()
    assert (
        sorted(
            (g.split("title=")[1][:4], g.split()[0][2:], int(g.split("line=")[1].split(",")[0]))
            for g in github
        )
        == wanted
    )
    junit = ElementTree.fromstring(run(bench.root, "--format", "junit").output.split("\n", 1)[1])
    failing = [c for c in junit.iter("testcase") if c.find("failure") is not None]
    assert [c.get("name", "").endswith(MORE) for c in failing] == [True]
    details = failing[0].findtext("failure") or ""
    assert all(f"{MORE}:{line}:" in details and code in details for code, _, line in wanted)


def test_nothing_to_check_is_wrong_usage(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone"):
        result = run(path)
        assert result.exit_code == 2 and len(result.output.splitlines()) == 1


def test_a_stray_file_is_told(bench: Bench) -> None:
    bench.write("handsets/old/acme.yml", "x: y\n")
    assert bench.told() == [("K515", "handsets/old/acme.yml", 1)]


def test_the_files_of_the_trainer_are_checked_with_the_others(bench: Bench) -> None:
    bench.write("training/odd.yaml", "kind: rubric\n")
    bench.write("training/rubrics/short.yaml", "kind: rubric\nname: {en: Short}\n")
    told = [(one["code"], one["file"], one["line"]) for one in json.loads(run(bench.root, "--json").output)]
    assert ("K515", f"{bench.root}/training/odd.yaml", 1) in told
    assert ("K205", f"{bench.root}/training/rubrics/short.yaml", 2) in told
    assert run(bench.root / "training/odd.yaml", "--strict").output.count("K5") == 1


def test_the_words_of_a_problem_do_not_hang_on_the_order_of_files(bench: Bench) -> None:
    bench.part(SPARE)
    first: tuple[Problem, ...] = bench.problems()
    assert first == bench.problems()


@pytest.mark.parametrize(
    ("text", "line", "mend"),
    [
        ("symptoms:\n\tdull: {}\n", 4, "not with a tab"),
        ("symptoms:\n  dull: {}\n  wet\nrules: {}\n", 6, "a line above has no colon"),
        ("alerts:\n  hot: {say: {en: Stop: now}}\n", 4, "goes in quotes"),
        ("alerts:\n  hot: {say: {en: Stop}\nrules: {}\n", 5, "is missing before this"),
        ("alerts:\n    hot: {}\n  cold: {}\n", 5, "like its neighbours"),
        ("alerts:\n  hot: {say: {en: dial, fr: *31*}}\n", 4, "begins with * goes in quotes"),
        ("alerts:\n  hot: {say: {en: dial #31#}}\nrules: {}\n", 5, "with # in it goes in quotes"),
        ("alerts:\n  hot: {say: {en: 'it's hot'}}\n", 4, "with an apostrophe"),
        ('alerts:\n  hot: {say: {en: "Hot}}\n', 4, "is not closed"),
        ("alerts:\n  hot: {say:\u00a0{en: Hot}}\n", 4, "no plain one"),
    ],
)
def test_what_is_not_yaml_is_said_with_what_to_do(bench: Bench, text: str, line: int, mend: str) -> None:
    bench.part("").write("parts/more.yaml", "kind: part\nsource: estimate\n" + text)
    (found,) = [p for p in bench.problems() if p.code == "K106"]
    assert (found.place.line, mend in found.mend) == (line, True), found


@pytest.mark.parametrize(("of", "at_odds"), [("acme-one", True), ("no-such-handset", False)])
def test_a_rule_for_other_handsets_is_at_odds_with_none_of_this_one(
    bench: Bench, of: str, at_odds: bool
) -> None:
    bench.part(
        f"""
        rules:
          worn: {{when: {{handset.id: {of}, cuts_out: yes}}, then: {{derive: {{state: worn}}}}}}
          torn: {{when: {{cuts_out: yes}}, then: {{derive: {{state: torn}}}}}}
          told: {{when: {{state: worn}}, then: {{skip: [dull]}}}}
        """
    )
    assert ("K507" in {p.code for p in bench.problems()}) is at_odds


@pytest.mark.parametrize(
    ("old", "new", "mend"),
    [
        ("seconds: 8", 'seconds: "8"', "write 8 without quotes"),
        ("seconds: 8", "seconds: 1:30", "write 90, in seconds"),
        ("per_1000: 34", "per_1000: 3,4", "write 3.4"),
        ("seconds: 10", "seconds: 10s", "write 10, without its unit"),
        ("seconds: 10", "seconds: 2 min", "write 120, in seconds"),
        ("dull: never", "dull: 120%", "a share is 100% at most, written 1"),
        ("background: rarely", "background: 30 %", "write 0.3"),
        ("    kind: check", "\u00a0   kind: check", "U+00A0"),
    ],
)
def test_what_looks_like_the_right_thing_is_told_how_to_become_it(
    bench: Bench, old: str, new: str, mend: str
) -> None:
    bench.replace("parts/power.yaml", old, new)
    told = run(bench.root).output
    assert f"{bench.root}/parts/power.yaml:" in told
    assert mend in told


def test_a_file_in_a_folder_of_another_name_is_told(bench: Bench) -> None:
    bench.write("handset/acme-two.yaml", "kind: handset\n")
    bench.write(".git/config.yaml", "no: knowledge\n")
    assert bench.told() == [("K515", "handset/acme-two.yaml", 1)]


def test_a_day_that_there_is_not_is_told_and_its_case_does_not_pass(bench: Bench) -> None:
    bench.replace("cases/power.cases.yaml", "on: 1998-03-02", "on: 1998-02-30")
    assert bench.told() == [("K207", "cases/power.cases.yaml", line) for line in (5, 11)]
    tested = CliRunner().invoke(diagnose, ["test", str(bench.root)])
    assert (tested.exit_code, "K207 '1998-02-30' is not a date" in tested.output) == (1, True)


@pytest.mark.parametrize("command", ["check", "test", "coverage"])
def test_a_file_that_is_not_there_is_never_fine(bench: Bench, command: str) -> None:
    result = CliRunner().invoke(diagnose, [command, str(bench.root / "cases/powr.cases.yaml")])
    assert result.exit_code == 2, result.output

"""Why something did not come out, premise by premise, and the fewest other answers that would bring it about."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from diagnose.cli.group import diagnose

CASE = """
    handset: acme-one
    on: 1998-03-02
    complaint: {cuts_out: yes}
    answers: {dull: yes}
    """


@pytest.fixture
def why(bench):
    bench.part(
        """
        symptoms:
          burnt: {kind: check, seconds: 9, background: never,
                  ask: {en: "Does it smell burnt?", fr: "Sent-il le brûlé ?"}}
        change:
          faults: {board: {shows: {burnt: always}}}
        """
    )

    def asked(absent: str, case: str = CASE, status: int = 0):
        bench.write("case.yaml", case)
        arguments = ["why", str(bench.root / "case.yaml"), "--not", absent]
        result = CliRunner().invoke(diagnose, [*arguments, "--json", "--knowledge", str(bench.root)])
        assert result.exit_code == status, result.stderr
        return json.loads(result.stdout)

    return asked


def test_each_premise_of_a_rule_is_held_against_what_is_known(why, bench):
    (rule,) = why("young-is-exchanged")["rules"]
    (premises,) = rule["alternatives"]
    assert [(p["condition"], p["value"], p["holds"]) for p in premises] == [
        ("fault.class: hardware", "use", False),
        ("bought.months: {at_most: 11}", None, False),
    ]
    assert premises[0]["at"].startswith(f"{bench.root}/programmes/first.yaml:15:")


def test_the_fewest_other_answers_that_bring_a_remedy_about_are_found_and_true(why):
    found = why("swap")
    assert (found["instead"], found["fault"]) == ("clean", "board")
    assert found["changes"], "two answers suffice"
    for change in found["changes"]:
        assert {c["symptom"]: c["now"] for c in change} == {"dull": "yes", "burnt": "unknown"}
    changed = CASE.replace("dull: yes", "dull: no, burnt: yes")
    assert why("swap", changed, status=1)["came_out"]


def test_a_forbidden_remedy_names_the_rule_and_a_date_that_would_do(why):
    case = "{handset: acme-one, on: 1998-03-02, facts: {bought: 1995-01-01}, complaint: {burnt: yes}}"
    found = why("young-is-exchanged", case)
    assert [[c["symptom"] for c in change] for change in found["changes"]] == [["bought"]]


def test_evidence_against_a_fault_is_told(why):
    found = why("board")
    assert found["against"][0]["symptom"] == "dull"
    assert [{"symptom": "dull", "now": "yes", "then": "no"}] in found["changes"]


def test_what_did_come_out_is_said_so_with_status_1(why):
    assert why("contacts", status=1)["came_out"]


def test_the_text_gives_the_place_of_the_premise_that_fails(bench):
    bench.write("case.yaml", CASE)
    arguments = ["why", str(bench.root / "case.yaml"), "--not", "old-is-not", "--knowledge", str(bench.root)]
    result = CliRunner().invoke(diagnose, arguments)
    assert result.exit_code == 0
    assert "programmes/first.yaml:18:12: fault.class: hardware fails, it is use" in result.stdout
    assert "bought.months: {at_least: 24} fails, not known" in result.stdout


def test_an_unknown_name_or_a_broken_case_is_wrong_usage(bench):
    bench.write("case.yaml", CASE)
    base = ["--knowledge", str(bench.root)]
    result = CliRunner().invoke(diagnose, ["why", str(bench.root / "case.yaml"), "--not", "swop", *base])
    assert (result.exit_code, "did you mean 'swap'?" in result.stderr) == (2, True)
    bench.write("case.yaml", "handset: [")
    result = CliRunner().invoke(diagnose, ["why", str(bench.root / "case.yaml"), "--not", "swap", *base])
    assert result.exit_code == 2


def test_a_case_among_several_is_named(bench):
    base = ["--knowledge", str(bench.root)]
    file = str(bench.root / "cases/power.cases.yaml")
    result = CliRunner().invoke(diagnose, ["why", file, "--case", "dirty-contacts", "--not", "swap", *base])
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, "remedy swap is not in front: clean is")
    result = CliRunner().invoke(diagnose, ["why", file, "--not", "swap", *base])
    assert (result.exit_code, "name one by --case" in result.stderr) == (2, True)

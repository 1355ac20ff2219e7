"""Where a part of the knowledge comes from, what it does, what uses it."""

from __future__ import annotations

import json

from click.testing import CliRunner

from diagnose.cli.group import diagnose


def run(bench, *arguments: str):
    return CliRunner().invoke(diagnose, ["explain", *arguments, "--knowledge", str(bench.root)])


def explained(bench, name: str):
    result = run(bench, name, "--handset", "acme-one", "--json")
    assert result.exit_code == 0, result.stderr
    (part,) = json.loads(result.stdout)
    return part


def uses(part) -> set[tuple[str, str, str]]:
    return {(u["what"], u["id"], u["how"]) for u in part["used_by"]}


def test_a_symptom_names_the_faults_that_show_it_and_the_rules_that_look_at_it(bench):
    bench.part("rules:\n  look: {when: {cuts_out: yes}, then: {ask: [dull]}}\n")
    part = explained(bench, "dull")
    assert (part["kind"], part["layer"], part["at"].partition(":")[0]) == (
        "symptom",
        "gsm",
        f"{bench.root}/parts/power.yaml",
    )
    assert ("fault", "contacts", "shows it: yes 0.85, no 0.15") in uses(part)
    assert ("rule", "look", "asks it first") in uses(part)
    assert ("rule", "look", "looks at it: cuts_out: yes") in uses(explained(bench, "cuts_out"))


def test_a_fault_names_what_cures_it_and_the_policy_on_its_class(bench):
    part = explained(bench, "board")
    assert ("remedy", "swap", "is right for it") in uses(part)
    assert ("rule", "old-is-not", "rules on its class: {forbid: [exchange]}") in uses(part)
    assert any(sentence.startswith("behind 22.73% of the calls") for sentence in part["does"])


def test_a_remedy_names_the_rules_that_forbid_or_require_its_verdict(bench):
    part = explained(bench, "swap")
    assert {("rule", "young-is-exchanged", "requires it"), ("rule", "old-is-not", "forbids it")} <= uses(part)


def test_a_rule_says_what_it_does_who_feeds_it_and_who_comes_before_it(bench):
    bench.part(
        "rules:\n  first: {when: {fault.class: hardware}, then: {charge: estimate}, salience: 5}\n"
        "  other: {when: {fault.class: use}, then: {charge: estimate}, salience: 5}\n"
    )
    part = explained(bench, "young-is-exchanged")
    assert "then {require: exchange, charge: free}" in part["does"]
    assert ("rule", "first", "comes before it on who pays: estimate") in uses(part)
    assert not any(id_ == "other" for _, id_, _ in uses(part)), "the two never fire together"


def test_a_change_by_a_later_layer_is_told_with_its_place(bench):
    path = bench.root / "handsets/acme-one.yaml"
    path.write_text(path.read_text("utf-8") + "change: {faults: {board: {per_1000: 20}}}\n", "utf-8")
    assert explained(bench, "board")["changed"] == [
        {"layer": "acme-one", "at": f"{bench.root}/handsets/acme-one.yaml:7:19"}
    ]


def test_the_text_gives_places_and_an_unknown_name_a_suggestion(bench):
    result = run(bench, "board", "--handset", "acme-one")
    assert "fault board: Board broken" in result.stdout
    assert f"written by gsm at {bench.root}/parts/power.yaml:" in result.stdout
    result = run(bench, "bord", "--handset", "acme-one")
    assert (result.exit_code, "did you mean 'board'?" in result.stderr) == (2, True)

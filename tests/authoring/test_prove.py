"""Proofs over all combinations of facts: what is refuted comes with the smallest case, and is mended as told."""

from __future__ import annotations

import json
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnose.authoring.folder import pairs
from diagnose.authoring.proving.answers import ways
from diagnose.authoring.proving.points import points, ruling_of, view_of
from diagnose.authoring.proving.prove import prove, seen, seen_in, subject_of
from diagnose.authoring.proving.subject import Failure, Subject
from diagnose.cli.group import diagnose
from diagnose.knowledge import catalogue
from diagnose.knowledge.layers import Shelf
from diagnose.knowledge.model import Condition
from diagnose.reasoning.facts import age_facts, standing_facts
from diagnose.reasoning.policy import rule_on
from diagnose.reasoning.rules import RuleBook
from tests.drawn import ANSWERS, FACTS, a_class, a_condition, an_effect
from tests.make import fault, knowledge, premises, remedy, rule, symptom

ENTITLEMENT = """
    symptoms:
      in_guarantee: {kind: entitlement, seconds: 8, background: often,
                     ask: {en: "Is it under guarantee?", fr: "Est-il sous garantie ?"}}
      proof: {kind: entitlement, seconds: 8, background: often,
              ask: {en: "Do you have the receipt?", fr: "Avez-vous la facture ?"}}
      swollen: {kind: safety, seconds: 8, background: never,
                ask: {en: "Is it swollen?", fr: "Est-il gonflé ?"}}
    remedies:
      mend:
        verdict: repair
        name: {en: Repair, fr: Réparation}
        say: {en: We repair it., fr: Nous le réparons.}
        cures: [hardware]
        euros: 50
    alerts:
      hot: {say: {en: Put it down., fr: Posez-le.}, do: {en: Wait., fr: Attendez.}}
    rules:
      gates:
        any: [{fault.class: hardware, in_guarantee: [no, unknown]}, {fault.class: hardware, proof: no}]
        then: {forbid: [exchange], charge: estimate}
        because: {en: Not proved., fr: Pas prouvé.}
    """


def failures(bench, code: str = "") -> list[Failure]:
    loaded = catalogue.load(bench.root, "acme-one")
    assert loaded.fine, loaded.problems
    found = prove([Subject(loaded.knowledge, loaded.invariants)]).failures
    return [f for f in found if f.code.startswith(code)]


def the_failure(bench, code: str) -> Failure:
    found = failures(bench)
    assert [f.code for f in found] == [code], found
    return found[0]


@pytest.fixture
def policy(bench):
    bench.part(ENTITLEMENT)
    bench.replace("programmes/first.yaml", "  young-is-exchanged", "  # young-is-exchanged")
    text = (bench.root / "programmes/first.yaml").read_text("utf-8")
    (bench.root / "programmes/first.yaml").write_text(text[: text.index("rules:")], "utf-8")
    return bench


def rules(policy, text: str):
    path = policy.root / "programmes/first.yaml"
    path.write_text(path.read_text("utf-8") + "rules:\n" + text, "utf-8")
    return policy


def test_a_sound_policy_is_proved(policy):
    assert failures(policy) == []


def test_a_hole_is_told_with_the_smallest_case_and_the_rules(policy):
    rules(policy, "  none: {when: {fault.class: hardware, proof: no}, then: {forbid: [repair]}}\n")
    hole = the_failure(policy, "P101")
    assert hole.case == (("fault.class", "hardware"), ("proof", "no"))
    assert {r for r, _ in hole.rules} == {"gates", "none"}
    assert hole.place.file in ("parts/more.yaml", "programmes/first.yaml")


def test_the_mend_of_a_hole_closes_it(policy):
    policy.replace(
        "parts/more.yaml",
        "then: {forbid: [exchange], charge: estimate}",
        "then: {forbid: [exchange, repair], charge: estimate}",
    )
    hole = the_failure(policy, "P101")
    with (policy.root / "programmes/first.yaml").open("a", encoding="utf-8") as file:
        file.write(hole.mend)
    assert failures(policy, "P101") == []


def test_a_hole_made_by_a_demand_that_cures_nothing_is_mended_by_a_rule_to_add(policy):
    rules(policy, "  advise: {when: {fault.class: hardware, proof: yes}, then: {require: clean}}\n")
    hole = the_failure(policy, "P101")
    assert hole.mend.startswith("rules:\n")
    path = policy.root / "programmes/first.yaml"
    path.write_text(path.read_text("utf-8") + hole.mend.removeprefix("rules:\n"), "utf-8")
    assert failures(policy) == []


def test_two_rules_that_require_different_verdicts_contradict_each_other(policy):
    rules(
        policy,
        "  one: {when: {fault.class: hardware, proof: yes}, then: {require: repair}, salience: 3}\n"
        "  two: {when: {fault.class: hardware, in_guarantee: yes}, then: {require: exchange}}\n",
    )
    wrong = the_failure(policy, "P102")
    assert wrong.subject == "one+two"
    assert set(wrong.case) == {("fault.class", "hardware"), ("proof", "yes"), ("in_guarantee", "yes")}


def test_a_requirement_that_is_forbidden_contradicts_nothing(policy):
    rules(
        policy,
        "  one: {when: {fault.class: hardware, proof: no}, then: {require: repair}}\n"
        "  two: {when: {fault.class: hardware, proof: no}, then: {require: exchange}}\n",
    )
    assert failures(policy) == []


def test_what_is_unsafe_may_not_travel_by_carrier(policy):
    rules(policy, "  hot-phone: {when: {swollen: yes}, then: {alert: hot}}\n")
    unsafe = the_failure(policy, "P103")
    assert ("swollen", "yes") in unsafe.case
    policy.replace("programmes/first.yaml", "alert: hot", "alert: hot, forbid_channel: [carrier]")
    assert failures(policy) == []


def test_an_exchange_needs_its_gates(policy):
    policy.replace("parts/more.yaml", ", {fault.class: hardware, proof: no}", "")
    open_gate = the_failure(policy, "P104")
    assert open_gate.subject == "exchange-despite-proof"
    assert open_gate.case == (("fault.class", "hardware"), ("proof", "no"))


def test_out_of_guarantee_nothing_is_free(policy):
    rules(policy, "  gift: {when: {fault.class: hardware, proof: yes}, then: {charge: free}, salience: 5}\n")
    gift = the_failure(policy, "P105")
    assert set(gift.case) == {("fault.class", "hardware"), ("in_guarantee", "no"), ("proof", "yes")}
    assert gift.place.file == "programmes/first.yaml"


def test_an_invariant_of_the_same_name_stands_in_place_of_the_products_own(policy):
    rules(policy, "  gift: {when: {fault.class: hardware, proof: yes}, then: {charge: free}, salience: 5}\n")
    with (policy.root / "programmes/first.yaml").open("a", encoding="utf-8") as file:
        file.write(
            "never:\n  free-out-of-guarantee:\n    when: {in_guarantee: no, proof: [no, unknown]}\n"
            "    outcome: {free: true, verdict: {not: advice}}\n"
        )
    assert failures(policy) == []


def test_a_rule_that_nothing_brings_to_fire_is_told(policy):
    rules(
        policy,
        "  derived: {when: {cuts_out: yes}, then: {derive: {dull: no}}}\n"
        "  both: {when: {warm: true, cuts_out: yes}, then: {ask: [dull]}}\n"
        "  warm: {when: {cuts_out: no}, then: {derive: {warm: true}}}\n",
    )
    dead = the_failure(policy, "P107")
    assert dead.subject == "both"


def test_a_rule_for_a_handset_that_is_not_proved_now_is_not_called_dead(policy):
    policy.replace("words.yaml", "classes:\n", "classes:\n  liquid: {name: {en: Liquid, fr: Liquide}}\n")
    rules(policy, "  lid: {when: {fault.class: liquid}, then: {charge: estimate}}\n")
    policy.write(
        "handsets/acme-two.yaml",
        """
        kind: handset
        brand: Acme
        name: Two
        extends: gsm
        source: estimate
        programmes: [first]
        change: {faults: {board: {class: liquid}}}
        """,
    )
    said = [
        CliRunner().invoke(diagnose, ["prove", *handset, "--knowledge", str(policy.root)]).output
        for handset in (["acme-one"], ["acme-two"], [])
    ]
    assert not any("P107 lid" in text for text in said), said


def test_what_the_engineer_excludes_never_is_and_what_he_demands_always_is(policy):
    with (policy.root / "programmes/first.yaml").open("a", encoding="utf-8") as file:
        file.write(
            "never:\n"
            "  posted-unproved: {when: {proof: no}, outcome: {carrier: true}, because: nobody pays for it}\n"
            "  mended-proved: {when: {proof: yes, in_guarantee: yes}, outcome: {remedy: mend}}\n"
            "always:\n"
            "  estimate: {when: {fault.class: hardware, proof: no}, outcome: {charge: [estimate]}}\n"
            "  exchanged: {when: {fault.class: hardware, in_guarantee: yes}, outcome: {verdict: exchange}}\n"
        )
    found = {f.subject: f for f in failures(policy)}
    assert sorted((f.code, s) for s, f in found.items()) == [("P201", "mended-proved"), ("P202", "exchanged")]
    assert ("fault.class", "hardware") in found["mended-proved"].case
    assert found["exchanged"].place.file == "programmes/first.yaml"


def test_an_invariant_that_never_applies_is_told(policy):
    with (policy.root / "programmes/first.yaml").open("a", encoding="utf-8") as file:
        file.write(
            "rules:\n  warm: {when: {cuts_out: no}, then: {derive: {warm: true}}}\n"
            "never:\n  idle: {when: {warm: true, cuts_out: yes}, outcome: {carrier: true}}\n"
        )
    assert the_failure(policy, "P203").subject == "idle"


def test_a_wrong_invariant_is_a_problem_of_the_text(policy):
    with (policy.root / "programmes/first.yaml").open("a", encoding="utf-8") as file:
        file.write(
            "never:\n  a: {when: {prof: no}, outcome: {carrier: true}}\n  b: {outcome: {charge: fre}}\n"
            "  c: {outcome: {colour: red}}\n  d: {outcome: {}}\n"
        )
    codes = [p.code for p in catalogue.load(policy.root, "acme-one").problems]
    assert sorted(codes) == ["K201", "K209", "K408", "K414"]


def test_invariants_are_no_part_of_the_revision(policy):
    before = catalogue.load(policy.root, "acme-one").knowledge
    with (policy.root / "programmes/first.yaml").open("a", encoding="utf-8") as file:
        file.write("never:\n  a: {when: {proof: no}, outcome: {verdict: exchange}}\n")
    after = catalogue.load(policy.root, "acme-one")
    assert after.knowledge == before
    assert [i.id for i in after.invariants] == ["a"]


def test_the_command_says_what_failed_and_where(policy):
    run = CliRunner().invoke(diagnose, ["prove", "--knowledge", str(policy.root)])
    assert (run.exit_code, run.stderr) == (0, "")
    assert run.stdout.rstrip().endswith("1 pair of handset and programme: all proved")
    rules(policy, "  none: {when: {fault.class: hardware, proof: no}, then: {forbid: [repair]}}\n")
    run = CliRunner().invoke(diagnose, ["prove", "acme-one", "--knowledge", str(policy.root)])
    assert run.exit_code == 1
    assert "P101 no remedy that cures board (hardware) is left" in run.stdout
    assert "case: fault.class: hardware, proof: no" in run.stdout


def test_as_json_a_proof_has_what_was_checked_and_what_failed(policy):
    rules(policy, "  none: {when: {fault.class: hardware, proof: no}, then: {forbid: [repair]}}\n")
    run = CliRunner().invoke(diagnose, ["prove", "--json", "--knowledge", str(policy.root)])
    made = json.loads(run.stdout)
    assert run.exit_code == 1
    assert made["checked"] == 32
    assert made["pairs"] == [{"handset": "acme-one", "programme": "first"}]
    (failure,) = made["failures"]
    assert (failure["code"], failure["case"]) == ("P101", {"fault.class": "hardware", "proof": "no"})
    assert failure["mend"].startswith("remove:\n  rules: [none]\n")


def test_an_unknown_handset_is_wrong_usage(policy):
    run = CliRunner().invoke(diagnose, ["prove", "acme-two", "--knowledge", str(policy.root)])
    assert run.exit_code == 2
    assert "did you mean 'acme-one'" in run.stderr


@st.composite
def some_rules(draw):
    made = []
    for i in range(draw(st.integers(1, 5))):
        when = draw(st.lists(st.lists(a_condition, min_size=1, max_size=2), min_size=1, max_size=2))
        if draw(st.booleans()):
            one = draw(a_class)
            when = [[one, *w] for w in when]
        made.append(rule(f"r{i}", tuple(tuple(w) for w in when), draw(st.integers(-1, 1)), **draw(an_effect)))
    if draw(st.booleans()):
        made.append(rule("d1", premises(dropped=["no", "unknown"]), derive=(("accident", "no"),)))
    if draw(st.booleans()):
        made.append(rule("d2", premises(wet="yes"), draw(st.integers(0, 1)), derive=(("accident", "yes"),)))
    return made


def says(ruling) -> tuple:
    return (ruling.allowed, ruling.required, ruling.channels[:1], ruling.charge, ruling.promise)


@settings(max_examples=150, deadline=None)
@given(some_rules())
def test_the_points_are_all_that_answering_in_every_way_comes_to(made):
    kb = knowledge(
        [
            symptom("cuts_out"),
            symptom("proof", "entitlement"),
            symptom("wet", "history"),
            symptom("dropped", "history"),
            symptom("accident", "entitlement", needs=premises(dropped="yes")),
        ],
        [fault("contacts", 10, "clean", cuts_out=0.9), fault("board", 10, "swap", "hardware")],
        [remedy("clean", "advice"), remedy("swap", "exchange", 60), remedy("mend", "repair", 50)],
        made,
    )
    deriving = RuleBook(tuple(r for r in kb.rules if r.then.derive))
    brute = set()
    for answers in product([None, *ANSWERS], repeat=len(FACTS)):
        facts = {f: a for f, a in zip(FACTS, answers, strict=True) if a is not None}
        if "accident" in facts and facts.get("dropped", "yes") != "yes":
            continue  # it would be set aside
        full = {**standing_facts(kb), **facts}
        full |= {k: v for k, v in deriving.fire(full).derived if k not in full}
        brute |= {(c, says(rule_on(kb, full, c))) for c in ("use", "hardware")}
    found = points(view_of(Subject(kb)))
    assert {(p.fault_class, says(ruling_of(kb, p))) for p in found} == brute
    for point in found:
        facts = {**standing_facts(kb), **dict(point.state.facts)}
        del facts["fault.class"]
        assert says(rule_on(kb, facts, point.fault_class)) == says(ruling_of(kb, point))


@pytest.mark.parametrize("bound", [1, 13, 28, 29, 30, 31, 32, 59, 365, 366])
def test_every_bound_in_days_is_tried_on_both_sides_with_every_number_of_months_that_goes_with_it(bound):
    conditions = (Condition("bought.days", at_most=bound), Condition("bought.months", at_least=12))
    kb = knowledge([symptom("bought", "history", answer_type="date")], [], [])
    found = {
        tuple(c.holds_for(facts[c.fact]) for c in conditions)
        for way in ways([kb], "bought", [conditions])
        if "bought.days" in (facts := way.facts[0])
    }
    real = set()
    for begun in range(1461):
        then = date(1997, 1, 1) + timedelta(days=begun)
        for days in {0, bound, bound + 1, 365, 366, 367}:
            facts = age_facts("bought", then.isoformat(), then + timedelta(days=days))
            real.add(tuple(c.holds_for(facts[c.fact]) for c in conditions))
    assert found == real


def test_many_questions_that_derive_one_from_another_are_gone_through_all_the_same():
    names = [f"q{i:02}" for i in range(16)]
    kb = knowledge(
        [symptom(n, "history") for n in names],
        [fault("board", 10, "swap", "hardware")],
        [remedy("swap", "exchange", 60)],
        [
            *(rule(f"d-{n}", premises(**{n: "yes"}), derive=(("hurt", True),)) for n in names),
            rule("barred", premises(fault__class="hardware", hurt=True), forbid=("exchange",)),
        ],
    )
    found = points(view_of(Subject(kb)))
    assert [len(p.state.given) for p in found] == [1, 2]
    assert sum(p.state.count for p in found) == 4**16


def test_the_whole_shipped_catalogue_is_proved():
    root = Path(__file__).parents[2] / "knowledge"
    shelf = Shelf(root)
    loaded = [catalogue.load(root, handset, programme, shelf) for handset, programme in pairs(root)]
    proof = prove(Subject(x.knowledge, x.invariants) for x in loaded if x.knowledge)
    assert [(f.code, f.subject, f.handsets, f.case) for f in proof.failures] == []
    assert len(proof.pairs) == len(loaded) and proof.combinations > 10**12


def test_several_processes_see_what_one_does_in_the_same_order(policy):
    chosen = list(pairs(policy.root)) * 3
    loaded = [subject_of(catalogue.load(policy.root, *pair)) for pair in chosen]
    here = [seen(subject) for subject in loaded if subject is not None]
    assert here and all(one.combinations for one in here)
    assert list(seen_in(policy.root, chosen, 2)) == here
    subjects = [subject for subject in loaded if subject is not None]
    assert prove(subjects, looked=here) == prove(subjects)

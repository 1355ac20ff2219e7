"""Whether two policies say the same: against going through every answer, and on edits whose effect is known."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnose.authoring.folder import pairs
from diagnose.authoring.proving.ending import ending_of, otherwise
from diagnose.authoring.proving.equivalence import compared
from diagnose.authoring.proving.side_by_side import compare
from diagnose.cli.group import diagnose
from diagnose.knowledge.model import UNKNOWN, Alert, Answer, Condition, Text
from diagnose.reasoning.facts import standing_facts
from diagnose.reasoning.policy import rule_on
from diagnose.reasoning.rules import RuleBook
from tests.drawn import ANSWERS, FACTS, a_class, a_condition, an_effect
from tests.make import fault, knowledge, premises, remedy, rule, symptom

a_value = st.sampled_from(ANSWERS)
some_needs = st.sampled_from(
    [(), premises(dropped="yes"), premises(dropped=["no", UNKNOWN]), premises(wet="yes")]
)


@st.composite
def a_rule(draw, name):
    when = draw(st.lists(st.lists(a_condition, min_size=1, max_size=2), min_size=1, max_size=2))
    if draw(st.integers(0, 3)) == 0:
        then = {"derive": ((draw(st.sampled_from(["accident", "proof", "doubt"])), draw(a_value)),)}
    else:
        then = draw(an_effect)
        if draw(st.booleans()):
            when = [[draw(a_class), *w] for w in when]
        if draw(st.integers(0, 3)) == 0:
            when = [[*w, Condition("doubt", (draw(a_value),))] for w in when]
    return rule(name, tuple(tuple(w) for w in when), draw(st.integers(-1, 1)), **then)


@st.composite
def an_edit(draw):
    """Some rules and what accident needs; and the same with a little written otherwise."""
    old = [draw(a_rule(f"r{i}")) for i in range(draw(st.integers(1, 4)))]
    new = list(old)
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(new) - 1)) if new else 0
        what = draw(st.sampled_from(["other", "gone", "more", "fewer premises"]))
        if what == "more" or not new:
            new.insert(at, draw(a_rule(f"n{len(new)}")))
        elif what == "gone":
            del new[at]
        elif what == "other":
            new[at] = draw(a_rule(new[at].id))
        else:
            new[at] = replace(new[at], alternatives=tuple(a[1:] or a for a in new[at].alternatives))
    needs = draw(some_needs)
    return (old, needs), (new, draw(st.one_of(st.just(needs), some_needs)))


def made(rules, needs=()):
    return knowledge(
        [
            symptom("cuts_out"),
            symptom("proof", "entitlement"),
            symptom("wet", "history"),
            symptom("dropped", "history"),
            symptom("accident", "entitlement", needs=needs),
        ],
        [fault("contacts", 10, "clean", cuts_out=0.9), fault("board", 10, "swap", "hardware")],
        [remedy("clean", "advice"), remedy("swap", "exchange", 60), remedy("mend", "repair", 50)],
        rules,
        revision=repr((rules, needs)),
    )


def facts_in(kb, book, answers):
    """As a call has them: derived what follows, set aside what does not apply, until nothing changes."""
    while True:
        facts = {**standing_facts(kb), **answers}
        facts |= {k: v for k, v in book.fire(facts).derived if k not in facts}
        gone = [
            s
            for s in answers
            if any(c.fact in facts and not c.holds_for(facts[c.fact]) for c in kb.symptoms[s].needs)
        ]
        if not gone:
            return facts
        answers = {s: a for s, a in answers.items() if s not in gone}


def by_going_through_all(old, new):
    """What is otherwise, with the fewest facts that show it (the class is one)."""
    found = {}
    books = [(kb, RuleBook(tuple(r for r in kb.rules if r.then.derive))) for kb in (old, new)]
    for answers in product([None, *ANSWERS], repeat=len(FACTS)):
        told = {f: a for f, a in zip(FACTS, answers, strict=True) if a is not None}
        facts = [facts_in(kb, book, told) for kb, book in books]
        for c in ("use", "hardware"):
            ends = [
                ending_of(kb, rule_on(kb, f, c), frozenset()) for kb, f in zip((old, new), facts, strict=True)
            ]
            what = otherwise(*ends)
            if what is not None:
                found[what] = min(found.get(what, 99), len(told) + 1)
    return found


@settings(max_examples=80, deadline=None)
@given(an_edit())
def test_what_is_otherwise_is_what_going_through_every_answer_finds_with_as_few_facts(edit):
    old, new = (made(*side) for side in edit)
    found = compare(old, new)
    assert {d.what: len(d.case) for d in found.differences} == by_going_through_all(old, new)
    assert 0 <= found.different <= found.combinations
    back = compare(new, old)
    assert (back.different, back.relation) == (
        found.different,
        {"wider": "narrower", "narrower": "wider"}.get(found.relation, found.relation),
    )


def seen_of(old_rules, new_rules, **edits):
    """What came of comparing, and the smallest case of each kind by what it is."""
    old = made(old_rules)
    new = replace(made(new_rules), **edits)
    new = replace(new, revision=f"{new.revision} {sorted(edits)}")
    found = compare(old, new)
    return found, {d.what: dict(d.case) for d in found.differences}


BARRED = rule("barred", premises(fault__class="hardware", wet="yes"), forbid=("exchange",))
TWICE = rule("twice", premises(wet="yes"), forbid=("exchange",))


def test_a_condition_that_another_rule_makes_needless_can_be_dropped():
    found, _ = seen_of([TWICE, BARRED], [TWICE, replace(BARRED, alternatives=(premises(wet="yes"),))])
    assert found.relation == "same" and found.combinations > 0


def test_the_same_under_other_names_and_in_another_order_is_the_same_without_looking():
    other = replace(BARRED, id="other", alternatives=(tuple(reversed(BARRED.alternatives[0])),))
    found, _ = seen_of([BARRED], [other])
    assert (found.relation, found.combinations) == ("same", 0)


def test_a_condition_less_is_narrower_with_the_fewest_facts_and_the_rules_of_both_sides():
    less = replace(BARRED, alternatives=(premises(wet="yes"),))
    found, cases = seen_of([BARRED], [less])
    ((what, case),) = cases.items()
    assert (what.relation, what.lost, what.gained) == ("narrower", ("swap",), ())
    assert case == {"fault.class": "use", "wet": "yes"}
    assert [id_ for id_, _ in found.differences[0].now] == ["barred"] and found.differences[0].then == ()
    assert found.different * 8 == found.combinations  # one of two classes, one of four answers


def test_a_flipped_answer_is_otherwise_each_way_with_its_own_case():
    flipped = replace(BARRED, alternatives=(premises(fault__class="hardware", wet="no"),))
    found, cases = seen_of([BARRED], [flipped])
    assert found.relation == "otherwise"
    assert {what.relation: case["wet"] for what, case in cases.items()} == {"wider": "yes", "narrower": "no"}


def test_another_charge_channel_promise_demand_or_danger_is_otherwise():
    alarm = rule("alarm", premises(wet="yes"), alert="hot")
    for old, new, told in (
        ([rule("a", charge="free")], [rule("a", charge="estimate")], "charge"),
        ([rule("a", channel="shop")], [], "channel"),
        ([rule("a", promise="tomorrow")], [], "promise"),
    ):
        found, cases = seen_of(old, new)
        assert found.relation == "otherwise" and told in {f for what in cases for f, _, _ in what.changed}
    found, cases = seen_of([rule("a", forbid=("advice", "repair"))], [rule("a", require="exchange")])
    assert [(w.relation, w.demanded, w.lost) for w in cases] == [("otherwise", ("", "exchange"), ())]
    hot = {"alerts": {"hot": Alert("hot", Text.of(en="Stop.", fr="Arrêtez."), Text.of(en="-", fr="-"))}}
    found, cases = seen_of([], [alarm], **hot)
    assert [(w.danger, c) for w, c in cases.items()] == [
        (((), ("alert hot",)), {"fault.class": "use", "wet": "yes"})
    ]


def test_a_rule_that_derives_is_compared_by_what_comes_of_it():
    barred = rule("barred", premises(doubt=True), forbid=("exchange",))
    one = rule("one", premises(wet="yes"), derive=(("doubt", True),))
    two = rule("two", premises(wet="yes", dropped="yes"), derive=(("doubt", True),))
    assert seen_of([barred, one, two], [barred, one])[0].relation == "same"
    found, cases = seen_of([barred, one], [barred, two])
    assert list(cases.values()) == [{"fault.class": "use", "wet": "yes"}]
    assert [id_ for id_, _ in found.differences[0].then] == ["barred", "one"]


def test_every_bound_of_either_side_is_tried():
    def old_enough(days):
        return rule("old", (Condition("bought.days", at_least=days),), forbid=("exchange",))

    def dated(rules):
        kb = made(rules)
        asked = {**kb.symptoms, "bought": symptom("bought", "history", answer_type="date")}
        return replace(kb, symptoms=asked, revision=repr(rules))

    found = compare(dated([old_enough(14)]), dated([old_enough(15)]))
    assert [dict(d.case) for d in found.differences] == [{"fault.class": "use", "bought.days": 14}]


def test_a_question_or_an_answer_that_one_side_does_not_know_is_not_given_there():
    asks = rule("asks", premises(smell=["yes", "burnt"]), forbid=("exchange",))
    kb = made([asks])
    smell = symptom("smell", "safety")
    burnt = replace(smell, answers=(*smell.answers, Answer("burnt", Text.of(en="burnt", fr="brûlé"), 0.1)))
    with_, more = (
        replace(kb, symptoms={**kb.symptoms, "smell": s}, revision=f"{kb.revision}{len(s.answers)}")
        for s in (smell, burnt)
    )
    assert [dict(d.case) for d in compare(with_, more).differences] == [
        {"fault.class": "use", "smell": "burnt"}
    ]
    found = compare(kb, with_)
    assert [(d.what.lost, dict(d.case)) for d in found.differences] == [
        (("swap",), {"fault.class": "use", "smell": "yes"})
    ]


def test_a_question_with_a_new_name_is_the_same_question():
    old = made([BARRED])
    named = replace(old.symptoms["wet"], id="liquid", formerly=("wet",))
    others = {name: s for name, s in old.symptoms.items() if name != "wet"}
    new = made([replace(BARRED, alternatives=(premises(fault__class="hardware", liquid="yes"),))])
    assert compare(old, replace(new, symptoms={**others, "liquid": named})).relation == "same"


def test_new_faults_classes_and_remedies_are_no_trouble():
    new = made([BARRED])
    faults = {**new.faults, "burnt": fault("burnt", 5, "collect", "safety")}
    remedies = {**new.remedies, "collect": remedy("collect", "visit")}
    found = compare(made([BARRED]), replace(new, faults=faults, remedies=remedies, revision="more"))
    assert found.relation == "wider"
    assert {d.what.gained for d in found.differences} == {("collect",)}


def test_advice_that_diagnosis_rules_out_otherwise_is_seen_too():
    dark = rule("dark", premises(cuts_out="yes"), forbid=("clean",))
    assert [dict(d.case) for d in compare(made([dark]), made([])).differences] == [
        {"fault.class": "use", "cuts_out": "yes"}
    ]
    assert compare(made([dark, BARRED]), made([dark, TWICE])).relation == "narrower"


@pytest.fixture
def old(bench, tmp_path) -> Path:
    """The knowledge as it was; ``bench`` is what is edited."""
    return Path(shutil.copytree(bench.root, tmp_path / "old"))


RULE = """rules:
  dull: {when: {cuts_out: yes, fault.class: hardware}, then: {forbid: [exchange]}, source: estimate}
"""


def against(bench, old, *more):
    return CliRunner().invoke(
        diagnose, ["prove", "--against", str(old), "--knowledge", str(bench.root), *more]
    )


def test_the_command_says_that_nothing_is_otherwise(bench, old):
    run = against(bench, old)
    assert (run.exit_code, run.stderr) == (0, "")
    assert run.stdout.splitlines()[-1].startswith("equivalent to")


def test_the_command_tells_the_case_and_the_rules_of_both_and_ends_with_status_1(bench, old):
    bench.part(RULE)
    run = against(bench, old, "acme-one")
    assert run.exit_code == 1
    assert "narrower: no longer allowed: swap [acme-one under first]" in run.stdout
    assert "    case: fault.class: hardware, cuts_out: yes\n" in run.stdout
    assert f"    now: dull ({bench.root}/parts/more.yaml:4:3)\n" in run.stdout
    made_ = json.loads(against(bench, old, "--json").stdout)
    assert not made_["equivalent"]
    one = made_["differences"][0]
    assert (one["relation"], one["no_longer_allowed"], one["now_allowed"]) == ("narrower", ["swap"], [])
    assert one["case"] == {"fault.class": "hardware", "cuts_out": "yes"}
    assert [r["rule"] for r in one["rules"]["now"]] == ["dull"] and one["rules"]["then"] == []
    assert made_["pairs"][0]["relation"] == "otherwise" and made_["pairs"][0]["different"] > 0


def test_what_only_one_side_has_is_named_and_not_equivalent(bench, old):
    (bench.root / "handsets/acme-two.yaml").write_text(
        (bench.root / "handsets/acme-one.yaml").read_text("utf-8").replace("name: One", "name: Two"), "utf-8"
    )
    run = against(bench, old)
    assert run.exit_code == 1 and "only here: acme-two under first\n" in run.stdout
    assert against(bench, old, "acme-one").exit_code == 0
    back = CliRunner().invoke(diagnose, ["prove", "--against", str(bench.root), "--knowledge", str(old)])
    assert back.exit_code == 1 and f"only in {bench.root}: acme-two under first\n" in back.stdout


def test_a_side_with_errors_is_not_compared(bench, old):
    bench.part("rules:\n  dull: {when: {cuts_owt: yes}, then: {forbid: [exchange]}, source: estimate}\n")
    run = against(bench, old)
    assert run.exit_code == 2
    assert f"{bench.root}/parts/more.yaml:4:17: K414" in run.stderr
    assert "cannot be compared" in run.stdout and "equivalent" not in run.stdout


@pytest.mark.parametrize("more", [["acme-tow"], ["--programme", "frist"]])
def test_a_name_that_neither_side_has_is_wrong_usage(bench, old, more):
    run = against(bench, old, *more)
    assert run.exit_code == 2 and "in either version; did you mean" in run.stderr


def test_a_git_revision_is_compared_with_the_folder_of_today(bench):
    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *identity, *arguments], cwd=bench.root, check=True, capture_output=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    bench.part(RULE)
    run = against(bench, "HEAD")
    assert run.exit_code == 1 and "parts/more.yaml:4:3: narrower" in run.stdout
    nowhere = against(bench, "nowhere")
    assert nowhere.exit_code == 2 and "'nowhere' is neither a folder nor a git revision" in nowhere.stderr


def test_several_processes_find_what_one_does_in_the_same_order(bench, old):
    bench.part(RULE)
    chosen = list(pairs(bench.root)) * 4
    one = list(compared(old, bench.root, chosen, 1))
    assert one and list(compared(old, bench.root, chosen, 2)) == one

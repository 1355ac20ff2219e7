"""Which question of entitlement the outcome turns on, against the plain definition."""

from dataclasses import replace
from datetime import date
from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnose.knowledge.model import Condition, Costs, satisfied
from diagnose.reasoning import branching, turning
from diagnose.reasoning.assess import Ask, assess, rulebook
from diagnose.reasoning.belief import believe
from diagnose.reasoning.facts import Finding, Findings
from diagnose.reasoning.loss import allowed_loss, endings, loss, not_working
from diagnose.reasoning.outcome import by_cost, outcome, relevant_first
from diagnose.reasoning.policy import (
    border,
    channel_for,
    charge_for,
    open_questions,
    possible_answers,
    rule_on,
    rulings_on,
)
from diagnose.reasoning.turning import turning_question, turns_of
from tests.make import fault, knowledge, premises, remedy, ringer, rule, symptom

DAY = date(1998, 3, 2)
QUESTIONS = ("bought", "proof", "wet", "shop", "loan")


def completions(kb, given, questions):
    """Every way the questions could be answered: the numbers of the answers, and all facts then."""
    options = [possible_answers(kb, q) for q in questions]
    for choice in product(*(range(len(o)) if o else (-1,) for o in options)):
        complete = dict(given)
        for question, option, number in zip(questions, options, choice, strict=True):
            if number >= 0 and all(may_hold(kb, c, with_derived(kb, complete)) for c in question.needs):
                complete.update(option[number])
        yield choice, with_derived(kb, complete)


def with_derived(kb, given):
    """The facts, and what the rules that do not speak of the fault derive from them."""
    return {**given, **dict(rulebook(kb).fire(given).derived)}


def may_hold(kb, condition, facts):
    if condition.fact in facts:
        return condition.holds_for(facts[condition.fact])
    return condition.fact in border(kb).derivable


def plain(kb, facts, derived, end, remedies, belief, euros, skipped):
    """Every way the open questions could be answered, each taken to its very end."""
    questions = tuple(q for q in open_questions(kb, facts) if q.id not in skipped)
    in_class = np.array([f.fault_class == end.fault_class for f in kb.faults.values()])
    rest = euros @ (belief * ~in_class)
    names = list(kb.remedies)

    def ending(complete):
        ruling = rule_on(kb, complete, end.fault_class)
        column = np.array([[r in ruling.allowed] for r in names]) & np.ones(len(belief), dtype=bool)
        lost = allowed_loss(kb, column, not_working(kb, facts))[[names.index(r.id) for r in remedies]]
        order = relevant_first(kb, belief, remedies, by_cost(rest + lost @ (belief * in_class)))
        best = remedies[next((i for i in order if remedies[i].id in ruling.allowed), order[0])]
        promise = "" if best.verdict == "advice" else ruling.promise
        return best.id, channel_for(kb, ruling, best), charge_for(kb, ruling, best), promise

    given = {name: v for name, v in facts.items() if name not in derived}
    ends = {choice: ending(complete) for choice, complete in completions(kb, given, questions)}
    for i, question in enumerate(questions):
        if satisfied(question.needs, facts):
            parted = {}
            for choice, ended in ends.items():
                parted.setdefault(choice[:i] + choice[i + 1 :], set()).add(ended)
            if any(len(group) > 1 for group in parted.values()):
                return question.id
    return ""


def both(kb, findings, skipped=frozenset()):
    """The question by the plain definition and by the product, as :func:`assess` would ask for it."""
    now = assess(kb, findings, choose=None)
    rulings, in_vain = rulings_on(kb, now.facts), not_working(kb, now.facts)
    remedies = endings(kb, in_vain, rulings[None])
    names = list(kb.remedies)
    euros = loss(kb, now.facts, in_vain, rulings)[[names.index(r.id) for r in remedies]]
    end = outcome(kb, now.belief, remedies, euros @ now.belief.posterior, rulings, None)
    derived = [name for name, _ in now.derived]
    arguments = (kb, now.facts, derived, end, remedies, now.belief.posterior, euros, skipped)
    return plain(*arguments), turning_question(*arguments)


answer = st.sampled_from(["yes", "no", "unknown"])
premise = st.one_of(
    st.builds(lambda q, a: Condition(q, (a,)), st.sampled_from(QUESTIONS[1:]), answer),
    st.builds(lambda q, a: Condition(q, (a,), negated=True), st.sampled_from(QUESTIONS[1:]), answer),
    st.builds(lambda n: Condition("bought.months", at_most=n), st.sampled_from([3, 12])),
    st.builds(lambda a: Condition("young", (a,)), st.sampled_from(["yes", "no"])),
    st.just(Condition("dead", ("yes",))),
    st.builds(lambda c: Condition("fault.class", (c,)), st.sampled_from(["hardware", "use"])),
    st.just(Condition("handset.folds", (True,))),
)
effect = st.one_of(
    st.sampled_from(["swap", "mend", "repair", "visit"]).map(lambda r: {"require": r}),
    st.sampled_from(["swap", "mend", "exchange"]).map(lambda r: {"forbid": (r,)}),
    st.just({"charge": "free"}),
    st.just({"channel": "shop"}),
    st.builds(
        lambda v, s: {"derive": (("young", v),), "salience": s},
        st.sampled_from(["yes", "no"]),
        st.sampled_from([0, 10]),
    ),
)
drawn_rules = st.lists(st.tuples(st.lists(premise, min_size=1, max_size=3), effect), max_size=6)
need = st.sampled_from([(), premises(proof="yes"), premises(young="yes"), premises(wet="no")])


def desk(drawn, shop_needs=(), loan_needs=(), *, folds=False):
    """A knowledge base with five questions of entitlement and these rules."""
    return knowledge(
        [
            symptom("dead", background=0.02),
            symptom("bought", "entitlement", answer_type="date"),
            symptom("proof", "entitlement", background=0.5),
            symptom("wet", "history", background=0.1),
            symptom("shop", "entitlement", background=0.5, needs=shop_needs),
            symptom("loan", "entitlement", background=0.5, needs=loan_needs),
        ],
        [fault("board", 20, "swap", "hardware", dead=0.9), fault("off", 30, "explain", dead=0.02)],
        [
            remedy("explain", "advice"),
            remedy("swap", "exchange", 60, cures=["hardware"]),
            remedy("mend", "repair", 55, cures=["hardware"]),
            remedy("look", "visit", 40),
        ],
        [rule(f"r{i}", tuple(when), **then) for i, (when, then) in enumerate(drawn)],
        attributes={"folds": folds},
    )


@given(
    drawn_rules,
    need,
    need,
    st.dictionaries(st.sampled_from(QUESTIONS[1:]), answer, max_size=2),
    st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_the_question_is_the_one_of_the_plain_definition(drawn, shop_needs, loan_needs, answers, folds):
    kb = desk(drawn, shop_needs, loan_needs, folds=folds)
    findings = Findings(DAY, tuple(Finding(s, a) for s, a in {"dead": "yes", **answers}.items()))
    expected, got = both(kb, findings)
    assert got == expected


def test_a_question_is_asked_for_the_sake_of_another_that_hangs_on_it():
    rules = [
        (premises(fault__class="use", proof="yes"), {"charge": "free"}),
        (premises(fault__class="hardware", loan="yes"), {"charge": "free"}),
    ]
    kb = desk(rules, loan_needs=premises(proof="yes"))
    assert both(kb, Findings(DAY, (Finding("dead", "yes"),))) == ("proof", "proof")


def test_a_question_is_asked_that_would_change_what_a_rule_has_derived():
    """Young until a proof says otherwise: the question is put though ``young`` has a value already."""
    rules = [
        (premises(dead="yes"), {"derive": (("young", "yes"),)}),
        (premises(proof="no"), {"derive": (("young", "no"),), "salience": 10}),
        (premises(fault__class="use", young="no"), {"charge": "free"}),
        (premises(fault__class="hardware", young="no"), {"charge": "free"}),
    ]
    kb = desk(rules)
    assert both(kb, Findings(DAY, (Finding("dead", "yes"),))) == ("proof", "proof")


def test_what_no_open_question_can_derive_otherwise_stays_as_it_is():
    rules = [
        (premises(dead="yes"), {"derive": (("young", "yes"),)}),
        (premises(proof="no", young="no"), {"charge": "free"}),
    ]
    kb = desk(rules)
    assert both(kb, Findings(DAY, (Finding("dead", "yes"),))) == ("", "")


def test_a_question_is_asked_though_not_all_before_it_can_be_combined_with_it(monkeypatch):
    """Those before it may bear on the charge too, and change nothing: it is as it would be without them."""
    for module in (branching, turning):
        monkeypatch.setattr(module, "MOST_WAYS", 4)
    rules = [
        (premises(fault__class=fault_class, **{question: answer}), {"charge": charge, "salience": salience})
        for fault_class in ("use", "hardware")
        for question, answer, charge, salience in (
            ("proof", "no", "estimate", 0),
            ("wet", "yes", "estimate", 0),
            ("loan", "yes", "free", 10),
        )
    ]
    kb = desk(rules)
    assert both(kb, Findings(DAY, (Finding("dead", "yes"),))) == ("loan", "loan")


def test_batches_hold_every_question_and_one_alone_that_has_too_many_answers(monkeypatch):
    monkeypatch.setattr(turning, "MOST_WAYS", 6)
    batches = list(turning._batches([2, 9, 3, 2]))
    assert batches == [(0, 2), (1,), (0, 3)]


def test_the_verdict_hangs_on_what_the_call_would_end_with_and_not_on_idle_advice():
    """Advice for something else is the cheapest by a hair, whatever is answered, and is no end of this call."""
    kb = replace(
        desk(
            [
                (premises(fault__class="hardware", proof=p), {"forbid": (v,)})
                for p, v in (("no", "exchange"), ("yes", "repair"))
            ]
        ),
        revision="idle-advice",
        costs=Costs(needless=(("repair", 40), ("exchange", 60))),
    )
    said = Findings(DAY, (Finding("dead", "yes"),))
    now = assess(kb, said)
    assert now.losses[0][0] == "explain" and now.outcome.remedy.verdict != "advice"
    assert now.next == Ask("proof", "entitlement")


def test_a_question_that_only_other_classes_of_fault_hang_on_parts_nothing():
    kb = ringer()
    turns = turns_of(kb, {"handset.id": "acme-one"}, (), "use", frozenset())
    assert turns.questions == ()
    hardware = turns_of(kb, {"handset.id": "acme-one"}, (), "hardware", frozenset())
    assert [t.question for t in hardware.questions] == ["wet", "bought", "proof"]


def test_a_question_that_is_skipped_is_not_turned_on():
    kb = ringer()
    turns = turns_of(kb, {"handset.id": "acme-one"}, (), "hardware", frozenset({"wet"}))
    assert "wet" not in [t.question for t in turns.questions]


def test_what_is_left_of_the_belief_without_an_answer_is_bayes_rule_on_the_others():
    kb = ringer()
    answers = [("no_ring", "yes"), ("mute_icon", "no"), ("asks_how", "no")]
    belief = believe(kb, answers, opening=["no_ring"])
    assert np.allclose(belief.without("asks_how"), believe(kb, answers[:2], opening=["no_ring"]).posterior)
    assert np.allclose(belief.without("never_asked"), belief.posterior)

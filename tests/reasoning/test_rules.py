"""Rules fire on facts in a total order, the same with either matcher, in any process."""

import logging
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import diagnose
from diagnose.knowledge.model import Condition, Effects, Rule, Scalar, same, satisfied
from diagnose.reasoning import rules as module
from diagnose.reasoning.one_more import OneMore
from diagnose.reasoning.rules import Fired, Firing, RuleBook
from diagnose.reasoning.strategy import TotalOrder

both_matchers = pytest.mark.parametrize("stock", [False, True], ids=["indexed", "stock"])


def has(fact: str, *values: Scalar) -> Condition:
    return Condition(fact, values)


def lacks(fact: str, *values: Scalar) -> Condition:
    return Condition(fact, values, negated=True)


def within(fact: str, at_least: float | None = None, at_most: float | None = None) -> Condition:
    return Condition(fact, at_least=at_least, at_most=at_most)


def rule(
    name: str, *alternatives: tuple[Condition, ...], salience: int = 0, number: int = 0, **derive: Scalar
) -> Rule:
    return Rule(name, alternatives, Effects(derive=tuple(derive.items())), salience=salience, number=number)


def names(firings: Sequence[Firing]) -> list[str]:
    return [f.rule.id for f in firings]


def fired(rules: Sequence[Rule], facts: Mapping[str, Scalar], stock: bool = False) -> list[str]:
    return names(RuleBook(rules, stock=stock).fire(facts).firings)


def exact(result: Fired) -> str:
    """Firings and derivations, true told from 1."""
    return repr(
        ([(f.rule.id, f.rule.number, f.alternative, f.facts) for f in result.firings], result.derived)
    )


# What fires


@both_matchers
def test_a_rule_fires_when_all_premises_of_an_alternative_hold(stock):
    dead = rule("dead", (has("powers_on", "no"), has("battery", "old", "swollen")))
    assert fired([dead], {"powers_on": "no", "battery": "swollen"}, stock) == ["dead"]
    assert fired([dead], {"powers_on": "no", "battery": "new"}, stock) == []
    assert fired([dead], {"powers_on": "no"}, stock) == []


@both_matchers
def test_a_firing_tells_its_alternative_and_its_facts_in_premise_order(stock):
    wet = rule("wet", (has("c", "x"),), (has("b", True), within("a", 3), has("b", True)))
    (firing,) = RuleBook([wet], stock=stock).fire({"a": 3.5, "b": True, "c": "y"}).firings
    assert firing == Firing(wet, 1, (("b", True), ("a", 3.5), ("b", True)))
    assert firing.facts[0][1] is True


@both_matchers
def test_a_rule_without_premises_always_fires_and_one_without_alternatives_never(stock):
    assert fired([rule("always", ()), rule("never")], {}, stock) == ["always"]


@both_matchers
def test_a_rule_fires_once_by_its_first_alternative_that_holds(stock):
    either = rule("either", (has("a", "no"),), (has("a", "yes"),), (has("b", "yes"),))
    firings = RuleBook([either], stock=stock).fire({"b": "yes", "a": "yes"}).firings
    assert [f.alternative for f in firings] == [1]


@both_matchers
def test_a_negated_premise_needs_the_fact_to_be_known(stock):
    other = rule("other", (lacks("display", "normal", "unknown"),))
    assert fired([other], {}, stock) == []
    assert fired([other], {"display": "normal"}, stock) == []
    assert fired([other], {"display": "puk"}, stock) == ["other"]


@both_matchers
def test_a_range_includes_its_ends_and_takes_numbers_only(stock):
    recent = rule("recent", (within("days", 0, 14),))
    for value in (0, 14, 14.0):
        assert fired([recent], {"days": value}, stock) == ["recent"]
    for value in (15, -1, "7", True):
        assert fired([recent], {"days": value}, stock) == []


@both_matchers
def test_true_is_not_one(stock):
    rules = [
        rule("true", (has("x", True),)),
        rule("one", (has("x", 1),)),
        rule("not-true", (lacks("x", True),)),
        rule("not-one", (lacks("x", 1),)),
        rule("either", (has("x", True, "a"),)),
    ]
    assert fired(rules, {"x": True}, stock) == ["true", "not-one", "either"]
    assert fired(rules, {"x": 1}, stock) == ["one", "not-true"]
    assert fired(rules, {"x": 1.0}, stock) == ["one", "not-true"]


@both_matchers
def test_a_value_that_equals_nothing_is_in_no_set(stock):
    nan = float("nan")
    rules = [
        rule("has", (has("x", nan),)),
        rule("lacks", (lacks("x", nan),)),
        rule("range", (within("x", 0),)),
    ]
    assert fired(rules, {"x": nan}, stock) == ["lacks"]


@both_matchers
def test_facts_that_no_rule_mentions_change_nothing(stock):
    rules = [rule("r", (has("a", "yes"),))]
    chatter = {f"noise{i}": "yes" for i in range(50)}
    assert fired(rules, {**chatter, "a": "yes"}, stock) == ["r"]


# Derivation


@both_matchers
def test_a_derived_fact_enables_further_rules(stock):
    chain = [
        rule("third", (has("y", "yes"),)),
        rule("second", (has("x", "yes"),), y="yes"),
        rule("first", (has("a", "yes"),), x="yes"),
    ]
    result = RuleBook(chain, stock=stock).fire({"a": "yes"})
    assert names(result.firings) == ["first", "second", "third"]
    assert result.derived == (("x", "yes"), ("y", "yes"))


@both_matchers
def test_a_given_fact_is_never_overridden_by_a_rule(stock):
    rules = [rule("guess", (has("a", "yes"),), x="no"), rule("told", (has("x", "yes"),))]
    result = RuleBook(rules, stock=stock).fire({"a": "yes", "x": "yes"})
    assert names(result.firings) == ["guess", "told"]
    assert result.derived == ()


@both_matchers
def test_of_two_derivations_the_first_to_fire_wins(stock):
    rules = [
        rule("late", (has("a", "yes"),), x="late", number=2),
        rule("early", (has("a", "yes"),), x="early", number=1),
    ]
    assert RuleBook(rules, stock=stock).fire({"a": "yes"}).derived == (("x", "early"),)


# Order


@both_matchers
def test_salience_comes_before_number_and_number_before_the_place_in_the_text(stock):
    premise = (has("a", "yes"),)
    rules = [
        rule("tie-1", premise, number=3),
        rule("tie-2", premise, number=3),
        rule("urgent", premise, number=9, salience=10),
        rule("low", premise, number=0, salience=-1),
        rule("first", premise, number=1),
    ]
    assert fired(rules, {"a": "yes"}, stock) == ["urgent", "first", "tie-1", "tie-2", "low"]


@both_matchers
def test_a_rule_enabled_on_the_way_goes_before_what_waits_with_less_salience(stock):
    rules = [
        rule("starts", (has("a", "yes"),), x="yes"),
        rule("waits", (has("a", "yes"),)),
        rule("overtakes", (has("x", "yes"),), salience=5),
    ]
    assert fired(rules, {"a": "yes"}, stock) == ["starts", "overtakes", "waits"]


def test_an_activation_taken_off_the_agenda_does_not_fire():
    agenda = SimpleNamespace(activations=[])
    first, second, third = (SimpleNamespace(rule=SimpleNamespace(rank=rank), key=None) for rank in (1, 2, 3))
    order = TotalOrder()
    order.update_agenda(agenda, [second, third, first], [])
    order.update_agenda(agenda, [], [second])
    order.update_agenda(agenda, [], [second])
    assert agenda.activations == [third, first]


# Laws

FACTS = [f"f{i}" for i in range(6)]
VALUES: list[Scalar] = ["yes", "no", True, False, 1, 0, 1.0, 2.5, 40]
values = st.sampled_from(VALUES)
thresholds = st.one_of(st.none(), st.sampled_from([-1.0, 0.0, 1.0, 2.5, 39, 40]))
conditions = st.one_of(
    st.builds(
        Condition,
        st.sampled_from(FACTS),
        st.lists(values, min_size=1, max_size=3).map(tuple),
        st.booleans(),
    ),
    st.builds(within, st.sampled_from(FACTS), thresholds, thresholds),
)
premises = st.lists(conditions, max_size=3).map(tuple)
effects = st.builds(Effects, st.lists(st.tuples(st.sampled_from(FACTS), values), max_size=2).map(tuple))
rule_sets = st.lists(
    st.builds(
        Rule,
        id=st.sampled_from("abc"),
        alternatives=st.lists(premises, min_size=1, max_size=3).map(tuple),
        then=effects,
        salience=st.sampled_from([0, 0, 5, -5]),
        number=st.integers(0, 9),
    ),
    max_size=9,
)
fact_sets = st.dictionaries(st.sampled_from([*FACTS, "unheard-of"]), values, max_size=6)


def by_the_book(rules: Sequence[Rule], facts: Mapping[str, Scalar]) -> Fired:
    """The definition, without an engine: again and again fire the first rule that may."""
    order = sorted(range(len(rules)), key=lambda i: (-rules[i].salience, rules[i].number, i))
    known, derived, firings = dict(facts), {}, []
    while True:
        for position in order:
            one = rules[position]
            alternative = next((n for n, p in enumerate(one.alternatives) if satisfied(p, known)), None)
            if alternative is not None:
                break
        else:
            return Fired(tuple(firings), tuple(derived.items()))
        order.remove(position)
        used = tuple((c.fact, known[c.fact]) for c in one.alternatives[alternative])
        firings.append(Firing(one, alternative, used))
        for name, value in one.then.derive:
            if name not in known:
                known[name] = derived[name] = value


@settings(deadline=None, max_examples=150)
@given(rule_sets, st.lists(fact_sets, min_size=1, max_size=3))
def test_both_matchers_fire_what_the_definition_says_in_the_same_order(rules, cases):
    indexed, stock = RuleBook(rules), RuleBook(rules, stock=True)
    for facts in cases:
        expected = exact(by_the_book(rules, facts))
        assert exact(indexed.fire(facts)) == expected
        assert exact(stock.fire(facts)) == expected


def everything(_: Rule) -> bool:
    return True


BY_CLASS: list[Scalar] = ["use", "hardware", "battery", True, 1]
class_premises = st.builds(
    Condition,
    st.just("class"),
    st.lists(st.sampled_from(BY_CLASS), min_size=1, max_size=2).map(tuple),
    st.booleans(),
)
classed_rules = st.lists(
    st.builds(
        Rule,
        id=st.sampled_from("abc"),
        alternatives=st.lists(
            st.lists(st.one_of(class_premises, conditions), max_size=3).map(tuple), min_size=1, max_size=3
        ).map(tuple),
        then=st.one_of(st.just(Effects()), st.just(Effects()), effects),
        salience=st.sampled_from([0, 0, 5, -5]),
        number=st.integers(0, 9),
    ),
    max_size=12,
)


@settings(deadline=None, max_examples=300)
@given(classed_rules, fact_sets)
def test_what_fires_for_each_value_of_one_more_fact_is_what_the_definition_says(rules, facts):
    classes = ["use", "hardware", "battery", "unheard-of"]
    fired = OneMore(rules, "class", classes, everything).fire(facts)
    assert list(fired) == [None, *classes]
    for fault_class, turns in fired.items():
        given_all = facts if fault_class is None else {**facts, "class": fault_class}
        expected = by_the_book(rules, given_all)
        assert exact(Fired(turns.firings, expected.derived)) == exact(expected)
        assert turns.known == {**given_all, **dict(expected.derived)}


def test_one_more_fact_that_rules_derive_themselves_is_fired_in_full():
    rules = [rule("guess", (has("a", "yes"),), **{"class": "use"}), rule("r", (has("class", "use"),))]
    fired = OneMore(rules, "class", ["use", "hardware"], everything).fire({"a": "yes"})
    assert names(fired[None].firings) == ["guess", "r"]
    assert names(fired["hardware"].firings) == ["guess"]


@settings(deadline=None)
@given(rule_sets, fact_sets, st.randoms(use_true_random=False))
def test_the_order_in_which_facts_are_given_makes_no_difference(rules, facts, random):
    shuffled = list(facts.items())
    random.shuffle(shuffled)
    book = RuleBook(rules)
    assert exact(book.fire(facts)) == exact(book.fire(dict(shuffled)))


@settings(deadline=None)
@given(rule_sets, fact_sets, fact_sets)
def test_more_facts_never_lose_a_firing_unless_a_derivation_was_pre_empted(rules, more, fewer):
    book = RuleBook(rules)
    more = {**more, **fewer}
    small, large = book.fire(fewer), book.fire(more)
    held = {**more, **dict(large.derived)}
    if all(same(held[name], value) for name, value in small.derived if name in held):
        assert {id(f.rule) for f in small.firings} <= {id(f.rule) for f in large.firings}


@settings(deadline=None, max_examples=200)
@given(rule_sets, fact_sets, st.randoms(use_true_random=False))
def test_after_every_tell_a_session_has_what_fire_has(rules, facts, random):
    told = list(facts.items())
    random.shuffle(told)
    book = RuleBook(rules)
    session = book.session()
    for count in range(len(told) + 1):
        if count:
            before = {id(f.rule) for f in session.firings}
            new = session.tell(*told[count - 1])
            assert {id(f.rule) for f in new} == {id(f.rule) for f in session.firings} - before
        whole = book.fire(dict(told[:count]))
        assert {id(f.rule) for f in session.firings} == {id(f.rule) for f in whole.firings}
        assert len(session.firings) == len(whole.firings)
        assert sorted(map(repr, session.derived)) == sorted(map(repr, whole.derived))


@settings(deadline=None, max_examples=40)
@given(rule_sets, fact_sets)
def test_sessions_agree_between_the_matchers(rules, facts):
    indexed, stock = RuleBook(rules).session(), RuleBook(rules, stock=True).session()
    for name, value in facts.items():
        new, expected = indexed.tell(name, value), stock.tell(name, value)
        assert exact(Fired(new, indexed.derived)) == exact(Fired(expected, stock.derived))
    assert exact(Fired(indexed.firings, ())) == exact(Fired(stock.firings, ()))


PROCESS = """
import random
from diagnose.knowledge.model import Condition, Effects, Rule
from diagnose.reasoning.rules import RuleBook

chance = random.Random(7)
def fact():
    return f"f{chance.randrange(8)}", chance.choice("abc")
def premises():
    return tuple(Condition(name, (value,)) for name, value in [fact() for _ in range(chance.randrange(3))])
rules = [
    Rule(f"r{n}", (premises(), premises()), Effects(derive=(fact(),)), salience=chance.choice((0, 0, 1)))
    for n in range(40)
]
for stock in (False, True):
    book = RuleBook(rules, stock=stock)
    session = book.session()
    session.tell("f3", "a")
    fired = book.fire({"f0": "a", "f1": "b", "f2": "c"})
    print([(f.rule.id, f.alternative, f.facts) for f in (*fired.firings, *session.firings)], fired.derived)
"""


def python(code: str, **env: str) -> str:
    root = str(Path(diagnose.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": root, **env},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout


def test_firings_are_the_same_in_every_process():
    outputs = {python(PROCESS, PYTHONHASHSEED=seed) for seed in ("0", "1", "4242")}
    (output,) = outputs
    indexed, stock = output.splitlines()
    assert indexed == stock
    assert "r1" in indexed


# Sessions


@both_matchers
def test_telling_returns_just_the_new_firings(stock):
    rules = [
        rule("always", ()),
        rule("ab", (has("a", "yes"), has("b", "yes"))),
        rule("a", (has("a", "yes"),)),
    ]
    session = RuleBook(rules, stock=stock).session()
    assert names(session.firings) == ["always"]
    assert names(session.tell("a", "yes")) == ["a"]
    assert names(session.tell("unheard-of", 1)) == []
    assert names(session.tell("b", "yes")) == ["ab"]
    assert names(session.firings) == ["always", "a", "ab"]


def test_telling_a_fact_again_is_nothing_new_but_another_value_is_refused():
    session = RuleBook([rule("r", (has("a", 1),))]).session()
    assert names(session.tell("a", 1)) == ["r"]
    assert session.tell("a", 1) == ()
    for other in (True, 2):
        with pytest.raises(ValueError, match="'a' was told as 1"):
            session.tell("a", other)
    assert names(session.firings) == ["r"]


def test_a_told_fact_replaces_what_had_been_derived_in_its_place():
    rules = [
        rule("guess", (has("a", "yes"),), x="no"),
        rule("no", (has("x", "no"),)),
        rule("yes", (has("x", "yes"),)),
    ]
    session = RuleBook(rules).session()
    session.tell("a", "yes")
    assert session.derived == (("x", "no"),)
    assert names(session.tell("x", "yes")) == ["yes"]
    assert names(session.firings) == ["guess", "yes"]
    assert session.derived == ()


def test_a_told_fact_that_confirms_a_derived_one_counts_as_told():
    session = RuleBook([rule("guess", (has("a", "yes"),), x="no")]).session()
    session.tell("a", "yes")
    assert session.tell("x", "no") == ()
    assert session.derived == ()
    with pytest.raises(ValueError, match="'x' was told"):
        session.tell("x", "yes")


def test_a_more_salient_rule_wins_a_disputed_fact_even_when_its_premise_comes_later():
    rules = [
        rule("mild", (has("a", "yes"),), x="mild"),
        rule("strong", (has("b", "yes"),), x="strong", salience=10),
        rule("on-mild", (has("x", "mild"),)),
        rule("on-strong", (has("x", "strong"),)),
    ]
    session = RuleBook(rules).session()
    assert names(session.tell("a", "yes")) == ["mild", "on-mild"]
    assert names(session.tell("b", "yes")) == ["strong", "on-strong"]
    assert names(session.firings) == ["strong", "mild", "on-strong"]
    assert session.derived == (("x", "strong"),)


def test_telling_what_was_derived_settles_a_dispute_as_if_it_had_been_told_from_the_start():
    rules = [
        rule("finds-x", (has("a", "yes"),), x="yes"),
        rule("guesses-y", (has("a", "yes"),), y="guess", salience=5),
        rule("knows-y", (has("x", "yes"),), y="known", salience=10),
    ]
    session = RuleBook(rules).session()
    session.tell("a", "yes")
    assert session.derived == (("y", "guess"), ("x", "yes"))
    assert session.tell("x", "yes") == ()
    assert session.derived == (("y", "known"),)
    assert names(session.firings) == ["knows-y", "guesses-y", "finds-x"]


# Robustness


@both_matchers
def test_an_exception_while_a_rule_fires_leaves_the_book_usable(stock, monkeypatch):
    book = RuleBook([rule("a", (has("a", "yes"),)), rule("b", (has("b", "yes"),))], stock=stock)
    with monkeypatch.context() as patch:
        patch.setattr(module, "Firing", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            book.fire({"a": "yes", "b": "yes"})
    assert names(book.fire({"b": "yes"}).firings) == ["b"]


@both_matchers
def test_an_interrupted_tell_leaves_the_session_as_it_was(stock, monkeypatch):
    rules = [
        rule("late", (has("a", "yes"), has("b", "yes"))),
        rule("b", (has("b", "yes"),), number=1),
        rule("a", (has("a", "yes"),), number=2),
    ]
    session = RuleBook(rules, stock=stock).session()
    session.tell("a", "yes")

    def fails_on_b(one: Rule, alternative: int, facts: tuple) -> Firing:
        if one.id == "b":
            raise KeyboardInterrupt
        return Firing(one, alternative, facts)

    with monkeypatch.context() as patch:
        patch.setattr(module, "Firing", fails_on_b)
        with pytest.raises(KeyboardInterrupt):
            session.tell("b", "yes")
    assert names(session.firings) == ["a"]
    assert names(session.tell("b", "yes")) == ["late", "b"]


@both_matchers
def test_books_and_sessions_do_not_touch_each_other(stock):
    rules = [rule("r", (has("a", "yes"), has("b", "yes")), x="yes"), rule("x", (has("x", "yes"),))]
    one, two = RuleBook(rules, stock=stock), RuleBook(rules, stock=stock)
    first, second = one.session(), one.session()
    first.tell("a", "yes")
    assert names(one.fire({"a": "yes"}).firings) == []
    assert names(two.fire({"b": "yes"}).firings) == []
    assert second.tell("b", "yes") == ()
    assert names(first.tell("b", "yes")) == ["r", "x"]
    assert second.firings == ()
    assert names(two.fire({"a": "yes", "b": "yes"}).firings) == ["r", "x"]


@both_matchers
def test_rules_that_look_alike_fire_each(stock):
    twin = rule("twin", (has("a", "yes"),))
    assert fired([twin, twin, rule("twin", (has("a", "yes"),))], {"a": "yes"}, stock) == ["twin"] * 3


def test_importing_the_engine_leaves_no_trace_behind():
    code = (
        "import collections, logging\n"
        "import diagnose.reasoning.rules\n"
        "print(logging.root.handlers, hasattr(collections, 'Mapping'))"
    )
    assert python(code) == "[] False\n"


def test_firing_logs_nothing_even_when_the_program_logs(caplog):
    with caplog.at_level(logging.DEBUG):
        assert fired([rule("r", (has("a", "yes"),))], {"a": "yes"}) == ["r"]
    assert caplog.records == []

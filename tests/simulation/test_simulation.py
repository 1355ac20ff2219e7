"""Virtual callers, and how whole consultations with them end."""

from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from diagnose.knowledge.catalogue import load, root
from diagnose.knowledge.model import Trial
from diagnose.reasoning import value
from diagnose.reasoning.assess import assess
from diagnose.reasoning.facts import Finding, Findings, age_facts
from diagnose.reasoning.loss import not_working
from diagnose.reasoning.open_question import ANYTHING_ELSE, NOTHING, SOMETHING
from diagnose.reasoning.tables import tables
from diagnose.simulation.baselines import greedy_entropy
from diagnose.simulation.callers import caller
from diagnose.simulation.report import Plan, simulate
from diagnose.simulation.run import (
    Stepper,
    allowed_in_truth,
    answer_everything,
    answers_for_nothing,
    clairvoyant_cost,
    consult,
    cost_of,
    cures,
    judged,
    reply,
    right_remedy,
)
from tests.make import remedy, ringer

KB = ringer()
ON = date(1998, 3, 2)
GENIE = load(root(), "philips-genie").knowledge


def callers(count=40, kb=KB, **shares):
    return [caller(kb, 5, n, ON, **shares) for n in range(count)]


def test_the_same_seed_and_number_is_the_same_caller():
    assert callers() == callers()
    assert len({c.fault for c in callers()}) > 1


def test_nobody_calls_without_a_sign_of_his_own_fault():
    t = tables(KB)
    for c in callers():
        f = t.index[c.fault]
        rows = [t.row_of[pair] for pair in c.truth.items() if pair in t.row_of]
        assert any(t.caused[row, f] for row in rows) or not t.caused[:, f].any()


def test_a_caller_without_misreports_says_what_is_so_or_that_he_does_not_know():
    for c in callers(misreport=0.0):
        assert all(said in ("unknown", c.truth[s]) for s, said in c.says.items())


def test_what_comes_to_mind_is_so_and_is_not_what_the_call_opened_with():
    for c in callers(kb=GENIE):
        assert all(c.truth[s] == answer for s, answer in c.comes_to_mind)
        assert c.opening not in c.comes_to_mind


def test_the_open_question_is_answered_by_what_has_not_been_said_yet():
    c = replace(callers(1)[0], comes_to_mind=(("no_ring", "yes"), ("mute_icon", "yes")))
    said = Findings(ON, (Finding("no_ring", "yes", True),))
    assert reply(c, said, ANYTHING_ELSE) == (
        Finding("mute_icon", "yes", True),
        Finding(ANYTHING_ELSE, SOMETHING),
    )
    silent = replace(c, comes_to_mind=())
    assert reply(silent, said, ANYTHING_ELSE) == (Finding(ANYTHING_ELSE, NOTHING),)


def test_the_guarantee_runs_as_the_date_of_purchase_says():
    months = dict(GENIE.programme.attributes)["guarantee_months"]
    for c in callers(kb=GENIE):
        age = age_facts("purchase_date", c.truth["purchase_date"], ON)["purchase_date.months"]
        assert c.truth["in_guarantee"] == ("yes" if age < months else "no")


def test_nobody_had_an_accident_who_dropped_nothing():
    assert not [c for c in callers(200, GENIE) if c.truth["dropped"] == "no" and c.truth["accident"] == "yes"]


def test_a_remedy_tried_in_vain_is_not_the_right_one_any_more():
    others = {r.id for r in GENIE.remedies.values() if cures(GENIE, r, "batt_contacts")} - {"clean_contacts"}
    dirty = (c for c in callers(600, GENIE) if c.fault == "batt_contacts")
    c = next(c for c in dirty if others & allowed_in_truth(GENIE, c, ON))
    first = right_remedy(GENIE, c, ON)
    assert first.id == GENIE.faults[c.fault].remedy
    assert right_remedy(GENIE, c, ON, frozenset({first.id})).id != first.id


def test_what_the_caller_saw_working_costs_its_price_however_little_it_was_the_best():
    """It cured on the phone: nothing is to be put right, and no other remedy would have cost less trouble."""
    who = next(c for c in callers() if c.fault == "buzzer")
    given, right = KB.remedies["unmute"], right_remedy(KB, who, ON)
    assert not cures(KB, given, who.fault)
    assert cost_of(KB, who, given, right, frozenset(), solved=True) == given.euros
    assert cost_of(KB, who, given, right, frozenset(), solved=False) > given.euros + right.euros


def test_what_the_answer_no_tells_of_a_try_is_accounted_for_like_the_try():
    """A question may ask for the very act that a remedy is: then its no is a try in vain."""
    unmute = replace(KB.remedies["unmute"], trial=Trial(20, 0.9, "mute_icon"))
    more = {"unmute": unmute, "reset": remedy("reset", "advice", cures=["use"])}
    kb = replace(KB, revision="asked-too", remedies={**KB.remedies, **more})
    who = next(c for c in callers(kb=kb) if c.fault == "silent")
    said = assess(kb, Findings(ON, (Finding("no_ring", "yes", True), Finding("mute_icon", "no"))), None)
    assert not_working(kb, said.facts) == {"unmute"}
    assert right_remedy(kb, who, ON).id == "unmute"
    ended = {
        given: judged(
            kb, who, replace(said, outcome=replace(said.outcome, remedy=kb.remedies[given])), 0.0, 0, 0
        )
        for given in ("unmute", "reset")
    }
    assert (ended["unmute"].remedy_right, ended["reset"].remedy_right) == (False, True)


@pytest.mark.parametrize("choose", [value.appraise, greedy_entropy(0.1)])
def test_no_consultation_costs_less_than_one_who_knows_everything(choose):
    step = Stepper(KB, choose)
    ends = [(consult(KB, c, ON, step), clairvoyant_cost(KB, c, ON)) for c in callers()]
    assert all(end.cost >= bound - 1e-9 for end, bound in ends)


def test_to_have_every_answer_for_nothing_costs_less_than_to_ask_and_more_than_to_know():
    step, who = Stepper(GENIE, value.appraise), callers(30, GENIE)
    asking = sum(consult(GENIE, c, ON, step).cost for c in who)
    told = [answers_for_nothing(GENIE, c, ON, step).cost for c in who]
    knowing = [clairvoyant_cost(GENIE, c, ON) for c in who]
    assert sum(told) < asking
    assert all(more >= less - 1e-9 for more, less in zip(told, knowing, strict=True))


def test_with_every_answer_for_nothing_only_tries_take_time():
    ends = [answers_for_nothing(KB, c, ON, Stepper(KB, value.appraise)) for c in callers()]
    seconds = {r.id: r.trial.seconds for r in KB.remedies.values() if r.trial}
    assert any(e.tries for e in ends)
    assert all(e.seconds <= sum(seconds.values()) and bool(e.seconds) == bool(e.tries) for e in ends)


def test_with_everything_asked_and_truly_answered_a_danger_is_not_missed():
    for c in callers(dont_know=0.0, misreport=0.0):
        assert not answer_everything(KB, c, ON).missed_safety


def test_the_same_plan_gives_the_same_figures():
    plan = Plan(calls=25, seed=3, on=ON)
    first, ends = simulate(ringer, plan)
    again, _ = simulate(ringer, plan)
    assert first == again
    assert [e.caller for e in ends] == list(range(25))


def test_plain_information_gain_tries_nothing_and_stands_beside_the_one_that_does():
    beside = simulate(ringer, Plan(calls=40, seed=3, on=ON))[0]["baselines"]
    assert beside["entropy_plain"]["tries_mean"] == 0 < beside["entropy"]["tries_mean"]
    own = simulate(ringer, Plan(calls=40, seed=3, on=ON, baselines=False))[0]["cost_mean"]
    for way in ("entropy", "entropy_plain"):
        assert beside[way]["cost_saved"] == pytest.approx(beside[way]["cost_mean"] - own, abs=2e-3)


def test_progress_is_told_for_every_caller():
    told = []
    simulate(ringer, Plan(calls=25, seed=3, on=ON, baselines=False), told.append)
    assert sum(told) == 25


def test_processes_share_the_work_without_changing_the_figures():
    plan = Plan(calls=110, seed=3, on=ON, baselines=False)
    assert simulate(partial(ringer), plan)[0] == simulate(partial(ringer), replace(plan, jobs=2))[0]


def test_who_chose_a_replacement_under_guarantee_is_owed_one_in_truth_too():
    """The choice hangs on the guarantee, and that on the date: what follows by the rules is so as well."""
    kb = load(root(), "apple-iphone-13").knowledge
    assert kb is not None
    on = date(2026, 11, 23)
    who = next(
        c for c in (caller(kb, 1, n, on) for n in range(99)) if kb.faults[c.fault].fault_class == "hardware"
    )
    so = {
        **who.truth,
        **dict.fromkeys(("repaired", "wet", "dropped", "bulge", "smoke", "on_stolen_list"), "no"),
    }
    so |= {
        "purchase_date": "2026-05-04",
        "proof": "yes",
        "retailer": "maker-online-shop",
        "account_lock": "no",
    }
    so |= {"in_stock": "yes", "area": "mainland", "saved": "yes"}
    for choice, owed in (("replacement", "exchange_unit"), ("repair", "workshop_repair")):
        allowed = allowed_in_truth(kb, replace(who, truth={**so, "consumer_choice": choice}), on)
        assert allowed & {"exchange_unit", "workshop_repair"} == {owed}

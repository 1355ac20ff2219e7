"""The measurements run, on the smallest sizes, and hold all engines to the same results first."""

import json

import numpy as np
import pytest

from bench import excess, generate, peers, policy, replaying, startup
from diagnose.consultation.trace import walk
from diagnose.knowledge import catalogue
from diagnose.reasoning.rules import RuleBook
from diagnose.reasoning.tables import tables
from diagnose.simulation.callers import caller
from diagnose.simulation.run import Stepper, clairvoyant_cost, consult

ROOT = catalogue.root()


def test_generated_rules_are_the_same_for_the_same_seed_and_others_for_another():
    assert generate.rules(50, 30) == generate.rules(50, 30)
    assert generate.rules(50, 30) != generate.rules(50, 30, seed=2)


def test_generated_rules_chain_through_facts_they_derive():
    rules = generate.rules(300, 20)
    derived = {name for r in rules for name, _ in r.then.derive}
    assert any(c.fact in derived for r in rules for c in generate.premises_of(r))
    fired = RuleBook(rules).fire(dict(generate.answers(20, 1)[0]))
    assert fired.firings
    assert fired.derived


def test_a_generated_knowledge_base_has_the_size_asked_for():
    t = tables(generate.knowledge(12, 15, 10))
    assert (len(t.faults), len(t.symptoms)) == (12, 15)
    assert np.allclose(t.prior.sum(), 1.0)


def test_generated_handsets_are_usable_knowledge(tmp_path):
    generate.catalogue(ROOT, tmp_path / "k", 3)
    assert len(catalogue.handsets(tmp_path / "k")) == len(catalogue.handsets(ROOT)) + 3
    assert catalogue.load(tmp_path / "k", "acme-model-00002").fine


def test_a_bench_without_its_peers_says_which_are_missing(monkeypatch, capsys):
    monkeypatch.setattr(peers, "find_spec", lambda name: None)
    assert peers.main(["--json"]) == 2
    assert "clips, pyagrum" in capsys.readouterr().err


def test_stock_experta_fires_the_same_rules_after_every_answer():
    rules = generate.rules(40, 12)
    ours, stock = peers.Ours(rules), peers.Stock(rules)
    for name, said in generate.answers(12, 1)[0]:
        ours.tell(name, said)
        stock.tell(name, said)
        assert ours.fired() == stock.fired()


def test_clips_fires_the_same_rules_after_every_answer():
    pytest.importorskip("clips")
    rules = generate.rules(60, 20)
    peers.agree_on_firings(rules, generate.answers(20, 1)[0], stock_answers=5)
    half = peers.Clips(rules[:30], watch=True)
    whole = peers.Clips(rules, watch=True)
    for name, said in generate.answers(20, 1)[0]:
        half.tell(name, said)
        whole.tell(name, said)
    assert half.fired() < whole.fired(), "a book with half of the rules was not told apart"


def test_belief_and_gains_are_those_of_the_same_bayesian_network():
    pytest.importorskip("pyagrum")
    kb = generate.knowledge(6, 8, 5)
    findings = peers.after_three(8, 0)
    questions = [s for s in kb.symptoms if s not in {f.symptom for f in findings.answers}]
    assert peers.agree_on_belief(kb, peers.network(tables(kb)), findings, questions) <= peers.AGREE


def test_the_report_names_every_engine_and_size(capsys):
    pytest.importorskip("clips")
    pytest.importorskip("pyagrum")
    assert peers.main(["--rules", "20", "--models", "5x6", "--rounds", "1", "--steps", "2", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert {"diagnose", "clips", "stock"} <= result["rules"][0].keys()
    assert result["models"][0]["pyagrum"]["greatest_difference"] <= peers.AGREE
    assert "clips" in "\n".join(peers.lines(result))


def test_the_first_question_of_a_real_process_is_waited_for():
    asked = startup.question_marks(ROOT, "philips-genie")
    wall, processor = startup.first_question(ROOT, "philips-genie", asked)
    assert wall > 0
    assert processor > 0
    with pytest.raises(RuntimeError, match="no question came"):
        startup.first_question(ROOT, "no-such-handset", asked)


def test_replayed_calls_are_whole_calls():
    kb = catalogue.load(ROOT, "philips-genie").knowledge
    events = replaying.record(kb, 1, 0)
    assert [type(e).__name__ for e in (events[0], events[-1])] == ["Opened", "Closed"]
    assert replaying.replay(kb, [events]) > 0


def test_a_replay_without_steps_has_the_same_verdict_wherever_the_whole_one_has_one():
    kb = catalogue.load(ROOT, "philips-genie").knowledge
    assert kb is not None
    for number in range(3):
        events = replaying.record(kb, 1, number)
        quick = [entry for _, entry in walk(kb, events, look_ahead=False)]
        whole = [entry for _, entry in walk(kb, events)]
        assert all("verdict" in now for now in quick if "remedy" in now)
        assert any("verdict" in now for now in whole)
        for now, then in zip(quick, whole, strict=True):
            assert now["verdict"] == then["verdict"] if "verdict" in then else "next" not in now


def test_what_came_in_the_way_adds_up_to_what_a_call_costs_above_the_clairvoyant():
    kb = catalogue.load(ROOT, "philips-genie").knowledge
    on = policy.DAYS["philips-genie"]
    callers = [caller(kb, 5, number, on) for number in range(6)]
    choose = policy.ways()["one_step"]
    cost = [consult(kb, c, on, Stepper(kb, choose)).cost - clairvoyant_cost(kb, c, on) for c in callers]
    assert sum(excess.excess(kb, callers, on, choose).values()) == pytest.approx(np.mean(cost))

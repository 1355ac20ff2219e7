"""What bench/catalogue.py says of virtual callers: targets missed, and the faults that are confused."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import catalogue, pairs
from diagnose.knowledge.catalogue import load, root
from diagnose.reasoning import value
from diagnose.simulation.callers import caller
from diagnose.simulation.run import Stepper

FINE = {
    "talk_mean": 150.0,
    "talk_p95": 360.0,
    "verdict_ratio": 0.97,
    "needless_return": 0.015,
    "missed_safety": 0,
}
distributions = st.lists(st.floats(0.01, 1), min_size=3, max_size=3).map(lambda p: np.array(p) / sum(p))


def test_figures_at_their_limits_miss_no_target():
    assert catalogue.missed(FINE) == []


@pytest.mark.parametrize("worse", [*(FINE.items())], ids=lambda item: item[0])
def test_a_figure_beyond_its_limit_is_a_target_missed(worse):
    name, limit = worse
    beyond = limit - 0.001 if name == "verdict_ratio" else limit + 1
    assert catalogue.missed({**FINE, name: beyond}) == [name]


def test_a_family_has_the_handsets_of_the_families_named_after_it():
    gsm = catalogue.chosen(root(), "gsm", ())
    assert {"philips-genie", "nokia-5110"} <= set(gsm)
    assert "fairphone-5" not in gsm


@given(distributions, distributions)
def test_divergence_is_symmetric_and_at_most_one_bit(p, q):
    assert pairs.divergence(p, q) == pytest.approx(pairs.divergence(q, p))
    assert -1e-9 <= pairs.divergence(p, q) <= 1


@given(distributions)
def test_an_answer_tells_nothing_between_two_faults_that_answer_alike(p):
    assert pairs.divergence(p, p) == pytest.approx(0)


def test_a_call_that_ends_with_the_right_remedy_loses_nothing():
    kb = load(root(), "philips-genie").knowledge
    on = catalogue.day(kb)
    step = Stepper(kb, value.appraise)
    calls = [pairs.call(kb, caller(kb, 3, n, on, misreport=0.2), on, step) for n in range(30)]
    wrong = [c for c in calls if c.lost]
    assert all(not c.ended.remedy_right for c in wrong)
    assert wrong
    found = pairs.worst(calls, {kb.handset.id: kb}, 3)
    assert [p.euros for p in found] == sorted((p.euros for p in found), reverse=True)


def test_the_whole_run_prints_every_figure(capsys):
    status = catalogue.main(["philips-genie", "-n", "10", "--json"])
    said = json.loads(capsys.readouterr().out)
    assert [h["handset"] for h in said["handsets"]] == ["philips-genie"]
    assert status == (1 if said["handsets"][0]["missed"] else 0)
    assert all({"euros", "true", "believed", "parts"} <= set(p) for p in said["pairs"])


def test_a_family_that_is_not_there_is_wrong_usage(capsys):
    assert catalogue.main(["--family", "telex"]) == 2
    assert "no such" in capsys.readouterr().err

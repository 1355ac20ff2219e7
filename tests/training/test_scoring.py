"""Rubrics, what they look at, what fails a call, and how far evaluators agree."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from diagnose.consultation.events import Accepted, Answered, Closed, Overruled, Tried, TryResult
from diagnose.knowledge.problems import show
from diagnose.terminal.commands import run
from diagnose.training.evaluation import Evaluation, NoLibrary, agreement, read_evaluation, sheet
from diagnose.training.evidence import Evidence, evidence
from diagnose.training.measures import Finding, auto_fail, measure
from diagnose.training.rubric import read_rubric, rubrics
from diagnose.training.score import score, score_json
from diagnose.training.shapes import AUTO_FAILS, KINDS, MEASURES
from tests.training.conftest import GENIE, begin, end
from tests.training.robot import follow_the_guide, take_complaint

RUBRIC = """
kind: rubric
name: {en: "Short", fr: "Court"}
calls: [advice]
pass_mark: 60
criteria:
  right_verdict: {weight: 60, text: {en: "a", fr: "b"}}
  manners: {weight: 40, text: {en: "c", fr: "d"}}
auto_fail: [safety_missed]
"""


def overruled(proof: Evidence, verdict: str, remedy: str) -> Evidence:
    """The same call, ended by the operator's own decision."""
    events = [m.event for m in proof.found if not isinstance(m.event, (Accepted, Overruled, Closed))]
    at = events[-1].at
    last = (Overruled(at, verdict, remedy, "because"), Closed(at, f"{verdict}/{remedy}"))
    changed = evidence(proof.file, proof.kb, (*events, *last), proof.head)
    assert changed is not None
    return changed


def figures(knowledge: Path, name: str):
    shelf = rubrics(knowledge)
    return next(c.figures for r in shelf.rubrics for c in r.criteria if c.measure == name)


def found(knowledge: Path, proof: Evidence, name: str) -> Finding:
    return measure(name, proof, figures(knowledge, name), "en")


def test_the_shipped_rubrics_are_fine_sum_to_100_and_serve_every_kind_of_call(knowledge: Path):
    shelf = rubrics(knowledge)
    assert shelf.problems == ()
    assert [sum(c.weight for c in r.criteria) for r in shelf.rubrics] == [100] * len(shelf.rubrics)
    assert all(shelf.for_call(kind) for kind in KINDS)
    assert {c.measure for r in shelf.rubrics for c in r.criteria} == set(MEASURES)
    assert all(set(r.auto_fail) == set(AUTO_FAILS) for r in shelf.rubrics)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("weight: 40", "weight: 39", "short.yaml:6:3: E106 the weights sum to 99; they must sum to 100"),
        ("pass_mark: 60", "pass_mark: 160", "short.yaml:4:12: K206 160 is out of range; it is at most 100"),
        ("[safety_missed]", "[safety_mised]", "did you mean 'safety_missed'?"),
        ("calls: [advice]", "calls: [advise]", "did you mean 'advice'?"),
        ("pass_mark", "passmark", "K201 a rubric has no field 'passmark'; did you mean 'pass_mark'?"),
        ("kind: rubric", "kind: course", "E102 this is no rubric"),
        ("weight: 60", "wait: 60", "K201 a criterion has no field 'wait'"),
    ],
)
def test_a_rubric_that_is_wrong_is_one_line_and_not_used(tmp_path: Path, old: str, new: str, said: str):
    assert old in RUBRIC
    (tmp_path / "short.yaml").write_text(RUBRIC.replace(old, new).lstrip(), "utf-8")
    rubric, problems = read_rubric(tmp_path, "short.yaml")
    assert rubric is None
    assert any(said in show(p) for p in problems), [show(p) for p in problems]
    assert all("\n" not in show(p) for p in problems)


def test_one_wrong_rubric_leaves_the_others(tmp_path: Path):
    folder = tmp_path / "training" / "rubrics"
    folder.mkdir(parents=True)
    (folder / "a.yaml").write_text(RUBRIC.replace("weight: 40", "weight: 41").lstrip(), "utf-8")
    (folder / "b.yaml").write_text(RUBRIC.lstrip(), "utf-8")
    shelf = rubrics(tmp_path)
    assert [r.id for r in shelf.rubrics] == ["b"]
    assert [p.code for p in shelf.problems] == ["E106"]


def test_who_follows_the_guide_passes(knowledge: Path, guided: Evidence):
    rubric = rubrics(knowledge).for_call(guided.kind)
    assert rubric is not None
    scored = score(guided, rubric, "en")
    assert scored.passed and not scored.fails
    assert all(s.share is not None for s in scored.criteria)


def test_a_criterion_without_a_measure_is_judged_by_hand(tmp_path: Path, guided: Evidence):
    (tmp_path / "short.yaml").write_text(RUBRIC.lstrip(), "utf-8")
    rubric = rubrics(tmp_path, str(tmp_path / "short.yaml")).rubrics[0]
    alone = score(guided, rubric, "en")
    assert alone.criteria[1].share is None
    assert alone.points == 100 * (alone.criteria[0].share or 0)
    both = score(guided, rubric, "en", {"manners": Finding(0.5, "curt"), "right_verdict": Finding(1, "")})
    assert both.points == 80
    assert both.criteria[1].comment == "curt" and both.criteria[1].by_hand


def test_a_call_from_the_desk_is_judged_by_what_its_transcript_shows(knowledge: Path, guided: Evidence):
    desk = replace(guided, head=None)
    unseen = {name for name in MEASURES if found(knowledge, desk, name).share is None}
    assert unseen == {"heard", "refusal", "words_read", "wrap_up"}
    rubric = rubrics(knowledge).for_call(desk.kind)
    assert rubric is not None
    assert score(desk, rubric, "en").passed


def test_an_exchange_outside_policy_fails_whatever_the_points(knowledge: Path, guided: Evidence):
    assert guided.fault_class in ("use", "accessory", "subscription")
    wrong = overruled(guided, "exchange", "exchange_unit")
    rubric = rubrics(knowledge).for_call(wrong.kind)
    assert rubric is not None
    scored = score(wrong, rubric, "en")
    assert [name for name, _ in scored.fails] == ["exchange_outside_policy"]
    assert scored.points > 0 and scored.total == 0 and not scored.passed
    assert score_json("x", scored, "en")["auto_fail"][0]["item"] == "exchange_outside_policy"


@pytest.fixture(scope="module")
def dangerous(knowledge: Path, tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    exercise = replace(GENIE, handset="google-pixel-7a", kind="safety", seed=3, difficulty="easy")
    terminal, path = begin(knowledge, tmp_path_factory.mktemp("danger"), exercise)
    return end(knowledge, follow_the_guide(terminal), path)


def test_a_danger_looked_after_passes(knowledge: Path, dangerous: Evidence):
    assert dangerous.kind == "danger"
    assert [auto_fail(name, dangerous, "en") for name in AUTO_FAILS] == ["", "", ""]


def unaware(proof: Evidence) -> Evidence:
    """The same caller, every sign of danger written down as not there, and an answer to all the rest."""
    opened, at = proof.found[0].event, proof.found[-1].event.at
    signs = [s for s in proof.kb.symptoms.values() if s.kind == "safety"]
    rest = [Answered(at, s, "no") for s in ("no_charge", "charge_slow") if s in proof.kb.symptoms]
    events = (opened, *rest, *(Answered(at, s.id, "no") for s in signs if s.answer("no")))
    changed = evidence(proof.file, proof.kb, events, proof.head)
    assert changed is not None
    return changed


def test_a_danger_sent_by_carrier_or_missed_fails(dangerous: Evidence):
    sent = overruled(dangerous, "exchange", "exchange_unit")
    # the rules keep it from the carrier whatever the operator decides: it goes the way that the screen says
    assert auto_fail("unsafe_battery_by_carrier", sent, "en") == ""
    unheard = overruled(unaware(dangerous), "exchange", "exchange_unit")
    assert "carrier" in auto_fail("unsafe_battery_by_carrier", unheard, "en")
    assert auto_fail("safety_missed", sent, "en")
    assert auto_fail("exchange_outside_policy", sent, "en")
    advice = next(r for r in dangerous.kb.remedies.values() if r.verdict == "advice")
    told = overruled(dangerous, "advice", advice.id)
    assert auto_fail("safety_missed", told, "en")
    assert auto_fail("unsafe_battery_by_carrier", told, "en") == ""


def test_time_questions_and_words_lose_points(knowledge: Path, tmp_path: Path):
    terminal, path = begin(knowledge, tmp_path, replace(GENIE, difficulty="easy"))
    take_complaint(terminal)
    persona, session = terminal.persona, terminal.session
    assert persona is not None and session is not None and terminal.clock is not None
    told = persona.memory.unasked[0]
    terminal.clock.talk += 900
    for symptom in (told, *[s.id for s in session.call.kb.symptoms.values() if s.kind == "history"][:4]):
        run(terminal, "ask_other", symptom)
        terminal.do(lambda s, symptom=symptom: s.answer(persona.memory.said[symptom], symptom))
    other = next(a.id for a in session.call.kb.symptoms["proof"].answers)
    terminal.do(lambda s: s.answer(other, "proof"))
    persona.memory.said["proof"] = next(
        a.id for a in session.call.kb.symptoms["proof"].answers if a.id != other
    )
    proof = end(knowledge, terminal, path)
    shares = {name: found(knowledge, proof, name).share for name in MEASURES}
    assert shares["talk_time"] == 0
    assert (shares["needless_questions"] or 0) < 1
    assert (shares["asked_twice"] or 0) < 1
    assert (shares["heard"] or 0) < 1
    assert shares["right_verdict"] == 0  # none was given


def test_a_verdict_that_could_not_be_known_better_is_worth_most_of_it(knowledge: Path, dangerous: Evidence):
    assert dangerous.head is not None
    other = next(r for r in dangerous.kb.remedies.values() if r.verdict != dangerous.right.verdict)
    misled = replace(dangerous, head=replace(dangerous.head, remedy=other.id, verdict=other.verdict))
    assert found(knowledge, misled, "right_verdict").share == 0.7
    guessed = overruled(misled, "repair" if other.verdict != "repair" else "visit", "")
    assert found(knowledge, guessed, "right_verdict").share == 0


def test_safety_left_out_where_it_was_due_is_seen(knowledge: Path, dangerous: Evidence):
    events = [m.event for m in dangerous.found]
    safety = [s.id for s in dangerous.kb.symptoms.values() if s.kind == "safety"]
    without = [e for e in events if not (isinstance(e, Answered) and e.symptom in safety)]
    blind = evidence(dangerous.file, dangerous.kb, tuple(without), dangerous.head)
    assert blind is not None
    assert found(knowledge, dangerous, "safety_asked").share == 1
    due = found(knowledge, blind, "safety_asked")
    assert due.share == 0 and due.comment.startswith("not asked: ")


def evaluation(name: str, *shares: float) -> Evaluation:
    return Evaluation(name, {f"call-{n}": {"manners": Finding(share, "")} for n, share in enumerate(shares)})


def test_evaluators_who_agree_agree_fully():
    pytest.importorskip("nltk")
    one, whole = agreement([evaluation("a", 1, 0, 0.5, 1), evaluation("b", 1, 0, 0.5, 1)])
    assert (one.criterion, one.calls, one.same, one.kappa, one.alpha) == ("manners", 4, 1.0, 1.0, 1.0)
    assert whole.criterion == "" and whole.alpha == 1.0


def test_kappa_is_what_it_is_by_hand():
    pytest.importorskip("nltk")
    # both yes 2, both no 1, one each way 1 and 1: observed 3/5, expected 13/25
    a, b = (1, 1, 1, 0, 0), (1, 1, 0, 1, 0)
    found_, _ = agreement([evaluation("a", *a), evaluation("b", *b)])
    assert found_.kappa == pytest.approx((3 / 5 - 13 / 25) / (1 - 13 / 25))
    assert found_.same == pytest.approx(3 / 5)


# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), section E: twelve units, four observers.
OBSERVED = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
)


def test_alpha_is_as_it_was_published():
    pytest.importorskip("nltk")
    judged = [
        Evaluation(str(n), {str(i): {"manners": Finding(v / 5, "")} for i, v in enumerate(row) if v})
        for n, row in enumerate(OBSERVED)
    ]
    found_, _ = agreement(judged)
    assert found_.alpha == pytest.approx(0.849, abs=0.0005)
    assert found_.calls == 11  # the twelfth has one observer


# The table it is usually taught with: of 50 proposals both say yes to 20 and no to 15, the first alone yes
# to 5, the second alone to 10.
def test_kappa_is_as_it_is_taught():
    pytest.importorskip("nltk")
    pairs = [(1, 1)] * 20 + [(1, 0)] * 5 + [(0, 1)] * 10 + [(0, 0)] * 15
    found_, _ = agreement([evaluation(name, *(p[i] for p in pairs)) for i, name in enumerate("ab")])
    assert found_.kappa == pytest.approx(0.4)


def test_with_three_evaluators_kappa_is_the_mean_over_pairs_of_what_both_judged():
    pytest.importorskip("nltk")
    a, b, c = evaluation("a", 1, 0, 1, 0), evaluation("b", 1, 0, 1, 1), evaluation("c", 1, 0)
    of = [agreement(pair)[0].kappa for pair in ((a, b), (a, c), (b, c))]
    assert agreement([a, b, c])[0].kappa == pytest.approx(sum(k for k in of if k is not None) / 3)


def test_where_nothing_could_differ_agreement_is_not_defined():
    pytest.importorskip("nltk")
    found_, _ = agreement([evaluation("a", 1, 1), evaluation("b", 1, 1)])
    assert (found_.kappa, found_.alpha, found_.same) == (None, None, 1.0)


def test_calls_that_one_evaluator_left_out_are_left_out():
    pytest.importorskip("nltk")
    found_, _ = agreement([evaluation("a", 1, 0), evaluation("b", 1, 0, 1)])
    assert found_.calls == 2 and found_.same == 1.0


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "nltk.metrics.agreement", None)
    with pytest.raises(NoLibrary, match="calibration"):
        agreement([evaluation("a", 1, 0), evaluation("b", 0, 1)])


def test_a_sheet_can_be_filled_in_and_read_again(knowledge: Path, guided: Evidence, tmp_path: Path):
    rubric = rubrics(knowledge).for_call(guided.kind)
    assert rubric is not None
    scored = score(guided, rubric, "fr")
    file = tmp_path / "eva.yaml"
    file.write_text(sheet("eva", [(guided.file.stem, rubric, scored.criteria)]), "utf-8")
    read, problems = read_evaluation(file)
    assert problems == () and read is not None
    assert {c: f.share for c, f in read.calls[guided.file.stem].items()} == pytest.approx(
        {s.criterion.id: s.share for s in scored.criteria}, abs=0.005
    )


def test_an_evaluation_out_of_range_is_refused(tmp_path: Path):
    (tmp_path / "e.yaml").write_text("kind: evaluation\nevaluator: eva\ncalls:\n  x: {manners: 2}\n")
    read, problems = read_evaluation(tmp_path / "e.yaml")
    assert read is None and [p.code for p in problems] == ["K206"]


@pytest.mark.parametrize("said", ["cured", "not_cured"])
def test_a_cure_that_the_caller_did_not_speak_of_is_no_cure(guided: Evidence, said: TryResult):
    remedy = next(r for r in guided.kb.remedies.values() if r.trial is not None)
    at = guided.found[1].event.at
    begun = (m.event for m in guided.found[:2])
    claimed = (*begun, Tried(at, remedy.id, "cured"), Accepted(at), Closed(at, ""))
    assert guided.head is not None
    head = replace(guided.head, memory=replace(guided.head.memory, tried={remedy.id: said}))
    proof = evidence(guided.file, guided.kb, claimed, head)
    assert proof is not None and proof.solved is (said == "cured")
    heard = measure("heard", proof, {}, "en")
    assert (remedy.name.say("en") in heard.comment) is (said != "cured")

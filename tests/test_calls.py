"""The calls that this product exists for, on the shipped knowledge, from ring to verdict."""

from pathlib import Path

import pytest

from diagnose.cases import prepare, read_case, run_case
from diagnose.consultation.events import Closed
from diagnose.consultation.trace import verdict_json
from diagnose.knowledge.catalogue import handsets, load
from diagnose.knowledge.problems import errors
from diagnose.record.replay import replay
from diagnose.record.transcript import read
from tests.record_transcripts import LESSONS, SCRIPTS, record

ROOT = Path(__file__).parent.parent
KNOWLEDGE = ROOT / "knowledge"
TRANSCRIPTS = sorted((ROOT / "transcripts").glob("*.jsonl"))

COVERED_98 = "facts: {purchase_date: 1997-10-01, proof: yes}"


def ended(tmp_path, text):
    path = tmp_path / "case.yaml"
    path.write_text(text, "utf-8")
    case, problems = read_case(path)
    assert case is not None and not problems, problems
    prepared = prepare(KNOWLEDGE, case)
    assert prepared.kb is not None and not prepared.problems, prepared.problems
    from datetime import datetime, timezone

    return run_case(prepared.kb, prepared.case, datetime(1998, 3, 2, 10, tzinfo=timezone.utc))


def test_a_startac_whose_display_fails_at_one_angle_of_the_lid_ends_in_a_home_visit(tmp_path):
    call = ended(
        tmp_path,
        f"""
handset: motorola-startac-85
on: 1998-03-02T10:00:00+01:00
{COVERED_98}
complaint: {{lines_missing: yes}}
answers: {{hinge_matters: yes, press_changes: yes, wet: no, dropped: no, repaired: no, retailer: hypermarket}}
""",
    )
    assert call.assessment.outcome.verdict == "visit"
    assert call.assessment.belief.ranked()[0][0] == "hinge_flex"
    assert verdict_json(call)["channel"] == "technician"
    assert verdict_json(call)["promise"].startswith("1998-03-03")


GENIE = f"""
handset: philips-genie
on: 1998-03-02T10:00:00+01:00
{COVERED_98}
complaint: {{hear_nothing: yes}}
answers: {{vol_up_ok: no, headset_ok: yes, wet: WET, dropped: no, repaired: no, imei_label_differs: no, retailer: hypermarket}}
"""


def test_a_genie_in_guarantee_with_a_dead_earpiece_ends_in_an_exchange_with_its_promise(tmp_path):
    call = ended(tmp_path, GENIE.replace("WET", "no"))
    assert verdict_json(call) == {
        "kind": "exchange",
        "remedy": "exchange_unit",
        "channel": "carrier_home",
        "charge": "free",
        "promise": "1998-03-03T18:00+01:00",
    }


def test_the_same_genie_with_liquid_inside_does_not(tmp_path):
    verdict = verdict_json(ended(tmp_path, GENIE.replace("WET", "yes")))
    assert verdict["kind"] == "repair"
    assert verdict["charge"] != "free"


@pytest.mark.parametrize(
    ("handset", "complaint", "signs"),
    [
        ("google-pixel-7a", "drains", "{bulge: yes}"),
        ("apple-iphone-13", "touch_zone", "{bulge: yes, bulge_sure: yes}"),
        ("philips-genie", "short_life", "{batt_hazard: yes}"),
        ("motorola-startac-85", "batt_hazard", "{}"),
    ],
)
def test_a_swollen_battery_ends_in_a_visit_and_is_never_sent_by_carrier(tmp_path, handset, complaint, signs):
    call = ended(tmp_path, f"handset: {handset}\ncomplaint: {{{complaint}: yes}}\nanswers: {signs}\n")
    outcome = call.assessment.outcome
    assert outcome.verdict == "visit"
    assert call.assessment.alerts
    assert not call.kb.channels[outcome.channel].carrier


@pytest.mark.parametrize(
    ("handset", "mark"),
    [("philips-genie", "mute_icon"), ("samsung-galaxy-s22", "dnd"), ("apple-iphone-13", "dnd")],
)
def test_a_silent_ringer_ends_in_advice_within_four_questions(tmp_path, handset, mark):
    call = ended(tmp_path, f"handset: {handset}\ncomplaint: {{no_ring: yes}}\nanswers: {{{mark}: yes}}\n")
    assert call.assessment.outcome.verdict == "advice"
    assert call.assessment.belief.ranked()[0][0] in ("silent", "silent_set")
    asked = [d for d in call.deeds if hasattr(d, "symptom") and not d.volunteered]
    assert len(asked) <= 4


@pytest.mark.parametrize("listed", handsets(KNOWLEDGE), ids=lambda h: h.id)
def test_every_shipped_handset_loads_without_a_problem_under_each_of_its_programmes(listed):
    assert listed.programmes
    for programme in listed.programmes:
        loaded = load(KNOWLEDGE, listed.id, programme)
        assert loaded.knowledge is not None
        assert not errors(loaded.problems), loaded.problems


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda p: p.stem)
def test_a_recorded_call_replays_to_the_same_verdict(path):
    recording = read(path)
    assert not recording.problems
    replayed = replay(KNOWLEDGE, recording)
    assert replayed.same, replayed.first_difference
    assert replayed.call is not None and replayed.call.over


def test_the_recorded_calls_show_each_verdict_an_alert_both_languages_a_hold_and_a_change():
    text = [p.read_text("utf-8") for p in TRANSCRIPTS]
    assert len(text) >= 8
    verdicts = {str(v) for p in TRANSCRIPTS for v in [replay(KNOWLEDGE, read(p)).verdict_now]}
    for kind in ("advice", "repair", "exchange", "visit"):
        assert any(kind in v for v in verdicts), kind
    for sign in (
        '"alerts"',
        '"language":"fr"',
        '"language":"en"',
        '"event":"held"',
        '"event":"resumed"',
        '"event":"overruled"',
    ):
        assert any(sign in t.replace('": "', '":"') for t in text), sign


def test_a_recorded_call_that_was_overruled_closes_as_the_operator_chose(tmp_path):
    script = next(s for s in SCRIPTS if s.name == "fairphone-overruled")
    events = read(record(script, KNOWLEDGE, tmp_path)).events
    assert isinstance(events[-1], Closed) and events[-1].disposition == "advice/explain_how_to"


@pytest.mark.parametrize(("lesson", "call"), LESSONS.items())
def test_a_lesson_is_the_recorded_call_that_it_says_it_is(lesson, call):
    taught = KNOWLEDGE / "training" / "calls" / lesson
    assert taught.read_bytes() == (ROOT / "transcripts" / call).read_bytes()

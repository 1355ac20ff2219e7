"""A call as a fold over events: undo, change, hold, hand-over, overrule."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnose.consultation.call import Refused, after, fold, open_call
from diagnose.consultation.events import (
    Abandoned,
    Accepted,
    Answered,
    BadEvent,
    Closed,
    HandedOver,
    Held,
    Identified,
    Noted,
    Overruled,
    Redone,
    Resumed,
    Spoke,
    Tried,
    Undone,
    from_json,
    to_json,
)
from diagnose.consultation.trace import trace
from diagnose.reasoning.assess import Ask
from tests.consultation.saying import AT, KB, OPENED, said


def call(*events):
    return fold(KB, [OPENED, *events])


def test_a_call_begins_with_its_opening_and_nothing_else():
    with pytest.raises(Refused, match="not-opened"):
        fold(KB, [said("no_ring")])
    with pytest.raises(Refused, match="opened-twice"):
        call(OPENED)


def test_undo_takes_the_last_deed_back_and_redo_brings_it_again():
    both = call(said("no_ring"), said("mute_icon"))
    undone = after(both, Undone(AT))
    assert undone.findings == call(said("no_ring")).findings
    assert after(undone, Redone(AT)).findings == both.findings
    with pytest.raises(Refused, match="nothing-to-undo"):
        call(Undone(AT))
    with pytest.raises(Refused, match="nothing-to-redo"):
        after(both, Redone(AT))


def test_a_new_answer_ends_what_could_be_redone():
    with pytest.raises(Refused, match="nothing-to-redo"):
        call(said("no_ring"), Undone(AT), said("wet"), Redone(AT))


def test_a_changed_answer_keeps_every_later_one_that_still_applies():
    first = call(said("no_ring"), said("mute_icon"), said("icon_shape"), said("wet", "no"))
    changed = after(first, said("mute_icon", "no"))
    kept = {f.symptom: f.answer for f in changed.findings.answers}
    assert kept == {"no_ring": "yes", "mute_icon": "no", "icon_shape": "yes", "wet": "no"}
    assert changed.assessment.set_aside == ("icon_shape",)
    assert [f.symptom for f in changed.findings.answers][1] == "mute_icon"


def test_what_is_said_before_the_first_question_opens_the_call():
    opened = call(said("no_ring", volunteered=True), said("asks_how", volunteered=True), said("wet", "no"))
    assert opened.findings.opening == ("no_ring", "asks_how")
    later = call(said("wet", "no"), said("no_ring", volunteered=True))
    assert later.findings.opening == ()


def test_what_is_not_of_this_knowledge_is_refused_by_name():
    for event, code in (
        (said("colour"), "unknown-symptom"),
        (said("no_ring", "perhaps"), "unknown-answer"),
        (said("bought", "3 March"), "bad-date"),
        (said("bought", "19980303"), "bad-date"),
        (Tried(AT, "pray", "cured"), "unknown-remedy"),
        (Tried(AT, "swap", "cured"), "not-to-be-tried"),
        (Overruled(AT, "exchange", "mend", "why not"), "unknown-remedy"),
        (Overruled(AT, "exchange", "swap", " "), "no-reason"),
        (Answered("yesterday", "no_ring", "yes"), "bad-time"),
    ):
        with pytest.raises(Refused) as refused:
            call(event)
        assert refused.value.code == code


def test_a_held_call_waits_for_whoever_resumes_it():
    held = call(said("no_ring"), HandedOver(AT, "second line"))
    with pytest.raises(Refused, match="call-held"):
        after(held, said("wet"))
    resumed = after(held, Resumed(AT, "operator-2"))
    assert resumed.operator == "operator-2"
    assert resumed.findings == call(said("no_ring")).findings
    with pytest.raises(Refused, match="not-held"):
        call(Resumed(AT))


def test_a_verdict_given_before_the_findings_changed_is_no_longer_given():
    given_ = call(said("asks_how", volunteered=True), Accepted(AT))
    assert given_.accepted
    assert not after(given_, said("no_ring")).accepted
    overruled = call(said("asks_how"), Overruled(AT, "exchange", "swap", "customer insists"))
    assert overruled.overruled is not None
    assert overruled.assessment.outcome.remedy.id != "swap"
    assert after(overruled, Undone(AT)).overruled is None


def test_nothing_follows_the_end():
    for end in (Closed(AT), Abandoned(AT)):
        with pytest.raises(Refused, match="call-over"):
            call(end, Noted(AT, "late"))


def test_language_notes_and_identity_change_no_decision():
    plain = call(said("no_ring", volunteered=True))
    dressed = call(
        Spoke(AT, "fr"), Noted(AT, "hm"), Identified(AT, "name", "X"), said("no_ring", volunteered=True), Held(AT), Resumed(AT)
    )  # fmt: skip
    assert dressed.assessment is plain.assessment
    assert dressed.language == "fr"


def test_the_trace_names_what_is_personal_but_does_not_repeat_it():
    entries = trace(KB, [OPENED, Identified(AT, "name", "Secret Person"), Noted(AT, "Secret note")])
    assert "Secret" not in repr(entries)
    assert entries[1]["field"] == "name"


EVENTS = st.one_of(
    st.builds(
        said, st.sampled_from(list(KB.symptoms)), st.sampled_from(["yes", "no", "unknown"]), st.booleans()
    ),
    st.builds(
        Tried, st.just(AT), st.just("unmute"), st.sampled_from(["cured", "not_cured", "before", "declined"])
    ),
    st.just(Undone(AT)),
    st.just(Redone(AT)),
    st.builds(Spoke, st.just(AT), st.sampled_from(["fr", "en"])),
)


@given(st.lists(EVENTS, max_size=12))
@settings(max_examples=60, deadline=None)
def test_folding_again_is_the_same_call_and_undo_restores_its_very_bytes(events):
    live = open_call(KB, OPENED)
    taken = [OPENED]
    for event in events:
        try:
            live = after(live, event)
        except Refused:
            continue
        taken.append(event)
    again = fold(KB, [from_json(to_json(e)) for e in taken])
    assert again.findings == live.findings
    assert trace(KB, taken) == trace(KB, again.events)
    if live.deeds:
        back = after(after(live, Undone(AT)), Redone(AT))
        assert back.findings == live.findings
    step = live.assessment.next
    if isinstance(step, Ask):
        assert live.findings.answer_to(step.symptom) is None


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"event": "danced", "at": AT},
        {"event": "answered", "at": AT},
        {"event": "answered", "at": AT, "symptom": "x", "answer": 3},
        {"event": "answered", "at": AT, "symptom": "x", "answer": "yes", "volunteered": "no"},
        {"event": "noted", "at": AT, "text": "x", "colour": "red"},
        {"event": ["noted"], "at": AT},
    ],
)
def test_what_is_not_an_event_is_said_so(data):
    with pytest.raises(BadEvent):
        from_json(data)

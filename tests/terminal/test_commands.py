"""What keys do, as commands."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from diagnose.consultation.events import Answered, Closed, Held, Identified, Noted, Overruled, Tried
from diagnose.knowledge.model import Text
from diagnose.terminal.state import Entry, Page, Pick, asked, at_verdict, context, tried
from tests.make import premises, symptom
from tests.terminal.position import bench, do, events, position, shown, telephone


def last(terminal):
    return terminal.session.call.events[-1]


def test_a_digit_answers_and_undo_and_redo_go_back_and_forth():
    terminal = position()
    first = asked(terminal.state)
    do(terminal, "answer 2")
    assert last(terminal).symptom == first.id and last(terminal).answer == "no"
    do(terminal, "undo")
    assert asked(terminal.state).id == first.id
    do(terminal, "redo")
    assert terminal.state.the_call.findings.answer_to(first.id) == "no"
    assert events(terminal) == ["Opened", "Answered", "Undone", "Redone"]


def test_a_digit_without_an_answer_is_said_and_changes_nothing():
    terminal = do(position(), "answer 7")
    assert events(terminal) == ["Opened"]
    assert terminal.state.notice.bad


def test_undo_after_overruling_takes_back_the_verdict_and_leaves_the_answers():
    terminal = do(position(), "answer 2")
    before = terminal.state.the_call.findings
    do(terminal, "overrule exchange swap heard before", "undo")
    assert terminal.state.the_call.overruled is None and terminal.state.the_call.findings == before
    assert terminal.state.notice.words == "Your own verdict is taken back."


def test_nothing_to_undo_is_said():
    terminal = do(position("fr"), "undo")
    assert terminal.state.notice.words == "Rien à annuler."


def test_what_the_caller_says_unasked_is_understood_while_it_is_typed():
    terminal = do(position("fr", complaint=True), "insert ne sonne plus")
    assert terminal.state.overlay.options[0].label == "no_ring : yes"
    do(terminal, "enter")
    assert last(terminal) == Answered(last(terminal).at, "no_ring", "yes", True, "ne sonne plus")


def test_several_things_can_be_chosen_from_one_sentence():
    terminal = do(position(), "volunteer it does not ring and hazard")
    names = [o.value for o in terminal.state.overlay.options]
    assert {"no_ring=yes", "hazard=yes"} <= set(names)
    do(terminal, f"pick_or_type {names.index('no_ring=yes') + 1}")
    at = [o.value for o in terminal.state.overlay.options].index("hazard=yes") + 1
    do(terminal, f"choose {at}", "enter")
    given = {(e.symptom, e.answer) for e in terminal.session.call.events if isinstance(e, Answered)}
    assert given == {("no_ring", "yes"), ("hazard", "yes")}


def test_what_else_was_said_in_the_same_breath_is_offered_next_and_nothing_is_dropped():
    terminal = do(position("fr", complaint=True), "insert ne sonne plus, et hazard", "enter")
    assert last(terminal).symptom == "no_ring"
    entry = terminal.state.overlay
    assert isinstance(entry, Entry) and (entry.purpose, entry.text) == ("complaint", "hazard")
    assert "no_ring : yes" in terminal.state.notice.words
    do(terminal, "enter")
    assert terminal.state.overlay is None
    given = {(e.symptom, e.answer) for e in terminal.session.call.events if isinstance(e, Answered)}
    assert given == {("no_ring", "yes"), ("hazard", "yes")}


def test_what_was_left_unticked_is_not_offered_again():
    terminal = do(position(), "volunteer it does not ring and hazard", "pick_or_type 1", "enter")
    assert terminal.state.overlay is None


def test_in_a_list_of_answers_the_keys_of_the_question_still_answer():
    for key, answer in (("n", "no"), ("o", "yes"), ("?", "unknown")):
        terminal = do(position("fr"), "answer 1", "history", "choose 1", f"narrow {key}")
        assert terminal.state.overlay is None and last(terminal).answer == answer
    terminal = do(position("en"), "answer 1", "history", "choose 1", "narrow o")
    assert isinstance(terminal.state.overlay, Pick)


def test_a_long_note_is_kept_whole_and_what_is_too_long_is_said():
    terminal = do(position(), "note", f"insert {'tale ' * 300}", "enter")
    assert len(last(terminal).text) > 1400
    terminal = do(position(), "volunteer", f"insert {'tale ' * 300}")
    assert "first 400" in terminal.state.overlay.remark


def test_a_digit_after_a_blank_is_typed():
    terminal = do(position(), "volunteer", "insert does not ring ", "pick_or_type 2")
    assert terminal.state.overlay.text == "does not ring 2"


def test_a_question_is_found_by_its_words_when_nothing_is_understood():
    terminal = do(position(), "volunteer crossed")
    assert [o.value for o in terminal.state.overlay.options] == ["mute_icon"]
    do(terminal, "enter")
    assert isinstance(terminal.state.overlay, Pick)
    do(terminal, "choose 1")
    assert last(terminal).volunteered and last(terminal).symptom == "mute_icon"


def test_words_that_are_not_understood_become_a_note_at_the_second_enter():
    terminal = do(position(complaint=True), "insert zzz qqq", "enter")
    assert events(terminal) == ["Opened"] and terminal.state.overlay.remark
    do(terminal, "enter")
    assert isinstance(last(terminal), Noted) and last(terminal).text == "zzz qqq"


def test_an_answer_is_changed_from_the_history_and_the_same_question_comes_back():
    terminal = do(position(), "volunteer does not ring", "choose 1", "enter", "answer 2")
    before = asked(terminal.state)
    do(terminal, "history", "up", "enter", "choose 2")
    assert terminal.state.the_call.findings.answer_to("no_ring") == "no"
    do(terminal, "history", "up", "enter", "choose 1")
    assert asked(terminal.state) == before


def test_a_date_is_typed_and_checked():
    terminal = position()
    do(terminal, "volunteer bought", "enter")
    assert terminal.state.overlay == Entry("date", "bought", remark=terminal.state.overlay.remark)
    do(terminal, "insert 31/02/1998", "enter")
    assert isinstance(terminal.state.overlay, Entry) and events(terminal) == ["Opened"]
    do(terminal, "erase", "insert 14.1.98")
    assert terminal.state.overlay.remark == "= 14 January 1998 (months since: 1)"
    do(terminal, "enter")
    assert last(terminal).answer == "1998-01-14"


def test_a_try_goes_step_by_step_and_ends_in_one_of_three_ways():
    terminal = do(position(), "volunteer does not ring", "choose 1", "enter", "yes")
    while asked(terminal.state):
        do(terminal, "no")
    assert tried(terminal.state).id == "unmute"
    assert [do(terminal, k).state.step for k in ("next_step", "next_step", "previous_step")] == [1, 1, 0]
    do(terminal, "cured")
    assert last(terminal) == Tried(last(terminal).at, "unmute", "cured")
    assert at_verdict(terminal.state)
    do(terminal, "undo", "declined")
    assert last(terminal).outcome == "declined"


def test_what_was_already_tried_is_not_asked_for_again():
    terminal = do(position(), "tried unmute")
    assert last(terminal) == Tried(last(terminal).at, "unmute", "before")
    do(terminal, "volunteer does not ring", "choose 1", "enter", "yes")
    assert tried(terminal.state) is None


def test_identity_is_checked_as_it_is_typed_and_stays_with_the_call():
    terminal = do(position("fr"), "identify", "enter", "insert 490154203237519")
    assert "clé" in terminal.state.overlay.remark
    do(terminal, "enter")
    assert events(terminal) == ["Opened"]
    do(terminal, "backspace", "insert 8", "enter")
    assert last(terminal) == Identified(last(terminal).at, "imei", "490154203237518")
    assert terminal.state.overlay.options[terminal.state.overlay.at].value == "name"


def test_an_overruled_verdict_needs_a_reason_and_is_closed_with_its_own_disposition():
    terminal = do(position(), "overrule", "choose 2", "enter", "enter")
    assert "reason" in terminal.state.overlay.remark
    do(terminal, "insert the caller insists", "enter")
    assert last(terminal) == Overruled(last(terminal).at, "repair", "mend", "the caller insists")
    do(terminal, "accept")
    assert last(terminal) == Closed(last(terminal).at, "repair/mend")
    assert terminal.state.leaving.status == 0


def test_closing_points_out_once_what_is_not_ticked():
    terminal = do(position(), "overrule exchange swap because", "tick 1", "tick_next", "accept")
    assert terminal.state.ticked == ("line-1", "line-2")
    assert terminal.state.leaving is None and "9" in terminal.state.notice.words
    do(terminal, "accept")
    assert last(terminal).disposition == "exchange/swap"


@pytest.mark.parametrize("pressed", ["z", "Z", "é"])
def test_a_key_that_means_nothing_says_so_and_does_nothing(pressed: str):
    terminal = do(position(), f"no_such_key {pressed}")
    assert events(terminal) == ["Opened"]
    assert terminal.state.notice is not None and f" {pressed} " in terminal.state.notice.words


@pytest.mark.parametrize(("count", "listed"), [(10, False), (12, True)])
def test_0_is_the_tenth_answer_or_opens_the_list_of_more(count: int, listed: bool):
    kb = telephone()
    signs = symptom("shown", "observation", answers={f"sign_{n}": 1 / count for n in range(1, count + 1)})
    terminal = position(kb=replace(kb, revision=f"of {count}", symptoms={**kb.symptoms, "shown": signs}))
    terminal.state = replace(terminal.state, asking="shown")
    do(terminal, "answers 0")
    assert isinstance(terminal.state.overlay, Pick) is listed
    assert terminal.state.the_call.findings.answer_to("shown") == (None if listed else "sign_10")


def test_a_date_said_unasked_is_offered_as_what_it_may_be_the_date_of():
    terminal = do(position(), "volunteer", "insert 12/01/1998", "enter")
    assert terminal.state.the_call.findings.answer_to("bought") == "1998-01-12"


def test_a_second_look_is_offered_only_after_the_first():
    kb = telephone()
    sure = symptom("hazard_sure", "safety", needs=premises(hazard="yes"))
    kb = replace(kb, revision="looked at", symptoms={**kb.symptoms, "hazard_sure": sure})
    offered = do(position(kb=kb), "volunteer hazard").state.overlay
    assert [option.value for option in offered.options] == ["hazard=yes"]
    afterwards = do(position(kb=kb), "volunteer hazard", "enter", "volunteer hazard").state.overlay
    assert "hazard_sure" in {option.value.partition("=")[0] for option in afterwards.options}


@pytest.mark.parametrize("pressed", ["\x1b[D", "\x1b[15~", "\t"])
def test_of_a_key_that_sends_what_nobody_can_read_nothing_is_said(pressed: str):
    assert do(position(), f"no_such_key {pressed}").state.notice is None


def test_a_paste_where_no_line_is_open_says_which_key_opens_one():
    terminal = do(position(), "no_such_key it does not ring any more")
    assert terminal.state.notice is not None and "/" in terminal.state.notice.words


def test_an_alert_that_was_not_read_out_is_pointed_out_before_closing():
    terminal = do(position(), "volunteer hazard", "choose 1", "enter")
    while not at_verdict(terminal.state):
        do(terminal, "no")
    do(terminal, "accept")
    assert terminal.state.leaving is None
    do(terminal, "alert", "accept", "accept")
    assert terminal.state.leaving is not None


def test_the_verdict_may_be_given_early_and_the_questions_come_back():
    terminal = do(position(), "finish")
    assert context(terminal.state) == "verdict"
    do(terminal, "finish")
    assert context(terminal.state) == "ask"


def test_language_changes_in_the_middle_and_no_decision_with_it():
    terminal = do(position(), "answer 2")
    before = asked(terminal.state)
    do(terminal, "language")
    assert terminal.state.language == "fr" and asked(terminal.state) == before


def test_a_held_call_takes_notes_and_goes_on():
    terminal = do(position(), "hold back at five")
    assert context(terminal.state) == "held" and last(terminal) == Held(last(terminal).at, "back at five")
    bench(terminal).later(3600)
    do(terminal, "note rang back", "hold")
    assert context(terminal.state) == "ask"
    assert terminal.state.elapsed == 0


def test_a_call_handed_over_waits_for_whoever_takes_it():
    terminal = do(position(), "hand_over level-2 battery smells")
    assert events(terminal)[-1] == "HandedOver"
    assert "--resume screen" in terminal.state.leaving.lines[1]


@pytest.mark.parametrize("key", ["interrupt", "end_of_input"])
@pytest.mark.parametrize(
    "before", ["volunteer", "note", "why_not", "help", "history", "identify", "answer 2"]
)
def test_ctrl_c_and_ctrl_d_anywhere_ask_how_to_leave_and_twice_hold_the_call(key: str, before: str):
    terminal = do(position(), before, key)
    assert terminal.state.overlay.purpose == "quit" and terminal.state.leaving is None
    do(terminal, key)
    assert terminal.state.leaving.status == (130 if key == "interrupt" else 0)
    assert events(terminal)[-1] == "Held"
    assert "diagnose call --resume screen" in terminal.state.leaving.lines[1]


def test_a_line_being_typed_comes_back_after_the_question_how_to_leave():
    terminal = do(position(), "note", "insert half a though", "interrupt", "choose 1", "insert t")
    assert terminal.state.overlay.text == "half a thought"


def test_leaving_keeps_a_line_being_typed_as_a_note():
    terminal = do(position(), "note", "insert half a thought", "interrupt", "interrupt")
    assert events(terminal)[-2:] == ["Noted", "Held"]


def test_abandoning_needs_a_reason():
    terminal = do(position(), "quit", "choose 3", "enter")
    assert terminal.state.leaving is None
    do(terminal, "insert wrong number", "enter")
    assert events(terminal)[-1] == "Abandoned" and terminal.state.leaving.status == 0


def test_what_cannot_be_recorded_does_not_happen_and_is_said():
    terminal = position()
    before = asked(terminal.state)
    bench(terminal).kept.full = True
    do(terminal, "answer 2")
    assert asked(terminal.state) == before
    assert terminal.state.notice.bad and "NOT RECORDED" in terminal.state.notice.words
    do(terminal, "interrupt", "interrupt")
    assert "could not be put on hold" in terminal.state.leaving.lines[0]


def test_reasons_are_pages_that_any_way_back_leaves():
    for command in ("why", "change", "why_not swap", "help"):
        terminal = do(position(), command)
        assert isinstance(terminal.state.overlay, Page)
        assert do(terminal, "cancel").state.overlay is None


def test_a_long_list_is_narrowed_by_typing():
    terminal = do(position(), "answer 2", "overrule")
    do(terminal, "narrow v")
    assert len(terminal.state.overlay.options) == 4  # four are not many
    from dataclasses import replace

    from diagnose.terminal.state import Option

    many = tuple(Option(f"r{n}", f"remedy {n}") for n in range(30))
    terminal.state = replace(terminal.state, overlay=Pick("why_not", many))
    do(terminal, "narrow 2", "narrow 7")
    assert [o.value for o in terminal.state.overlay.options] == ["r27"]
    do(terminal, "widen", "widen")
    assert len(terminal.state.overlay.options) == 30


def test_what_the_record_warns_of_is_a_quiet_line_and_is_left_behind():
    terminal = position()
    terminal.session.recorder.warnings.append(Text.of(en="the index could\x1b not be written"))
    do(terminal, "note it rained")
    assert terminal.session.recorder.warnings == []
    terminal.session.recorder.warnings.append(Text.of(en="not signed", fr="non signé"))
    do(terminal, "answer 1")
    assert terminal.state.notice.words == "Beside the call: not signed"
    assert not terminal.state.notice.bad
    do(terminal, "interrupt", "interrupt")
    assert terminal.state.leaving.lines[-2:] == (
        "Beside the call: the index could not be written",
        "Beside the call: not signed",
    )


@pytest.mark.parametrize("at", ["9999-12-31T23:00:00+01:00", "0001-01-01T00:00:00+14:00"])
def test_a_clock_at_the_end_of_time_costs_no_call(at: str):
    terminal = position(complaint=True)
    bench(terminal).at = datetime.fromisoformat(at)
    do(terminal, "cancel")
    for _ in range(20):
        if at_verdict(terminal.state):
            break
        do(terminal, "dont_know" if asked(terminal.state) else "declined")
    assert at_verdict(terminal.state)
    assert shown(terminal.state)
    do(terminal, "accept", "accept")
    assert terminal.state.leaving is not None

"""A recorded call on the replay's screen: moving, playing, what if, taking it up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from diagnose.consultation.events import Accepted, Answered, Closed, Event, Opened, Tried
from diagnose.record.transcript import read
from diagnose.terminal.replaying.app import ReplayScreen, forked
from diagnose.terminal.replaying.keys import KEYS
from diagnose.terminal.replaying.state import COMMANDS, Replaying, alternatives, passed, run, with_way
from diagnose.terminal.replaying.story import Story, first_difference, steps, what_if
from diagnose.terminal.replaying.views import screen
from diagnose.terminal.replaying.words import WORDS
from diagnose.terminal.views.frame import lines
from tests.terminal.position import telephone

KB = telephone()


def at(seconds: int) -> str:
    return f"1998-03-02T10:{seconds // 60:02d}:{seconds % 60:02d}+01:00"


EVENTS: tuple[Event, ...] = (
    Opened(at(0), "abc", KB.handset.id, None, KB.revision, "diagnose"),
    Answered(at(5), "no_ring", "yes", volunteered=True, words="it does not ring"),
    Answered(at(15), "shown", "sign_3"),
    Answered(at(25), "mute_icon", "yes"),
    Tried(at(50), "unmute", "cured"),
    Accepted(at(60)),
    Closed(at(61), "advice/unmute"),
)


def begun(**changes: object) -> Replaying:
    return replace(Replaying((Story("call.jsonl", KB, EVENTS),)), **changes)  # type: ignore[arg-type]


def do(state: Replaying, *commands: str) -> Replaying:
    for command in commands:
        state = run(state, command)
    return state


def seen(state: Replaying, width: int = 110, height: int = 34) -> str:
    rows = ["".join(s.text for s in line) for line in lines(screen(state, width, height), width)]
    return " ".join(" ".join(rows).split())


def test_forward_and_back_are_inverse_and_stop_at_the_ends():
    state = begun()
    assert do(state, "back") == state
    assert do(state, "forward", "forward", "back") == do(state, "forward")
    assert do(state, "last", "forward").at == do(state, "last").at == len(EVENTS) - 1
    assert do(state, "last", "first").at == 0


def test_at_each_moment_stands_what_the_operator_saw():
    state = do(begun(), "forward", "forward")
    assert state.moment.call.findings.answer_to("shown") == "sign_3"
    assert state.moment.call.findings.answer_to("mute_icon") is None
    assert "cloche" not in seen(state) and "bell on the display" in seen(state)


def test_what_came_next_stands_with_what_was_best_then():
    shown = seen(do(begun(), "forward"))
    assert "Next: asks “shown”" in shown or "Next: asks" in shown
    assert "Best then:" in shown and "regret €" in shown


def test_any_event_can_be_jumped_to():
    state = do(begun(), "jump")
    state = do(state, *["down"] * 4, "choose")
    assert state.at == 4 and state.shown == ""


def test_playing_goes_at_the_speed_of_the_call_or_faster():
    state = do(begun(), "play")
    assert passed(state, 4.9).at == 0
    assert passed(state, 5.0).at == 1
    fast = do(state, "faster", "faster", "faster")
    assert fast.speed == 8 and passed(fast, 2.0).at == 2
    end = passed(fast, 60)
    assert end.at == len(EVENTS) - 1 and not end.playing
    assert passed(begun(), 100).at == 0  # not playing
    assert do(state, "slower").speed == 1


def test_playing_stops_when_a_key_moves():
    assert not do(begun(), "play", "forward").playing
    assert do(do(begun(), "last"), "play").at == 0


def test_what_if_changes_one_answer_and_keeps_what_came_after():
    state = do(begun(), "forward", "forward")
    assert ("no", "no") in [(a, a) for a, _ in alternatives(state)]
    cursor = [a for a, _ in alternatives(state)].index("no")
    state = do(replace(do(state, "what_if"), cursor=cursor), "choose")
    assert len(state.ways) == 2 and state.shown == "compare"
    other = state.story
    assert other.moments[3].call.findings.answer_to("mute_icon") == "no"
    assert not any(isinstance(m.event, (Accepted, Closed)) for m in other.moments)
    assert first_difference(steps(state.ways[0]), steps(other)) == 2
    assert "they part here" in seen(state)


def test_what_if_needs_an_answer_to_vary():
    state = do(begun(), "last", "what_if")
    assert state.shown == "" and state.notice


def test_the_same_answer_is_the_same_way():
    story = begun().story
    same = what_if(story, 3, "yes", "x")
    assert first_difference(steps(story)[:4], steps(same)) is None


def test_a_fork_ends_differently_from_its_recording(tmp_path: Path):
    state = do(begun(), "forward")
    terminal, path = forked(state, tmp_path)
    assert terminal.session is not None
    exchange = next(r.id for r in KB.remedies.values() if r.verdict == "exchange")
    terminal.do(lambda s: s.overrule("exchange", exchange, "the caller insists"))
    terminal.do(lambda s: s.close("exchange"))
    terminal.session.recorder.close()
    kept = read(path)
    assert kept.problems == () and kept.opened is not None and kept.opened.call != "abc"
    assert [type(e) for e in kept.events[:2]] == [Opened, Answered]
    state = with_way(state, Story("fork", KB, kept.events, 2))
    assert state.ways[0].end == "advice/unmute"
    assert state.ways[1].end == f"exchange/{exchange}"
    assert "Exchange" in seen(state) and "they part here" in seen(state)


def test_two_forks_at_one_step_are_two_calls(tmp_path: Path):
    state = do(begun(), "forward", "forward")
    first, one = forked(state, tmp_path)
    second, two = forked(state, tmp_path)
    assert one != two
    for terminal in (first, second):
        assert terminal.session is not None
        terminal.session.recorder.close()


def test_a_call_that_is_over_cannot_be_taken_up():
    state = do(begun(), "last", "fork")
    assert state.leaving == "" and state.notice


def test_the_next_step_that_could_have_been_better_is_found():
    state = do(begun(), "next_regret")
    following = state.next
    assert following is not None and following.judged is not None and not following.judged.good


@given(
    st.lists(st.sampled_from(sorted(set(COMMANDS) - {"fork", "quit"})), max_size=12),
    st.integers(1, 140),
    st.integers(1, 50),
    st.sampled_from(["en", "fr"]),
)
def test_whatever_was_pressed_the_screen_has_its_size(
    commands: list[str], width: int, height: int, language: str
):
    state = do(begun(language=language), *commands)
    rows = lines(screen(state, width, height), width)
    assert len(rows) == height
    assert 0 <= state.at < len(state.story.moments)


def test_every_key_does_a_command_and_has_its_words():
    assert [k.command for k in KEYS if k.command not in COMMANDS] == []
    assert [k.command for k in KEYS if f"help.{k.command}" not in WORDS] == []
    assert [k.command for k in KEYS if k.hint and f"hint.{k.command}" not in WORDS] == []


@pytest.mark.parametrize("key", sorted(WORDS))
def test_every_text_is_there_in_both_languages(key: str):
    english, french = WORDS[key]
    assert english.strip() and french.strip()
    assert english.count("{") == french.count("{")


def typed(keys: str, folder: Path) -> ReplayScreen:
    with create_pipe_input() as pipe:
        pipe.send_text(keys)
        shown = ReplayScreen(begun(), folder, input=pipe, output=DummyOutput())
        assert shown.show() == 0
        return shown


def test_keys_typed_move_the_screen_and_q_leaves(tmp_path: Path):
    shown = typed("nnnbxxlq", tmp_path)
    assert shown.state.at == 2 and shown.state.language == "fr" and shown.state.shown == ""


def test_f_opens_the_operators_terminal_and_comes_back_with_its_call(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    shown = typed("nnf" + "y" + "q2" + "q", tmp_path)
    assert len(shown.state.ways) == 2
    (path,) = shown.kept
    assert str(path) in capsys.readouterr().out
    assert "Answered" in [type(e).__name__ for e in read(path).events]


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path):
    (tmp_path / "file").write_text("")
    shown = typed("nfq", tmp_path / "file" / "below")
    assert len(shown.state.ways) == 1 and shown.kept == ()


def test_what_the_caller_of_an_exercise_said_is_on_the_screen_again():
    story = Story("call.jsonl", KB, EVENTS, heard={2: ("It shows a crossed bell.",)})
    state = Replaying((story,))
    assert "crossed bell" not in seen(state)
    assert all("It shows a crossed bell." in seen(do(state, *["forward"] * n)) for n in (1, 2))


@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 40)])
def test_where_the_call_stands_is_said_however_long_its_name_is(width: int, height: int):
    state = Replaying((Story("a-very-long-name-of-a-file" * 6, KB, EVENTS),))
    assert f"event 1/{len(EVENTS)}" in seen(state, width, height)


def test_any_two_ways_are_put_beside_each_other():
    state = begun()
    for answer in ("no", "unknown"):
        other = what_if(state.ways[0], 3, answer, f"what if {answer}")
        state = with_way(replace(state, way=0, at=2), other)
    assert state.way == 2 and "call.jsonl" in seen(state, 160)
    beside = do(state, "other_side")
    shown = seen(beside, 160)
    assert "what if no" in shown and "what if unknown" in shown and "call.jsonl" not in shown
    assert "call.jsonl" in seen(do(beside, "other_side"), 160)
    assert "two ways at most" in seen(do(begun(), "other_side"))


@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 34), (120, 40)])
def test_the_operators_keys_are_not_shown_where_they_do_nothing(width: int, height: int):
    shown = seen(do(begun(), "forward"), width, height)
    assert "caller says u undo" not in shown and "forward" in shown

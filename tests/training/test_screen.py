"""The exercise on the full screen: at every size, and by keys that are typed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from diagnose.terminal.app import Screen
from diagnose.terminal.state import Entry, State
from diagnose.terminal.views.frame import lines
from diagnose.terminal.views.screen import screen
from tests.terminal.position import position, shown
from tests.training.conftest import GENIE, begin

LINES = ("Let me look… no.", "Oh, and another thing: " + "it crackles " * 30)


@given(
    st.integers(1, 140), st.integers(1, 50), st.booleans(), st.sampled_from(["", "no_ring"]), st.booleans()
)
def test_a_caller_who_is_heard_never_breaks_the_screen(
    width: int, height: int, guided: bool, asking: str, typing: bool
):
    state = replace(position().state, heard=LINES, guided=guided, asking=asking)
    state = replace(state, overlay=Entry("volunteer") if typing else None)
    assert len(lines(screen(state, width, height), width)) == height


def words(state: State, width: int = 110) -> str:
    return " ".join(" ".join(shown(state, width, 34)).split())


def test_what_the_caller_says_is_on_the_screen_and_at_the_desk_there_is_no_such_box():
    state = position().state
    assert "CALLER" not in words(state)
    assert "« Let me look… no. »" in words(replace(state, heard=LINES[:1]))


@pytest.mark.parametrize("width", [80, 110])
def test_where_nothing_is_proposed_nothing_that_is_believed_is_shown(width: int):
    state = position().state
    proposed = words(state, width)
    alone = words(replace(state, guided=False), width)
    assert "%" in proposed and "%" not in alone
    assert "€" in proposed and "€" not in alone
    assert "Nothing is proposed" in alone


def test_a_question_of_ones_own_stands_instead_of_the_one_proposed():
    state = position().state
    assert "Does it ring when somebody calls you?" in words(replace(state, asking="no_ring"))


def test_an_exercise_is_taken_by_keys(knowledge: Path, tmp_path: Path):
    terminal, _ = begin(knowledge, tmp_path, replace(GENIE, guided=False))
    with create_pipe_input() as pipe:
        pipe.send_text("\rkproof of\r1v1\r" + "sure\r" + "\r\r")
        status = Screen(terminal, input=pipe, output=DummyOutput()).take()
    assert status == 0
    assert terminal.session is not None
    kinds = [type(e).__name__ for e in terminal.session.call.events]
    assert kinds == ["Opened", "Answered", "Overruled", "Closed"]
    terminal.session.recorder.close()

"""Does anything else strike you: what the caller says is typed thing after thing, and nothing of it is lost."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import pytest

from diagnose.consultation.events import Answered, Noted
from diagnose.knowledge.model import KnowledgeBase, Text
from diagnose.reasoning.open_question import ANYTHING_ELSE
from diagnose.terminal import plain
from diagnose.terminal.state import Entry, asked
from diagnose.terminal.terminal import Terminal
from tests.make import rule, symptom
from tests.terminal.position import do, events, position, said, shown, telephone


def open_minded() -> KnowledgeBase:
    """The telephone, with a rule that has everybody asked what else strikes them."""
    kb = telephone()
    question = replace(
        symptom(ANYTHING_ELSE, "check", answers={"nothing": 0.7, "something": 0.3}),
        ask=Text.of(en="Anything else?", fr="Autre chose ?"),
        name=Text.of(en="Anything else", fr="Autre chose"),
    )
    first = rule("open-first", salience=50, ask=(ANYTHING_ELSE,))
    rules = tuple(replace(r, number=n) for n, r in enumerate((*kb.rules, first)))
    return replace(kb, revision="open-minded", symptoms={**kb.symptoms, ANYTHING_ELSE: question}, rules=rules)


KB = open_minded()
HEARD = {"en": "does not ring", "fr": "ne sonne plus"}


def asked_openly(language: str = "en") -> Terminal:
    terminal = position(language, KB)
    question = asked(terminal.state)
    assert question is not None and question.id == ANYTHING_ELSE
    return terminal


def answered(terminal: Terminal) -> list[tuple[str, str, bool]]:
    return [
        (e.symptom, e.answer, e.volunteered)
        for e in terminal.state.the_call.events
        if isinstance(e, Answered)
    ]


SIGN = ("no_ring", "yes", True)
SOMETHING = (ANYTHING_ELSE, "something", False)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("choice", [("answer 2",), ("yes",), ("answers", "choose 2")])
def test_something_opens_a_line_in_which_each_thing_is_taken_and_then_the_question_is_answered(
    language: str, choice: tuple[str, ...]
):
    terminal = do(asked_openly(language), *choice)
    assert isinstance(terminal.state.overlay, Entry) and answered(terminal) == []
    do(terminal, f"insert {HEARD[language]}", "enter")
    assert answered(terminal) == [SIGN]
    assert isinstance(terminal.state.overlay, Entry) and terminal.state.overlay.text == ""
    assert terminal.state.notice is not None and terminal.state.notice.words.startswith("✓")
    assert KB.symptoms[ANYTHING_ELSE].ask.say(language) in said(shown(terminal.state))
    do(terminal, "insert the cat sat on it", "enter", "enter")
    do(terminal, "enter")
    assert terminal.state.overlay is None
    assert answered(terminal) == [SIGN, SOMETHING]
    assert [n.text for n in terminal.state.the_call.notes] == ["the cat sat on it"]


def test_what_no_question_of_the_phone_knows_is_a_note_and_answers_the_question():
    terminal = do(asked_openly(), "answer 2", "insert the cat sat on it", "enter", "enter", "cancel")
    assert answered(terminal) == [SOMETHING]
    assert isinstance(terminal.state.the_call.events[-2], Noted)


@pytest.mark.parametrize("leave", ["enter", "cancel"])
def test_a_line_left_empty_answers_nothing_and_says_what_to_do(leave: str):
    terminal = do(asked_openly(), "answer 2", leave)
    assert events(terminal) == ["Opened"]
    assert terminal.state.notice is not None and terminal.state.notice.bad
    question = asked(terminal.state)
    assert question is not None and question.id == ANYTHING_ELSE


def test_what_was_said_by_slash_while_the_question_stood_is_what_is_answered_with():
    terminal = do(asked_openly(), "volunteer", "insert does not ring", "enter")
    do(terminal, "answer 2")
    assert terminal.state.overlay is None
    assert answered(terminal) == [SIGN, SOMETHING]


def test_what_was_said_by_slash_and_taken_back_is_nothing_said():
    terminal = do(asked_openly(), "volunteer", "insert does not ring", "enter", "undo", "answer 2")
    assert isinstance(terminal.state.overlay, Entry)


def test_the_complaint_is_not_what_else_strikes_the_caller():
    terminal = position("en", KB, complaint=True)
    do(terminal, "insert does not ring", "enter", "answer 2")
    assert isinstance(terminal.state.overlay, Entry)


@pytest.mark.parametrize("words", ["nothing", "No, nothing else, thanks.", "rien", "non, c'est tout"])
def test_nothing_typed_in_words_is_nothing_else_and_no_note(words: str):
    terminal = do(asked_openly(), "answer 2", f"insert {words}")
    assert "Nothing else" in said(shown(terminal.state))
    do(terminal, "enter")
    assert answered(terminal) == [(ANYTHING_ELSE, "nothing", False)]
    assert terminal.state.overlay is None and terminal.state.the_call.notes == ()


def test_nothing_typed_after_something_ends_the_list_of_things_said():
    terminal = do(asked_openly("fr"), "answer 2", "insert ne sonne plus", "enter", "insert rien", "enter")
    assert answered(terminal) == [SIGN, SOMETHING]
    assert terminal.state.the_call.notes == ()


@pytest.mark.parametrize("choice", ["answer 1", "no"])
def test_nothing_else_is_one_key(choice: str):
    terminal = do(asked_openly(), choice)
    assert answered(terminal) == [(ANYTHING_ELSE, "nothing", False)]
    assert terminal.state.overlay is None


def test_an_answer_that_has_to_be_chosen_leads_back_to_the_line():
    terminal = do(asked_openly(), "answer 2", "insert bell", "enter")
    do(terminal, "choose 1")
    assert isinstance(terminal.state.overlay, Entry)
    do(terminal, "enter")
    assert answered(terminal)[-1] == SOMETHING and answered(terminal)[0][2]


def test_line_by_line_it_goes_the_same_way():
    terminal = position("en", KB)
    out = StringIO()
    lines = ["2", "", "2", "does not ring", "1", "the cat sat on it", "the cat sat on it", "", "q", "2"]
    plain.converse(terminal, StringIO("\n".join(lines) + "\n"), out)
    assert answered(terminal)[:2] == [SIGN, SOMETHING]
    assert "Nothing was typed" in out.getvalue()
    assert [n.text for n in terminal.state.the_call.notes] == ["the cat sat on it"]

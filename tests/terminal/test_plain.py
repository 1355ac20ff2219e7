"""The line mode: a call as a script."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import pytest

from diagnose.knowledge.model import KnowledgeBase
from diagnose.terminal.keys import KEYS
from diagnose.terminal.plain import converse
from diagnose.words import word
from tests.terminal.position import NASTY, events, position, telephone


def talk(lines: str, language: str = "en", kb: KnowledgeBase | None = None):
    """Status, output and terminal of a call with these lines typed."""
    terminal, out = position(language, kb, complaint=True), StringIO()
    status = converse(terminal, StringIO(lines), out)
    return status, out.getvalue(), terminal


def test_a_whole_call_is_a_script():
    status, out, terminal = talk("does not ring\n1\nyes\nn\n1\n\n")
    assert status == 0
    assert "SAY: Care, good day." in out
    assert events(terminal)[-2:] == ["Accepted", "Closed"]
    assert "Call screen is closed: advice/unmute" in out


def test_the_question_and_its_numbered_answers_are_printed():
    _, out, _ = talk("ne sonne plus\n1\n", "fr")
    assert "DITES : Y a-t-il une cloche barrée à l'écran" in out
    assert "1 o. yes" in out and "?. Ne sait pas" in out


def test_a_try_is_opened_with_a_word_and_warns_before_it_would_cut_the_caller_off():
    kb = telephone()
    unmute = kb.remedies["unmute"]
    assert unmute.trial is not None
    cuts = replace(unmute, trial=replace(unmute.trial, ends_call=True))
    for remedy in (unmute, cuts):
        _, out, _ = talk(
            "does not ring\n1\nyes\nn\n", kb=replace(kb, remedies={**kb.remedies, "unmute": remedy})
        )
        warning, step = "Cannot be done while speaking", "SAY: Let us try something together. Open the menu."
        assert step in out and "SAY: Turn it up." in out
        assert (warning in out.split(step)[0]) is (remedy is cuts)


def test_the_end_of_the_input_holds_the_call():
    status, out, terminal = talk("\n2\n")
    assert status == 0 and events(terminal)[-1] == "Held"
    assert "diagnose call --resume screen" in out


def test_no_input_at_all_is_wrong_usage_and_leaves_no_call_waiting():
    status, out, terminal = talk("")
    assert status == 2 and "nothing to read" in out
    assert events(terminal)[-1] == "Abandoned"


def test_commands_take_what_follows_them():
    _, out, terminal = talk(
        "\nm call her Monday\ni imei 490154203237518\nt unmute\nx swap\nv repair mend has no time\nq\n2\n"
    )
    assert events(terminal)[1:] == ["Noted", "Identified", "Tried", "Overruled", "Held"]
    assert "Why not: Exchange · swap" in out


def test_a_line_that_means_nothing_is_one_friendly_line():
    _, out, terminal = talk("\nabracadabra\n2\n")
    assert "“abracadabra” is no answer and no command here" in out
    assert events(terminal)[1] == "Answered"


def test_what_is_said_unasked_is_chosen_by_number_or_not_at_all():
    _, _, terminal = talk("\n/ does not ring\n1\n/ does not ring\n\n")
    assert [e for e in events(terminal) if e == "Answered"] == ["Answered"]


def test_the_help_has_every_command_of_the_table():
    _, out, _ = talk("\nhelp\n")
    for key in KEYS:
        if key.line and not key.language:
            assert f"{' '.join(key.line)}: {word(f'help.{key.command}', 'en')}" in out


def test_undo_why_and_language_work_by_their_letters():
    _, out, terminal = talk("\n2\nu\nw\nl\n")
    assert events(terminal)[1:-1] == ["Answered", "Undone", "Spoke"]
    assert "Why this question" in out and "DITES" in out


def test_alerts_are_printed_at_once_and_once():
    _, out, _ = talk("hazard\n1\n\n\nm x\n")
    assert out.count("Put it down and leave it alone.") == 1
    assert out.index("!!! DANGER") < out.index("leave it alone")


def test_ctrl_c_asks_and_ctrl_c_again_holds():
    class Interrupting(StringIO):
        def readline(self, *_):
            raise KeyboardInterrupt

    terminal, out = position(), StringIO()
    assert converse(terminal, Interrupting(), out) == 130
    assert "Leave?" in out.getvalue() and "--resume" in out.getvalue()


def test_nothing_typed_comes_back_as_a_command_to_the_terminal():
    _, out, _ = talk(f"\n{NASTY}\nm {NASTY}\n/ {NASTY}\n")
    assert not set("\x1b\x07\x9b\u202e") & set(out)


@pytest.mark.parametrize(
    "line", ["?", "1.", "0", "99", "-1", "x", "v", "v repair", "i", "i imei 12", "t nothing", "e", "é", "²"]
)
def test_no_line_loses_the_call(line: str):
    status, _, terminal = talk(f"\n{line}\n")
    assert status == 0 and events(terminal)[-1] == "Held"

"""Keys typed for real, and the call that comes of them."""

from __future__ import annotations

import os
import signal
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from diagnose.consultation.call import assessed
from diagnose.consultation.events import Held, Noted
from diagnose.record.transcript import CannotRecord, read, transcripts
from diagnose.terminal import app
from diagnose.terminal.app import Screen, likely
from diagnose.terminal.keys import KEYS
from diagnose.terminal.options import CallOptions
from diagnose.terminal.start import Folder
from diagnose.terminal.state import CONTEXTS, Entry, State
from diagnose.terminal.terminal import Terminal
from tests.terminal.position import Bench, do, events, position, telephone

ROOT = Path(__file__).resolve().parents[2]


def typed(keys: str, terminal: Terminal | None = None) -> tuple[int, Terminal]:
    """Status and terminal after these keys."""
    terminal = terminal or position(complaint=True)
    with create_pipe_input() as pipe:
        pipe.send_text(keys)
        return Screen(terminal, input=pipe, output=DummyOutput()).take(), terminal


def test_a_call_is_taken_from_the_complaint_to_the_close(capsys: pytest.CaptureFixture[str]):
    status, terminal = typed("does not ring\r1n1\r")
    assert status == 0
    assert events(terminal)[-2:] == ["Accepted", "Closed"]
    assert "advice/" in capsys.readouterr().out


def test_single_keys_answer_undo_and_do_not_know():
    _, terminal = typed("does not ring\r?uurrq2")
    assert events(terminal) == [
        "Opened",
        "Answered",
        "Answered",
        "Undone",
        "Undone",
        "Redone",
        "Redone",
        "Held",
    ]


@pytest.mark.parametrize("keys", ["\x1b[D\x1b[15~\t", "\x1b[200~1n?\x1b[201~", "zż"])
def test_a_key_or_a_paste_that_means_nothing_does_nothing(keys: str):
    _, terminal = typed(f"\r{keys}q2")
    assert events(terminal) == ["Opened", "Held"]


def test_yes_is_o_in_french_and_y_in_both():
    for language, keys in (("fr", "oq2"), ("fr", "yq2"), ("en", "yq2"), ("en", "oq2")):
        _, terminal = typed(f"\r{keys}", position(language, complaint=True))
        assert ("Answered" in events(terminal)) is (keys != "oq2" or language == "fr")


def test_letters_are_words_while_a_line_is_typed():
    _, terminal = typed("\rmquit now? ü\rq2")
    notes = [n.text for n in terminal.state.the_call.notes]
    assert notes == ["quit now? ü"]


def test_a_pasted_text_is_one_line_without_control_characters():
    _, terminal = typed("\rm\x1b[200~two\nlines\x07\x1b[201~\rq2")
    assert [n.text for n in terminal.state.the_call.notes] == ["two lines"]


def test_ctrl_c_twice_holds_the_call_and_says_how_to_resume(capsys: pytest.CaptureFixture[str]):
    status, terminal = typed("\r\x03\x03")
    assert status == 130 and events(terminal)[-1] == "Held"
    assert "diagnose call --resume screen" in capsys.readouterr().out


def test_ctrl_d_twice_holds_the_call():
    status, terminal = typed("\rm half\x04\x04")
    assert status == 0 and events(terminal)[-2:] == ["Noted", "Held"]


def test_the_handset_is_chosen_by_a_part_of_its_name():
    from diagnose.terminal.entering import typed as look

    terminal = Terminal(Bench(telephone()), State())
    look(terminal, Entry("handset"))
    status, terminal = typed("on\r\rq2", terminal)
    assert status == 0 and events(terminal) == ["Opened", "Held"]


def test_a_view_that_fails_leaves_the_call_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def broken(*_: object) -> None:
        raise RuntimeError("the screen broke")

    monkeypatch.setattr(app, "screen", broken)
    status, terminal = typed("\r")
    captured = capsys.readouterr()
    assert status == 1 and "the screen broke" in captured.err and "Traceback" not in captured.err
    assert events(terminal)[-1] == "Held" and "--resume" in captured.out


def test_no_two_keys_mean_different_things_at_the_same_time():
    for language in ("en", "fr"):
        for here in CONTEXTS:
            seen: dict[str, str] = {}
            for row in KEYS:
                if here in row.contexts and row.language in ("", language):
                    for key in row.keys:
                        assert seen.setdefault(key, row.command) == row.command, (here, key)


def test_likely_answers_are_thought_through_in_advance_with_the_same_result():
    terminal = position()
    ahead = likely(terminal.state.the_call)
    thought = [assessed(terminal.state.the_call.kb, f) for f in ahead]
    do(terminal, "answer 1")
    assert terminal.state.the_call.findings in ahead
    assert terminal.state.the_call.assessment in thought


def options(tmp_path: Path, **changes: object) -> CallOptions:
    """Options of a call with the shipped knowledge."""
    given = {
        "root": ROOT / "knowledge",
        "handset": "philips-genie",
        "programme": None,
        "resume": None,
        "plain": True,
        "language": "fr",
        "audience": "consumer",
        "operator": "17",
        "desk": "A",
        "transcripts": tmp_path / "calls",
    }
    return CallOptions(**{**given, **changes})  # type: ignore[arg-type]


def test_a_call_is_held_by_one_process_and_resumed_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    from io import StringIO

    monkeypatch.setattr(sys, "stdin", StringIO("il ne sonne pas\n1\n"))
    assert app.run_call(options(tmp_path)) == 0
    held = capsys.readouterr().out
    call = held.rsplit("--resume ", 1)[1].strip()
    monkeypatch.setattr(sys, "stdin", StringIO("q\n3\nfausse manœuvre\n"))
    assert app.run_call(options(tmp_path, handset=None, resume=call)) == 0
    assert f"L'appel {call} est abandonné." in capsys.readouterr().out
    monkeypatch.setattr(sys, "stdin", StringIO(""))
    assert app.run_call(options(tmp_path, handset=None, resume=call)) == 2
    assert "aucun appel en attente" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("handset", "says"), [("quackphone", "aucun téléphone"), ("philips", "plusieurs téléphones")]
)
def test_an_unknown_or_ambiguous_handset_is_one_line(
    handset: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert app.run_call(options(tmp_path, handset=handset)) == 2
    err = capsys.readouterr().err
    assert says in err and err.count("\n") == 1


def test_an_ambiguous_handset_is_chosen_on_the_screen_among_those_that_fit(tmp_path: Path):
    terminal = app.start(options(tmp_path, handset="startac"), choosing=True)
    entry = terminal.state.overlay
    assert isinstance(entry, Entry) and (entry.purpose, entry.text) == ("handset", "startac")
    assert [o.value for o in entry.options][:3] == [f"motorola-startac-{n}" for n in (130, 70, 85)]


def test_the_very_name_of_a_handset_is_enough_however_many_are_much_like_it(tmp_path: Path):
    terminal = app.start(options(tmp_path, handset="iphone-13"))
    assert terminal.session is not None and terminal.state.the_call.kb.handset.id == "apple-iphone-13"
    terminal.session.recorder.close()


def test_without_a_name_the_newest_call_that_nobody_has_open_goes_on_and_says_why_it_waited(tmp_path: Path):
    seconds = iter(range(60))
    noon = datetime.fromisoformat("1998-03-02T12:00:00+01:00")
    folder = Folder(options(tmp_path), clock=lambda: noon + timedelta(seconds=next(seconds)))
    mine = folder.begin("philips-genie", None, "fr", "consumer")
    mine.hold("rappel à 17 h")
    mine.recorder.close()
    colleague = folder.begin("philips-genie", None, "fr", "consumer")
    terminal = app.start(options(tmp_path, handset=None, resume=""))
    assert terminal.session is not None and terminal.state.notice is not None
    assert terminal.state.the_call.opened.call == mine.call.opened.call
    assert terminal.state.notice.words == "Appel repris ; motif de l'attente : rappel à 17 h"
    with pytest.raises(CannotRecord, match="open elsewhere"):
        app.start(options(tmp_path, handset=None, resume=""))
    terminal.session.recorder.close()
    colleague.recorder.close()


def test_a_call_that_was_handed_over_says_to_whom_and_why(tmp_path: Path):
    session = Folder(options(tmp_path)).begin("philips-genie", None, "fr", "consumer")
    session.hand_over("Martine", "connaît ce modèle")
    session.recorder.close()
    terminal = app.start(options(tmp_path, handset=None, resume=""))
    assert terminal.session is not None and terminal.state.notice is not None
    assert terminal.state.notice.words.endswith(": → Martine – connaît ce modèle")
    terminal.session.recorder.close()


def test_a_call_taken_up_again_without_a_reason_says_what_was_noted_last(tmp_path: Path):
    session = Folder(options(tmp_path)).begin("philips-genie", None, "fr", "consumer")
    session.note("sonne seulement dans la cuisine")
    session.recorder.close()
    terminal = app.start(options(tmp_path, handset=None, resume=""))
    assert terminal.session is not None and terminal.state.notice is not None
    assert terminal.state.notice.words.endswith(": sonne seulement dans la cuisine")
    terminal.session.recorder.close()


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "calls").write_text("a file in the way")
    assert app.run_call(options(tmp_path)) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_an_empty_input_is_one_line_and_no_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    with Path(os.devnull).open(encoding="utf-8") as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        assert app.run_call(options(tmp_path)) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1
    assert not (tmp_path / "calls").exists()


def test_without_a_terminal_the_call_goes_on_line_by_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    from io import StringIO

    monkeypatch.setattr(sys, "stdin", StringIO("\nq\n2\n"))
    assert app.run_call(options(tmp_path, plain=False)) == 0
    assert "ligne par ligne" in capsys.readouterr().err


def on_a_real_terminal(transcripts: Path):
    """A call in French on a terminal of 80x24."""
    pexpect = pytest.importorskip("pexpect")
    script = (
        "import sys; from pathlib import Path; from diagnose.terminal.app import run_call; "
        "from diagnose.terminal.options import CallOptions; "
        f"sys.exit(run_call(CallOptions(Path({str(ROOT / 'knowledge')!r}), 'philips-genie', None, None, False, "
        f"'fr', 'consumer', '17', 'A', Path({str(transcripts)!r}))))"
    )
    environ = {**os.environ, "TERM": "xterm", "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}
    return pexpect.spawn(
        sys.executable, ["-c", script], dimensions=(24, 80), env=environ, encoding="utf-8", timeout=60
    )


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no window is closed by a signal here")
def test_a_closed_window_holds_the_call_and_keeps_what_is_being_typed(tmp_path: Path):
    child = on_a_real_terminal(tmp_path)
    _until(child, "plaint l'appelant")
    child.send("il ne sonne pas, et puis il a")
    _until(child, "il a")
    child.kill(signal.SIGHUP)
    child.read()
    child.close()
    assert child.exitstatus == 128 + signal.SIGHUP
    (path,) = transcripts(tmp_path)
    *_, note, held = read(path).events
    assert isinstance(note, Noted) and note.text == "il ne sonne pas, et puis il a"
    assert isinstance(held, Held)


def test_on_a_real_terminal_the_screen_is_drawn_and_left_clean(tmp_path: Path):
    pyte = pytest.importorskip("pyte")
    child = on_a_real_terminal(tmp_path)
    screen, stream = _emulated(pyte)
    stream.feed(_until(child, "plaint l'appelant"))
    child.send("il ne sonne pas\r")
    stream.feed(_until(child, "répondre"))
    child.send("\x03")
    stream.feed(_until(child, "Quitter"))
    assert "DITES" in "\n".join(screen.display)
    child.send("\x03")
    rest = child.read()
    child.close()
    assert child.exitstatus == 130
    assert "diagnose call --resume" in rest and "Traceback" not in rest


def _emulated(pyte):
    screen = pyte.Screen(80, 24)
    return screen, pyte.Stream(screen)


def _until(child, words: str) -> str:
    """What the terminal was sent up to and with these words, which may be drawn in pieces."""
    child.expect_exact(words)
    return child.before + child.after

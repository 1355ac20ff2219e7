"""Edited knowledge in a running call: seen first, taken over by will, on the record, and never by surprise."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diagnose.consultation.call import assessed
from diagnose.consultation.events import Renewed
from diagnose.knowledge import link
from diagnose.knowledge.revision import revised
from diagnose.record.chain import canonical
from diagnose.record.redact import redact
from diagnose.record.replay import as_recorded, replay
from diagnose.record.transcript import read, transcripts
from diagnose.record.verify import Trust, check_folder
from diagnose.terminal.options import CallOptions
from diagnose.terminal.start import CannotStart, Folder
from diagnose.terminal.state import Pick, State
from diagnose.terminal.terminal import Terminal
from tests.record.folder import edit, write_folder
from tests.terminal.position import do, said, shown

FAMILY = "families/gsm.yaml"
WITHOUT_BELL = (
    ("  mute_icon:\n", "  bell_icon:\n"),
    ("mute_icon: usually", "bell_icon: usually"),
    ("mute_icon: never", "bell_icon: never"),
)


@pytest.fixture(autouse=True)
def no_key_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIAGNOSE_KEY", str(tmp_path / "desk.key"))
    monkeypatch.setenv("DIAGNOSE_KNOWN_KEYS", str(tmp_path / "known-keys"))


class Desk:
    """A desk with a knowledge folder of its own, whose clock goes on by three seconds at each look."""

    def __init__(self, root: Path) -> None:
        self.knowledge = write_folder(root)
        self.calls = root / "calls"
        self.options = CallOptions(
            self.knowledge, "acme-one", None, None, False, "en", "consumer", "", "", self.calls
        )
        self.folder = Folder(self.options, self._times().__next__)
        self.terminal = Terminal(self.folder, State())

    def _times(self) -> Iterator[datetime]:
        at = datetime.fromisoformat("1998-03-02T10:00:00+01:00")
        while True:
            yield at
            at += timedelta(seconds=3)

    def begin(self) -> Terminal:
        self.terminal.begin("acme-one", None)
        return do(self.terminal, "cancel")

    def cut_off(self) -> Terminal:
        """The process dies, and another takes the call up."""
        assert self.terminal.session is not None
        self.terminal.session.recorder.close()
        assessed.cache_clear()
        self.terminal = Terminal(self.folder, State())
        self.terminal.session, revised = self.folder.resume("")
        self.terminal.follow()
        if revised:
            self.terminal.tell(revised, bad=True)
        self.terminal.mention()
        return self.terminal

    def write(self, *changes: tuple[str, str], file: str = FAMILY) -> None:
        """Edits as by an author, later than what was there."""
        path = self.knowledge / file
        before = path.stat()
        for old, new in changes:
            edit(self.knowledge, file, old, new)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 10**9))

    @property
    def path(self) -> Path:
        (found,) = transcripts(self.calls)
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def notice(terminal: Terminal) -> str:
    return terminal.state.notice.words if terminal.state.notice else ""


DEAR = ("per_1000: 50", "per_1000: 0.01")


def test_an_edit_changes_nothing_until_it_is_taken_over_and_is_told_quietly(desk: Desk):
    terminal = do(desk.begin(), "volunteer", "cancel")
    before = terminal.state.the_call.assessment.next
    desk.write(DEAR)
    do(terminal, "note it rained")
    assert notice(terminal) == "Noted."
    assert "↻ b" in shown(terminal.state)[0]
    do(terminal, "clock")
    assert "The knowledge was edited" in notice(terminal)
    assert terminal.state.the_call.assessment.next == before
    do(terminal, "clock")
    assert notice(terminal) == ""
    assert [e for e in terminal.state.the_call.events if isinstance(e, Renewed)] == []


def test_what_it_changes_for_this_call_is_shown_before_it_is_taken_over(desk: Desk):
    terminal = desk.begin()
    desk.write(DEAR)
    do(terminal, "renew")
    assert notice(terminal).startswith("For this call: Advice · Switch the ringer on")
    assert "→ Exchange · Exchange" in notice(terminal)
    assert isinstance(terminal.state.overlay, Pick)
    do(terminal, "choose 2")
    assert terminal.state.overlay is None
    assert terminal.state.the_call.kb.revision == read(desk.path).opened.revision  # type: ignore[union-attr]
    do(terminal, "renew", "choose 1")
    assert notice(terminal).startswith("The call goes on with the edited knowledge")
    assert "↻" not in shown(terminal.state)[0]
    recorded = read(desk.path)
    assert isinstance(recorded.events[-1], Renewed)
    assert recorded.events[-1].revision == terminal.state.the_call.kb.revision
    assert len(set(recorded.grounds)) == 2


def test_an_edit_that_changes_nothing_for_this_call_says_so(desk: Desk):
    terminal = desk.begin()
    desk.write(("per_1000: 50", "per_1000: 50.5"))
    assert "nothing changes" in notice(do(terminal, "renew"))


def test_an_edit_of_the_words_before_the_caller_shows_the_new_ones(desk: Desk):
    terminal = do(desk.begin(), "tried unmute")
    assert "We exchange it." in said(shown(terminal.state))
    desk.write(("say: {en: We exchange it.", "say: {en: You get another one."))
    assert notice(do(terminal, "renew")) == "For this call: only the words: “You get another one.”"


def test_an_edit_that_says_nothing_else_is_not_taken_over(desk: Desk):
    terminal = desk.begin()
    desk.write(("kind: family", "kind: family  # as ever"))
    do(terminal, "note hm")
    assert terminal.state.edited
    do(terminal, "renew")
    assert "nothing to take over" in notice(terminal)
    assert terminal.state.overlay is None
    assert not terminal.state.edited


def test_edited_knowledge_with_an_error_is_refused_with_its_place(desk: Desk):
    terminal = desk.begin()
    desk.write(("per_1000: 50", "per_1000: fifty"))
    do(terminal, "renew")
    assert "Nothing is taken over; go on with the call" in notice(terminal)
    assert f"{desk.knowledge / FAMILY}:" in notice(terminal)  # whoever reads it can open the file
    assert terminal.state.overlay is None
    assert do(terminal, "note on we go").state.the_call.notes[-1].text == "on we go"


def test_what_was_written_again_after_it_was_shown_is_shown_again(desk: Desk):
    terminal = desk.begin()
    desk.write(DEAR)
    do(terminal, "renew")
    desk.write(("per_1000: 0.01", "per_1000: 0.02"))
    do(terminal, "choose 1")
    assert isinstance(terminal.state.overlay, Pick)
    assert not any(isinstance(e, Renewed) for e in terminal.state.the_call.events)
    do(terminal, "choose 1")
    assert isinstance(terminal.state.the_call.events[-1], Renewed)


def test_answers_that_the_new_knowledge_does_not_know_are_named_and_set_aside(desk: Desk):
    terminal = desk.begin()
    terminal.do(lambda s: s.answer("yes", "mute_icon"))
    desk.write(*WITHOUT_BELL)
    do(terminal, "renew")
    assert "no longer known: Is there a crossed-out bell?" in notice(terminal)
    do(terminal, "choose 1")
    assert "set aside: Is there a crossed-out bell?" in notice(terminal)
    assert terminal.state.the_call.shelved == ("mute_icon",)
    for name in ("history", "why", "cancel", "change", "cancel", "tried", "cancel", "help", "cancel"):
        do(terminal, name)
        assert said(shown(terminal.state))


def test_a_call_under_way_goes_on_on_its_own_knowledge_after_a_power_cut_and_says_that_there_is_other(
    desk: Desk,
):
    terminal = desk.begin()
    terminal.do(lambda s: s.answer("yes", "mute_icon"))
    was = terminal.state.the_call
    desk.write(*WITHOUT_BELL)
    terminal = desk.cut_off()
    assert terminal.state.the_call.kb.revision == was.kb.revision
    assert terminal.state.the_call.findings == was.findings
    assert terminal.state.edited and "b shows what would change" in notice(terminal)
    do(terminal, "renew", "choose 1")
    assert terminal.state.the_call.shelved == ("mute_icon",)


def test_a_call_goes_on_though_an_author_has_left_an_error_in_the_files(desk: Desk):
    was = desk.begin().state.the_call
    desk.write(("per_1000: 50", "per_1000: fifty"))
    terminal = desk.cut_off()
    assert terminal.state.the_call.kb.revision == was.kb.revision


def test_where_the_knowledge_was_not_kept_the_call_is_renewed_and_that_is_recorded(desk: Desk):
    desk.begin()
    desk.write(DEAR)
    for file in (desk.calls / "knowledge").iterdir():
        file.unlink()
    terminal = desk.cut_off()
    assert "is gone or unusable" in notice(terminal)
    assert isinstance(read(desk.path).events[-1], Renewed)
    terminal = desk.cut_off()
    assert sum(isinstance(e, Renewed) for e in terminal.state.the_call.events) == 1


def test_where_the_product_reads_the_kept_knowledge_otherwise_it_is_the_product_that_has_changed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    desk.begin()
    before = read(desk.path)
    monkeypatch.setattr(link, "revised", lambda kb, _: replace(revised(kb), revision="f" * 16))
    terminal = desk.cut_off()
    assert "The product has changed" in notice(terminal)
    after = read(desk.path)
    assert isinstance(after.events[-1], Renewed)
    assert after.events[-1].revision == "f" * 16
    assert {*after.grounds} == {*before.grounds}


def test_where_it_was_not_kept_but_says_the_same_today_nothing_is_renewed(desk: Desk):
    desk.begin()
    for file in (desk.calls / "knowledge").iterdir():
        file.unlink()
    terminal = desk.cut_off()
    assert notice(terminal) == ""
    assert not any(isinstance(e, Renewed) for e in terminal.state.the_call.events)


def test_without_its_knowledge_and_with_errors_in_todays_a_call_cannot_go_on(desk: Desk):
    desk.begin()
    desk.write(("per_1000: 50", "per_1000: fifty"))
    for file in (desk.calls / "knowledge").iterdir():
        file.unlink()
    with pytest.raises(CannotStart, match=FAMILY):
        desk.cut_off()


EDITS = (
    (("per_1000: 50", "per_1000: 10"),),
    (DEAR,),
    WITHOUT_BELL,
    (("seconds: 8", "seconds: 9"),),
    (("kind: family", "kind: family\n# a line more"), ("per_1000: 20", "per_1000: 21")),
)


@given(st.data())
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_live_resumed_replayed_and_verified_are_one_call(tmp_path_factory: pytest.TempPathFactory, data):
    """Answers, undo, edits, renewals and power cuts in any order: what is on the disk is what was lived."""
    desk = Desk(tmp_path_factory.mktemp("desk"))
    terminal = desk.begin()
    moves = st.sampled_from(("say", "say", "undo", "redo", "renew", "renew", "hold", "cut"))
    for move in data.draw(st.lists(moves, min_size=3, max_size=10)):
        terminal = desk.terminal
        match move:
            case "say":
                symptom = data.draw(st.sampled_from(sorted(terminal.state.the_call.kb.symptoms)))
                answer = data.draw(st.sampled_from(("yes", "no", "unknown")))
                terminal.do(lambda s, a=answer, q=symptom: s.answer(a, q))  # type: ignore[misc]
            case "renew":
                (desk.knowledge / FAMILY).unlink()
                write_folder(desk.knowledge.parent)
                desk.write(*data.draw(st.sampled_from(EDITS)))
                do(terminal, "renew")
                if isinstance(terminal.state.overlay, Pick):
                    do(terminal, "choose 1")
            case "hold":
                do(terminal, "hold", "enter")
                desk.cut_off()
            case "cut":
                was = terminal.state.the_call
                now = desk.cut_off().state.the_call
                assert (now.kb.revision, now.findings, now.shelved) == (
                    was.kb.revision,
                    was.findings,
                    was.shelved,
                )
                assert now.assessment.next == was.assessment.next
            case _:
                do(terminal, move)
    desk.terminal.do(lambda s: s.close("done"))
    assert desk.terminal.session is not None
    desk.terminal.session.recorder.close()
    recording = read(desk.path)
    assert recording.events == desk.terminal.session.call.events
    assessed.cache_clear()
    again = as_recorded(recording)
    assert again.same and canonical(list(again.entries)) == canonical(list(recording.entries))
    (checked,) = check_folder(desk.calls, Trust()).calls
    assert (checked.findings, checked.proven) == ((), True)
    redact(desk.path)
    assert check_folder(desk.calls, Trust()).calls[0].proven
    assert replay(desk.knowledge, recording).call is not None

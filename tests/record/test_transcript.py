"""Transcripts: what was appended is there, whatever happens to the process, the disk or the file."""

from __future__ import annotations

import errno
import json
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnose.consultation.events import Abandoned, Answered, Closed, Event, Noted, Opened
from diagnose.record import reading
from diagnose.record.transcript import (
    AlreadyOpen,
    CannotRecord,
    Keeping,
    Writer,
    new_call_id,
    path_for,
    read,
    unfinished,
)

AT = "1998-03-02T10:15:00+01:00"
OPENED = Opened(AT, "k7m29xqd", "acme-one", "desk", "r1", "0.1.0")
RINGS = Answered(AT, "no_ring", "yes", volunteered=True, words="elle reste muette")
SAME = Keeping(salt=lambda: "5a" * 16, key=lambda: None)
CALL: tuple[Event, ...] = (OPENED, RINGS, Noted(AT, "calls from the car"))


def written(path: Path, events: tuple[Event, ...] = CALL) -> Path:
    with Writer.create(path, SAME) as writer:
        for event in events:
            writer.append(event, {"event": type(event).__name__})
    return path


def only_problem(path: Path) -> tuple[str, str]:
    (problem,) = read(path).problems
    return problem.code, str(problem.place).replace(f"{path}:", "")


def test_what_was_written_is_read_back_with_its_trace(tmp_path: Path):
    recording = read(written(tmp_path / "a.jsonl"))
    assert recording.events == CALL
    assert recording.entries[1] == {"event": "Answered"}
    assert recording.lines == (1, 2, 3)
    assert recording.problems == ()


@settings(deadline=None, max_examples=50)
@given(words=st.text(st.characters()), nonce=st.integers())
def test_any_words_come_back_as_they_were_said(
    words: str, nonce: int, tmp_path_factory: pytest.TempPathFactory
):
    path = tmp_path_factory.mktemp("calls") / "a.jsonl"
    said = Answered(AT, "no_ring", "yes", words=words)
    assert read(written(path, (OPENED, said))).events[1] == said


def test_each_line_is_on_the_disk_before_append_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "a.jsonl"
    with Writer.create(path) as writer:
        synced: list[int] = []
        monkeypatch.setattr(os, "fsync", lambda _: synced.append(path.stat().st_size))
        writer.append(OPENED, {})
        assert synced[0] == path.stat().st_size
        assert read(path).events == (OPENED,)


def test_only_the_owner_can_read_a_transcript_and_its_new_folder(tmp_path: Path):
    path = written(tmp_path / "calls" / "a.jsonl")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_transcript_is_never_overwritten(tmp_path: Path):
    path = written(tmp_path / "a.jsonl")
    with pytest.raises(CannotRecord, match="already"):
        Writer.create(path)
    assert read(path).events == CALL


def test_a_torn_last_line_is_reported_and_cut_off_when_the_call_goes_on(tmp_path: Path):
    path = written(tmp_path / "a.jsonl")
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    recording = read(path)
    assert (recording.torn, recording.broken, recording.events) == (True, False, CALL[:2])
    assert only_problem(path) == ("T106", "3:1")
    writer, resumed = Writer.resume(path, SAME)
    with writer:
        assert resumed == recording
        writer.append(CALL[2], {"event": "Noted"})
    assert path.read_bytes() == whole


@settings(deadline=None, max_examples=50)
@given(cut=st.integers(min_value=0))
def test_wherever_a_call_is_cut_off_it_can_go_on(cut: int, tmp_path_factory: pytest.TempPathFactory):
    path = written(tmp_path_factory.mktemp("calls") / "a.jsonl")
    whole = path.read_bytes()
    path.write_bytes(whole[: cut % (len(whole) + 1)])
    if not read(path).events:
        return
    writer, recording = Writer.resume(path, SAME)
    with writer:
        for event in CALL[len(recording.events) :]:
            writer.append(event, {"event": type(event).__name__})
    assert path.read_bytes() == whole


def test_a_last_line_that_lacks_only_its_end_is_kept(tmp_path: Path):
    path = written(tmp_path / "a.jsonl")
    path.write_bytes(path.read_bytes()[:-1])
    assert (read(path).torn, read(path).events) == (False, CALL)
    writer, _ = Writer.resume(path)
    with writer:
        writer.append(Closed(AT), {})
    assert len(read(path).events) == 4


def test_the_same_call_cannot_be_open_twice(tmp_path: Path):
    path = written(tmp_path / "a.jsonl")
    first, _ = Writer.resume(path)
    with pytest.raises(AlreadyOpen):
        Writer.resume(path)
    first.close()
    again, _ = Writer.resume(path)
    again.close()


def test_a_file_where_the_folder_should_be_is_one_plain_error(tmp_path: Path):
    (tmp_path / "calls").write_text("")
    with pytest.raises(CannotRecord, match="cannot record"):
        Writer.create(tmp_path / "calls" / "a.jsonl")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to root")
def test_a_read_only_folder_is_one_plain_error(tmp_path: Path):
    tmp_path.chmod(0o500)
    with pytest.raises(CannotRecord, match="cannot record"):
        Writer.create(tmp_path / "a.jsonl")


def test_a_read_only_file_system_is_one_plain_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(CannotRecord, match="ead-only"):
        Writer.create(tmp_path / "a.jsonl")


def test_a_full_disk_loses_nothing_and_the_line_can_be_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "a.jsonl"
    with Writer.create(path) as writer:
        writer.append(OPENED, {})
        before = path.read_bytes()
        really_write = os.write

        def half_of_it(file: int, data: bytes) -> int:
            really_write(file, bytes(data)[: len(data) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(os, "write", half_of_it)
        with pytest.raises(CannotRecord, match="No space"):
            writer.append(RINGS, {})
        assert path.read_bytes() == before
        monkeypatch.setattr(os, "write", really_write)
        writer.append(RINGS, {})
    assert read(path).events == (OPENED, RINGS)


def test_half_a_line_that_could_not_be_removed_is_removed_before_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "a.jsonl"
    with Writer.create(path) as writer, monkeypatch.context() as broken:
        writer.append(OPENED, {})
        really_write = os.write

        def half_of_it(file: int, data: bytes) -> int:
            really_write(file, bytes(data)[:10])
            raise OSError(errno.EIO, "gone")

        def no(*_: object) -> None:
            raise OSError(errno.EIO, "gone")

        broken.setattr(os, "write", half_of_it)
        broken.setattr(os, "ftruncate", no)
        with pytest.raises(CannotRecord):
            writer.append(RINGS, {})
        broken.undo()
        writer.append(RINGS, {})
    assert read(path).events == (OPENED, RINGS)


GOOD = json.dumps({"n": 1, "event": {"event": "opened", "at": AT, "call": "a", "handset": "b",
                   "programme": None, "revision": "r", "product": "p"}, "trace": {}})  # fmt: skip
NOTE = '{"n": 2, "event": {"event": "noted", "at": "x", "text": "y"}, "trace": {}}'


@pytest.mark.parametrize(
    ("text", "code", "place", "kept"),
    [
        (b"", "T107", "1:1", 0),
        (f"{GOOD}\n{{oops}}\n{NOTE}\n".encode(), "T102", "2:2", 1),
        (GOOD.encode() + b'\n{"n": \xff}\n', "T101", "2:7", 1),
        (f"{GOOD}\n[]\n".encode(), "T102", "2:1", 1),
        (f"{GOOD}\n{NOTE.replace('noted', 'noticed')}\n".encode(), "T103", "2:10", 1),
        (f"{GOOD}\n{NOTE.replace('text', 'words')}\n".encode(), "T103", "2:10", 1),
        (f"{GOOD}\n{NOTE.replace('2', '3')}\n".encode(), "T104", "2:2", 1),
        (f"{NOTE.replace('2', '1')}\n".encode(), "T105", "1:10", 0),
        (f"{GOOD}\n{'[' * 100_000}\n".encode(), "T102", "2:1", 1),
        (f"{GOOD}\n{'9' * 10_000}\n".encode(), "T102", "2:1", 1),
    ],
    ids=["empty", "json", "utf-8", "list", "unknown", "field", "order", "opening", "deep", "huge"],
)
def test_a_broken_line_is_reported_where_it_is_and_ends_the_reading(
    text: bytes, code: str, place: str, kept: int, tmp_path: Path
):
    path = tmp_path / "a.jsonl"
    path.write_bytes(text)
    assert only_problem(path) == (code, place)
    assert len(read(path).events) == kept
    with pytest.raises(CannotRecord):
        Writer.resume(path)
    assert path.read_bytes() == text


@settings(deadline=None, max_examples=50)
@given(st.binary(max_size=300))
def test_no_bytes_make_the_reading_fail(tmp_path_factory: pytest.TempPathFactory, data: bytes):
    path = tmp_path_factory.mktemp("calls") / "a.jsonl"
    path.write_bytes(GOOD.encode() + b"\n" + data)
    recording = read(path)
    assert len(recording.events) == len(recording.entries) == len(recording.lines) == 1


def test_unfinished_calls_are_listed_newest_first(tmp_path: Path):
    for call, at, last in (
        ("old", "1998-03-01T09:00:00", None),
        ("new", "1998-03-02T09:00:00", None),
        ("done", "1998-03-02T10:00:00", Closed("1998-03-02T10:05:00")),
        ("gone", "1998-03-02T11:00:00", Abandoned("1998-03-02T11:05:00")),
    ):
        opened = Opened(at, call, "acme-one", None, "r", "p")
        written(path_for(tmp_path, opened), (opened, *((last,) if last else ())))
    assert [r.opened.call for r in unfinished(tmp_path) if r.opened] == ["new", "old"]
    assert unfinished(tmp_path / "nowhere") == []


def test_a_call_whose_last_line_is_long_is_still_seen_to_be_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(reading, "TAIL_BYTES", 30)
    written(tmp_path / "a.jsonl", (OPENED, Closed(AT, "x" * 100)))
    assert unfinished(tmp_path) == []


def test_a_call_id_is_short_and_the_same_for_the_same_time_and_nonce():
    first = new_call_id(AT, "1")
    assert first == new_call_id(AT, "1") != new_call_id(AT, "2")
    assert len(first) == 8
    assert not set(first) & set("01lo")


def test_a_transcript_is_named_by_the_time_and_the_call_whatever_the_id(tmp_path: Path):
    assert path_for(tmp_path, OPENED) == tmp_path / "1998-03-02-101500-k7m29xqd.jsonl"
    odd = Opened(AT, "../../etc/x", "h", None, "r", "p")
    assert path_for(tmp_path, odd).parent == tmp_path

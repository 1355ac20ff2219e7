"""A full disk, a folder that is read-only, two operators, the same call twice: real processes, one clear line."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from diagnose.consultation.events import Noted
from diagnose.record.transcript import read, transcripts
from diagnose.record.verify import Trust, check_folder
from tests.reliability.desk import Desk

TALK = ["", "m one", "m two"]
LONG = "m " + "x" * 3000


def notes(path: Path) -> list[str]:
    return [e.text for e in read(path).events if isinstance(e, Noted)]


def only(calls: Path) -> Path:
    (path,) = transcripts(calls)
    return path


def calm(said: str) -> bool:
    return "Traceback" not in said and "Error:" not in said


@contextlib.contextmanager
def small_disk(at: Path, size: str) -> Iterator[None]:
    at.mkdir(parents=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", str(at)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.decode(errors='replace').strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(at)], check=True)


def limited() -> None:
    """No file of this process may grow beyond 12 kB."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (12_000, 12_000))


def filled(desk: Desk) -> None:
    desk.type(TALK)
    assert desk.wait_for(lambda: desk.marks() >= 3)
    for n in range(30):
        before = desk.marks()
        desk.type([f"{LONG}{n}"])
        desk.wait_for(lambda before=before: desk.marks() > before)
        if "NOT RECORDED" in desk.said:
            return
    raise AssertionError("the disk was never full")


@pytest.mark.skipif(shutil.which("mount") is None or os.geteuid() != 0, reason="only root mounts a disk")
@pytest.mark.parametrize(
    ("language", "said"), [("en", "No space left"), ("fr", "le disque est plein : libérer")]
)
def test_a_full_disk_is_one_line_and_the_call_goes_on_when_there_is_room(
    language: str, said: str, folder: Path, tmp_path: Path
):
    disk = tmp_path / "disk"
    with small_disk(disk, "64k"):
        calls = disk / "calls"
        desk = Desk(folder, calls, "acme-one", "--lang", language)
        desk.type(TALK)
        assert desk.wait_for(lambda: desk.marks() >= 3)
        ballast = disk / "ballast"
        with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"x" * 512)
        desk.type([f"{LONG}full", f"{LONG}still full"])
        assert desk.wait_for(lambda: desk.said.count(said) >= 2)
        ballast.unlink()
        desk.type([f"{LONG}room"])
        desk.wait_for(lambda: desk.marks() >= 6)
        assert desk.end() == 0
        assert calm(desk.said)
        assert [n[-4:] for n in notes(only(calls))] == ["one", "two", "room"]
        assert check_folder(calls, Trust(root=folder)).calls[0].state == "open"


def test_a_quota_is_one_line_and_what_was_said_before_is_there(folder: Path, tmp_path: Path):
    calls = tmp_path / "calls"
    desk = Desk(folder, calls, before=limited)
    filled(desk)
    desk.kill()
    assert calm(desk.said)
    assert "the file may not grow any more" in desk.said
    recording = read(only(calls))
    assert recording.problems == ()
    assert notes(only(calls))[:2] == ["one", "two"]
    again = Desk(folder, calls, "--resume")
    again.type(["m later"])
    assert again.end() == 0
    assert notes(only(calls))[-1] == "later"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "cannot record: a file is in the way of a folder: move it, or name another"),
        (
            "fr",
            "impossible d'enregistrer : un fichier tient la place d'un dossier : le déplacer, ou indiquer",
        ),
    ],
)
def test_a_folder_that_cannot_be_written_stops_the_call_before_it_begins(
    language: str, said: str, folder: Path, tmp_path: Path
):
    (tmp_path / "calls").write_text("a file where the folder should be")
    desk = Desk(folder, tmp_path / "calls", "acme-one", "--lang", language)
    desk.type(TALK)
    assert desk.end() == 2
    assert calm(desk.said)
    assert desk.said.count("\n") == 1 and said in desk.said


@pytest.mark.skipif(shutil.which("mount") is None or os.geteuid() != 0, reason="only root mounts a disk")
def test_a_disk_that_is_read_only_stops_the_call_before_it_begins(folder: Path, tmp_path: Path):
    with small_disk(tmp_path / "disk", "64k"):
        subprocess.run(["mount", "-o", "remount,ro", str(tmp_path / "disk")], check=True)
        desk = Desk(folder, tmp_path / "disk" / "calls")
        desk.type(TALK)
        assert desk.end() == 2
        assert "ead-only" in desk.said and calm(desk.said)


def test_a_transcript_that_is_moved_away_in_the_call_is_one_line(folder: Path, tmp_path: Path):
    """Nothing may be written where nobody will look for it."""
    calls = tmp_path / "calls"
    desk = Desk(folder, calls)
    desk.type(TALK)
    assert desk.wait_for(lambda: desk.marks() >= 3)
    only(calls).rename(calls / "elsewhere")
    desk.type(["m lost"])
    assert desk.wait_for(lambda: "moved or deleted" in desk.said)
    desk.kill()
    assert calm(desk.said)


def test_two_operators_in_one_folder_do_not_touch_each_other(folder: Path, tmp_path: Path):
    calls = tmp_path / "calls"
    desks = [Desk(folder, calls) for _ in range(2)]
    for n, desk in enumerate(desks):
        desk.type(["", *[f"m desk {n} note {i}" for i in range(20)]])
    assert [desk.end() for desk in desks] == [0, 0]
    said = [notes(path) for path in transcripts(calls)]
    assert sorted(said) == [[f"desk {n} note {i}" for i in range(20)] for n in range(2)]
    checked = check_folder(calls, Trust(root=folder))
    assert [c.state for c in checked.calls] == ["open", "open"]
    assert checked.findings == ()


SEALING = """
import sys
from pathlib import Path
from diagnose.consultation.events import Closed, Opened
from diagnose.record.transcript import Writer
at = "1998-03-02T10:15:00+01:00"
for n in range(10):
    with Writer.create(Path(sys.argv[1], f"{sys.argv[2]}-{n}.jsonl")) as writer:
        writer.append(Opened(at, f"{sys.argv[2]}-{n}", "acme-one", None, "r", "p"), {})
        writer.append(Closed(at), {})
        assert not writer.warnings, writer.warnings
"""


def test_desks_that_seal_calls_at_the_same_moment_make_one_chain(tmp_path: Path):
    calls = tmp_path / "calls"
    desks = [subprocess.Popen([sys.executable, "-c", SEALING, str(calls), str(n)]) for n in range(4)]
    assert [desk.wait(60) for desk in desks] == [0] * 4
    checked = check_folder(calls, Trust(derive=False))
    assert {c.state for c in checked.calls} == {"intact"}
    assert checked.findings == ()
    assert [(day.calls, len(day.entries)) for day in checked.days] == [(40, 80)]


def test_the_same_call_opened_twice_is_refused_and_taken_over_on_purpose(folder: Path, tmp_path: Path):
    """Both see it; what each had acknowledged is there, and the record says who took over."""
    calls = tmp_path / "calls"
    first = Desk(folder, calls)
    first.type(TALK)
    assert first.wait_for(lambda: first.marks() >= 3)
    refused = Desk(folder, calls, "--resume")
    refused.type(["m mine"])
    assert refused.end() == 2
    assert "open elsewhere" in refused.said and "--take-over" in refused.said
    second = Desk(folder, calls, "--resume", "--take-over", "--operator", "desk-2")
    second.type(["m mine now"])
    assert second.wait_for(lambda: second.marks() >= 2)
    first.type(["m lost?"])
    assert first.wait_for(lambda: "taken over by somebody else" in first.said)
    first.end()
    second.type(["m going on"])
    assert second.end() == 0
    assert calm(first.said) and calm(refused.said) and calm(second.said)
    assert notes(only(calls)) == ["one", "two", "mine now", "going on"]
    assert [(mark["mark"], mark["by"]) for mark in read(only(calls)).marks] == [("taken over", "desk-2")]
    assert check_folder(calls, Trust(root=folder)).calls[0].state == "open"


def test_taking_over_wants_a_call_that_is_named(folder: Path, tmp_path: Path):
    """A new call cannot be taken over: nothing is begun."""
    desk = Desk(folder, tmp_path / "calls", "acme-one", "--take-over")
    assert desk.end() == 2
    assert "--resume" in desk.said and calm(desk.said)
    assert transcripts(tmp_path / "calls") == []


def test_a_call_that_is_open_elsewhere_is_refused(folder: Path, tmp_path: Path):
    calls = tmp_path / "calls"
    first = Desk(folder, calls)
    first.type(TALK)
    assert first.wait_for(lambda: first.marks() >= 3)
    second = Desk(folder, calls, "--resume")
    second.type(["m mine now"])
    assert second.end() == 2
    assert "open elsewhere" in second.said and calm(second.said)
    first.type(["m three"])
    assert first.end() == 0
    assert notes(only(calls)) == ["one", "two", "three"]

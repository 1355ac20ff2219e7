"""Files that cannot be read to their end hold nobody up: pipes, devices, folders, files that are too large."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from diagnose import settings
from diagnose.authoring.diffing.calls import head_of
from diagnose.authoring.folder import text_of
from diagnose.authoring.testing.running import remembered
from diagnose.cli import diagnose
from diagnose.cli.calibrate import _outcomes
from diagnose.cli.common import Unusable
from diagnose.knowledge import disk
from diagnose.knowledge.catalogue import handsets, load
from diagnose.knowledge.source import MAX_BYTES, read
from diagnose.record import index, kept, keys
from diagnose.record.reading import read as read_transcript
from diagnose.record.redact import redact
from diagnose.record.transcript import CannotRecord, Keeping, Writer
from diagnose.record.verify import Trust, check_file, check_folder
from diagnose.training import progress
from diagnose.training.head import read_head
from tests.record.folder import write_folder


def pipe(path: Path) -> None:
    """Nobody ever writes into it: whoever waits for that waits for ever."""
    os.mkfifo(path)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def giant(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)


def folder(path: Path) -> None:
    path.mkdir()


KINDS = [pipe, device, giant, folder]
Make = Callable[[Path], None]


@pytest.fixture(params=KINDS, ids=lambda make: make.__name__)
def endless(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "endless"
    request.param(path)
    return path


def test_only_ordinary_files_are_read_and_links_to_them(tmp_path: Path):
    (tmp_path / "a").write_bytes(b"123")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert disk.contents(tmp_path / "b", 3) == b"123"
    assert disk.beginning(tmp_path / "b", 2) == b"12"
    with pytest.raises(disk.TooLarge, match="larger than 2 bytes"):
        disk.contents(tmp_path / "b", 2)
    with pytest.raises(FileNotFoundError):
        disk.contents(tmp_path / "c")


def test_what_has_no_end_is_refused_in_words(endless: Path):
    with pytest.raises(OSError, match=r"ordinary file|larger than|directory") as refused:
        disk.contents(endless)
    assert refused.value.strerror


def test_knowledge_is_not_read_from_it(endless: Path):
    node, (problem,) = read(endless.parent, endless.name)
    assert node is None and problem.code in ("K101", "K104")
    assert text_of(endless) == ""


@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize(
    "name",
    ["words.yaml", "families/gsm.yaml", "programmes/desk.yaml", "handsets/acme-one.yaml", "parts/p.yaml"],
)
def test_a_folder_that_holds_it_is_loaded_with_one_problem_about_it(name: str, make: Make, tmp_path: Path):
    root = write_folder(tmp_path)
    (root / name).unlink(missing_ok=True)
    (root / name).parent.mkdir(exist_ok=True)
    make(root / name)
    loaded = load(root, "acme-one")
    assert [h.id for h in handsets(root)] == ["acme-one"]
    if name == "parts/p.yaml":
        assert loaded.fine
    else:
        assert [p.place.file for p in loaded.problems if p.code in ("K101", "K104")] == [name]
    for command in (["check"], ["show", "acme-one"], ["handsets"], ["prove"], ["coverage"], ["test"]):
        result = CliRunner().invoke(diagnose, [*command, "--knowledge", str(root)])
        assert result.exception is None or isinstance(result.exception, SystemExit), (command, result)


def test_a_call_is_kept_beside_the_knowledge_that_can_be_read(endless: Path, tmp_path: Path):
    root = write_folder(tmp_path)
    endless.rename(root / "handsets" / "other.yaml")
    try:
        found = kept.texts(root)
    except (OSError, kept.NotKept):
        return  # a file that is too large stops the call before it begins
    assert "handsets/other.yaml" not in found and "handsets/acme-one.yaml" in found


def test_no_case_and_no_table_is_read_from_it(endless: Path):
    for command in (["consult"], ["test"], ["why"], ["replay"], ["score"], ["report"], ["course"]):
        result = CliRunner().invoke(
            diagnose, [*command, str(endless), *(["x"] if command == ["why"] else [])]
        )
        assert isinstance(result.exception, SystemExit), (command, result)
        assert result.exit_code in (1, 2), (command, result.output)
    with pytest.raises(Unusable):
        _outcomes(endless)


def test_no_transcript_is_read_from_it(endless: Path):
    found = {f.code for f in check_file(endless, Trust(derive=False)).findings}
    assert found in ({"V208"}, {"V114"})
    for reader in (read_transcript, head_of):
        try:
            reader(endless)
        except OSError as error:
            assert error.strerror
    with pytest.raises(CannotRecord):
        redact(endless)
    with pytest.raises(CannotRecord):
        Writer.resume(endless, Keeping(key=lambda: None))


def test_no_index_is_read_from_it(endless: Path, tmp_path: Path):
    (tmp_path / index.FOLDER).mkdir()
    endless.rename(tmp_path / index.FOLDER / "1998-03-02.jsonl")
    (day,) = check_folder(tmp_path, Trust(derive=False)).days
    assert [f.code for f in day.findings] == ["V208"]
    index.listed(tmp_path, "x")
    sealed = index.Reached("a", "a.jsonl", "0" * 64, "1998-03-03T10:00:00+01:00")
    index.enter(tmp_path, sealed, None)
    assert index.listed(tmp_path, "0" * 64)
    with pytest.raises(OSError, match=r"ordinary|larger|directory"):
        index.enter(tmp_path, index.Reached("b", "b.jsonl", "1" * 64, "1998-03-02T10:00:00+01:00"), None)


def test_no_key_no_settings_and_nothing_remembered_is_read_from_it(endless: Path, tmp_path: Path):
    with pytest.raises(keys.KeyUnusable):
        keys.desk_key(endless)
    assert keys.known_keys(endless) == {}
    with pytest.raises(OSError, match=r"ordinary|larger|directory"):
        keys.trust("a" * 64, "x", endless)
    assert len(settings.load(endless)[1]) == 1
    assert remembered(endless) == {}
    assert read_head(endless) is None
    endless.rename(tmp_path / progress.FILE)
    assert progress.read(tmp_path)[0] == ()


def test_a_file_as_large_as_it_may_be_is_read(tmp_path: Path):
    text = "kind: words\n"
    (tmp_path / "a.yaml").write_text(text + "#" * (MAX_BYTES - len(text)))
    assert read(tmp_path, "a.yaml")[1] == ()

"""The program printed in docs/audit.md checks transcripts without the product."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from diagnose.record import keys
from diagnose.record.findings import CODES
from tests.record.test_verify import by_hand, lines, other_note, record, swapped

DOC = Path(__file__).parent.parent.parent / "docs" / "audit.md"


def check(path: Path) -> subprocess.CompletedProcess[str]:
    (program,) = re.findall(r"```python\n(.*?)```", DOC.read_text("utf-8"), re.DOTALL)
    assert "import diagnose" not in program and "from diagnose" not in program
    return subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("signed", [False, True])
def test_the_printed_program_finds_a_whole_transcript_well(signed: bool, folder: Path, tmp_path: Path):
    if signed:
        keys.new_key(keys.key_path())
    done = check(record(folder, tmp_path / "calls" / "a.jsonl"))
    assert (done.returncode, "sealed" in done.stdout) == (0, True)
    assert [("not signed" not in line) for line in done.stdout.splitlines()[:-1]] == [signed] * 7


@pytest.mark.parametrize("how", [by_hand, other_note, swapped])
def test_the_printed_program_finds_what_was_altered(how, folder: Path, tmp_path: Path):
    path = record(folder, tmp_path / "calls" / "a.jsonl")
    how(path)
    assert check(path).returncode == 1


def test_the_printed_program_wants_the_signature(folder: Path, tmp_path: Path):
    keys.new_key(keys.key_path())
    path = record(folder, tmp_path / "calls" / "a.jsonl")
    *before, last = lines(path)
    path.write_bytes(b"".join([*before, last.replace(b'"signature":"', b'"signature":"00')]))
    assert check(path).returncode == 1


def test_every_code_is_explained():
    text = DOC.read_text("utf-8")
    assert [code for code in CODES if code not in text] == []

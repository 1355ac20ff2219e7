"""Simulated calls kept as transcripts."""

from __future__ import annotations

import json
from pathlib import Path

from diagnose.consultation.events import Closed
from diagnose.record.replay import replay
from diagnose.record.transcript import read
from tests.training.test_commands import invoke

KEEP = ("simulate", "philips-genie", "-n", 3, "--seed", 4, "--on", "1998-03-02", "--keep")


def test_simulated_calls_are_whole_different_sealed_and_replay_alike(knowledge: Path, tmp_path: Path):
    result = invoke(*KEEP, tmp_path, "--json", "--knowledge", knowledge)
    assert result.exit_code == 0, result.output
    paths = [Path(p) for p in json.loads(result.stdout)]
    recordings = [read(p) for p in paths]
    assert len({r.events for r in recordings}) == len({r.opened and r.opened.call for r in recordings}) == 3
    assert {r.opened and r.opened.language for r in recordings} == {"en", "fr"}
    for recording in recordings:
        assert recording.problems == () and recording.seal is not None
        assert isinstance(recording.events[-1], Closed)
        assert replay(knowledge, recording).same


def test_the_same_seed_gives_the_same_bytes_and_what_is_there_is_left_alone(knowledge: Path, tmp_path: Path):
    for folder in ("one", "two", "one"):
        assert invoke(*KEEP, tmp_path / folder, "--knowledge", knowledge).exit_code == 0
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / n).glob("*.jsonl")} for n in ("one", "two"))
    assert one == two and len(one) == 3


def test_a_folder_that_cannot_be_written_is_one_line(knowledge: Path, tmp_path: Path):
    (tmp_path / "file").write_text("")
    result = invoke(*KEEP, tmp_path / "file" / "below", "--knowledge", knowledge)
    assert result.exit_code == 2 and len(result.stderr.strip().splitlines()) == 1

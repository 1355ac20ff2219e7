"""The shipped knowledge, and exercises taken by a robot."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagnose.knowledge.catalogue import root
from diagnose.training.evidence import Evidence
from diagnose.training.exercise import Exercise
from diagnose.training.head import head_path, write_head
from diagnose.training.lesson import read_evidence
from diagnose.training.room import TrainingTerminal
from diagnose.training.taking import Place, prepare
from tests.training.robot import follow_the_guide

GENIE = Exercise("philips-genie", kind="use", seed=2, difficulty="medium")


@pytest.fixture(scope="session")
def knowledge() -> Path:
    return root(Path(__file__).resolve().parents[2] / "knowledge")


def begin(knowledge: Path, folder: Path, exercise: Exercise = GENIE) -> tuple[TrainingTerminal, Path]:
    return prepare(Place(knowledge, folder, "anna", thinking=False), exercise)


def end(knowledge: Path, terminal: TrainingTerminal, path: Path) -> Evidence:
    assert terminal.session is not None
    terminal.session.recorder.close()
    write_head(head_path(path), terminal.head())
    proof, problems = read_evidence(knowledge, path)
    assert proof is not None, problems
    return proof


@pytest.fixture(scope="session")
def guided(knowledge: Path, tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """A call taken by the guide to its end."""
    terminal, path = begin(knowledge, tmp_path_factory.mktemp("guided"))
    return end(knowledge, follow_the_guide(terminal), path)

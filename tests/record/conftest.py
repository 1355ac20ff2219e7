"""A recorded call on the small knowledge folder."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from diagnose.cases import Case, Given, run_case
from diagnose.consultation.events import Opened
from diagnose.consultation.trace import trace
from diagnose.knowledge.catalogue import load
from diagnose.knowledge.model import NOWHERE
from diagnose.record.transcript import Keeping, Writer
from tests.record.folder import write_folder

NOW = datetime.fromisoformat("1998-03-02T10:00:00+01:00")


@pytest.fixture(autouse=True)
def no_key_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that somebody has here signs nothing in a test."""
    monkeypatch.setenv("DIAGNOSE_KEY", str(tmp_path / "desk.key"))
    monkeypatch.setenv("DIAGNOSE_KNOWN_KEYS", str(tmp_path / "known-keys"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path)


@pytest.fixture
def recorded(folder: Path, tmp_path: Path) -> Path:
    """The transcript of a whole call about a silent telephone."""
    kb = load(folder, "acme-one").knowledge
    assert kb is not None
    case = Case("silent", "acme-one", complaint=(Given("no_ring", "yes", NOWHERE, NOWHERE),))
    events = run_case(kb, case, NOW).events
    path = tmp_path / "calls" / "call.jsonl"
    with Writer.create(path, Keeping(knowledge=folder)) as writer:
        for event, entry in zip(events, trace(kb, events), strict=True):
            writer.append(event, entry)
    assert isinstance(events[0], Opened)
    return path

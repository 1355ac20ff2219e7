"""Knowledge to work on, and no key of this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.record.folder import write_folder


@pytest.fixture(autouse=True)
def no_key_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that somebody has here signs nothing in a test."""
    monkeypatch.setenv("DIAGNOSE_KEY", str(tmp_path / "desk.key"))
    monkeypatch.setenv("DIAGNOSE_KNOWN_KEYS", str(tmp_path / "known-keys"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path)

"""The sample folder of the authoring tests, for an editor to open."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from diagnose.editor.opened import Opened

SAMPLE = Path(__file__).parents[1] / "authoring" / "sample"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(SAMPLE, tmp_path / "knowledge")
    return (tmp_path / "knowledge").resolve()


@pytest.fixture
def opened(root: Path) -> Opened:
    """The folder after its first check."""
    folder = Opened(root)
    for _ in folder.check():
        pass
    return folder

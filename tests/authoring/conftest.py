"""A small sound knowledge folder (``sample``) that tests break."""

from __future__ import annotations

import shutil
import textwrap
from pathlib import Path

import pytest

from diagnose.authoring.checking.check import check
from diagnose.knowledge.problems import Problem, in_order
from diagnose.training.checking import check_training

SAMPLE = Path(__file__).parent / "sample"
HEADER = "kind: part\nsource: estimate\n"


class Bench:
    """A copy of the sample that may be written to."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copytree(SAMPLE, root, dirs_exist_ok=True)

    def write(self, file: str, text: str) -> Bench:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        return self

    def part(self, text: str) -> Bench:
        """``parts/more.yaml``, which the family includes, with this below its head."""
        return self.write("parts/more.yaml", HEADER + textwrap.dedent(text).lstrip("\n"))

    def replace(self, file: str, old: str, new: str) -> Bench:
        path = self.root / file
        before = path.read_text("utf-8")
        assert old in before
        path.write_text(before.replace(old, new), encoding="utf-8")
        return self

    def problems(self) -> tuple[Problem, ...]:
        report = check(self.root)
        bases = [b.loaded.knowledge for b in report.folder.bases if b.loaded.knowledge is not None]
        return in_order((*report.problems, *check_training(self.root, bases).problems))

    def told(self) -> list[tuple[str, str, int]]:
        """(code, file, line) of every problem."""
        return [(p.code, p.place.file, p.place.line) for p in self.problems()]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "knowledge")

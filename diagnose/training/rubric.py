"""Rubrics: weighted criteria that sum to 100, a pass mark, and what fails a call whatever its points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from diagnose.knowledge.model import Text
from diagnose.knowledge.problems import Problem, errors
from diagnose.training.shapes import KINDS, MEASURES
from diagnose.training.text import FOLDER, Reading, open_file

RUBRICS = f"{FOLDER}/rubrics"
_FIGURES: Mapping[str, float] = {
    "target": 180.0, "zero_at": 420.0, "euros": 0.05, "each": 0.25, "misled": 0.7,
}  # fmt: skip
"""Figures of a measure where the rubric leaves them out."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that is judged. ``measure``: how, empty for by hand; ``figures``: seconds, euros, shares."""

    id: str
    weight: float
    text: Text
    measure: str
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rubric:
    """How calls of some kinds are judged; ``pass_mark`` in points of 100."""

    id: str
    name: Text
    calls: tuple[str, ...]
    pass_mark: float
    criteria: tuple[Criterion, ...]
    auto_fail: tuple[str, ...]


def read_rubric(root: Path, file: str) -> tuple[Rubric | None, tuple[Problem, ...]]:
    """The rubric in a file below ``root``, and what is wrong with it; None when it cannot be used."""
    reading, problems = open_file(root, file, "rubric")
    if reading is None:
        return None, tuple(problems)
    criteria = tuple(_criterion(id_, part) for id_, part in reading.parts("criteria"))
    total = sum(c.weight for c in criteria)
    if criteria and abs(total - 100) > 1e-6:
        message = f"the weights sum to {total:g}"
        problems.append(Problem(reading.place("criteria"), "E106", message, "they must sum to 100"))
    if errors(problems):
        return None, tuple(problems)
    rubric = Rubric(
        Path(file).stem,
        reading.text("name"),
        reading.words("calls"),
        reading.number("pass_mark"),
        criteria,
        reading.words("auto_fail"),
    )
    return rubric, tuple(problems)


def _criterion(id_: str, part: Reading) -> Criterion:
    measure = part.word("measure", id_ if id_ in MEASURES else "")
    figures = {name: part.number(name, usual) for name, usual in _FIGURES.items()}
    return Criterion(id_, part.number("weight"), part.text("text"), measure, figures)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The usable rubrics of a folder, in the order of their names, and what is wrong with the others."""

    rubrics: tuple[Rubric, ...]
    problems: tuple[Problem, ...] = ()

    def for_call(self, kind: str) -> Rubric | None:
        """The first one for that kind of call."""
        return next((r for r in self.rubrics if kind in r.calls), None)


def rubrics(root: Path, named: str = "") -> Shelf:
    """The rubrics of a knowledge folder; ``named``: only that one, by its id or as a file, for every call."""
    if named:
        file = Path(named)
        as_file = file.suffix in (".yaml", ".yml")
        folder, name = (Path(), str(file)) if as_file else (root, f"{RUBRICS}/{named}.yaml")
        one, problems = read_rubric(folder, name)
        chosen = (Rubric(one.id, one.name, KINDS, one.pass_mark, one.criteria, one.auto_fail),) if one else ()
        return Shelf(chosen, problems)
    found: list[Rubric] = []
    wrong: list[Problem] = []
    for path in sorted((root / RUBRICS).glob("*.yaml")):
        one, problems = read_rubric(root, f"{RUBRICS}/{path.name}")
        wrong.extend(problems)
        found.extend([one] if one else [])
    return Shelf(tuple(found), tuple(wrong))

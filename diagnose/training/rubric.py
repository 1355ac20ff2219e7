"""Rubrics: weighted criteria that sum to 100, a pass mark, and what fails a call whatever its points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from diagnose.knowledge.model import VERDICTS, Text
from diagnose.knowledge.problems import Problem, did_you_mean, errors
from diagnose.training.text import FOLDER, Reading, open_file

RUBRICS = f"{FOLDER}/rubrics"
KINDS = (*VERDICTS, "danger")
"""Kinds of call: the verdict that is right, or ``danger`` when somebody may be hurt."""
MEASURES = (
    "safety_asked", "right_verdict", "right_remedy", "talk_time", "needless_questions", "asked_twice",
    "heard", "promise", "words_read", "wrap_up",
)  # fmt: skip
"""What is judged from the transcript; a criterion of another name is judged by hand."""
AUTO_FAILS = ("safety_missed", "exchange_outside_policy", "unsafe_battery_by_carrier")
_NUMBERS: Mapping[str, tuple[float, float, float]] = {
    "target": (180.0, 1, 86_400),
    "zero_at": (420.0, 1, 86_400),
    "euros": (0.05, 0, 1000),
    "each": (0.25, 0, 1),
    "misled": (0.7, 0, 1),
}
"""Figures of a measure: what holds without them, least, most."""


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
    reading.only(("kind", "name", "about", "calls", "pass_mark", "source", "criteria", "auto_fail"))
    name = reading.text("name")
    calls = _known(reading, "calls", KINDS)
    pass_mark = reading.number("pass_mark", None, 0, 100)
    criteria = tuple(_criterion(id_, part) for id_, part in reading.parts("criteria"))
    if not criteria:
        reading.complain(reading.place("criteria"), "E104", "criteria are missing", "write criteria:")
    total = sum(c.weight for c in criteria)
    if criteria and abs(total - 100) > 1e-6:
        reading.complain(
            reading.place("criteria"), "E106", f"the weights sum to {total:g}", "they must sum to 100"
        )
    fails = _known(reading, "auto_fail", AUTO_FAILS)
    if errors(problems):
        return None, tuple(problems)
    return Rubric(Path(file).stem, name, calls, pass_mark, criteria, fails), tuple(problems)


def _criterion(id_: str, part: Reading) -> Criterion:
    part.only(("weight", "text", "measure", *_NUMBERS))
    measure = part.one_of("measure", MEASURES, id_ if id_ in MEASURES else "")
    figures = {name: part.number(name, usual, least, most) for name, (usual, least, most) in _NUMBERS.items()}
    return Criterion(id_, part.number("weight", None, 0, 100), part.text("text"), measure, figures)


def _known(reading: Reading, key: str, known: tuple[str, ...]) -> tuple[str, ...]:
    found = []
    for node in reading.list(key):
        if node.text in known:
            found.append(node.text)
        else:
            reading.complain(
                node.place, "E105", f"{key}: there is no {node.text!r}", did_you_mean(node.text, known)
            )
    return tuple(found)


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

"""What is wrong with the trainer's files of a knowledge folder, told before a lesson trips over it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from diagnose.knowledge.model import KnowledgeBase, Place
from diagnose.knowledge.problems import Problem, did_you_mean, in_order
from diagnose.training import voices
from diagnose.training.course import COURSES, courses, read_course
from diagnose.training.rubric import RUBRICS, rubrics
from diagnose.training.text import FOLDER, open_file


@dataclass(frozen=True, slots=True)
class Checked:
    """The trainer's files, and what is wrong with them, both in the order of their names."""

    files: tuple[str, ...]
    problems: tuple[Problem, ...]


def check_training(root: Path, bases: Iterable[KnowledgeBase]) -> Checked:
    """The rubrics, courses and voices of a folder, held against its knowledge bases as well."""
    known = tuple(bases)
    read = {f"{COURSES}/{id_}.yaml" for id_ in courses(root)}
    read |= {f"{RUBRICS}/{path.name}" for path in (root / RUBRICS).glob("*.yaml")}
    read |= {voices.FILE} if (root / voices.FILE).is_file() else set()
    problems = (*rubrics(root).problems, *_courses(root), *_voices(root, known), *_strays(root, read))
    return Checked(tuple(sorted(read)), in_order(problems))


def _courses(root: Path) -> Iterator[Problem]:
    for id_ in courses(root):
        _, problems = read_course(root, id_, "en")
        yield from problems


def _voices(root: Path, bases: tuple[KnowledgeBase, ...]) -> Iterator[Problem]:
    if not (root / voices.FILE).is_file():
        return
    reading, problems = open_file(root, voices.FILE, "voices")
    yield from problems
    if reading is None or not bases:
        return
    symptoms = {id_: None for kb in bases for id_ in kb.symptoms}
    answers = {f"{s.id}.{a.id}": None for kb in bases for s in kb.symptoms.values() for a in s.answers}
    remedies = {id_: None for kb in bases for id_ in kb.remedies}
    part = reading.part("answers")
    for name in part.node.entries if part is not None else ():
        if part is not None and "." in name:
            yield from _unknown(name, "answer", answers, part.node.key_place(name))
    data = reading.part("data")
    if data is not None:
        for node in data.list("erased_by"):
            yield from _unknown(node.text, "remedy", remedies, node.place)
        if data.word("saved"):
            yield from _unknown(data.word("saved"), "symptom", symptoms, data.place("saved"))


def _unknown(name: str, what: str, known: Mapping[str, None], place: Place) -> Iterator[Problem]:
    if name not in known:
        message = f"no handset has the {what} {name!r}"
        yield Problem(place, "E110", message, did_you_mean(name, known, "see diagnose show HANDSET"))


def _strays(root: Path, read: Iterable[str]) -> Iterator[Problem]:
    known = set(read)
    for path in sorted((root / FOLDER).rglob("*.y*ml")):
        file = path.relative_to(root).as_posix()
        if file not in known and file.isprintable():
            mend = f"rubrics lie in {RUBRICS}/, courses in {COURSES}/, what callers say is {voices.FILE}"
            yield Problem(Place(file, 1, 1), "K515", "nothing reads this file", mend, "warning")

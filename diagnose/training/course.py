"""Courses: exercises in an order, and which of them comes next for a trainee."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from diagnose.knowledge.catalogue import handsets
from diagnose.knowledge.model import Place, Text
from diagnose.knowledge.problems import Problem, did_you_mean, errors
from diagnose.record.transcript import read as read_transcript
from diagnose.training.exercise import Exercise
from diagnose.training.progress import USUAL_SCORE, Done, spots
from diagnose.training.text import FOLDER, Reading, open_file
from diagnose.training.voices import DIFFICULTIES

COURSES = f"{FOLDER}/courses"
NEW_SEED = 1000
"""Added to the seed each time an exercise is taken again: another caller with the same kind of fault."""
_FIELDS = (
    "id",
    "handset",
    "programme",
    "fault",
    "seed",
    "difficulty",
    "language",
    "free",
    "transcript",
    "on",
)


@dataclass(frozen=True, slots=True)
class Lesson:
    """One exercise of a course; ``transcript``: the recorded call whose caller answers, if any."""

    exercise: Exercise
    transcript: Path | None
    place: Place


@dataclass(frozen=True, slots=True)
class Course:
    """Exercises that can be taken, in the order of the text."""

    id: str
    name: Text
    lessons: tuple[Lesson, ...]


def read_course(root: Path, named: str, language: str) -> tuple[Course | None, tuple[Problem, ...]]:
    """A course by its id or as a file, and what is wrong with it; what cannot be taken is left out.

    None when it cannot be read or nothing of it is left.
    """
    file = Path(named)
    own = file.suffix in (".yaml", ".yml")
    folder, name = (Path(), str(file)) if own else (root, f"{COURSES}/{named}.yaml")
    reading, problems = open_file(folder, name, "course")
    if reading is None:
        return None, tuple(problems)
    reading.only(("kind", "name", "about", "source", "exercises"))
    title = reading.text("name")
    lessons: list[Lesson] = []
    seen: set[str] = set()
    for n, node in enumerate(reading.list("exercises"), 1):
        if not isinstance(node.value, dict):
            reading.complain(node.place, "E105", "an exercise is a mapping", "write {id:, handset:, seed:}")
            continue
        before = len(errors(problems))
        lesson = _lesson(Reading(node, problems), root, (folder / name).parent, language, file.stem, n)
        if lesson.exercise.id in seen:
            reading.complain(node.place, "E105", f"there is an exercise {lesson.exercise.id!r} already")
        if len(errors(problems)) == before:
            seen.add(lesson.exercise.id)
            lessons.append(lesson)
    if not lessons:
        reading.complain(reading.place("exercises"), "E104", "no exercise of this course can be taken")
        return None, tuple(problems)
    return Course(file.stem, title, tuple(lessons)), tuple(problems)


def _lesson(part: Reading, root: Path, beside: Path, language: str, course: str, n: int) -> Lesson:
    part.only(_FIELDS)
    id_ = part.word("id") or str(n)
    named = part.word("transcript")
    transcript = None
    handset, programme = part.word("handset"), part.word("programme") or None
    if named:
        transcript = beside / named
        handset = _of_transcript(part, transcript)
    elif not handset:
        part.complain(part.node.place, "E104", "handset is missing", "write handset: or transcript:")
    known = {h.id: h for h in handsets(root)}
    if handset and handset not in known:
        mend = did_you_mean(handset, known, "see diagnose handsets")
        part.complain(part.place("handset"), "E108", f"there is no handset {handset!r}", mend)
    elif handset and programme is not None and programme not in known[handset].programmes:
        part.complain(part.place("programme"), "E108", f"{handset} does not have {programme!r}")
    exercise = Exercise(
        handset,
        programme,
        part.word("fault"),
        int(part.number("seed", 1, 0, 2**31)),
        part.one_of("difficulty", DIFFICULTIES, "medium"),
        part.one_of("language", ("en", "fr"), language),
        part.node.get("free") is None or part.node.entries["free"].value is not True,
        part.word("on"),
        course,
        id_,
    )
    return Lesson(exercise, transcript, part.node.place)


def _of_transcript(part: Reading, path: Path) -> str:
    """The handset of a recorded call; empty with a complaint when it cannot be used."""
    place = part.place("transcript")
    try:
        recording = read_transcript(path)
    except OSError as error:
        part.complain(place, "E107", f"{path.name}: {error.strerror or error}", "see that the file is there")
        return ""
    if recording.opened is None or recording.broken:
        wrong = errors(recording.problems)
        part.complain(place, "E107", f"{path.name}: {wrong[0].message if wrong else 'nothing was recorded'}")
        return ""
    return recording.opened.handset


def courses(root: Path) -> tuple[str, ...]:
    """The courses of a knowledge folder, by id."""
    return tuple(p.stem for p in sorted((root / COURSES).glob("*.yaml")))


def kind_of(lesson: Lesson, done: Sequence[Done]) -> str:
    """The kind of fault of an exercise: as the course says, else as it turned out when it was taken."""
    taken = [d for d in done if d.exercise == lesson.exercise.id]
    return taken[-1].fault_class if taken else lesson.exercise.kind


def next_lesson(course: Course, done: Sequence[Done]) -> tuple[Lesson, bool]:
    """What comes next: of those not passed yet that of the weakest kind of fault, in the order of the course.

    When all are passed, that of the weakest kind again with another caller; the second value is then True.
    """
    own = [d for d in done if d.course == course.id]
    expected = {s.kind: s.expected for s in spots(done)}
    latest = {d.exercise: d for d in own}
    open_ = [x for x in course.lessons if x.exercise.id not in latest or not latest[x.exercise.id].passed]
    again = not open_
    ranked = sorted(
        enumerate(open_ or course.lessons),
        key=lambda pair: (expected.get(kind_of(pair[1], own), USUAL_SCORE), pair[0]),
    )
    chosen = ranked[0][1]
    times = sum(d.exercise == chosen.exercise.id for d in own)
    if again and chosen.transcript is None:
        seed = chosen.exercise.seed + NEW_SEED * times
        chosen = replace(chosen, exercise=replace(chosen.exercise, seed=seed))
    return chosen, again

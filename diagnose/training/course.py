"""Courses: exercises in an order, and which of them comes next for a trainee."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from diagnose.knowledge.catalogue import Listed, handsets, load
from diagnose.knowledge.layers import Shelf
from diagnose.knowledge.model import Place, Text
from diagnose.knowledge.problems import Problem, did_you_mean, errors
from diagnose.record.transcript import read as read_transcript
from diagnose.training.exercise import Exercise, faults_of, kinds
from diagnose.training.progress import USUAL_SCORE, Done, spots
from diagnose.training.shapes import EXERCISE
from diagnose.training.text import FOLDER, Reading, open_file

COURSES = f"{FOLDER}/courses"
NEW_SEED = 1000
"""Added to the seed each time an exercise is taken again: another caller with the same kind of fault."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One exercise of a course; ``transcript``: the recorded call whose caller answers, if any.

    ``fault_class``: the kind of its fault, where the course says so.
    """

    exercise: Exercise
    transcript: Path | None
    place: Place
    fault_class: str = ""


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
    shelf = Shelf(root)
    known = {h.id: h for h in handsets(root)}
    lessons: list[Lesson] = []
    seen: set[str] = set()
    for n, node in enumerate(reading.list("exercises"), 1):
        if not EXERCISE.check(node, []):  # complained of with the file
            continue
        part = Reading(node)
        lesson, wrong = _lesson(part, (folder / name).parent, known)
        if not wrong and lesson.exercise.kind:
            found, wrong = _fault_class(part, root, lesson.exercise, shelf)
            lesson = replace(lesson, fault_class=found)
        taken = lesson.exercise
        taken = replace(taken, language=taken.language or language, course=file.stem, id=taken.id or str(n))
        lesson = replace(lesson, exercise=taken)
        if lesson.exercise.id in seen:
            message = f"there is an exercise {lesson.exercise.id!r} already"
            wrong.append(Problem(node.place, "E105", message, "give it another id"))
        problems += wrong
        if not wrong:
            seen.add(lesson.exercise.id)
            lessons.append(lesson)
    if not lessons:
        message = "no exercise of this course can be taken"
        problems.append(Problem(reading.place("exercises"), "E109", message, "mend one of them"))
        return None, tuple(problems)
    return Course(file.stem, reading.text("name"), tuple(lessons)), tuple(problems)


def _lesson(part: Reading, beside: Path, known: Mapping[str, Listed]) -> tuple[Lesson, list[Problem]]:
    wrong: list[Problem] = []
    named = part.word("transcript")
    transcript = beside / named if named else None
    handset, programme = part.word("handset"), part.word("programme") or None
    if transcript is not None:
        handset, why = _of_transcript(transcript)
        if why:
            mend = "see that the file is there and whole"
            wrong.append(Problem(part.place("transcript"), "E107", f"{transcript.name}: {why}", mend))
    elif not handset:
        message = "an exercise is about a handset, or is the caller of a transcript"
        wrong.append(Problem(part.node.place, "E108", message, "write handset: or transcript:"))
    if handset and handset not in known:
        key = "transcript" if transcript else "handset"
        mend = did_you_mean(handset, known, "see diagnose handsets")
        wrong.append(Problem(part.place(key), "E108", f"there is no handset {handset!r}", mend))
    elif handset and programme is not None and programme not in known[handset].programmes:
        mend = did_you_mean(programme, known[handset].programmes)
        message = f"{handset} does not have {programme!r}"
        wrong.append(Problem(part.place("programme"), "E108", message, mend))
    exercise = Exercise(
        handset,
        programme,
        part.word("fault"),
        int(part.number("seed", 1)),
        part.word("difficulty", "medium"),
        part.word("language"),
        not part.flag("free"),
        part.word("on"),
        id=part.word("id"),
    )
    return Lesson(exercise, transcript, part.node.place), wrong


def _fault_class(part: Reading, root: Path, exercise: Exercise, shelf: Shelf) -> tuple[str, list[Problem]]:
    """The class of the fault that an exercise asks for, on the knowledge of its handset; what is wrong."""
    kb = load(root, exercise.handset, exercise.programme, shelf).knowledge
    if kb is None:
        return exercise.kind, []
    if faults := faults_of(kb, exercise.kind):
        return next(iter(faults.values())).fault_class, []
    mend = did_you_mean(exercise.kind, (*kinds(kb), *kb.faults))
    message = f"nobody calls about {exercise.handset} with {exercise.kind!r}"
    return "", [Problem(part.place("fault"), "E110", message, mend)]


def _of_transcript(path: Path) -> tuple[str, str]:
    """The handset of a recorded call, and why it cannot be used; one of both is empty."""
    try:
        recording = read_transcript(path)
    except OSError as error:
        return "", error.strerror or str(error)
    if recording.opened is None or recording.broken:
        wrong = errors(recording.problems)
        return "", wrong[0].message if wrong else "nothing was recorded"
    return recording.opened.handset, ""


def courses(root: Path) -> tuple[str, ...]:
    """The courses of a knowledge folder, by id."""
    return tuple(p.stem for p in sorted((root / COURSES).glob("*.yaml")))


def title(root: Path, id_: str) -> Text:
    """What a course is called; nothing when it cannot be read."""
    reading, _ = open_file(root, f"{COURSES}/{id_}.yaml", "course")
    return reading.text("name") if reading is not None else Text()


def kind_of(lesson: Lesson, done: Sequence[Done]) -> str:
    """The kind of fault of an exercise: as the course says, else as it turned out when it was taken."""
    taken = [d for d in done if (d.course, d.exercise) == (lesson.exercise.course, lesson.exercise.id)]
    return taken[-1].fault_class if taken else lesson.fault_class


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

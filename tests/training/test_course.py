"""Courses, progress, weak spots, and the next exercise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from diagnose.knowledge.problems import show
from diagnose.training import progress
from diagnose.training.course import courses, next_lesson, read_course
from diagnose.training.progress import Done, add, everybody, read, spots, trainee_folder

DONE = Done(
    "2026-11-23T10:00:00+01:00", "anna", "c", "one", "philips-genie", "f", "use", 1, "easy", 80.0, True, (),
    100.0, 180.0, 0.0, 0.0, "x.jsonl",
)  # fmt: skip
COURSE = """kind: course
name: {en: C, fr: C}
exercises:
  - {id: one, handset: philips-genie, fault: use, seed: 1}
  - {id: two, handset: philips-genie, fault: hardware, seed: 2}
"""


def written(folder: Path, text: str) -> str:
    (folder / "c.yaml").write_text(text, "utf-8")
    return str(folder / "c.yaml")


def test_the_shipped_courses_can_be_taken(knowledge: Path):
    for name in courses(knowledge):
        course, problems = read_course(knowledge, name, "en")
        assert problems == () and course is not None
        assert len({x.exercise.id for x in course.lessons}) == len(course.lessons)


def test_an_exercise_with_a_missing_file_is_one_line_and_the_rest_goes_on(knowledge: Path, tmp_path: Path):
    text = COURSE + "  - {id: three, transcript: gone.jsonl}\n  - {id: four, handset: acme-9}\n"
    course, problems = read_course(knowledge, written(tmp_path, text), "en")
    assert course is not None and [x.exercise.id for x in course.lessons] == ["one", "two"]
    lines = [show(p) for p in problems]
    assert any("c.yaml:6:29: E107 gone.jsonl: No such file or directory" in line for line in lines), lines
    assert any("E108 there is no handset 'acme-9'" in line for line in lines)
    assert all("\n" not in line for line in lines)


def test_a_torn_transcript_in_a_course_is_one_line(knowledge: Path, tmp_path: Path):
    (tmp_path / "torn.jsonl").write_bytes(b'{"n": 1, "ev')
    course, problems = read_course(
        knowledge, written(tmp_path, COURSE + "  - {id: three, transcript: torn.jsonl}\n"), "en"
    )
    assert course is not None and len(course.lessons) == 2
    assert [p.code for p in problems] == ["E107"]


def test_a_kind_of_fault_that_nobody_calls_with_is_one_line_and_the_rest_goes_on(
    knowledge: Path, tmp_path: Path
):
    text = COURSE + "  - {id: three, handset: philips-genie, fault: hardwear}\n"
    course, problems = read_course(knowledge, written(tmp_path, text), "en")
    assert course is not None and len(course.lessons) == 2
    (line,) = (show(p) for p in problems)
    assert "c.yaml:6:48: E110 nobody calls about philips-genie with 'hardwear'" in line
    assert "did you mean 'hardware'?" in line


def test_a_course_that_is_not_there_is_one_line(knowledge: Path):
    course, problems = read_course(knowledge, "no-such-course", "en")
    assert course is None and [p.code for p in problems] == ["K101"]


def test_the_same_exercise_twice_is_refused(knowledge: Path, tmp_path: Path):
    text = COURSE + "  - {id: one, handset: philips-genie, seed: 9}\n"
    _, problems = read_course(knowledge, written(tmp_path, text), "en")
    assert any("'one'" in p.message for p in problems)


def test_what_comes_next_is_first_undone_then_weakest_then_again(knowledge: Path, tmp_path: Path):
    course, _ = read_course(knowledge, written(tmp_path, COURSE), "en")
    assert course is not None
    one = DONE
    two = replace(DONE, exercise="two", fault_class="hardware", score=90.0)
    assert next_lesson(course, ())[0].exercise.id == "one"
    assert next_lesson(course, (one,))[0].exercise.id == "two"
    assert next_lesson(course, (replace(one, passed=False, score=20.0),))[0].exercise.id == "one"
    lesson, again = next_lesson(course, (one, two))
    assert again and lesson.exercise.id == "one"
    assert lesson.exercise.seed != course.lessons[0].exercise.seed
    weak = replace(two, score=10.0, passed=True)
    assert next_lesson(course, (one, weak))[0].exercise.id == "two"


def test_an_exercise_about_one_fault_counts_with_its_kind(knowledge: Path, tmp_path: Path):
    text = COURSE.replace("fault: hardware", "fault: earpiece_bad")
    course, problems = read_course(knowledge, written(tmp_path, text), "en")
    assert course is not None and problems == ()
    assert [x.fault_class for x in course.lessons] == ["use", "hardware"]
    poor = replace(DONE, course="other", fault_class="hardware", score=0.0)
    assert next_lesson(course, (poor,))[0].exercise.id == "two"


def test_progress_is_read_as_it_was_kept_and_a_torn_line_is_left_out(tmp_path: Path):
    own = trainee_folder(tmp_path, "anna")
    add(own, DONE)
    add(own, replace(DONE, fails=("safety_missed",)))
    assert read(own) == ((DONE, replace(DONE, fails=("safety_missed",))), ())
    with (own / progress.FILE).open("ab") as file:
        file.write(b'{"at": "20\xff')
    found, problems = read(own)
    assert len(found) == 2 and len(problems) == 1
    assert everybody(tmp_path) == ("anna",)


def test_a_name_cannot_lead_out_of_the_folder(tmp_path: Path):
    for name in ("../x", "/etc/passwd", "..", "a/b", "", ".hidden", "ä ö"):
        assert trainee_folder(tmp_path, name).parent == tmp_path
        assert trainee_folder(tmp_path, name).name not in ("", ".", "..")


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 100)), max_size=12))
def test_the_weakest_kind_is_first_and_every_exercise_counts_once(taken: list[tuple[str, float]]):
    found = spots([replace(DONE, fault_class=kind, score=score) for kind, score in taken])
    assert sum(s.tries for s in found) == len(taken)
    assert [s.expected for s in found] == sorted(s.expected for s in found)
    assert all(min(s.mean, 70) - 1e-9 <= s.expected <= max(s.mean, 70) + 1e-9 for s in found)

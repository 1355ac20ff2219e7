"""The commands of the trainer's room, as they are typed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from diagnose.cli import diagnose
from diagnose.training.evidence import Evidence
from diagnose.training.progress import add, trainee_folder
from tests.training.test_course import DONE


def invoke(*arguments: object, typed: str | None = None) -> Result:
    return CliRunner().invoke(diagnose, [str(a) for a in arguments], input=typed)


@pytest.fixture
def broken(guided: Evidence, tmp_path: Path) -> dict[str, Path]:
    """Transcripts that cannot be used: of a handset that is gone, cut off, not there."""
    text = guided.file.read_text("utf-8")
    gone, torn = tmp_path / "gone.jsonl", tmp_path / "torn.jsonl"
    gone.write_text(text.replace("philips-genie", "philips-gone"), "utf-8")
    torn.write_text(text.splitlines()[0][:40], "utf-8")
    return {"gone": gone, "torn": torn, "none": tmp_path / "none.jsonl"}


def test_an_exercise_left_before_its_end_is_kept_and_not_scored(tmp_path: Path):
    result = invoke(
        "train",
        "philips-genie",
        "--seed",
        2,
        "--plain",
        "--folder",
        tmp_path,
        "--trainee",
        "a",
        "--lang",
        "en",
        typed="\nq\n2\n",
    )
    assert result.exit_code == 0, result.output
    assert "«" in result.stdout and "not scored yet" in result.stdout
    assert len(list((tmp_path / "a").glob("*.exercise.json"))) == 1
    assert not (tmp_path / "a" / "progress.ndjson").exists()


def test_an_exercise_abandoned_is_scored_and_failed(tmp_path: Path):
    result = invoke(
        "train", "philips-genie", "--fault", "use", "--seed", 2, "--plain", "--folder", tmp_path, "--trainee", "a", "--lang", "en",
        typed="\nq\n3\nno time\n",
    )  # fmt: skip
    assert result.exit_code == 1, result.output
    assert "no verdict was given" in result.stdout
    course = json.loads(
        invoke(
            "course", "first-week", "--trainee", "a", "--folder", tmp_path, "--json", "--lang", "en"
        ).stdout
    )
    assert course["weak_spots"][0]["tries"] == 1 and course["next"] == "settings"
    page = tmp_path / "a.html"
    assert invoke("report", "--trainee", "a", "--folder", tmp_path, "-o", page).exit_code == 0
    assert "<svg" in page.read_text("utf-8")


@pytest.mark.parametrize(
    "arguments",
    [
        ("train", "--programme", "nobody"),
        ("train", "genie", "--course", "first-week"),
        ("score", "--rubric", "no-such-rubric"),
        ("report",),
        ("train", "no-such-handset-at-all"),
        ("train", "--course", "no-such-course"),
        ("train", "philips-genie", "--fault", "haunted"),
        ("course", "no-such-course"),
        ("replay", "transcripts/fizz-abandoned.jsonl", "--against", "/no/such/folder"),
        ("replay", "transcripts/fizz-abandoned.jsonl", "--compare"),
        ("score", "transcripts/fizz-abandoned.jsonl", "--rubric", "no-such-rubric"),
        ("score", "--calibrate", "/no/such/file.yaml", "--calibrate", "/no/such/other.yaml"),
    ],
)
def test_what_cannot_be_done_ends_with_2_and_says_so(arguments: tuple[str, ...], tmp_path: Path):
    result = invoke(*arguments, *(("--folder", tmp_path) if arguments[0] in ("train", "course") else ()))
    assert result.exit_code == 2
    assert result.stderr.strip() and "Traceback" not in result.stderr


def test_one_bad_call_is_a_line_and_the_rest_goes_on(guided: Evidence, broken: dict[str, Path]):
    result = invoke("score", *broken.values(), guided.file, "--json")
    assert result.exit_code == 2
    (scored,) = json.loads(result.stdout)
    assert scored["file"] == str(guided.file) and scored["passed"]
    assert f"{broken['gone']}:1:1: T202 there is no usable knowledge of philips-gone" in result.stderr
    assert f"{broken['torn']}:1:1: T" in result.stderr
    assert f"{broken['none']}:1:1: cannot be read" in result.stderr
    assert all(line.startswith(str(broken["gone"].parent)) for line in result.stderr.splitlines())


def test_many_calls_are_summed_up(guided: Evidence, broken: dict[str, Path]):
    result = invoke("replay", guided.file, guided.file, *broken.values(), "--summary", "--lang", "en")
    assert result.exit_code == 2
    *_, total, unusable = result.stdout.splitlines()
    assert total.split() == ["total", "2", "2", "€0.00", "0"]
    assert unusable == "3 unusable"


def test_replay_as_json_has_the_regret(guided: Evidence, broken: dict[str, Path]):
    same, gone = json.loads(invoke("replay", guided.file, broken["gone"], "--json").stdout)
    assert (same["same"], same["regret_euros"], same["regret_seconds"]) == (True, 0, 0)
    assert same["first_difference"] is None and same["verdict"]["kind"]
    assert (gone["regret_euros"], gone["regret_seconds"]) == (None, None)


def test_a_rubric_that_does_not_sum_to_100_is_one_line(guided: Evidence, knowledge: Path, tmp_path: Path):
    text = (knowledge / "training" / "rubrics" / "advice.yaml").read_text("utf-8")
    (tmp_path / "r.yaml").write_text(text.replace("weight: 20", "weight: 30"), "utf-8")
    result = invoke("score", guided.file, "--rubric", tmp_path / "r.yaml")
    assert result.exit_code == 2
    assert f"{tmp_path / 'r.yaml'}:" in result.stderr and "E106 the weights sum to 120" in result.stderr


def test_two_operators_with_the_same_caller_are_compared(guided: Evidence):
    result = invoke("replay", guided.file, guided.file, "--compare", "--json")
    assert result.exit_code == 0
    (data,) = json.loads(result.stdout)
    assert data["same"] and data["calls"][0] == data["calls"][1]


def test_a_change_of_the_knowledge_is_named_as_the_cause(guided: Evidence, knowledge: Path, tmp_path: Path):
    import re
    import shutil

    other = tmp_path / "knowledge"
    shutil.copytree(knowledge, other)
    assert invoke("replay", guided.file, "--against", other).exit_code == 0
    costs = other / "parts" / "common" / "costs.yaml"
    text = costs.read_text("utf-8")
    changed = re.sub(r"talk_per_hour: [0-9.]+", "talk_per_hour: 3600", text)
    assert changed != text
    costs.write_text(changed, "utf-8")
    result = invoke("replay", guided.file, "--against", other, "--json")
    assert result.exit_code == 1
    french = invoke("replay", guided.file, "--against", other, "--lang", "fr").stdout
    assert "modifié : coûts talk_per_hour" in french and "en tête : Conseil · " in french
    (data,) = json.loads(result.stdout)
    assert [c["section"] for c in data["causes"]] == ["costs"]
    assert "talk_per_hour 3600" in data["causes"][0]["id"]


@pytest.mark.parametrize("form", ["html", "csv"])
def test_the_report_of_a_trainee_is_a_file_whatever_his_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
):
    monkeypatch.chdir(tmp_path)
    add(trainee_folder(tmp_path / "t", "a/b"), DONE)
    result = invoke("report", "--trainee", "a/b", "--folder", tmp_path / "t", "--format", form)
    assert result.exit_code == 0, result.output
    assert (tmp_path / f"report-a_b.{form}").is_file()


def test_score_without_a_call_shows_the_rubrics_and_what_is_wrong_with_one(tmp_path: Path):
    result = invoke("score", "--lang", "en")
    assert result.exit_code == 0 and "pass mark 80 of 100" in result.stdout
    (tmp_path / "r.yaml").write_text("kind: rubric\n", "utf-8")
    wrong = invoke("score", "--rubric", tmp_path / "r.yaml")
    assert wrong.exit_code == 2 and "r.yaml:1:1: K202 a rubric needs name" in wrong.stderr


def test_without_a_handset_the_seed_chooses_one(tmp_path: Path):
    found = set()
    for seed in (1, 2, 1):
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        options = ("--plain", "--lang", "en", "--folder", folder, "--trainee", "a")
        result = invoke("train", "--seed", seed, *options, typed="\nq\n2\n")
        assert result.exit_code == 0, result.output
        (head,) = (folder / "a").glob("*.exercise.json")
        found.add((seed, json.loads(head.read_text("utf-8"))["exercise"]["handset"]))
    assert len(found) == len({handset for _, handset in found}) == 2


def test_a_course_shows_which_exercise_waits(tmp_path: Path):
    options = ("--lang", "en", "--folder", tmp_path, "--trainee", "a")
    invoke("train", "--course", "first-week", "--plain", *options, typed="\nq\n1\n")
    shown = invoke("course", "first-week", *options).stdout
    assert "waits: diagnose train --resume" in shown
    (first, *others) = json.loads(invoke("course", "first-week", "--json", *options).stdout)["exercises"]
    assert first["waiting"] and not any(x["waiting"] for x in others)
    assert "first-week  First week" in invoke("course", *options[:2]).stdout


def test_the_report_of_a_class_calls_people_by_their_own_names(tmp_path: Path):
    for name in ("Camille Exemple", "Sacha Modèle"):
        add(trainee_folder(tmp_path / "t", name), replace(DONE, trainee=name))
    page = tmp_path / "class.html"
    assert invoke("report", "--class", "--folder", tmp_path / "t", "-o", page).exit_code == 0
    text = page.read_text("utf-8")
    assert "Camille Exemple" in text and "Sacha Modèle" in text and "Camille_Exemple" not in text


def test_an_evaluation_of_what_is_not_judged_is_pointed_out(guided: Evidence, tmp_path: Path):
    file = tmp_path / "e.yaml"
    file.write_text("kind: evaluation\nevaluator: eva\ncalls:\n  nowhere: {talk_tim: 1}\n", "utf-8")
    result = invoke("score", guided.file, "--evaluation", file, "--lang", "en")
    assert result.exit_code == 0
    nowhere, criterion = result.stderr.splitlines()
    assert "e.yaml:4:12: E111 warning: no call 'nowhere'" in nowhere
    assert "no rubric has a criterion 'talk_tim'; did you mean 'talk_time'?" in criterion


def test_an_exercise_of_which_the_rest_is_torn_is_judged_as_a_call_and_said_so(
    guided: Evidence, tmp_path: Path
):
    (tmp_path / "x.jsonl").write_bytes(guided.file.read_bytes())
    (tmp_path / "x.exercise.json").write_text('{"format": 2, "exer')
    result = invoke("score", tmp_path / "x.jsonl", "--lang", "en")
    assert "x.exercise.json:1:1: E112 warning: " in result.stderr
    assert "In front at the end" in result.stdout


def test_a_report_of_a_call_that_is_read_only_in_part_is_made_and_ends_with_2(
    guided: Evidence, tmp_path: Path
):
    lines = guided.file.read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "x.jsonl").write_text("".join([*lines[:3], '{"kind": "nonsense"}\n', *lines[3:]]), "utf-8")
    result = invoke("report", tmp_path / "x.jsonl", "-o", tmp_path / "x.html")
    assert result.exit_code == 2 and "x.jsonl:4:1: T102 " in result.stderr
    assert (tmp_path / "x.html").is_file()

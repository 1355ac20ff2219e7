"""The language carries any table of faults by symptoms, and a belief can be calibrated on what came out."""

from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import pytest
import yaml

from diagnose.authoring.calibrate import Known, fit
from diagnose.cases import prepare, read_case, run_case
from diagnose.cli.group import run
from diagnose.knowledge.catalogue import load
from diagnose.reasoning.assess import assess
from diagnose.reasoning.facts import Finding, Findings
from tests.make import fault, knowledge, remedy, symptom

ROOT = Path(__file__).parent.parent
COFFEE = ROOT / "docs" / "examples" / "coffee"
NOON = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)


def test_the_coffee_machine_loads_without_a_problem_and_ends_in_its_remedies(tmp_path):
    for answers, tries, remedy_id in (
        ("{light: orange}", "{}", "descale"),
        ("{light: red, hum: yes}", "{fill_tank: cured}", "fill_tank"),
        ("{light: red, hum: no}", "{fill_tank: not_cured}", "send_in"),
    ):
        path = tmp_path / "case.yaml"
        path.write_text(
            f"handset: barista-100\ncomplaint: {{no_coffee: yes}}\nanswers: {answers}\ntries: {tries}\n",
            "utf-8",
        )
        case, problems = read_case(path)
        ready = prepare(COFFEE, case)
        assert not problems and not ready.problems and not ready.knowledge_problems
        assert run_case(ready.kb, ready.case, NOON).assessment.outcome.remedy.id == remedy_id


def write_table(folder: Path, shown: np.ndarray, background: np.ndarray) -> None:
    """A knowledge folder for ``shown`` (F, S): P(yes | fault), and ``background`` (S,)."""
    both = lambda text: {"en": text, "fr": text}  # noqa: E731
    faults = {
        f"f{i}": {
            "name": both(f"fault {i}"),
            "per_1000": 1,
            "class": "any",
            "remedy": f"r{i}",
            "shows": {f"s{j}": round(float(p), 4) for j, p in enumerate(row)},
        }
        for i, row in enumerate(shown)
    }
    symptoms = {
        f"s{j}": {"kind": "observation", "seconds": 5, "background": float(p), "ask": both(f"sign {j}?")}
        for j, p in enumerate(background)
    }
    remedies = {
        f"r{i}": {"verdict": "advice", "name": both(f"call it {i}"), "say": both(f"It is {i}."), "euros": 0}
        for i in range(len(shown))
    }
    files = {
        "words.yaml": {
            "kind": "words",
            "source": "estimate",
            "frequencies": {"always": 0.98},
            "callers": {"dont_know": 0.0, "misreport": 0.0, "bystander": 1.0},
            "answer_sets": {"yes_no": {"yes": both("yes"), "no": both("no")}},
            "classes": {"any": {"name": both("any"), "sound": True}},
        },
        "families/table.yaml": {
            "kind": "family",
            "source": "estimate",
            "name": both("A table"),
            "symptoms": symptoms,
            "faults": faults,
            "remedies": remedies,
            "costs": {"talk_per_hour": 36, "second_best": 0, "missed_safety": 0, "wrong": {"advice": 100}},
        },
        "handsets/table-one.yaml": {
            "kind": "handset", "source": "estimate", "brand": "Table", "name": "One", "extends": "table",
        },
    }  # fmt: skip
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")


def test_ninety_faults_by_two_hundred_and_seventy_symptoms_are_classified(tmp_path):
    rng = np.random.default_rng(7)
    background = rng.uniform(0.02, 0.2, 270)
    shown = np.where(rng.random((90, 270)) < 0.12, rng.uniform(0.5, 0.99, (90, 270)), background)
    write_table(tmp_path, shown, background)
    loaded = load(tmp_path, "table-one")
    assert loaded.knowledge is not None and not loaded.problems, loaded.problems[:3]
    kb = loaded.knowledge
    assert (len(kb.faults), len(kb.symptoms)) == (90, 270)
    right = 0
    for i in range(30):
        signs = rng.random(270) < shown[i]
        answers = tuple(Finding(f"s{j}", "yes" if s else "no") for j, s in enumerate(signs))
        right += assess(kb, Findings(NOON.date(), answers), None).outcome.remedy.id == f"r{i}"
    assert right >= 28


def dependent_calls(count: int) -> list[Known]:
    """Calls in which three symptoms always agree, though the knowledge takes them for independent."""
    kb = knowledge(
        [symptom(s, "observation", background=0.3) for s in ("a", "b", "c")],
        [fault("x", 10, "rx", a=0.7, b=0.7, c=0.7), fault("y", 10, "ry", a=0.3, b=0.3, c=0.3)],
        [remedy("rx", "advice"), remedy("ry", "advice")],
    )
    rng = np.random.default_rng(3)
    calls = []
    for _ in range(count):
        true = "x" if rng.random() < 0.5 else "y"
        answer = "yes" if rng.random() < (0.7 if true == "x" else 0.3) else "no"
        said = tuple(Finding(s, answer) for s in ("a", "b", "c"))
        calls.append(Known(kb, Findings(NOON.date(), said), true))
    return calls


def test_a_temperature_takes_back_what_dependent_answers_made_over_sure():
    plain, best = fit(dependent_calls(300))
    assert best.temperature == pytest.approx(3, abs=1.2)  # three answers that say what one says
    assert best.log_loss < plain.log_loss
    assert abs(best.over_sure) < abs(plain.over_sure)


def test_calibrate_reads_transcripts_and_what_came_out_and_says_what_to_write(tmp_path, capfd):
    outcomes = tmp_path / "outcomes.csv"
    outcomes.write_text("call,fault\ngenie-silent-ringer-fr,silent_set\n", "utf-8")
    transcript = ROOT / "transcripts" / "genie-silent-ringer-fr.jsonl"
    knowledge_folder = str(ROOT / "knowledge")
    assert (
        run(["calibrate", str(transcript), "--outcomes", str(outcomes), "--knowledge", knowledge_folder]) == 0
    )
    assert "gsm: 1 calls; temperature" in capfd.readouterr().out
    outcomes.write_text("call,fault\nnobody,\n", "utf-8")
    assert (
        run(["calibrate", str(transcript), "--outcomes", str(outcomes), "--knowledge", knowledge_folder]) == 2
    )
    assert f"{outcomes}:2:1:" in capfd.readouterr().err

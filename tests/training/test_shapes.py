"""The trainer's files by their JSON Schema: what an editor checks, and what the commands check, is the same."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from diagnose.cli.schema import written
from diagnose.knowledge.shape import schema_of
from diagnose.knowledge.source import parse, plain
from diagnose.training.shapes import FILES

SHIPPED = Path(__file__).parents[2] / "knowledge"
VALIDATORS = {kind: jsonschema.Draft7Validator(schema_of(shape)) for kind, shape in FILES.items()}
OURS = sorted((SHIPPED / "training").rglob("*.yaml"))
WRONG = [
    ("rubric", "pass_mark: 70", "pass_mark: 170"),
    ("rubric", "calls: [", "calls: [nothing, "),
    ("rubric", "weight: 10", "wait: 10"),
    ("rubric", "auto_fail: [", "auto_fail: [late, "),
    ("course", "difficulty: easy", "difficulty: fiendish"),
    ("course", "seed: 11", "seed: 1.5"),
    ("course", "free: true", "free: yes"),
    ("voices", "dont_know: 0.02", "dont_know: 2"),
    ("voices", "  waits:", "  wait:"),
]


def kind_of(file: Path) -> str:
    return file.parent.name.removesuffix("s") if file.parent.name != "training" else file.stem


@pytest.mark.parametrize("file", OURS, ids=lambda f: f.stem)
def test_every_shipped_file_names_its_schema_and_is_valid_by_it(file: Path):
    text = file.read_text("utf-8")
    kind = kind_of(file)
    named = text.splitlines()[0].rpartition("$schema=")[2]
    assert (file.parent / named).resolve() == (SHIPPED / "schema" / f"{kind}.json").resolve()
    node, problems = parse(text, file.name)
    assert node is not None and not problems
    assert [e.message for e in VALIDATORS[kind].iter_errors(plain(node))] == []


@pytest.mark.parametrize("kind", FILES)
def test_the_schemas_beside_the_knowledge_are_current_draft_7(kind: str):
    schema = schema_of(FILES[kind])
    jsonschema.Draft7Validator.check_schema(schema)
    assert (SHIPPED / "schema" / f"{kind}.json").read_text("utf-8") == written(schema), (
        "run: diagnose schema --write knowledge/schema"
    )


@pytest.mark.parametrize(("kind", "old", "new"), WRONG)
def test_what_the_commands_refuse_the_schema_refuses_too(kind: str, old: str, new: str):
    text = next(f for f in OURS if kind_of(f) == kind).read_text("utf-8")
    assert old in text
    node, _ = parse(text.replace(old, new, 1), "x.yaml")
    assert node is not None
    problems: list = []  # type: ignore[type-arg]
    assert not FILES[kind].check(node, problems) and problems
    assert list(VALIDATORS[kind].iter_errors(plain(node)))

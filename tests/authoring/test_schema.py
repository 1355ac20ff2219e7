"""JSON Schema: an independent validator finds the shipped files right, and wrong ones wrong."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from diagnose.authoring.folder import files_of
from diagnose.cli.group import diagnose
from diagnose.cli.schema import written
from diagnose.knowledge.layers import Shelf
from diagnose.knowledge.shape import FILES, json_schema
from diagnose.knowledge.source import parse, plain, read
from diagnose.training.shapes import FILES as TRAINING

SHIPPED = Path(__file__).parents[2] / "knowledge"
SAMPLE = Path(__file__).parent / "sample"
VALIDATORS = {kind: jsonschema.Draft7Validator(json_schema(kind)) for kind in FILES}


@pytest.mark.parametrize("kind", sorted(FILES))
def test_every_schema_is_one_of_draft_7(kind: str) -> None:
    assert json_schema(kind)["$schema"] == "http://json-schema.org/draft-07/schema#"
    jsonschema.Draft7Validator.check_schema(json_schema(kind))


@pytest.mark.parametrize("root", [SAMPLE, SHIPPED], ids=["sample", "shipped"])
def test_every_file_is_valid_by_the_schema_of_its_kind(root: Path) -> None:
    wrong = []
    for file, kind in files_of(root, Shelf(root)).items():
        node, problems = read(root, file)
        assert node is not None and not problems, problems
        wrong += [f"{file}: {e.json_path}: {e.message}" for e in VALIDATORS[kind].iter_errors(plain(node))]
    assert wrong == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("part", "kind: part\nsymptom: {}\n"),
        ("part", "kind: part\nfaults: {f: {per_1000: 3}}\n"),
        ("part", "kind: family\n"),
        ("part", "kind: part\nremedies: {r: {verdict: advise}}\n"),
        ("handset", "kind: handset\nname: One\nextends: gsm\n"),
        ("words", "kind: words\nfrequencies: {often: 1.2}\nanswer_sets: {}\nclasses: {}\n"),
        ("cases", "kind: cases\ncases: {a: {complaint: {cuts_out: yes}}}\n"),
        ("cases", "kind: cases\ncases: {a: {handset: x, on: monday}}\n"),
        ("cases", "kind: cases\ncases: {a: {handset: x, tries: {clean: perhaps}}}\n"),
        ("cases", "kind: cases\ncases: {a: {handset: x, expect: {verdict: advise}}}\n"),
    ],
)
def test_what_the_shape_refuses_the_schema_refuses_too(kind: str, text: str) -> None:
    node, _ = parse(text, "x.yaml")
    assert node is not None
    assert list(VALIDATORS[kind].iter_errors(plain(node)))


def test_the_command_prints_what_an_editor_reads(tmp_path: Path) -> None:
    run = CliRunner().invoke(diagnose, ["schema", "cases"])
    assert run.exit_code == 0 and json.loads(run.output) == json_schema("cases")
    kinds = CliRunner().invoke(diagnose, ["schema"]).output.split()
    assert kinds == [*FILES, *TRAINING]
    CliRunner().invoke(diagnose, ["schema", "--write", str(tmp_path)])
    assert sorted(p.stem for p in tmp_path.iterdir()) == sorted([*FILES, *TRAINING])


@pytest.mark.parametrize("kind", sorted(FILES))
def test_the_schemas_beside_the_knowledge_are_current(kind: str) -> None:
    path = SHIPPED / "schema" / f"{kind}.json"
    assert path.read_text("utf-8") == written(json_schema(kind)), (
        "run: diagnose schema --write knowledge/schema"
    )


def test_an_unknown_kind_is_wrong_usage() -> None:
    run = CliRunner().invoke(diagnose, ["schema", "case"])
    assert run.exit_code == 2 and "did you mean 'cases'?" in run.output

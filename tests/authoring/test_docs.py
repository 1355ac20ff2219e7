"""The examples of docs/knowledge.md and the commands of docs/tutorial.md are run, and do what is said."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from diagnose.authoring.checking.check import check
from diagnose.authoring.proving.prove import prove
from diagnose.authoring.proving.standing import CODES
from diagnose.authoring.proving.subject import Subject
from diagnose.cli.group import diagnose
from diagnose.knowledge import catalogue
from diagnose.knowledge.problems import errors, show
from diagnose.knowledge.shape import ENTRIES, FILES, Record

DOCS = Path(__file__).parents[2] / "docs"
REFERENCE = (DOCS / "knowledge.md").read_text("utf-8")
BLOCK = re.compile(r"^```yaml\n# (more of )?(\S+)\n(.*?)^```$", re.M | re.S)


def blocks(text: str) -> list[tuple[bool, str, str]]:
    return [(bool(more), name, body) for more, name, body in BLOCK.findall(text)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Every file of the reference."""
    for more, name, body in blocks(REFERENCE):
        if name == "premises":
            continue
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a" if more else "x", encoding="utf-8") as file:
            file.write(body)
    return tmp_path


def test_every_example_says_what_file_it_is():
    assert len(blocks(REFERENCE)) == REFERENCE.count("```yaml")


def test_the_examples_of_the_reference_are_one_sound_folder(folder):
    assert [show(p) for p in errors(check(folder).problems)] == []
    for handset in ("acme-one", "acme-two"):
        assert catalogue.load(folder, handset).problems == ()


def test_the_examples_of_the_reference_pass_their_cases_and_are_proved(folder):
    result = CliRunner().invoke(diagnose, ["test", str(folder)])
    assert result.exit_code == 0, result.stdout + result.stderr
    loaded = [catalogue.load(folder, h) for h in ("acme-one", "acme-two")]
    proof = prove([Subject(x.knowledge, x.invariants) for x in loaded if x.knowledge])
    assert proof.failures == ()


def test_the_premises_of_the_reference_are_premises(folder):
    ((_, _, body),) = [b for b in blocks(REFERENCE) if b[1] == "premises"]
    when = "".join(f"      {line}\n" for line in body.splitlines())
    text = "kind: part\nsource: estimate\nrules:\n  all-of-them:\n    when:\n" + when
    (folder / "parts/answers.yaml").write_text(text + "    then: {ask: [wet]}\n", "utf-8")
    found = [p for p in catalogue.load(folder, "acme-one").problems if p.place.file == "parts/answers.yaml"]
    assert [show(p) for p in found] == []


def test_every_kind_of_file_section_and_field_is_in_the_reference():
    missing = [kind for kind in FILES if f"`{kind}`" not in REFERENCE]
    for record in (*FILES.values(), *ENTRIES.values()):
        missing += [name for name in named(record) if not re.search(rf"\b{re.escape(name)}\b", REFERENCE)]
    assert missing == []


def named(record: Record) -> list[str]:
    found = []
    for name, field in record.fields.items():
        found.append(name)
        if isinstance(field.shape, Record):
            found += named(field.shape)
    return found


def test_every_code_of_a_proof_is_in_the_reference():
    assert [code for code in CODES if f"| {code} |" not in REFERENCE] == []


def test_every_link_between_the_pages_leads_somewhere():
    for page in ("knowledge.md", "tutorial.md"):
        text = (DOCS / page).read_text("utf-8")
        heads = {
            re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^#+ (.*)$", text, re.M)
        }
        for target in re.findall(r"\]\(([^)]+)\)", text):
            file, _, anchor = target.partition("#")
            assert not file or (DOCS / file).exists(), target
            assert file or not anchor or anchor in heads, target


STEP = re.compile(
    r"^```(?:console\n(?P<console>.*?)|yaml\n# (?P<verb>add to|write) (?P<file>\S+)\n(?P<body>.*?))^```$",
    re.M | re.S,
)


def test_the_tutorial_does_to_the_letter_what_it_says(tmp_path, monkeypatch):
    """Every command is run in a fresh folder, every text written; what must come out does."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DIAGNOSE_KNOWLEDGE", raising=False)
    text = (DOCS / "tutorial.md").read_text("utf-8")
    ran = 0
    for step in STEP.finditer(text):
        if step["console"] is None:
            path = tmp_path / step["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a" if step["verb"] == "add to" else "w", encoding="utf-8") as file:
                file.write(step["body"])
            continue
        for command, output in commands(step["console"]):
            words = shlex.split(command)
            if words[0] == "export":
                name, _, value = words[1].partition("=")
                monkeypatch.setenv(name, value)
                continue
            if words[0] == "cp":
                import shutil

                shutil.copytree(words[2], words[3])
                continue
            assert words[0] == "diagnose", command
            status = 1 if output and output[-1] == "exit status 1" else 0
            result = CliRunner().invoke(diagnose, words[1:])
            said = result.stdout + result.stderr
            assert result.exit_code == status, (command, said)
            for line in output[:-1] if status else output:
                assert line.strip() == "..." or line.strip() in said, (command, line, said)
            ran += 1
    assert ran >= 15


def commands(block: str) -> list[tuple[str, list[str]]]:
    """Each command after ``$``, a backslash carrying it on, with the lines that it prints."""
    found: list[tuple[str, list[str]]] = []
    going_on = False
    for line in block.splitlines():
        if line.startswith("$ ") or going_on:
            part = line.removeprefix("$ ").rstrip("\\").strip()
            if going_on:
                found[-1] = (f"{found[-1][0]} {part}", [])
            else:
                found.append((part, []))
            going_on = line.endswith("\\")
        elif line.strip():
            found[-1][1].append(line)
    return found

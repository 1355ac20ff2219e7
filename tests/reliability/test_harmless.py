"""Knowledge that means harm, by what it says and by the names of its files: no command hands it on raw."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from diagnose.cli import diagnose
from diagnose.cli.group import run
from tests.reliability.hostile import CONTROL

ESCAPES = "\\e]0;owned\\a\\e[2J\\x9b31m\\u202e<script>alert(1)</script>"
NAME = "\x1b[2J\x9b31m\u202eX"
CASES = """
cases:
  "c\\e[31m":
    handset: acme-one
    on: 1998-03-02
    complaint: {no_ring: yes}
    answers: {hazard: no, "\\e[31mz": "\\e[2J"}
    expect: {verdict: advice, fault: "\\e[5m"}
"""
CASE = 'handset: acme-one\non: 1998-03-02\ncomplaint: {no_ring: yes}\nanswers: {hazard: no, "\\e[31mz": "\\e[2J"}\n'


def escapes_in_texts(folder: Path) -> None:
    """Every text of the folder begins with an escape sequence, written as YAML writes it."""
    for path in sorted(folder.rglob("*.yaml")):
        text = re.sub(
            r'\b(en|fr|name|brand): "?([^",{}\n]+)"?([,}\n])',
            lambda found: f'{found[1]}: "{ESCAPES}{found[2]}"{found[3]}',
            path.read_text("utf-8"),
        )
        path.write_text(text, "utf-8")


def escapes_in_names(folder: Path) -> None:
    """A second file of each kind whose name is an escape sequence, one of them with raw ones in its text."""
    for path in (
        folder / "handsets" / "acme-one.yaml",
        folder / "programmes" / "desk.yaml",
        folder / "cases" / "a.cases.yaml",
    ):
        shutil.copy(path, path.with_name(f"{NAME}{''.join(path.suffixes)}"))
    (folder / "parts").mkdir()
    (folder / "parts" / f"{NAME}.yaml").write_text("kind: part\nsymptoms: {x: 1}\n")
    (folder / "families" / "raw.yaml").write_text(f"kind: family\nname: x{NAME}\n")


def commands(folder: Path, beside: Path) -> Iterator[list[str]]:
    """Every command that reads knowledge or takes a name, with each of its forms."""
    knowledge = ["--knowledge", str(folder)]
    named, case = str(beside / NAME), str(beside / "case.yaml")
    calls = ["--transcripts", str(beside / "calls")]
    for line in (
        ["show", "acme-one"], ["show", "acme-one", "--json"], ["show", NAME], ["handsets"], ["handsets", "--json"],
        *(["check", "--format", form] for form in ("text", "json", "junit", "sarif", "github")),
        ["test"], ["test", "--json"], ["test", "--junit"], ["coverage"], ["coverage", "--json"],
        ["coverage", "--html", str(beside / "page.html")], ["prove"], ["prove", "--json"],
        ["graph", "acme-one"], ["graph", "acme-one", "--mermaid"], ["explain", "acme-one", "no_ring"],
        ["explain", "acme-one", NAME], ["why", case, "exchange"], ["why", case, "hot-phone"], ["why", case, NAME],
        ["consult", case], ["consult", case, "--json"], ["consult", named], ["simulate", "acme-one", "--callers", "3"],
        ["simulate", NAME], ["calibrate", named], ["call", NAME, "--plain", *calls],
        ["call", "acme-one", "--plain", *calls], ["call", "acme-one", "--programme", NAME, "--plain", *calls],
    ):  # fmt: skip
        yield [*line, *knowledge]
    yield ["check", str(folder / "handsets" / f"{NAME}.yaml")]
    yield ["diff", str(beside / "other"), str(folder)]
    yield ["diff", str(beside / "other"), str(folder), "--json"]
    for line in (
        ["replay", named], ["verify", named], ["redact", named], ["score", named], ["report", named], ["course", named],
        ["export", NAME, *calls], ["key", "trust", NAME, NAME], ["key", "trust", "a" * 64, NAME], ["key", "show"],
        ["settings"], [NAME],
    ):  # fmt: skip
        yield line


@pytest.mark.parametrize("what", ["texts", "names", "both"])
def test_no_command_hands_on_an_escape(
    what: str,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("DIAGNOSE_SETTINGS", str(tmp_path / "settings.toml"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "settings.toml").write_text('operator = "\\u001b[2J"\n"\\u001b[31m" = 1\n')
    (folder / "cases").mkdir()
    (folder / "cases" / "a.cases.yaml").write_text(CASES)
    beside = tmp_path / "beside"
    shutil.copytree(folder, beside / "other")
    (beside / "case.yaml").write_text(CASE)
    if what in ("texts", "both"):
        escapes_in_texts(folder)
    if what in ("names", "both"):
        escapes_in_names(folder)
    for line in commands(folder, beside):
        # with colour, for nothing may be left to what takes escapes out of a pipe
        result = CliRunner().invoke(diagnose, line, color=True, input=f"{NAME}\n1\n\n")
        assert result.exception is None or isinstance(result.exception, SystemExit), line
        assert not CONTROL.search(result.output), (line, result.output)
    page = (beside / "page.html").read_text("utf-8")
    assert not CONTROL.search(page) and "<script>alert" not in page


def test_nor_does_what_is_said_of_a_wrong_command_line(capfd: pytest.CaptureFixture[str]):
    for line in (
        [NAME],
        ["show", f"--{NAME}"],
        ["simulate", NAME],
        ["settings", NAME],
        ["explain", NAME, NAME],
    ):
        assert run(line) == 2
        said = capfd.readouterr()
        assert said.err.startswith("diagnose: ") and not CONTROL.search(said.err + said.out)

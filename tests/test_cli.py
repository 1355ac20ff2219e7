"""The command line: exit statuses, clean output, and one line for whatever goes wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import types
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from diagnose.cases import prepare, read_case, run_case
from diagnose.cli import diagnose
from diagnose.cli.group import run
from diagnose.consultation.trace import trace
from diagnose.record.transcript import Writer
from tests.record.folder import edit, write_folder

CASE = """\
handset: acme-one
on: 1998-03-02
complaint: {no_ring: true}
answers: {hazard: no}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = write_folder(tmp_path)
    monkeypatch.setenv("DIAGNOSE_KNOWLEDGE", str(folder))
    monkeypatch.setenv("DIAGNOSE_SETTINGS", str(tmp_path / "settings.toml"))
    return folder


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "case.yaml"
    path.write_text(CASE, "utf-8")
    return path


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(diagnose, [str(a) for a in arguments], catch_exceptions=False)


def process(*arguments: object, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "diagnose", *map(str, arguments)],
        capture_output=True,
        env={**os.environ, **(env or {})},
        check=False,
    )


def transcript(folder: Path, path: Path) -> Path:
    file = path.with_suffix(".yaml")
    file.write_text(CASE, "utf-8")
    case, _ = read_case(file)
    assert case is not None
    ready = prepare(folder, case)
    assert ready.kb is not None
    events = run_case(ready.kb, ready.case, datetime.now().astimezone()).events
    with Writer.create(path) as writer:
        for event, entry in zip(events, trace(ready.kb, events), strict=True):
            writer.append(event, entry)
    return path


def test_consult_prints_the_contract_as_json(folder: Path, case: Path):
    result = invoke("consult", case, "--json")
    assert result.exit_code == 0
    data = json.loads(result.stdout)
    assert list(data) == [
        "handset",
        "programme",
        "revision",
        "asked",
        "tried",
        "seconds",
        "faults",
        "verdict",
        "alerts",
        "trace",
    ]
    assert set(data["verdict"]) == {"kind", "remedy", "channel", "charge", "promise"}
    assert {"symptom": "hazard", "answer": "no", "seconds": 8} in data["asked"]


def test_the_same_case_gives_the_same_bytes_in_any_process(folder: Path, case: Path):
    outputs = {process("consult", case, "--json", env={"PYTHONHASHSEED": seed}).stdout for seed in ("1", "2")}
    assert len(outputs) == 1
    assert json.loads(outputs.pop())


def test_consult_in_words_speaks_the_language_that_is_asked_for(folder: Path, case: Path):
    assert "Does it fail to ring?" in invoke("consult", case).stdout
    french = invoke("consult", case, "--lang", "fr").stdout
    assert "La sonnerie est-elle muette ?" in french
    assert "Verdict : conseil" in french


def test_a_case_that_comes_out_otherwise_is_exit_1_and_says_how(folder: Path, case: Path):
    case.write_text(CASE + "expect: {verdict: exchange}\n", "utf-8")
    result = invoke("consult", case, "--json")
    assert result.exit_code == 1
    assert result.stderr == f"{case}:5:19: expected verdict exchange, got advice\n"
    assert json.loads(result.stdout)["unexpected"][0]["got"] == "advice"
    case.write_text(CASE + "expect: {verdict: advice}\n", "utf-8")
    assert invoke("consult", case).exit_code == 0


def test_several_cases_are_an_array_and_the_worst_counts(folder: Path, case: Path, tmp_path: Path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("handset: acme-oen\n", "utf-8")
    result = invoke("consult", case, bad, "--json")
    assert result.exit_code == 2
    data = json.loads(result.stdout)
    assert [d["case"] for d in data] == [str(case), str(bad)]
    assert data[1]["problems"][0]["code"] == "K302"
    assert result.stderr == f"{bad}:1:10: K302 there is no handset 'acme-oen'; did you mean 'acme-one'?\n"


def test_knowledge_with_an_error_is_used_but_never_called_fine(folder: Path, case: Path):
    edit(folder, "families/gsm.yaml", "then: {alert: hot}", "then: {alert: hott}")
    result = invoke("consult", case, "--json")
    assert result.exit_code == 1
    assert "families/gsm.yaml:" in result.stderr
    assert json.loads(result.stdout)["verdict"]


@pytest.mark.parametrize("command", ["consult", "replay", "calibrate", "simulate"])
def test_a_file_of_the_knowledge_is_named_so_that_it_opens_from_here(
    command: str, folder: Path, case: Path, tmp_path: Path
):
    path = transcript(folder, tmp_path / "call.jsonl")
    outcomes = tmp_path / "outcomes.csv"
    outcomes.write_text("call,fault\ncall.jsonl,board\n", "utf-8")
    edit(folder, "families/gsm.yaml", "kind: family", "kind: famly")
    rest = {
        "calibrate": [path, "--outcomes", outcomes],
        "replay": [path],
        "simulate": ["acme-one", "-n", "1"],
    }
    told = invoke(command, *rest.get(command, [case])).stderr
    named = [line.split(":")[0] for line in told.splitlines() if "gsm.yaml" in line]
    assert named and all(Path(name).is_file() for name in named), told


def test_replay_says_the_same_or_where_it_parts(folder: Path, tmp_path: Path):
    path = transcript(folder, tmp_path / "call.jsonl")
    result = invoke("replay", path, "--json")
    assert result.exit_code == 0
    (data,) = json.loads(result.stdout)
    assert (data["file"], data["same"], data["first_difference"]) == (str(path), True, None)
    edit(folder, "families/gsm.yaml", "per_1000: 50", "per_1000: 0.01")
    result = invoke("replay", path, "--json")
    assert result.exit_code == 1
    (data,) = json.loads(result.stdout)
    assert data["first_difference"]["n"] == 1
    assert data["verdict"]["remedy"] == "swap"
    assert "Parts at step 1" in invoke("replay", path, "--lang", "en").stdout


def test_replay_of_a_broken_and_of_no_file(folder: Path, tmp_path: Path):
    path = transcript(folder, tmp_path / "call.jsonl")
    path.write_bytes(path.read_bytes() + b"{oops}\n")
    result = invoke("replay", path)
    assert result.exit_code == 1
    assert f"{path}:{len(path.read_bytes().splitlines())}:2: T102" in result.stderr
    result = invoke("replay", tmp_path / "none.jsonl", path)
    assert result.exit_code == 2
    assert f"{tmp_path / 'none.jsonl'}:1:1: cannot be read: No such file" in result.stderr
    assert "Acme One" in result.stdout


def test_handsets_are_listed_and_found(folder: Path):
    assert invoke("handsets").stdout == "acme-one  Acme One (desk)\n"
    (data,) = json.loads(invoke("handsets", "one", "--json").stdout)
    assert {k: data[k] for k in ("id", "brand", "name", "family", "programmes")} == {
        "id": "acme-one",
        "brand": "Acme",
        "name": "One",
        "family": "gsm",
        "programmes": ["desk"],
    }
    assert len(data["revision"]) == 16
    nothing = invoke("handsets", "zzz", "--json")
    assert (nothing.exit_code, json.loads(nothing.stdout)) == (1, [])


def test_show_says_where_each_part_is_written_and_who_changed_it(folder: Path):
    file = folder / "handsets" / "acme-one.yaml"
    file.write_text(file.read_text("utf-8") + "change: {faults: {silenced: {per_1000: 60}}}\n", "utf-8")
    data = json.loads(invoke("show", "acme-one", "--json", "--lang", "fr").stdout)
    fault = next(f for f in data["faults"] if f["id"] == "silenced")
    assert fault["layer"] == "gsm"
    assert fault["at"].startswith(f"{folder}/families/gsm.yaml:")
    assert [c["layer"] for c in fault["changed"]] == ["acme-one"]
    assert fault["text"] == "Sonnerie coupée"
    assert fault["per_1000"] == 60
    text = invoke("show", "acme-one", "--lang", "en").stdout
    assert "rules (2)" in text
    assert f"      gsm at {fault['at']}; changed by acme-one at {file}:7" in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "acme-oen"], "there is no handset 'acme-oen'; did you mean 'acme-one'?"),
        (
            ["show", "acme-one", "--programme", "dsk"],
            "does not have the programme 'dsk'; did you mean 'desk'?",
        ),
        (["shw"], "No such command 'shw'"),
        (["consult"], "Missing argument"),
        (["replay", "--lang", "de", "x"], "'de' is not one of 'fr', 'en'"),
        (["handsets", "--knowledge", "/nowhere/at/all"], "there is no knowledge folder /nowhere/at/all"),
        (["call", "acme-one", "--resume", "x"], "name neither here"),
    ],
)
def test_wrong_usage_is_exit_2_and_one_line(
    arguments: list[str], said: str, folder: Path, capsys: pytest.CaptureFixture[str]
):
    assert run(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("diagnose: ") and err.count("\n") == 1
    assert said in err


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (KeyboardInterrupt(), 130, "diagnose: interrupted"),
        (BrokenPipeError(), 141, ""),
        (PermissionError(13, "Permission denied", "x.yaml"), 2, "diagnose: x.yaml: Permission denied"),
        (RuntimeError("two\nlines"), 2, "diagnose: internal error: RuntimeError: two lines (set"),
    ],
)
def test_no_traceback_reaches_anybody(
    error: BaseException,
    status: int,
    said: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
):
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("diagnose.cli.group._forget_stdout", lambda: None)
    monkeypatch.setattr("diagnose.knowledge.catalogue.handsets", fail)
    assert run(["handsets"]) == status
    err = capfd.readouterr().err
    assert err.startswith(said) and err.count("\n") == (1 if said else 0)


def test_call_hands_its_options_to_the_terminal(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    taken = []
    app = types.ModuleType("diagnose.terminal.app")
    app.run_call = lambda options: taken.append(options) or 1  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "diagnose.terminal.app", app)
    monkeypatch.setattr("diagnose.terminal.app", app, raising=False)
    assert invoke("call", "one", "--plain", "--lang", "fr", "--transcripts", tmp_path).exit_code == 1
    assert invoke("call", "--resume").exit_code == 1
    assert invoke("call", "--resume", "k7m2").exit_code == 1
    first, newest, named = taken
    assert (first.handset, first.plain, first.language, first.resume) == ("one", True, "fr", None)
    assert (first.root, first.transcripts) == (folder, tmp_path)
    assert (newest.resume, named.resume) == ("", "k7m2")


def test_settings_are_shown_and_written_once(folder: Path, tmp_path: Path):
    file = tmp_path / "settings.toml"
    assert json.loads(invoke("settings", "--json").stdout)["exists"] is False
    assert invoke("settings", "--write").exit_code == 0
    assert file.is_file()
    assert invoke("settings", "--write").exit_code == 2
    file.write_text('language = "fr"\noperater = "17"\n', "utf-8")
    result = invoke("settings", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["settings"]["language"] == "fr"
    assert "settings.toml:2:1: clé inconnue 'operater'" in result.stderr


def test_piped_text_has_no_colours_and_no_blanks_at_line_ends(folder: Path, case: Path):
    out = process("consult", case, env={"FORCE_COLOR": "1"}).stdout.decode()
    assert out.strip()
    assert "\x1b" not in out
    assert all(line == line.rstrip() for line in out.splitlines())


@pytest.mark.parametrize(
    ("encoding", "spoken"),
    [("ascii", "brûlant".encode()), ("latin-1", "brûlant".encode("latin-1")), ("iso8859-5", b"br?lant")],
)
def test_a_locale_that_knows_no_accents_stops_nothing(encoding: str, spoken: bytes, folder: Path, case: Path):
    plain = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    plain["PYTHONIOENCODING"] = f"{encoding}:strict"
    consulted = process("consult", case, "--lang", "fr", env=plain)
    assert (consulted.returncode, consulted.stderr) == (0, b"")
    assert spoken in consulted.stdout
    shown = process("show", "acme-one", "--lang", "fr", "--json", env=plain)
    assert "Sonnerie coupée" in [f["text"] for f in json.loads(shown.stdout)["faults"]]


def test_a_reader_that_has_seen_enough_is_no_error(folder: Path):
    edit(folder, "families/gsm.yaml", "Is it hot or swollen?", "Is it hot? " * 20_000)
    with subprocess.Popen(
        [sys.executable, "-m", "diagnose", "show", "acme-one", "--lang", "en"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None and child.stderr is not None
        child.stdout.read(10)
        child.stdout.close()
        assert child.stderr.read() == b""
        assert child.wait() == 141


def test_a_closed_output_is_no_error(folder: Path):
    command = [sys.executable, "-m", "diagnose", "handsets"]
    closed = subprocess.run(["sh", "-c", 'exec "$@" >&-', "sh", *command], capture_output=True, check=False)
    assert (closed.returncode, closed.stderr) == (0, b"")


def test_without_a_command_the_help_is_shown_as_wrong_usage(folder: Path):
    result = invoke()
    assert result.exit_code == 2
    assert "consult" in result.stderr


def test_starting_imports_nothing_that_only_one_command_needs():
    code = (
        "import sys, diagnose.cli;"
        "print([m for m in ('numpy', 'rich', 'yaml', 'experta', 'prompt_toolkit') if m in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code]).strip() == b"[]"


def test_the_knowledge_folder_may_stand_before_the_command_or_after_it(tmp_path, capfd):
    for arguments in (["--knowledge", str(tmp_path), "handsets"], ["handsets", "--knowledge", str(tmp_path)]):
        run(arguments)
        assert str(tmp_path) in capfd.readouterr().err


def test_simulate_gives_the_same_figures_for_the_same_seed(folder):
    arguments = ("simulate", "acme-one", "-n", "12", "--seed", "3", "--json")
    first, again = invoke(*arguments), invoke(*arguments)
    assert first.exit_code == 0, first.output
    figures = json.loads(first.stdout)
    assert json.loads(again.stdout) == figures
    assert figures["calls"] == 12
    for key in (
        "talk_seconds",
        "verdict_right",
        "needless_return",
        "missed_safety",
        "cost_mean",
        "upper_bound",
    ):
        assert key in figures
    assert set(figures["baselines"]) >= {"entropy", "all_questions", "clairvoyant"}
    assert invoke("simulate", "acme-one", "--on", "yesterday").exit_code == 2

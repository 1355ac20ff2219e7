"""New files: sound as soon as they are written, by options, by answers from a pipe; never over another."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input

from diagnose.authoring.checking.check import check
from diagnose.authoring.new.newfile import attributes_of
from diagnose.authoring.proving.prove import prove
from diagnose.authoring.proving.subject import Subject
from diagnose.cli import asking
from diagnose.cli.group import diagnose
from diagnose.knowledge import catalogue


@pytest.fixture
def run(tmp_path):
    def command(*arguments: str, typed: str = "", status: int = 0):
        base = ["--knowledge", str(tmp_path / "knowledge")]
        result = CliRunner().invoke(diagnose, ["new", *arguments, *base], input=typed)
        assert result.exit_code == status, result.stderr
        return result

    return command


def a_desk(run, months: int = 12, covered: str = "exchange"):
    run(
        "family",
        "pocket",
        "--name-en",
        "Pocket",
        "--name-fr",
        "Poche",
        "--extends",
        "none",
        "--source",
        "estimate",
    )
    names = ("--name-en", "Care", "--name-fr", "Soin", "--source", "estimate")
    run("programme", "care", *names, "--months", str(months), "--covered", covered)
    run(
        *("handset", "acme-one", "--brand", "Acme", "--name", "One"),
        *("--family", "pocket", "--programme", "care", "--source", "estimate"),
    )


@pytest.mark.parametrize("covered", ["exchange", "repair", "visit"])
@pytest.mark.parametrize("months", [12, 24])
def test_family_programme_and_handset_from_nothing_are_checked_and_proved(run, tmp_path, covered, months):
    a_desk(run, months, covered)
    root = tmp_path / "knowledge"
    assert check(root).problems == ()
    loaded = catalogue.load(root, "acme-one")
    assert loaded.fine
    proof = prove([Subject(loaded.knowledge, loaded.invariants)])
    assert proof.failures == ()
    assert proof.combinations > 500


def test_answers_may_come_from_a_pipe_and_an_empty_line_takes_what_is_proposed(run, tmp_path):
    run("family", "pocket", typed="Pocket\nPoche\n\n\n")
    run("programme", "care", typed="Care\nSoin\n24\nrepair\n\n")
    made = run("handset", "acme-one", typed="\n\n\n\n\n")
    assert "Who made it [Acme]:" in made.stderr
    loaded = catalogue.load(tmp_path / "knowledge", "acme-one")
    assert loaded.fine
    assert (loaded.knowledge.handset.brand, loaded.knowledge.handset.name) == ("Acme", "One")


def test_a_pipe_that_ends_names_the_option_that_would_do(run):
    assert "give --name-fr" in run("family", "pocket", "--name-en", "Pocket", status=2).stderr


def test_a_family_may_extend_another_and_a_handset_sees_what_it_looks_at(run, tmp_path):
    a_desk(run)
    root = tmp_path / "knowledge"
    text = (root / "families/pocket.yaml").read_text("utf-8")
    text = text.replace("attributes: {}", "attributes: {folds: false}")
    text = text.replace("kind: check", "kind: check\n    needs: {handset.folds: false}")
    (root / "families/pocket.yaml").write_text(text, "utf-8")
    run("family", "small", typed="\n\npocket\n\n")
    assert attributes_of(root, "small") == {"folds": ("false", "families/pocket.yaml")}
    run("handset", "acme-two", typed="\n\nsmall\n\n\n")
    written = (root / "handsets/acme-two.yaml").read_text("utf-8")
    assert "#   folds: false   # as in families/pocket.yaml" in written


def test_a_case_expects_what_comes_out_and_passes(run, tmp_path):
    a_desk(run)
    given = ("--complaint", "cuts_out=yes", "--answer", "contacts_dull=yes", "--answer", "battery_unsafe=no")
    made = run("case", "dull", "--handset", "acme-one", "--on", "1998-03-02", *given)
    assert "remedy clean_contacts" in made.stdout
    result = CliRunner().invoke(diagnose, ["test", str(tmp_path / "knowledge")])
    assert result.exit_code == 0, result.stdout + result.stderr


def test_a_case_of_its_own_is_one_that_consult_reads(run, tmp_path):
    a_desk(run)
    path = tmp_path / "one.yaml"
    run("case", "dull", "--handset", "acme-one", "--on", "1998-03-02", "--complaint", "dead=yes",
        "--answer", "battery_unsafe=yes", "--single", str(path))  # fmt: skip
    base = ["--knowledge", str(tmp_path / "knowledge")]
    assert CliRunner().invoke(diagnose, ["consult", str(path), *base]).exit_code == 0


def test_nothing_is_written_over_another_file_or_for_what_is_not_there(run, tmp_path):
    a_desk(run)
    assert "is there already" in run("family", "pocket", typed="\n\nnone\n\n", status=2).stderr
    wrong = run("handset", "acme-two", typed="\n\npoket\n", status=2)
    assert "did you mean 'pocket'" in wrong.stderr
    wrong = run("case", "x", "--handset", "acme-one", "--on", "1998-03-02", "--complaint", "ded=yes",
                "--answer", "dead=yes", status=2)  # fmt: skip
    assert "did you mean 'dead'" in wrong.stderr
    assert "is not an id" in run("handset", "Acme One", status=2).stderr
    assert sorted(p.name for p in (tmp_path / "knowledge/handsets").iterdir()) == ["acme-one.yaml"]


@pytest.mark.parametrize("covered", ["exchange", "repair", "visit"])
def test_a_programme_beside_shared_parts_includes_them_and_is_proved(tmp_path, run, covered):
    import shutil
    from pathlib import Path

    root = tmp_path / "knowledge"
    shutil.copytree(Path(__file__).parents[2] / "knowledge", root)
    names = ("--name-en", "Care", "--name-fr", "Soin", "--source", "estimate")
    run("programme", "care", *names, "--months", "18", "--covered", covered)
    answers = ("--brand", "Acme", "--name", "One", "--family", "gsm", "--source", "estimate")
    run("handset", "acme-one", *answers, "--programme", "care")
    loaded = catalogue.load(root, "acme-one")
    assert loaded.problems == ()
    assert {"on_stolen_list", "area"} <= loaded.knowledge.symptoms.keys()
    assert prove([Subject(loaded.knowledge, loaded.invariants)]).failures == ()


def test_the_folder_may_be_named_before_the_command(tmp_path):
    before = ["--knowledge", str(tmp_path / "desk"), "new", "family", "pocket"]
    result = CliRunner().invoke(diagnose, before, input="\n\nnone\n\n")
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "desk/families/pocket.yaml").exists()


@pytest.fixture
def keys(monkeypatch):
    """Keys typed on a terminal."""
    monkeypatch.setattr(asking, "on_terminal", lambda: True)
    with create_pipe_input() as pipe, create_app_session(input=pipe):
        yield pipe.send_text


ALL_GONE = "\x01\x0b"  # to the beginning of the line, and cut to its end


def test_on_a_terminal_the_default_stands_there_to_be_edited(keys):
    keys("\x7f\x7fon\r")
    assert asking.asked("name", "What is it called", None, "Nokia") == "Nokon"


def test_on_a_terminal_a_wrong_word_is_said_and_can_be_mended(keys):
    keys(ALL_GONE + "gsm-nokai\r" + ALL_GONE + "gsm-nokia\r")
    assert asking.one_of("family", "Which family", None, ["gsm", "gsm-nokia"]) == "gsm-nokia"


def test_on_a_terminal_pairs_may_be_none_and_the_end_of_input_names_the_option(keys):
    keys("\r")
    assert asking.pairs("answer", "What would he answer", (), lambda: ["wet=yes"]) == {}
    keys("\x04")
    with pytest.raises(Exception, match="give --answer"):
        asking.pairs("answer", "What would he answer", (), lambda: ["wet=yes"])

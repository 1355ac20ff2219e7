"""The operator's settings file."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from pathlib import Path

import pytest

from diagnose.settings import (
    Settings,
    default_text,
    defaults,
    load,
    settings_path,
    write_default,
)

EN: dict[str, str] = {"LANG": "en_GB.UTF-8"}


def written(folder: Path, text: str) -> Path:
    file = folder / "settings.toml"
    file.write_bytes(text.encode())
    return file


def read(folder: Path, text: str) -> tuple[Settings, list[str]]:
    """Settings and problems of this text, the folder left off the problems."""
    settings, problems = load(written(folder, text), EN)
    return settings, [problem.say("en").replace(f"{folder}/", "") for problem in problems]


def test_without_a_file_the_defaults_hold_and_nobody_complains(tmp_path: Path) -> None:
    assert load(tmp_path / "none.toml", EN) == (defaults(EN), ())


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "FR"}, "fr"),
        ({"LANG": "de_DE"}, "en"),
        ({"LANG": "fr_FR", "LC_ALL": "C"}, "en"),
        ({"LANG": "fr_FR", "LC_ALL": ""}, "fr"),
        ({"LANG": "en_GB", "LC_MESSAGES": "fr_CA"}, "fr"),
        ({"LC_ALL": "fr_BE", "LC_MESSAGES": "en_GB"}, "fr"),
    ],
)
def test_the_language_is_that_of_the_environment(environ: dict[str, str], language: str) -> None:
    assert defaults(environ).language == language


def test_transcripts_go_to_the_users_data_unless_told() -> None:
    assert defaults(EN).transcripts.parts[-2:] == ("diagnose", "transcripts")


def test_the_environment_names_another_file(tmp_path: Path) -> None:
    file = written(tmp_path, 'desk = "azur"\n')
    environ = {**EN, "DIAGNOSE_SETTINGS": str(file)}
    assert settings_path(environ) == file
    assert load(None, environ)[0].desk == "azur"
    assert settings_path(EN).name == "settings.toml"


def test_every_setting_is_read(tmp_path: Path) -> None:
    settings, problems = read(
        tmp_path,
        'language = "fr"\noperator = "17"\ndesk = "lyon"\ntranscripts = "/calls"\naudience = "dealer"\n'
        "colour = false\n",
    )
    assert problems == []
    assert settings == Settings("fr", "17", "lyon", Path("/calls"), "dealer", False)


def test_a_relative_folder_starts_beside_the_file_and_a_tilde_is_home(tmp_path: Path) -> None:
    assert read(tmp_path, 'transcripts = "calls"')[0].transcripts == tmp_path / "calls"
    assert read(tmp_path, 'transcripts = "~/calls"')[0].transcripts == Path.home() / "calls"


def test_a_mistake_in_the_toml_is_told_with_its_place(tmp_path: Path) -> None:
    settings, (problem,) = read(tmp_path, 'desk = "a"\n\nlanguage = fr\n')
    assert re.match(r"settings\.toml:3:12: \S", problem)
    assert settings == defaults(EN)


def test_an_end_too_soon_is_told_with_its_place(tmp_path: Path) -> None:
    _, (problem,) = read(tmp_path, "desk =")
    assert re.match(r"settings\.toml:1:7: \S", problem)


def test_an_unknown_key_is_told_with_what_was_meant(tmp_path: Path) -> None:
    settings, problems = read(tmp_path, 'desk = "a"\n  langage = "fr"\n')
    assert problems == ["settings.toml:2:3: unknown key 'langage': did you mean 'language'?"]
    assert settings == replace(defaults(EN), desk="a")


def test_a_key_like_no_other_is_answered_with_those_there_are(tmp_path: Path) -> None:
    _, (problem,) = read(tmp_path, "[zzz]\na = 1\n")
    assert problem.startswith("settings.toml:1:2: unknown key 'zzz': known are language, operator")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('colour = "yes"', 'colour must be true or false, not "yes"'),
        ("colour = 1", "colour must be true or false, not 1"),
        ("operator = 17", 'operator must be a text in quotes (operator = "17"), not 17'),
        ('language = "de"', 'language must be "en" or "fr", not "de"'),
        ("audience = true", 'audience must be "consumer" or "dealer", not true'),
        ("transcripts = []", "transcripts must be a folder in quotes, not a list"),
        ("transcripts = ''", 'transcripts must be a folder in quotes, not ""'),
        ("desk.x = 1", 'desk must be a text in quotes (operator = "17"), not a table'),
    ],
)
def test_a_wrong_value_keeps_its_default_and_the_others_count(
    tmp_path: Path, line: str, problem: str
) -> None:
    other = "desk" if not line.startswith("desk") else "operator"
    settings, problems = read(tmp_path, f'{other} = "kept"\n{line}\n')
    assert problems == [f"settings.toml:2:1: {problem}"]
    assert settings == replace(defaults(EN), **{other: "kept"})


def test_all_problems_are_told_in_the_order_of_the_file(tmp_path: Path) -> None:
    _, problems = read(tmp_path, "colour = 3\nnome = 1\nlanguage = 2\n")
    assert [problem.split(":")[1] for problem in problems] == ["1", "2", "3"]


def test_a_file_from_windows_is_read(tmp_path: Path) -> None:
    settings, problems = read(tmp_path, '\ufeffdesk = "a"\r\noperator = "b"\r\n')
    assert (settings.desk, settings.operator, problems) == ("a", "b", [])


def test_bytes_that_are_not_utf_8_are_told_with_their_place(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_bytes('x = 1\ndesk = "é"'.encode("latin-1"))
    settings, (problem,) = load(file, EN)
    assert problem.say("en") == f"{file}:2:9: is not UTF-8: save it as UTF-8"
    assert settings == defaults(EN)


def test_a_folder_in_its_place_is_told_in_one_line(tmp_path: Path) -> None:
    settings, (problem,) = load(tmp_path, EN)
    assert problem.say("en").startswith(f"{tmp_path}:1:1: cannot be read")
    assert settings == defaults(EN)


def test_the_written_file_changes_nothing_until_a_line_is_taken_into_use(tmp_path: Path) -> None:
    file = tmp_path / "new" / "settings.toml"
    write_default(file, EN)
    assert load(file, EN) == (defaults(EN), ())
    assert [entry.name for entry in file.parent.iterdir()] == ["settings.toml"]


def test_the_written_file_with_every_line_in_use_is_the_defaults(tmp_path: Path) -> None:
    text = re.sub(r"^#(?=\w)", "", default_text(EN), flags=re.MULTILINE)
    assert len(re.findall(r"^\w+ = ", text, re.MULTILINE)) == len(fields(Settings))
    assert load(written(tmp_path, text), {"LANG": "fr"}) == (defaults(EN), ())


def test_a_file_of_ones_own_is_not_written_over(tmp_path: Path) -> None:
    file = written(tmp_path, 'desk = "mine"\n')
    with pytest.raises(FileExistsError):
        write_default(file, EN)
    assert file.read_text() == 'desk = "mine"\n'
    write_default(file, EN, overwrite=True)
    assert file.read_text() == default_text(EN)


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise OSError("full")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="full"):
        write_default(tmp_path / "settings.toml", EN)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('langage = "fr"', "1:1: clé inconnue 'langage' : vouliez-vous dire 'language' ?"),
        ("zzz = 1", "1:1: clé inconnue 'zzz' : il y a language, operator"),
        ("colour = 3", "1:1: colour doit être true ou false, et non 3"),
        ("language = []", '1:1: language doit être "en" ou "fr", et non une liste'),
        ("transcripts = {}", "1:1: transcripts doit être un dossier entre guillemets, et non une table"),
        ("desk =", "1:7: n'est pas du TOML ("),
    ],
)
def test_an_operator_in_french_reads_french(text: str, said: str, tmp_path: Path) -> None:
    _, (problem,) = load(written(tmp_path, text), EN)
    assert problem.say("fr").replace(f"{tmp_path}/", "").startswith(f"settings.toml:{said}")

"""What an operator sets once: one TOML file, read leniently.

The file is ``settings.toml`` in the user's configuration folder, or what ``DIAGNOSE_SETTINGS`` names.
A wrong entry costs one line of complaint and keeps its default; the others still count.
"""

from __future__ import annotations

import difflib
import importlib
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from diagnose.knowledge.disk import contents
from diagnose.knowledge.model import Text
from diagnose.record.failures import why

# By name, for the type checker knows only one of the two.
_toml = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")

VARIABLE = "DIAGNOSE_SETTINGS"


class _Unfit(Exception):
    """A value that an entry cannot have; ``must``: what it must be."""

    def __init__(self, must: Text) -> None:
        super().__init__(must.say("en"))
        self.must = must


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for every call at this desk.

    ``language`` en or fr, ``audience`` consumer or dealer (the wording of what is read out),
    ``operator`` and ``desk`` as they are written in transcripts, ``transcripts`` the folder for them,
    ``personal`` whether they keep what is personal.
    """

    language: str
    operator: str
    desk: str
    transcripts: Path
    audience: str
    colour: bool
    personal: bool = True


NOT_UTF8 = Text.of(en="is not UTF-8: save it as UTF-8", fr="n'est pas en UTF-8 : l'enregistrer en UTF-8")
_REMARKS = {
    "language": 'the screen and the words to the caller: "en" or "fr"',
    "operator": "your name or number, as transcripts keep it",
    "desk": "the desk or the team",
    "transcripts": "the folder for transcripts; ~ is your home, a relative one starts beside this file",
    "audience": 'who calls: "consumer" or "dealer"',
    "colour": "colours on the screen: true or false",
    "personal": "keep names, numbers, notes and the caller's words in transcripts: true or false",
}


def settings_path(environ: Mapping[str, str] | None = None) -> Path:
    """The file that is read when none is named."""
    named = (os.environ if environ is None else environ).get(VARIABLE)
    if named:
        return Path(named).expanduser()
    import platformdirs  # here, for start-up time

    return platformdirs.user_config_path("diagnose") / "settings.toml"


def defaults(environ: Mapping[str, str] | None = None) -> Settings:
    """What holds without a file: the language is that of the environment (fr or else en)."""
    import platformdirs  # here, for start-up time

    env = os.environ if environ is None else environ
    locale = next((env[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if env.get(name)), "")
    return Settings(
        language="fr" if locale.lower().startswith("fr") else "en",
        operator="",
        desk="",
        transcripts=platformdirs.user_data_path("diagnose") / "transcripts",
        audience="consumer",
        colour=True,
        personal=True,
    )


def load(
    path: Path | None = None, environ: Mapping[str, str] | None = None
) -> tuple[Settings, tuple[Text, ...]]:
    """The settings, and the problems of the file: one line each, ``file:line:column: what is wrong``.

    Never raises for what is in the file. A file that is not there is no problem: defaults hold.
    """
    settings = defaults(environ)
    file = settings_path(environ) if path is None else path
    try:
        content = contents(file)
    except FileNotFoundError:
        return settings, ()
    except OSError as error:
        said = why(error)
        en = f"cannot be read ({said.say('en')}): defaults are used"
        fr = f"ne peut pas être lu ({said.say('fr')}) : les valeurs par défaut sont prises"
        return settings, (_at(file, 1, 1, Text.of(en=en, fr=fr)),)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _position(content[: error.start].decode("utf-8", "replace"))
        return settings, (_at(file, line, column, NOT_UTF8),)
    # TOML knows two line ends, and tomllib only takes "\r\n" apart when it reads the file itself.
    text = text.replace("\r\n", "\n")
    try:
        table = _toml.loads(text)
    except _toml.TOMLDecodeError as error:
        return settings, (_syntax(file, text, error),)
    problems = []
    for key, value in table.items():
        mended, problem = _entry(settings, key, value, file.parent)
        settings = mended
        if problem:
            line, column = _place(text, key)
            problems.append(_at(file, line, column, problem))
    return settings, tuple(problems)


def _at(file: Path, line: int, column: int, said: Text) -> Text:
    place = f"{file}:{line}:{column}"
    return Text.of(en=f"{place}: {said.say('en')}", fr=f"{place}: {said.say('fr')}")


def _entry(settings: Settings, key: str, value: object, folder: Path) -> tuple[Settings, Text]:
    """The settings with this entry, and what is wrong with it (or nothing)."""
    read = _READERS.get(key)
    if read is None:
        near = difflib.get_close_matches(key.lower(), list(_READERS), n=1, cutoff=0.6)
        known = ", ".join(_READERS)
        return settings, Text.of(
            en=f"unknown key {key!r}: {f'did you mean {near[0]!r}?' if near else f'known are {known}'}",
            fr=f"clé inconnue {key!r} : {f'vouliez-vous dire {near[0]!r} ?' if near else f'il y a {known}'}",
        )
    try:
        changes: dict[str, Any] = {key: read(value, folder)}
    except _Unfit as error:
        return settings, Text.of(
            en=f"{key} must be {error.must.say('en')}, not {_shown(value).say('en')}",
            fr=f"{key} doit être {error.must.say('fr')}, et non {_shown(value).say('fr')}",
        )
    return replace(settings, **changes), Text()


def _one_of(*words: str) -> Callable[[object, Path], str]:
    def read(value: object, _: Path) -> str:
        if not isinstance(value, str) or value not in words:
            quoted = [f'"{word}"' for word in words]
            raise _Unfit(Text.of(en=" or ".join(quoted), fr=" ou ".join(quoted)))
        return value

    return read


def _text(value: object, _: Path) -> str:
    if not isinstance(value, str):
        raise _Unfit(
            Text.of(en='a text in quotes (operator = "17")', fr='un texte entre guillemets (operator = "17")')
        )
    return value


def _switch(value: object, _: Path) -> bool:
    if not isinstance(value, bool):
        raise _Unfit(Text.of(en="true or false", fr="true ou false"))
    return value


def _folder(value: object, folder: Path) -> Path:
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise _Unfit(Text.of(en="a folder in quotes", fr="un dossier entre guillemets"))
    try:
        return folder / Path(value).expanduser()
    except RuntimeError:
        exists = Text.of(
            en="a folder that exists for this user", fr="un dossier qui existe pour cet utilisateur"
        )
        raise _Unfit(exists) from None


_READERS: dict[str, Callable[[object, Path], str | bool | Path]] = {
    "language": _one_of("en", "fr"),
    "operator": _text,
    "desk": _text,
    "transcripts": _folder,
    "audience": _one_of("consumer", "dealer"),
    "colour": _switch,
    "personal": _switch,
}


def _shown(value: object) -> Text:
    if isinstance(value, dict):
        return Text.of(en="a table", fr="une table")
    if isinstance(value, list):
        return Text.of(en="a list", fr="une liste")
    return Text.of(en=json.dumps(value, ensure_ascii=False, default=str))


def _syntax(file: Path, text: str, error: ValueError) -> Text:
    """The parser's complaint with its position in front; at the end of the file it names none."""
    complaint = str(error).splitlines()[0]
    found = re.search(r" \(at line (\d+), column (\d+)\)$", complaint)
    line, column = (int(found[1]), int(found[2])) if found else _position(text)
    what = re.sub(r" \(at [^()]*\)$", "", complaint)
    what = f"{what[:1].lower()}{what[1:]}"
    return _at(
        file,
        line,
        column,
        Text.of(
            en=f"{what}: nothing of this file is used",
            fr=f"n'est pas du TOML ({what}) : rien de ce fichier n'est pris",
        ),
    )


def _position(before: str) -> tuple[int, int]:
    """Line and column, both from 1, of what comes after this text."""
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _place(text: str, key: str) -> tuple[int, int]:
    """Where a key of the top level is set, from 1; the start of the file when it cannot be seen."""
    name = rf"(?:{re.escape(key)}|{re.escape(json.dumps(key, ensure_ascii=False))}|'{re.escape(key)}')"
    found = re.search(rf"^[ \t]*(?:\[+[ \t]*)?({name})[ \t]*[=.\]]", text, re.MULTILINE)
    return _position(text[: found.start(1)]) if found else (1, 1)


def default_text(environ: Mapping[str, str] | None = None) -> str:
    """The file of :func:`write_default`: every setting with its default, commented out."""
    settings = defaults(environ)
    lines = ["# Settings of diagnose. Take away the # in front of a line to make it count.", ""]
    for field in fields(Settings):
        value = getattr(settings, field.name)
        shown = json.dumps(str(value) if isinstance(value, Path) else value, ensure_ascii=False)
        lines += [f"# {_REMARKS[field.name]}", f"#{field.name} = {shown}", ""]
    return "\n".join(lines)


def write_default(path: Path, environ: Mapping[str, str] | None = None, overwrite: bool = False) -> None:
    """Writes a commented settings file, whole or not at all, with the folders above it.

    Raises:
        FileExistsError: when there is one already, unless ``overwrite``.
        OSError: when the folder cannot be written.
    """
    if path.exists() and not overwrite:
        raise FileExistsError(f"{path} exists already")
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(default_text(environ))
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise

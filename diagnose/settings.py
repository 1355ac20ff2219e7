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

# By name, for the type checker knows only one of the two.
_toml = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")

VARIABLE = "DIAGNOSE_SETTINGS"


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
) -> tuple[Settings, tuple[str, ...]]:
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
        return settings, (f"{file}:1:1: cannot be read ({error.strerror}): defaults are used",)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _position(content[: error.start].decode("utf-8", "replace"))
        return settings, (f"{file}:{line}:{column}: is not UTF-8: save it as UTF-8",)
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
            problems.append(f"{file}:{line}:{column}: {problem}")
    return settings, tuple(problems)


def _entry(settings: Settings, key: str, value: object, folder: Path) -> tuple[Settings, str]:
    """The settings with this entry, and what is wrong with it (or nothing)."""
    read = _READERS.get(key)
    if read is None:
        near = difflib.get_close_matches(key.lower(), list(_READERS), n=1, cutoff=0.6)
        meant = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(_READERS)}"
        return settings, f"unknown key {key!r}: {meant}"
    try:
        changes: dict[str, Any] = {key: read(value, folder)}
    except ValueError as error:
        return settings, f"{key} must be {error}, not {_shown(value)}"
    return replace(settings, **changes), ""


def _one_of(*words: str) -> Callable[[object, Path], str]:
    def read(value: object, _: Path) -> str:
        if not isinstance(value, str) or value not in words:
            raise ValueError(" or ".join(f'"{word}"' for word in words))
        return value

    return read


def _text(value: object, _: Path) -> str:
    if not isinstance(value, str):
        raise ValueError('a text in quotes (operator = "17")')
    return value


def _switch(value: object, _: Path) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _folder(value: object, folder: Path) -> Path:
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise ValueError("a folder in quotes")
    try:
        return folder / Path(value).expanduser()
    except RuntimeError:
        raise ValueError("a folder that exists for this user") from None


_READERS: dict[str, Callable[[object, Path], str | bool | Path]] = {
    "language": _one_of("en", "fr"),
    "operator": _text,
    "desk": _text,
    "transcripts": _folder,
    "audience": _one_of("consumer", "dealer"),
    "colour": _switch,
    "personal": _switch,
}


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    return json.dumps(value, ensure_ascii=False, default=str)


def _syntax(file: Path, text: str, error: ValueError) -> str:
    """The parser's complaint with its position in front; at the end of the file it names none."""
    complaint = str(error).splitlines()[0]
    found = re.search(r" \(at line (\d+), column (\d+)\)$", complaint)
    line, column = (int(found[1]), int(found[2])) if found else _position(text)
    what = re.sub(r" \(at [^()]*\)$", "", complaint)
    return f"{file}:{line}:{column}: {what[:1].lower()}{what[1:]}: nothing of this file is used"


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

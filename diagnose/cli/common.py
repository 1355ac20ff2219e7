"""What the commands share: options, output, problems."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

if TYPE_CHECKING:
    from rich.console import RenderableType

    from diagnose.knowledge.model import KnowledgeBase
    from diagnose.knowledge.problems import Problem

Command = TypeVar("Command", bound=Callable[..., Any])
PIPED_WIDTH = 110
"""Columns of text that no terminal reads."""


class Unusable(click.ClickException):
    """Input that cannot be used: one line, exit status 2."""

    exit_code = 2

    def format_message(self) -> str:
        """The line, harmless to a terminal whatever file names are in it."""
        from diagnose.record.printable import clean

        return clean(self.message)


def knowledge_option(command: Command) -> Command:
    """``--knowledge DIR``, as ``knowledge``: a path or None."""
    return click.option(
        "--knowledge",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Knowledge folder; else DIAGNOSE_KNOWLEDGE, else the shipped one.",
    )(command)


def language_option(command: Command) -> Command:
    """``--lang fr|en``, as ``lang``: None when it is not given."""
    return click.option("--lang", type=click.Choice(["fr", "en"]), help="Language; else as in the settings.")(
        command
    )


def json_option(command: Command) -> Command:
    """``--json``, as ``as_json``."""
    return click.option("--json", "as_json", is_flag=True, help="For a program to read.")(command)


def knowledge_folder(explicit: Path | None) -> Path:
    """The knowledge folder to use.

    Raises:
        Unusable: when it is not there.
    """
    from diagnose.knowledge import catalogue

    folder = catalogue.root(explicit)
    if not folder.is_dir():
        raise Unusable(
            f"there is no knowledge folder {folder}: name one by --knowledge or DIAGNOSE_KNOWLEDGE"
        )
    return folder


def known_handset(folder: Path, handset: str, programme: str | None = None) -> None:
    """Refuses a handset or a programme that the folder does not have.

    Raises:
        Unusable: naming what it has instead.
    """
    from diagnose.knowledge import catalogue
    from diagnose.knowledge.problems import did_you_mean

    listed = {h.id: h for h in catalogue.handsets(folder)}
    if handset not in listed:
        mend = did_you_mean(handset, listed, "see diagnose handsets")
        raise Unusable(f"there is no handset {handset!r}; {mend}".rstrip("; "))
    programmes = listed[handset].programmes
    if programme is not None and programme not in programmes:
        mend = did_you_mean(programme, programmes)
        raise Unusable(f"{handset} does not have the programme {programme!r}; {mend}".rstrip("; "))


def handset_knowledge(
    knowledge: Path | None, handset: str, programme: str | None
) -> tuple[KnowledgeBase, bool]:
    """The knowledge base of a handset, and whether errors were found; its problems are told on stderr.

    The command ends with status 2 when it cannot be used.

    Raises:
        Unusable: when there is no such folder, handset or programme.
    """
    from diagnose.authoring.places import under
    from diagnose.knowledge import catalogue

    folder = knowledge_folder(knowledge)
    known_handset(folder, handset, programme)
    loaded = catalogue.load(folder, handset, programme)
    unsound = complain(loaded.problems, under(folder))
    if loaded.knowledge is None:
        finish(2)
    return loaded.knowledge, unsound


def language(lang: str | None) -> str:
    """The language asked for, else that of the settings."""
    if lang:
        return lang
    from diagnose import settings

    return settings.load()[0].language


def say(*renderables: RenderableType) -> None:
    """Text on stdout: coloured on a terminal only, and nothing in it is taken for markup."""
    from rich.console import Console

    piped = not sys.stdout.isatty()
    console = Console(
        file=sys.stdout,
        width=PIPED_WIDTH if piped else None,
        color_system=None if piped or os.environ.get("NO_COLOR") else "auto",
        markup=False,
        highlight=False,
        emoji=False,
    )
    with console.capture() as captured:
        console.print(*renderables, sep="\n")
    text = captured.get()
    # Columns are filled up with blanks, which nobody wants in a file.
    click.echo("\n".join(line.rstrip() for line in text.splitlines()) if piped else text, nl=piped)


def tell(line: str, err: bool = False) -> None:
    """One line with the name of a file in it, or anything else of which nobody knows what a terminal does."""
    from diagnose.record.printable import clean

    click.echo(clean(line), err=err)


def say_json(value: object) -> None:
    """One JSON value on stdout, readable; pure ASCII where the stream knows no more."""
    from diagnose.record.printable import escaped

    plain = (getattr(sys.stdout, "encoding", None) or "ascii").lower().replace("-", "") != "utf8"
    click.echo(escaped(json.dumps(value, indent=2, ensure_ascii=plain)))


def complain(problems: Iterable[Problem], named: Callable[[str], str] = str) -> bool:
    """Prints ``file:line:col: CODE message`` on stderr, one line each; whether one is an error.

    ``named``: what the reader calls their files, where these are told from the knowledge folder on.
    """
    from diagnose.knowledge.naming import shown_by
    from diagnose.knowledge.problems import errors
    from diagnose.record.printable import clean

    kept = tuple(problems)
    for problem in kept:
        click.echo(" ".join(clean(shown_by(problem, named)).split()), err=True)
    return bool(errors(kept))


def problems_json(problems: Iterable[Problem], named: Callable[[str], str] = str) -> list[dict[str, str]]:
    """Problems as plain JSON values; ``named`` as for :func:`complain`."""
    from diagnose.authoring.places import in_sight, located

    at = located(named)
    return [
        {
            "at": at(p.place),
            "code": p.code,
            "severity": p.severity,
            "message": in_sight(p.message, named),
            "mend": in_sight(p.mend, named),
        }
        for p in problems
    ]


def finish(status: int) -> NoReturn:
    """Ends the command with an exit status."""
    click.get_current_context().exit(status)

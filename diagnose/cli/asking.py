"""Questions to whoever writes knowledge: with completion on a terminal, plain from a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

import click

from diagnose.cli import common

Wrong = Callable[[str], str]
"""What is wrong with an answer; empty when nothing is."""


def asked(option: str, question: str, given: str | None, default: str, wrong: Wrong = lambda _: "") -> str:
    """What was given as an option, else what is typed; an empty line takes the default.

    Raises:
        Unusable: when what was given or piped is wrong; on a terminal it is said and can be mended.
    """
    answer = line(option, question, default, wrong=wrong) if given is None else given.strip() or default
    if complaint := wrong(answer):
        raise common.Unusable(complaint)
    return answer


def one_of(option: str, question: str, given: str | None, known: Sequence[str], default: str = "") -> str:
    """One of the known words, the first unless another is typed.

    Raises:
        Unusable: when it is another.
    """

    def wrong(answer: str) -> str:
        return "" if answer in known else _no_such(option, answer, known)

    if given is None:
        default = default or (known[0] if known else "")
        given = line(option, question, default, known, wrong)
    if complaint := wrong(given):
        raise common.Unusable(complaint)
    return given


def several(option: str, question: str, known: Sequence[str], given: Sequence[str] = ()) -> tuple[str, ...]:
    """Some of the known words, the first unless others are typed, apart by blanks or commas.

    Raises:
        Unusable: when one is another.
    """

    def wrong(answer: str) -> str:
        return next((_no_such(option, w, known) for w in _words(answer) if w not in known), "")

    if not given and not known:
        return ()
    typed = " ".join(given) or line(option, question, known[0], known, wrong)
    if complaint := wrong(typed):
        raise common.Unusable(complaint)
    return _words(typed)


def pairs(
    option: str, question: str, given: Sequence[str], known: Callable[[], Sequence[str]]
) -> dict[str, str]:
    """Pairs of a name and a value, ``name=value`` each, apart by blanks or commas; none on an empty line.

    Raises:
        Unusable: when one is written otherwise.
    """
    typed = given
    if not given:
        typed = _words(line(option, f"{question}, several apart by blanks", "", known(), _not_pairs))
    if complaint := _not_pairs(*typed):
        raise common.Unusable(f"--{option} {complaint}")
    split = (one.partition("=") for one in typed)
    return {name.strip(): value.strip() for name, _, value in split}


def line(
    option: str, question: str, default: str, known: Sequence[str] = (), wrong: Wrong = lambda _: ""
) -> str:
    """What is typed, or read from a pipe; the default for an empty line.

    Raises:
        Unusable: when there is no more to read, naming the option that would do.
    """
    if on_terminal():
        try:
            return _typed(question, default, known, wrong).strip() or default
        except EOFError:
            raise common.Unusable(f"nothing was answered; give --{option}") from None
    choice = f" ({_some(known)})" if default and known else ""
    click.echo(f"{question}{choice} [{default}]: " if default else f"{question}: ", nl=False, err=True)
    read = sys.stdin.readline()
    if not read:
        click.echo(err=True)
        raise common.Unusable(f"nothing was answered; give --{option}")
    return read.strip() or default


def on_terminal() -> bool:
    """Whether somebody sits there who can edit what he types."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _typed(question: str, default: str, known: Sequence[str], wrong: Wrong) -> str:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import WordCompleter
    from prompt_toolkit.document import Document
    from prompt_toolkit.output import create_output
    from prompt_toolkit.validation import ValidationError, Validator

    class Right(Validator):
        def validate(self, document: Document) -> None:
            if complaint := wrong(document.text.strip() or default):
                raise ValidationError(len(document.text), complaint)

    # what is asked goes to stderr, as for a pipe: stdout says only which file was written
    session: PromptSession[str] = PromptSession(output=create_output(sys.stderr))
    return session.prompt(
        f"{question} (Tab: which there are): " if known else f"{question}: ",
        default=default,
        completer=WordCompleter(list(known), WORD=True, match_middle=True) if known else None,
        validator=Right(),
        validate_while_typing=False,
        reserve_space_for_menu=6 if known else 0,
    )


def _no_such(option: str, answer: str, known: Sequence[str]) -> str:
    from diagnose.knowledge.problems import did_you_mean

    return f"there is no {option} {answer!r}; {did_you_mean(answer, known)}".rstrip("; ")


def _not_pairs(*typed: str) -> str:
    for one in (w for t in typed for w in _words(t)) if len(typed) == 1 else typed:
        name, sign, value = one.partition("=")
        if not (sign and name.strip() and value.strip()):
            return f"{one!r} is not symptom=answer"
    return ""


def _some(known: Sequence[str], most: int = 8) -> str:
    """The words to choose from, as many as fit on a line."""
    return ", ".join(known[:most]) + (f" and {len(known) - most} more" if len(known) > most else "")


def _words(typed: str) -> tuple[str, ...]:
    return tuple(typed.replace(",", " ").split())

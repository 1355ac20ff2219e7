"""The command ``diagnose`` itself, and the one guard between its commands and the user."""

from __future__ import annotations

import contextlib
import gc
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from diagnose import __version__
from diagnose.cli.common import knowledge_option, language_option
from diagnose.cli.lazy import LazyGroup
from diagnose.record.printable import clean

FINE, NOT_FINE, UNUSABLE = 0, 1, 2
INTERRUPTED, PIPE_CLOSED = 130, 141
"""As a shell reports the signals of the same name."""
DEBUG = "DIAGNOSE_DEBUG"
COMMANDS = (
    "calibrate",
    "call",
    "check",
    "consult",
    "course",
    "coverage",
    "diff",
    "explain",
    "export",
    "graph",
    "handsets",
    "key",
    "language-server",
    "new",
    "prove",
    "redact",
    "replay",
    "report",
    "schema",
    "score",
    "settings",
    "show",
    "simulate",
    "test",
    "train",
    "verify",
    "why",
)
GARBAGE = 50_000
"""Objects made before Python looks for cycles: nearly all that a start makes is kept."""


@click.group(
    cls=LazyGroup,
    names=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
    epilog="Exit status: 0 fine, 1 the thing checked is not fine, 2 wrong usage or unreadable input.",
)
@click.version_option(__version__, "-V", "--version", message="%(prog)s %(version)s")
@knowledge_option
@language_option
@click.pass_context
def diagnose(context: click.Context, knowledge: Path | None, lang: str | None) -> None:
    """Phone diagnosis on the hot line: from the caller's words to one of four verdicts."""
    given = {"knowledge": knowledge, "lang": lang}
    everywhere = {name: value for name, value in given.items() if value is not None}
    context.default_map = dict.fromkeys(COMMANDS, everywhere)
    if context.invoked_subcommand is None:
        click.echo(context.get_help(), err=True)
        context.exit(UNUSABLE)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """The entry point: runs the command line (``sys.argv`` unless given) and ends the process."""
    _unbreakable_streams()
    # the arrays of one call are small: more threads cost more than they bring (numpy is not imported yet)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.set_threshold(GARBAGE)
    if "_DIAGNOSE_COMPLETE" in os.environ:
        diagnose.main(prog_name="diagnose")
    status = run(sys.argv[1:] if arguments is None else arguments)
    sys.exit(status)


def run(arguments: Sequence[str]) -> int:  # noqa: PLR0911 - one per way to end
    """The exit status of a command line. Whatever goes wrong becomes one line on stderr."""
    try:
        with diagnose.make_context("diagnose", list(arguments)) as context:
            diagnose.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as end:
        return _flushed(end.exit_code)
    except click.ClickException as error:
        return _say(_worded(error), error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        return _say("interrupted", INTERRUPTED)
    except BrokenPipeError:
        return _pipe_closed()
    except OSError as error:
        from diagnose.record.failures import why

        what = why(error).say("en")
        return _say(f"{error.filename}: {what}" if error.filename else what, UNUSABLE)
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        what = " ".join(f"{type(error).__name__}: {error}".split())
        return _say(f"internal error: {what} (set {DEBUG}=1 to see where)", UNUSABLE)
    return FINE


def _worded(error: click.ClickException) -> str:
    """The message on one line; for wrong usage also where help is to be found."""
    message = " ".join(error.format_message().split())
    if isinstance(error, click.UsageError) and error.ctx is not None:
        return f"{message} (see {error.ctx.command_path} --help)"
    return message


def _say(message: str, status: int) -> int:
    with contextlib.suppress(OSError):
        print(f"diagnose: {clean(message)}", file=sys.stderr)
    return _flushed(status)


def _flushed(status: int) -> int:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        return _pipe_closed()
    except OSError as error:  # a full disk under a redirection shows only here
        with contextlib.suppress(OSError):
            print(f"diagnose: {error.strerror}", file=sys.stderr)
        _forget_stdout()
        return UNUSABLE
    return status


def _pipe_closed() -> int:
    """Whoever read us has seen enough (``| head``): nothing to complain of."""
    _forget_stdout()
    return PIPE_CLOSED


def _forget_stdout() -> None:
    """What is still buffered must not be written, nor complained of, when Python ends."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _unbreakable_streams() -> None:
    """A character that the terminal does not know is shown as ``?`` or an escape; it never stops a call.

    Streams that were closed before we began (``>&-``) swallow what they are given.
    """
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - for as long as we run
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - for as long as we run
    for stream, errors in ((sys.stdout, "replace"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)

"""``diagnose language-server``: what editors ask while knowledge is written."""

from __future__ import annotations

import sys

import click

from diagnose.cli import common


@click.command("language-server")
def language_server() -> None:
    """Serve editors on standard input and output, in the Language Server Protocol.

    An editor starts it for the YAML files of a knowledge folder, and has of it: what `diagnose check` says
    while one types, completion, what an id is and where it is written and used, an outline, and the mends of
    `diagnose check --fix`. Setting editors up: docs/knowledge.md, "In the editor".
    """
    try:
        from diagnose.editor.server import serve
    except ModuleNotFoundError as missing:
        if missing.name not in ("pygls", "lsprotocol"):
            raise
        raise common.Unusable(
            "the language server needs pygls, which is not here: pip install 'diagnose[editor]'"
        ) from None
    if sys.stdin.isatty():
        common.tell(
            "this is for an editor to start: it waits for the protocol here; Ctrl-C ends it", err=True
        )
    serve()

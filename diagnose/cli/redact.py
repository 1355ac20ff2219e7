"""``diagnose redact``: what is personal, taken out of transcripts for good."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import click

from diagnose.cli import common


def _age(_: click.Context, __: click.Parameter, value: str | None) -> timedelta | None:
    if value is None:
        return None
    found = re.fullmatch(r"([0-9]{1,5})d?", value)
    if found is None:
        raise click.BadParameter("a number of days, such as 90d")
    return timedelta(days=int(found[1]))


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE|FOLDER]...")
@click.option(
    "--older-than", callback=_age, metavar="90d", help="Only calls last touched so many days ago or more."
)
@click.option(
    "--only", multiple=True, metavar="FIELD", help="Only name, phone, address, imei ..., text, words, reason."
)
@click.option("--dry-run", is_flag=True, help="Say which calls, change nothing.")
def redact(
    paths: tuple[Path, ...], older_than: timedelta | None, only: tuple[str, ...], dry_run: bool
) -> None:
    """Take names, numbers, notes and the caller's words out of transcripts; they stay verifiable.

    Without FILE or FOLDER: the folder of the settings, and --older-than must be given.
    """
    from diagnose.record import redact as redacting
    from diagnose.record.failures import why
    from diagnose.record.transcript import CannotRecord, read, transcripts

    if not paths:
        if older_than is None:
            raise click.UsageError("name the transcripts, or say --older-than 90d")
        from diagnose import settings

        paths = (settings.load()[0].transcripts,)
    until = datetime.now().astimezone() - older_than if older_than is not None else None
    failed = 0
    for path in (f for p in paths for f in (transcripts(p) if p.is_dir() else [p])):
        try:
            if until is not None and not redacting.older(read(path), until):
                continue
            if dry_run:
                common.tell(f"{path}: would be redacted")
                continue
            done = redacting.redact(path, only)
        except (CannotRecord, OSError) as error:
            common.tell(f"{path}: not redacted: {why(error).say('en')}", err=True)
            failed = 1
            continue
        common.tell(f"{path}: {done.taken} taken out, {done.left} left")
    common.finish(failed)

"""``diagnose export``: one call for a customer or a court."""

from __future__ import annotations

import json
from pathlib import Path

import click

from diagnose.cli import common


@click.command()
@click.argument("call")
@click.option("--json", "form", flag_value="json", help="As JSON (unless --html is given).")
@click.option("--html", "form", flag_value="html", help="As a page that stands alone.")
@click.option(
    "--out", "-o", type=click.Path(path_type=Path), metavar="FILE", help="Write it there, for your eyes only."
)
@click.option("--without-personal", is_flag=True, help="Leave names, numbers, notes and words out.")
@click.option("--transcripts", type=click.Path(path_type=Path), metavar="DIR", help="Folder of transcripts.")
@click.option(
    "--keys", type=click.Path(path_type=Path), metavar="FILE", help="Known keys; else as diagnose key show."
)
@common.language_option
def export(
    call: str,
    form: str | None,
    out: Path | None,
    without_personal: bool,
    transcripts: Path | None,
    keys: Path | None,
    lang: str | None,
) -> None:
    """Export the trace of CALL, a file or the id of a call. Exit status 1 when it is not intact."""
    from diagnose.record import export as exporting
    from diagnose.record import keys as known
    from diagnose.record import verify as checking
    from diagnose.record.reading import read

    path = _found(call, transcripts)
    trust = checking.Trust(known.known_keys(keys))
    checked = checking.check_folder(path.parent, trust, [path]).calls[0]
    whole = read(path)
    editions = checking.editions_of(path, whole, trust)
    known_then = () if isinstance(editions, str) else editions
    made = exporting.Export(whole, known_then, checked, not without_personal)
    if form == "html":
        from diagnose.record.page import export_page

        spoken = lang or (whole.opened.language if whole.opened else "en")
        text = export_page(made, spoken if spoken in ("en", "fr") else "en")
    else:
        text = json.dumps(exporting.export_json(made), indent=2, ensure_ascii=True) + "\n"
    if out is None:
        click.echo(text, nl=False)
    else:
        _write(out, text)
    for finding in checked.findings:
        common.tell(str(finding), err=True)
    common.finish(int(checked.state not in ("intact", "open")))


def _found(call: str, folder: Path | None) -> Path:
    """The transcript of a file name or of a call's id; a name never leads out of the folder.

    Raises:
        Unusable: when there is none, or several.
    """
    from diagnose.record.reading import transcripts

    if Path(call).is_file():
        return Path(call)
    if folder is None:
        from diagnose import settings

        folder = settings.load()[0].transcripts
    fitting = [p for p in transcripts(folder) if call in (p.name, p.stem) or p.stem.endswith(f"-{call}")]
    if len(fitting) != 1:
        many = "several calls are" if fitting else "no call is"
        raise common.Unusable(f"{many} called {call!r} in {folder}: name its file")
    return fitting[0]


def _write(out: Path, text: str) -> None:
    """For its owner's eyes only, whole or not at all; no ordinary file (/dev/stdout) is written into."""
    import os

    from diagnose.record import files

    data = text.encode("utf-8", "backslashreplace")
    if out.exists() and not out.is_file():
        out.write_bytes(data)
    else:
        os.close(files.successor(out, data))

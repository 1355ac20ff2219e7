"""``diagnose verify``: whether transcripts are what was recorded."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from diagnose.cli import common

if TYPE_CHECKING:
    from diagnose.knowledge.model import Place
    from diagnose.record.verify import Folder, Trust


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE|FOLDER]...")
@click.option(
    "--keys", type=click.Path(path_type=Path), metavar="FILE", help="Known keys; else as diagnose key show."
)
@click.option(
    "--ends",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Hashes that the index ended with, written down elsewhere: lines that end with one.",
)
@click.option("--open", "open_too", is_flag=True, help="A call that was not ended yet is no fault.")
@click.option("--no-trace", is_flag=True, help="Do not derive the traces again: quicker.")
@click.option(
    "--mend", is_flag=True, help="First seal and enter what a crash at the end of a call left undone."
)
@click.option(
    "--knowledge",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Derive the traces on this knowledge, not on what was kept with the call.",
)
@common.json_option
def verify(
    paths: tuple[Path, ...],
    keys: Path | None,
    ends: Path | None,
    open_too: bool,
    no_trace: bool,
    mend: bool,
    knowledge: Path | None,
    as_json: bool,
) -> None:
    """Check transcripts: every line, the seal, the signature, the day's index, and the trace derived again.

    Without FILE or FOLDER: the folder of the settings. Exit status 0 only when all is well.
    """
    from diagnose.record import keys as known
    from diagnose.record import verify as checking

    held = _ends(ends) if ends is not None else {}
    trust = checking.Trust(known.known_keys(keys), knowledge, not no_trace, held)
    if keys is not None and not keys.is_file():
        raise common.Unusable(f"{keys}: there is no such file of keys")
    if knowledge is not None:
        common.knowledge_folder(knowledge)
    if not paths:
        from diagnose import settings

        paths = (settings.load()[0].transcripts,)
    missing = [path for path in paths if not path.exists()]
    for path in missing:
        common.tell(f"{path}: there is no such file or folder", err=True)
    if mend:
        _mend([p for p in paths if p.is_dir()])
    results = [_checked(path, trust) for path in paths if path.exists()]
    fine = _report(results, open_too, as_json)
    common.finish(2 if missing else int(not fine))


def _ends(file: Path) -> dict[Place, str]:
    """The hashes of a file, by their place: the last word of a line, whatever stands before it.

    Raises:
        Unusable: when it cannot be read, or has none.
    """
    from diagnose.knowledge.disk import contents
    from diagnose.knowledge.model import Place

    try:
        lines = contents(file).decode("utf-8", "replace").splitlines()
    except OSError as error:
        raise common.Unusable(f"{file}: cannot be read: {error.strerror or error}") from None
    found = {}
    for number, line in enumerate(lines, 1):
        hash_ = re.search(r"\b([0-9a-f]{64})\s*$", line)
        if hash_:
            found[Place(str(file), number, hash_.start(1) + 1)] = hash_[1]
    if not found:
        raise common.Unusable(f"{file}: no line of it ends with a hash; copy what diagnose verify prints")
    return found


def _mend(folders: list[Path]) -> None:
    from diagnose.record.mend import mend

    for folder in folders:
        for path, what in mend(folder):
            common.tell(f"{path}: {what}", err=True)


def _checked(path: Path, trust: Trust) -> Folder:
    from diagnose.record.verify import check_folder

    return check_folder(path, trust) if path.is_dir() else check_folder(path.parent, trust, [path])


def _report(results: list[Folder], open_too: bool, as_json: bool) -> bool:
    """Prints everything; whether all is well."""
    from diagnose.record.verify import folder_json

    fine = ("intact", "open") if open_too else ("intact",)
    well = all(not f.findings and all(c.state in fine for c in f.calls) for f in results)
    if as_json:
        common.say_json([folder_json(folder) for folder in results])
        return well
    for folder in results:
        for call in folder.calls:
            notes = [f"{call.events} events"]
            notes += [f"signed by {call.signer}"] if call.signer else []
            notes += [f"{call.redacted} redacted"] if call.redacted else []
            notes += ["trace derived again"] if call.proven else []
            notes += ["entered late"] if call.late else []
            common.tell(f"{call.path}: {call.state} ({', '.join(notes)})")
            for finding in call.findings:
                common.tell(f"  {finding}")
        for finding in folder.findings:
            common.tell(str(finding))
        for day in folder.days:
            common.tell(f"{day.path}: {day.calls} call{'' if day.calls == 1 else 's'}, ends with {day.end}")
        if folder.days:
            common.tell(f"{folder.path}: the index ends with {folder.end}")
        if not folder.calls:
            common.tell(f"{folder.path}: no transcripts")
    return well

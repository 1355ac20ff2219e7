"""The comment by which an editor finds the schema of a file: ``# yaml-language-server: $schema=...``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from diagnose.authoring.meaning.finding import warning
from diagnose.knowledge.model import Place
from diagnose.knowledge.problems import Problem

MODELINE = re.compile(r"#\s*yaml-language-server:\s*\$schema=(\S*)")
SCHEMAS = "schema"


def modeline(file: str, kind: str) -> str:
    """The comment with which a file of this kind begins."""
    return f"# yaml-language-server: $schema={'../' * file.count('/')}{SCHEMAS}/{kind}.json"


def modeline_problems(root: Path, file: str, kind: str, text: str) -> Iterator[Problem]:
    """That the comment leads to no schema or to that of another kind, or is not there though the schema is.

    A folder without ``schema/`` asks for no comment; one that leads to another server is left alone.
    """
    schema = root / SCHEMAS / f"{kind}.json"
    mend = f"write {modeline(file, kind)}"
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and not line.startswith("#"):
            break
        found = MODELINE.search(line)
        if found is not None:
            if not _leads_to(found[1], (root / file).parent, schema):
                place = Place(file, number, found.start() + 1)
                yield warning(place, "K519", f"this does not lead to the schema of a {kind}", mend)
            return
    if text.strip() and schema.is_file():
        yield warning(Place(file, 1, 1), "K519", f"nothing leads to the schema of a {kind}", mend)


def _leads_to(written: str, folder: Path, schema: Path) -> bool:
    """Whether it is the schema of the folder, one of that name kept elsewhere, or another server's."""
    if "://" in written:
        return True
    path = (folder / written).resolve()
    return path == schema.resolve() or (path.name == schema.name and path.is_file())

"""Are the transcripts of a folder what was recorded there? Each of them, and the index of each day.

Nothing in a file makes the checks raise. What is found is a value with a place and a stable code; a
transcript is ``intact`` only when nothing is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from diagnose.record import index
from diagnose.record.chain import NOTHING, canonical, hash_of, shallow
from diagnose.record.checking import Trust, check_bytes, check_file, editions_of
from diagnose.record.findings import CODES, Checked, Finding, at, call_json, finding_json, once
from diagnose.record.keys import signed_by
from diagnose.record.reading import transcripts

__all__ = [
    "CODES", "Checked", "Day", "Finding", "Folder", "Trust", "call_json", "check_bytes", "check_file",
    "check_folder", "editions_of", "finding_json", "folder_json",
]  # fmt: skip

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Day:
    """The index of one day: the calls in it, and the hash of its last line, to be written down elsewhere."""

    path: Path
    entries: tuple[Json, ...]
    end: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of transcripts: each of them, its days, and what is wrong between them."""

    path: Path
    calls: tuple[Checked, ...]
    days: tuple[Day, ...]
    findings: tuple[Finding, ...]


def check_folder(folder: Path, trust: Trust, only: Iterable[Path] | None = None) -> Folder:
    """The transcripts of a folder (or only some), and its index against them.

    With ``only``, calls of the index that are missing are not looked for, and a folder without an index is
    no complaint: that is a transcript on its own.
    """
    paths = transcripts(folder) if only is None else list(only)
    calls = [check_file(path, trust) for path in paths]
    days = [_day(path, trust) for path in index.days(folder)]
    found = list(_between(days))
    entries = [(day, number, entry) for day in days for number, entry in enumerate(day.entries, 1)]
    listed: dict[str, tuple[str, Day, int]] = {
        str(e.get("file")): (str(e.get("sealed")), day, number) for day, number, e in entries
    }
    seals = {str(e.get("sealed")) for _, _, e in entries}
    checked = []
    for call in calls:
        extra = list(_against(call, listed, seals, bool(days) or only is None))
        checked.append(replace(call, findings=once([*call.findings, *extra])))
    if only is None:
        there = {path.name for path in paths}
        for name, (_, day, number) in listed.items():
            if name not in there:
                found.append(
                    at(day.path, number, "V203", f"{_plain(name)}: this call was sealed and is missing")
                )
    return Folder(folder, tuple(checked), tuple(days), tuple(found))


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)[:200]


def _against(
    call: Checked, listed: Mapping[str, tuple[str, Day, int]], seals: set[str], asked: bool
) -> Iterable[Finding]:
    """A call against what the index says of it."""
    entry = listed.get(call.path.name)
    if entry is not None and call.seal != entry[0]:
        day, number = entry[1], entry[2]
        said = (
            f"sealed otherwise than {day.path.name}:{number} says"
            if call.seal
            else "sealed once, and is cut short"
        )
        yield at(call.path, 1, "V205" if call.seal else "V104", f"the call was {said}")
    elif entry is None and call.seal and asked and call.seal not in seals:
        yield at(call.path, 1, "V204", "the call is sealed, but not in the index of any day")


def _day(path: Path, trust: Trust) -> Day:
    found: list[Finding] = []
    entries: list[Json] = []
    before = ""
    try:
        with path.open("rb") as file:
            data = file.read(index.MAX_BYTES)
    except OSError as error:
        return Day(path, (), NOTHING, (at(path, 1, "V208", f"cannot be read: {error.strerror or error}"),))
    raws = data.split(b"\n")
    if raws[-1]:
        found.append(at(path, len(raws), "V201", "the last line is torn"))
    for number, raw in enumerate(raws[:-1], 1):
        try:
            entry = json.loads(raw)
        except (ValueError, RecursionError):
            entry = None
        if not isinstance(entry, dict) or not isinstance(entry.get("hash"), str) or not shallow(entry):
            found.append(at(path, number, "V201", "no line of an index"))
            continue
        if entry["hash"] != hash_of(entry) or canonical(entry) != raw:
            found.append(at(path, number, "V201", "this line was altered"))
        elif entry.get("n") != number or (before and entry.get("before") != before):
            found.append(at(path, number, "V202", "this line does not follow the one before it"))
        found += _entry_signature(path, number, entry, trust)
        before = entry["hash"]
        entries.append(entry)
    return Day(path, tuple(entries), before or NOTHING, tuple(found))


def _entry_signature(path: Path, number: int, entry: Json, trust: Trust) -> Iterable[Finding]:
    key = entry.get("key")
    if key is None:
        if trust.keys or "signature" in entry:
            yield at(path, number, "V206", "this line is not signed, though this desk's keys are known")
    elif not signed_by(key, entry.get("signature"), "index", entry["hash"]):
        yield at(path, number, "V206", "the signature does not fit")
    elif key not in trust.keys:
        yield at(path, number, "V108", f"signed by a key that is not known: {key}")


def _between(days: Sequence[Day]) -> Iterable[Finding]:
    """What is wrong in the days, and whether each follows a line of another."""
    known = {str(e.get("hash")): day.path for day in days for e in day.entries}
    starts = 0
    for day in days:
        yield from day.findings
        if not day.entries:
            continue
        before = str(day.entries[0].get("before"))
        if before == NOTHING:
            starts += 1
            if starts > 1:
                yield at(day.path, 1, "V207", "a second beginning: this day follows no other")
        elif known.get(before, day.path) == day.path:
            yield at(day.path, 1, "V207", "the day that this one follows is missing")


def folder_json(folder: Folder) -> Json:
    """The checks as plain JSON values."""
    return {
        "folder": str(folder.path),
        "calls": [call_json(call) for call in folder.calls],
        "days": [{"file": d.path.name, "calls": len(d.entries), "end": d.end} for d in folder.days],
        "findings": [finding_json(f) for f in folder.findings],
    }

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
    """The index of one day: the calls in it, and the hash of its last line."""

    path: Path
    entries: tuple[Json, ...]
    end: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of transcripts: each of them, its days, and what is wrong between them.

    ``end``: the hash that the chain of all days ends with, to be written down elsewhere.
    """

    path: Path
    calls: tuple[Checked, ...]
    days: tuple[Day, ...]
    findings: tuple[Finding, ...]
    end: str = NOTHING


def check_folder(folder: Path, trust: Trust, only: Iterable[Path] | None = None) -> Folder:
    """The transcripts of a folder (or only some), and its index against them.

    With ``only``, calls of the index that are missing are not looked for, and a folder without an index is
    no complaint: that is a transcript on its own.
    """
    paths = transcripts(folder) if only is None else list(only)
    calls = [check_file(path, trust) for path in paths]
    entered = index.snapshot(folder)
    days = [_day(path, data, trust) for path, data in entered.days]
    end, between = _chain(days)
    found = [*(finding for day in days for finding in day.findings), *between]
    found += _written_down(folder, days, entered.end, trust)
    entries = [(day, number, entry) for day in days for number, entry in enumerate(day.entries, 1)]
    late = {str(e.get("file")) for _, _, e in entries if e.get("late")}
    listed: dict[str, tuple[str, Day, int]] = {
        str(e.get("file")): (str(e.get("sealed")), day, number) for day, number, e in entries
    }
    seals = {str(e.get("sealed")): str(e.get("file")) for _, _, e in entries}
    checked = []
    for call in calls:
        extra = list(_against(call, listed, seals, bool(days) or only is None))
        checked.append(replace(call, findings=once([*call.findings, *extra]), late=call.path.name in late))
    if only is None:
        there = {path.name for path in paths}
        for name, (_, day, number) in listed.items():
            if name not in there:
                found.append(
                    at(day.path, number, "V203", f"{_plain(name)}: this call was sealed and is missing")
                )
    return Folder(folder, tuple(checked), tuple(days), tuple(found), end)


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)[:200]


def _against(
    call: Checked, listed: Mapping[str, tuple[str, Day, int]], seals: Mapping[str, str], asked: bool
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
    elif entry is None and call.seal and asked:
        other = seals.get(call.seal)
        said = "not in the index of any day" if other is None else f"called {_plain(other)} in the index"
        yield at(call.path, 1, "V204", f"the call is sealed, but {said}")


def _day(path: Path, data: bytes | OSError, trust: Trust) -> Day:
    found: list[Finding] = []
    entries: list[Json] = []
    if isinstance(data, OSError):
        return Day(path, (), NOTHING, (at(path, 1, "V208", f"cannot be read: {data.strerror or data}"),))
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
        elif entry.get("n") != number:
            found.append(at(path, number, "V202", f"line {number} of the day should be here"))
        found += _entry_signature(path, number, entry, trust)
        entries.append(entry)
    return Day(path, tuple(entries), entries[-1]["hash"] if entries else NOTHING, tuple(found))


def _entry_signature(path: Path, number: int, entry: Json, trust: Trust) -> Iterable[Finding]:
    key = entry.get("key")
    if key is None:
        if trust.keys or "signature" in entry:
            yield at(path, number, "V206", "this line is not signed, though this desk's keys are known")
    elif not signed_by(key, entry.get("signature"), "index", entry["hash"]):
        yield at(path, number, "V206", "the signature does not fit")
    elif key not in trust.keys:
        yield at(path, number, "V108", f"signed by a key that is not known: {key}")


def _chain(days: Sequence[Day]) -> tuple[str, list[Finding]]:
    """The hash that no line follows, and where the lines of all days are not one chain.

    Every line but one follows another, and no line is followed twice: then there is one order of all of them,
    and none is missing but at its end.
    """
    places = {str(e.get("hash")): (day.path, n) for day in days for n, e in enumerate(day.entries, 1)}
    followed: dict[str, tuple[Path, int]] = {}
    found = []
    for day in days:
        told = {finding.place.line for finding in day.findings}
        for number, entry in enumerate(day.entries, 1):
            before, here = str(entry.get("before")), (day.path, number)
            other = followed.setdefault(before, here)
            if number in told:
                continue
            if other != here:
                said = f"follows the same line as {other[0].name}:{other[1]}: one of the two was put in"
                found.append(at(day.path, number, "V207", said))
            elif before != NOTHING and before not in places:
                found.append(at(day.path, number, "V207", "the line that this one follows is missing"))
    return next((h for h in reversed(places) if h not in followed), NOTHING), found


def _written_down(folder: Path, days: Sequence[Day], end: str, trust: Trust) -> Iterable[Finding]:
    """Whether the ends of the chain that were written down are in it: in the lock file, and elsewhere."""
    known = {NOTHING, *(str(e.get("hash")) for day in days for e in day.entries)}
    if end and end not in known:
        lock = folder / index.FOLDER / index.LOCK
        yield at(lock, 1, "V209", f"the index went on to {end}, which is missing")
    for place, written in trust.ends.items():
        if written not in known:
            yield Finding(place, "V209", f"the index ended with {written} once, which is missing")


def folder_json(folder: Folder) -> Json:
    """The checks as plain JSON values."""
    return {
        "folder": str(folder.path),
        "calls": [call_json(call) for call in folder.calls],
        "end": folder.end,
        "days": [{"file": d.path.name, "calls": len(d.entries), "end": d.end} for d in folder.days],
        "findings": [finding_json(f) for f in folder.findings],
    }

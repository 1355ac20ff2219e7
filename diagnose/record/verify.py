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

    @property
    def calls(self) -> int:
        """How many calls it tells of."""
        return len({str(entry.get("file")) for entry in self.entries})


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
    told = _told(days)
    seals = {e.seal: name for name, some in told.items() for e in some if e.seal}
    checked = []
    for call in calls:
        entries = told.get(call.path.name, [])
        extra = _against(call, entries, seals, bool(days) or only is None)
        late = bool(entries) and (any(e.late for e in entries) or entries[0].line != 1)
        checked.append(replace(call, findings=once([*call.findings, *extra]), late=late))
    if only is None:
        there = {path.name for path in paths}
        for name, some in told.items():
            if name not in there:
                last = some[-1]
                what = "sealed" if last.seal else "opened"
                said = f"{_plain(name)}: this call was {what} and is missing"
                found.append(at(last.place[0], last.place[1], "V203", said))
    return Folder(folder, tuple(checked), tuple(days), tuple(found), end)


@dataclass(frozen=True, slots=True)
class Told:
    """What a line of the index says of a call: its seal, or that the line of that number had that hash."""

    place: tuple[Path, int]
    seal: str
    line: int
    hash: str
    late: bool


def _told(days: Sequence[Day]) -> dict[str, list[Told]]:
    """By the file of the call, in the order in which the chain has the lines of all days."""
    entries = [(day.path, n, e) for day in days for n, e in enumerate(day.entries, 1)]
    after = {str(entry.get("before")): i for i, (_, _, entry) in enumerate(entries)}
    order: dict[int, None] = {}
    before = NOTHING
    while (i := after.get(before, -1)) >= 0 and i not in order:
        order[i] = None
        before = str(entries[i][2].get("hash"))
    order |= dict.fromkeys(range(len(entries)))  # those that are no part of the chain, too
    told: dict[str, list[Told]] = {}
    for path, number, entry in map(entries.__getitem__, order):
        line, seal = entry.get("line"), entry.get("sealed")
        told.setdefault(str(entry.get("file")), []).append(
            Told(
                (path, number),
                seal if isinstance(seal, str) else "",
                line if isinstance(line, int) and not isinstance(line, bool) and line > 0 else 0,
                str(entry.get("reached")),
                bool(entry.get("late")),
            )
        )
    return told


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)[:200]


def _against(
    call: Checked, entries: Sequence[Told], seals: Mapping[str, str], asked: bool
) -> Iterable[Finding]:
    """A call against what the index says of it."""
    changed = next((e for e in entries if e.line and call.hashes[e.line - 1 : e.line] != (e.hash,)), None)
    sealed = next((e for e in reversed(entries) if e.seal), None)
    if any(f.code in ("V114", "V208") for f in call.findings):
        return  # nothing of it was looked at
    if sealed is not None and call.seal != sealed.seal:
        where = f"{sealed.place[0].name}:{sealed.place[1]}"
        said = f"otherwise than {where} says" if call.seal else "once, and is cut short"
        yield at(call.path, 1, "V205" if call.seal else "V104", f"the call was sealed {said}")
    elif changed is not None:
        where = f"{changed.place[0].name}:{changed.place[1]}"
        if len(call.hashes) < changed.line:
            yield at(
                call.path,
                len(call.hashes) + 1,
                "V104",
                f"the call went on to line {changed.line}, as {where} says",
            )
        else:
            said = f"this line is not the one that {where} has: it, or one before it, was replaced"
            yield at(call.path, changed.line, "V205", said)
    elif sealed is None and call.seal and asked:
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
        known = {finding.message for finding in found if finding.code == "V108"}  # each key once a day
        found += (f for f in _entry_signature(path, number, entry, trust) if f.message not in known)
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
    for day in days:
        for number, entry in enumerate(day.entries, 1):
            lost = str(entry.get("lost", NOTHING))
            if lost not in known:
                said = f"before this line the index went on to {_plain(lost)}, which is missing"
                yield at(day.path, number, "V209", said)
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
        "days": [{"file": d.path.name, "calls": d.calls, "end": d.end} for d in folder.days],
        "findings": [finding_json(f) for f in folder.findings],
    }

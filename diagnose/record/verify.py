"""Is a transcript what was recorded? Every line, the seal, the signature, the day's index, the trace.

Nothing in a file makes the checks raise. What is found is a value with a place and a stable code; a
transcript is ``intact`` only when nothing is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from diagnose.consultation.call import Refused
from diagnose.consultation.trace import walk
from diagnose.knowledge import catalogue
from diagnose.knowledge.model import KnowledgeBase, Place
from diagnose.record import index, kept
from diagnose.record.chain import NOTHING, canonical, hash_of
from diagnose.record.keys import signed_by
from diagnose.record.reading import (
    MAX_BYTES,
    MAX_LINE,
    MOST_LINES,
    SPARE_LINES,
    Line,
    Recording,
    parsed,
    recording,
    transcripts,
)

CODES = {
    "V101": "a line was altered",
    "V102": "lines stand in another order",
    "V103": "lines are missing, or there twice",
    "V104": "the end was cut off",
    "V105": "a personal value was altered",
    "V106": "the seal does not fit the call",
    "V107": "the signature does not fit",
    "V108": "signed by a key that is not known",
    "V109": "not signed, though keys are known",
    "V110": "the trace is not what follows from the events",
    "V111": "the knowledge of the call cannot be used",
    "V112": "not a sealed transcript",
    "V113": "the call was not ended",
    "V114": "too much for a call",
    "V201": "a line of the index was altered",
    "V202": "the index has lines in another order, missing or twice",
    "V203": "a call of the index is missing",
    "V204": "a sealed call is missing from the index",
    "V205": "a call has another seal than the index says",
    "V206": "the signature of a line of the index does not fit",
    "V207": "a day does not follow another",
    "V208": "a file cannot be read",
}
"""Everything that can be found: 1 in a transcript, 2 in the index or around it."""

State = Literal["intact", "open", "altered", "reordered", "cut short", "missing", "unknown key", "unproven"]
_STATES: Mapping[str, State] = {
    "V101": "altered", "V102": "reordered", "V103": "altered", "V104": "cut short", "V105": "altered",
    "V106": "altered", "V107": "altered", "V108": "unknown key", "V109": "unknown key", "V110": "altered",
    "V111": "unproven", "V112": "unproven", "V113": "open", "V114": "altered", "V201": "altered",
    "V202": "reordered", "V203": "missing", "V204": "missing", "V205": "altered", "V206": "altered",
    "V207": "altered", "V208": "unproven",
}  # fmt: skip
_WORST: Sequence[State] = (
    "altered", "reordered", "cut short", "missing", "unknown key", "unproven", "open", "intact",
)  # fmt: skip

Json = dict[str, Any]
Bases = dict[tuple[str, str, "str | None"], "KnowledgeBase | str"]
"""Knowledge that was loaded already, or why it could not be."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was recorded."""

    place: Place
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.code} {self.message}"


@dataclass(frozen=True, slots=True)
class Checked:
    """One file and what was found in it. ``seal``: the hash of its last line when it is a sealed call.

    ``signer``: the name of the key it is signed by; ``redacted``: how many personal values are gone;
    ``proven``: the trace was derived again and came out the same.
    """

    path: Path
    findings: tuple[Finding, ...] = ()
    events: int = 0
    seal: str = ""
    signer: str = ""
    redacted: int = 0
    proven: bool = False

    @property
    def state(self) -> State:
        """The worst of what was found."""
        found = {_STATES[f.code] for f in self.findings} | {"intact"}
        return next(state for state in _WORST if state in found)


@dataclass(frozen=True)
class Trust:
    """What a check goes by.

    ``keys``: public keys that are known, with names; when there are any, a call must be signed by one.
    ``root``: a knowledge folder to derive traces on; None: the knowledge kept beside the transcript.
    ``derive``: whether to derive them at all.
    """

    keys: Mapping[str, str] = field(default_factory=dict)
    root: Path | None = None
    derive: bool = True
    bases: Bases = field(default_factory=dict)


def check_file(path: Path, trust: Trust) -> Checked:
    """One transcript by itself: its lines, its seal and signature, its trace."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        return Checked(path, (_at(path, 1, "V208", f"cannot be read: {error.strerror or error}"),))
    return check_bytes(path, data, trust)


def check_bytes(path: Path, data: bytes, trust: Trust) -> Checked:
    """As :func:`check_file`, of bytes that were read already."""
    found = list(_sizes(path, data))
    lines: list[Line] = []
    if not found:
        lines = _lines(path, data, found)
        if not found:  # else the lines that cannot be read would be missed a second time
            found += _order(path, lines)
        found += _end(path, data, lines)
    whole, _ = recording(path, data)
    seal = next((line for line in lines if line.kind == "seal"), None)
    signer = ""
    if seal is not None:
        found += _seal(path, seal, whole, len(lines))
        signer = trust.keys.get(str(seal.data["seal"].get("key")), "")
        found += _signature(path, seal, trust)
    proven = False
    if trust.derive and whole.opened is not None and lines:
        wrong = _trace(path, whole, trust)
        found += wrong
        proven = not wrong
    hash_ = str(seal.data.get("hash", "")) if seal is not None else ""
    return Checked(path, _once(found), len(whole.events), hash_, signer, whole.redacted, proven)


def _once(found: Iterable[Finding]) -> tuple[Finding, ...]:
    kept_: dict[Finding, None] = dict.fromkeys(found)
    return tuple(sorted(kept_, key=lambda f: (f.place.line, f.code)))


def _at(path: Path, line: int, code: str, message: str) -> Finding:
    return Finding(Place(str(path), line, 1), code, message)


def _sizes(path: Path, data: bytes) -> Iterable[Finding]:
    if len(data) > MAX_BYTES:
        yield _at(path, 1, "V114", f"more than {MAX_BYTES} bytes")
    elif data.count(b"\n") > MOST_LINES + SPARE_LINES:
        yield _at(path, MOST_LINES + SPARE_LINES + 1, "V114", f"more than {MOST_LINES} lines")
    elif max(map(len, data.split(b"\n"))) > MAX_LINE:
        yield _at(path, 1, "V114", f"a line of more than {MAX_LINE} bytes")


def _lines(path: Path, data: bytes, found: list[Finding]) -> list[Line]:
    """Every line that can be read, each held against its own hash and against how it must be written."""
    lines: list[Line] = []
    raws = data.split(b"\n")
    for number, raw in enumerate(raws[:-1], 1):
        line = parsed(raw, Place(str(path), number, 1), _claimed(raw))
        if not isinstance(line, Line):
            code = "V105" if line.code == "T108" else "V101"
            found.append(_at(path, number, code, f"cannot be read: {line.message}"))
            continue
        if "hash" not in line.data:
            found.append(_at(path, number, "V112", "this line carries no hash"))
        elif line.data["hash"] != hash_of(line.data):
            found.append(_at(path, number, "V101", f"{_what(line)} does not fit its hash"))
        elif canonical(line.data) != raw:
            found.append(_at(path, number, "V101", f"{_what(line)} is written otherwise than it was"))
        lines.append(line)
    if raws[-1]:
        found.append(_at(path, len(raws), "V104", "the last line is torn: it has no end"))
    return lines


def _claimed(raw: bytes) -> int:
    """The number that a line gives itself, so that a line in the wrong place can still be read."""
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        return 0
    n = data.get("n") if isinstance(data, dict) else None
    return n if isinstance(n, int) and not isinstance(n, bool) else 0


def _what(line: Line) -> str:
    """A line in a word or two."""
    if line.kind == "event":
        return f"the event {line.data['event'].get('event')!r} or its trace"
    return "the seal" if line.kind == "seal" else "what happened to the file"


def _order(path: Path, lines: Sequence[Line]) -> Iterable[Finding]:
    """The numbers and the chain."""
    numbers = [line.data["n"] for line in lines]
    should = list(range(1, len(lines) + 1))
    if numbers != should:
        first = next(i for i, n in enumerate(numbers) if n != i + 1)
        at = lines[first].number
        if sorted(numbers) == should:
            yield _at(
                path, at, "V102", f"line {numbers[first]} of the call stands in the place of {first + 1}"
            )
        else:
            twice = len(set(numbers)) < len(numbers)
            said = "a line is there twice" if twice else f"line {first + 1} of the call is missing"
            yield _at(path, at, "V103", said)
        return
    before = NOTHING
    for line in lines:
        if "hash" in line.data and line.data.get("before") != before:
            yield _at(
                path, line.number, "V101", "does not follow the line before it: one of the two was replaced"
            )
        before = str(line.data.get("hash"))


def _end(path: Path, data: bytes, lines: Sequence[Line]) -> Iterable[Finding]:
    kinds = [line.kind for line in lines]
    after = data.count(b"\n") + 1
    if not lines:
        yield _at(path, 1, "V112", "there is nothing in it")
    elif "seal" in kinds and kinds.index("seal") != len(kinds) - 1:
        yield _at(path, lines[kinds.index("seal") + 1].number, "V103", "a line stands after the seal")
    elif kinds[-1] != "seal":
        ended = any(
            line.kind == "event" and line.data["event"].get("event") in ("closed", "abandoned")
            for line in lines
        )
        if ended:
            yield _at(path, after, "V104", "the call ended, but the seal is missing")
        else:
            yield _at(path, after, "V113", "the call was not ended: nothing seals it")


def _seal(path: Path, seal: Line, whole: Recording, count: int) -> Iterable[Finding]:
    said = seal.data["seal"]
    opened = whole.opened
    if count == seal.number and said.get("events") != len(whole.events):
        yield _at(
            path,
            seal.number,
            "V106",
            f"the seal counts {said.get('events')} events, {len(whole.events)} are here",
        )
    if opened is not None and said.get("call") != opened.call:
        yield _at(path, seal.number, "V106", "the seal is of another call")


def _signature(path: Path, seal: Line, trust: Trust) -> Iterable[Finding]:
    key, signature = seal.data["seal"].get("key"), seal.data.get("signature")
    if key is None:
        if signature is not None:
            yield _at(path, seal.number, "V107", "there is a signature, but no key")
        elif trust.keys:
            yield _at(path, seal.number, "V109", "the call is not signed, though this desk's keys are known")
        return
    if not signed_by(key, signature, "seal", str(seal.data.get("hash"))):
        yield _at(path, seal.number, "V107", "the signature does not fit the seal")
    elif key not in trust.keys:
        yield _at(path, seal.number, "V108", f"signed by a key that is not known: {key}")


def _trace(path: Path, whole: Recording, trust: Trust) -> Iterable[Finding]:
    """The trace derived again from the events, on the knowledge of the call."""
    kb = knowledge_of(path, whole, trust)
    if isinstance(kb, str):
        return [_at(path, 1, "V111", kb)]
    opened = whole.opened
    assert opened is not None
    found = []
    if trust.root is None and kb.revision != opened.revision:
        found.append(
            _at(path, 1, "V111", f"the call names knowledge {opened.revision}, {kb.revision} was kept")
        )
    try:
        for (_, entry), recorded, line in zip(
            walk(kb, whole.events), whole.entries, whole.lines, strict=False
        ):
            if canonical(entry) != canonical(recorded):
                keys_ = [k for k in sorted({*entry, *recorded}) if entry.get(k) != recorded.get(k)]
                made = str((whole.head or {}).get("product", ""))
                found.append(
                    _at(
                        path,
                        line,
                        "V110",
                        f"the trace does not follow from the events: {', '.join(keys_)} ({made})",
                    )
                )
                break
    except Refused as refused:
        found.append(_at(path, 1, "V110", f"the events are not those of a call: {refused}"))
    return found


def knowledge_of(path: Path, whole: Recording, trust: Trust) -> KnowledgeBase | str:
    """The knowledge that the call was made on, or why it cannot be had."""
    opened = whole.opened
    if opened is None:
        return "nothing was recorded"
    address = str((whole.head or {}).get("knowledge", ""))
    key = (str(trust.root) if trust.root else f"{path.parent}/{address}", opened.handset, opened.programme)
    if key not in trust.bases:
        trust.bases[key] = _load(path, address, opened.handset, opened.programme, trust.root)
    return trust.bases[key]


def _load(
    path: Path, address: str, handset: str, programme: str | None, root: Path | None
) -> KnowledgeBase | str:
    try:
        if root is not None:
            loaded = catalogue.load(root, handset, programme)
        else:
            with kept.unpacked(path.parent / kept.FOLDER, address) as folder:
                loaded = catalogue.load(folder, handset, programme)
    except kept.NotKept as error:
        return str(error)
    kb = loaded.knowledge
    if kb is None or not kb.faults or not kb.remedies:
        return f"there is no usable knowledge of {handset}"
    return kb


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
        checked.append(replace(call, findings=_once([*call.findings, *extra])))
    if only is None:
        there = {path.name for path in paths}
        for name, (_, day, number) in listed.items():
            if name not in there:
                found.append(
                    _at(day.path, number, "V203", f"{_plain(name)}: this call was sealed and is missing")
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
        yield _at(call.path, 1, "V205" if call.seal else "V104", f"the call was {said}")
    elif entry is None and call.seal and asked and call.seal not in seals:
        yield _at(call.path, 1, "V204", "the call is sealed, but not in the index of any day")


def _day(path: Path, trust: Trust) -> Day:
    found: list[Finding] = []
    entries: list[Json] = []
    before = ""
    try:
        with path.open("rb") as file:
            data = file.read(index.MAX_BYTES)
    except OSError as error:
        return Day(path, (), NOTHING, (_at(path, 1, "V208", f"cannot be read: {error.strerror or error}"),))
    raws = data.split(b"\n")
    if raws[-1]:
        found.append(_at(path, len(raws), "V201", "the last line is torn"))
    for number, raw in enumerate(raws[:-1], 1):
        try:
            entry = json.loads(raw)
        except (ValueError, RecursionError):
            entry = None
        if not isinstance(entry, dict) or not isinstance(entry.get("hash"), str):
            found.append(_at(path, number, "V201", "no line of an index"))
            continue
        if entry["hash"] != hash_of(entry) or canonical(entry) != raw:
            found.append(_at(path, number, "V201", "this line was altered"))
        elif entry.get("n") != number or (before and entry.get("before") != before):
            found.append(_at(path, number, "V202", "this line does not follow the one before it"))
        found += _entry_signature(path, number, entry, trust)
        before = entry["hash"]
        entries.append(entry)
    return Day(path, tuple(entries), before or NOTHING, tuple(found))


def _entry_signature(path: Path, number: int, entry: Json, trust: Trust) -> Iterable[Finding]:
    key = entry.get("key")
    if key is None:
        if trust.keys or "signature" in entry:
            yield _at(path, number, "V206", "this line is not signed, though this desk's keys are known")
    elif not signed_by(key, entry.get("signature"), "index", entry["hash"]):
        yield _at(path, number, "V206", "the signature does not fit")
    elif key not in trust.keys:
        yield _at(path, number, "V108", f"signed by a key that is not known: {key}")


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
                yield _at(day.path, 1, "V207", "a second beginning: this day follows no other")
        elif known.get(before, day.path) == day.path:
            yield _at(day.path, 1, "V207", "the day that this one follows is missing")


def folder_json(folder: Folder) -> Json:
    """The checks as plain JSON values."""
    return {
        "folder": str(folder.path),
        "calls": [call_json(call) for call in folder.calls],
        "days": [{"file": d.path.name, "calls": len(d.entries), "end": d.end} for d in folder.days],
        "findings": [finding_json(f) for f in folder.findings],
    }


def call_json(call: Checked) -> Json:
    """One transcript's check as plain JSON values."""
    return {
        "file": str(call.path),
        "state": call.state,
        "events": call.events,
        "seal": call.seal or None,
        "signed_by": call.signer or None,
        "redacted": call.redacted,
        "trace": call.proven,
        "findings": [finding_json(f) for f in call.findings],
    }


def finding_json(finding: Finding) -> Json:
    """A finding as plain JSON values."""
    return {"at": str(finding.place), "code": finding.code, "message": finding.message}

"""Is one transcript what was recorded? Every line, the seal, the signature, the trace derived again.

Nothing in a file makes the checks raise.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from diagnose import __version__
from diagnose.consultation.call import Editions, Refused
from diagnose.consultation.events import Opened, Renewed
from diagnose.consultation.trace import walk
from diagnose.knowledge import catalogue
from diagnose.knowledge.disk import beginning
from diagnose.knowledge.model import KnowledgeBase, Place
from diagnose.record import kept
from diagnose.record.chain import NOTHING, canonical, hash_of
from diagnose.record.findings import Checked, Finding, at, once
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
)

MOST_UNREAD = 3
"""Lines of a file that are named one by one when they cannot be read; of the others the number is said."""
Json = dict[str, Any]
Bases = dict[tuple[str, str, "str | None"], "KnowledgeBase | str"]
"""Knowledge that was loaded already, or why it could not be."""


@dataclass(frozen=True)
class Trust:
    """What a check goes by.

    ``keys``: public keys that are known, with names; when there are any, a call must be signed by one.
    ``root``: a knowledge folder to derive traces on; None: the knowledge kept beside the transcript.
    ``derive``: whether to derive them at all. ``ends``: hashes that the index ended with once, as they were
    written down elsewhere, by the place where they are.
    """

    keys: Mapping[str, str] = field(default_factory=dict)
    root: Path | None = None
    derive: bool = True
    ends: Mapping[Place, str] = field(default_factory=dict)
    bases: Bases = field(default_factory=dict)


def check_file(path: Path, trust: Trust) -> Checked:
    """One transcript by itself: its lines, its seal and signature, its trace."""
    try:
        data = beginning(path, MAX_BYTES + 1)
    except OSError as error:
        return Checked(path, (at(path, 1, "V208", f"cannot be read: {error.strerror or error}"),))
    return check_bytes(path, data, trust)


def check_bytes(path: Path, data: bytes, trust: Trust) -> Checked:
    """As :func:`check_file`, of bytes that were read already."""
    found = list(_sizes(path, data))
    lines: list[Line] = []
    if not found:
        lines = _lines(path, data, found)
        if not found:  # else the lines that cannot be read would be missed a second time
            found += _order(path, lines)
        if any("hash" in line.data for line in lines) or not lines:
            found += _end(path, data, lines)
    whole, _ = recording(path, data)
    seal = next((line for line in lines if line.kind == "seal"), None)
    signer = ""
    if seal is not None and not found:  # else it would be held against what is left of the call
        found += _seal(path, seal, whole, len(lines))
    # of lines that do not fit each other the seal's signature says enough
    fitting = not any(f.code != "V113" for f in found)
    doubts = list(_signatures(path, [line for line in lines if fitting or line is seal], trust))
    found += doubts
    if seal is not None and not doubts:
        signer = trust.keys.get(str(seal.data["seal"].get("key")), "")
    proven = False
    if trust.derive and whole.opened is not None and lines:
        wrong = _trace(path, whole, trust)
        found += wrong
        proven = not wrong and not any(f.code != "V113" for f in found)
    hash_ = str(seal.data.get("hash", "")) if seal is not None else ""
    return Checked(
        path, once(found), len(whole.events), hash_, signer, whole.redacted, proven, hashes=whole.hashes
    )


def _sizes(path: Path, data: bytes) -> Iterable[Finding]:
    if len(data) > MAX_BYTES:
        yield at(path, 1, "V114", f"more than {MAX_BYTES} bytes")
    elif data.count(b"\n") > MOST_LINES + SPARE_LINES:
        yield at(path, MOST_LINES + SPARE_LINES + 1, "V114", f"more than {MOST_LINES} lines")
    elif max(map(len, data.split(b"\n"))) > MAX_LINE:
        yield at(path, 1, "V114", f"a line of more than {MAX_LINE} bytes")


def _lines(path: Path, data: bytes, found: list[Finding]) -> list[Line]:
    """Every line that can be read, each held against its own hash and against how it must be written."""
    lines: list[Line] = []
    unread: list[Finding] = []
    raws = data.split(b"\n")
    for number, raw in enumerate(raws[:-1], 1):
        line = parsed(raw, Place(str(path), number, 1), _claimed(raw))
        if not isinstance(line, Line):
            code = "V105" if line.code == "T108" else "V101"
            unread.append(at(path, number, code, f"cannot be read: {line.message}"))
            continue
        if "hash" not in line.data:
            if not any(f.code == "V112" for f in found):
                found.append(at(path, number, "V112", "this line carries no hash: nothing proves it"))
        elif line.data["hash"] != hash_of(line.data):
            found.append(at(path, number, "V101", f"{_what(line)} does not fit its hash"))
        elif canonical(line.data) != raw:
            found.append(at(path, number, "V101", f"{_what(line)} is written otherwise than it was"))
        lines.append(line)
    found += unread[:MOST_UNREAD]
    if len(unread) > MOST_UNREAD:
        next_ = unread[MOST_UNREAD].place.line
        found.append(at(path, next_, "V101", f"{len(unread) - MOST_UNREAD} lines more cannot be read"))
    if raws[-1]:
        found.append(at(path, len(raws), "V104", "the last line is torn: it has no end"))
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
        where = lines[first].number
        if sorted(numbers) == should:
            yield at(
                path, where, "V102", f"line {numbers[first]} of the call stands in the place of {first + 1}"
            )
        else:
            twice = len(set(numbers)) < len(numbers)
            said = "a line is there twice" if twice else f"line {first + 1} of the call is missing"
            yield at(path, where, "V103", said)
        return
    before = NOTHING
    for line in lines:
        if "hash" in line.data and line.data.get("before") != before:
            yield at(
                path, line.number, "V101", "does not follow the line before it: one of the two was replaced"
            )
        before = str(line.data.get("hash"))


def _end(path: Path, data: bytes, lines: Sequence[Line]) -> Iterable[Finding]:
    kinds = [line.kind for line in lines]
    after = data.count(b"\n") + 1
    if not lines:
        said = "no line of it is one of a transcript" if data.strip() else "there is nothing in it"
        yield at(path, 1, "V112", said)
    elif "seal" in kinds and kinds.index("seal") != len(kinds) - 1:
        yield at(path, lines[kinds.index("seal") + 1].number, "V103", "a line stands after the seal")
    elif kinds[-1] != "seal":
        ended = any(
            line.kind == "event" and line.data["event"].get("event") in ("closed", "abandoned")
            for line in lines
        )
        if ended:
            yield at(path, after, "V104", "the call ended, but the seal is missing")
        else:
            yield at(path, after, "V113", "the call was not ended: nothing seals it")


def _seal(path: Path, seal: Line, whole: Recording, count: int) -> Iterable[Finding]:
    said = seal.data["seal"]
    opened = whole.opened
    if count == seal.number and said.get("events") != len(whole.events):
        yield at(
            path,
            seal.number,
            "V106",
            f"the seal counts {said.get('events')} events, {len(whole.events)} are here",
        )
    if opened is not None and said.get("call") != opened.call:
        yield at(path, seal.number, "V106", "the seal is of another call")


def _signatures(path: Path, lines: Sequence[Line], trust: Trust) -> Iterable[Finding]:
    """Of the seal and of every other line; the same of many lines is said of the first."""
    said: set[tuple[str, str]] = set()
    for line in sorted(lines, key=lambda line: line.kind != "seal"):
        purpose, holder = ("seal", line.data["seal"]) if line.kind == "seal" else ("line", line.data)
        for finding in _signature(path, line.number, purpose, holder.get("key"), line.data, trust):
            told = (finding.code, purpose if finding.code == "V107" else str(holder.get("key")))
            if told not in said:
                said.add(told)
                yield finding


def _signature(
    path: Path, number: int, purpose: str, key: object, data: Json, trust: Trust
) -> Iterable[Finding]:
    """The signature of a line, and whether its key is known. ``purpose``: seal or line."""
    seal = purpose == "seal"
    if key is None:
        if data.get("signature") is not None:
            yield at(path, number, "V107", "there is a signature, but no key")
        elif trust.keys:
            what = "the call" if seal else "this line"
            yield at(path, number, "V109", f"{what} is not signed, though this desk's keys are known")
    elif not signed_by(key, data.get("signature"), purpose, str(data.get("hash"))):
        said = "the seal" if seal else "this line"
        yield at(path, number, "V107", f"the signature does not fit {said}")
    elif key not in trust.keys:
        yield at(path, number, "V108", f"signed by a key that is not known: {key}")


def _trace(path: Path, whole: Recording, trust: Trust) -> Sequence[Finding]:
    """The trace derived again from the events, on the knowledge of the call and of each renewal."""
    editions = editions_of(path, whole, trust)
    if isinstance(editions, str):
        return [at(path, 1, "V111", editions)]
    found = [] if trust.root else list(_misnamed(path, whole, editions))
    try:
        for n, (_, entry) in enumerate(walk(editions, whole.events)):
            recorded = whole.entries[n]
            if canonical(entry) != canonical(recorded):
                parts = ", ".join(k for k in sorted({*entry, *recorded}) if entry.get(k) != recorded.get(k))
                made = (whole.head or {}).get("product", "")
                said = f"the trace does not follow from the events: {parts} (recorded by {made})"
                found.append(at(path, whole.lines[n], "V110", said))
                break
    except (Refused, OverflowError) as refused:  # a time for which no promise can be reckoned
        found.append(at(path, 1, "V110", f"the events are not those of a call: {refused}"))
    return found


def _misnamed(path: Path, whole: Recording, editions: Editions) -> Iterable[Finding]:
    """Where the call names other knowledge than was kept for it.

    Another version of the product may read the same text otherwise and name it otherwise: it is not asked.
    """
    if (whole.head or {}).get("product") != f"diagnose {__version__}":
        return
    grounds = [
        (line, event.revision)
        for line, event in zip(whole.lines, whole.events, strict=True)
        if isinstance(event, (Opened, Renewed))
    ]
    for (line, named), kb in zip(grounds, editions, strict=True):
        if kb.revision != named:
            yield at(path, line, "V111", f"the call names knowledge {named}, what was kept is {kb.revision}")


def editions_of(path: Path, whole: Recording, trust: Trust) -> Editions | str:
    """The knowledge that the call was opened on and what each renewal took over; or why it cannot be had.

    On the folder that ``trust`` names it is one for all.
    """
    if whole.opened is None:
        return "nothing was recorded"
    found = []
    for address in whole.grounds[:1] if trust.root else whole.grounds:
        kb = _base(path, address, whole.opened, trust)
        if isinstance(kb, str):
            return kb
        found.append(kb)
    return tuple(found)


def _base(path: Path, address: str, opened: Opened, trust: Trust) -> KnowledgeBase | str:
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

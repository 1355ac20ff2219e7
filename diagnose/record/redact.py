"""Taking what is personal out of transcripts, for good; the chain, the seal and the signature stay whole."""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from diagnose.consultation.call import Refused, moment
from diagnose.record import files
from diagnose.record.chain import hash_of, written
from diagnose.record.failures import HASHLESS, AlreadyOpen, Busy, CannotRecord, broken, why
from diagnose.record.reading import MAX_BYTES, Recording, recording

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Redacted:
    """What was taken out of one transcript: so many values; ``left`` are still there."""

    path: Path
    taken: int
    left: int


def redact(path: Path, fields: Collection[str] = ()) -> Redacted:
    """Takes the personal values out of a transcript, written anew whole or not at all.

    ``fields``: only values of these kinds: ``words``, ``text`` (notes), ``reason``, or what was identified
    (``name``, ``phone``, ``address``, ``imei`` ...); none named: all.

    Raises:
        AlreadyOpen: when the call is being written.
        CannotRecord: when it is altered or broken (verify it first), or cannot be written.
    """
    try:
        old = files.for_change(path)
    except OSError as error:
        raise CannotRecord(path, why(error)) from error
    try:
        files.own(old)
        # Nobody may take the call over while it is written anew: what he recorded would be replaced.
        with files.instant(old):
            if not files.is_at(old, path):
                raise AlreadyOpen(path)
            data = files.everything(old, MAX_BYTES + 1)
            whole, _ = recording(path, data)
            if whole.broken or whole.torn:
                raise CannotRecord(path, broken(whole.problems[0]))
            if whole.chained < data.count(b"\n"):
                raise CannotRecord(path, HASHLESS)
            lines, taken, left = _without(data, fields)
            if taken:
                os.close(files.successor(path, lines))
    except Busy:
        raise AlreadyOpen(path) from None
    except OSError as error:
        raise CannotRecord(path, why(error)) from error
    finally:
        os.close(old)
    return Redacted(path, taken, left)


def _without(data: bytes, fields: Collection[str]) -> tuple[bytes, int, int]:
    """The lines without these personal values, how many were taken out, and how many are left."""
    out, taken, left = [], 0, 0
    for raw in data.splitlines():
        line: Json = json.loads(raw)
        beside = line.get("personal", {})
        if not beside:
            out.append(raw + b"\n")
            continue
        kinds = {*beside, str(line["event"].get("field", ""))}
        if fields and not kinds & set(fields):
            left += len(beside)
            out.append(raw + b"\n")
            continue
        public = {k: v for k, v in line.items() if k != "personal"}
        assert hash_of(public) == line["hash"], "reading has checked it"
        taken += len(beside)
        out.append(written(public))
    return b"".join(out), taken, left


def last_day(whole: Recording) -> datetime | None:
    """When the call was last touched; None when it has no time."""
    try:
        return moment(whole.events[-1].at) if whole.events else None
    except Refused:
        return None


def older(whole: Recording, than: datetime) -> bool:
    """Whether everything in the call happened before a moment (with an offset); undated calls are not."""
    last = last_day(whole)
    if last is None:
        return False
    return (last if last.tzinfo else last.astimezone()) < than

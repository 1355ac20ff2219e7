"""What is personal in an event, kept beside the line instead of in it.

The line holds a commitment: SHA-256 over the canonical JSON of ``[salt, value]``. Salt and value stand
beside it under ``personal``. Take them away and the line still fits its hash, yet nobody can find out what
was there, nor claim that it was something else.
"""

from __future__ import annotations

from typing import Any

from diagnose.consultation.events import KINDS, PERSONAL
from diagnose.record.chain import digest

Json = dict[str, Any]

REDACTED = "[redacted]"
"""What is read in place of a value that was redacted or left out from the start."""


class Unfitting(ValueError):
    """A personal value that is not the one committed to, or that no line asks for."""


def commitment(salt: str, value: str) -> str:
    """What stands in the line for a value."""
    return digest([salt, value])


def parted(event: Json, salt: str) -> tuple[Json, Json]:
    """An event (as JSON) with its personal value replaced by a commitment, and what is kept beside it.

    An event without anything personal, or with an empty value, comes back as it is, with nothing beside it.
    """
    field = PERSONAL.get(KINDS[event["event"]], "")
    value = event.get(field)
    if not isinstance(value, str) or not value:
        return event, {}
    public = {**event, field: {"commitment": commitment(salt, value)}}
    return public, {field: {"salt": salt, "value": value}}


def joined(event: object, personal: object) -> tuple[object, bool]:
    """The event as it happened, :data:`REDACTED` where a value is gone; and whether one is.

    Raises:
        Unfitting: when what stands beside the line does not belong to it.
    """
    if not isinstance(event, dict):
        return event, False
    beside = {} if personal is None else personal
    if not isinstance(beside, dict):
        raise Unfitting("what is personal is not an object")
    whole, gone = dict(event), False
    committed = [k for k, v in event.items() if isinstance(v, dict) and list(v) == ["commitment"]]
    for field in committed:
        kept = beside.get(field)
        if kept is None:
            whole[field], gone = REDACTED, True
            continue
        if not isinstance(kept, dict) or sorted(kept) != ["salt", "value"]:
            raise Unfitting(f"{field}: a salt and a value should be here")
        salt, value = kept["salt"], kept["value"]
        if not isinstance(salt, str) or not isinstance(value, str):
            raise Unfitting(f"{field}: a salt and a value should be here")
        if commitment(salt, value) != event[field]["commitment"]:
            raise Unfitting(f"{field} is not the value that was recorded")
        whole[field] = value
    stray = sorted(set(beside) - set(committed))
    if stray:
        raise Unfitting(f"{', '.join(stray)}: no such field in the line")
    if personal == {}:
        raise Unfitting("an empty object where nothing should be")
    return whole, gone

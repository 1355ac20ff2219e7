"""What happens on a call, as frozen events: the only state there is. A call is a fold over them.

Every event carries ``at``, the time it happened as ISO 8601 text with offset, given by the driver.
``to_json``/``from_json`` are inverse; the JSON names the kind under ``event``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Literal

TryResult = Literal["cured", "not_cured", "before", "declined"]
"""Of a remedy tried on the phone; ``before``: done already, in vain; ``declined``: not now."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at a time."""

    at: str


@dataclass(frozen=True, slots=True)
class Opened(Event):
    """The first event of every call."""

    call: str
    handset: str
    programme: str | None
    revision: str
    product: str
    language: str = "en"
    audience: str = "consumer"
    operator: str = ""
    desk: str = ""


@dataclass(frozen=True, slots=True)
class Answered(Event):
    """A symptom's answer (``unknown``: don't know). A second one for the same symptom changes it.

    ``volunteered``: said without being asked; ``words`` are then the caller's own.
    """

    symptom: str
    answer: str
    volunteered: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class Tried(Event):
    """A remedy was tried on the phone, had been before, or was declined."""

    remedy: str
    outcome: TryResult


@dataclass(frozen=True, slots=True)
class Undone(Event):
    """The last answer or try is taken back."""


@dataclass(frozen=True, slots=True)
class Redone(Event):
    """What was taken back last stands again."""


@dataclass(frozen=True, slots=True)
class Renewed(Event):
    """The call goes on with edited knowledge, of this revision; all that was said so far is kept."""

    revision: str


@dataclass(frozen=True, slots=True)
class Noted(Event):
    """The operator's free note."""

    text: str


@dataclass(frozen=True, slots=True)
class Identified(Event):
    """Something personal, or about this very unit: imei, name, phone, address, postcode."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Spoke(Event):
    """From here on in this language; changes words only, never a decision."""

    language: str


@dataclass(frozen=True, slots=True)
class Held(Event):
    """The call waits; ``reason`` may be a call back agreed with the caller."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Resumed(Event):
    """The call goes on, perhaps by somebody else."""

    operator: str = ""


@dataclass(frozen=True, slots=True)
class HandedOver(Event):
    """The call is passed on and waits for whoever takes it."""

    to: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Accepted(Event):
    """The system's verdict was given to the caller."""


@dataclass(frozen=True, slots=True)
class Overruled(Event):
    """The operator gave another verdict, and why; the system's own stays beside it."""

    verdict: str
    remedy: str
    reason: str


@dataclass(frozen=True, slots=True)
class Closed(Event):
    """The end of a call with its disposition; nothing may follow."""

    disposition: str = ""


@dataclass(frozen=True, slots=True)
class Abandoned(Event):
    """The end of a call without a verdict; nothing may follow."""

    reason: str = ""


KINDS: dict[str, type[Event]] = {
    "opened": Opened,
    "answered": Answered,
    "tried": Tried,
    "undone": Undone,
    "redone": Redone,
    "renewed": Renewed,
    "noted": Noted,
    "identified": Identified,
    "spoke": Spoke,
    "held": Held,
    "resumed": Resumed,
    "handed_over": HandedOver,
    "accepted": Accepted,
    "overruled": Overruled,
    "closed": Closed,
    "abandoned": Abandoned,
}
NAMES = {kind: name for name, kind in KINDS.items()}
FIELDS = {kind: tuple(f.name for f in fields(kind)) for kind in NAMES}
PERSONAL: dict[type[Event], str] = {
    Answered: "words",
    Noted: "text",
    Identified: "value",
    Held: "reason",
    HandedOver: "reason",
    Overruled: "reason",
    Abandoned: "reason",
}
"""The field of an event that may hold something personal: what was said, typed freely, or is about somebody.

Transcripts keep it apart, so that it can be redacted; the trace names the event and leaves it out. No
decision may depend on it.
"""


class BadEvent(ValueError):
    """A mapping that is not an event: unknown kind, a field missing, too many, or of another type."""


def to_json(event: Event) -> dict[str, Any]:
    """The event as plain JSON values, its kind first."""
    kind = type(event)
    return {"event": NAMES[kind], **{name: getattr(event, name) for name in FIELDS[kind]}}


def from_json(data: object) -> Event:
    """The event that :func:`to_json` wrote.

    Raises:
        BadEvent: when it is not one.
    """
    if not isinstance(data, dict):
        raise BadEvent("an event is a JSON object")
    name = data.get("event")
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise BadEvent(f"unknown event {name!r}")
    known = {f.name: f for f in fields(kind)}
    given = {k: v for k, v in data.items() if k != "event"}
    for key, value in given.items():
        if key not in known:
            raise BadEvent(f"event {name!r} has no field {key!r}")
        if key == "volunteered":
            good = isinstance(value, bool)
        elif key == "programme":
            good = value is None or isinstance(value, str)
        else:
            good = isinstance(value, str)
        if not good:
            raise BadEvent(f"field {key!r} of event {name!r} has the wrong type")
    try:
        return kind(**given)
    except TypeError:
        missing = sorted(k for k in known if k not in given)
        raise BadEvent(f"event {name!r} lacks {', '.join(missing)}") from None

"""One call to be handed on: personal or not, with the check of it and the words that it ended with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from diagnose.consultation.call import Call, Editions, Refused, after, open_call
from diagnose.consultation.closing import read_out
from diagnose.consultation.events import PERSONAL, Accepted, Event, Opened, Overruled, to_json
from diagnose.knowledge.model import KnowledgeBase
from diagnose.record.findings import Checked, call_json
from diagnose.record.personal import REDACTED
from diagnose.record.reading import Recording
from diagnose.record.replay import last_verdict

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Export:
    """A call, the knowledge it was made on (none: ids stand for words), and whether it is intact.

    ``personal``: whether what is personal is shown.
    """

    recording: Recording
    knowledge: Editions
    checked: Checked
    personal: bool = True

    @property
    def ended_on(self) -> KnowledgeBase | None:
        """The knowledge that the call ended on."""
        return self.knowledge[-1] if self.knowledge else None


@dataclass(frozen=True, slots=True)
class Closing:
    """What the operator had before him to read out when he gave the verdict; when, and in which language."""

    at: str
    language: str
    lines: tuple[str, ...]


def export_json(export: Export) -> Json:
    """Everything that was recorded, with the check of it, as plain JSON values."""
    whole, said = export.recording, closing_of(export)
    return {
        "file": whole.path.name,
        "head": whole.head,
        "events": [to_json(event if export.personal else public(event)) for event in whole.events],
        "trace": list(whole.entries),
        "verdict": last_verdict(whole.events, whole.entries),
        "closing": said and {"at": said.at, "language": said.language, "lines": list(said.lines)},
        "marks": list(whole.marks),
        "seal": whole.seal,
        "check": {**call_json(export.checked), "file": whole.path.name},
    }


def public(event: Event) -> Event:
    """The event without what is personal in it."""
    field = PERSONAL.get(type(event), "")
    changes: Json = {field: REDACTED} if getattr(event, field, "") else {}
    return replace(event, **changes)


def closing_of(export: Export) -> Closing | None:
    """The words of the verdict that stands, as they were derived from the answers when it was given.

    None when none was given, or the call cannot be followed on what is left of its knowledge.
    """
    opened, *later = export.recording.events or (None,)
    if not isinstance(opened, Opened) or not export.knowledge:
        return None
    given: Call | None = None
    try:
        call = open_call(export.knowledge, opened)
        for event in later:
            call = after(call, event)
            if isinstance(event, (Accepted, Overruled)):
                given = call
            elif not (call.accepted or call.overruled):
                given = None
        if given is None:
            return None
        lines = read_out(given, given.language, given.opened.audience)
    except (Refused, OverflowError):  # a time for which no promise can be reckoned
        return None
    return Closing(given.events[-1].at, given.language, lines) if lines else None

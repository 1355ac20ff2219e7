"""A call as it stood after each event that can bring something about."""

from __future__ import annotations

from collections.abc import Iterator

from diagnose.consultation.call import Call, after, open_call
from diagnose.consultation.events import Answered, Opened, Tried


def moments(call: Call) -> Iterator[Call]:
    """The call after each event that can bring something about."""
    now: Call | None = None
    for event in call.events:
        if isinstance(event, Opened):
            now = open_call(call.kb, event)
        elif now is not None:
            now = after(now, event)
        if now is not None and isinstance(event, (Opened, Answered, Tried)):
            yield now

"""What a caller with a silent phone says, one after the other, for tests of calls."""

from __future__ import annotations

from diagnose.consultation.events import Answered, Opened
from tests.make import ringer

KB = ringer()
AT = "1998-03-02T10:00:00+01:00"
OPENED = Opened(AT, "c1", "acme-one", "care", KB.revision, "0")


def said(symptom: str, answer: str = "yes", volunteered: bool = False) -> Answered:
    return Answered(AT, symptom, answer, volunteered)

"""What `diagnose call` was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class CallOptions:
    """How to take one call.

    ``root``: the knowledge folder. ``handset``: its id or part of its name; None: ask on the screen.
    ``programme``: None: the handset's first. ``resume``: the id of a call that waits, empty for the
    newest; None: a new call. ``transcripts``: the folder that the call is written to.
    ``personal``: whether names, numbers, notes and the caller's words are kept. ``take_over``: go on with a
    call even when somebody has it open.
    """

    root: Path
    handset: str | None
    programme: str | None
    resume: str | None
    plain: bool
    language: str
    audience: str
    operator: str
    desk: str
    transcripts: Path
    colour: bool = True
    personal: bool = True
    take_over: bool = False

"""What can be found wrong with transcripts, as values with a place and a stable code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from diagnose.knowledge.model import Place

Json = dict[str, Any]

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
    "V207": "lines of the index are missing, or were put in",
    "V208": "a file cannot be read",
    "V209": "an end of the index that was written down is missing",
}
"""Everything that can be found: 1 in a transcript, 2 in the index or around it."""

State = Literal["intact", "open", "altered", "reordered", "cut short", "missing", "unknown key", "unproven"]
STATES: Mapping[str, State] = {
    "V101": "altered", "V102": "reordered", "V103": "altered", "V104": "cut short", "V105": "altered",
    "V106": "altered", "V107": "altered", "V108": "unknown key", "V109": "unknown key", "V110": "altered",
    "V111": "unproven", "V112": "unproven", "V113": "open", "V114": "altered", "V201": "altered",
    "V202": "reordered", "V203": "missing", "V204": "missing", "V205": "altered", "V206": "altered",
    "V207": "altered", "V208": "unproven", "V209": "missing",
}  # fmt: skip
_WORST: Sequence[State] = (
    "altered", "reordered", "cut short", "missing", "unknown key", "unproven", "open", "intact",
)  # fmt: skip


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
    ``proven``: the trace was derived again and came out the same; ``late``: the index has it, but not from
    the moment when it was opened and when it was sealed; ``hashes``: of each line that could be read.
    """

    path: Path
    findings: tuple[Finding, ...] = ()
    events: int = 0
    seal: str = ""
    signer: str = ""
    redacted: int = 0
    proven: bool = False
    late: bool = False
    hashes: tuple[str, ...] = ()

    @property
    def state(self) -> State:
        """The worst of what was found."""
        found = {STATES[f.code] for f in self.findings} | {"intact"}
        return next(state for state in _WORST if state in found)


def once(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """By line and code, each one once."""
    kept_: dict[Finding, None] = dict.fromkeys(found)
    return tuple(sorted(kept_, key=lambda f: (f.place.line, f.code)))


def at(path: Path, line: int, code: str, message: str) -> Finding:
    """A finding at the beginning of a line."""
    return Finding(Place(str(path), line, 1), code, message)


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
        "late": call.late,
        "findings": [finding_json(f) for f in call.findings],
    }


def finding_json(finding: Finding) -> Json:
    """A finding as plain JSON values."""
    return {"at": str(finding.place), "code": finding.code, "message": finding.message}

"""What can be found wrong with transcripts, as values with a place and a stable code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from diagnose.knowledge.model import Place, Text

Json = dict[str, Any]

CODES: Mapping[str, Text] = {
    "V101": Text.of(en="a line was altered", fr="une ligne a été modifiée"),
    "V102": Text.of(en="lines stand in another order", fr="des lignes ne sont plus dans leur ordre"),
    "V103": Text.of(en="lines are missing, or there twice", fr="des lignes manquent, ou y sont deux fois"),
    "V104": Text.of(en="the end was cut off", fr="la fin a été coupée"),
    "V105": Text.of(en="a personal value was altered", fr="une donnée personnelle a été modifiée"),
    "V106": Text.of(en="the seal does not fit the call", fr="le sceau ne correspond pas à l'appel"),
    "V107": Text.of(en="a signature does not fit", fr="une signature n'est pas la bonne"),
    "V108": Text.of(en="signed by a key that is not known", fr="signé par une clé inconnue"),
    "V109": Text.of(en="not signed, though keys are known", fr="non signé, alors que des clés sont connues"),
    "V110": Text.of(
        en="the trace is not what follows from the events",
        fr="le raisonnement ne découle pas des réponses",
    ),
    "V111": Text.of(
        en="the knowledge of the call cannot be used",
        fr="les connaissances de l'appel sont inutilisables",
    ),
    "V112": Text.of(en="not a sealed transcript", fr="n'est pas un enregistrement scellé"),
    "V113": Text.of(en="the call was not ended", fr="l'appel n'a pas été terminé"),
    "V114": Text.of(en="too much for a call", fr="trop volumineux pour un appel"),
    "V201": Text.of(en="a line of the index was altered", fr="une ligne de l'index a été modifiée"),
    "V202": Text.of(
        en="the index has lines in another order, missing or twice",
        fr="l'index a des lignes déplacées, manquantes ou doublées",
    ),
    "V203": Text.of(en="a call of the index is missing", fr="un appel de l'index manque"),
    "V204": Text.of(en="a sealed call is missing from the index", fr="un appel scellé manque à l'index"),
    "V205": Text.of(
        en="a call is not the one that the index knows",
        fr="un appel n'est pas celui que l'index connaît",
    ),
    "V206": Text.of(
        en="the signature of a line of the index does not fit",
        fr="la signature d'une ligne de l'index n'est pas la bonne",
    ),
    "V207": Text.of(
        en="lines of the index are missing, or were put in",
        fr="des lignes de l'index manquent ou ont été ajoutées",
    ),
    "V208": Text.of(en="a file cannot be read", fr="un fichier est illisible"),
    "V209": Text.of(
        en="an end of the index that was written down is missing",
        fr="une fin d'index notée auparavant manque",
    ),
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

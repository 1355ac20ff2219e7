"""What must hold of every outcome, as a knowledge engineer writes it under ``always:`` and ``never:``.

Invariants change no call, so they are no part of a knowledge base nor of its revision: ``diagnose prove``
reads them beside it (:attr:`.catalogue.Loaded.invariants`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .model import Origin, Premises, Scalar

OutcomeField = Literal["verdict", "remedy", "channel", "charge", "promise", "carrier", "free"]
OUTCOME_FIELDS: tuple[OutcomeField, ...] = (
    "verdict",
    "remedy",
    "channel",
    "charge",
    "promise",
    "carrier",
    "free",
)

NOWHERE_WRITTEN = Origin()


@dataclass(frozen=True, slots=True)
class OutcomeTest:
    """One field of an outcome, and what it is compared with; ``negated``: it is none of these.

    ``carrier``: whether the channel is a parcel carrier; ``free``: whether the caller pays nothing.
    """

    field: OutcomeField
    values: tuple[Scalar, ...]
    negated: bool = False

    def holds_for(self, value: Scalar) -> bool:
        """Whether an outcome whose field has this value passes."""
        return (value in self.values) is not self.negated


@dataclass(frozen=True, slots=True)
class Invariant:
    """WHEN one of the alternatives holds, every outcome passes all tests (always), or none does (never)."""

    id: str
    kind: Literal["always", "never"]
    alternatives: tuple[Premises, ...]
    outcome: tuple[OutcomeTest, ...]
    because: str = ""
    source: str = ""
    origin: Origin = NOWHERE_WRITTEN

"""What one linking knows while it goes on: where references lead, and what is wrong so far."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from .. import probability
from ..conditions import Facts
from ..layers import Layers, Shelf
from ..merge import Entry, Merged
from ..model import (
    VERDICTS,
    Condition,
    FaultClass,
    Handset,
    Place,
    Premises,
    Programme,
    Retailer,
    Scalar,
    Symptom,
)
from ..probability import Frequency
from ..problems import Problem, Severity, did_you_mean, no_source
from ..source import Node
from .kept import Kept, Made, beside, still
from .nodes import items

T = TypeVar("T")

UNKNOWN_CODES: Mapping[str, str] = {
    "symptoms": "K401",
    "faults": "K403",
    "remedies": "K404",
    "alerts": "K406",
    "channels": "K407",
    "charges": "K408",
    "promises": "K409",
}
SINGULAR: Mapping[str, str] = {
    "symptoms": "symptom",
    "faults": "fault",
    "remedies": "remedy",
    "alerts": "alert",
    "channels": "channel",
    "charges": "charge",
    "promises": "promise",
}


@dataclass(slots=True, eq=False)
class Linking:
    """One linking: what is read so far, and what is wrong on the way.

    ``present``: section -> the ids that belong to this handset. ``static``: facts that hold whatever the
    caller says. ``beyond``: files that are not of this handset on which something hung all the same.
    ``needs``: (section, id) -> what remains to be needed once those are taken as given.
    ``left_out``: (section, id) of entries that are wrong or can do nothing here. ``kept``: the last linking
    of the same handset and programme, to be kept up.
    """

    layers: Layers
    merged: Merged
    shelf: Shelf
    out: list[Problem]
    scale: Mapping[str, float]
    sets: Mapping[str, Node]
    classes: Mapping[str, FaultClass]
    handset: Handset
    programme: Programme | None
    retailers: Mapping[str, Retailer]
    facts: Facts
    beyond: dict[str, None]
    static: Mapping[str, Scalar]
    present: dict[str, set[str]]
    needs: dict[tuple[str, str], Premises] = field(default_factory=dict)
    symptoms: Mapping[str, Symptom] = field(default_factory=dict)
    left_out: set[tuple[str, str]] = field(default_factory=set)
    kept: Kept | None = None

    def linked(self, section: str, make: Callable[[Linking, Entry], T | None]) -> dict[str, T]:
        """Every entry that is here and could be made, in the order of the text."""
        made: dict[str, T] = {}
        present = self.present[section]
        before = self.kept.of(self, section) if self.kept is not None else {}
        now: dict[str, Made] = {}
        for id_, entry in self.merged.sections[section].items():
            if id_ in present:
                value = self._made(section, entry, make, before.get(id_), now)
                if value is not None:
                    made[id_] = value
                else:
                    self.left_out.add((section, id_))
        if self.kept is not None:
            self.kept.made[section] = now
        return made

    def _made(
        self,
        section: str,
        entry: Entry,
        make: Callable[[Linking, Entry], T | None],
        before: Made | None,
        now: dict[str, Made],
    ) -> T | None:
        if self.kept is None:
            return make(self, entry)
        at = beside(self, section, entry.id)
        if before is not None and still(before, entry, at):
            self.out.extend(before.problems)
        else:
            count = len(self.out)
            value = make(self, entry)
            before = Made(entry, at, value, tuple(self.out[count:]))
        now[entry.id] = before
        return before.value  # type: ignore[no-any-return]

    def complain(
        self, place: Place, code: str, message: str, mend: str = "", severity: Severity = "error"
    ) -> None:
        """Add a problem."""
        self.out.append(Problem(place, code, message, mend, severity))

    def reference(self, section: str, node: Node | None, place: Place | None = None) -> str:
        """The id that this text names; empty when it is not here, which is wrong only if it is nowhere."""
        if node is None:
            return ""
        id_ = str(node.value)
        if id_ in self.present[section]:
            return id_
        if id_ not in self.merged.known[section]:
            self.unknown(section, id_, place or node.place)
        return ""

    def references(self, section: str, node: Node | None) -> tuple[str, ...]:
        """The ids of a list that are here, each once."""
        found = (self.reference(section, item) for item in items(node))
        return tuple(dict.fromkeys(id_ for id_ in found if id_))

    def unknown(self, section: str, id_: str, place: Place, more: Iterable[str] = ()) -> None:
        """Add that there is nothing of this name in a section."""
        what = SINGULAR[section]
        mend = did_you_mean(id_, [*self.merged.known[section], *more], f"write it under {section}:")
        self.complain(place, UNKNOWN_CODES[section], f"there is no {what} {id_!r}", mend)

    def outcome(self, node: Node | None) -> str:
        """A verdict or a remedy."""
        if node is None or node.value in VERDICTS:
            return "" if node is None else str(node.value)
        if node.value not in self.merged.known["remedies"]:
            self.unknown("remedies", str(node.value), node.place, VERDICTS)
            return ""
        return self.reference("remedies", node)

    def fault_class(self, node: Node) -> str:
        """The class that this text names; empty when there is none."""
        if node.value in self.classes:
            return str(node.value)
        mend = did_you_mean(str(node.value), self.classes)
        self.complain(node.place, "K405", f"there is no fault class {node.value!r}", mend)
        return ""

    def frequency(self, node: Node) -> Frequency | None:
        """What a word or number says of how often; None when it is no word of ours."""
        value = node.value
        if isinstance(value, (int, float)):
            return probability.number(value)
        if value in self.scale:
            return Frequency(self.scale[str(value)])
        percent = re.fullmatch(r"([0-9]+(?:[.,][0-9]+)?) ?%", str(value))
        share = float(percent[1].replace(",", ".")) / 100 if percent else 0.0
        mend = f"write {share:g}" if percent else did_you_mean(str(value), self.scale)
        if share > 1:
            mend = "a share is 100% at most, written 1"
        self.complain(node.place, "K410", f"there is no frequency {value!r}", mend)
        return None

    def source(self, entry: Entry) -> str:
        """Where an entry's figures come from: its own source, or that of its file."""
        own = entry.node.get("source")
        source = str(own.value) if own is not None else entry.default_source
        if not source:
            self.out.append(no_source(entry.origin.place, repr(entry.id)))
        return source

    def never(self, needs: Iterable[Condition]) -> bool:
        """Whether one of the premises is about a symptom or remedy that is not here."""
        return any(self.gone(c.fact) for c in needs)

    def gone(self, fact: str) -> bool:
        """Whether a fact is about a symptom or remedy that is not here, and that nothing derives."""
        owner, _, name = fact.partition(".")
        if owner == "tried" and name:
            return name not in self.present["remedies"]
        return (
            owner in self.merged.known["symptoms"]
            and owner not in self.present["symptoms"]
            and fact not in self.facts.derived
        )

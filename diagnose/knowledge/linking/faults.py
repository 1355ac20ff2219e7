"""Faults: their remedies, and how often they show what."""

from __future__ import annotations

from .. import probability
from ..merge import Entry
from ..model import Fault, Place, Symptom
from ..probability import Frequency
from ..problems import did_you_mean
from ..source import Node
from .context import Linking
from .nodes import entries, is_yes_no, number, strings, text


def fault(link: Linking, entry: Entry) -> Fault | None:
    """A fault; None when it has no class or no remedy here."""
    node = entry.node
    class_ = link.fault_class(node.entries["class"])
    also = link.references("remedies", node.get("also"))
    shows = _shows(link, node.get("shows"))
    source = link.source(entry)
    remedy, also = _fault_remedy(link, entry, also)
    if not class_ or not remedy:
        return None
    per_1000 = number(node, "per_1000")
    for weight in link.merged.weights:
        if weight.fault == entry.id:
            per_1000 *= weight.factor
    return Fault(
        entry.id,
        text(node.get("name")),
        per_1000,
        class_,
        remedy,
        also,
        shows,
        link.needs.get(("faults", entry.id), ()),
        strings(node.get("formerly")),
        source,
        entry.origin,
    )


def _fault_remedy(link: Linking, entry: Entry, also: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The remedy of a fault; where its own is not in this handset's knowledge, the next that cures it."""
    written = entry.node.get("remedy")
    if written is None:
        message, place = f"fault {entry.id!r} has no remedy", entry.origin.place
        link.complain(place, "K412", message, "add remedy:")
        return "", also
    remedy = link.reference("remedies", written)
    known = link.merged.known["remedies"]
    named = ("remedies", str(written.value))
    if remedy or written.value not in known or named in link.merged.broken or named in link.left_out:
        return remedy, tuple(a for a in also if a != remedy)
    if also:
        return also[0], also[1:]
    why = f"{written.value!r} does not apply to {link.handset.id}"
    message = f"fault {entry.id!r} has no remedy here: {why}"
    mend = "name one that does under also:, or give the fault the same needs:"
    link.complain(written.place, "K412", message, mend)
    return "", ()


def _shows(link: Linking, node: Node | None) -> tuple[tuple[str, tuple[float, ...]], ...]:
    shows: list[tuple[str, tuple[float, ...]]] = []
    for symptom, frequency in entries(node):
        assert node is not None
        place = node.key_place(symptom)
        id_ = link.reference("symptoms", Node(symptom, place.file, place.line, place.column, symptom))
        if not id_:
            continue
        shares = _shown(link, link.symptoms[id_], frequency, place)
        if shares is not None:
            shows.append((id_, shares))
    return tuple(shows)


def _shown(link: Linking, symptom: Symptom, node: Node, place: Place) -> tuple[float, ...] | None:
    if symptom.answer_type != "choice":
        message = f"{symptom.id!r} is answered by a {symptom.answer_type} and says nothing of faults"
        link.complain(place, "K415", message, "take it out")
        return None
    ids = [a.id for a in symptom.answers]
    yes_no = is_yes_no(ids)
    if not isinstance(node.value, dict):
        frequency = link.frequency(node)
        if not yes_no:
            message = f"{symptom.id!r} has several answers, this is one frequency"
            link.complain(node.place, "K203", message, f"write {{{ids[0]}: {node.text}}}")
            return None
        if frequency is None:
            return None
        yes = probability.clip(frequency)
        return tuple(yes if id_ == "yes" else 1 - yes for id_ in ids)
    given: dict[int, Frequency] = {}
    for answer, own in node.entries.items():
        frequency = link.frequency(own)
        if answer in ids:
            if frequency is not None:
                given[ids.index(answer)] = frequency
        elif not (symptom.id in link.facts.asks_retailer and answer in link.facts.retailers):
            mend = did_you_mean(answer, ids)
            message = f"{symptom.id!r} has no answer {answer!r}"
            link.complain(node.key_place(answer), "K402", message, mend)
    if not given:
        return None
    total = sum(f.p for f in given.values())
    # Words are vague: usually and sometimes may stand side by side, usually twice may not.
    vague = any(isinstance(own.value, str) for own in node.entries.values())
    if total > (1.5 if vague else 1.0001):
        message = f"the frequencies of {symptom.id!r} add up to {total:.2f}"
        mend = "they are scaled down to 1: write lower ones"
        link.complain(node.place, "K419", message, mend, "warning")
    return probability.shown(given, [a.background for a in symptom.answers])

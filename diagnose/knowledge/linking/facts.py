"""Which facts there are for a handset under a programme, and what values they have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import cast

from ..conditions import Facts
from ..layers import Kind, Shelf
from ..merge import Merged
from ..model import Handset, Programme, Retailer, Scalar
from ..source import Node
from .nodes import entries

RETAILERS = "retailers"
"""The answers of a symptom are the programme's shops, and another."""


def facts_of(
    merged: Merged,
    shelf: Shelf,
    sets: Mapping[str, Node],
    classes: Iterable[str],
    handset: Handset,
    programme: Programme | None,
    shops: Mapping[str, Retailer],
    beyond: dict[str, None],
) -> Facts:
    """Every fact that a premise may name.

    ``beyond`` is given the files of others by which an attribute that is none of this handset is known.
    """
    answers: dict[str, tuple[str, ...] | None] = dict.fromkeys(merged.known["symptoms"])
    dates, retailers = set(), set()
    for id_, entry in merged.sections["symptoms"].items():
        written = entry.node.get("answers")
        name = "yes_no" if written is None else str(written.value)
        if written is not None and isinstance(written.value, dict):
            answers[id_] = tuple(written.entries)
        elif name == RETAILERS:
            answers[id_] = (*shops, "other")
            retailers.add(id_)
        elif name in sets:
            answers[id_] = tuple(sets[name].entries)
        elif name == "date":
            dates.add(id_)
    derived: dict[str, list[Scalar]] = {}
    for entry in merged.sections["rules"].values():
        for fact, node in entries(entry.node.entries["then"].get("derive")):
            derived.setdefault(fact, []).append(cast(Scalar, node.value))
    own: dict[str, dict[str, tuple[Scalar, ...]]] = {
        "handset": {"id": (handset.id,), "brand": (handset.brand,)}
        | {k: (v,) for k, v in handset.attributes},
        "programme": {}
        if programme is None
        else {"id": (programme.id,)} | {k: (v,) for k, v in programme.attributes},
        "retailer": {"id": tuple(shops)},
    }
    for retailer in shops.values():
        for key, value in retailer.attributes:
            own["retailer"][key] = (*own["retailer"].get(key, ()), value)
    return Facts(
        answers,
        frozenset(dates),
        merged.known["remedies"],
        tuple(classes),
        {fact: tuple(values) for fact, values in derived.items()},
        own,
        frozenset(shelf.listing("retailer")) if retailers else frozenset(),
        frozenset(retailers),
        partial(_elsewhere, shelf, beyond),
        partial(_all_attributes, shelf),
    )


def static_facts(facts: Facts) -> dict[str, Scalar]:
    """What holds whatever the caller says: the attributes of handset and programme."""
    return {
        f"{owner}.{key}": values[0]
        for owner in ("handset", "programme")
        for key, values in facts.attributes[owner].items()
    }


def _elsewhere(shelf: Shelf, beyond: dict[str, None], owner: str, name: str) -> bool:
    if owner != "handset":
        kind: Kind = "programme" if owner == "programme" else "retailer"
        if name == "id":
            return True
        file = shelf.giving(kind, name)
    else:
        file = shelf.giving("family", name) or shelf.giving("handset", name)
    if file:
        beyond[file] = None
    return bool(file)


def _all_attributes(shelf: Shelf, owner: str) -> Iterable[str]:
    if owner != "handset":
        known = shelf.attributes("programme" if owner == "programme" else "retailer")
        return known | {"id"}
    return shelf.attributes("family") | shelf.attributes("handset") | {"id", "brand"}

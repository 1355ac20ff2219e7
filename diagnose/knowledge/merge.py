"""The sections of all layers made one: what is added, changed and removed, with who wrote it where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .layers import Document, Layer
from .model import Origin, Place
from .problems import Problem, did_you_mean, no_source
from .shape import ENTRIES, Spot
from .source import Node, written

_KEY_BY_KEY = ("shows",)
_INSTEAD = {"when": "any", "any": "when"}
_FIGURES = ("per_1000", "shows", "background", "answers", "seconds", "try", "euros", "days")
_NESTED_COSTS = ("remedies", "wrong", "needless")


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One entry of a section after all changes. ``default_source``: that of the file's top."""

    id: str
    node: Node
    origin: Origin
    default_source: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Weight:
    """A factor on the ``per_1000`` of a fault."""

    fault: str
    factor: float
    place: Place


@dataclass(frozen=True, slots=True, eq=False)
class Merged:
    """What all layers say together.

    ``sections``: section -> id -> entry, in the order of the text. ``known``: section -> every id ever
    written, also those that are removed or ``broken`` (section, id). ``costs``: name -> value, or
    name -> key -> value. ``idle``: warnings of changes that change nothing.
    """

    sections: Mapping[str, Mapping[str, Entry]]
    known: Mapping[str, frozenset[str]]
    broken: frozenset[tuple[str, str]]
    costs: Mapping[str, Node | Mapping[str, Node]]
    weights: tuple[Weight, ...]
    problems: tuple[Problem, ...]
    idle: tuple[Problem, ...] = ()


@dataclass(slots=True)
class _Sections:
    entries: dict[str, dict[str, Entry]] = field(default_factory=lambda: {s: {} for s in ENTRIES})
    known: dict[str, dict[str, Place]] = field(default_factory=lambda: {s: {} for s in ENTRIES})
    broken: set[tuple[str, str]] = field(default_factory=set)
    costs: dict[tuple[str, ...], Node] = field(default_factory=dict)
    weights: list[Weight] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    idle: list[Problem] = field(default_factory=list)


def merge(layers: tuple[Layer, ...]) -> Merged:
    """The layers one after the other, root first; in each the parts first, then the layer's own file.

    A file first removes, then changes, then adds: so it may remove an entry and write it anew.
    """
    state = _Sections()
    for layer in layers:
        for document in layer.documents:
            _remove(document, state)
            _change(document, layer, state)
            _add(document, layer, state)
    _weigh(layers, state)
    return Merged(
        state.entries,
        {section: frozenset(ids) for section, ids in state.known.items()},
        frozenset(state.broken),
        _costs(state.costs),
        tuple(state.weights),
        tuple(state.problems),
        tuple(state.idle),
    )


def _usable(document: Document, spot: Spot) -> bool:
    return spot not in document.broken


def _add(document: Document, layer: Layer, state: _Sections) -> None:
    source = document.text("source")
    for section, entries in document.node.entries.items():
        if section == "costs" and _usable(document, ("costs",)):
            _add_costs(document, entries, source, state)
        if section not in ENTRIES or not _usable(document, (section,)):
            continue
        known, present = state.known[section], state.entries[section]
        for id_, node in entries.entries.items():
            place = entries.key_place(id_)
            if id_ in present or (section, id_) in state.broken:
                mend = "to replace fields of it, write them under change:"
                message = f"{id_!r} is in {section} already, at {known[id_]}"
                state.problems.append(Problem(place, "K304", message, mend))
                continue
            known[id_] = place
            if _usable(document, (section, id_)):
                present[id_] = Entry(id_, node, Origin(place, layer.id), source)
            else:
                state.broken.add((section, id_))


def _change(document: Document, layer: Layer, state: _Sections) -> None:
    change = document.head("change")
    for section, entries in change.entries.items() if change is not None else ():
        if not _usable(document, ("change", section)):
            continue
        if section == "costs":
            _change_costs(document, entries, state)
        if section not in ENTRIES:
            continue
        present = state.entries[section]
        for id_, fields in entries.entries.items():
            place = entries.key_place(id_)
            if not _usable(document, ("change", section, id_)) or (section, id_) in state.broken:
                continue
            entry = present.get(id_)
            if entry is None:
                _not_there("change", section, id_, place, state)
                continue
            origin = Origin(
                entry.origin.place, entry.origin.layer, (*entry.origin.changed, (layer.id, place))
            )
            _check_change(document, section, id_, entry, fields, place, state)
            present[id_] = Entry(id_, _changed(entry.node, fields), origin, entry.default_source)


def _check_change(
    document: Document, section: str, id_: str, entry: Entry, fields: Node, place: Place, state: _Sections
) -> None:
    """New figures need a source, and what is written is to differ from what was."""
    figures = [name for name in _FIGURES if fields.get(name) is not None]
    if figures and fields.get("source") is None and not document.text("source"):
        state.problems.append(no_source(place, f"the {figures[0]} that {id_!r} is given here"))
    for name, value in fields.entries.items():
        before = entry.node.get(name)
        if name in _KEY_BY_KEY:
            for key, own in value.entries.items():
                if _alike(before.get(key) if before is not None else None, own):
                    _changes_nothing(value.key_place(key), f"{section}: {id_}: {name}: {key}", state)
        elif name != "source" and _alike(before, value):
            _changes_nothing(fields.key_place(name), f"{section}: {id_}: {name}", state)


def _alike(before: Node | None, after: Node) -> bool:
    """Whether two values are written alike, wherever; nothing is like null."""
    if before is None or after.value is None:
        return before is None and after.value is None
    return written(before) == written(after)


def _changes_nothing(place: Place, what: str, state: _Sections) -> None:
    message, mend = f"this is what {what} was before", "take it out"
    state.idle.append(Problem(place, "K511", message, mend, "warning"))


def _changed(old: Node, fields: Node) -> Node:
    """The entry with these fields replaced; ``shows`` key by key, null takes a field or key out."""
    entries = dict(old.entries)
    for name, value in fields.entries.items():
        if name in _INSTEAD:
            entries.pop(_INSTEAD[name], None)
        if value.value is None:
            entries.pop(name, None)
        elif name in _KEY_BY_KEY:
            before = entries[name].entries if name in entries else {}
            merged = {**before, **value.entries}
            whole = {k: v for k, v in merged.items() if v.value is not None}
            entries[name] = value._replace(value=whole)
        else:
            entries[name] = value
    # The keys' own places belong to several files now; a field's value still knows its own.
    return old._replace(value=entries, keys={})


def _remove(document: Document, state: _Sections) -> None:
    remove = document.head("remove")
    for section, ids in remove.entries.items() if remove is not None else ():
        if section not in ENTRIES:
            continue
        for item in ids.items:
            id_ = str(item.value)
            if id_ in state.entries[section]:
                del state.entries[section][id_]
            elif (section, id_) in state.broken:
                state.broken.discard((section, id_))
            else:
                _not_there("remove", section, id_, item.place, state)


def _weigh(layers: tuple[Layer, ...], state: _Sections) -> None:
    for layer in layers:
        for document in layer.documents:
            weights = document.head("weights")
            for fault, node in weights.entries.items() if weights is not None else ():
                place = weights.key_place(fault) if weights is not None else node.place
                if fault not in state.known["faults"]:
                    _not_there("weights", "faults", fault, place, state)
                elif isinstance(node.value, (int, float)):
                    state.weights.append(Weight(fault, float(node.value), place))
                    if node.value == 1:
                        _changes_nothing(node.place, f"weights: {fault}", state)
            if weights is not None and weights.entries and not document.text("source"):
                state.problems.append(no_source(document.node.key_place("weights"), "weights", "have"))


def _not_there(block: str, section: str, id_: str, place: Place, state: _Sections) -> None:
    known = state.known[section]
    what = "was removed before" if id_ in known else "no earlier layer wrote it"
    mend = "" if id_ in known else did_you_mean(id_, known)
    state.problems.append(Problem(place, "K305", f"{block}: {id_!r} is not in {section}, {what}", mend))


def _cost_items(costs: Node) -> list[tuple[tuple[str, ...], Node, Place]]:
    """Every price with the path to it and where its name is written."""
    items: list[tuple[tuple[str, ...], Node, Place]] = []
    for name, node in costs.entries.items():
        if name in _NESTED_COSTS:
            items += [((name, key), value, node.key_place(key)) for key, value in node.entries.items()]
        else:
            items.append(((name,), node, costs.key_place(name)))
    return items


def _add_costs(document: Document, costs: Node, source: str, state: _Sections) -> None:
    if costs.entries and not source:
        state.problems.append(no_source(document.node.key_place("costs"), "costs", "have"))
    for path, node, place in _cost_items(costs):
        if path in state.costs:
            message = f"the cost {'.'.join(path)} is there already, at {state.costs[path].place}"
            state.problems.append(Problem(place, "K304", message, "to replace it, write it under change:"))
        elif node.value is not None:
            state.costs[path] = node


def _change_costs(document: Document, costs: Node, state: _Sections) -> None:
    if costs.entries and not document.text("source"):
        state.problems.append(no_source(costs.place, "costs", "have"))
    for path, node, place in _cost_items(costs):
        if _alike(state.costs.get(path), node):
            _changes_nothing(place, f"the cost {'.'.join(path)}", state)
        if node.value is None:
            state.costs.pop(path, None)
        else:
            state.costs[path] = node


def _costs(prices: Mapping[tuple[str, ...], Node]) -> Mapping[str, Node | Mapping[str, Node]]:
    costs: dict[str, Node | Mapping[str, Node]] = {}
    nested: dict[str, dict[str, Node]] = {}
    for path, node in prices.items():
        if len(path) == 1:
            costs[path[0]] = node
        else:
            nested.setdefault(path[0], {})[path[1]] = node
    return {**costs, **nested}

"""What the heads of the files say of handset, programme and retailers."""

from __future__ import annotations

from collections.abc import Iterator

from ..layers import Document, Layers
from ..model import Calendar, Handset, Origin, Programme, Retailer, Text
from ..problems import Problem, no_source
from ..shape import WEEKDAYS
from ..source import Node
from .nodes import attributes, strings, text


def handset(layers: Layers, out: list[Problem]) -> Handset:
    """The handset, with what its families say of it."""
    document = layers.handset
    families = [layer.own for layer in layers.layers if layer.kind == "family"]
    merged = attributes(d.head("attributes") for d in (*families, document))
    programmes = tuple(dict.fromkeys(strings(document.head("programmes"))))
    return Handset(
        document.id,
        document.text("brand"),
        document.text("name"),
        families[-1].id if families else "",
        tuple(d.id for d in families),
        merged,
        programmes,
        _file_source(document, out),
        Origin(document.node.place, document.id),
    )


def programme(layers: Layers, out: list[Problem]) -> Programme | None:
    """The programme, if there is one."""
    document = layers.programme
    if document is None:
        return None
    calendar = document.head("calendar")
    return Programme(
        document.id,
        text(document.head("name")),
        attributes([document.head("attributes")]),
        Calendar() if calendar is None else _calendar(calendar),
        text(document.head("greeting")),
        _file_source(document, out),
        Origin(document.node.place, document.id),
    )


def retailers(layers: Layers, out: list[Problem]) -> Iterator[Retailer]:
    """The shops that take part in the programme."""
    for document in layers.retailers:
        yield Retailer(
            document.id,
            _called(document.head("name")),
            attributes([document.head("attributes")]),
            _file_source(document, out),
            Origin(document.node.place, document.id),
        )


def _called(node: Node | None) -> Text:
    """A name of its own is the same in every language."""
    if node is not None and isinstance(node.value, str):
        return Text.of(en=node.value, fr=node.value)
    return text(node)


def _file_source(document: Document, out: list[Problem]) -> str:
    source = document.text("source")
    if not source:
        out.append(no_source(document.node.place, "this file"))
    return source


def _calendar(node: Node) -> Calendar:
    default = Calendar()
    country, closed, subdivision = node.get("country"), node.get("closed"), node.get("subdivision")
    return Calendar(
        default.country if country is None else str(country.value),
        default.closed
        if closed is None
        else tuple(sorted({WEEKDAYS.index(day) + 1 for day in strings(closed)})),
        "" if subdivision is None else str(subdivision.value),
    )

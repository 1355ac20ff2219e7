"""A graph of knowledge drawn: as SVG by its columns, or as Mermaid text."""

from __future__ import annotations

from html import escape
from itertools import pairwise

from .graph import COLUMNS, Graph, Kind, Node

ROW, WIDTH, GAP, TOP, MARGIN = 22, 210, 150, 64, 16
"""Pixels: height of a row, width of a box, room between columns, above the first row, around."""
LETTERS = 32
FILLS: dict[Kind, str] = {
    "symptom": "#e8f0fb",
    "rule": "#f3eefb",
    "fault": "#fdeeda",
    "remedy": "#e6f5e6",
    "policy": "#f0f0f0",
}
TITLES: dict[Kind, str] = {
    "symptom": "Symptoms",
    "rule": "Rules of findings",
    "fault": "Faults",
    "remedy": "Remedies",
    "policy": "Policy",
}
STROKES = {
    "shows": "#7a94c0",
    "cures": "#4c9a4c",
    "cures_too": "#b5d3b5",
    "looks_at": "#b7a4d6",
    "asks": "#8f6fc4",
    "derives": "#8f6fc4",
    "confirms": "#c98a2b",
    "rules_out": "#c0392b",
    "forbids": "#c0392b",
    "requires": "#2c6e2c",
}
DASHED = frozenset({"cures_too", "asks", "derives", "rules_out", "forbids"})
ARROWS = {"cures_too": "-.->", "rules_out": "-.->", "forbids": "-.->", "asks": "-.->"}


def svg(graph: Graph) -> str:
    """The drawing as a text of its own: no scripts, no fonts, nothing from the network."""
    tallest = max((len(c) for c in graph.columns), default=0)
    width = 2 * MARGIN + len(COLUMNS) * WIDTH + (len(COLUMNS) - 1) * GAP
    height = TOP + tallest * ROW + MARGIN
    places: dict[Node, tuple[int, int]] = {}
    for i, column in enumerate(graph.columns):
        start = TOP + (tallest - len(column)) * ROW // 2
        for j, node in enumerate(column):
            places[node] = MARGIN + i * (WIDTH + GAP), start + j * ROW
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="11">',
        f"<title>{escape(graph.title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{MARGIN}" y="24" font-size="16">{escape(graph.title)}</text>',
    ]
    for i, how in enumerate(h for h in STROKES if any(e.how == h for e in graph.edges)):
        x, dash = MARGIN + 380 + i * 110, ' stroke-dasharray="4 3"' if how in DASHED else ""
        line = f'M{x} 20 h24" stroke="{STROKES[how]}" stroke-width="1.5"{dash}'
        out.append(f'<g class="legend"><path d="{line}/>')
        out.append(f'<text x="{x + 28}" y="24">{how.replace("_", " ")}</text></g>')
    for i, (kind, column) in enumerate(zip(COLUMNS, graph.columns, strict=True)):
        x = MARGIN + i * (WIDTH + GAP)
        out.append(f'<text x="{x}" y="{TOP - 14}" font-weight="bold">{TITLES[kind]} ({len(column)})</text>')
    for edge in graph.edges:
        if edge.start in places and edge.end in places:
            out.append(_curve(places[edge.start], places[edge.end], edge.how))
    for node, (x, y) in places.items():
        label = graph.labels.get(node, node[1])
        shown = label if len(label) <= LETTERS else label[: LETTERS - 1] + "…"
        out.append(
            f"<g><title>{escape(graph.notes.get(node, node[1]))}</title>"
            f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{ROW - 4}" rx="3" fill="{FILLS[node[0]]}" '
            f'stroke="#999999" stroke-width="0.5"/>'
            f'<text x="{x + 5}" y="{y + 13}">{escape(shown)}</text></g>'
        )
    return "\n".join([*out, "</svg>"]) + "\n"


def _curve(start: tuple[int, int], end: tuple[int, int], how: str) -> str:
    (x1, y1), (x2, y2) = start, end
    if x1 <= x2:
        x1 += WIDTH
    else:
        x2 += WIDTH
    middle = (x1 + x2) / 2
    y1, y2 = y1 + ROW // 2 - 2, y2 + ROW // 2 - 2
    dash = ' stroke-dasharray="4 3"' if how in DASHED else ""
    return (
        f'<path d="M{x1} {y1} C{middle:g} {y1} {middle:g} {y2} {x2} {y2}" fill="none" '
        f'stroke="{STROKES[how]}" stroke-width="0.8"{dash}><title>{how}</title></path>'
    )


def mermaid(graph: Graph) -> str:
    """The graph as a Mermaid flow chart, a subgraph for each column."""
    names = {n: f"{n[0]}{i}" for column in graph.columns for i, n in enumerate(column)}
    out = ["---", f"title: {graph.title}", "---", "flowchart LR"]
    for kind, column in zip(COLUMNS, graph.columns, strict=True):
        if column:
            out.append(f"  subgraph {kind}_column [{TITLES[kind]}]")
            out += [f'    {names[n]}["{_plain(graph.labels.get(n, n[1]))}"]' for n in column]
            out.append("  end")
    for edge in graph.edges:
        if edge.start in names and edge.end in names:
            arrow = ARROWS.get(edge.how, "-->")
            out.append(f"  {names[edge.start]} {arrow}|{edge.how.replace('_', ' ')}| {names[edge.end]}")
    return "\n".join(out) + "\n"


def _plain(label: str) -> str:
    """Without what Mermaid would take for its own."""
    return label.replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")


def crossings(graph: Graph) -> int:
    """How many pairs of edges between neighbouring columns cross."""
    count = 0
    for left, right in pairwise(graph.columns):
        at = {n: i for column in (left, right) for i, n in enumerate(column)}
        lines = [(at[e.start], at[e.end]) for e in graph.edges if e.start in left and e.end in right]
        count += sum((a - c) * (b - d) < 0 for i, (a, b) in enumerate(lines) for c, d in lines[:i])
    return count

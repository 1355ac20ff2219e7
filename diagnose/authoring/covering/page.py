"""Coverage as one HTML page that needs nothing else: every file with its lines coloured."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from diagnose.authoring.folder import Folder

from .coverage import KINDS, Coverage, Item

STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; color: #222; }
table { border-collapse: collapse; } td, th { padding: .15rem .8rem .15rem 0; text-align: left; }
td.n { text-align: right; font-variant-numeric: tabular-nums; }
pre { font: 13px/1.4 ui-monospace, monospace; border: 1px solid #ddd; overflow-x: auto; padding: .5rem 0; }
pre span.l { display: block; padding: 0 .6rem; } .no { color: #888; user-select: none; }
.all { background: #d9f2dc; } .some { background: #fff1c2; } .none { background: #fbd5d3; }
.k { color: #14507a; } .s { color: #6a3d00; } .c { color: #707070; }
"""
_TOKENS = re.compile(
    r"(?P<c>(?:^|(?<=\s))#.*$)|(?P<s>\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*')|(?P<k>[A-Za-z0-9_.-]+(?=:(?:\s|$)))"
)


def page(folder: Folder, found: Coverage) -> str:
    """The page: a table by kind, a table by file, the files with what is not covered."""
    by_file: dict[str, list[tuple[Item, int]]] = {}
    for item, hits in found.hits.items():
        by_file.setdefault(item.place.file, []).append((item, hits))
    rows = "".join(
        f"<tr><td>{escape(kind.replace('_', ' '))}</td><td class=n>{done}</td><td class=n>{of}</td>"
        f"<td class=n>{found.share(kind):.1f} %</td></tr>"
        for kind in KINDS
        for done, of in [found.counted(kind)]
    )
    files = "".join(_file_row(file, items) for file, items in sorted(by_file.items()))
    texts = "".join(_file(folder, file, items) for file, items in sorted(by_file.items()))
    return (
        "<!doctype html>\n<html lang=en><meta charset=utf-8><title>Coverage of knowledge</title>"
        f"<style>{STYLE}</style><h1>Coverage of knowledge by {found.cases} cases</h1>"
        f"<table><tr><th>what</th><th>covered</th><th>of</th><th></th></tr>{rows}</table>"
        "<p>A line is <span class=all>green</span> when all on it is covered, <span class=some>yellow</span> "
        "when some is, <span class=none>red</span> when nothing is; point at it to read what.</p>"
        f"<h2>Files</h2><table>{files}</table>{texts}</html>\n"
    )


def _file_row(file: str, items: list[tuple[Item, int]]) -> str:
    done = sum(n > 0 for _, n in items)
    return (
        f'<tr><td><a href="#{escape(file)}">{escape(file)}</a></td><td class=n>{done}</td>'
        f"<td class=n>{len(items)}</td><td class=n>{100 * done / len(items):.0f} %</td></tr>"
    )


def _file(folder: Folder, file: str, items: list[tuple[Item, int]]) -> str:
    on_line: dict[int, list[tuple[Item, int]]] = {}
    for item, hits in items:
        on_line.setdefault(item.place.line, []).append((item, hits))
    lines = "".join(
        _line(number, text, on_line.get(number, []))
        for number, text in enumerate(folder.text(file).split("\n"), 1)
    )
    return f'<h3 id="{escape(file)}">{escape(file)}</h3><pre>{lines}</pre>'


def _line(number: int, text: str, items: list[tuple[Item, int]]) -> str:
    head = f"<span class=no>{number:>5} </span>{''.join(_coloured(text))}\n"
    if not items:
        return f"<span class=l>{head}</span>"
    done = sum(n > 0 for _, n in items)
    shade = "all" if done == len(items) else "some" if done else "none"
    title = "\n".join(f"{i.kind.replace('_', ' ')}: {i.what}: {n} cases" for i, n in items)
    return f'<span class="l {shade}" title="{escape(title)}">{head}</span>'


def _coloured(text: str) -> Iterator[str]:
    at = 0
    for token in _TOKENS.finditer(text):
        yield escape(text[at : token.start()])
        yield f"<span class={token.lastgroup}>{escape(token[0])}</span>"
        at = token.end()
    yield escape(text[at:])

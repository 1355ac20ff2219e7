"""Charts as SVG text: no script, no font, nothing fetched. Coordinates are pixels; all text is escaped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

COLOURS = ("#2f6f8f", "#c8743a", "#5a8f4e", "#8a5fa0", "#b0903a", "#7a7f85")
"""Told apart by people who do not see red and green; names stand beside them."""
INK, FAINT, GRID = "#2b3137", "#6b737b", "#e3e7ea"
GOOD, MIDDLING, BAD, LOST = "#3d8f5f", "#c79a2e", "#b8483e", "#f0d9d6"
MOST_NAMED = 6
"""Columns and points of a chart that have their names below."""
ENOUGH = 70.0
"""A score of 100 from which a kind of fault is no weak spot."""
_FONT = 'font-family="system-ui, sans-serif"'


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a chart: points (x, y). ``marked``: the one that matters."""

    points: tuple[tuple[float, float], ...]
    marked: bool = False


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _short(words: str, most: int) -> str:
    """Words that are not longer than so many characters."""
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


def _text(
    x: float,
    y: float,
    words: str,
    colour: str = FAINT,
    size: int = 12,
    anchor: str = "start",
    weight: str = "",
    kind: str = "",
) -> str:
    named = f' class="{kind}"' if kind else ""
    bold = f' font-weight="{weight}"' if weight else ""
    return (
        f'<text{named} x="{_n(x)}" y="{_n(y)}" fill="{colour}" font-size="{size}" text-anchor="{anchor}"'
        f" {_FONT}{bold}>{escape(words)}</text>"
    )


def _svg(width: float, height: float, title: str, body: Sequence[str], kind: str = "chart") -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{kind}" viewBox="0 0 {_n(width)} {_n(height)}"'
        f' role="img" aria-label="{escape(title)}"><title>{escape(title)}</title>{"".join(body)}</svg>'
    )


def ring(share: float, words: str, passed: bool, title: str) -> str:
    """A score as a ring: ``share`` in 0..1, the words in the middle."""
    r, size = 46.0, 120.0
    around, share = 2 * 3.14159265 * r, max(0.0, min(1.0, share))
    colour = GOOD if passed else BAD
    c = size / 2
    # a round cap would make a dot of nothing
    cap = "round" if share > 0 else "butt"
    return _svg(
        size,
        size,
        title,
        [
            f'<circle cx="{c}" cy="{c}" r="{r}" fill="none" stroke="{GRID if passed else LOST}"'
            ' stroke-width="12"/>',
            f'<circle cx="{c}" cy="{c}" r="{r}" fill="none" stroke="{colour}" stroke-width="12"'
            f' stroke-linecap="{cap}" stroke-dasharray="{_n(around * share)} {_n(around)}"'
            f' transform="rotate(-90 {c} {c})"/>',
            _text(c, c + 10, words, INK if passed else BAD, 30, "middle", "600"),
        ],
        "ring",
    )


def bar(share: float, title: str, good: float = 0.85, width: float = 160) -> str:
    """A share in 0..1 as a bar, coloured by how good it is: green from ``good`` on."""
    share = max(0.0, min(1.0, share))
    colour = GOOD if share >= good else MIDDLING if share > 0.4 else BAD
    return _svg(
        width,
        10,
        title,
        [
            f'<rect width="{_n(width)}" height="10" rx="5" fill="{GRID}"/>',
            f'<rect width="{_n(width * share)}" height="10" rx="5" fill="{colour}"/>',
        ],
        "bar",
    )


def against_target(seconds: float, target: float, labels: tuple[str, str], title: str) -> str:
    """Talk time beside its target: a bar with a mark. ``labels``: both in words."""
    width, most = 520.0, max(seconds, target) * 1.15 or 1.0
    x, mark = width * seconds / most, width * target / most
    colour = GOOD if seconds <= target else BAD
    return _svg(
        width,
        54,
        title,
        [
            f'<rect y="18" width="{_n(width)}" height="14" rx="7" fill="{GRID}"/>',
            f'<rect y="18" width="{_n(x)}" height="14" rx="7" fill="{colour}"/>',
            f'<line x1="{_n(mark)}" x2="{_n(mark)}" y1="12" y2="38" stroke="{INK}" stroke-width="2"/>',
            _text(max(0.0, x), 13, labels[0], INK, 12, "end" if x > 60 else "start", "600"),
            _text(mark, 47, labels[1], FAINT, 11, "middle" if mark < width - 60 else "end"),
        ],
    )


def belief(
    lines: Sequence[Line],
    marks: Sequence[tuple[float, str]],
    last: str,
    title: str,
    percent: Callable[[float], str],
) -> str:
    """How probabilities moved: lines of steps over seconds, in the order of ``COLOURS``; ``marks``: what
    happened. The one that is marked is thick. ``last``: the end of the time axis in words; ``percent``: a
    probability in words.
    """
    left, right, top, width, height = 74.0, 12.0, 16.0, 660.0, 300.0
    most = max((x for line in lines for x, _ in line.points), default=1.0) or 1.0
    w, h = width - left - right, height - top - 40
    body = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = top + h * (1 - share)
        body.append(f'<line x1="{left}" x2="{_n(left + w)}" y1="{_n(y)}" y2="{_n(y)}" stroke="{GRID}"/>')
        body.append(_text(left - 6, y + 4, percent(share), anchor="end", size=11))
    for x, number in marks:
        at = left + w * x / most
        body.append(
            f'<line x1="{_n(at)}" x2="{_n(at)}" y1="{top}" y2="{_n(top + h)}" stroke="{GRID}"'
            ' stroke-dasharray="2 3"/>'
        )
        body.append(_text(at, top + h + 14, number, size=10, anchor="middle", kind="mark"))
    body.append(_text(left, height - 4, "0:00", size=11))
    body.append(_text(left + w, height - 4, last, size=11, anchor="end"))
    marked = any(line.marked for line in lines)
    for i, line in reversed(tuple(enumerate(lines))):
        colour = COLOURS[i % len(COLOURS)]
        bold = line.marked if marked else i == 0
        path, y = [], 0.0
        for n, (x, p) in enumerate(line.points):
            at, y = left + w * x / most, top + h * (1 - p)
            path.append(f"H{_n(at)}V{_n(y)}" if n else f"M{_n(at)} {_n(y)}")
        body.append(
            f'<path d="{"".join(path)}" fill="none" stroke="{colour}" stroke-width="{4 if bold else 2}"'
            ' stroke-linejoin="round"/>'
        )
        body.append(f'<circle cx="{_n(left + w)}" cy="{_n(y)}" r="{6 if bold else 4}" fill="{colour}"/>')
    return _svg(width, height, title, body)


def curve(scores: Sequence[tuple[str, float, bool]], mark: float, title: str) -> str:
    """Scores one after the other with their names, passed ones filled; a line at the pass mark."""
    left, top, width, height = 44.0, 12.0, 560.0, 220.0
    w, h = width - left - 12, height - top - 30
    body = []
    for value in (0, 25, 50, 75, 100):
        y = top + h * (1 - value / 100)
        body.append(f'<line x1="{left}" x2="{_n(left + w)}" y1="{_n(y)}" y2="{_n(y)}" stroke="{GRID}"/>')
        body.append(_text(left - 6, y + 4, str(value), anchor="end", size=11))
    y = top + h * (1 - mark / 100)
    body.append(
        f'<line x1="{left}" x2="{_n(left + w)}" y1="{_n(y)}" y2="{_n(y)}" stroke="{FAINT}"'
        ' stroke-dasharray="6 4"/>'
    )
    step = w / max(1, len(scores))
    points = [
        (left + step * (i + 0.5), top + h * (1 - s / 100), n, ok) for i, (n, s, ok) in enumerate(scores)
    ]
    if len(points) > 1:
        path = "L".join(f"{_n(x)} {_n(y)}" for x, y, _, _ in points)
        body.append(f'<path d="M{path}" fill="none" stroke="{COLOURS[0]}" stroke-width="2"/>')
    every = max(1, -(-len(points) // MOST_NAMED))
    for i, (x, y, name, ok) in enumerate(points):
        fill = GOOD if ok else "#ffffff"
        stroke = GOOD if ok else BAD
        body.append(
            f'<circle cx="{_n(x)}" cy="{_n(y)}" r="5" fill="{fill}" stroke="{stroke}" stroke-width="2"/>'
        )
        if i % every == 0:
            body.append(_text(x, height - 6, _short(name, 14), size=10, anchor="middle", kind="mark"))
    return _svg(width, height, title, body)


def grade(score: float) -> str:
    """How good a score of 100 is: ``good``, ``middling`` or ``bad``."""
    return "good" if score >= ENOUGH else "middling" if score >= 40 else "bad"


def spark(scores: Sequence[tuple[str, float, bool]], mark: float, title: str) -> str:
    """The scores again, small enough for a line of a table."""
    width, height = 160.0, 28.0
    step = (width - 12) / max(1, len(scores) - 1)
    points = [(6 + step * i, 4 + (height - 8) * (1 - s / 100), ok) for i, (_, s, ok) in enumerate(scores)]
    y = 4 + (height - 8) * (1 - mark / 100)
    body = [
        f'<line x1="0" x2="{_n(width)}" y1="{_n(y)}" y2="{_n(y)}" stroke="{GRID}" stroke-dasharray="3 3"/>'
    ]
    if len(points) > 1:
        path = "L".join(f"{_n(x)} {_n(y)}" for x, y, _ in points)
        body.append(f'<path d="M{path}" fill="none" stroke="{COLOURS[0]}" stroke-width="1.5"/>')
    body += [
        f'<circle cx="{_n(x)}" cy="{_n(y)}" r="3" fill="{GOOD if ok else BAD}"/>' for x, y, ok in points[-12:]
    ]
    return _svg(width, height, title, body)


def talk(times: Sequence[tuple[str, float, str]], target: float, words: str, title: str) -> str:
    """Seconds of each call as columns against the target: (name, seconds, seconds in words)."""
    left, top, width, height = 12.0, 34.0, 560.0, 220.0
    most = max([target, *(s for _, s, _ in times)]) * 1.1 or 1.0
    w, h = width - left - 12, height - top - 26
    step = w / max(1, len(times))
    wide = min(40.0, step * 0.6)
    body = []
    every = max(1, -(-len(times) // MOST_NAMED))
    for i, (name, seconds, spoken) in enumerate(times):
        middle, y = left + step * (i + 0.5), top + h * (1 - seconds / most)
        colour = GOOD if seconds <= target else BAD
        corner = f'x="{_n(middle - wide / 2)}" y="{_n(y)}"'
        body.append(f'<rect {corner} width="{_n(wide)}" height="{_n(top + h - y)}" rx="3" fill="{colour}"/>')
        if i % every == 0:
            body.append(_text(middle, y - 5, spoken, INK, 10, "middle", kind="mark"))
            body.append(_text(middle, height - 6, _short(name, 14), size=10, anchor="middle", kind="mark"))
    y = top + h * (1 - target / most)
    body.append(
        f'<line x1="{left}" x2="{_n(left + w)}" y1="{_n(y)}" y2="{_n(y)}" stroke="{INK}"'
        ' stroke-dasharray="6 4"/>'
    )
    body.append(_text(left + w, 14, f"- - {words}", INK, 12, "end"))
    return _svg(width, height, title, body)

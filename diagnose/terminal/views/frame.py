"""Lines of the screen: renderables made into lines, and blocks of them made to fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import NamedTuple

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment
from rich.style import Style

from diagnose.terminal.clean import GLUE

Line = list[Segment]

_measure = Console(
    file=StringIO(), force_terminal=True, color_system="truecolor", width=80, legacy_windows=False
)


def lines(renderable: RenderableType | None, width: int) -> list[Line]:
    """The lines that a renderable takes, each exactly this wide; none for None."""
    if renderable is None:
        return []
    options = _measure.options.update(width=max(1, width), height=None, highlight=False, markup=False)
    made = _measure.render_lines(renderable, options, pad=True)
    return [[Segment(s.text.replace(GLUE, " "), s.style) for s in line] for line in made]


@dataclass(frozen=True)
class Block:
    """A panel in several sizes, the fullest first. The block with the least ``weight`` shrinks first."""

    weight: int
    sizes: tuple[RenderableType | None, ...]


SPRING = Block(0, ())
"""Takes what height is left, so that the blocks after it stand at the bottom."""


def fit(blocks: Sequence[Block], width: int, height: int) -> list[Line]:
    """All blocks below each other, shrunk by weight until they fit; too long when they cannot."""
    if SPRING in blocks:
        at = blocks.index(SPRING)
        made = _fitted([*blocks[:at], *blocks[at + 1 :]], width, height)
        above, below = _joined(made[:at]), _joined(made[at:])
        return [*above, *[blank(width)] * (height - len(above) - len(below)), *below]
    return _joined(_fitted(blocks, width, height))


def _joined(made: Iterable[list[Line]]) -> list[Line]:
    return [line for block in made for line in block]


def _fitted(blocks: Sequence[Block], width: int, height: int) -> list[list[Line]]:
    chosen = [0] * len(blocks)
    made = [lines(block.sizes[0], width) for block in blocks]
    while sum(map(len, made)) > height:
        shrinking = [i for i, block in enumerate(blocks) if chosen[i] + 1 < len(block.sizes)]
        if not shrinking:
            break
        i = min(shrinking, key=lambda i: (blocks[i].weight, -i))
        chosen[i] += 1
        made[i] = lines(blocks[i].sizes[chosen[i]], width)
    return made


class Window(NamedTuple):
    """The lines that are seen, and how far down one can go."""

    seen: list[Line]
    furthest: int


def window(content: list[Line], width: int, height: int, scroll: int, more: str) -> Window:
    """``height`` lines of the content from ``scroll`` on; a last line says how many there are below."""
    if len(content) <= height:
        return Window(content + [blank(width)] * (height - len(content)), 0)
    room = max(1, height - 1)
    start = max(0, min(scroll, len(content) - room))
    below = len(content) - start - room
    shown = content[start : start + room]
    if height < 2:
        return Window(shown, len(content) - room)
    words = more.format(below=below, above=start)
    last = Segment.adjust_line_length([Segment(words[:width], Style(reverse=True))], width)
    return Window([*shown, last], len(content) - room)


def blank(width: int) -> Line:
    """An empty line."""
    return [Segment(" " * width)]


def beside(left: list[Line], right: list[Line], left_width: int, right_width: int, height: int) -> list[Line]:
    """Two columns with a line between them."""
    out = []
    for i in range(height):
        a = left[i] if i < len(left) else blank(left_width)
        b = right[i] if i < len(right) else blank(right_width)
        out.append([*a, Segment(" "), *b])
    return out


class Lines:
    """Lines as a renderable; ``furthest``: how far down one can go."""

    def __init__(self, made: Iterable[Line], furthest: int = 0) -> None:
        self.made = list(made)
        self.furthest = furthest

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The segments, line by line."""
        for i, line in enumerate(self.made):
            if i:
                yield Segment.line()
            yield from line


def to_ansi(renderable: RenderableType, width: int, *, colour: bool) -> str:
    """What a terminal is sent for it."""
    out = StringIO()
    console = Console(
        file=out,
        force_terminal=True,
        color_system="standard",
        no_color=not colour,
        width=width,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )
    console.print(renderable, end="")
    return out.getvalue()

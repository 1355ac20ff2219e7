"""A picture of the screen as SVG, drawn by the very views of the terminal.

``python -m diagnose.terminal.screenshot docs/screen.svg [fr|en]`` takes a call about a Philips Genie
with the shipped knowledge as far as a question in its middle, and draws what then stands on the screen.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console

from diagnose import __version__
from diagnose.consultation.events import Event, Opened
from diagnose.consultation.trace import Json
from diagnose.knowledge import catalogue
from diagnose.knowledge.model import KnowledgeBase, Text
from diagnose.terminal.commands import run
from diagnose.terminal.session import Session
from diagnose.terminal.start import CannotStart
from diagnose.terminal.state import Entry, Option, State
from diagnose.terminal.terminal import Terminal
from diagnose.terminal.views.screen import screen

WIDTH, HEIGHT = 112, 34
HANDSET = "philips-genie"
TOLD = {"en": "they cannot hear me", "fr": "on ne m'entend pas"}
KEYS = (("enter", ""), ("answer", "1"), ("no", ""))


class Forgetful:
    """A recorder for calls that nobody has made."""

    def __init__(self) -> None:
        self.warnings: list[Text] = []

    def append(self, event: Event, entry: Json) -> None:
        """Nothing is kept."""

    def renew(self, event: Event, entry: Json, sources: tuple[str, ...]) -> None:
        """Nor is any knowledge."""

    def close(self) -> None:
        """Nothing is held."""


class One:
    """An opener of calls about one knowledge base; each reading of its clock is nine seconds later."""

    def __init__(self, kb: KnowledgeBase, at: str = "1998-03-02T10:00:00+01:00") -> None:
        self.kb = kb
        self._times = _times(datetime.fromisoformat(at))

    def handsets(self, words: str) -> tuple[Option, ...]:
        """This one, if that is what is looked for."""
        fits = words.lower() in self.kb.handset.name.lower()
        return (Option(self.kb.handset.id, self.kb.handset.name),) if fits else ()

    def programmes(self, handset: str) -> tuple[Option, ...]:
        """This one."""
        programme = self.kb.programme
        if programme is None or handset != self.kb.handset.id:
            return ()
        return (Option(programme.id, programme.name.say("en")),)

    def clock(self) -> datetime:
        """The next reading."""
        return next(self._times)

    def begin(self, handset: str, programme: str | None, language: str, audience: str) -> Session:
        """A call of which nothing is kept."""
        opened = Opened(
            at=self.clock().isoformat(),
            call="screen",
            handset=handset,
            programme=programme,
            revision=self.kb.revision,
            product=f"diagnose {__version__}",
            language=language,
            audience=audience,
        )
        return Session.begin(self.kb, opened, Forgetful(), self.clock)


def _times(first: datetime) -> Iterator[datetime]:
    while True:
        yield first
        first += timedelta(seconds=9)


def screenshot(path: Path, state: State, width: int = WIDTH, height: int = HEIGHT) -> None:
    """Write the screen of a state as SVG; the same state gives the same bytes.

    Raises:
        OSError: when the file cannot be written.
    """
    console = Console(
        record=True,
        width=width,
        height=height,
        file=StringIO(),
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
    )
    console.print(screen(state, width, height))
    # the fonts of the template are fetched from the network: a picture should need none
    template = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    svg = console.export_svg(title="diagnose call", code_format=template, unique_id="screen")
    path.write_text(svg, encoding="utf-8")


def in_the_middle(kb: KnowledgeBase, language: str) -> State:
    """A call under way: a complaint in the caller's words, and a few answers."""
    opener = One(kb)
    terminal = Terminal(opener, State(language=language))
    terminal.begin(kb.handset.id, kb.programme.id if kb.programme else None)
    run(terminal, "insert", TOLD[language])
    for command, argument in KEYS:
        if command != "enter" or isinstance(terminal.state.overlay, Entry):
            run(terminal, command, argument)
    run(terminal, "clock")
    return terminal.state


def main(arguments: list[str]) -> int:
    """Draw the picture; 2 when there is nothing to draw or nowhere to."""
    if not 1 <= len(arguments) <= 2 or arguments[-1] in ("-h", "--help"):
        print("usage: python -m diagnose.terminal.screenshot FILE.svg [fr|en]", file=sys.stderr)
        return 2
    language = arguments[1] if len(arguments) == 2 else "en"
    try:
        loaded = catalogue.load(catalogue.root(), HANDSET)
        if loaded.knowledge is None or language not in TOLD:
            raise CannotStart(f"no knowledge about {HANDSET} in {language}")
        screenshot(Path(arguments[0]), in_the_middle(loaded.knowledge, language))
    except (OSError, CannotStart) as failure:
        print(f"screenshot: {failure}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What the reader of a message calls a file of a knowledge folder: so that he can open it where he is."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from .layers import FOLDERS
from .model import NOWHERE, Place
from .problems import Problem, show

Named = Callable[[str], str]
"""From a file, as the knowledge folder has it, to what its reader calls it."""
_IN_TEXT = re.compile(
    rf"(?<![\w/.])(?:words|(?:{'|'.join(FOLDERS.values())}|parts|cases)/[\w./-]+)\.yaml(?=:\d+:\d+)"
)


def displayed(path: Path) -> str:
    """A path as short as it can be said: below the current folder relative to it."""
    if path.is_absolute():
        here = Path.cwd()
        return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
    return os.path.normpath(path)


def under(folder: Path) -> Named:
    """Names of the files of a knowledge folder as the reader finds them from where he is."""
    return lambda file: displayed(folder / file)


def located(named: Named) -> Callable[[Place], str]:
    """How a place is told to the reader: ``file:line:column``."""

    def at(place: Place) -> str:
        if place.file in ("", NOWHERE.file):
            return str(place)
        return f"{named(place.file)}:{place.line}:{place.column}"

    return at


def in_sight(text: str, named: Named) -> str:
    """A text with the places that it names told as :func:`located` tells them."""
    return _IN_TEXT.sub(lambda found: named(found[0]), text)


def shown_by(problem: Problem, named: Named) -> str:
    """A problem on one line, as :func:`diagnose.knowledge.problems.show` has it, with the reader's names."""
    text = show(problem).removeprefix(str(problem.place))
    return located(named)(problem.place) + in_sight(text, named)

"""Texts that are read out: how long that takes, against what a caller can bear and what the entry says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from diagnose.knowledge.model import LANGUAGES
from diagnose.knowledge.problems import Problem
from diagnose.knowledge.source import Node

from .finding import warning

WORDS_PER_SECOND = 2.5
"""Reading aloud at 150 words a minute, a usual pace on the telephone."""
MOST_SECONDS: Mapping[str, float] = {"ask": 10, "steps": 10, "prepare": 10, "greeting": 10, "say": 20}
"""The budget of one text read out without a pause, in seconds."""


def too_long(document: Node) -> Iterator[Problem]:
    """Texts of one file that take too long to read aloud, each said at its own words."""
    yield from _spoken(document, "greeting", document)
    yield from _sections(document)
    change = document.get("change")
    if change is not None:
        yield from _sections(change)


def _sections(node: Node) -> Iterator[Problem]:
    for section in ("symptoms", "remedies", "alerts", "promises"):
        entries = node.get(section)
        for entry in entries.entries.values() if entries is not None else ():
            for name in ("ask", "say", "steps", "prepare"):
                yield from _spoken(entry, name, entry)


def _spoken(parent: Node, name: str, entry: Node) -> Iterator[Problem]:
    written = parent.get(name)
    if written is None:
        return
    for text in written.items or [written]:
        for language, words in text.entries.items():
            if language.partition("-")[0] in LANGUAGES and isinstance(words.value, str):
                yield from _one(words, name, entry)


def _one(words: Node, name: str, entry: Node) -> Iterator[Problem]:
    count = len(words.text.split())
    seconds = count / WORDS_PER_SECOND
    if seconds > MOST_SECONDS[name]:
        most = MOST_SECONDS[name]
        message = f"{count} words take about {seconds:.0f} s to read aloud, {name}: may take {most:g} s"
        mend = f"at most {int(most * WORDS_PER_SECOND)} words: shorten it, or make it two"
        yield warning(words.place, "K512", message, mend)
    own = entry.get("seconds")
    limit = own.value if own is not None and name == "ask" else None
    if isinstance(limit, (int, float)) and not isinstance(limit, bool) and seconds > limit:
        message = f"{count} words take about {seconds:.0f} s to read aloud, the entry says {limit:g} s"
        yield warning(words.place, "K513", message, "shorten it, or give it more seconds:")

"""Every word of a YAML text with its place and the keys that lead to it, though the text may be broken.

The strict reader (``knowledge/source.py``) says nothing of a text that is not YAML; while somebody types,
most texts are not. This one never gives up: what is opened and not closed ends where the indent says that
the next entry begins. On sound text both see the same words, which a test holds them to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from diagnose.knowledge.source import MAX_DEPTH

ITEM = "[]"
"""Stands in a path for the items of a list."""
Path = tuple[str, ...]

_BLANKS = " \t"
"""Those of YAML: any other, such as U+00A0, is part of a word."""
_QUOTED = {'"': re.compile(r'"(?:[^"\\]|\\.)*"'), "'": re.compile(r"'(?:[^']|'')*'")}
_CLOSED = {'"': re.compile(r'(?:[^"\\]|\\.)*"'), "'": re.compile(r"(?:[^']|'')*'")}
_COMMENT = re.compile(r"[ \t]#")
_PLAIN_IN_FLOW = re.compile(r"(?:[^,\[\]{}:#]|:(?![\s,\[\]{}]|$)|(?<=[^\s])#)+", re.ASCII)
_COLON = re.compile(r":(?=\s|$)", re.ASCII)
_COLON_NEXT = re.compile(r"\s*:(?=\s|$)", re.ASCII)
_DASH = re.compile(r"-(?=\s|$)\s*", re.ASCII)
_ANEW = re.compile(r"\s*(?:-\s|[\w.-]+\s*:(?:\s|$))", re.ASCII)
_LITERAL = re.compile(r"[|>][-+0-9]*\s*(?:#.*)?$", re.ASCII)


class Word(NamedTuple):
    """A scalar as it is written (``raw``, to the end of its line) and what it says; line and column from 1.

    ``path``: of a value, the keys that lead to it; of a key, those that lead to its mapping. ``loose``: alone
    on its line, so that it may be a value or a key that lacks its colon. ``whole``: it ends on its line.
    """

    line: int
    column: int
    raw: str
    text: str
    path: Path
    key: bool = False
    loose: bool = False
    whole: bool = True

    @property
    def end(self) -> int:
        """The column after its last letter on its line."""
        return self.column + len(self.raw)


class Spot(NamedTuple):
    """Where something is being typed: below which keys, whether a key or a value may stand there.

    ``begun``: the letters that are there already, up to the cursor; ``column``: where they begin, from 1.
    """

    path: Path
    key: bool
    value: bool
    begun: str
    column: int


def words_of(text: str) -> tuple[Word, ...]:
    """Every word of the text, in its order."""
    return tuple(_scanned(text).words)


def spot_at(text: str, line: int, column: int) -> Spot | None:
    """What may be typed at a place (from 1); None in a comment or a longer text."""
    lines = text.split("\n")[:line]
    lines += [""] * (line - len(lines))
    lines[-1] = lines[-1][: column - 1]
    scan = _scanned("\n".join(lines))
    last = scan.words[-1] if scan.words else None
    if last is not None and last.line == line and last.end == column:
        said = last.raw.lstrip("\"'") if not last.whole else last.text
        if last.whole and last.raw[:1] in ("'", '"'):
            return None
        return Spot(last.path, last.key or last.loose, not last.key, said, column - len(said))
    if scan.quote or scan.literal is not None or scan.in_comment:
        return None
    if scan.flow:
        return _in_flow(scan.flow[-1], column)
    return _in_block(scan, lines[-1], column)


def _in_flow(top: _Flow, column: int) -> Spot | None:
    if top.state not in ("key", "value"):
        return None
    is_key = top.state == "key"
    return Spot(top.path if is_key else top.to_value, is_key, not is_key, "", column)


def _in_block(scan: _Scanner, line: str, column: int) -> Spot | None:
    if line.strip(_BLANKS):  # after "key:" or "- "
        frame = scan.frames[-1] if scan.frames else None
        if frame is None or frame.filled or line[-1] not in _BLANKS:
            return None
        return Spot(frame.path, frame.dash, True, "", column)
    path = next((f.path for f in reversed(scan.frames) if f.indent < column - 1), ())
    return Spot(path, True, False, "", column)


@dataclass(slots=True)
class _Frame:
    """A key or a dash of the block style: what is indented more belongs to it."""

    indent: int
    path: Path
    dash: bool = False
    filled: bool = False


@dataclass(slots=True)
class _Flow:
    """A bracket or a brace that is open. ``state``: what comes next (key, value), or what has come."""

    brace: bool
    path: Path
    state: str
    key: str = ""

    @property
    def to_value(self) -> Path:
        return _below(self.path, self.key if self.brace else ITEM)

    def next(self) -> None:
        self.state = "key" if self.brace else "value"


def _scanned(text: str) -> _Scanner:
    scan = _Scanner()
    for number, line in enumerate(text.split("\n"), 1):
        scan.read(number, line.rstrip("\r"))
    return scan


class _Scanner:
    """One text, line by line. What is open at the end is what somebody is typing in."""

    def __init__(self) -> None:
        self.words: list[Word] = []
        self.frames: list[_Frame] = []
        self.flow: list[_Flow] = []
        self.base = -1
        self.quote = ""
        self.literal: int | None = None
        self.in_comment = False
        self.number = 0

    def read(self, number: int, line: str) -> None:
        self.number = number
        self.in_comment = False
        bare = line.lstrip(" ")
        indent = len(line) - len(bare)
        if self.literal is not None:
            if not bare or indent > self.literal:
                return
            self.literal = None
        if self.flow or self.quote:
            if indent <= self.base and _ANEW.match(line):
                self.flow.clear()
                self.quote = ""
            else:
                self._go_on(line)
                return
        if not bare.strip(_BLANKS):
            return
        if bare.startswith(("#", "---", "...", "%")):
            self.in_comment = True
            return
        self._block(line, indent)

    def _go_on(self, line: str) -> None:
        at = 0
        if self.quote:
            closed = _CLOSED[self.quote].match(line)
            if closed is None:
                return
            self.quote = ""
            at = closed.end()
        self._in_flow(line, at)

    def _block(self, line: str, at: int) -> None:
        while True:
            dash = _DASH.match(line, at)
            if dash is None:
                break
            self._leave(at, dash=True)
            self.frames.append(_Frame(at, _below(self._path(), ITEM), dash=True))
            at = dash.end()
            if at >= len(line):
                return
        self._leave(at)
        raw, end = _key(line, at)
        if not raw:
            self._value(line, at, loose=True)
            return
        self._word(at, raw, self._path(), key=True)
        self.frames.append(_Frame(at, _below(self._path(), _said(raw))))
        self._value(line, end, loose=False)

    def _leave(self, indent: int, dash: bool = False) -> None:
        """What is not indented less than this is over; a list may stand right below its key."""
        while self.frames:
            top = self.frames[-1]
            if top.indent < indent or (dash and top.indent == indent and not top.dash):
                return
            self.frames.pop()

    def _path(self) -> Path:
        return self.frames[-1].path if self.frames else ()

    def _value(self, line: str, at: int, loose: bool) -> None:
        at += len(line[at:]) - len(line[at:].lstrip(_BLANKS))
        if at >= len(line):
            return
        if line[at] == "#":
            self.in_comment = True
            return
        frame = self.frames[-1] if self.frames else _Frame(-1, ())
        if frame.filled:
            return  # a text that goes on from the line above
        self.base = frame.indent
        if line[at] in "{[":
            frame.filled = True
            self.flow = [_opened(line[at], frame.path)]
            self._in_flow(line, at + 1)
        elif _LITERAL.match(line, at):
            frame.filled = True
            self.literal = frame.indent
        elif line[at] in "\"'":
            frame.filled = True
            raw = self._quoted(line, at)
            self._word(at, raw, frame.path, whole=not self.quote)
        else:
            comment = _COMMENT.search(line, at)
            raw = line[at : comment.start() if comment else len(line)].rstrip(_BLANKS)
            frame.filled = not loose
            self.in_comment = comment is not None
            self._word(at, raw, frame.path, loose=loose)

    def _quoted(self, line: str, at: int) -> str:
        whole = _QUOTED[line[at]].match(line, at)
        if whole is None:
            self.quote = line[at]
            return line[at:]
        return whole[0]

    def _in_flow(self, line: str, at: int) -> None:
        while at < len(line) and self.flow:
            top = self.flow[-1]
            c = line[at]
            if c in " \t":
                at += 1
            elif c == "#" and (at == 0 or line[at - 1] in " \t"):
                self.in_comment = True
                return
            elif c in "{[":
                self.flow.append(_opened(c, top.to_value))
                at += 1
            elif c in "}]":
                self.flow.pop()
                if self.flow:
                    self.flow[-1].state = "done"
                at += 1
            elif c == ",":
                top.next()
                at += 1
            elif c == ":" and top.state == "keyed":
                top.state = "value"
                at += 1
            else:
                at = self._flow_word(line, at, top)

    def _flow_word(self, line: str, at: int, top: _Flow) -> int:
        if line[at] in "\"'":
            raw = self._quoted(line, at)
        else:
            plain = _PLAIN_IN_FLOW.match(line, at)
            if plain is None:
                return at + 1
            raw = plain[0].rstrip(_BLANKS)
        if top.state == "key":
            self._word(at, raw, top.path, key=True, whole=not self.quote)
            top.key, top.state = _said(raw), "keyed"
        elif top.state == "value":
            self._word(at, raw, top.to_value, whole=not self.quote)
            top.state = "done"
        return at + max(1, len(raw))

    def _word(
        self, at: int, raw: str, path: Path, *, key: bool = False, loose: bool = False, whole: bool = True
    ) -> None:
        self.words.append(Word(self.number, at + 1, raw, _said(raw), path, key, loose, whole))


def _below(path: Path, part: str) -> Path:
    """A path with one part more; one that is deeper than may be read says no more how deep it is."""
    return (*path, part) if len(path) <= MAX_DEPTH else path


def _key(line: str, at: int) -> tuple[str, int]:
    """The key that begins there, as it is written, and where its colon ends; empty when there is none."""
    quoted = _QUOTED[line[at]].match(line, at) if line[at] in _QUOTED else None
    if quoted is not None:
        colon = _COLON_NEXT.match(line, quoted.end())
        return (quoted[0], colon.end()) if colon is not None else ("", at)
    colon = _COLON.search(line, at)
    if colon is None or line[at] in "\"'[{#" or "#" in line[at : colon.start()]:
        return "", at
    return line[at : colon.start()].rstrip(_BLANKS), colon.end()


def _opened(bracket: str, path: Path) -> _Flow:
    return _Flow(bracket == "{", path, "key" if bracket == "{" else "value")


def _said(raw: str) -> str:
    """What a word says, without its quotes; an escape in it stays as it is written."""
    if raw[:1] == "'":
        return raw[1:].removesuffix("'").replace("''", "'")
    return raw[1:].removesuffix('"') if raw[:1] == '"' else raw

"""YAML text -> nodes that know their place. Whatever an author writes, reading it never raises.

YAML is read strictly, see ``docs/knowledge.md``: a stream of parser events is put together here, not composed
by PyYAML, so that depth, duplicates and aliases are refused while reading and no tag is ever resolved.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from .disk import TooLarge, contents
from .model import Place, Scalar
from .problems import Problem

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_BYTES = 2_000_000
MAX_DEPTH = 50

Value = dict[str, "Node"] | list["Node"] | Scalar | None

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,15})(\.[0-9]{1,20})?")
# The line separators of Unicode are refused too: editors do not count them as lines, YAML does. So is what
# turns the direction of writing: a line would not read as it is meant.
_UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_ESCAPED = re.compile(f"\r|{_UNPRINTABLE.pattern}")
"""What no text may hold, not even written as an escape (``"\\e"``): it would reach a terminal or a page."""
_NO_ENTRIES: Mapping[str, Node] = {}


class Node(NamedTuple):
    """A value with its place. ``text``: a scalar as it is written (``1.10``).

    ``keys``: of a mapping, line and column of each key.
    """

    value: Value
    file: str
    line: int
    column: int
    text: str = ""
    keys: Mapping[str, tuple[int, int]] = {}

    @property
    def place(self) -> Place:
        """Where the value begins."""
        return Place(self.file, self.line, self.column)

    def key_place(self, key: str) -> Place:
        """Where the key of an entry is written; for an entry that came from another file, its value."""
        if key in self.keys:
            return Place(self.file, *self.keys[key])
        entry = self.entries.get(key)
        return entry.place if entry is not None else self.place

    @property
    def entries(self) -> Mapping[str, Node]:
        """The entries of a mapping; of anything else, none."""
        return self.value if isinstance(self.value, dict) else _NO_ENTRIES

    @property
    def items(self) -> list[Node]:
        """The items of a list; of anything else, none."""
        return self.value if isinstance(self.value, list) else []

    def get(self, key: str) -> Node | None:
        """The entry of a mapping, unless it is missing or null."""
        entry = self.entries.get(key)
        return None if entry is None or entry.value is None else entry


class _Frame:
    """A mapping or list that is still being read."""

    __slots__ = ("at", "entries", "items", "key", "key_at", "keys", "mapping")

    def __init__(self, mapping: bool, at: tuple[int, int]) -> None:
        self.mapping = mapping
        self.at = at
        self.entries: dict[str, Node] = {}
        self.items: list[Node] = []
        self.keys: dict[str, tuple[int, int]] = {}
        self.key: str | None = None
        self.key_at = at


def read(root: Path, file: str, until: Collection[str] = ()) -> tuple[Node | None, tuple[Problem, ...]]:
    """The file below ``root`` as a node, and what is wrong with it; None when it could not be read at all."""
    path = root / file
    start = Place(file, 1, 1)
    try:
        data = contents(path, MAX_BYTES)
    except TooLarge:
        return None, (_too_large(start),)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return None, (Problem(start, "K101", f"cannot be read: {reason}", "see that the file is there"),)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = data[: error.start].decode("utf-8", "replace")
        place = _place_of(good, len(good), file)
        return None, (Problem(place, "K102", "not UTF-8", "save the file as UTF-8"),)
    return parse(text, file, until)


def parse(text: str, file: str, until: Collection[str] = ()) -> tuple[Node | None, tuple[Problem, ...]]:
    """The text as a node, and what is wrong with it; None when it could not be read at all.

    ``until``: stop as soon as all these keys of the outermost mapping have been read.
    """
    start = Place(file, 1, 1)
    if len(text) > MAX_BYTES:
        return None, (_too_large(start),)
    bad = _UNPRINTABLE.search(text)
    if bad:
        place = _place_of(text, bad.start(), file)
        return None, (Problem(place, "K103", f"control character U+{ord(bad[0]):04X}", "take it out"),)
    problems: list[Problem] = []
    try:
        root = _Reader(file, frozenset(until), problems).read(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        # What is still open at the end of the text is wrong where it was opened.
        if mark is None or (error.context_mark is not None and mark.index >= len(text.rstrip())):
            mark = error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else start
        said = ", ".join(p for p in (error.context, error.problem) if p)
        mend = _mend(error.problem or "", text, mark.index) if mark else "look at indent, quotes and brackets"
        problems.append(Problem(place, "K106", f"not YAML: {said}", mend))
        return None, tuple(problems)
    except yaml.YAMLError as error:
        problems.append(Problem(start, "K106", f"not YAML: {error}"))
        return None, tuple(problems)
    if root is None and not problems:
        problems.append(Problem(start, "K112", "nothing in this file", "write at least its kind:"))
    return root, tuple(problems)


def _mend(problem: str, text: str, index: int) -> str:
    """What to look at, for somebody who writes YAML and does not read parsers."""
    at = text[index : index + 1]
    lines = "\n".join(text[:index].split("\n")[-2:]) + text[index:].partition("\n")[0]
    if at == "\t":
        return "indent with blanks, not with a tab"
    if _ODD_BLANK.search(lines):
        return "a blank here or on the line before is no plain one (U+00A0): type it anew"
    if at == ":" or "mapping values are not allowed" in problem:
        return "a text with a colon in it goes in quotes; a field is indented like the one above it"
    if at and at in "*&!|>%@`":
        return f"a text that begins with {at} goes in quotes"
    if "expected ',' or" in problem:
        return _missing(text[:index].rstrip().rpartition("\n")[2])
    return next((mend for said, mend in _MENDS.items() if said in problem), _MENDS[""])


def _missing(before: str) -> str:
    """What may be missing in the line before a place where a comma or a bracket was expected."""
    if " #" in before:
        return "what follows # is a comment: a text with # in it goes in quotes"
    if _APOSTROPHE.search(before):
        return "a text with an apostrophe goes in double quotes"
    return "a bracket, a quote or a comma is missing before this"


_MENDS: Mapping[str, str] = {
    "could not find expected ':'": "a line above has no colon: write name: value",
    "did not find expected key": "indent it like its neighbours",
    "unexpected end of stream": "what is opened here, a quote or a bracket, is not closed",
    "": "look at indent, quotes and brackets",
}
"""By what the parser says; the last for all else."""
_ODD_BLANK = re.compile("^ *\xa0|:\xa0", re.MULTILINE)
"""Where YAML wants a blank; in a French text it stands before the colon, and is right."""
_APOSTROPHE = re.compile(r"[:,\[{] *'[^']*'$")


def plain(node: Node) -> Any:
    """What a node says, as plain mappings, lists and values, without its places."""
    if isinstance(node.value, dict):
        return {key: plain(entry) for key, entry in node.value.items()}
    return [plain(item) for item in node.value] if isinstance(node.value, list) else node.value


def written(node: Node) -> str:
    """The same text for nodes that say the same, wherever they say it and in whatever order of keys."""
    return json.dumps(plain(node), sort_keys=True)


def scalar(text: str) -> Scalar | None:
    """The value of an unquoted word: true, false, null or nothing, an integer, a decimal; else it is text."""
    first = text[:1]
    if first == "" or text == "null":
        return None
    if first in "-0123456789":
        number = _NUMBER.fullmatch(text)
        if number:
            return float(text) if number[1] else int(text)
    elif text == "true":
        return True
    elif text == "false":
        return False
    return text


class _Reader:
    """Puts the events of one text together; problems are added to the list it was given."""

    def __init__(self, file: str, until: frozenset[str], problems: list[Problem]) -> None:
        self.file = file
        self.until = until
        self.problems = problems
        self.stack: list[_Frame] = []
        self.root: Node | None = None
        self.enough = False

    def read(self, text: str) -> Node | None:
        loader = LOADER(text)
        try:
            return self._events(loader)
        finally:
            loader.dispose()

    def _events(self, loader: Any) -> Node | None:
        file, stack = self.file, self.stack
        next_event = loader.get_event
        documents = 0
        while not self.enough:
            event = next_event()
            kind = type(event)
            mark = event.start_mark
            if kind is yaml.ScalarEvent:
                text = event.value
                if event.style == '"':
                    text = self._harmless(text, mark)
                value = scalar(text) if event.implicit[0] else text
                if event.tag is not None or event.anchor is not None:
                    self._refuse(event)
                self._put(Node(value, file, mark.line + 1, mark.column + 1, text), event.implicit[0])
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                frame = stack.pop()
                whole: Value = frame.entries if frame.mapping else frame.items
                self._put(Node(whole, file, frame.at[0], frame.at[1], "", frame.keys))
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                if event.tag is not None or event.anchor is not None:
                    self._refuse(event)
                at = (mark.line + 1, mark.column + 1)
                if len(stack) >= MAX_DEPTH:
                    deep = f"nested more than {MAX_DEPTH} deep"
                    self.problems.append(Problem(Place(file, *at), "K105", deep, "write it flatter"))
                    return None
                stack.append(_Frame(kind is yaml.MappingStartEvent, at))
            elif kind is yaml.AliasEvent:
                self._refuse(event)
                self._put(Node(None, file, mark.line + 1, mark.column + 1))
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    place = Place(file, mark.line + 1, mark.column + 1)
                    self.problems.append(
                        Problem(place, "K113", "a second document begins here", "make it a file of its own")
                    )
                    return self.root
            elif kind is yaml.StreamEndEvent:
                return self.root
        head = stack[0]
        return Node(head.entries, file, head.at[0], head.at[1], "", head.keys)

    def _put(self, node: Node, plain: bool = False) -> None:
        if not self.stack:
            # An empty document is an empty scalar: nothing was written.
            self.root = None if node.value is None and node.text == "" else node
            return
        frame = self.stack[-1]
        if not frame.mapping:
            frame.items.append(node)
        elif frame.key is None:
            frame.key = self._key(node, plain)
            frame.key_at = (node.line, node.column)
        else:
            key = frame.key
            frame.key = None
            if key in frame.keys:
                first = frame.keys[key]
                self.problems.append(
                    Problem(
                        Place(self.file, *frame.key_at),
                        "K107",
                        f"key {key!r} is written twice, first at {Place(self.file, *first)}",
                        "keep one of the two",
                    )
                )
            elif key:
                frame.entries[key] = node
                frame.keys[key] = frame.key_at
                if self.until and len(self.stack) == 1:
                    self.enough = self.until <= frame.keys.keys()

    def _key(self, node: Node, plain: bool) -> str:
        """The key as text; the empty text when it is refused."""
        if isinstance(node.value, (dict, list)) or node.text == "":
            self.problems.append(
                Problem(node.place, "K111", "a key must be a word", "give the entry a name before the colon")
            )
            return ""
        if plain and node.text == "<<":
            self.problems.append(
                Problem(node.place, "K110", "merge keys are not used here", "write the entries out")
            )
            return ""
        return node.text

    def _harmless(self, text: str, mark: Any) -> str:
        """The text without control characters, which only an escape can have brought into it."""
        bad = _ESCAPED.search(text)
        if bad is None:
            return text
        place = Place(self.file, mark.line + 1, mark.column + 1)
        said = f"control character U+{ord(bad[0]):04X} written as an escape"
        self.problems.append(Problem(place, "K103", said, "take it out"))
        return _ESCAPED.sub("", text)

    def _refuse(self, event: Any) -> None:
        place = Place(self.file, event.start_mark.line + 1, event.start_mark.column + 1)
        tag = getattr(event, "tag", None)
        if tag is not None:
            self.problems.append(Problem(place, "K108", f"tag {tag!r} is not used here", "take it out"))
        if event.anchor is not None:
            kind = "alias" if isinstance(event, yaml.AliasEvent) else "anchor"
            self.problems.append(
                Problem(place, "K109", f"{kind} {event.anchor!r} is not used here", "write the text out")
            )


def _too_large(place: Place) -> Problem:
    return Problem(place, "K104", f"larger than {MAX_BYTES} bytes", "split it into parts and include: them")


def _place_of(text: str, offset: int, file: str) -> Place:
    before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    return Place(file, before.count("\n") + 1, len(before) - before.rfind("\n"))

"""The mend of a problem where there is exactly one: which letters to write in place of which.

Nothing here guesses at what is meant. A mend is made of what the message itself says; no other words of the
file are touched, so that comments, order and layout stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from diagnose.knowledge.conditions import TRIED
from diagnose.knowledge.model import UNKNOWN, VERDICTS
from diagnose.knowledge.problems import Problem, slips

from .modeline import MODELINE
from .typed import Word, words_of

At = tuple[int, int]
"""Line and column, from 1, in characters."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What stands from ``start`` to before ``end`` becomes ``text``."""

    start: At
    end: At
    text: str


@dataclass(frozen=True, slots=True)
class Mend:
    """The one mend of a problem: ``what`` is done in words, and the edits of the file that do it.

    ``meant``: the author's own name that is taken to be meant, where the mend puts a name right.
    """

    problem: Problem
    what: str
    edits: tuple[Edit, ...]
    meant: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A text as it is mended: its lines, and its words by where they begin."""

    lines: tuple[str, ...]
    words: Mapping[At, Word]


def written(text: str) -> Written:
    """The text, ready to be mended; its lines are those that places count."""
    lines = tuple(re.split(r"\r\n|\r|\n", text))
    return Written(lines, {(w.line, w.column): w for w in words_of("\n".join(lines))})


def mend_of(problem: Problem, text: Written) -> Mend | None:
    """How the problem is mended; None where that is for the author to say."""
    for mender in MENDERS.get(problem.code, ()):
        mend = mender(problem, text)
        if mend is not None:
            return mend
    return None


def mended(text: str, edits: tuple[Edit, ...]) -> str:
    """The text with the edits made, which do not overlap."""
    line_end = "\r\n" if "\r\n" in text else "\n"
    starts = [0, *(m.end() for m in re.finditer(r"\r\n|\r|\n", text))]
    for edit in sorted(edits, key=lambda e: e.start, reverse=True):
        begin, end = (starts[line - 1] + column - 1 for line, column in (edit.start, edit.end))
        text = text[:begin] + edit.text.replace("\n", line_end) + text[end:]
    return text


def established(mend: Mend, told: Iterable[Problem], texts: Iterable[str]) -> bool:
    """Whether the name that is taken to be meant is spelt right where it is written.

    It is used elsewhere, and nobody else has spelt it as here: else it may be its definition that has the
    slip, and every use of it is told. ``told``: all problems; ``texts``: of all files.
    """
    if not mend.meant:
        return True
    alike = {p.place for p in told if (p.message, p.mend) == (mend.problem.message, mend.problem.mend)}
    name = re.compile(rf"(?<![\w-]){re.escape(mend.meant)}(?![\w-])")
    return len(alike) == 1 and sum(len(name.findall(text)) for text in texts) > 1


def apart(edits: tuple[Edit, ...], others: tuple[Edit, ...]) -> bool:
    """Whether two groups of edits touch nothing in common."""
    return all(a.end <= b.start or b.end <= a.start for a in edits for b in others if a != b)


def _instead(problem: Problem, word: Word, raw: str, skip: int = 0, meant: str = "") -> Mend:
    """Something written in place of a word, or of what comes after its first ``skip`` letters."""
    edit = Edit((word.line, word.column + skip), (word.line, word.end), raw)
    return Mend(problem, f"{word.raw[skip:]} is now {raw}", (edit,), meant)


_NAMED = re.compile(r"did you mean '([^']+)'\?")


def _respelt(problem: Problem, text: Written) -> Mend | None:
    """The one name that is meant, for a word that is a single slip away from it."""
    named, word = _NAMED.fullmatch(problem.mend), _word(problem, text)
    if named is None or word is None:
        return None
    meant = named[1]
    last = word.text.rpartition(".")[2]
    # of handset.fold and tried.cleen the message speaks of what comes after the dot
    part = f"{last!r}" in problem.message and f"{word.text!r}" not in problem.message
    skip = len(word.text) - len(last) if part else 0
    said = word.text[skip:]
    quotes = len(word.raw) - len(word.text)
    if not _same_but_for_a_slip(said, meant) or quotes not in (0, 2):
        return None
    authors = "" if problem.code in _GIVEN or meant in _WORDS else meant
    if quotes:
        quote = word.raw[0]
        return _instead(problem, word, f"{quote}{word.text[:skip]}{meant}{quote}", meant=authors)
    return _instead(problem, word, meant, skip, authors)


_GIVEN = ("K201", "K204", "K302")
"""Problems of names that no author has spelt: those of fields, of the language, of files."""
_WORDS = frozenset((UNKNOWN, *VERDICTS, *TRIED))


def _same_but_for_a_slip(said: str, meant: str) -> bool:
    """Whether nothing else can be meant: a short word may be a slip of anything, a number is not spelt."""
    digits = re.sub(r"[^0-9]", "", said) == re.sub(r"[^0-9]", "", meant)
    return (
        said != meant
        and digits
        and (slips(said, meant) == 0 or (len(meant) >= 4 and slips(said, meant) == 1))
    )


def _word(problem: Problem, text: Written) -> Word | None:
    """The word that the problem is about, if it stands on one line."""
    word = text.words.get((problem.place.line, problem.place.column))
    return word if word is not None and word.whole else None


def _plain_blanks(problem: Problem, text: Written) -> Mend | None:
    """Blanks that are none (U+00A0) before a field, made plain ones."""
    word = _word(problem, text)
    if word is None or "after plain blanks" not in problem.mend or "\xa0" not in word.raw:
        return None
    edit = Edit((word.line, word.column), (word.line, word.end), word.raw.replace("\xa0", " "))
    return Mend(problem, "the blanks before it are plain ones now", (edit,))


_WITHOUT_QUOTES = re.compile(r"write (-?[0-9]+(?:\.[0-9]+)?) without quotes")
_WITH_A_POINT = re.compile(r"write (-?[0-9]+\.(?![0-9]{3}$)[0-9]+)")
"""Not 1,500, which may be fifteen hundred."""
_AS_A_LIST = re.compile(r"write \[([^\[\]{},:#'\"]+)\]")
_FLAGS = {"yes": "true", "no": "false"}


def _of_the_type(problem: Problem, text: Written) -> Mend | None:
    """A value of the type that is needed, where it is the same value."""
    word = _word(problem, text)
    if word is None or word.key:
        return None
    mend, said, raw = problem.mend, word.text, ""
    if mend == "put it in quotes":
        raw = f'"{said}"' if word.raw == said else ""
    elif mend == "yes and no are words here":
        raw = _FLAGS.get(said, "")
    elif without := _WITHOUT_QUOTES.fullmatch(mend):
        raw = without[1] if without[1] == said else ""
    elif point := _WITH_A_POINT.fullmatch(mend):
        raw = point[1] if point[1] == said.replace(",", ".") else ""
    elif listed := _AS_A_LIST.fullmatch(mend):
        raw = f"[{word.raw}]" if listed[1] == said else ""
    return _instead(problem, word, raw) if raw else None


_SHARE = re.compile(r"write (0(?:\.[0-9]+)?|1)")


def _as_a_share(problem: Problem, text: Written) -> Mend | None:
    """A percentage as the number that it is."""
    share, word = _SHARE.fullmatch(problem.mend), _word(problem, text)
    return _instead(problem, word, share[1]) if share is not None and word is not None else None


_BREAKS = "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
"""Characters that part words: what is left of them when they are taken out is for the author to see."""
_CONTROL = re.compile(r"control character U\+([0-9A-F]{4,6})")


def _taken_out(problem: Problem, text: Written) -> Mend | None:
    """A character that nobody sees, and all others of its sort in the file."""
    found = _CONTROL.fullmatch(problem.message)
    character = chr(int(found[1], 16)) if found is not None else ""
    if not character or character in _BREAKS:
        return None
    edits = tuple(
        Edit((number, at + 1), (number, at + 2), "")
        for number, line in enumerate(text.lines, 1)
        for at, c in enumerate(line)
        if c == character
    )
    return Mend(problem, f"every U+{found[1]} is taken out", edits) if found is not None and edits else None


_ALLOWANCE = re.compile(r"\s*#\s*diagnose\s*:\s*[^#]*")


def _no_allowance(problem: Problem, text: Written) -> Mend | None:
    """A comment that allows what is not told, taken out; with its line, if it has one of its own."""
    line, column = problem.place.line, problem.place.column
    here = text.lines[line - 1]
    begin = len(here[: column - 1].rstrip())
    found = _ALLOWANCE.match(here, begin)
    if found is None:
        return None
    alone = begin == 0 and found.end() == len(here) and line < len(text.lines)
    edit = (
        Edit((line, 1), (line + 1, 1), "") if alone else Edit((line, begin + 1), (line, found.end() + 1), "")
    )
    return Mend(problem, "the comment is taken out", (edit,))


_MODELINE = re.compile(rf"write ({MODELINE.pattern})")


def _modeline(problem: Problem, text: Written) -> Mend | None:
    """The comment that leads to the schema, in place of what stands there or as the first line."""
    wanted = _MODELINE.fullmatch(problem.mend)
    if wanted is None:
        return None
    line, column = problem.place.line, problem.place.column
    there = MODELINE.match(text.lines[line - 1], column - 1)
    if there is None:
        return Mend(
            problem, "the comment that leads to it is added", (Edit((1, 1), (1, 1), wanted[1] + "\n"),)
        )
    edit = Edit((line, column), (line, there.end() + 1), wanted[1])
    return Mend(problem, "the comment leads to it now", (edit,))


Mender = Callable[[Problem, Written], Mend | None]
_NAMES = ("K204", "K302", "K305", *(f"K{n}" for n in range(401, 415) if n != 412))
MENDERS: Mapping[str, tuple[Mender, ...]] = {
    **dict.fromkeys(_NAMES, (_respelt,)),
    "K103": (_taken_out,),
    "K201": (_respelt, _plain_blanks),
    "K203": (_of_the_type,),
    "K410": (_respelt, _as_a_share),
    "K517": (_no_allowance,),
    "K519": (_modeline,),
}
"""By code, what is tried. A code that is not here is mended by nobody but the author."""

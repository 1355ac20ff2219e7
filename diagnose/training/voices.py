"""How virtual callers speak, and how hard they make it: read from ``training/voices.yaml``."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from diagnose.knowledge.model import LANGUAGES
from diagnose.knowledge.problems import Problem
from diagnose.training.text import FOLDER, open_file

FILE = f"{FOLDER}/voices.yaml"
DIFFICULTIES = ("easy", "medium", "hard")
LINES = (
    "hello", "hello_vague", "back", "yes", "yes_looks", "yes_tests", "yes_recalls", "no", "no_looks",
    "no_tests", "no_recalls", "answer", "answer_looks", "date", "dont_know", "dont_know_looks",
    "dont_know_tests", "dont_know_recalls", "waits", "again", "volunteer", "something_else", "and_also",
    "nothing_else", "grumbles", "cross", "hangs_up", "not_here", "refuse_test", "refuse_try", "tried_before",
    "doing", "cured", "not_cured", "pays", "sent_away", "thanks",
)  # fmt: skip
_RATES = ("dont_know", "misreport", "volunteers", "refuses")


@dataclass(frozen=True, slots=True)
class Difficulty:
    """How a caller makes it hard: shares and chances in 0..1, patience in seconds of call.

    ``hangs_up``: seconds after which he does; 0: never.
    """

    dont_know: float = 0.07
    misreport: float = 0.02
    volunteers: float = 0.2
    refuses: float = 0.15
    patience: float = 180.0
    hangs_up: float = 0.0


@dataclass(frozen=True, slots=True)
class Voices:
    """The lines by language and occasion, and the difficulties by name.

    ``answers``: by language and ``symptom.answer``, what is said to it.
    """

    lines: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    answers: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    difficulties: Mapping[str, Difficulty] = field(default_factory=dict)

    def line(self, occasions: tuple[str, ...], language: str, seed: int, count: int) -> str:
        """The ``count``-th line (from 0) of some occasions: each once in an order of the seed, then again."""
        known = tuple(line for occasion in occasions for line in self.lines.get((language, occasion), ()))
        if not known:
            return ""
        turn, at = divmod(count, len(known))
        drawn = zlib.crc32(f"{' '.join(occasions)} {language}".encode())
        rng = np.random.default_rng((seed, drawn, turn))
        return known[int(rng.permutation(len(known))[at])]


def read_voices(root: Path) -> tuple[Voices | None, tuple[Problem, ...]]:
    """The voices of a knowledge folder, and what is wrong with them; None when there are none."""
    reading, problems = open_file(root, FILE, "voices")
    if reading is None:
        return None, tuple(problems)
    reading.only(("kind", "source", "difficulties", "lines", "answers"))
    difficulties = {}
    for name, part in reading.parts("difficulties"):
        part.only((*_RATES, "patience", "hangs_up"))
        rates = {rate: part.number(rate, None, 0, 1) for rate in _RATES}
        patience, hangs_up = part.number("patience", None), part.number("hangs_up", 0)
        difficulties[name] = Difficulty(**rates, patience=patience, hangs_up=hangs_up)
    for name in DIFFICULTIES:
        if name not in difficulties:
            reading.complain(reading.place("difficulties"), "E104", f"difficulty {name} is missing")
    lines: dict[tuple[str, str], tuple[str, ...]] = {}
    spoken = reading.part("lines")
    parts = dict(reading.parts("lines"))
    if spoken is not None:
        spoken.only(LINES)
    for occasion in LINES:
        for language in LANGUAGES:
            said = parts[occasion].words(language) if occasion in parts else ()
            lines[language, occasion] = said
            if not said:
                where = parts[occasion].node.place if occasion in parts else reading.place("lines")
                reading.complain(where, "E109", f"{occasion} has no line in {language}")
    answers: dict[tuple[str, str], tuple[str, ...]] = {}
    for name, part in reading.parts("answers"):
        part.only(LANGUAGES)
        for language in LANGUAGES:
            answers[language, name] = part.words(language)
            if not answers[language, name]:
                reading.complain(part.node.place, "E109", f"{name} has no words in {language}")
    return Voices(lines, answers, difficulties), tuple(problems)

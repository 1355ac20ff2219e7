"""How virtual callers speak, and how hard they make it: read from ``training/voices.yaml``."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from diagnose.knowledge.model import LANGUAGES
from diagnose.knowledge.problems import Problem
from diagnose.training.text import FOLDER, Reading, open_file

FILE = f"{FOLDER}/voices.yaml"
_RATES = ("dont_know", "misreport", "volunteers", "refuses", "objects", "gives_in", "did_before")


@dataclass(frozen=True, slots=True)
class Difficulty:
    """How a caller makes it hard: shares and chances in 0..1, patience in seconds of call.

    ``refuses``: to try or look at something long; ``objects``: to a verdict, on each ground that it gives
    him; ``gives_in``: once it is explained; ``did_before``: a try that would not have helped.
    ``hangs_up``: seconds after which he does; 0: never.
    """

    dont_know: float = 0.07
    misreport: float = 0.02
    volunteers: float = 0.2
    refuses: float = 0.15
    objects: float = 0.0
    gives_in: float = 0.7
    did_before: float = 0.0
    patience: float = 180.0
    hangs_up: float = 0.0


@dataclass(frozen=True, slots=True)
class Voices:
    """The lines by language and occasion, and the difficulties by name.

    ``answers``: by language and ``symptom.answer``, what is said to it. ``erased_by``: remedies after which
    nothing is left on the phone; ``saved``: the symptom whose ``yes`` is that it is kept elsewhere.
    """

    lines: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    answers: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    difficulties: Mapping[str, Difficulty] = field(default_factory=dict)
    erased_by: tuple[str, ...] = ()
    saved: str = ""

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
    difficulties = {
        name: Difficulty(
            **{rate: part.number(rate) for rate in _RATES},
            patience=part.number("patience"),
            hangs_up=part.number("hangs_up"),
        )
        for name, part in reading.parts("difficulties")
    }
    data = reading.part("data")
    return Voices(
        _said(reading, "lines"),
        _said(reading, "answers"),
        difficulties,
        data.words("erased_by") if data else (),
        data.word("saved") if data else "",
    ), tuple(problems)


def _said(reading: Reading, key: str) -> dict[tuple[str, str], tuple[str, ...]]:
    return {
        (language, name): part.words(language) for name, part in reading.parts(key) for language in LANGUAGES
    }

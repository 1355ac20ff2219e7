"""docs/problems.md: complete, and every example in it is found with its code and line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from diagnose.knowledge.problems import CODES as OF_KNOWLEDGE
from diagnose.training.text import CODES as OF_TRAINING

if TYPE_CHECKING:
    from conftest import Bench

DOCUMENT = Path(__file__).parents[2] / "docs" / "problems.md"
HEADING = re.compile(r"^## ([KE][0-9]{3}): (.*)$", re.MULTILINE)
HEADER = "kind: part\nsource: estimate\n"
CODES = {**OF_KNOWLEDGE, **OF_TRAINING}
NOT_TEXT = ("K101", "K102", "K103", "K104", "K105", "E101", "E111", "E112")
"""What no example in a document can show: see test_planted_defects."""


def sections() -> dict[str, tuple[str, str]]:
    text = DOCUMENT.read_text("utf-8")
    found = list(HEADING.finditer(text))
    ends = [m.start() for m in found[1:]] + [len(text)]
    return {m[1]: (m[2], text[m.end() : end]) for m, end in zip(found, ends, strict=True)}


def example(section: str) -> str:
    found = re.search(r"^```yaml\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


def files(text: str) -> dict[str, str]:
    """The files of an example: each begins with its ``# file:``, the first may be the part."""
    found: dict[str, list[str]] = {}
    name = "parts/more.yaml"
    for line in text.splitlines():
        named = re.match(r"# file: (\S+)", line)
        if named:
            name = named[1]
        found.setdefault(name, []).append(line)
    return {n: "\n".join(lines) + "\n" for n, lines in found.items()}


def with_head(text: str) -> str:
    bare = not re.search(r"^kind:", text, re.MULTILINE) and not text.startswith("# file:")
    return HEADER + text if bare else text


def test_every_code_has_its_section_in_order_with_the_words_of_the_table() -> None:
    assert {code: title for code, (title, _) in sections().items()} == dict(CODES)
    assert list(sections()) == [*sorted(OF_KNOWLEDGE), *sorted(OF_TRAINING)]


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_section_says_how_to_mend_it(code: str) -> None:
    assert "*Mend:*" in sections()[code][1]


@pytest.mark.parametrize("code", sorted(CODES.keys() - set(NOT_TEXT)))
def test_every_example_is_told_with_its_code_at_the_marked_line(code: str, bench: Bench) -> None:
    written = {name: with_head(text) for name, text in files(example(sections()[code][1])).items()}
    marked = [
        (name, number)
        for name, text in written.items()
        for number, line in enumerate(text.splitlines(), 1)
        if line.endswith("# <--")
    ]
    assert len(marked) == 1
    for name, text in written.items():
        bench.write(name, text.replace("# <--", "").replace("  \n", "\n"))
    told = bench.told()
    assert (code, *marked[0]) in told, told
    # a course of which no exercise is left says why
    assert {c for c, _, _ in told} - ({"K203"} if code == "E109" else set()) == {code}, told


def test_the_sample_that_the_examples_are_added_to_is_sound(bench: Bench) -> None:
    assert bench.told() == []

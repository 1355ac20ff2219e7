"""Every word of a text with its keys: as the strict reader has them, and however broken the text is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnose.authoring.checking.typed import ITEM, Spot, spot_at, words_of
from diagnose.knowledge.source import Node, parse

ROOT = Path(__file__).parents[2] / "knowledge"
SAMPLE = Path(__file__).parent / "sample"
FILES = [*sorted(ROOT.rglob("*.yaml")), *sorted(SAMPLE.rglob("*.yaml"))]
Seen = tuple[int, int, str, tuple[str, ...], bool]


def strictly(node: Node, path: tuple[str, ...] = ()) -> set[Seen]:
    """(line, column, what it says, keys, whether it is a key) of every word that the strict reader sees."""
    if isinstance(node.value, dict):
        keys = {(*node.keys[key], key, path, True) for key in node.entries}
        return keys.union(*(strictly(entry, (*path, key)) for key, entry in node.entries.items()))
    if isinstance(node.value, list):
        return set().union(*(strictly(item, (*path, ITEM)) for item in node.items))
    return {(node.line, node.column, node.text, path, False)} if node.text else set()


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.name)
def test_of_sound_text_it_sees_the_words_that_the_strict_reader_sees(file: Path) -> None:
    text = file.read_text("utf-8")
    node, _ = parse(text, "x.yaml")
    assert node is not None
    words = words_of(text)
    parts = {(w.line, w.column) for w in words if not w.whole or "\\" in w.raw}
    seen = {(w.line, w.column, w.text, w.path, w.key) for w in words}
    assert {s for s in seen ^ strictly(node) if s[:2] not in parts} == set()


@given(st.sampled_from(FILES), st.integers(0, 10_000), st.integers(0, 80))
def test_within_a_word_it_is_typed_where_it_stands(file: Path, number: int, letters: int) -> None:
    text = file.read_text("utf-8")
    words = [w for w in words_of(text) if w.whole and w.raw == w.text]
    word = words[number % len(words)]
    begun = word.text[: 1 + letters % len(word.text)].rstrip()
    spot = spot_at(text, word.line, word.column + len(begun))
    assert spot is not None
    assert (spot.path, spot.begun, spot.column) == (word.path, begun, word.column)
    assert spot.key if word.key else spot.value


@given(st.text(st.sampled_from(" \n\t-:,{}[]\"'#|>abc"), max_size=60), st.integers(1, 8), st.integers(1, 20))
def test_no_text_breaks_it(text: str, line: int, column: int) -> None:
    lines = text.split("\n")
    for word in words_of(text):
        assert lines[word.line - 1][word.column - 1 :].startswith(word.raw)
    spot_at(text, line, column)


@pytest.mark.parametrize(
    "text",
    ["a" + " " * 300_000, "{" * 100_000, "a: [" + "b, " * 100_000, '"' + "\\" * 200_001, "- " * 20_000],
)
def test_a_line_without_end_is_read_all_the_same(text: str) -> None:
    assert all(word.line == 1 for word in words_of(text))


HERE = "\N{FULL BLOCK}"


@pytest.mark.parametrize(
    ("text", "spot"),
    [
        ("a:\n  b: █", Spot(("a", "b"), False, True, "", 6)),
        ("a:\n  b:\n    █", Spot(("a", "b"), True, False, "", 5)),
        ("a:\n  b: {c: d, █", Spot(("a", "b"), True, False, "", 13)),
        ("a:\n  b: {c: █}\n", Spot(("a", "b", "c"), False, True, "", 10)),
        ("a:\n  b: [c, d█", Spot(("a", "b", ITEM), False, True, "d", 10)),
        ("a:\n  b: {c: [x\n  e: f█", Spot(("a", "e"), False, True, "f", 6)),  # a bracket never closed
        ('a:\n  b: "open\n  e: f█', Spot(("a", "e"), False, True, "f", 6)),  # nor a quote
        ("a:\n  b█", Spot(("a",), True, True, "b", 3)),
        ("a:\n- █", Spot(("a", ITEM), True, True, "", 3)),
        ("a:\n  b: c\n█", Spot((), True, False, "", 1)),
        ("a: 1 # b█", None),
        ('a: {b: "so far█', Spot(("a", "b"), False, True, "so far", 9)),
    ],
)
def test_in_a_text_that_is_being_typed_it_knows_the_keys(text: str, spot: Spot | None) -> None:
    before = text[: text.index(HERE)]
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    assert spot_at(text.replace(HERE, ""), line, column) == spot

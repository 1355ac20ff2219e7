"""Linking anew with what was kept of the last time comes to the same as linking from nothing."""

from __future__ import annotations

import random
import re
import shutil
from dataclasses import fields
from pathlib import Path

import pytest

from diagnose.knowledge.catalogue import Loaded, load, root
from diagnose.knowledge.layers import Shelf
from diagnose.knowledge.linking.kept import Kept
from diagnose.knowledge.model import KnowledgeBase

EDITS = 20
SHIPPED = root()


def told(loaded: Loaded) -> list[object]:
    """All that a knowledge base says, places and problems too, but for the files that it was read from."""
    kb = loaded.knowledge
    said = [getattr(kb, f.name) for f in fields(KnowledgeBase) if f.name != "sources"] if kb else []
    return [*map(repr, said), loaded.problems, loaded.invariants]


def edited(text: str, chance: random.Random) -> str:
    """A text with a line taken out, doubled, moved or given another word or figure."""
    lines = text.splitlines(keepends=True)
    at = chance.randrange(len(lines))
    other = re.sub(
        r"\b(yes|no|always|often|rarely|never)\b", chance.choice(["yes", "often", "odd"]), lines[at]
    )
    new = chance.choice([[], [lines[at]] * 2, ["# a remark\n", lines[at]], [other]])
    return "".join([*lines[:at], *new, *lines[at + 1 :]])


@pytest.mark.parametrize("pair", [("philips-genie", "philips-f1rst-choice"), ("fairphone-4", None)])
def test_what_was_kept_of_the_last_linking_changes_nothing(
    pair: tuple[str, str | None], tmp_path: Path
) -> None:
    folder = tmp_path / "knowledge"
    shutil.copytree(SHIPPED, folder)
    shelf, kept, chance = Shelf(folder), Kept(), random.Random(7)
    first = load(folder, *pair, shelf, kept).knowledge
    assert first is not None
    files = [f for f in first.sources if not f.startswith("handsets/") or pair[0] in f]
    for _ in range(EDITS):
        file = chance.choice(files)
        before = (folder / file).read_text("utf-8")
        for text in (edited(before, chance), before):
            (folder / file).write_text(text, "utf-8")
            shelf = shelf.again([file])
            assert told(load(folder, *pair, shelf, kept)) == told(load(folder, *pair, shelf)), (file, text)


def test_what_is_written_as_before_is_the_very_same() -> None:
    kept = Kept()
    first, again = (load(SHIPPED, "philips-genie", kept=kept).knowledge for _ in range(2))
    assert first is not None and again is not None
    assert all(a is b for a, b in zip(first.rules, again.rules, strict=True))
    assert all(first.faults[f] is again.faults[f] for f in first.faults)

"""Whatever happens to the shipped files, checking them raises nothing and places every problem.

1,000 mutations with DIAGNOSE_FUZZ=1000; a few unless asked. Always the same ones.
"""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from diagnose.authoring.checking.check import check_folder
from diagnose.authoring.folder import Folder, files_of, open_folder
from diagnose.authoring.formats import as_text, shown
from diagnose.knowledge.layers import Shelf

SHIPPED = Path(__file__).parents[2] / "knowledge"
HANDSETS = ("philips-genie", "fairphone-5")
CASES = "gsm-safety.cases.yaml"
COUNT = int(os.environ.get("DIAGNOSE_FUZZ", "40"))
WORDS = (
    "yes",
    "null",
    "true",
    "3",
    "-1",
    "1e9",
    "{}",
    "[]",
    "usually",
    "unknown",
    "''",
    "*a",
    "&a",
    "!!int",
    "<<",
    "never",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """The shipped folder with two of its handsets and one file of cases."""
    root = tmp_path_factory.mktemp("fuzz") / "knowledge"
    shutil.copytree(SHIPPED, root)
    for path in (root / "handsets").glob("*.yaml"):
        if path.stem not in HANDSETS:
            path.unlink()
    for path in (root / "cases").glob("**/*.cases.yaml"):
        if path.name != CASES:
            path.unlink()
    return open_folder(root)


def mutated(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    spot = chance.randrange(max(1, len(text)))
    match chance.randrange(12):
        case 0:
            del lines[at]
        case 1:
            lines.insert(at, lines[at])
        case 2:
            lines[at] = " " * chance.randrange(1, 5) + lines[at]
        case 3:
            lines[at] = lines[at].lstrip()
        case 4:
            words = lines[at].split(" ")
            words[chance.randrange(len(words))] = chance.choice(WORDS)
            lines[at] = " ".join(words)
        case 5:
            other = chance.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
        case 6:
            lines[at] = lines[at].replace(chance.choice(':,{}[]"'), "", 1)
        case 7:
            return text[:spot]
        case 8:
            return text[:spot] + chance.choice("\x00\x07\u2028\ud7ff\ufeff#:{}[]'\"\t&*!|>%@`é") + text[spot:]
        case 9:
            return text[:spot] + text[spot + chance.randrange(1, 30) :]
        case 10:
            key, colon, _ = lines[at].partition(":")
            lines[at] = key + colon + " " + chance.choice(WORDS)
        case _:
            middle = len(lines[at]) // 2
            lines[at] = lines[at][:middle] + chance.choice("abcxyz_-") + lines[at][middle + 1 :]
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(COUNT))
def test_a_mutated_file_raises_nothing_and_every_problem_has_a_place(seed: int, folder: Folder) -> None:
    chance = random.Random(seed)
    used = sorted({d.file for b in folder.bases if b.layers is not None for d in b.layers.documents})
    file = chance.choice([*used, f"cases/{CASES}"])
    path = folder.root / file
    before = path.read_text("utf-8")
    try:
        path.write_text(mutated(before, chance), encoding="utf-8")
        shelf: Shelf = folder.shelf.again([file])
        report = check_folder(open_folder(folder.root, shelf))
        lines = {f: report.folder.text(f).split("\n") for f in files_of(folder.root, shelf)}
        for problem in report.problems:
            place = problem.place
            assert place.file in lines, problem
            assert 1 <= place.line <= len(lines[place.file]) + 1 and place.column >= 1, problem
            assert problem.message and problem.code
        as_text(shown(report.problems, str, report.folder.text))
    finally:
        path.write_text(before, encoding="utf-8")

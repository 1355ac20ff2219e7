"""What ``diagnose test --watch`` takes from a save to its verdicts: ``python -m bench.watching [NAME...]``.

Each edit is made to a copy of the knowledge folder whose cases have all been run. One process does the work,
and its processor time is taken, in seconds: two cores share it. ``first``: until the first case has been run
anew; ``looked``: until each touched case has been looked at on the answers of its last run; ``all``: until
each has been run.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from time import process_time

from diagnose.authoring.casefile import written_cases
from diagnose.authoring.running import Result, pair_of, run
from diagnose.authoring.warm import Warm
from diagnose.authoring.watching import Glance, again
from diagnose.knowledge import catalogue
from diagnose.knowledge.layers import Shelf

EDITS = {
    "a comment in a shared part": ("parts/common/border.yaml", "kind: part", "kind: part  # as it was"),
    "an expectation of one case": ("cases/gsm-sound.cases.yaml", "fault: silent_set", "fault: buzzer_bad"),
    "a weight, six cases": ("handsets/philips-fizz.yaml", "weights:", "weights:\n  mic_bad: 3"),
    "a weight, 89 cases": ("handsets/philips-genie.yaml", "mic_bad: 1.5", "mic_bad: 30"),
    "a frequency of a shared part": ("parts/gsm/sound.yaml", "{no_ring: always,", "{no_ring: rarely,"),
    "a rule of the border": ("parts/common/border.yaml", "[hardware, software", "[software"),
}  # fmt: skip
"""What is edited: the file, a text in it, and what that is replaced by."""


def main(names: list[str]) -> None:
    """Prints a line of JSON for each edit whose description has one of the names in it; for all without."""
    with tempfile.TemporaryDirectory(prefix="bench-watching-") as place:
        root = Path(place) / "knowledge"
        shutil.copytree(catalogue.root(), root)
        shelf = Shelf(root)
        files = (shelf.document(file, "cases") for file in shelf.listing("cases"))
        cases = [case for document in files for case in written_cases(document)]
        results = {r.key: r for r in run(root, cases, datetime.now().astimezone(), shelf=shelf)}
        for what, (file, old, new) in EDITS.items():
            if names and not any(name in what for name in names):
                continue
            warm, known = Warm(Shelf(root)), dict(results)
            for case in cases:
                warm.loaded(pair_of(case))
            text = (root / file).read_text("utf-8")
            assert old in text, f"{file} has no {old!r} any more"
            (root / file).write_text(text.replace(old, new, 1), "utf-8")
            print(json.dumps({"edit": what, **measured(warm, file, known)}), flush=True)
            (root / file).write_text(text, "utf-8")


def measured(warm: Warm, file: str, known: dict[tuple[str, str], Result]) -> dict[str, object]:
    """How long a save of a file takes, and how many cases were looked at, run and failed."""
    begun = process_time()
    first = looked = 0.0
    glance = Glance(0, 0, 0, 0)
    ran: list[Result] = []
    for found in again(warm, frozenset({file}), known):
        now = process_time() - begun
        if isinstance(found, Result):
            first = first or now
            ran.append(found)
        else:
            glance, looked = found, now
    return {
        "looked_at": glance.of,
        "run": len(ran),
        "failed": sum(not r.passed for r in ran),
        "first": round(first, 2),
        "looked": round(looked, 2),
        "all": round(process_time() - begun, 2),
    }


if __name__ == "__main__":
    main(sys.argv[1:])

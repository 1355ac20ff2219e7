"""What ``diagnose test --watch`` takes from a save to its verdicts: ``python -m bench.watching [NAME...]``.

Each edit is made to a copy of the knowledge folder whose cases have all been run, by the command's own
processes, two of them, and timed by the clock, in seconds from the save on: ``first``: until something can be
told of some case; ``answers``: until each touched case has been rerun on the answers of its last run, so that
all that fail on them have been told; ``anew``: until each has been run from its complaint on. Wants a machine
with nothing else to do. ``median`` and ``worst`` of five saves are of ``answers``.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from statistics import median
from time import perf_counter, sleep
from typing import Any

from diagnose.authoring.testing.rerunning import again, named_so, todo_of
from diagnose.authoring.testing.running import Ran, Result, groups_of, pair_of, run
from diagnose.authoring.testing.warm import Warm
from diagnose.authoring.testing.workers import Processes
from diagnose.knowledge import catalogue
from diagnose.knowledge.layers import Shelf

EDITS = {
    "a comment in a shared part": ("parts/common/border.yaml", "kind: part", "kind: part  # as it was, {n}"),
    "an expectation of one case": ("cases/gsm-sound.cases.yaml", "fault: silent_set", "fault: buzzer_bad"),
    "a weight, six cases": ("handsets/philips-fizz.yaml", "weights:", "weights:\n  mic_bad: 3.{n}"),
    "a weight, 89 cases": ("handsets/philips-genie.yaml", "mic_bad: 1.5", "mic_bad: 3{n}"),
    "a frequency of a shared part": ("parts/gsm/sound.yaml", "{no_ring: always,", "{{no_ring: 0.9{n},"),
    "the price of an hour": ("parts/common/costs.yaml", "talk_per_hour: 60", "talk_per_hour: 6{n}"),
    "a rule of the border": (
        "parts/common/border.yaml",
        "{in_guarantee: no,",
        "{{in_guarantee: no, purchase_date.months: {{at_least: 3{n}}},",
    ),
}  # fmt: skip
"""What is edited: the file, a text in it, and what that is replaced by, another thing at each save ``n``."""


SAVES = 5
"""How often each edit is made, and taken back between."""
JOBS = 2
SETTLING = 5.0
"""Seconds from the first look at the files, which the processes need to be ready, to the first save."""


def main(names: list[str]) -> None:
    """Prints a line of JSON for each edit whose description has one of the names in it; for all without."""
    with tempfile.TemporaryDirectory(prefix="bench-watching-") as place:
        root = Path(place) / "knowledge"
        shutil.copytree(catalogue.root(), root)
        warm = Warm(Shelf(root))
        cases = named_so(warm, "")
        known = {r.key: r for r in run(root, cases, datetime.now().astimezone(), JOBS)}
        for group in groups_of(cases):
            warm.loaded(pair_of(group[0]))
        for what, edit in EDITS.items():
            if not names or any(name in what for name in names):
                print(json.dumps({"edit": what, **measured(root, warm, edit, known)}), flush=True)


def measured(
    root: Path, warm: Warm, edit: tuple[str, str, str], known: dict[Ran, Result]
) -> dict[str, object]:
    """How long a save takes, and how many cases were rerun on their answers, then anew, and failed."""
    file, old, new = edit
    path = root / file
    text = path.read_text("utf-8")
    assert old in text, f"{file} has no {old!r} any more"
    pool = Processes(JOBS, warm, [todo_of(case, known) for case in named_so(warm, "")])
    sleep(SETTLING)
    try:
        saves = []
        for last in range(SAVES, 0, -1):
            path.write_text(text.replace(old, new.format(n=last), 1), "utf-8")
            found = saved(warm, file, dict(known), pool, wholly=last == 1)
            saves.append(found["answers"])
            path.write_text(text, "utf-8")
            saved(warm, file, dict(known), pool, wholly=False)
    finally:
        pool.shutdown()
    return {**found, "median": median(saves), "worst": max(saves)}


def saved(warm: Warm, file: str, known: dict[Ran, Result], pool: Processes, wholly: bool) -> dict[str, Any]:
    """One save, until all has been run anew, or only looked at."""
    begun = perf_counter()
    first = answers = 0.0
    of = to_run = 0
    ran: list[Result] = []
    for found in again(warm, frozenset({file}), known, pool=pool):
        now = perf_counter() - begun
        first = first or now
        if isinstance(found, Result):
            ran.append(found)
            continue
        of, to_run, answers = found.of, found.to_run, now
        if found.through and not wholly:
            break
    return {
        "touched": of,
        "to_run": to_run,
        "failed": sum(not r.passed for r in ran),
        "first": round(first, 2),
        "answers": round(answers or perf_counter() - begun, 2),
        "anew": round(perf_counter() - begun, 2),
    }


if __name__ == "__main__":
    main(sys.argv[1:])

"""Past calls against an edit of one fault of one handset: ``python -m bench.diffing [CALLS] [JOBS]``.

Calls are generated over all handsets and programmes by virtual callers: for the handset that is edited so
many different ones (copies beyond: what is remembered of one call is forgotten before its copy comes), those
of the others are copies of a few, since all that is read of them is the first line. Prints how many calls,
how long the writing took and how long the diff, in seconds.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path
from time import perf_counter

from diagnose import __version__
from diagnose.authoring.diffing.diffing import Wish, diff
from diagnose.consultation.call import after, open_call
from diagnose.consultation.events import Accepted, Answered, Closed, Event, Opened, to_json
from diagnose.consultation.trace import entry
from diagnose.knowledge import catalogue
from diagnose.knowledge.layers import Shelf
from diagnose.knowledge.model import UNKNOWN, KnowledgeBase
from diagnose.reasoning.assess import Ask, Conclude, Try
from diagnose.simulation.callers import caller

EDITED = "philips-genie"
COPIES = 3
DIFFERENT = 200
"""Calls of the edited handset under each programme that are no copies."""
DAY = date(1998, 3, 2)


def call_lines(kb: KnowledgeBase, number: int) -> list[str]:
    """A whole call of a virtual caller as the lines of a transcript."""
    who = caller(kb, 7, number, DAY)
    start = datetime.fromisoformat("1998-03-02T10:00:00+01:00") + timedelta(seconds=number)
    at = start.isoformat(timespec="seconds")
    programme = kb.programme.id if kb.programme else None
    first = Opened(at, f"c{number}", kb.handset.id, programme, kb.revision, __version__)
    call = open_call(kb, first)
    lines = [_line(1, first, entry(None, call, first))]

    def take(event: Event) -> None:
        nonlocal call
        before, call = call, after(call, event)
        lines.append(_line(len(lines) + 1, event, entry(before, call, event)))

    if who.opening is not None:
        take(Answered(at, *who.opening, True))
    for _ in range(60):
        step = call.assessment.next
        if isinstance(step, Ask):
            take(Answered(at, step.symptom, who.says.get(step.symptom, UNKNOWN)))
        elif isinstance(step, Try):
            from diagnose.consultation.events import Tried

            take(Tried(at, step.remedy, "cured" if who.cured.get(step.remedy) else "not_cured"))
        elif isinstance(step, Conclude):
            break
    take(Accepted(at))
    take(Closed(at))
    return lines


def _line(n: int, event: Event, made: dict[str, object]) -> str:
    return json.dumps({"n": n, "event": to_json(event), "trace": made}, separators=(",", ":"))


def main(count: int, jobs: int) -> None:
    """Writes ``count`` calls, edits one fault, compares."""
    with tempfile.TemporaryDirectory(prefix="bench-diffing-") as place:
        calls, root, new = (Path(place) / name for name in ("calls", "old", "new"))
        shutil.copytree(catalogue.root(), root)  # somebody may be editing it
        shutil.copytree(root, new)
        shelf = Shelf(root)
        pairs = [(h.id, p) for h in catalogue.handsets(root) for p in h.programmes]
        edited = new / "handsets" / f"{EDITED}.yaml"
        text = edited.read_text("utf-8")
        text += "\nchange:\n  faults:\n    batt_contacts: {per_1000: 48}\n"
        edited.write_text(text, "utf-8")
        begun = perf_counter()
        own = write(calls, root, shelf, pairs, count)
        print(f"{count} calls, {own} of {EDITED}, written in {perf_counter() - begun:.0f} s", flush=True)
        begun = perf_counter()
        made = diff(root, new, Wish(calls=calls, jobs=jobs))
        seconds = perf_counter() - begun
        assert made.calls is not None
        parted = len(made.calls.parted)
        print(json.dumps({
            "calls": made.calls.checked, "skipped": made.calls.skipped, "different": parted,
            "changes": [c.sentence for c, _ in made.changes], "jobs": jobs, "seconds": round(seconds, 1),
        }))  # fmt: skip


def write(calls: Path, root: Path, shelf: Shelf, pairs: list[tuple[str, str]], count: int) -> int:
    """The calls, spread evenly over the pairs; how many are of the edited handset."""
    own = 0
    for k, (handset, programme) in enumerate(pairs):
        kb = catalogue.load(root, handset, programme, shelf).knowledge
        assert kb is not None
        share = range(k, count, len(pairs))
        folder = calls / f"{handset}-{programme}"
        folder.mkdir(parents=True)
        models: list[str] = []
        for number in share:
            enough = DIFFERENT if handset == EDITED else COPIES
            if len(models) < enough:
                models.append("\n".join(call_lines(kb, number)) + "\n")
            own += handset == EDITED
            text = models[(number // len(pairs)) % enough % len(models)]
            renamed = re.sub(r'"call":"c\d+"', f'"call":"c{number}"', text)
            (folder / f"c{number}.jsonl").write_text(renamed, "utf-8")
    return own


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 100_000,
        int(sys.argv[2]) if len(sys.argv) > 2 else 2,
    )

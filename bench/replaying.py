"""How many calls a second are replayed: rules, belief and verdict at every event, without the look-ahead.

    python -m bench.replaying [--calls 400] [--warm 200] [--handset philips-genie ...] [--json]

Calls of virtual callers, drawn from the knowledge, are replayed one after the other, each once. The first
``--warm`` of them fill what the reasoning remembers (losses, rulings) and are counted apart. Seconds of
processor time of this process, one thread.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from diagnose.authoring.forgetting import forget
from diagnose.consultation.call import findings_of, moment
from diagnose.consultation.events import Accepted, Answered, Closed, Event, Opened, Tried
from diagnose.consultation.trace import walk
from diagnose.knowledge import catalogue
from diagnose.knowledge.model import KnowledgeBase
from diagnose.reasoning import value
from diagnose.reasoning.assess import Ask, Try, assess
from diagnose.simulation.callers import caller

AT = "2026-01-05T10:00:00+01:00"
ON = date(2026, 1, 5)
MOST_STEPS = 100
Figures = dict[str, Any]


def record(kb: KnowledgeBase, seed: int, number: int) -> list[Event]:
    """The events of a call with one virtual caller, asked by one step of look-ahead."""
    who = caller(kb, seed, number, ON)
    programme = kb.programme.id if kb.programme else None
    events: list[Event] = [Opened(AT, f"call-{number}", kb.handset.id, programme, kb.revision, "diagnose")]
    if who.opening is not None:
        events.append(Answered(AT, who.opening[0], who.opening[1], volunteered=True))
    choose = partial(value.look_ahead, depth=1)
    for _ in range(MOST_STEPS):
        deeds = [e for e in events if isinstance(e, (Answered, Tried))]
        step = assess(kb, findings_of(deeds, moment(AT).date()), choose).next
        if isinstance(step, Ask):
            events.append(Answered(AT, step.symptom, who.says[step.symptom]))
        elif isinstance(step, Try):
            events.append(Tried(AT, step.remedy, "cured" if who.cured[step.remedy] else "not_cured"))
        else:
            break
    return [*events, Accepted(AT), Closed(AT)]


def replay(kb: KnowledgeBase, calls: Sequence[Sequence[Event]]) -> float:
    """Seconds of processor time that replaying these calls takes."""
    started = time.process_time()
    for events in calls:
        for _ in walk(kb, events, look_ahead=False):
            pass
    return time.process_time() - started


def measure(folder: Path, handset: str, calls: int, warm: int) -> Figures:
    """Calls a second: the first ones, and those after them.

    Raises:
        SystemExit: when there is no usable knowledge of the handset.
    """
    drawing = catalogue.load(folder, handset).knowledge
    replaying = catalogue.load(folder, handset).knowledge
    if drawing is None or replaying is None:
        raise SystemExit(f"there is no usable knowledge of {handset} in {folder}")
    drawn = [record(drawing, 1, number) for number in range(warm + calls)]
    forget()
    first = replay(replaying, drawn[:warm]) if warm else 0.0
    seconds = replay(replaying, drawn[warm:])
    return {
        "handset": handset,
        "calls": calls,
        "events_mean": sum(map(len, drawn[warm:])) / calls,
        "calls_per_second": calls / seconds,
        "first_calls": warm,
        "first_calls_per_second": warm / first if warm else None,
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--calls", type=int, default=400)
    parser.add_argument("--warm", type=int, default=200)
    parser.add_argument("--handset", nargs="*", default=["philips-genie", "apple-iphone-13"])
    parser.add_argument("--knowledge", type=Path)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    folder = catalogue.root(args.knowledge)
    figures = [measure(folder, handset, args.calls, args.warm) for handset in args.handset]
    if args.json:
        print(json.dumps(figures))
    else:
        for f in figures:
            first = (
                f"; the first {f['first_calls']}: {f['first_calls_per_second']:.0f}"
                if f["first_calls"]
                else ""
            )
            print(
                f"{f['handset']}: {f['calls_per_second']:.0f} calls a second, "
                f"{f['events_mean']:.1f} events each{first}"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""From the start of the process to the first question, with few handsets and with many.

    python -m bench.startup [--rounds 10] [--many 10000] [--handset philips-genie] [--json]

The real command ``diagnose call HANDSET --plain`` is started in a process of its own, given one line on its
input (Enter alone: the caller complains of nothing yet), and timed until its first question has come out.
The same with a catalogue of that many generated handsets more; the two take turns. Seconds of wall clock,
and of processor time from the start to the end of the process, which a busy machine disturbs less.

As of an installed program, the byte code is there: it is written in the first round, in a folder of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from threading import Timer
from typing import Any

from bench import generate
from diagnose.knowledge import catalogue

PATIENCE = 30.0
"""Seconds after which a command that asks nothing is ended."""
Figures = dict[str, Any]


def question_marks(folder: Path, handset: str) -> tuple[str, ...]:
    """The texts of the questions of a handset as they are put to a consumer in English."""
    loaded = catalogue.load(folder, handset)
    if loaded.knowledge is None:
        raise SystemExit(f"there is no usable knowledge of {handset} in {folder}")
    return tuple(" ".join(s.ask.say("en").split()) for s in loaded.knowledge.symptoms.values())


def first_question(
    folder: Path, handset: str, asked: Sequence[str], compiled: Path | None = None
) -> tuple[float, float]:
    """Seconds until the first question, and seconds of processor time of the whole process.

    ``compiled``: where its byte code is kept; without it, as this process does.

    Raises:
        RuntimeError: when the command ends without one.
    """
    with tempfile.TemporaryDirectory() as transcripts:
        command = [sys.executable, "-m", "diagnose", "call", handset, "--plain", "--lang", "en"]
        command += ["--knowledge", str(folder), "--transcripts", transcripts]
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(compiled),
        )
        assert process.stdin is not None
        assert process.stdout is not None
        watchdog = Timer(PATIENCE, process.kill)
        watchdog.start()
        process.stdin.write(b"\n")
        process.stdin.flush()
        seen = ""
        took = None
        while took is None:
            line = process.stdout.readline()
            if not line:
                break
            seen += line.decode()
            if any(question in " ".join(seen.split()) for question in asked):
                took = time.perf_counter() - started
        process.stdin.close()
        process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        watchdog.cancel()
        process.stdout.close()
        if took is None:
            error = process.stderr.read().decode() if process.stderr else ""
            raise RuntimeError(f"no question came: {seen}{error}")
        if process.stderr:
            process.stderr.close()
        return took, used.ru_utime + used.ru_stime


def _environment(compiled: Path | None) -> dict[str, str]:
    """As an operator has it: one thread for arithmetic, byte code kept from one start to the next."""
    out = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path[:1] or [""])}
    if compiled is not None:
        out.pop("PYTHONDONTWRITEBYTECODE", None)
        out["PYTHONPYCACHEPREFIX"] = str(compiled)
    return out


def measure(folder: Path, handset: str, many: int, rounds: int) -> Figures:
    """The best and the median of the rounds with the catalogue as it is and with many handsets more."""
    asked = question_marks(folder, handset)
    times: dict[str, list[tuple[float, float]]] = {"shipped": [], "many": []}
    with tempfile.TemporaryDirectory() as scratch:
        large, compiled = Path(scratch) / "knowledge", Path(scratch) / "compiled"
        generate.catalogue(folder, large, many)
        for _ in range(rounds + 1):
            times["shipped"].append(first_question(folder, handset, asked, compiled))
            times["many"].append(first_question(large, handset, asked, compiled))
    handsets = len(catalogue.handsets(folder))
    out: Figures = {"handset": handset, "handsets": handsets, "many_handsets": handsets + many}
    for name, taken in times.items():
        wall, processor = zip(
            *taken[1:], strict=True
        )  # the first round fills the caches of the disk and compiles
        out[name] = {
            "first_question_s": median(wall),
            "first_question_best_s": min(wall),
            "processor_s": median(processor),
            "processor_best_s": min(processor),
        }
    out["many_over_shipped"] = out["many"]["processor_s"] / out["shipped"]["processor_s"]
    return out


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--many", type=int, default=10_000)
    parser.add_argument("--handset", default="philips-genie")
    parser.add_argument("--knowledge", type=Path)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    figures = measure(catalogue.root(args.knowledge), args.handset, args.many, args.rounds)
    if args.json:
        print(json.dumps(figures))
    else:
        for name in ("shipped", "many"):
            print(name, " ".join(f"{k} {v:.3f}" for k, v in figures[name].items()))
        print(f"processor time with {figures['many_handsets']}: {figures['many_over_shipped']:.3f} of that")
    return 0


if __name__ == "__main__":
    sys.exit(main())

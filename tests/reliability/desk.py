"""A real desk: ``diagnose call --plain`` in a process of its own, fed by a pipe, and what it should record."""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import IO

from diagnose.consultation.events import Event, Held, Noted, Opened
from diagnose.knowledge.catalogue import load
from diagnose.record.transcript import read, transcripts
from diagnose.record.verify import Trust, check_folder
from diagnose.terminal.plain import _Talk, take_line
from tests.terminal.position import position

MARK = re.compile(r"^\[\d+:\d\d\]", re.MULTILINE)
"""What the line mode prints when it has dealt with a line: it is what an operator takes for done."""
HANDSET = "acme-one"
PATIENCE = 60.0


def settings(folder: Path, **changes: str) -> dict[str, str]:
    """An environment in which nothing of this machine's user counts."""
    return {
        **os.environ,
        "DIAGNOSE_SETTINGS": str(folder / "settings.toml"),
        "DIAGNOSE_KEY": str(folder / "desk.key"),
        "DIAGNOSE_KNOWN_KEYS": str(folder / "known-keys"),
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONUNBUFFERED": "1",
        **changes,
    }


def arguments(knowledge: Path, calls: Path, *more: str) -> list[str]:
    common = ["--plain", "--lang", "en", "--knowledge", str(knowledge), "--transcripts", str(calls)]
    return [sys.executable, "-m", "diagnose", "call", *common, *(more or (HANDSET,))]


class Desk:
    """A process with a call under way."""

    def __init__(
        self, knowledge: Path, calls: Path, *more: str, before: Callable[[], None] | None = None
    ) -> None:
        self.said = ""
        self.process = subprocess.Popen(
            arguments(knowledge, calls, *more),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=settings(calls.parent),
            text=True,
            encoding="utf-8",
            preexec_fn=before,  # noqa: PLW1509 - it sets a limit, and no thread runs yet
        )
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line

    def type(self, lines: Sequence[str]) -> None:
        """Lines, as fast as the pipe takes them."""
        source: IO[str] | None = self.process.stdin
        assert source is not None
        with contextlib.suppress(BrokenPipeError):
            source.write("".join(f"{line}\n" for line in lines))
            source.flush()

    def marks(self) -> int:
        return len(MARK.findall(self.said))

    def wait_for(self, said: Callable[[], bool]) -> bool:
        """Whether it came to that before patience ran out or the process ended."""
        until = time.monotonic() + PATIENCE
        while not said():
            if time.monotonic() > until or (self.process.poll() is not None and not self._reader.is_alive()):
                return said()
            time.sleep(0.002)
        return True

    def end(self) -> int:
        """No more input; the exit status."""
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        status = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return status

    def kill(self) -> None:
        """As if the power had gone."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)


def typed(chance: random.Random, count: int = 120) -> list[str]:
    """What an operator in a hurry types: answers, notes, undo and redo, numbers that mean nothing."""
    lines = [""]  # past the caller's own words
    for n in range(count):
        lines.append(chance.choice(["1", "2", "?", "u", "r", f"m note {n}", f"m note {n}", "no_ring", "9"]))
    return lines


def timeless(events: Sequence[Event]) -> list[Event]:
    """Events without what differs from call to call: the time, the id of the call."""
    plain = [replace(e, at="") for e in events]
    return [
        replace(e, call="", product="", operator="", desk="", programme=None, revision="")
        if isinstance(e, Opened)
        else e
        for e in plain
    ]


@dataclass(frozen=True)
class Expected:
    """What these lines lead to, line by line: marks on the screen, events in the call."""

    marks: tuple[int, ...]
    counts: tuple[int, ...]
    events: tuple[Event, ...]


def expected(knowledge: Path, lines: Sequence[str]) -> Expected:
    """The same lines typed at a terminal without a process and without a disk."""
    kb = load(knowledge, HANDSET).knowledge
    assert kb is not None
    terminal = position("en", kb, complaint=True)
    out = StringIO()
    talk = _Talk(terminal, out)
    talk.show()
    assert terminal.session is not None
    marks, counts = [len(MARK.findall(out.getvalue()))], [len(terminal.session.call.events)]
    for line in lines:
        if terminal.state.leaving is None:
            take_line(terminal, line)
            talk.show()
        marks.append(len(MARK.findall(out.getvalue())))
        counts.append(len(terminal.session.call.events))
    return Expected(tuple(marks), tuple(counts), tuple(timeless(terminal.session.call.events)))


@dataclass(frozen=True)
class Killed:
    """What became of a call whose process was killed; ``planned``: events had it not been."""

    acknowledged: int
    recorded: int
    torn: bool
    resumed: bool
    wrong: tuple[str, ...]
    planned: int = 0


def kill_once(knowledge: Path, calls: Path, seed: int, resume: bool = True) -> Killed:
    """A call in a process that is killed at a random moment, held against what it had acknowledged.

    Then, with ``resume``, another process goes on with it.
    """
    chance = random.Random(seed)
    lines = typed(chance)
    should = expected(knowledge, lines)
    desk = Desk(knowledge, calls)
    if chance.random() < 0.9:
        desk.type(lines)
        desk.wait_for(lambda: desk.marks() > 0 or "complaint" in desk.said)
        time.sleep(chance.uniform(0, 0.6))
    else:  # while it starts
        desk.type(lines)
        time.sleep(chance.uniform(0, 2.5))
    desk.kill()
    seen = desk.marks()
    acknowledged = max(
        (n for m, n in zip(should.marks, should.counts, strict=True) if m <= seen and seen), default=0
    )
    wrong: list[str] = []
    paths = transcripts(calls)
    if not paths:
        if acknowledged:
            wrong.append(f"{acknowledged} events were acknowledged, and there is no transcript")
        return Killed(acknowledged, 0, False, False, tuple(wrong))
    (path,) = paths
    recording = read(path)
    happened = timeless(recording.events)
    if recording.broken and recording.events:
        wrong.append(f"broken: {recording.problems[0].message}")
    if happened != list(should.events[: len(happened)]):
        wrong.append("what is recorded is not what was typed")
    if len(happened) < acknowledged:
        wrong.append(f"{acknowledged} events were acknowledged, {len(happened)} are recorded")
    went_on = False
    if resume and happened:
        went_on = True
        wrong += _resumed(knowledge, calls, path, happened)
    return Killed(acknowledged, len(happened), recording.torn, went_on, tuple(wrong), len(should.events))


def _resumed(knowledge: Path, calls: Path, path: Path, happened: Sequence[Event]) -> list[str]:
    """What is wrong after another process has gone on with the call, noted something and held it."""
    desk = Desk(knowledge, calls, "--resume")
    desk.type(["m going on"])
    status = desk.end()
    after = timeless(read(path).events)
    added = after[len(happened) :]
    wrong = []
    if status != 0:
        wrong.append(f"going on ended with status {status}: {desk.said[-300:]}")
    if after[: len(happened)] != list(happened) or [type(e) for e in added] != [Noted, Held]:
        wrong.append(f"after going on: {[type(e).__name__ for e in added]}")
    trust = Trust(derive=True, root=knowledge)
    checked = check_folder(path.parent, trust)
    found = [f for c in checked.calls for f in c.findings if f.code != "V113"] + list(checked.findings)
    wrong += [str(f) for f in found]
    return wrong

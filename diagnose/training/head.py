"""What is kept of an exercise beside its transcript: the caller, what he said, what was shown and read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, cast, get_args

from diagnose.consultation.call import moment
from diagnose.consultation.events import TryResult
from diagnose.knowledge.disk import contents
from diagnose.knowledge.model import UNKNOWN, KnowledgeBase
from diagnose.simulation.callers import Caller
from diagnose.simulation.run import right_remedy
from diagnose.training.exercise import Exercise, begins
from diagnose.training.persona import Memory

SUFFIX = ".exercise.json"
FORMAT = 2
OPERATOR, CALLER = "operator", "caller"
"""Who speaks in a dialogue."""

Json = dict[str, Any]


@dataclass(frozen=True)
class Standing:
    """Where an exercise stands that is not over: what the caller reacted to last, and how.

    ``situation``: kind, id and number of what stood on the screen; ``heard``: his last lines;
    ``trying``: what came of the try under way, and his line about it. ``refusal``: the ground on which he
    refuses the verdict in front, until something is done about it.
    """

    situation: tuple[str | int, ...] = ()
    heard: tuple[str, ...] = ()
    trying: tuple[TryResult, str] = ("declined", "")
    refusal: str = ""


@dataclass(frozen=True)
class Head:
    """All that is kept. The truth is in it: trainees read it afterwards.

    ``remedy`` and ``verdict``: what is right. ``dialogue``: the number of events by then, and who says
    what. ``steps``: per remedy tried, the steps shown and how many there are. ``recorded``: the
    transcript that the caller was taken from, if any.
    """

    exercise: Exercise
    caller: Caller
    trainee: str = ""
    fault_class: str = ""
    remedy: str = ""
    verdict: str = ""
    memory: Memory = field(default_factory=Memory)
    standing: Standing = field(default_factory=Standing)
    dialogue: tuple[tuple[int, str, str], ...] = ()
    wrap_up: tuple[str, ...] = ()
    ticked: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    steps: tuple[tuple[str, int, int], ...] = ()
    hung_up: bool = False
    finished: bool = False
    recorded: str = ""

    @property
    def fault(self) -> str:
        """The hidden one."""
        return self.caller.fault

    @property
    def truth(self) -> Mapping[str, str]:
        """What is so, per symptom, as far as it is known."""
        return {s: a for s, a in self.caller.truth.items() if a != UNKNOWN}


def beginning(kb: KnowledgeBase, exercise: Exercise, who: Caller, trainee: str, recorded: str = "") -> Head:
    """The head of an exercise that has just begun."""
    right = right_remedy(kb, who, moment(begins(kb, exercise)).date())
    fault = kb.faults[who.fault]
    return Head(exercise, who, trainee, fault.fault_class, right.id, right.verdict, recorded=recorded)


def head_path(transcript: Path) -> Path:
    """Where the head of a transcript is kept."""
    return transcript.with_name(transcript.name.removesuffix(".jsonl") + SUFFIX)


def transcript_path(head: Path) -> Path:
    """The transcript that a head is kept beside."""
    return head.with_name(head.name.removesuffix(SUFFIX) + ".jsonl")


def write_head(path: Path, head: Head) -> None:
    """Keeps a head, for its owner's eyes only; what was kept before stays until this is whole.

    Raises:
        OSError: when it cannot be written.
    """
    text = json.dumps({"format": FORMAT, **asdict(head)}, ensure_ascii=False, indent=1)
    new = path.with_name(f"{path.name}.new")
    new.touch(mode=0o600)
    new.write_text(text + "\n", encoding="utf-8")
    new.replace(path)


def read_head(path: Path) -> Head | None:
    """The head in a file; None when there is none, or none that can be read."""
    try:
        return _head(json.loads(contents(path)))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def heard(transcript: Path) -> dict[int, tuple[str, ...]]:
    """What the caller of an exercise said after so many events; nothing for a call from the desk."""
    head = read_head(head_path(transcript))
    found: dict[int, tuple[str, ...]] = {}
    for count, who, line in head.dialogue if head is not None else ():
        if who == CALLER:
            found[count] = (*found.get(count, ()), line)
    return found


def unfinished(folder: Path) -> tuple[Path, ...]:
    """Heads of exercises in a folder that were left before their end, the latest left first."""
    heads = [p for p in folder.glob(f"*{SUFFIX}") if (head := read_head(p)) and not head.finished]
    heads = [p for p in heads if transcript_path(p).is_file()]
    return tuple(sorted(heads, key=lambda p: (-p.stat().st_mtime, p.name)))


def left_open(folder: Path) -> tuple[Exercise, ...]:
    """The exercises in a folder that wait to be gone on with, the latest left first."""
    return tuple(head.exercise for p in unfinished(folder) if (head := read_head(p)))


def _head(data: Json) -> Head:
    if data["format"] != FORMAT:
        raise ValueError("another format")
    standing, memory = data["standing"], Memory(**data["memory"])
    known = {f.name for f in fields(Exercise)}
    result, line = standing["trying"]
    lists: dict[str, tuple[str, ...]] = {
        k: tuple(map(str, data[k])) for k in ("wrap_up", "ticked", "alerts", "read")
    }
    return Head(
        Exercise(**{k: v for k, v in data["exercise"].items() if k in known}),
        _caller(data["caller"]),
        str(data["trainee"]),
        str(data["fault_class"]),
        str(data["remedy"]),
        str(data["verdict"]),
        replace(
            memory,
            said=_words(memory.said),
            unasked=[*map(str, memory.unasked)],
            tried={str(r): _result(x) for r, x in memory.tried.items()},
            refused=_words(memory.refused),
            unwanted=[*map(str, memory.unwanted)],
        ),
        Standing(
            tuple(x if isinstance(x, int) else str(x) for x in standing["situation"]),
            tuple(map(str, standing["heard"])),
            (_result(result), str(line)),
            str(standing.get("refusal", "")),
        ),
        dialogue=tuple((int(n), str(who), str(line)) for n, who, line in data["dialogue"]),
        steps=tuple((str(r), int(seen), int(of)) for r, seen, of in data["steps"]),
        hung_up=bool(data["hung_up"]),
        finished=bool(data["finished"]),
        recorded=str(data["recorded"]),
        **lists,
    )


def _caller(data: Json) -> Caller:
    opening = data["opening"]
    return Caller(
        int(data["number"]),
        str(data["fault"]),
        _words(data["truth"]),
        _words(data["says"]),
        (str(opening[0]), str(opening[1])) if opening else None,
        {str(r): bool(cured) for r, cured in data["cured"].items()},
        tuple((str(s), str(a)) for s, a in data["comes_to_mind"]),
    )


def _result(word: str) -> TryResult:
    return cast("TryResult", word) if word in get_args(TryResult) else "declined"


def _words(found: Mapping[str, Any]) -> dict[str, str]:
    return {str(k): str(v) for k, v in found.items()}

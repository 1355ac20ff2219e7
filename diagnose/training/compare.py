"""One call on two states of the knowledge, and what in it makes the difference; two operators, one caller."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from diagnose.consultation.closing import given
from diagnose.knowledge import catalogue
from diagnose.knowledge.model import KnowledgeBase
from diagnose.reasoning.assess import Assessment, assess
from diagnose.record import kept
from diagnose.record.moments import Moment, best_step, moments
from diagnose.record.transcript import Recording, read
from diagnose.terminal.clean import clean
from diagnose.terminal.phrases import remedy_line
from diagnose.terminal.replaying.story import Story, first_difference, plain_step, steps
from diagnose.terminal.replaying.views import best_words, side_by_side
from diagnose.terminal.views.frame import Lines
from diagnose.training.words import say

Json = dict[str, Any]
WIDTH = 110
RECORDED = "recorded"
MOST_SHOWN = 12
MOST_TRIED = 200
"""Changes of the knowledge that are each tried on their own as the cause."""
_SECTIONS = ("symptoms", "faults", "remedies", "alerts", "channels", "charges", "promises", "classes")
_NOT_SUBSTANCE = ("origin", "source", "number", "place", "formerly")


class CannotCompare(Exception):
    """A call or a knowledge folder that cannot be used; the text is one line."""


@dataclass(frozen=True, eq=False)
class Compared:
    """What a comparison found: whether both are the same, as plain JSON, and to be shown."""

    same: bool
    data: Json
    shown: tuple[RenderableType, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One part of the knowledge that is not as before: its section, id, and where it is written now."""

    section: str
    id: str
    what: str
    at: str


def revisions(root: Path, other: Path, file: Path, language: str) -> Compared:
    """A call on the knowledge of ``other`` (or ``recorded``: kept with it) and on that of ``root``.

    Raises:
        CannotCompare: when one of them cannot be used.
    """
    recording = _read(file)
    old, new = _other(other, recording, file), _knowledge(root, recording, file)
    before, now = moments(old, recording.events), moments(new, recording.events)
    data: Json = {"file": str(file), "then": old.revision, "now": new.revision}
    parts = _parting(before, now)
    if parts is None:
        data |= {"same": True, "first_difference": None, "causes": []}
        line = say("compare.same", language, file=file.name, then=old.revision, now=new.revision)
        return Compared(True, data, (Text(clean(line), style="green"),))
    a, b = parts
    causes, changes = _causes(old, new, a, b)
    then, today = _decision(a, language), _decision(b, language)
    data |= {
        "same": False,
        "first_difference": {"n": a.n, "then": then, "now": today},
        "causes": [_change_json(c) for c in causes],
        "changes": len(changes),
    }
    head = say("compare.parts", language, file=file.name, n=a.n, then=then, now=today)
    shown = [Text(clean(head), style="bold yellow")]
    shown += [Text(clean(_change_line(c, language))) for c in causes]
    if not causes:
        shown.append(Text(clean(say("compare.together", language, count=len(changes)))))
        shown += [Text(clean(_change_line(c, language)), style="dim") for c in changes[:MOST_SHOWN]]
    return Compared(False, data, tuple(shown))


def operators(root: Path, first: Path, second: Path, language: str) -> Compared:
    """Two calls beside each other, as of two operators with the same caller.

    Raises:
        CannotCompare: when one cannot be used.
    """
    stories = []
    for file in (first, second):
        recording = _read(file)
        kb = _knowledge(root, recording, file)
        name = f"{file.name} – {recording.opened.operator}" if recording.opened else file.name
        stories.append(Story(name.rstrip(" –"), kb, recording.events))
    a, b = stories
    if a.kb.handset.id != b.kb.handset.id:
        raise CannotCompare(f"{second}: is about {b.kb.handset.id}, not {a.kb.handset.id}: no same caller")
    n = first_difference(steps(a), steps(b))
    data: Json = {
        "files": [str(first), str(second)],
        "same": n is None,
        "first_difference": None
        if n is None
        else {"step": n + 1, "first": _step(steps(a), n), "second": _step(steps(b), n)},
        "calls": [_story_json(s) for s in stories],
    }
    return Compared(n is None, data, (Lines(side_by_side(a, b, language, WIDTH)),))


def _step(found: tuple[Moment, ...], n: int) -> list[str] | None:
    return list(plain_step(found[n].event)) if n < len(found) else None


def _story_json(story: Story) -> Json:
    verdict, remedy = given(story.moments[-1].call)
    loss = story.regret
    return {
        "verdict": verdict,
        "remedy": remedy.id if remedy else None,
        "seconds": story.into[-1],
        "regret_euros": round(loss.euros, 2),
        "regret_seconds": round(loss.seconds, 1),
    }


def _read(file: Path) -> Recording:
    try:
        recording = read(file)
    except OSError as error:
        raise CannotCompare(f"{file}: {error.strerror or error}") from None
    if recording.opened is None:
        raise CannotCompare(f"{file}: nothing was recorded")
    return recording


def _knowledge(root: Path, recording: Recording, file: Path) -> KnowledgeBase:
    opened = recording.opened
    assert opened is not None
    kb = catalogue.load(root, opened.handset, opened.programme).knowledge
    if kb is None or not kb.faults or not kb.remedies:
        raise CannotCompare(f"{file}: {root} has no usable knowledge of {opened.handset}")
    return kb


def _other(other: Path, recording: Recording, file: Path) -> KnowledgeBase:
    if str(other) != RECORDED:
        if not other.is_dir():
            raise CannotCompare(f"{other}: is no knowledge folder")
        return _knowledge(other, recording, file)
    address = recording.grounds[-1] if recording.grounds else ""
    try:
        with kept.unpacked(file.parent / kept.FOLDER, address) as folder:
            return _knowledge(folder, recording, file)
    except kept.NotKept as gone:
        raise CannotCompare(f"{file}: {gone}") from None


def _parting(before: tuple[Moment, ...], now: tuple[Moment, ...]) -> tuple[Moment, Moment] | None:
    """The first moment at which the two decide otherwise."""
    later = {m.n: m for m in now}
    for m in before:
        other = later.get(m.n)
        if other is not None and _decides(m.call.assessment) != _decides(other.call.assessment):
            return m, other
    return None


def _decides(assessment: Assessment) -> tuple[object, ...]:
    outcome, step = assessment.outcome, assessment.next
    name = getattr(step, "symptom", None) or getattr(step, "remedy", None)
    return (
        type(step).__name__, name, outcome.remedy.id, outcome.channel, outcome.charge, outcome.promise,
    )  # fmt: skip


def _decision(moment: Moment, language: str) -> str:
    """What is decided at a moment, in words."""
    story = Story("", moment.call.kb, moment.call.events)
    shown = story.screen_at(len(story.moments) - 1, language)
    now = moment.call.assessment
    remedy = now.outcome.remedy
    front = say("compare.front", language, remedy=remedy_line(shown, remedy))
    return f"{best_words(shown, best_step(now), language)} ({front})"


def _causes(
    old: KnowledgeBase, new: KnowledgeBase, a: Moment, b: Moment
) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
    """The changes each of which alone makes the old knowledge decide like the new, and all changes."""
    changes = tuple(_changes(old, new))
    wanted = _decides(b.call.assessment)
    found = []
    for n, change in enumerate(changes[:MOST_TRIED]):
        mixed = _with_change(old, new, change, n)
        # a part that does not fit the rest of the old knowledge cannot be tried alone
        with contextlib.suppress(ValueError, IndexError, KeyError, StopIteration):
            if mixed is not None and _decides(assess(mixed, a.call.findings)) == wanted:
                found.append(change)
    return tuple(found), changes


def _changes(old: KnowledgeBase, new: KnowledgeBase) -> Iterator[Change]:
    for section in _SECTIONS:
        yield from _changed(section, getattr(old, section), getattr(new, section))
    yield from _changed("rules", {r.id: r for r in old.rules}, {r.id: r for r in new.rules})
    for section in ("costs", "callers"):
        if getattr(old, section) != getattr(new, section):
            was, now = getattr(old, section), getattr(new, section)
            names = [f.name for f in fields(was) if getattr(was, f.name) != getattr(now, f.name)]
            yield Change(section, ", ".join(_figures(was, now, n) for n in names), "changed", section)


def _figures(was: Any, now: Any, name: str) -> str:
    """``talk_per_hour 36 -> 40``; of a table only what differs."""
    a, b = getattr(was, name), getattr(now, name)
    if not isinstance(a, tuple):
        return f"{name} {a:g} -> {b:g}"
    one, other = dict(a), dict(b)
    keys = [k for k in dict.fromkeys((*one, *other)) if one.get(k) != other.get(k)]
    return ", ".join(f"{name}.{k} {one.get(k)} -> {other.get(k)}" for k in keys)


def _changed(section: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for id_ in dict.fromkeys((*old, *new)):
        if id_ not in new:
            yield Change(section, id_, "removed", _at(old[id_]))
        elif id_ not in old:
            yield Change(section, id_, "added", _at(new[id_]))
        elif _substance(old[id_]) != _substance(new[id_]):
            yield Change(section, id_, "changed", _at(new[id_]))


def _at(part: Any) -> str:
    origin = getattr(part, "origin", None)
    if origin is None:
        return "words.yaml"
    return str(origin.changed[-1][1] if origin.changed else origin.place)


def _substance(part: Any) -> Any:
    """A part without where it is written."""
    if not is_dataclass(part):
        return part
    return tuple(getattr(part, f.name) for f in fields(part) if f.name not in _NOT_SUBSTANCE)


def _with_change(old: KnowledgeBase, new: KnowledgeBase, change: Change, n: int) -> KnowledgeBase | None:
    """The old knowledge with one part as it is in the new."""
    revision = f"{old.revision}/{new.revision}/{n}"
    if change.section in ("costs", "callers"):
        part: dict[str, Any] = {change.section: getattr(new, change.section)}
        return replace(old, revision=revision, **part)
    if change.section == "rules":
        wanted = {r.id: r for r in new.rules}
        rules = [wanted.get(r.id, r) if r.id == change.id else r for r in old.rules]
        rules = [r for r in rules if r.id != change.id or change.what != "removed"]
        if change.what == "added":
            order = {r.id: i for i, r in enumerate(new.rules)}
            rules = sorted([*rules, wanted[change.id]], key=lambda r: order.get(r.id, r.number))
        numbered = tuple(replace(r, number=i) for i, r in enumerate(rules))
        return replace(old, revision=revision, rules=numbered)
    table = dict(getattr(old, change.section))
    if change.what == "removed":
        table.pop(change.id)
    else:
        table[change.id] = getattr(new, change.section)[change.id]
    whole: dict[str, Any] = {change.section: table}
    return replace(old, revision=revision, **whole)


def _change_line(change: Change, language: str) -> str:
    what = say(f"change.{change.what}", language, what=say(f"part.{change.section}", language))
    return f"  {what} {change.id} ({change.at})"


def _change_json(change: Change) -> Json:
    return {"section": change.section, "id": change.id, "what": change.what, "at": change.at}

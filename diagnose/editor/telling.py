"""What an editor shows of a name: what it is called in both languages, what it does, where it is from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from diagnose.authoring.explaining.explaining import Explained, explain
from diagnose.knowledge.model import KnowledgeBase, Place

from .names import Key

_KINDS = {
    "symptoms": "symptom",
    "faults": "fault",
    "remedies": "remedy",
    "rules": "rule",
    "alerts": "alert",
    "channels": "channel",
    "charges": "charge",
    "promises": "promise",
}
MOST_USES = 8
"""Users of a part that are named; of the others, how many there are."""


def tell(key: Key, bases: Iterable[KnowledgeBase], at: Callable[[Place], str]) -> str:
    """Some lines of Markdown; empty when there is nothing to tell. ``at``: how a place is told."""
    what, id_ = key
    for kb in bases:
        lines: Iterable[str] = ()
        if what == "answers":
            lines = _answer(kb, *id_.split("=", 1))
        elif what == "classes" and id_ in kb.classes:
            name = kb.classes[id_].name
            lines = (f"**class {_safe(id_)}** · {_safe(name.say('en'))} · {_safe(name.say('fr'))}",)
        elif what in _KINDS:
            lines = _part(kb, _KINDS[what], id_, at)
        elif what == "attributes":
            lines = _attribute(kb, id_)
        told = "\n".join(lines)
        if told:
            return told
    return ""


def _part(kb: KnowledgeBase, kind: str, id_: str, at: Callable[[Place], str]) -> Iterator[str]:
    english, french = (
        next((e for e in explain(kb, id_, language) if e.kind == kind), None) for language in ("en", "fr")
    )
    if english is None or french is None:
        return
    title = " · ".join(_safe(name) for name in dict.fromkeys((english.name, french.name)) if name)
    yield f"**{kind} {_safe(id_)}** · {title}" if title else f"**{kind} {_safe(id_)}**"
    yield ""
    yield from (f"- {_safe(sentence)}" for sentence in english.does)
    yield ""
    yield _origin(english, at)
    yield from _uses(english)


def _origin(part: Explained, at: Callable[[Place], str]) -> str:
    said = f"written by {part.layer} at {at(part.place)}"
    said += "".join(f", changed by {layer} at {at(place)}" for layer, place in part.changed)
    return _safe(f"{said}; source: {part.source}" if part.source else said)


def _uses(part: Explained) -> Iterator[str]:
    users = list(dict.fromkeys(f"{use.what} {use.id}" for use in part.used_by))
    if users:
        more = f" and {len(users) - MOST_USES} more" if len(users) > MOST_USES else ""
        yield ""
        yield _safe(f"used by {', '.join(users[:MOST_USES])}{more}")


def _answer(kb: KnowledgeBase, symptom: str, answer: str) -> Iterator[str]:
    asked = kb.symptoms.get(symptom)
    found = asked.answer(answer) if asked is not None else None
    if asked is not None and found is not None:
        english, french = found.text.say("en"), found.text.say("fr")
        yield f"**answer {_safe(answer)}** to {_safe(symptom)} · {_safe(english)} · {_safe(french)}"
        yield ""
        yield _safe(f"asked: {asked.ask.say('en')}")
        yield ""
        yield f"by background {found.background:.3g}"


def _attribute(kb: KnowledgeBase, id_: str) -> Iterator[str]:
    owner, _, name = id_.partition(".")
    of = {"handset": kb.handset, "programme": kb.programme}.get(owner)
    for known, value in of.attributes if of is not None else ():
        if of is not None and known == name:
            said = str(value).lower() if isinstance(value, bool) else str(value)
            yield _safe(f"{id_} is {said} of {of.id}")


def _safe(text: str) -> str:
    """Text that Markdown leaves as it is."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#|" else c for c in " ".join(text.split()))

"""Symptoms: what is asked, what may be answered, and how often it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, cast

from .. import probability
from ..merge import Entry
from ..model import Answer, AnswerType, Symptom, Text
from ..probability import Frequency
from ..problems import did_you_mean
from ..source import Node
from .context import Linking
from .facts import RETAILERS
from .nodes import flag, is_yes_no, number, said, strings, text

_TYPED = ("date", "text")
_OTHER = Text.of(en="Another shop", fr="Un autre magasin")


def symptom(link: Linking, entry: Entry) -> Symptom | None:
    """A symptom; None when its answers or its pattern are wrong."""
    node = entry.node
    written = node.get("answers")
    name = "yes_no" if written is None else str(written.value)
    answer_type: AnswerType = "choice"
    answers: tuple[Answer, ...] | None = ()
    if written is not None and isinstance(written.value, dict):
        answers = _answers(link, written, entry)
    elif name in _TYPED:
        answer_type = cast(AnswerType, name)
        _not_with(link, entry, ("background", "said"), f"answers: {name}")
    elif name == RETAILERS:
        answers = _retailer_answers(link, entry)
    elif name in link.sets:
        answers = _answers(link, link.sets[name], entry)
    else:
        mend = did_you_mean(name, [*link.sets, *_TYPED, RETAILERS])
        place = written.place if written is not None else entry.origin.place
        link.complain(place, "K411", f"there is no answer set {name!r}", mend)
        answers = None
    pattern = _pattern(link, entry, answer_type)
    source = link.source(entry)
    if answers is None or pattern is None:
        return None
    return Symptom(
        entry.id,
        cast(Any, node.entries["kind"].value),
        number(node, "seconds"),
        text(node.get("ask")),
        answers,
        text(node.get("name")),
        answer_type,
        text(node.get("hint")),
        link.needs.get(("symptoms", entry.id), ()),
        flag(node, "ends_call"),
        pattern,
        strings(node.get("formerly")),
        source,
        entry.origin,
    )


def _not_with(link: Linking, entry: Entry, names: Iterable[str], other: str) -> None:
    for name in names:
        if entry.node.get(name) is not None:
            place = entry.node.key_place(name)
            message = f"{name}: does not go with {other}"
            link.complain(place, "K208", message, "it belongs to each answer, or nowhere")


def _pattern(link: Linking, entry: Entry, answer_type: AnswerType) -> str | None:
    node = entry.node.get("pattern")
    if node is None:
        return ""
    if answer_type != "text":
        link.complain(
            entry.node.key_place("pattern"),
            "K208",
            "pattern: goes with answers: text only",
            "take it out, or write answers: text",
        )
    try:
        re.compile(str(node.value))
    except (re.error, RecursionError, OverflowError) as error:
        link.complain(node.place, "K421", f"not a regular expression: {error}")
        return None
    return str(node.value)


def _answers(link: Linking, answers: Node, entry: Entry) -> tuple[Answer, ...] | None:
    node = entry.node
    own = [n.get("background") for n in answers.entries.values()]
    if is_yes_no(answers.entries) and not any(own):
        return _yes_no(link, answers, entry)
    _not_with(link, entry, ("background", "said"), "answers that are not yes or no")
    given: list[Frequency] = []
    for id_, background in zip(answers.entries, own, strict=True):
        if background is None and any(own):
            message = f"answer {id_!r} has no background, others have one"
            place = answers.key_place(id_)
            link.complain(place, "K418", message, "give each answer one")
            return None
        frequency = Frequency(1.0) if background is None else link.frequency(background)
        if frequency is None:
            return None
        given.append(frequency)
    if not given:
        place = node.key_place("answers")
        link.complain(place, "K209", f"{entry.id!r} has no answers", "name at least two")
        return None
    if all(f.p == 0 for f in given):
        message = f"every answer of {entry.id!r} has background 0"
        link.complain(answers.place, "K418", message, "one of them is given by somebody")
    shares = probability.background(given)
    return tuple(
        Answer(id_, text(n), share, said(n.get("said")))
        for (id_, n), share in zip(answers.entries.items(), shares, strict=True)
    )


def _yes_no(link: Linking, answers: Node, entry: Entry) -> tuple[Answer, ...] | None:
    background = entry.node.get("background")
    if background is None:
        message = f"{entry.id!r} has no background: P(yes) when the fault has no bearing on it"
        link.complain(entry.origin.place, "K418", message, "add background:")
        return None
    frequency = link.frequency(background)
    if frequency is None:
        return None
    yes = probability.clip(frequency)
    own = said(entry.node.get("said"))
    return tuple(
        Answer(id_, text(n), yes, own or said(n.get("said")))
        if id_ == "yes"
        else Answer(id_, text(n), 1 - yes, said(n.get("said")))
        for id_, n in answers.entries.items()
    )


def _retailer_answers(link: Linking, entry: Entry) -> tuple[Answer, ...]:
    _not_with(link, entry, ("background", "said"), "answers: retailers")
    share = 1 / (len(link.retailers) + 1)
    shops = [Answer(r.id, r.name, share) for r in link.retailers.values()]
    own = link.sets.get(RETAILERS)
    other = own.get("other") if own is not None else None
    return (*shops, Answer("other", _OTHER if other is None else text(other), share))


def former_ids(link: Linking, section: str) -> None:
    """An id that was somebody's before is nobody else's now."""
    owners: dict[str, str] = {}
    for id_, entry in link.merged.sections[section].items():
        formerly = entry.node.get("formerly")
        for item in formerly.items if formerly is not None else ():
            former = str(item.value)
            if former in link.merged.sections[section] or former in owners:
                whose = owners.get(former, former)
                message = f"{former!r} cannot be what {id_!r} was formerly: it belongs to {whose!r}"
                link.complain(item.place, "K422", message, "take one of them out")
            owners.setdefault(former, id_)

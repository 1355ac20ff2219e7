"""A call step by step, for people: what was asked and answered, what was in front, how it ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import repeat
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text as Line

from diagnose.consultation.call import Call, Editions, Refused, in_force, moment
from diagnose.consultation.closing import closing, given
from diagnose.consultation.events import NAMES as KINDS
from diagnose.consultation.events import (
    Abandoned,
    Answered,
    Closed,
    Event,
    HandedOver,
    Held,
    Identified,
    Opened,
    Overruled,
    Renewed,
    Resumed,
    Spoke,
    Tried,
)
from diagnose.knowledge.catalogue import full_name
from diagnose.knowledge.model import UNKNOWN, KnowledgeBase, Text
from diagnose.reasoning.facts import day
from diagnose.reasoning.spoken import percent, spoken_date, spoken_day, spoken_hour
from diagnose.record.printable import clean
from diagnose.record.replay import Difference, Replay

Json = dict[str, Any]
MOST_FAULTS = 3

WORDS: dict[str, Text] = {
    "unknown": Text.of(en="don't know", fr="ne sait pas"),
    "said": Text.of(en="The caller says:", fr="L'appelant dit :"),
    "tried": Text.of(en="To try:", fr="À essayer :"),
    "cured": Text.of(en="cured", fr="c'est résolu"),
    "not_cured": Text.of(en="no change", fr="aucun changement"),
    "before": Text.of(en="done before, in vain", fr="déjà fait, sans effet"),
    "declined": Text.of(en="not now", fr="pas maintenant"),
    "undone": Text.of(en="taken back", fr="annulé"),
    "redone": Text.of(en="restored", fr="rétabli"),
    "renewed": Text.of(en="went on with edited knowledge", fr="poursuivi avec les connaissances modifiées"),
    "noted": Text.of(en="a note", fr="une note"),
    "identified": Text.of(en="written down:", fr="noté :"),
    "spoke": Text.of(en="language:", fr="langue :"),
    "held": Text.of(en="on hold", fr="en attente"),
    "resumed": Text.of(en="taken up again", fr="repris"),
    "handed_over": Text.of(en="passed on to", fr="transmis à"),
    "accepted": Text.of(en="verdict given to the caller", fr="verdict donné à l'appelant"),
    "overruled": Text.of(en="overruled:", fr="autre décision :"),
    "closed": Text.of(en="closed", fr="clos"),
    "abandoned": Text.of(en="abandoned", fr="abandonné"),
    "verdict": Text.of(en="Verdict", fr="Verdict"),
    "advice": Text.of(en="advice", fr="conseil"),
    "repair": Text.of(en="repair", fr="réparation"),
    "exchange": Text.of(en="exchange", fr="échange"),
    "visit": Text.of(en="home visit", fr="visite à domicile"),
    "by": Text.of(en="promised by", fr="promis pour"),
    "say": Text.of(en="Say", fr="Dites"),
    "own": Text.of(en="the operator's own decision", fr="décision de l'opérateur"),
    "none": Text.of(en="none yet", fr="pas encore"),
    "alert": Text.of(en="Alert", fr="Alerte"),
    "revision": Text.of(en="knowledge", fr="connaissances"),
    "refused": Text.of(en="today's knowledge refuses this", fr="refusé par les connaissances actuelles"),
    "same": Text.of(
        en="Same on today's knowledge ({now}).",
        fr="Identique avec les connaissances actuelles ({now}).",
    ),
    "same-as-recorded": Text.of(
        en="Same on the knowledge of the call ({now}).",
        fr="Identique avec les connaissances de l'appel ({now}).",
    ),
    "parts": Text.of(
        en="Parts at step {n} ({what}): then {then}, now {now}.",
        fr="Diverge à l'étape {n} ({what}) : alors {then}, maintenant {now}.",
    ),
    "what-next": Text.of(en="next step", fr="étape suivante"),
    "what-remedy": Text.of(en="remedy in front", fr="remède en tête"),
    "what-verdict": Text.of(en="verdict", fr="verdict"),
    "what-event": Text.of(en="event", fr="évènement"),
    "incomplete": Text.of(
        en="Cannot be compared to its end: the recording is broken.",
        fr="Comparaison impossible jusqu'au bout : l'enregistrement est abîmé.",
    ),
    "unusable": Text.of(
        en="Cannot be replayed on today's knowledge.",
        fr="Ne peut pas être rejoué avec les connaissances actuelles.",
    ),
    "ask": Text.of(en="ask", fr="demander"),
    "try": Text.of(en="try", fr="essayer"),
    "conclude": Text.of(en="conclude", fr="conclure"),
    "nothing": Text.of(en="nothing", fr="rien"),
}
"""What this view says of its own accord."""


def word(key: str, language: str) -> str:
    """One of :data:`WORDS`; a key that is none of them as it is."""
    return WORDS[key].say(language) if key in WORDS else key


def _label(key: str, language: str) -> str:
    """A word before what it names."""
    return f"{word(key, language)}{' : ' if language == 'fr' else ': '}"


def show(replay: Replay, language: str | None = None) -> RenderableType:
    """A replayed call step by step, with the line that says whether it is the same or where it parts.

    ``language``: en or fr; None for that of the call.
    """
    opened = replay.recording.opened
    spoken = language or (opened.language if opened else "en")
    kb = replay.editions or None
    marks = {i: "refused" for i, entry in enumerate(replay.entries) if entry is None}
    parts: list[RenderableType] = []
    if replay.recording.events:
        parts.append(steps(kb, replay.recording.events, replay.recording.entries, spoken, marks))
        ended = last_moment(replay.recording.events)
        parts.append(verdict_line(kb[-1] if kb else None, replay.verdict_then, spoken, ended))
        if replay.call is not None and replay.verdict_then == replay.verdict_now:
            said = said_line(replay.call, spoken)
            parts += [said] if said else []
    return Group(*parts, conclusion(replay, spoken))


def conclusion(replay: Replay, language: str) -> Line:
    """The last line of a replay: the same, or where it parts."""
    if replay.first_difference is not None:
        return Line(_difference(replay.first_difference, language), style="bold yellow")
    if replay.same:
        same = "same-as-recorded" if replay.as_recorded else "same"
        return Line(word(same, language).format(now=replay.revision_now), style="green")
    return Line(word("incomplete" if replay.call else "unusable", language), style="bold yellow")


def _difference(difference: Difference, language: str) -> str:
    return word("parts", language).format(
        n=difference.n,
        what=word(f"what-{difference.what}", language),
        then=_plainly(difference.then, language),
        now=_plainly(difference.now, language),
    )


def _plainly(value: object, language: str) -> str:
    """A step, a remedy or a verdict in a few words."""
    if not isinstance(value, dict):
        return word("nothing", language) if value is None else clean(str(value))
    if "do" in value:
        name = value.get("symptom") or value.get("remedy") or ""
        return clean(f"{word(str(value['do']), language)} {name}".strip())
    return clean(", ".join(str(v) for v in value.values() if v is not None))


def steps(
    kb: KnowledgeBase | Editions | None,
    events: Sequence[Event],
    entries: Sequence[Json],
    language: str,
    marks: dict[int, str] | None = None,
) -> Table:
    """One row per event: minutes and seconds into the call, what happened, what is in front if that changed.

    Without knowledge, ids stand for words. ``marks``: by the number of the event from 0, a key of
    :data:`WORDS` to put beside it.
    """
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", no_wrap=True, style="dim")
    table.add_column(ratio=3)
    table.add_column(ratio=2, style="dim")
    audience = events[0].audience if events and isinstance(events[0], Opened) else "consumer"
    alerted: set[str] = set()
    before = ""
    bases = in_force(kb, events) if kb else repeat(None, len(events))
    for i, (event, entry, base) in enumerate(zip(events, entries, bases, strict=True)):
        what = Line(happened(base, event, language, audience))
        mark = (marks or {}).get(i)
        if mark:
            what.append(f"  [{word(mark, language)}]", style="bold yellow")
        for alert in _strings(entry.get("alerts")):
            if alert not in alerted:
                alerted.add(alert)
                what.append(
                    f"\n{_label('alert', language)}{_alert(base, alert, language, audience)}", "bold red"
                )
        front = likely(base, entry, language)
        table.add_row(_into(events[0], event), what, front if front != before else "")
        before = front or before
    return table


def verdict_line(kb: KnowledgeBase | None, verdict: Json | None, language: str, now: datetime | None) -> Line:
    """A verdict of the trace in words: its kind, the remedy, the channel, who pays, until when."""
    line = Line(_label("verdict", language), style="bold")
    if verdict is None:
        return line.append(word("none", language))
    said = [word(clean(str(verdict.get("kind"))), language)]
    for key, section in (
        ("remedy", kb.remedies if kb else {}),
        ("channel", kb.channels if kb else {}),
        ("charge", kb.charges if kb else {}),
    ):
        name = verdict.get(key)
        if name and not (key == "charge" and verdict.get("kind") == "advice"):
            known = section.get(name) if isinstance(name, str) else None
            text = getattr(known, "name", None)
            said.append(clean(text.say(language) if text else str(name)))
    when = _moment(verdict.get("promise"))
    if when is not None:
        until = f"{spoken_day(when, now or when, language)}, {spoken_hour(when, language)}"
        said.append(f"{word('by', language)} {until}")
    if verdict.get("overruled"):
        said.append(word("own", language))
    return line.append("; ".join(said))


def said_line(call: Call, language: str) -> Line | None:
    """The closing words of a call as they are read to the caller; None for advice, which is its steps."""
    verdict, _ = given(call)
    said = closing(call, language, call.opened.audience)
    return Line(f"{_label('say', language)}{clean(said)}") if said and verdict != "advice" else None


def last_moment(events: Iterable[Event]) -> datetime | None:
    """The time of the last event, if it is one."""
    times = [event.at for event in events]
    return _moment(times[-1]) if times else None


def _moment(at: object) -> datetime | None:
    if not isinstance(at, str):
        return None
    try:
        return datetime.fromisoformat(at)
    except ValueError:
        return None


def _into(first: Event, event: Event) -> str:
    """How far into the call, ``m:ss``."""
    try:
        seconds = int((moment(event.at) - moment(first.at)).total_seconds())
    except (Refused, TypeError):  # a time that is none, or one with an offset and one without
        return "?"
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 60}:{seconds % 60:02d}"


def happened(kb: KnowledgeBase | None, event: Event, language: str, audience: str) -> str:  # noqa: PLR0911
    """An event in words, on one line that is harmless to a terminal."""
    match event:
        case Opened():
            name = full_name(kb.handset.brand, kb.handset.name) if kb else event.handset
            programme = kb.programme.name.say(language) if kb and kb.programme else event.programme or ""
            facts = [name, programme, f"{word('revision', language)} {event.revision}"]
            return clean(", ".join(f for f in facts if f))
        case Answered():
            question, answer = _answered(kb, event, language, audience)
            if event.volunteered:
                words = f' "{event.words}"' if event.words else ""
                return clean(f"{word('said', language)}{words} {question} - {answer}")
            return clean(f"{question} - {answer}")
        case Tried():
            remedy = kb.remedies.get(event.remedy) if kb else None
            name = remedy.name.say(language) if remedy else event.remedy
            return clean(f"{word('tried', language)} {name} - {word(event.outcome, language)}")
        case Overruled():
            remedy = kb.remedies.get(event.remedy) if kb else None
            name = remedy.name.say(language) if remedy else event.remedy
            chosen = f"{word(event.verdict, language)} {name}".strip()
            return clean(f"{word('overruled', language)} {chosen} ({event.reason})")
        case Identified():
            return clean(f"{word('identified', language)} {event.field}")
        case Closed():
            verdict, _, id_ = event.disposition.partition("/")
            remedy = kb.remedies.get(id_) if kb else None
            as_ = f"{word(verdict, language)}, {remedy.name.say(language)}" if remedy else event.disposition
            return clean(f"{word('closed', language)} {as_}".strip())
    detail = {
        Spoke: "language",
        Renewed: "revision",
        Held: "reason",
        Resumed: "operator",
        HandedOver: "to",
        Abandoned: "reason",
    }.get(type(event))
    text = str(getattr(event, detail)) if detail else ""
    return clean(f"{word(KINDS[type(event)], language)} {text}".strip())


def _answered(kb: KnowledgeBase | None, event: Answered, language: str, audience: str) -> tuple[str, str]:
    symptom = kb.symptoms.get(event.symptom) if kb else None
    if event.answer == UNKNOWN:
        said = word("unknown", language)
    else:
        known = symptom.answer(event.answer) if symptom else None
        when = day(event.answer) if symptom and symptom.answer_type == "date" else None
        said = (
            known.text.say(language, audience)
            if known
            else spoken_date(when, language)
            if when
            else event.answer
        )
    if symptom is None:
        return event.symptom, said
    return symptom.ask.say(language, audience), said


def _alert(kb: KnowledgeBase | None, alert: str, language: str, audience: str) -> str:
    known = kb.alerts.get(alert) if kb else None
    return clean(known.say.say(language, audience) if known else alert)


def _strings(value: object) -> list[str]:
    return [v for v in value if isinstance(v, str)] if isinstance(value, list) else []


def likely(kb: KnowledgeBase | None, entry: Json, language: str) -> str:
    """The likeliest faults after an event, as its entry of the trace has them."""
    faults = entry.get("faults")
    said = []
    for fault in faults[:MOST_FAULTS] if isinstance(faults, list) else ():
        if isinstance(fault, dict) and isinstance(fault.get("probability"), (int, float)):
            known = kb.faults.get(str(fault.get("id"))) if kb else None
            name = known.name.say(language) if known else str(fault.get("id"))
            said.append(f"{percent(fault['probability'], language)} {name}")
    return clean("; ".join(said))

"""One call as a value: a fold over its events, and the pure step that takes one more.

>>> call = open_call(kb, Opened(at="1998-03-02T10:00:00+01:00", ...))
>>> call = after(call, Answered(at="...", symptom="no_ring", answer="yes", volunteered=True))
>>> call.assessment.next

Undo, redo, changing an answer, resuming and replaying are the same thing: folding another list of
events. Nothing is forgotten: what was taken back stays in ``events``, and what no longer applies is
set aside by the reasoning and counts again as soon as it applies again.

A call stands on one knowledge base throughout, or on several editions of it in turn: each
:class:`~diagnose.consultation.events.Renewed` takes over the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Literal

from diagnose.consultation.events import (
    Abandoned,
    Accepted,
    Answered,
    Closed,
    Event,
    HandedOver,
    Held,
    Identified,
    Noted,
    Opened,
    Overruled,
    Redone,
    Renewed,
    Resumed,
    Spoke,
    Tried,
    Undone,
)
from diagnose.knowledge.model import UNKNOWN, VERDICTS, KnowledgeBase, Symptom
from diagnose.reasoning.assess import Assessment, assess
from diagnose.reasoning.facts import Finding, Findings, day

TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{6})?([+-][0-9]{2}:[0-9]{2})?"
)
Status = Literal["open", "held", "closed", "abandoned"]
LEARNT = (Opened, Answered, Tried, Undone, Redone, Renewed, Resumed)
"""Events after which the verdict stands anew, as of their time."""
Deed = Answered | Tried
"""What undo takes back."""
Editions = tuple[KnowledgeBase, ...]
"""The knowledge that a call is opened on, then what each renewal takes over."""


class Refused(Exception):
    """An event that this call cannot take: ``code`` says why, ``what`` names the culprit."""

    def __init__(self, code: str, what: str = "") -> None:
        super().__init__(f"{code}: {what}" if what else code)
        self.code = code
        self.what = what


@dataclass(frozen=True, eq=False)
class Call:
    """Where a call stands. ``kb``: the knowledge in force; ``later``: what renewals to come take over.

    ``said`` are the answers and tries that stand, ``unsaid`` those taken back; what of them the knowledge in
    force knows are :attr:`deeds` and :attr:`undone`. Without ``look_ahead`` it is left out what is worth
    asking: rules, belief and verdict alone.
    """

    kb: KnowledgeBase
    events: tuple[Event, ...]
    said: tuple[Deed, ...] = ()
    unsaid: tuple[Deed, ...] = ()
    later: Editions = ()
    renewed: bool = False
    status: Status = "open"
    language: str = "en"
    operator: str = ""
    accepted: bool = False
    overruled: Overruled | None = None
    notes: tuple[Noted, ...] = ()
    identity: tuple[tuple[str, str], ...] = ()
    look_ahead: bool = True

    @property
    def opened(self) -> Opened:
        """The first event."""
        first = self.events[0]
        assert isinstance(first, Opened)
        return first

    @cached_property
    def deeds(self) -> tuple[Deed, ...]:
        """The answers and tries in force, by today's ids, in the order in which they were given."""
        return tuple(deed for _, deed in self._known)

    @cached_property
    def undone(self) -> tuple[Deed, ...]:
        """Those that can be restored, the last the first."""
        return tuple(deed for deed in (fitting(self.kb, d) for d in self.unsaid) if deed is not None)

    @cached_property
    def shelved(self) -> tuple[str, ...]:
        """What was said and the knowledge in force does not know: symptoms, remedies as ``tried.<id>``."""
        unknown = (d for d in self.said if fitting(self.kb, d) is None) if self.renewed else ()
        return tuple(dict.fromkeys(_subject(self.kb, d) for d in unknown))

    @cached_property
    def _known(self) -> tuple[tuple[int, Deed], ...]:
        """The deeds in force, each with its place among what was said."""
        if not self.renewed:
            return tuple(enumerate(self.said))
        found: list[tuple[int, Deed]] = []
        unknown: set[str] = set()
        for i in range(len(self.said) - 1, -1, -1):
            deed = fitting(self.kb, self.said[i])
            if deed is None:
                unknown.add(_subject(self.kb, self.said[i]))
            elif _subject(self.kb, deed) not in unknown:  # what was changed later does not come back
                found.append((i, deed))
        return tuple(reversed(found))

    @cached_property
    def findings(self) -> Findings:
        """What the reasoning is given: each symptom's last answer, in the order of its first."""
        return findings_of(self.deeds, moment(self.opened.at).date())

    @cached_property
    def assessment(self) -> Assessment:
        """What follows from it."""
        return assessed(self.kb, self.findings) if self.look_ahead else judged(self.kb, self.findings)

    @property
    def seconds(self) -> float:
        """Talk that the questions and tries in force are reckoned to take, in seconds."""
        return sum(talk_seconds(self.kb, deed) for deed in self.deeds)

    @property
    def over(self) -> bool:
        """Whether nothing may follow."""
        return self.status in ("closed", "abandoned")

    @property
    def now(self) -> datetime:
        """The time of the last event."""
        return moment(self.events[-1].at)

    @property
    def agreed(self) -> datetime:
        """The time as of which a day is promised: of what was learnt last, or of the caller's coming back.

        The day that was said stays the day while the verdict is accepted, noted down and closed.
        """
        return moment(next(e.at for e in reversed(self.events) if isinstance(e, LEARNT)))


@lru_cache(maxsize=2048)
def assessed(kb: KnowledgeBase, findings: Findings) -> Assessment:
    """:func:`assess`, remembered: undo and redo cost nothing."""
    return assess(kb, findings)


@lru_cache(maxsize=2048)
def judged(kb: KnowledgeBase, findings: Findings) -> Assessment:
    """:func:`assessed` without what is worth asking; it takes a fraction of the time."""
    return assess(kb, findings, choose=None)


def moment(at: str) -> datetime:
    """An event's time, written YYYY-MM-DDTHH:MM:SS+HH:MM; fractions and offset may be left out.

    Raises:
        Refused: ``bad-time`` when it is not.
    """
    if not TIME.fullmatch(at):  # later Pythons read more than 3.10 does
        raise Refused("bad-time", at)
    try:
        return datetime.fromisoformat(at)
    except ValueError:
        raise Refused("bad-time", at) from None


def open_call(kb: KnowledgeBase | Editions, opened: Opened, *, look_ahead: bool = True) -> Call:
    """A call that has just begun. On one knowledge base it stays there, whatever it renews later."""
    moment(opened.at)
    first, *later = kb if isinstance(kb, tuple) else (kb,)
    return Call(
        first,
        (opened,),
        later=tuple(later),
        language=opened.language,
        operator=opened.operator,
        look_ahead=look_ahead,
    )


def fold(kb: KnowledgeBase | Editions, events: Iterable[Event]) -> Call:
    """The call that these events amount to, on one knowledge base or on each edition in turn.

    Raises:
        Refused: at the first event that cannot be taken (``not-opened`` when the first is another).
    """
    iterator = iter(events)
    first = next(iterator, None)
    if not isinstance(first, Opened):
        raise Refused("not-opened")
    call = open_call(kb, first)
    for event in iterator:
        call = after(call, event)
    return call


def in_force(kb: KnowledgeBase | Editions, events: Iterable[Event]) -> Iterator[KnowledgeBase]:
    """For each event the knowledge that holds with it."""
    now, *later = kb if isinstance(kb, tuple) else (kb,)
    for event in events:
        if isinstance(event, Renewed) and later:
            now = later.pop(0)
        yield now


def after(call: Call, event: Event) -> Call:  # noqa: PLR0911, PLR0912 - one line per kind of event
    """The call with one more event. Pure.

    Raises:
        Refused: when the event makes no sense here; the call stays as it was.
    """
    moment(event.at)
    if call.over:
        raise Refused("call-over")
    if call.status == "held" and not isinstance(event, (Resumed, Noted, Abandoned, Closed)):
        raise Refused("call-held")
    step = replace(call, events=(*call.events, event))
    match event:
        case Answered():
            deed = checked_answer(call.kb, event)
            return _reopened(step, (*call.said, deed))
        case Tried():
            checked_try(call.kb, event)
            return _reopened(step, (*call.said, event))
        case Undone():
            return _undone(step)
        case Redone():
            return _redone(step)
        case Renewed():
            return _renewed(step)
        case Noted():
            return replace(step, notes=(*call.notes, event))
        case Identified():
            kept = tuple(pair for pair in call.identity if pair[0] != event.field)
            return replace(step, identity=(*kept, (event.field, event.value)))
        case Spoke():
            return replace(step, language=event.language)
        case Held() | HandedOver():
            return replace(step, status="held")
        case Resumed():
            if call.status != "held":
                raise Refused("not-held")
            return replace(step, status="open", operator=event.operator or call.operator)
        case Accepted():
            return replace(step, accepted=True, overruled=None)
        case Overruled():
            checked_overruling(call.kb, event)
            return replace(step, overruled=event, accepted=False)
        case Closed():
            return replace(step, status="closed")
        case Abandoned():
            return replace(step, status="abandoned")
        case Opened():
            raise Refused("opened-twice")
    raise Refused("unknown-event", type(event).__name__)


def _reopened(step: Call, said: tuple[Deed, ...], unsaid: tuple[Deed, ...] = ()) -> Call:
    """The call with this said; a verdict given before it changed is no longer given."""
    return replace(step, said=said, unsaid=unsaid, accepted=False, overruled=None)


def _undone(call: Call) -> Call:
    """The call without its last deed in force; what is shelved stays where it is."""
    if not call.deeds:
        raise Refused("nothing-to-undo")
    last, _ = call._known[-1]
    said = call.said
    return _reopened(call, (*said[:last], *said[last + 1 :]), (*call.unsaid, said[last]))


def _redone(call: Call) -> Call:
    """The call with what was taken back last and can be restored."""
    known = [i for i, deed in enumerate(call.unsaid) if fitting(call.kb, deed) is not None]
    if not known:
        raise Refused("nothing-to-redo")
    last, unsaid = known[-1], call.unsaid
    return _reopened(call, (*call.said, unsaid[last]), (*unsaid[:last], *unsaid[last + 1 :]))


def _renewed(call: Call) -> Call:
    """The call on the next edition; on the last it stays. A verdict given on another is no longer given."""
    if not call.later:
        return _reopened(call, call.said, call.unsaid)
    step = replace(call, kb=call.later[0], later=call.later[1:], renewed=True)
    return _reopened(step, step.said, step.unsaid)


def fitting(kb: KnowledgeBase, deed: Deed) -> Deed | None:
    """An answer or a try by the ids of this knowledge; None when it does not know it."""
    try:
        if isinstance(deed, Answered):
            return checked_answer(kb, deed)
        checked_try(kb, deed)
    except Refused:
        return None
    return deed


def _subject(kb: KnowledgeBase, deed: Deed) -> str:
    """What an answer or a try is about: a symptom, or ``tried.<remedy>``."""
    if isinstance(deed, Tried):
        return f"tried.{deed.remedy}"
    known = find_symptom(kb, deed.symptom)
    return known.id if known else deed.symptom


def checked_answer(kb: KnowledgeBase, event: Answered) -> Answered:
    """The event, by today's id of its symptom.

    Raises:
        Refused: ``unknown-symptom``, ``unknown-answer`` or ``bad-date``, naming it.
    """
    symptom = find_symptom(kb, event.symptom)
    if symptom is None:
        raise Refused("unknown-symptom", event.symptom)
    problem = answer_problem(symptom, event.answer)
    if problem:
        raise Refused(problem, f"{symptom.id}: {event.answer}")
    return event if symptom.id == event.symptom else replace(event, symptom=symptom.id)


def answer_problem(symptom: Symptom, answer: str) -> str:
    """The code of what is wrong with an answer, empty when it is one of the symptom's."""
    if answer == UNKNOWN:
        return ""
    if symptom.answer_type == "date":
        return "" if day(answer) else "bad-date"
    if symptom.answer_type == "text":
        return "" if re.fullmatch(symptom.pattern or ".+", answer) else "unknown-answer"
    return "" if symptom.answer(answer) else "unknown-answer"


def find_symptom(kb: KnowledgeBase, name: str) -> Symptom | None:
    """The symptom of that id, or that once had it."""
    if name in kb.symptoms:
        return kb.symptoms[name]
    return next((s for s in kb.symptoms.values() if name in s.formerly), None)


def checked_try(kb: KnowledgeBase, event: Tried) -> None:
    """Raises :class:`Refused` unless the remedy is one that can be tried on the phone."""
    remedy = kb.remedies.get(event.remedy)
    if remedy is None:
        raise Refused("unknown-remedy", event.remedy)
    if remedy.trial is None:
        raise Refused("not-to-be-tried", event.remedy)
    if event.outcome not in ("cured", "not_cured", "before", "declined"):
        raise Refused("unknown-outcome", event.outcome)


def checked_overruling(kb: KnowledgeBase, event: Overruled) -> None:
    """Raises :class:`Refused` unless it names a verdict, a remedy of that verdict, and a reason."""
    if event.verdict not in VERDICTS:
        raise Refused("unknown-verdict", event.verdict)
    remedy = kb.remedies.get(event.remedy)
    if event.remedy and (remedy is None or remedy.verdict != event.verdict):
        raise Refused("unknown-remedy", event.remedy)
    if not event.reason.strip():
        raise Refused("no-reason")


def findings_of(deeds: Iterable[Deed], on: date) -> Findings:
    """Each symptom's last answer in the order of its first, each remedy's last try."""
    answers: dict[str, Finding] = {}
    tries: dict[str, str] = {}
    opening: list[str] = []
    for deed in deeds:
        if isinstance(deed, Tried):
            tries[deed.remedy] = deed.outcome
            continue
        if deed.volunteered and not tries and len(opening) == len(answers):
            opening.append(deed.symptom)
        answers[deed.symptom] = Finding(deed.symptom, deed.answer, deed.volunteered)
    return Findings(on, tuple(answers.values()), tuple(tries.items()), tuple(opening))


TOLD_SECONDS = 5.0
"""Talk for something the caller says unasked."""


def talk_seconds(kb: KnowledgeBase, deed: Deed) -> float:
    """Seconds of talk that an answer or a try is reckoned to take."""
    if isinstance(deed, Tried):
        trial = kb.remedies[deed.remedy].trial
        return trial.seconds if trial and deed.outcome in ("cured", "not_cured") else TOLD_SECONDS
    return TOLD_SECONDS if deed.volunteered else kb.symptoms[deed.symptom].seconds

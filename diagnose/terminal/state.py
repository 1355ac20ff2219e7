"""What the screen shows, as one frozen value, and the few questions that views ask of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from diagnose.consultation.call import Call
from diagnose.consultation.closing import given, promised_day, ways
from diagnose.consultation.events import Answered
from diagnose.knowledge.model import Remedy, Symptom, WrapUp, satisfied
from diagnose.reasoning.assess import Ask, Conclude, Try
from diagnose.reasoning.open_question import ANYTHING_ELSE, NOTHING, SOMETHING

Context = Literal["ask", "try", "verdict", "held", "entry", "pick", "page"]
CONTEXTS: tuple[Context, ...] = ("ask", "try", "verdict", "held", "entry", "pick", "page")

SPOKEN = ("complaint", "volunteer", "else")
"""Lines typed that hold the caller's own words: several meanings can be chosen, by digit."""

TARGET_SECONDS = 180.0
"""A call should take no longer; nothing happens when it does."""


@dataclass(frozen=True, slots=True)
class Option:
    """One line to choose from: what it stands for, what it says, what is said beside it."""

    value: str
    label: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line being typed. ``subject``: what it is about. ``options``: what it may mean, live."""

    purpose: str
    subject: str = ""
    text: str = ""
    cursor: int = 0
    options: tuple[Option, ...] = ()
    at: int = 0
    ticked: tuple[str, ...] = ()
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Pick:
    """A list to choose from; ``below``: the line being typed to which leaving it goes back.

    ``words``: what was typed to narrow the list, which is ``whole`` without them.
    """

    purpose: str
    options: tuple[Option, ...]
    at: int = 0
    subject: str = ""
    below: Entry | None = None
    words: str = ""
    whole: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Something to read: ``why``, ``why_not``, ``change``, ``help``."""

    purpose: str
    subject: str = ""


Overlay = Entry | Pick | Page


@dataclass(frozen=True, slots=True)
class Notice:
    """One line to the operator about what a key did."""

    words: str
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Leaving:
    """The terminal is done: its exit status, and the lines to leave behind."""

    status: int
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class State:
    """The whole of the screen. ``elapsed``: seconds of call. ``step``: of the try in front.

    ``ticked``: lines of the wrap-up list. ``read``: alerts read out. ``early``: the operator goes to
    the verdict before the system would. ``scroll``: lines down from the top. ``asking``, ``trying``: the
    question or the remedy that the operator chose himself, instead of the one proposed. ``guided``: whether
    anything is proposed, and what is believed shown. ``heard``: what the caller said last, where he is heard.
    ``since``: how many deeds and notes there were when the question in front came up. ``edited``: the
    knowledge files were written since the call took its knowledge from them.
    """

    call: Call | None = None
    language: str = "en"
    audience: str = "consumer"
    elapsed: float = 0.0
    overlay: Overlay | None = None
    notice: Notice | None = None
    step: int = 0
    ticked: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    details: bool = False
    early: bool = False
    warned: bool = False
    scroll: int = 0
    leaving: Leaving | None = None
    asking: str = ""
    trying: str = ""
    guided: bool = True
    heard: tuple[str, ...] = ()
    since: tuple[int, int] = (0, 0)
    edited: bool = False

    @property
    def the_call(self) -> Call:
        """The call, where there must be one."""
        assert self.call is not None
        return self.call


def context(state: State) -> Context:
    """Which keys count now."""
    match state.overlay:
        case Entry():
            return "entry"
        case Pick():
            return "pick"
        case Page():
            return "page"
    call = state.the_call
    if call.status == "held":
        return "held"
    if at_verdict(state):
        return "verdict"
    return "try" if tried(state) is not None else "ask"


def at_verdict(state: State) -> bool:
    """Whether the verdict is on the screen: it stands, was overruled, or the operator went there."""
    call = state.call
    if call is None:
        return False
    if state.early or call.overruled is not None:
        return True
    chosen = bool(state.asking or state.trying)
    return not chosen and (_solved(call) or (state.guided and isinstance(call.assessment.next, Conclude)))


def _solved(call: Call) -> bool:
    return call.assessment.outcome.solved


def asked(state: State) -> Symptom | None:
    """The question on the screen."""
    if state.call is None or at_verdict(state):
        return None
    if state.asking or state.trying or not state.guided:
        return state.call.kb.symptoms.get(state.asking)
    step = state.call.assessment.next
    return state.call.kb.symptoms[step.symptom] if isinstance(step, Ask) else None


def tried(state: State) -> Remedy | None:
    """The remedy that is tried on the screen."""
    if state.call is None or at_verdict(state):
        return None
    if state.asking or state.trying or not state.guided:
        return state.call.kb.remedies.get(state.trying)
    step = state.call.assessment.next
    return state.call.kb.remedies[step.remedy] if isinstance(step, Try) else None


def by_letter(symptom: Symptom) -> dict[str, str]:
    """The answers that a plain yes and a plain no stand for."""
    pairs = {"yes": SOMETHING, "no": NOTHING} if symptom.id == ANYTHING_ELSE else {"yes": "yes", "no": "no"}
    return {said: answer for said, answer in pairs.items() if symptom.answer(answer)}


def spoken_up(state: State) -> bool:
    """Whether the caller has said something unasked since the question in front was put."""
    deeds, notes = state.since
    call = state.the_call
    unasked = any(isinstance(d, Answered) and d.volunteered for d in call.deeds[deeds:])
    return unasked or len(call.notes) > notes


def disposition(call: Call) -> str:
    """``verdict/remedy``, as it is filled in at the close."""
    verdict, remedy = given(call)
    return f"{verdict}/{remedy.id if remedy else ''}".rstrip("/")


def wrap_up(call: Call) -> tuple[WrapUp, ...]:
    """The lines to go through before closing."""
    verdict, remedy = given(call)
    channel, _ = ways(call)
    facts = call.assessment.facts
    return tuple(
        line
        for line in call.kb.wrap_up
        if (not line.verdicts or verdict in line.verdicts)
        and (not line.remedies or (remedy is not None and remedy.id in line.remedies))
        and (not line.channels or channel in line.channels)
        and (not line.promised or promised_day(call) is not None)
        and satisfied(line.needs, facts)
    )


def unread(state: State) -> tuple[str, ...]:
    """Alerts that were not marked as read out."""
    if state.call is None:
        return ()
    return tuple(a for a in state.call.assessment.alerts if a not in state.read)


def under(state: State, overlay: Overlay | None) -> State:
    """The state with another overlay, read from its top."""
    return replace(state, overlay=overlay, scroll=0)

"""A small telephone, and an operator's position on which tests type."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from diagnose.consultation.events import Event
from diagnose.consultation.trace import Json
from diagnose.knowledge.model import Alert, KnowledgeBase, Promise, Symptom, Text, Trial, WrapUp
from diagnose.record.transcript import CannotRecord
from diagnose.terminal.commands import run
from diagnose.terminal.screenshot import One
from diagnose.terminal.session import Session
from diagnose.terminal.state import State
from diagnose.terminal.terminal import Terminal
from diagnose.terminal.views.frame import lines
from diagnose.terminal.views.screen import screen
from tests.make import premises, ringer, rule, symptom

RING = Text.of(en="Does it ring when somebody calls you?", fr="Sonne-t-il quand on vous appelle ?")
ICON = Text.of(
    en="Is there a crossed-out bell on the display, or a sign of vibration beside the clock, since yesterday?",
    fr="Y a-t-il une cloche barrée à l'écran, ou un symbole de vibreur à côté de l'heure, depuis hier ?",
)
NASTY = "\x1b[31mred\x07 [bold]not bold[/bold] \x9b2J\u202eturned"


def telephone() -> KnowledgeBase:
    """The ringer of the reasoning's tests, with texts, a long list of answers, a wrap-up and a promise."""
    base = ringer()
    shown = symptom("shown", "observation", answers={f"sign_{n}": 1 / 12 for n in range(1, 13)})
    told: dict[str, Symptom] = {
        **base.symptoms,
        "no_ring": with_said(base.symptoms["no_ring"], RING, "ne sonne plus", "does not ring"),
        "mute_icon": replace(
            base.symptoms["mute_icon"], ask=ICON, hint=Text.of(en="In a corner.", fr="Dans un coin.")
        ),
        "shown": shown,
        "serial": symptom("serial", "history", answer_type="text"),
    }
    unmute = replace(
        base.remedies["unmute"],
        trial=Trial(20, 0.9),
        name=Text.of(en="Switch the ring on", fr="Remettre la sonnerie"),
        steps=(
            Text.of(en="Open the menu.", fr="Ouvrez le menu."),
            Text.of(en="Turn it up.", fr="Montez le son."),
        ),
    )
    look = rule("look", premises(no_ring="yes"), ask=("mute_icon",))
    rules = (*base.rules, look, rule("dated", salience=-1, promise="soon"))
    promise = Promise(
        "soon",
        Text.of(en="It comes by {day}, {hour}.", fr="Il arrive au plus tard {day}, {hour}."),
        days=1,
        by="18:00",
    )
    alert = Alert(
        "danger",
        Text.of(en="Put it down and leave it alone.", fr="Posez-le et n'y touchez plus."),
        Text.of(en="No parcel.", fr="Aucun colis."),
    )
    return replace(
        base,
        revision="telephone",
        symptoms=told,
        remedies={**base.remedies, "unmute": unmute},
        rules=tuple(replace(r, number=n) for n, r in enumerate(rules)),
        promises={"soon": promise},
        alerts={"danger": alert},
        wrap_up=tuple(
            WrapUp(f"line-{n}", Text.of(en=f"Read back item {n}.", fr=f"Relire le point {n}."), ("exchange",))
            for n in range(1, 12)
        ),
        programme=replace(base.programme, greeting=Text.of(en="Care, good day.", fr="Soin, bonjour."))
        if base.programme
        else None,
    )


def with_said(known: Symptom, ask: Text, french: str, english: str) -> Symptom:
    """The symptom with this question, and a phrase in each language for "yes"."""
    first = replace(known.answers[0], said=(("fr", (french,)), ("en", (english,))))
    return replace(known, ask=ask, answers=(first, *known.answers[1:]))


class Kept:
    """A recorder that keeps its events in a list, and can refuse to."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.full = False
        self.warnings: list[Text] = []

    def append(self, event: Event, entry: Json) -> None:
        if self.full:
            from pathlib import Path

            raise CannotRecord(Path("call.jsonl"), Text.of(en="no space left", fr="plus de place"))
        self.events.append(event)

    def renew(self, event: Event, entry: Json, sources: tuple[str, ...]) -> None:
        self.append(event, entry)

    def close(self) -> None:
        pass


class Bench(One):
    """An opener whose clock stands still unless it is told to go on, and whose record can be looked at."""

    def __init__(self, kb: KnowledgeBase) -> None:
        super().__init__(kb)
        self.at = datetime.fromisoformat("1998-03-02T10:00:00+01:00")
        self.kept = Kept()

    def clock(self) -> datetime:
        return self.at

    def later(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def begin(self, handset: str, programme: str | None, language: str, audience: str) -> Session:
        session = super().begin(handset, programme, language, audience)
        session.recorder = self.kept
        return session


def position(language: str = "en", kb: KnowledgeBase | None = None, *, complaint: bool = False) -> Terminal:
    """A terminal with a call open; at its first question, or at the complaint."""
    kb = kb or telephone()
    terminal = Terminal(Bench(kb), State(language=language))
    terminal.begin(kb.handset.id, None)
    if not complaint:
        run(terminal, "cancel")
    return terminal


def bench(terminal: Terminal) -> Bench:
    """Its opener."""
    assert isinstance(terminal.opener, Bench)
    return terminal.opener


def do(terminal: Terminal, *commands: str) -> Terminal:
    """Commands one after the other, each perhaps with an argument after a blank."""
    for command in commands:
        name, _, argument = command.partition(" ")
        run(terminal, name, argument)
    return terminal


def shown(state: State, width: int = 80, height: int = 24) -> list[str]:
    """The lines of the screen."""
    return ["".join(s.text for s in line) for line in lines(screen(state, width, height), width)]


def said(rows: Iterable[str]) -> str:
    """The words of the screen without its frames, on one line."""
    return " ".join(" ".join(rows).translate(str.maketrans("┃━┏┓┗┛║═╔╗╚╝", " " * 12)).split())


def events(terminal: Terminal) -> list[str]:
    """The kinds of the events of the call."""
    assert terminal.session is not None
    return [type(e).__name__ for e in terminal.session.call.events]

"""Calls with virtual callers as ordinary transcripts: to look at, to score, to replay by the hundred."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta, timezone
from hashlib import sha256
from pathlib import Path

from diagnose import __version__
from diagnose.consultation.call import TOLD_SECONDS
from diagnose.consultation.events import Opened
from diagnose.knowledge.model import LANGUAGES, KnowledgeBase, Language
from diagnose.reasoning.assess import Ask, Conclude, Try
from diagnose.record.transcript import Keeping, Writer, new_call_id, path_for
from diagnose.simulation.callers import Caller, caller
from diagnose.simulation.run import MOST_STEPS, reply
from diagnose.terminal.session import Session
from diagnose.terminal.state import disposition
from diagnose.training.clock import Clock
from diagnose.training.lay import phrases_of

BEGINS = datetime.combine(date.min, time(9), timezone(timedelta(hours=1))).timetz()
APART = timedelta(minutes=5)
"""From one call to the next, at least."""
CLOSING_SECONDS = 20.0


def samples(
    root: Path,
    kb: KnowledgeBase,
    folder: Path,
    *,
    calls: int,
    seed: int,
    on: date,
    dont_know: float,
    misreport: float,
) -> Iterator[Path]:
    """Takes so many calls by the guide and keeps each; English and French in turn. The same seed on the same
    knowledge gives the same bytes. A caller whose call is there already is passed over.

    Raises:
        CannotRecord: when one cannot be written.
    """
    for number in range(calls):
        opened = _opened(kb, seed, number, on)
        path = path_for(folder, opened)
        if not path.exists():
            who = caller(kb, seed, number, on, dont_know, misreport)
            keeping = Keeping(root, salt=_salts(opened.call), key=lambda: None, sources=kb.sources)
            with Writer.create(path, keeping) as writer:
                _take(kb, who, opened, writer)
        yield path


def _opened(kb: KnowledgeBase, seed: int, number: int, on: date) -> Opened:
    at = datetime.combine(on, BEGINS) + number * APART
    said = at.isoformat(timespec="seconds")
    return Opened(
        at=said,
        call=new_call_id(said, f"{seed} {number} {kb.handset.id}"),
        handset=kb.handset.id,
        programme=kb.programme.id if kb.programme else None,
        revision=kb.revision,
        product=f"diagnose {__version__}",
        language=LANGUAGES[number % len(LANGUAGES)],
        operator="simulate",
        desk="simulation",
    )


def _take(kb: KnowledgeBase, who: Caller, opened: Opened, writer: Writer) -> None:
    language: Language = "fr" if opened.language == "fr" else "en"
    clock = Clock(datetime.fromisoformat(opened.at))
    session = Session.begin(kb, opened, writer, clock)

    def tells(symptom: str, answer: str) -> None:
        clock.talk += TOLD_SECONDS
        said = phrases_of(kb, symptom, answer, language)
        session.volunteer(symptom, answer, said[who.number % len(said)] if said else "")

    if who.opening is not None:
        tells(*who.opening)
    for _ in range(MOST_STEPS):
        match session.call.assessment.next:
            case Ask(symptom=symptom):
                *unasked, last = reply(who, session.call.findings, symptom)
                for finding in unasked:
                    tells(finding.symptom, finding.answer)
                clock.talk += kb.symptoms[symptom].seconds
                session.answer(last.answer, symptom)
            case Try(remedy=remedy):
                trial = kb.remedies[remedy].trial
                clock.talk += trial.seconds if trial else 0.0
                session.tried("cured" if who.cured[remedy] else "not_cured", remedy)
            case Conclude():
                break
    clock.talk += CLOSING_SECONDS
    session.accept()
    session.close(disposition(session.call))


def _salts(call: str) -> Callable[[], str]:
    """Salts that are the same each time: nobody here is real, and the bytes must be."""
    numbers = itertools.count()
    return lambda: sha256(f"{call} {next(numbers)}".encode()).hexdigest()[:32]

"""Make the recorded calls in transcripts/ again: ``python -m tests.record_transcripts [FOLDER]``.

Invented people on invented handsets, played to the real session by a script with a clock of its own,
so that the same knowledge gives the same bytes. Whatever the system asks is answered from the script.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from diagnose import __version__
from diagnose.consultation.events import Opened
from diagnose.knowledge.catalogue import load, root
from diagnose.knowledge.model import UNKNOWN
from diagnose.reasoning.assess import Ask, Conclude, Try
from diagnose.record.transcript import Keeping, Writer
from diagnose.terminal.session import Session
from diagnose.terminal.state import disposition

Act = Callable[[Session], None]


@dataclass(frozen=True)
class Script:
    """A call: who rings about what, what is answered, and what happens before the step of a number."""

    name: str
    handset: str
    at: str
    says: tuple[tuple[str, str, str], ...]
    answers: Mapping[str, str]
    tries: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[int, tuple[Act, ...]] = field(default_factory=dict)
    end: tuple[Act, ...] = ()
    programme: str | None = None
    language: str = "en"
    operator: str = "operator-1"
    abandoned: bool = False


CLEAR = {"wet": "no", "dropped": "no", "repaired": "no", "imei_label_differs": "no", "accident": "no"}
YOUNG_98 = {**CLEAR, "purchase_date": "1997-10-04", "proof": "yes", "retailer": "hypermarket"}
YOUNG_26 = {
    **CLEAR,
    "purchase_date": "2026-02-14",
    "proof": "yes",
    "account_lock": "no",
    "retailer": "maker-online-shop",
}

LESSONS = {"aerial.jsonl": "gh688-aerial-held-and-resumed.jsonl"}
"""The calls of the trainer's courses, in ``knowledge/training/calls``, and which of the recorded ones they are."""

SCRIPTS = (
    Script(
        "genie-silent-ringer-fr",
        "philips-genie",
        "1998-03-02T10:02:00+01:00",
        (("no_ring", "yes", "il ne sonne plus quand on m'appelle"),),
        {"mute_icon": "yes"},
        {"ring_on": "cured"},
        language="fr",
    ),
    Script(
        "genie-dead-earpiece-exchange",
        "philips-genie",
        "1998-03-02T11:15:00+01:00",
        (("hear_nothing", "yes", "I can't hear anybody any more"),),
        {**YOUNG_98, "vol_up_ok": "no", "headset_ok": "yes", "retailer": "hypermarket"},
        end=(
            lambda s: s.identify("name", "Camille Exemple"),
            lambda s: s.identify("address", "1 rue de l'Exemple, 00000 Nullepart"),
            lambda s: s.identify("imei", "001234561234560"),
        ),
    ),
    Script(
        "genie-wet-repair-fr",
        "philips-genie",
        "1998-03-02T15:40:00+01:00",
        (("hear_nothing", "yes", "je n'entends plus rien"),),
        {**YOUNG_98, "vol_up_ok": "no", "headset_ok": "yes", "wet": "yes", "batt_hazard": "no"},
        language="fr",
    ),
    Script(
        "startac-lid-angle-visit",
        "motorola-startac-85",
        "1998-03-05T09:30:00+01:00",
        (("lines_missing", "yes", "half the display is gone"),),
        {**YOUNG_98, "hinge_matters": "yes", "press_changes": "yes"},
    ),
    Script(
        "pixel-swollen-battery-fr",
        "google-pixel-7a",
        "2026-11-20T17:05:00+01:00",
        (("drains", "yes", "la batterie se vide en deux heures"),),
        {"bulge": "yes", "bulge_sure": "yes", "smoke": "no"},
        language="fr",
    ),
    Script(
        "gh688-aerial-held-and-resumed",
        "ericsson-gh688",
        "1998-03-09T14:00:00+01:00",
        (("drops", "yes", "my calls keep cutting off"),),
        {**YOUNG_98, "aerial_damaged": "yes", "aerial_loose": "no", "others_have_net": "yes"},
        before={
            2: (
                lambda s: s.note("caller looks for the aerial cap, rings back"),
                lambda s: s.hold("caller rings back in ten minutes"),
                lambda s: s.resume("operator-2"),
            )
        },
    ),
    Script(
        "iphone-changed-answer",
        "apple-iphone-13",
        "2026-11-23T10:20:00+01:00",
        (("no_charge", "yes", "it won't charge any more"),),
        {**YOUNG_26, "bulge": "no", "lint": "no", "plug_loose": "no", "moisture_msg": "no"},
        {"clean_port": "cured"},
        before={4: (lambda s: s.answer("yes", "lint"),)},
    ),
    Script(
        "galaxy-full-storage-two-languages",
        "samsung-galaxy-s22",
        "2026-11-23T16:45:00+01:00",
        (("slow", "yes", "elle est devenue très lente"),),
        {"full": "yes", "bulge": "no", "drains": "no"},
        {"free_storage": "cured"},
        before={2: (lambda s: s.speak("en"),)},
        language="fr",
    ),
    Script(
        "fairphone-overruled",
        "fairphone-5",
        "2026-11-24T08:55:00+01:00",
        (("ear_faint", "yes", "I hardly hear the other person"),),
        {**YOUNG_26, "loud_ok": "yes", "bare_ok": "no"},
        before={3: (lambda s: s.undo(), lambda s: s.redo())},
        end=(lambda s: s.overrule("advice", "explain_how_to", "caller wants to try a head-set first"),),
    ),
    Script(
        "fizz-abandoned",
        "philips-fizz",
        "1998-04-10T18:30:00+02:00",
        (("short_life", "yes", "it hardly lasts the morning"),),
        {"batt_hazard": "no"},
        before={2: (lambda s: s.abandon("caller hung up"),)},
        abandoned=True,
    ),
)


class Clock:
    """Moves on by what the next event takes."""

    def __init__(self, start: str) -> None:
        self.now = datetime.fromisoformat(start)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def record(script: Script, knowledge: Path, folder: Path) -> Path:
    """Play one script to the end; the transcript's path."""
    loaded = load(knowledge, script.handset, script.programme)
    kb = loaded.knowledge
    assert kb is not None, loaded.problems
    clock = Clock(script.at)
    path = folder / f"{script.name}.jsonl"
    path.unlink(missing_ok=True)
    opened = Opened(
        at=script.at,
        call=script.name,
        handset=kb.handset.id,
        programme=kb.programme.id if kb.programme else None,
        revision=kb.revision,
        product=__version__,
        language=script.language,
        operator=script.operator,
        desk="desk-1",
    )
    keeping = Keeping(knowledge, salt=salts(script.name), key=lambda: None)
    with Writer.create(path, keeping) as writer:
        session = Session.begin(kb, opened, writer, clock)
        for symptom, answer, words in script.says:
            clock.pass_(12)
            session.volunteer(symptom, answer, words)
        step = 0
        while not session.call.over:
            step += 1
            for act in script.before.get(step, ()):
                clock.pass_(9)
                act(session)
            if session.call.over:
                break
            now = session.call.assessment.next
            if isinstance(now, Ask):
                clock.pass_(kb.symptoms[now.symptom].seconds)
                session.answer(script.answers.get(now.symptom, ordinary(kb, now.symptom)))
            elif isinstance(now, Try):
                clock.pass_(45)
                session.tried(script.tries.get(now.remedy, "not_cured"))  # type: ignore[arg-type]
            elif isinstance(now, Conclude):
                for act in script.end:
                    clock.pass_(15)
                    act(session)
                clock.pass_(20)
                if session.call.overruled is None:
                    session.accept()
                session.close(disposition(session.call))
    return path


def salts(name: str) -> Callable[[], str]:
    """Salts that are the same each time: nobody here is real, and the bytes must be."""
    numbers = itertools.count()
    return lambda: sha256(f"{name} {next(numbers)}".encode()).hexdigest()[:32]


def ordinary(kb, symptom: str) -> str:
    """What somebody answers about whom nothing else is known: the most ordinary answer."""
    answers = kb.symptoms[symptom].answers
    return max(answers, key=lambda a: a.background).id if answers else UNKNOWN


def main() -> None:
    """Record them all."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent / "transcripts"
    for kept in (*folder.glob("index/*"), *folder.glob("knowledge/*.json.gz")):
        kept.unlink()  # of the calls that are made again now
    for script in SCRIPTS:
        path = record(script, root(None), folder)
        sys.stdout.write(f"{path.name}\n")
    if len(sys.argv) == 1:
        for lesson, call in LESSONS.items():
            (root(None) / "training" / "calls" / lesson).write_bytes((folder / call).read_bytes())


if __name__ == "__main__":
    main()

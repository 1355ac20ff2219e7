"""Laws of a consultation as a machine: any operator, any knowledge, each step held against what must be true."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from diagnose.consultation.call import Call, after, assessed, fold, open_call
from diagnose.consultation.events import (
    Answered,
    Event,
    Held,
    Noted,
    Opened,
    Redone,
    Renewed,
    Resumed,
    Spoke,
    Tried,
    Undone,
)
from diagnose.consultation.trace import entry, faults_json, next_json, trace, verdict_json
from diagnose.knowledge.model import UNKNOWN, KnowledgeBase
from diagnose.reasoning.assess import Ask, Conclude, Try
from diagnose.record.chain import canonical
from diagnose.record.transcript import Keeping, Writer, read
from tests.reliability.bases import bases

AT = "1998-03-02T10:15:00+01:00"
MOST_EDITIONS = 3
QUIET = Keeping(key=lambda: None)
counted: Counter[str] = Counter()
"""How many calls, steps and checks there were, for the long campaign."""


def state_of(call: Call) -> bytes:
    """Everything that was decided and believed, in bytes."""
    now = call.assessment
    return canonical(
        {
            "faults": faults_json(now),
            "next": next_json(now),
            "fired": [f.rule.id for f in now.firings],
            "alerts": list(now.alerts),
            "set_aside": list(now.set_aside),
            "verdict": verdict_json(call),
        }
    )


def forbidden(call: Call) -> set[str]:
    """Verdicts and remedies that a rule in force forbids."""
    now = call.assessment
    fired = (*now.firings, *now.outcome.ruling.firings)
    return {name for f in fired for name in f.rule.then.forbid}


class Consultation(RuleBasedStateMachine):
    """A call on random knowledge, recorded as it goes."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="laws-"))
        self.path = self.folder / "call.jsonl"
        self.seen: dict[tuple[object, ...], bytes] = {}
        self.earlier: list[bytes] = []

    @initialize(kb=bases())
    def opens(self, kb: KnowledgeBase) -> None:
        self.editions = (kb,)
        opened = Opened(AT, "law", kb.handset.id, "care", kb.revision, "0", language="en")
        self.writer = Writer.create(self.path, QUIET)
        self.call = open_call(kb, opened)
        self.writer.append(opened, entry(None, self.call, opened))
        counted["calls"] += 1

    @property
    def kb(self) -> KnowledgeBase:
        """The knowledge in force."""
        return self.editions[-1]

    def take(self, event: Event) -> None:
        before = self.call
        if isinstance(event, (Answered, Tried, Redone)):
            self.earlier.append(state_of(before))
        self.call = after(before, event)
        self.writer.append(event, entry(before, self.call, event))
        counted["steps"] += 1

    def open(self) -> bool:
        return self.call.status == "open"

    @precondition(lambda self: self.open() and isinstance(self.call.assessment.next, Ask))
    @rule(data=st.data())
    def answers(self, data: st.DataObject) -> None:
        step = self.call.assessment.next
        assert isinstance(step, Ask)
        known = self.kb.symptoms[step.symptom].answers
        answer = data.draw(st.sampled_from([*(a.id for a in known), UNKNOWN]))
        self.take(Answered(AT, step.symptom, answer))

    @precondition(lambda self: self.open() and isinstance(self.call.assessment.next, Try))
    @rule(outcome=st.sampled_from(("cured", "not_cured", "before", "declined")))
    def tries(self, outcome: str) -> None:
        step = self.call.assessment.next
        assert isinstance(step, Try)
        self.take(Tried(AT, step.remedy, outcome))  # type: ignore[arg-type]

    @precondition(lambda self: self.open())
    @rule(data=st.data(), volunteered=st.booleans())
    def says_or_changes(self, data: st.DataObject, volunteered: bool) -> None:
        symptom = self.kb.symptoms[data.draw(st.sampled_from(sorted(self.kb.symptoms)))]
        answer = data.draw(st.sampled_from([*(a.id for a in symptom.answers), UNKNOWN]))
        self.take(Answered(AT, symptom.id, answer, volunteered, "in these words" if volunteered else ""))

    @precondition(lambda self: self.open() and self.call.deeds)
    @rule()
    def undoes(self) -> None:
        self.take(Undone(AT))
        if self.earlier:  # what was said before a renewal is judged anew by other knowledge
            assert state_of(self.call) == self.earlier.pop(), "undo did not restore what was before"
        counted["undone"] += 1

    @precondition(lambda self: self.open() and self.call.undone)
    @rule()
    def redoes(self) -> None:
        self.take(Redone(AT))

    @precondition(lambda self: self.open() and len(self.editions) < MOST_EDITIONS)
    @rule(kb=bases())
    def renews(self, kb: KnowledgeBase) -> None:
        """Whoever works on the knowledge may turn all of it over."""
        before = list(self.call.said)
        self.editions = (*self.editions, kb)
        self.call = replace(self.call, later=(kb,))
        self.take(Renewed(AT, kb.revision))
        assert list(self.call.said) == before, "a renewal forgot something"
        fresh = fold(kb, [Opened(AT, "law", kb.handset.id, "care", kb.revision, "0"), *self.call.deeds])
        assert state_of(fresh) == state_of(self.call), "not judged on the new knowledge alone"
        self.earlier.clear()
        counted["renewed"] += 1

    @precondition(lambda self: self.open())
    @rule(text=st.text(max_size=30))
    def notes(self, text: str) -> None:
        self.take(Noted(AT, text))

    @precondition(lambda self: self.open())
    @rule(language=st.sampled_from(("en", "fr")))
    def speaks(self, language: str) -> None:
        before = state_of(self.call)
        self.take(Spoke(AT, language))
        assert state_of(self.call) == before, "a language changed a decision"
        counted["languages"] += 1

    @precondition(lambda self: self.open())
    @rule()
    def holds(self) -> None:
        self.take(Held(AT, "rings back"))

    @precondition(lambda self: not self.open())
    @rule()
    def goes_on(self) -> None:
        """Perhaps after a crash: from the disk, in another process's place."""
        self.writer.close()
        self.writer, recording = Writer.resume(self.path, QUIET)
        again = fold(self.editions, recording.events)
        assert again.events == self.call.events
        assessed.cache_clear()
        assert state_of(again) == state_of(self.call), "resuming changed something"
        self.call = again
        self.take(Resumed(AT))
        counted["resumed"] += 1

    @invariant()
    def the_same_answers_are_the_same_state(self) -> None:
        """Undo restores the very bytes, whatever came between; nothing that was remembered helps."""
        if not hasattr(self, "call"):
            return
        assessed.cache_clear()
        fresh = fold(self.editions, self.call.events)
        state = state_of(fresh)
        key = (len(self.editions), *self.call.deeds)
        assert self.seen.setdefault(key, state) == state, "the same answers led elsewhere"
        counted["states"] += 1

    @invariant()
    def nothing_forbidden_is_given(self) -> None:
        if hasattr(self, "call"):
            outcome = self.call.assessment.outcome
            assert not {outcome.remedy.id, outcome.verdict} & forbidden(self.call), "a forbidden verdict"

    @invariant()
    def a_danger_reaches_its_alert(self) -> None:
        if hasattr(self, "call"):
            said = {d.symptom: d.answer for d in self.call.deeds if isinstance(d, Answered)}
            if said.get("hazard") == "yes":
                assert "danger" in self.call.assessment.alerts, "a danger without its alert"
                counted["dangers"] += 1

    @invariant()
    def nothing_is_asked_or_tried_twice(self) -> None:
        if hasattr(self, "call"):
            step = self.call.assessment.next
            said = {d.symptom for d in self.call.deeds if isinstance(d, Answered)}
            done = {d.remedy for d in self.call.deeds if isinstance(d, Tried)}
            assert not (isinstance(step, Ask) and step.symptom in said), "asked twice"
            assert not (isinstance(step, Try) and step.remedy in done), "tried twice"

    def teardown(self) -> None:
        try:
            if hasattr(self, "call"):
                self.ends()
                self.is_what_was_recorded()
        finally:
            if hasattr(self, "writer"):
                self.writer.close()
            shutil.rmtree(self.folder)

    def ends(self) -> None:
        """From here on with one answer each, the call comes to its verdict."""
        if not self.open():
            self.take(Resumed(AT))
        most = len(self.kb.symptoms) + len(self.kb.remedies) + 1
        for n in range(most):
            step = self.call.assessment.next
            if isinstance(step, Conclude):
                return
            if isinstance(step, Ask):
                known = [*(a.id for a in self.kb.symptoms[step.symptom].answers), UNKNOWN]
                self.take(Answered(AT, step.symptom, known[n % len(known)]))
            else:
                self.take(Tried(AT, step.remedy, "not_cured"))
        raise AssertionError("the call does not come to an end")

    def is_what_was_recorded(self) -> None:
        """Live, replayed from the events, and read from the disk are the same bytes."""
        recording = read(self.path)
        assert recording.problems == ()
        assert recording.events == self.call.events
        assessed.cache_clear()
        assert canonical(trace(self.editions, recording.events)) == canonical(list(recording.entries))
        counted["replayed"] += 1

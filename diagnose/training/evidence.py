"""What a call is judged by: its moments, and the truth about the caller where it is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from diagnose.consultation.call import Call
from diagnose.consultation.closing import given
from diagnose.consultation.events import Answered, Event, Overruled, Tried
from diagnose.knowledge.model import KnowledgeBase, Remedy
from diagnose.reasoning.assess import Conclude
from diagnose.reasoning.facts import facts_of_answer
from diagnose.reasoning.policy import Ruling, rule_on
from diagnose.reasoning.tables import cured_by, tables
from diagnose.record.moments import Judged, Moment, Regret, moments, on_the_line, regret
from diagnose.training.head import Head


@dataclass(frozen=True, eq=False)
class Evidence:
    """A call to be judged. ``head``: what is kept of an exercise; None for a call from the desk."""

    file: Path
    kb: KnowledgeBase
    found: tuple[Moment, ...]
    head: Head | None = None

    @property
    def call(self) -> Call:
        """The call at its end."""
        return self.found[-1].call

    @cached_property
    def steps(self) -> tuple[Judged, ...]:
        """The operator's own steps beside the best ones."""
        return tuple(m.judged for m in self.found if m.judged is not None)

    @property
    def truth(self) -> Head | None:
        """The head where the hidden fault is known: not that of a caller taken from a recording."""
        return self.head if self.head is not None and not self.head.recorded else None

    @property
    def decided(self) -> bool:
        """Whether a verdict was given."""
        return self.call.accepted or self.call.overruled is not None

    @property
    def solved(self) -> bool:
        """Whether it works again, and the operator left it at that; the caller must have said so."""
        if not self.call.assessment.outcome.solved or self.call.overruled is not None:
            return False
        return any(d.outcome == "cured" and self._as_said(d) for d in self.tries)

    @property
    def tries(self) -> tuple[Tried, ...]:
        """What came of each remedy tried with the caller, as it was written down."""
        return tuple(d for d in self.call.deeds if isinstance(d, Tried) and d.outcome != "before")

    @property
    def misheard(self) -> tuple[str, ...]:
        """Remedies of whose try another outcome was written down than the caller spoke of."""
        return tuple(d.remedy for d in self.call.deeds if isinstance(d, Tried) and not self._as_said(d))

    def _as_said(self, tried: Tried) -> bool:
        if self.head is None:
            return True
        said = self.head.memory.tried.get(tried.remedy, "declined")
        in_vain = ("before", "not_cured")  # whether on the phone or before it is told by the steps read
        return tried.outcome == said or (tried.outcome in in_vain and said in in_vain)

    @property
    def given(self) -> tuple[str, Remedy | None]:
        """The verdict that went to the caller, and its remedy."""
        return given(self.call)

    @property
    def right(self) -> Remedy:
        """What was right: by the truth, else by all that was known at the end."""
        truth = self.truth
        if truth is not None and truth.remedy in self.kb.remedies:
            return self.kb.remedies[truth.remedy]
        return self.call.assessment.outcome.remedy

    @property
    def refused(self) -> Mapping[str, str]:
        """How each refusal of the caller ended, by its ground."""
        return self.head.memory.refused if self.head is not None else {}

    @property
    def instead(self) -> str:
        """How it came that the caller got something else than what is right, because he would not have that:
        ``firm`` though it was explained, or ``refused`` at once; empty when that is not why.

        What he got must be allowed, and one for the fault.
        """
        truth, (_, remedy) = self.truth, self.given
        if truth is None or remedy is None or self.right.id not in truth.memory.unwanted:
            return ""
        if not self.cures(remedy) or not self.ruling.allows(remedy):
            return ""
        return next((end for end in ("firm", "refused") if end in self.refused.values()), "")

    @property
    def regret(self) -> Regret:
        """What better steps would have saved; that the caller stayed firm is not held against the trainee."""
        excused = self.instead == "firm"
        return regret([m for m in self.found if not (excused and isinstance(m.event, Overruled))])

    @property
    def fault(self) -> str:
        """The fault: the true one where it is known, else that in front at the end."""
        truth = self.truth
        if truth is not None and truth.fault in self.kb.faults:
            return truth.fault
        return self.call.assessment.outcome.fault

    @property
    def fault_class(self) -> str:
        """The kind of fault."""
        return self.kb.faults[self.fault].fault_class

    @property
    def danger(self) -> bool:
        """Whether somebody may be hurt: by the truth, or an alert is up."""
        return self.kb.classes[self.fault_class].danger or any(
            self.kb.alerts[a].severity == "danger" for a in self.call.assessment.alerts if a in self.kb.alerts
        )

    @property
    def kind(self) -> str:
        """Which rubric it is for."""
        if self.danger:
            return "danger"
        return "advice" if self.solved and self.truth is None else self.right.verdict

    @property
    def as_good_as_known(self) -> bool:
        """Whether the verdict is what the guide would give on what the caller said, nothing left to ask."""
        now = self.call.assessment
        _, remedy = self.given
        return isinstance(now.next, Conclude) and remedy is not None and remedy.id == now.outcome.remedy.id

    def cures(self, remedy: Remedy) -> bool:
        """Whether a remedy is one for the fault."""
        return bool(cured_by(self.kb, remedy.id)[tables(self.kb).index[self.fault]])

    @cached_property
    def ruling(self) -> Ruling:
        """What policy says for the fault: on what was asked, and the truth of what was not."""
        facts = dict(self.call.assessment.facts)
        known: Mapping[str, str] = self.truth.truth if self.truth else {}
        for symptom, answer in known.items():
            asked = symptom in facts or symptom not in self.kb.symptoms
            if not asked and self.kb.symptoms[symptom].kind in ("entitlement", "history", "safety"):
                facts.update(facts_of_answer(self.kb, symptom, answer, self.call.findings.on))
        derived = {k: v for k, v in facts.items() if k not in dict(self.call.assessment.derived)}
        from diagnose.reasoning.assess import rulebook

        derived.update(rulebook(self.kb).fire(derived).derived)
        return rule_on(self.kb, derived, self.fault_class)

    @property
    def elapsed(self) -> float:
        """Seconds on the line: without the time that the call waited."""
        return on_the_line(m.event for m in self.found)

    @cached_property
    def asked(self) -> tuple[Answered, ...]:
        """The questions put to the caller, in order."""
        return tuple(m.event for m in self.found if isinstance(m.event, Answered) and not m.event.volunteered)


def evidence(file: Path, kb: KnowledgeBase, events: tuple[Event, ...], head: Head | None) -> Evidence | None:
    """The evidence of a call; None when this knowledge does not even take its opening."""
    found = moments(kb, events)
    return Evidence(file, kb, found, head) if found else None

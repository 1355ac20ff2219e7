"""Whole consultations with virtual callers, and how they ended against the truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from diagnose.consultation.call import TOLD_SECONDS
from diagnose.knowledge.model import KnowledgeBase, Remedy, satisfied
from diagnose.reasoning.assess import Ask, Assessment, Choose, Conclude, Try, assess, rulebook
from diagnose.reasoning.facts import Finding, Findings, facts_of
from diagnose.reasoning.loss import not_working, prices, right_price
from diagnose.reasoning.open_question import ANYTHING_ELSE, NOTHING, SOMETHING
from diagnose.reasoning.policy import rule_on
from diagnose.reasoning.tables import cured_by, tables
from diagnose.simulation.callers import FACTUAL, Caller

MOST_STEPS = 400

Step = Callable[[Findings], Assessment]
"""What to do next, given the findings; remembered within a run."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How one consultation ended. Talk in seconds, cost in euros (talk and outcome)."""

    caller: int
    fault: str
    seconds: float
    questions: int
    tries: int
    remedy: str
    verdict: str
    verdict_right: bool
    remedy_right: bool
    fault_right: bool
    needless_return: bool | None
    missed_safety: bool
    cost: float
    solved: bool


class Stepper:
    """:func:`assess` for one knowledge base and one way of choosing, remembering what it has seen."""

    def __init__(self, kb: KnowledgeBase, choose: Choose | None, most: int = 200_000) -> None:
        self.kb = kb
        self.choose = choose
        self.most = most
        self.seen: dict[Findings, Assessment] = {}

    def __call__(self, findings: Findings) -> Assessment:
        """The assessment of these findings."""
        known = self.seen.get(findings)
        if known is None:
            known = assess(self.kb, findings, self.choose)
            if len(self.seen) >= self.most:
                self.seen.clear()
            self.seen[findings] = known
        return known


def consult(kb: KnowledgeBase, caller: Caller, on: date, step: Step) -> Ended:
    """One consultation from the opening complaint to the end."""
    return _followed(kb, caller, step, opened(caller, on), TOLD_SECONDS if caller.opening else 0.0)


def opened(caller: Caller, on: date) -> Findings:
    """What is known when the caller has said why he calls."""
    if caller.opening is None:
        return Findings(on)
    return Findings(on, (Finding(*caller.opening, True),), (), (caller.opening[0],))


def _followed(
    kb: KnowledgeBase,
    caller: Caller,
    step: Step,
    findings: Findings,
    seconds: float,
    asked_for: float = 1.0,
) -> Ended:
    """The rest of a consultation; ``asked_for``: what a second of asking counts."""
    questions = tries = 0
    for _ in range(MOST_STEPS):
        assessment = step(findings)
        match assessment.next:
            case Ask(symptom=symptom):
                questions += 1
                heard = reply(caller, findings, symptom)
                seconds += asked_for * (kb.symptoms[symptom].seconds + TOLD_SECONDS * (len(heard) - 1))
                findings = replace(findings, answers=(*findings.answers, *heard))
            case Try(remedy=remedy):
                tries += 1
                trial = kb.remedies[remedy].trial
                seconds += trial.seconds if trial else 0.0
                result = "cured" if caller.cured[remedy] else "not_cured"
                findings = replace(findings, tries=(*findings.tries, (remedy, result)))
            case Conclude():
                break
    return judged(kb, caller, assessment, seconds, questions, tries)


def reply(caller: Caller, findings: Findings, symptom: str) -> tuple[Finding, ...]:
    """What the caller says to a question; to the open one, first whatever else comes to his mind."""
    if symptom != ANYTHING_ELSE:
        return (Finding(symptom, caller.says[symptom]),)
    told = [Finding(s, a, True) for s, a in caller.comes_to_mind if findings.answer_to(s) is None]
    return (*told, Finding(symptom, SOMETHING if told else NOTHING))


def judged(
    kb: KnowledgeBase, caller: Caller, end: Assessment, seconds: float, questions: int, tries: int
) -> Ended:
    """The end of a consultation held against the truth of the caller."""
    given = end.outcome.remedy
    failed = not_working(kb, end.facts)
    right = right_remedy(kb, caller, end.findings.on, failed)
    fault_class = kb.classes[kb.faults[caller.fault].fault_class]
    solved = end.outcome.solved
    outcome = cost_of(kb, caller, given, right, failed, solved=solved)
    sound = fault_class.sound
    return Ended(
        caller=caller.number,
        fault=caller.fault,
        seconds=seconds,
        questions=questions,
        tries=tries,
        remedy=given.id,
        verdict=given.verdict,
        verdict_right=solved or given.verdict == right.verdict,
        remedy_right=solved or given.id == right.id,
        fault_right=end.belief.ranked()[0][0] == caller.fault,
        needless_return=given.verdict != "advice" if sound else None,
        missed_safety=fault_class.danger and not cures(kb, given, caller.fault),
        cost=outcome + seconds * kb.costs.talk_per_hour / 3600.0,
        solved=solved,
    )


def cures(kb: KnowledgeBase, remedy: Remedy, fault: str) -> bool:
    """Whether the remedy is one for that fault."""
    return bool(cured_by(kb, remedy.id)[tables(kb).index[fault]])


def right_remedy(kb: KnowledgeBase, caller: Caller, on: date, failed: frozenset[str] = frozenset()) -> Remedy:
    """What somebody who knew the fault and every fact would do: the cheapest that cures and is allowed.

    A remedy that has ``failed``, tried on the call in vain, is not right any more, if there is another.
    """
    allowed = allowed_in_truth(kb, caller, on)
    price = right_price(kb, failed)[:, tables(kb).index[caller.fault]]
    curing = [(r, float(price[i])) for i, r in enumerate(kb.remedies.values()) if cures(kb, r, caller.fault)]
    permitted = [(r, euros) for r, euros in curing if r.id in allowed]
    fresh = [(r, euros) for r, euros in permitted if r.id not in failed]
    return min(fresh or permitted or curing, key=lambda option: round(option[1], 6))[0]


def allowed_in_truth(kb: KnowledgeBase, caller: Caller, on: date) -> frozenset[str]:
    """The remedies that the policy allows for what is so, with all that follows from it by the rules."""
    open_ = [s for s in kb.symptoms.values() if s.kind in FACTUAL]
    known = Findings(on)
    while True:
        facts = facts_of(kb, known)
        facts.update((name, v) for name, v in rulebook(kb).fire(facts).derived if name not in facts)
        apply = [s for s in open_ if not s.needs or satisfied(s.needs, facts)]
        if not apply:
            return rule_on(kb, facts, kb.faults[caller.fault].fault_class).allowed
        open_ = [s for s in open_ if s not in apply]
        told = (Finding(s.id, caller.truth[s.id]) for s in apply)
        known = replace(known, answers=(*known.answers, *told))


def cost_of(
    kb: KnowledgeBase, caller: Caller, given: Remedy, right: Remedy, failed: frozenset[str], *, solved: bool
) -> float:
    """Euros of the outcome: what was done, and what is needed after all when that was wrong.

    ``failed``: the remedies that the call has tried in vain.
    """
    names = tuple(kb.remedies)
    g, r, f = names.index(given.id), names.index(right.id), tables(kb).index[caller.fault]
    p, cured = prices(kb), right_price(kb, failed)
    if solved:  # on the phone, by whichever remedy: nothing better could have been done
        return float(p.plain[g, 0])
    worked = (
        given.verdict == right.verdict
        and cures(kb, given, caller.fault)
        and (given.trial is None or caller.cured[given.id])
    )
    if worked:
        return float(cured[g, f])
    return float(p.wrong[g, f]) + float(cured[r, f])


def answer_everything(kb: KnowledgeBase, caller: Caller, on: date) -> Ended:
    """What answering every question that applies would reach: the bound that the knowledge itself sets."""
    end, questions = _all_answered(kb, caller, on)
    heard = end.findings.answers[len(opened(caller, on).answers) :]
    seconds = sum(TOLD_SECONDS if f.volunteered else kb.symptoms[f.symptom].seconds for f in heard)
    return judged(kb, caller, end, seconds, questions, 0)


def answers_for_nothing(kb: KnowledgeBase, caller: Caller, on: date, step: Step) -> Ended:
    """What would come of it if every answer were there before the first step, and only tries took time.

    Of dangers and of what policy looks at the truth is known, for there the rules take every answer at its
    word. Whatever is asked, and in whatever order, one knows less and pays for it, so no way of asking can be
    expected to cost much less: a closer bound than the clairvoyant, who knows what callers do not say.
    """
    factual = {s.id: caller.truth[s.id] for s in kb.symptoms.values() if s.kind in FACTUAL}
    frank = replace(caller, says={**caller.says, **factual})
    end, _ = _all_answered(kb, frank, on)
    return _followed(kb, frank, step, end.findings, 0.0, asked_for=0.0)


def _all_answered(kb: KnowledgeBase, caller: Caller, on: date) -> tuple[Assessment, int]:
    """Where it stands when every question that applies has been answered, and how many were put."""
    step = Stepper(kb, None)
    findings, questions = opened(caller, on), 0
    for _ in range(MOST_STEPS):
        assessment = step(findings)
        open_ = assessment.askable
        if not open_ and isinstance(assessment.next, Ask):
            open_ = (assessment.next.symptom,)
        if not open_:
            break
        # all that applies at once; first the open question, for what is said unasked is never misheard
        for symptom in sorted(open_, key=lambda s: s != ANYTHING_ELSE):
            if findings.answer_to(symptom) is None:
                questions += 1
                heard = reply(caller, findings, symptom)
                findings = replace(findings, answers=(*findings.answers, *heard))
    return assessment, questions


def clairvoyant_cost(kb: KnowledgeBase, caller: Caller, on: date) -> float:
    """Euros for one who knows everything at once and says nothing in vain: no policy can cost less."""
    right = right_remedy(kb, caller, on)
    return float(np.min(right_price(kb)[tuple(kb.remedies).index(right.id), tables(kb).index[caller.fault]]))

"""From the findings of a call to what is believed and what to do next: the one pure step.

Rules say what must and must not be, belief says what is likely, value says what is worth asking;
this module only puts the three together. The same knowledge and findings give the same
:class:`Assessment`, whoever drives: terminal, replay, virtual caller or test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from diagnose.knowledge.model import Condition, KnowledgeBase, Remedy, Rule, Scalar, satisfied
from diagnose.reasoning import value
from diagnose.reasoning.belief import Belief, believe
from diagnose.reasoning.conflict import Conflict, conflicts
from diagnose.reasoning.facts import Facts, Findings, facts_of, same_acts, told_by_tries
from diagnose.reasoning.loss import endings, loss, not_working
from diagnose.reasoning.not_knowing import dont_know_share
from diagnose.reasoning.outcome import Outcome, by_cost, outcome
from diagnose.reasoning.policy import Ruling, Seen, is_policy, rulings_on, seen_of
from diagnose.reasoning.possible import askable, choices
from diagnose.reasoning.rules import Fired, Firing, RuleBook
from diagnose.reasoning.same import Same
from diagnose.reasoning.tables import Array
from diagnose.reasoning.turning import turning_question

TOLD_BEFORE = 0.8
"""How far a try that the caller made on his own counts, against one guided on the phone."""

Reason = Literal["rule", "value", "entitlement"]


@dataclass(frozen=True, slots=True)
class Ask:
    """Put this question next: a rule demands it, it is worth its seconds, or the verdict hangs on it."""

    symptom: str
    reason: Reason
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Try:
    """Have the caller try this remedy on the phone."""

    remedy: str


@dataclass(frozen=True, slots=True)
class Conclude:
    """Nothing more is worth asking: give the outcome."""


Next = Ask | Try | Conclude


@dataclass(frozen=True, eq=False)
class Assessment:
    """All that follows from the findings: what is known, believed, worth doing, and how it would end now.

    ``set_aside``: answered symptoms that no longer apply; ``skipped``: questions that are not to be put now.
    ``askable``: diagnostic questions that apply and are open. ``candidates``: next steps with their expected
    cost in euros, the best first. ``alerts`` in the order in which their rules fired.
    """

    kb: KnowledgeBase
    findings: Findings
    facts: Mapping[str, Scalar]
    firings: tuple[Firing, ...]
    derived: tuple[tuple[str, Scalar], ...]
    set_aside: tuple[str, ...]
    skipped: frozenset[str]
    belief: Belief
    askable: tuple[str, ...]
    candidates: tuple[value.Candidate, ...]
    outcome: Outcome
    alerts: tuple[str, ...]
    conflicts: tuple[Conflict, ...]
    losses: tuple[tuple[str, float], ...]
    """Every remedy with its expected cost in euros, the cheapest first; forbidden ones left out."""

    @cached_property
    def next(self) -> Next:
        """The step to take; what the verdict still hangs on takes long to find, and not everybody asks."""
        return _next(self)


@lru_cache(maxsize=64)
def rulebook(kb: KnowledgeBase) -> RuleBook:
    """The rules that look at findings only; policy rules wait for the belief."""
    return _rulebook(Same(r for r in kb.rules if not is_policy(r)))


@lru_cache(maxsize=64)
def _rulebook(rules: Same[Rule]) -> RuleBook:
    return RuleBook(rules.values)


Choose = Callable[[value.Choices], tuple[value.Candidate, ...]]
"""A way of choosing: every possible next step, the best first."""


def assess(kb: KnowledgeBase, findings: Findings, choose: Choose | None = value.appraise) -> Assessment:
    """The step of the reasoning: findings in, everything that follows out. Pure.

    ``choose``: how to choose among ask, try and stop; None leaves out what is worth asking.
    """
    set_aside, facts, firings, derived = _settle(kb, findings)
    effects = [f.rule.then for f in firings]
    belief = believe(
        kb,
        [
            *((f.symptom, f.answer) for f in findings.answers if f.symptom not in set_aside),
            *told_by_tries(kb, findings),
        ],
        volunteered=[f.symptom for f in findings.answers if f.volunteered],
        opening=findings.opening,
        failed=tuple(_failed(kb, findings)),
        ruled_out=[x for e in effects for x in e.rule_out],
        confirmed=[e.confirm for e in effects if e.confirm],
    )
    rulings = rulings_on(kb, facts)
    remedies, euros = _stakes(kb, facts, rulings)
    # an answer that was set aside counts again when it applies again; it is not asked for twice
    skipped = frozenset(s for e in effects for s in e.skip).union(set_aside, _declined(kb, facts))
    questions = askable(kb, facts, skipped)
    expected = euros @ belief.posterior
    solved = next((r for r, o in findings.tries if o == "cured" and r in kb.remedies), None)
    end = outcome(kb, belief, remedies, expected, rulings, solved)
    candidates: tuple[value.Candidate, ...] = ()
    if choose and not solved:
        silent = dont_know_share(kb, findings)
        candidates = choose(choices(kb, belief, remedies, euros, questions, facts, rulings[None], silent))
    return Assessment(
        kb=kb,
        findings=findings,
        facts=facts,
        firings=firings,
        derived=derived,
        set_aside=set_aside,
        skipped=skipped,
        belief=belief,
        askable=tuple([s.id for s in questions]),
        candidates=candidates,
        outcome=end,
        alerts=tuple(dict.fromkeys(e.alert for e in effects if e.alert)),
        conflicts=conflicts(kb, belief, facts, firings),
        losses=tuple((remedies[i].id, float(expected[i])) for i in by_cost(expected)),
    )


def _stakes(
    kb: KnowledgeBase, facts: Mapping[str, Scalar], rulings: Mapping[str | None, Ruling]
) -> tuple[tuple[Remedy, ...], Array]:
    """The remedies (R,) that the call may end with; euros (R, F) of ending with each if that is the fault."""
    in_vain = not_working(kb, facts)
    remedies = endings(kb, in_vain, rulings[None])
    index = {r: i for i, r in enumerate(kb.remedies)}
    return remedies, loss(kb, facts, in_vain, rulings)[[index[r.id] for r in remedies]]


def _next(now: Assessment) -> Next:
    """What a rule demands, else what is worth most, else what the verdict hangs on, else the end."""
    if now.outcome.solved:
        return Conclude()
    return (
        _mandatory(now.kb, now.firings + now.outcome.ruling.firings, now.facts, now.skipped)
        or _worth(now.candidates)
        or _hanging_on(now)
        or Conclude()
    )


def _worth(candidates: tuple[value.Candidate, ...]) -> Ask | Try | None:
    """The cheapest next step, unless that is to stop."""
    best = candidates[0] if candidates else None
    if best is None or best.kind == "stop":
        return None
    return Ask(best.id, "value") if best.kind == "ask" else Try(best.id)


def _hanging_on(now: Assessment) -> Ask | None:
    """The question of entitlement on which the verdict still turns."""
    remedies, euros = _stakes(now.kb, now.facts, rulings_on(now.kb, now.facts))
    symptom = turning_question(
        now.kb,
        now.facts,
        [name for name, _ in now.derived],
        now.outcome,
        remedies,
        now.belief.posterior,
        euros,
        now.skipped,
    )
    return Ask(symptom, "entitlement") if symptom else None


def _settle(
    kb: KnowledgeBase, findings: Findings
) -> tuple[tuple[str, ...], Facts, tuple[Firing, ...], tuple[tuple[str, Scalar], ...]]:
    """Fire the rules, and set aside answers to questions that no longer apply, until nothing changes."""
    aside: list[str] = []
    while True:
        facts = facts_of(kb, findings, aside)
        fired = _fired(rulebook(kb), seen_of(facts, _looked_at(kb)))
        facts.update((name, v) for name, v in fired.derived if name not in facts)
        gone = [
            f.symptom
            for f in findings.answers
            if f.symptom not in aside
            and f.symptom in kb.symptoms
            and any(_fails(c, facts) for c in kb.symptoms[f.symptom].needs)
        ]
        if not gone:
            return tuple(aside), facts, fired.firings, fired.derived
        aside.extend(gone)


@lru_cache(maxsize=4096)
def _fired(book: RuleBook, seen: Seen) -> Fired:
    return book.fire({name: v for name, _, v in seen})


@lru_cache(maxsize=64)
def _looked_at(kb: KnowledgeBase) -> tuple[str, ...]:
    """The facts that make a difference to the rules: those in their premises, and those they derive."""
    rules = [r for r in kb.rules if not is_policy(r)]
    looked_at = {c.fact for r in rules for premises in r.alternatives for c in premises}
    return tuple(sorted(looked_at | {name for r in rules for name, _ in r.then.derive}))


def _fails(condition: Condition, facts: Mapping[str, Scalar]) -> bool:
    """Whether a premise is known not to hold (one that is merely unknown does not fail)."""
    return condition.fact in facts and not condition.holds_for(facts[condition.fact])


def _failed(kb: KnowledgeBase, findings: Findings) -> Iterable[tuple[str, float]]:
    for remedy, result in findings.tries:
        known = kb.remedies.get(remedy)
        if known is None or known.trial is None or result not in ("not_cured", "before"):
            continue
        if known.trial.check:
            continue  # the answer to that question says it
        cures = min(known.trial.cures, 0.99)
        yield remedy, cures * TOLD_BEFORE if result == "before" else cures


def _declined(kb: KnowledgeBase, facts: Mapping[str, Scalar]) -> Iterable[str]:
    """Questions that ask for what the caller would not try just now."""
    return (symptom for remedy, symptom in same_acts(kb) if facts.get(f"tried.{remedy}") == "declined")


def _mandatory(
    kb: KnowledgeBase, firings: tuple[Firing, ...], facts: Mapping[str, Scalar], skipped: frozenset[str]
) -> Ask | None:
    """The first question that a fired rule demands and that is still open."""
    for firing in firings:
        for symptom in firing.rule.then.ask:
            known = kb.symptoms.get(symptom)
            if known is None or symptom in facts or symptom in skipped:
                continue
            if satisfied(known.needs, facts):
                return Ask(symptom, "rule", firing.rule.id)
    return None

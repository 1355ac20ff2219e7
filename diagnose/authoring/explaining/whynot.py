"""Why not this rule, remedy or fault: the condition that fails, and the answers that would bring it about.

A question is always of the findings at the end of a call. What would bring the thing about is searched
for, fewest other answers first, and each proposal is tried on the reasoning itself before it is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from diagnose.knowledge.model import UNKNOWN, Condition, KnowledgeBase, Rule, Scalar
from diagnose.reasoning.assess import Assessment, assess
from diagnose.reasoning.explain import Weighed, why_not, with_answer
from diagnose.reasoning.facts import Facts, Findings
from diagnose.reasoning.policy import FAULT_CLASS, border, is_policy, possible_answers
from diagnose.reasoning.rules import Firing

MOST_CHANGED = 3
"""So many answers are changed together from all that come nearest; beyond, from the very nearest only."""
MOST_AT_ALL = 12
"""Answers that are changed together at most."""
KEPT = 24
"""Single changes that come nearest, of which several are tried together."""
MOST_CHAINED = 4
"""How far derived facts are followed back to answers."""

Target = Literal["rule", "remedy", "fault"]


@dataclass(frozen=True, slots=True)
class Step:
    """One premise held against the findings. ``value``: the fact's, None when nothing is known of it."""

    condition: Condition
    value: Scalar | None
    holds: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """Another answer: the symptom, what it is now (empty: not asked), and what it would be."""

    symptom: str
    now: str
    then: str


@dataclass(frozen=True, slots=True)
class WhyRule:
    """A rule held against the findings: whether it fired, and its alternatives premise by premise."""

    rule: Rule
    fired: bool
    alternatives: tuple[tuple[Step, ...], ...]
    derivers: tuple[tuple[str, Rule], ...]


@dataclass(frozen=True, slots=True)
class WhyAbsent:
    """Why a thing is not what came out. ``instead``: what did; ``so``: it did come out after all.

    ``rules``: what stands against it premise by premise (for a rule, itself); ``forbidden_by``: rules that
    fired against a remedy; ``euros_more``: what it would cost more, None when it is not to be had;
    ``against``: evidence against the fault (or the likeliest one that a remedy is for), strongest first.
    ``changes``: the smallest sets of other answers that were found to bring it about.
    """

    kind: Target
    id: str
    so: bool
    instead: str
    rules: tuple[WhyRule, ...] = ()
    forbidden_by: tuple[Firing, ...] = ()
    euros_more: float | None = None
    fault: str = ""
    probability: float = 0.0
    against: tuple[Weighed, ...] = ()
    in_vain: bool = False
    changes: tuple[tuple[Changed, ...], ...] = ()


def kind_of(kb: KnowledgeBase, id_: str) -> Target | None:
    """What the name is: a rule, a remedy or a fault, in this order."""
    if any(r.id == id_ for r in kb.rules):
        return "rule"
    if id_ in kb.remedies:
        return "remedy"
    return "fault" if id_ in kb.faults else None


def why_absent(assessment: Assessment, id_: str) -> WhyAbsent:
    """Why this rule did not fire, or this remedy or fault is not in front.

    Raises:
        KeyError: when the knowledge base has nothing of this name.
    """
    kind = kind_of(assessment.kb, id_)
    if kind == "rule":
        return _rule(assessment, id_)
    if kind == "remedy":
        return _remedy(assessment, id_)
    if kind == "fault":
        return _fault(assessment, id_)
    raise KeyError(id_)


def steps(rule: Rule, facts: Facts) -> tuple[tuple[Step, ...], ...]:
    """Every premise of every alternative, with what is known of its fact."""
    return tuple(
        tuple(Step(c, facts.get(c.fact), c.fact in facts and c.holds_for(facts[c.fact])) for c in premises)
        for premises in rule.alternatives
    )


def _facts(assessment: Assessment) -> Facts:
    """All facts at the end, the class of the fault in front among them."""
    return {**assessment.facts, FAULT_CLASS: assessment.outcome.fault_class}


def _fired(assessment: Assessment) -> tuple[Firing, ...]:
    return (*assessment.firings, *assessment.outcome.ruling.firings)


def _why_rule(assessment: Assessment, rule: Rule) -> WhyRule:
    kb = assessment.kb
    alternatives = steps(rule, _facts(assessment))
    open_ = {s.condition.fact for a in alternatives for s in a if not s.holds}
    derivers = tuple((f, r) for f in sorted(open_) for r in kb.rules if any(n == f for n, _ in r.then.derive))
    fired = any(f.rule.id == rule.id for f in _fired(assessment))
    return WhyRule(rule, fired, alternatives, derivers)


def _rule(assessment: Assessment, id_: str) -> WhyAbsent:
    kb = assessment.kb
    rule = next(r for r in kb.rules if r.id == id_)
    why = _why_rule(assessment, rule)
    if why.fired:
        return WhyAbsent("rule", id_, True, id_, (why,))

    def brought(then: Assessment) -> bool:
        return any(f.rule.id == id_ for f in _fired(then))

    def distance(then: Assessment) -> tuple[float, ...]:
        return min(
            (float(sum(not s.holds for s in a)), 1.0 - _mass(then, [s.condition for s in a]))
            for a in steps(rule, _facts(then))
        )

    wanted = [c for a in why.alternatives for s in a if not s.holds for c in [s.condition]]
    tried = _answers_for(assessment, wanted)
    if is_policy(rule) or any(c.fact == FAULT_CLASS for c in wanted):
        tried = [*tried, *_all_answers(assessment)]
    return WhyAbsent("rule", id_, False, "", (why,), changes=_search(assessment, tried, brought, distance))


def _mass(assessment: Assessment, premises: Iterable[Condition]) -> float:
    """How probable the classes of fault are that the premises ask for; 1 when they ask for none."""
    tests = [c for c in premises if c.fact == FAULT_CLASS]
    faults = assessment.kb.faults
    return sum(
        p
        for fault, p in assessment.belief.ranked()
        if all(c.holds_for(faults[fault].fault_class) for c in tests)
    )


def _remedy(assessment: Assessment, id_: str) -> WhyAbsent:
    if assessment.outcome.remedy.id == id_:
        return WhyAbsent("remedy", id_, True, id_)
    kb, found = assessment.kb, why_not(assessment, id_)

    def brought(then: Assessment) -> bool:
        return then.outcome.remedy.id == id_

    def distance(then: Assessment) -> tuple[float, ...]:
        seen = why_not(then, id_)
        more = seen.euros_more if seen.euros_more is not None else 1e6
        return (float(len(seen.forbidden_by)), more)

    barred = [c for f in found.forbidden_by for a in f.rule.alternatives for c in a]
    tried = [*_answers_against(assessment, barred), *_all_answers(assessment)]
    demands = [
        _why_rule(assessment, r)
        for r in kb.rules
        if r.then.require in (id_, kb.remedies[id_].verdict)
        and not any(f.rule.id == r.id for f in _fired(assessment))
    ]
    return WhyAbsent(
        "remedy",
        id_,
        False,
        assessment.outcome.remedy.id,
        tuple(demands),
        found.forbidden_by,
        found.euros_more,
        found.fault,
        found.probability,
        found.against,
        found.tried_in_vain,
        _search(assessment, tried, brought, distance),
    )


def _fault(assessment: Assessment, id_: str) -> WhyAbsent:
    ranked = assessment.belief.ranked()
    front = ranked[0][0]
    chance = dict(ranked)[id_]
    if front == id_:
        return WhyAbsent("fault", id_, True, id_, fault=id_, probability=chance)
    index = assessment.belief.tables.index

    def brought(then: Assessment) -> bool:
        return then.belief.ranked()[0][0] == id_

    def distance(then: Assessment) -> tuple[float, ...]:
        posterior = then.belief.posterior
        mine = float(posterior[index[id_]])
        return (float(posterior.max()) - mine, -mine)

    from diagnose.reasoning.belief import weights

    weighed = [
        Weighed(name, answer, float(w[index[id_]] - w[index[front]]))
        for name, answer, w in weights(assessment.belief)
    ]
    against = sorted((w for w in weighed if w.decibans < 0), key=lambda w: (round(w.decibans, 6), w.symptom))
    ruling_out = [
        _why_rule(assessment, f.rule)
        for f in assessment.firings
        if id_ in f.rule.then.rule_out or (f.rule.then.confirm and f.rule.then.confirm != id_)
    ]
    return WhyAbsent(
        "fault",
        id_,
        False,
        front,
        tuple(ruling_out),
        fault=id_,
        probability=chance,
        against=tuple(against),
        changes=_search(assessment, list(_all_answers(assessment)), brought, distance),
    )


Pair = tuple[str, str]
"""A symptom and an answer to it."""


def _all_answers(assessment: Assessment) -> Iterator[Pair]:
    """Every other answer to what was asked, and every answer to what could be: diagnosis and policy."""
    kb = assessment.kb
    given = {f.symptom: f.answer for f in assessment.findings.answers}
    watched = border(kb).watched
    for symptom in kb.symptoms.values():
        known = given.get(symptom.id)
        policy = any(w == symptom.id or w.startswith(f"{symptom.id}.") for w in watched)
        if known is None and not policy and symptom.id not in assessment.askable:
            continue
        for answer in _answers(assessment, symptom.id):
            if answer != known:
                yield symptom.id, answer


def _answers(assessment: Assessment, symptom: str) -> Iterator[str]:
    """What may be answered, dates by the ages that rules can tell apart."""
    from datetime import timedelta

    kb = assessment.kb
    asked = kb.symptoms[symptom]
    if asked.answer_type == "date":
        for facts in possible_answers(kb, asked):
            days = facts.get(f"{symptom}.days")
            if isinstance(days, int):
                # a few days more than so many whole months
                yield (assessment.findings.on - timedelta(days=days + 3)).isoformat()
    yield from (a.id for a in asked.answers)
    yield UNKNOWN


def _answers_for(assessment: Assessment, conditions: Iterable[Condition], depth: int = 0) -> list[Pair]:
    """Answers that make conditions hold, directly or through rules that derive their facts."""
    return _answers_that(assessment, conditions, True, depth)


def _answers_against(assessment: Assessment, conditions: Iterable[Condition]) -> list[Pair]:
    """Answers that make conditions fail."""
    return _answers_that(assessment, conditions, False, 0)


def _answers_that(
    assessment: Assessment, conditions: Iterable[Condition], hold: bool, depth: int
) -> list[Pair]:
    from diagnose.reasoning.facts import facts_of_answer

    kb, on = assessment.kb, assessment.findings.on
    found: dict[Pair, None] = {}
    for c in conditions:
        symptom = c.fact if c.fact in kb.symptoms else c.fact.partition(".")[0]
        if symptom in kb.symptoms:
            for answer in _answers(assessment, symptom):
                facts = facts_of_answer(kb, symptom, answer, on)
                if (c.fact in facts and c.holds_for(facts[c.fact])) is hold:
                    found[symptom, answer] = None
            # an answer counts only when its question applies
            if depth < MOST_CHAINED:
                needs = kb.symptoms[symptom].needs
                found.update(dict.fromkeys(_answers_that(assessment, needs, True, depth + 1)))
        for rule in kb.rules if depth < MOST_CHAINED else ():
            for name, value in rule.then.derive:
                if name == c.fact and c.holds_for(value) is hold:
                    wanted = [d for a in rule.alternatives for d in a]
                    found.update(dict.fromkeys(_answers_that(assessment, wanted, True, depth + 1)))
    return list(found)


def _search(
    assessment: Assessment,
    tried: Sequence[Pair],
    brought: Callable[[Assessment], bool],
    distance: Callable[[Assessment], tuple[float, ...]],
) -> tuple[tuple[Changed, ...], ...]:
    """The smallest sets of these answers that bring it about, of those tried.

    All single answers; of several together, those whose members or beginnings come nearest.
    """
    base = assessment.findings
    given = {f.symptom: f.answer for f in base.answers}
    pairs = list(dict.fromkeys(p for p in tried if given.get(p[0]) != p[1]))
    front: list[tuple[tuple[float, ...], tuple[Pair, ...]]] = [((), ())]
    for size in range(1, MOST_AT_ALL + 1):
        found: list[tuple[Pair, ...]] = []
        near: list[tuple[tuple[float, ...], tuple[Pair, ...]]] = []
        seen: set[frozenset[Pair]] = set()
        for _, start in front:
            taken = {s for s, _ in start}
            for pair in pairs:
                chosen = (*start, pair)
                if pair[0] in taken or frozenset(chosen) in seen:
                    continue
                seen.add(frozenset(chosen))
                then = assess(assessment.kb, _with(base, chosen), None)
                if brought(then):
                    found.append(chosen)
                else:
                    near.append((distance(then), chosen))
        if found:
            return tuple(
                tuple(Changed(s, given.get(s, ""), a) for s, a in chosen) for chosen in _least(found)
            )
        near.sort(key=lambda n: n[0])
        front = near[: KEPT if size < MOST_CHANGED else 3]
        if size == 1:
            kept = [chosen[0] for _, chosen in near[: KEPT * 2]]
            pairs = [p for p in pairs if p in set(kept)]
    return ()


def _least(found: list[tuple[Pair, ...]]) -> list[tuple[Pair, ...]]:
    """Each set once, in the order found."""
    return list({frozenset(chosen): chosen for chosen in reversed(found)}.values())[::-1]


def _with(findings: Findings, pairs: Iterable[Pair]) -> Findings:
    for symptom, answer in pairs:
        findings = with_answer(findings, symptom, answer)
    return findings

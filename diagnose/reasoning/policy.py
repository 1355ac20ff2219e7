"""What may be done: the rulings of the rules on each class of fault, and what a verdict still hangs on.

The border between repair and exchange is written as rules over the class of the fault in front and
over facts of entitlement. A :class:`Ruling` is what those rules say for one class; a fact of
entitlement is worth a question only when some answer to it would change the outcome.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from diagnose.knowledge.model import Condition, KnowledgeBase, Remedy, Rule, Scalar, Symptom
from diagnose.reasoning.facts import Facts
from diagnose.reasoning.one_more import OneMore, Run
from diagnose.reasoning.rules import Firing
from diagnose.reasoning.same import Same

FAULT_CLASS = "fault.class"
ENTITLEMENT_KINDS = ("entitlement", "history")

Seen = tuple[tuple[str, type, Scalar], ...]
"""Some facts in the order of their names; the type is there to tell true from 1."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the rules say of one class of fault (None: whatever the class).

    ``required`` is the first requirement that forbidding leaves possible.
    """

    fault_class: str | None
    forbidden: frozenset[str]
    required: str
    allowed: frozenset[str]
    channels: tuple[str, ...]
    forbidden_channels: frozenset[str]
    charge: str
    promise: str
    told: Run | None = field(default=None, compare=False)

    @property
    def firings(self) -> tuple[Firing, ...]:
        """Those of the firings behind it that say something of the outcome or look at the class."""
        return self.told.firings if self.told else ()

    def forbids(self, remedy: Remedy) -> bool:
        """Whether the remedy, or its whole verdict, is forbidden."""
        return remedy.id in self.forbidden or remedy.verdict in self.forbidden

    def allows(self, remedy: Remedy) -> bool:
        """Whether the remedy may be the outcome: not forbidden, and what is required if anything is."""
        return remedy.id in self.allowed


@dataclass(frozen=True, eq=False)
class Border:
    """The rules that draw the border between these remedies, ready to be fired, and the facts they look at.

    ``conditions``: those by which answers differ, of the rules and of the questions of entitlement.
    """

    rules: tuple[Rule, ...]
    remedies: tuple[Remedy, ...]
    firing: OneMore
    watched: frozenset[str]
    derivable: frozenset[str]
    conditions: tuple[Condition, ...]


def is_policy(rule: Rule) -> bool:
    """Whether a rule speaks of the class of the fault in front."""
    return any(c.fact == FAULT_CLASS for premises in rule.alternatives for c in premises)


def says(rule: Rule) -> tuple[object, ...]:
    """What a rule says of the outcome: which remedy, by which way, on whose charge, by when."""
    t = rule.then
    return t.forbid, t.require, t.channel, t.forbid_channel, t.charge, t.promise


def decides_outcome(rule: Rule) -> bool:
    """Whether a rule says anything of the outcome."""
    return any(says(rule))


def _is_told(rule: Rule) -> bool:
    return decides_outcome(rule) or is_policy(rule)


def _premise_facts(rule: Rule) -> set[str]:
    return {c.fact for premises in rule.alternatives for c in premises}


@lru_cache(maxsize=64)
def border(kb: KnowledgeBase) -> Border:
    """The policy rules, those that decide outcomes, and those that derive what either looks at."""
    classes = tuple(dict.fromkeys(f.fault_class for f in kb.faults.values()))
    return _border(Same(kb.rules), Same(kb.symptoms.values()), Same(kb.remedies.values()), classes)


@lru_cache(maxsize=64)
def _border(
    every: Same[Rule], symptoms: Same[Symptom], remedies: Same[Remedy], classes: tuple[str, ...]
) -> Border:
    chosen = {r.id for r in every.values if is_policy(r) or decides_outcome(r)}
    while True:
        watched = set().union(*(_premise_facts(r) for r in every.values if r.id in chosen), {FAULT_CLASS})
        more = {r.id for r in every.values if any(name in watched for name, _ in r.then.derive)} - chosen
        if not more:
            break
        chosen |= more
    rules = tuple(r for r in every.values if r.id in chosen)
    needs = (c for s in symptoms.values if s.kind in ENTITLEMENT_KINDS for c in s.needs)
    conditions = (*(c for r in rules for premises in r.alternatives for c in premises), *needs)
    derivable = frozenset(name for r in rules for name, _ in r.then.derive)
    return Border(
        rules=rules,
        remedies=remedies.values,
        firing=OneMore(rules, FAULT_CLASS, classes, _is_told),
        watched=frozenset(watched),
        derivable=derivable,
        conditions=conditions,
    )


def rule_on(kb: KnowledgeBase, facts: Mapping[str, Scalar], fault_class: str | None) -> Ruling:
    """What the rules say for a fault of that class, on these facts."""
    rulings = rulings_on(kb, facts)
    if fault_class in rulings:
        return rulings[fault_class]
    plain: Facts = {name: facts[name] for name in _watched_in_order(kb) if name in facts}
    drawn = border(kb)
    return _ruling(drawn, fault_class, drawn.firing.fire_with(plain, str(fault_class)))


def rulings_on(kb: KnowledgeBase, facts: Mapping[str, Scalar]) -> Mapping[str | None, Ruling]:
    """:func:`rule_on` for every class of fault of the knowledge base, and for None."""
    return _rulings_on(border(kb), seen_of(facts, _watched_in_order(kb)))


@lru_cache(maxsize=5000)
def _rulings_on(drawn: Border, seen: Seen) -> Mapping[str | None, Ruling]:
    fired = drawn.firing.fire({name: value for name, _, value in seen})
    return {c: _ruling(drawn, c, run) for c, run in fired.items()}


def _ruling(drawn: Border, fault_class: str | None, fired: Run) -> Ruling:
    return replace(_comes_to(drawn, fault_class, fired.ranks), told=fired)


@lru_cache(maxsize=5000)
def _comes_to(drawn: Border, fault_class: str | None, ranks: tuple[int, ...]) -> Ruling:
    clauses = drawn.firing.clauses
    return ruling_of(drawn.remedies, fault_class, [clauses[rank].rule for rank in ranks])


@lru_cache(maxsize=64)
def _watched_in_order(kb: KnowledgeBase) -> tuple[str, ...]:
    return tuple(sorted(border(kb).watched - {FAULT_CLASS}))


def seen_of(facts: Mapping[str, Scalar], names: Iterable[str]) -> Seen:
    """Those of the facts that have one of these names, in a form to remember things by."""
    return tuple([(n, type(facts[n]), facts[n]) for n in names if n in facts])


def ruling_of(remedies: Iterable[Remedy], fault_class: str | None, fired: Sequence[Rule]) -> Ruling:
    """What it comes to for these remedies that these rules have fired, in this order."""
    effects = [rule.then for rule in fired]
    forbidden = frozenset(x for e in effects for x in e.forbid)
    left = [r for r in remedies if not forbidden & {r.id, r.verdict}]
    names = {name for r in left for name in (r.id, r.verdict)}
    required = next((e.require for e in effects if e.require in names), "")
    # what a rule says of a remedy that it requires in vain says nothing of the remedy that is left
    forbidden_channels = frozenset(x for e in effects for x in e.forbid_channel)
    effects = [e for e in effects if not e.require or e.require == required]
    return Ruling(
        fault_class=fault_class,
        forbidden=forbidden,
        required=required,
        allowed=frozenset(r.id for r in left if not required or required in (r.id, r.verdict)),
        channels=tuple(e.channel for e in effects if e.channel),
        forbidden_channels=forbidden_channels,
        charge=next((e.charge for e in effects if e.charge), ""),
        promise=next((e.promise for e in effects if e.promise), ""),
    )


def channel_for(kb: KnowledgeBase, ruling: Ruling, remedy: Remedy) -> str:
    """The way it goes: what a rule set, else the default of the verdict, else any that is not forbidden."""
    for channel in ruling.channels:
        if channel not in ruling.forbidden_channels:
            return channel
    open_ = [c for c in kb.channels.values() if c.id not in ruling.forbidden_channels]
    for c in open_:
        if remedy.verdict in c.verdicts:
            return c.id
    return next((c.id for c in open_ if not c.carrier and not c.verdicts), "")


def charge_for(kb: KnowledgeBase, ruling: Ruling, remedy: Remedy) -> str:
    """Who pays: what a rule set; advice is free; anything else after an estimate."""
    if remedy.verdict == "advice":
        return "free" if "free" in kb.charges else ""
    if ruling.charge:
        return ruling.charge
    return "estimate" if "estimate" in kb.charges else ""


def open_questions(kb: KnowledgeBase, facts: Mapping[str, Scalar]) -> tuple[Symptom, ...]:
    """Questions of entitlement and history not yet answered that the border looks at, in text order."""
    return tuple([s for s in _watched_questions(kb) if s.id not in facts])


@lru_cache(maxsize=64)
def _watched_questions(kb: KnowledgeBase) -> tuple[Symptom, ...]:
    watched = border(kb).watched
    return tuple(s for s in kb.symptoms.values() if s.kind in ENTITLEMENT_KINDS and _watches(watched, s))


def _watches(watched: frozenset[str], symptom: Symptom) -> bool:
    if symptom.id in watched:
        return True
    prefix = f"{symptom.id}."
    return any(name.startswith(prefix) for name in watched)


def possible_answers(
    kb: KnowledgeBase, symptom: Symptom, conditions: tuple[Condition, ...] | None = None
) -> tuple[Facts, ...]:
    """The facts that each answer would bring, one for each way these conditions could tell answers apart.

    Unless given they are those of the border.
    """
    conditions = border(kb).conditions if conditions is None else conditions
    options: list[Facts] = []
    if symptom.answer_type == "date":
        options = [
            {symptom.id: "date", f"{symptom.id}.months": months, f"{symptom.id}.days": round(months * 30.44)}
            for months in _telling_ages(conditions, symptom.id)
        ]
    elif symptom.answer_type == "choice":
        for answer in symptom.answers:
            facts: Facts = {symptom.id: answer.id}
            if symptom.id == "retailer" and answer.id in kb.retailers:
                facts["retailer.id"] = answer.id
                facts.update((f"retailer.{k}", v) for k, v in kb.retailers[answer.id].attributes)
            options.append(facts)
    else:
        return ()
    told: dict[tuple[bool, ...], Facts] = {}
    for facts in options:
        signature = tuple(c.fact in facts and c.holds_for(facts[c.fact]) for c in conditions)
        known = tuple(c.fact in facts for c in conditions)
        told.setdefault(signature + known, facts)
    return tuple(told.values())


def _telling_ages(conditions: tuple[Condition, ...], symptom: str) -> list[int]:
    ages = {0}
    for c in conditions:
        for bound in (c.at_least, c.at_most):
            if bound is not None and c.fact == f"{symptom}.months":
                ages |= {int(bound) - 1, int(bound), int(bound) + 1}
            elif bound is not None and c.fact == f"{symptom}.days":
                ages |= {int(bound / 30.44) - 1, int(bound / 30.44) + 1}
    return sorted(a for a in ages if a >= 0)

"""One part of the knowledge of a handset: where it comes from, what it does, and what uses it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from diagnose.authoring.proving.mend import cures
from diagnose.authoring.rule_text import condition_text, effects_text, premises_text
from diagnose.knowledge.model import (
    Condition,
    Fault,
    KnowledgeBase,
    Origin,
    Place,
    Premises,
    Remedy,
    Rule,
    Symptom,
)
from diagnose.reasoning.policy import FAULT_CLASS, decides_outcome, is_policy

FAR = 2.0
"""An answer so many times likelier or rarer than its background is told as such."""


@dataclass(frozen=True, slots=True)
class Use:
    """Somebody who uses the part: what it is, its id, how it uses it, and where that is written."""

    what: str
    id: str
    how: str
    place: Place


@dataclass(frozen=True, slots=True)
class Explained:
    """A part of the knowledge. ``does``: sentences; ``changed``: layers that changed it, in their order."""

    kind: str
    id: str
    name: str
    place: Place
    layer: str
    changed: tuple[tuple[str, Place], ...]
    source: str
    does: tuple[str, ...]
    used_by: tuple[Use, ...]


def names(kb: KnowledgeBase) -> tuple[str, ...]:
    """Everything that can be explained."""
    parts: Iterable[str] = (*kb.symptoms, *kb.faults, *kb.remedies, *(r.id for r in kb.rules))
    return tuple(dict.fromkeys((*parts, *kb.alerts, *kb.channels, *kb.charges, *kb.promises)))


def explain(kb: KnowledgeBase, id_: str, lang: str = "en") -> tuple[Explained, ...]:
    """What there is of this name, symptoms first; nothing when there is nothing."""
    found: list[Explained] = []
    if id_ in kb.symptoms:
        found.append(_symptom(kb, kb.symptoms[id_], lang))
    if id_ in kb.faults:
        found.append(_fault(kb, kb.faults[id_], lang))
    if id_ in kb.remedies:
        found.append(_remedy(kb, kb.remedies[id_], lang))
    found += [_rule(kb, r, lang) for r in kb.rules if r.id == id_]
    found += _words(kb, id_, lang)
    return tuple(found)


def _explained(
    kind: str, id_: str, name: str, origin: Origin, source: str, does: Iterable[str], uses: Iterable[Use]
) -> Explained:
    return Explained(
        kind,
        id_,
        " ".join(name.split()),
        origin.place,
        origin.layer,
        origin.changed,
        source,
        tuple(does),
        tuple(uses),
    )


def _symptom(kb: KnowledgeBase, symptom: Symptom, lang: str) -> Explained:
    does = [f"asks: {symptom.ask.say(lang)}", f"{symptom.kind}, {symptom.seconds:g} seconds of talk"]
    if symptom.answers:
        told = ", ".join(f"{a.id} {a.background:.3g}" for a in symptom.answers)
        does.append(f"answered by background: {told}")
    else:
        does.append(f"answered by a {symptom.answer_type}, which is no evidence on faults")
    if symptom.needs:
        does.append(f"applies when {premises_text(symptom.needs)}")
    if symptom.formerly:
        does.append(f"formerly {', '.join(symptom.formerly)}")
    return _explained(
        "symptom",
        symptom.id,
        symptom.name.say(lang) or symptom.ask.say(lang),
        symptom.origin,
        symptom.source,
        does,
        _uses_of_symptom(kb, symptom),
    )


def _uses_of_symptom(kb: KnowledgeBase, symptom: Symptom) -> Iterator[Use]:
    for fault in kb.faults.values():
        shown = dict(fault.shows).get(symptom.id)
        if shown is not None:
            chances = ", ".join(f"{a.id} {p:.3g}" for a, p in zip(symptom.answers, shown, strict=True))
            yield Use("fault", fault.id, f"shows it: {chances}", fault.origin.place)
    yield from _uses_of_fact(kb, symptom.id)
    for rule in kb.rules:
        for verb, ids in (("asks it first", rule.then.ask), ("says it does not apply", rule.then.skip)):
            if symptom.id in ids:
                yield Use("rule", rule.id, verb, rule.origin.place)


def _uses_of_fact(kb: KnowledgeBase, name: str) -> Iterator[Use]:
    """Who looks at a fact or at what hangs on it, and which rules derive it."""

    def about(premises: Premises) -> list[Condition]:
        return [c for c in premises if c.fact == name or c.fact.startswith(f"{name}.")]

    for rule in kb.rules:
        for premises in rule.alternatives:
            for c in about(premises):
                yield Use("rule", rule.id, f"looks at it: {condition_text(c)}", c.place)
        for fact, value in rule.then.derive:
            if fact == name:
                yield Use("rule", rule.id, f"derives it: {value}", rule.origin.place)
    needing: tuple[tuple[str, Iterable[tuple[str, Premises, Place]]], ...] = (
        ("symptom", ((s.id, s.needs, s.origin.place) for s in kb.symptoms.values())),
        ("fault", ((f.id, f.needs, f.origin.place) for f in kb.faults.values())),
        ("remedy", ((r.id, r.needs, r.origin.place) for r in kb.remedies.values())),
        ("wrap_up", ((w.id, w.needs, w.origin.place) for w in kb.wrap_up)),
    )
    for what, parts in needing:
        for id_, needs, place in parts:
            for c in about(needs):
                yield Use(what, id_, f"needs it: {condition_text(c)}", place)


def _fault(kb: KnowledgeBase, fault: Fault, lang: str) -> Explained:
    total = sum(f.per_1000 for f in kb.faults.values())
    share = fault.per_1000 / total if total else 0.0
    does = [
        f"behind {share:.2%} of the calls about this handset ({fault.per_1000:g} of 1000 before weighing)",
        f"class {fault.fault_class}: {kb.classes[fault.fault_class].name.say(lang)}",
    ]
    for id_, chances in fault.shows:
        symptom = kb.symptoms[id_]
        pairs = zip(symptom.answers, chances, strict=True)
        told = ", ".join(f"{a.id} {p:.3g} ({_times(p, a.background)})" for a, p in pairs)
        does.append(f"shows {id_}: {told}")
    return _explained(
        "fault", fault.id, fault.name.say(lang), fault.origin, fault.source, does, _uses_of_fault(kb, fault)
    )


def _times(p: float, background: float) -> str:
    if background <= 0:
        return "never otherwise"
    ratio = p / background
    if 1 / FAR < ratio < FAR:
        return "as usual"
    return f"{ratio:.3g} times the background"


def _uses_of_fault(kb: KnowledgeBase, fault: Fault) -> Iterator[Use]:
    for remedy in kb.remedies.values():
        if cures(fault, remedy):
            how = "is right for it" if remedy.id == fault.remedy else "cures it too"
            yield Use("remedy", remedy.id, how, remedy.origin.place)
    for rule in kb.rules:
        if rule.then.confirm == fault.id:
            yield Use("rule", rule.id, "confirms it", rule.origin.place)
        if fault.id in rule.then.rule_out:
            yield Use("rule", rule.id, "rules it out", rule.origin.place)
        tests = [c for p in rule.alternatives for c in p if c.fact == FAULT_CLASS]
        if any(c.holds_for(fault.fault_class) for c in tests):
            how = f"rules on its class: {effects_text(rule.then)}"
            yield Use("rule", rule.id, how, rule.origin.place)


def _remedy(kb: KnowledgeBase, remedy: Remedy, lang: str) -> Explained:
    price = dict(kb.costs.remedies).get(remedy.id, remedy.euros)
    does = [f"verdict {remedy.verdict}, {price:g} euros when it is right", f"says: {remedy.say.say(lang)}"]
    if remedy.trial:
        does.append(f"can be tried: {remedy.trial.seconds:g} seconds, cures {remedy.trial.cures:.0%}")
    if remedy.cures:
        does.append(f"cures the classes {', '.join(remedy.cures)}")
    if remedy.needs:
        does.append(f"applies when {premises_text(remedy.needs)}")
    return _explained(
        "remedy",
        remedy.id,
        remedy.name.say(lang),
        remedy.origin,
        remedy.source,
        does,
        _uses_of_remedy(kb, remedy),
    )


def _uses_of_remedy(kb: KnowledgeBase, remedy: Remedy) -> Iterator[Use]:
    for fault in kb.faults.values():
        if cures(fault, remedy):
            how = "has it as its remedy" if fault.remedy == remedy.id else "is cured by it too"
            yield Use("fault", fault.id, how, fault.origin.place)
    names_ = (remedy.id, remedy.verdict)
    for rule in kb.rules:
        if any(name in rule.then.forbid for name in names_):
            yield Use("rule", rule.id, "forbids it", rule.origin.place)
        if rule.then.require in names_:
            yield Use("rule", rule.id, "requires it", rule.origin.place)
    yield from _uses_of_fact(kb, f"tried.{remedy.id}")


def _rule(kb: KnowledgeBase, rule: Rule, lang: str) -> Explained:
    sort = "findings alone"
    if is_policy(rule):
        sort = "the class of the fault in front: policy"
    elif decides_outcome(rule):
        sort = "findings, and decides on the outcome"
    does = [f"fires on {sort}"]
    does += [f"when {premises_text(p)}" if p else "always" for p in rule.alternatives]
    does.append(f"then {effects_text(rule.then)}")
    order = sorted(kb.rules, key=lambda r: (-r.salience, r.number))
    does.append(f"salience {rule.salience}: number {order.index(rule) + 1} of {len(order)} to fire")
    return _explained(
        "rule", rule.id, rule.because.say(lang), rule.origin, rule.source, does, _uses_of_rule(kb, rule)
    )


def _uses_of_rule(kb: KnowledgeBase, rule: Rule) -> Iterator[Use]:
    for fact, value in rule.then.derive:
        for use in _uses_of_fact(kb, fact):
            if use.how.startswith("derives") and use.id == rule.id:
                continue
            how = use.how.replace(" it: ", f" {fact} ({value}): ", 1)
            yield Use(use.what, use.id, how, use.place)
    facts = {c.fact for p in rule.alternatives for c in p}
    for other in kb.rules:
        for fact, value in other.then.derive:
            if fact in facts:
                yield Use(
                    "rule", other.id, f"derives {fact} ({value}), which it looks at", other.origin.place
                )
    for field, what in (("charge", "who pays"), ("promise", "the promise"), ("channel", "the way")):
        mine = getattr(rule.then, field)
        if not mine:
            continue
        for other in kb.rules:
            theirs = getattr(other.then, field)
            first = (-other.salience, other.number) < (-rule.salience, rule.number)
            if theirs and theirs != mine and first and not _exclusive(rule, other):
                how = f"comes before it on {what}: {theirs}"
                yield Use("rule", other.id, how, other.origin.place)


def _exclusive(one: Rule, other: Rule) -> bool:
    """Whether no two of their alternatives can hold together, by plain values alone."""
    return all(_clash(a, b) for a in one.alternatives for b in other.alternatives)


def _clash(a: Premises, b: Premises) -> bool:
    for c in a:
        for d in b:
            if c.fact == d.fact and c.values and d.values:
                known = c.values if not c.negated else d.values if not d.negated else ()
                if known and not any(c.holds_for(v) and d.holds_for(v) for v in known):
                    return True
    return False


def _words(kb: KnowledgeBase, id_: str, lang: str) -> Iterator[Explained]:
    def by_rules(test: Callable[[Rule], bool], how: str) -> list[Use]:
        return [Use("rule", r.id, how, r.origin.place) for r in kb.rules if test(r)]

    if id_ in kb.alerts:
        alert = kb.alerts[id_]
        does = (f"{alert.severity}: {alert.say.say(lang)}", f"the operator: {alert.do.say(lang)}")
        uses = by_rules(lambda r: r.then.alert == id_, "gives it")
        yield _explained("alert", id_, alert.say.say(lang), alert.origin, "", does, uses)
    if id_ in kb.channels:
        channel = kb.channels[id_]
        default = (
            f"default of {', '.join(channel.verdicts)}" if channel.verdicts else "only where a rule says"
        )
        does = (default, "handed to a carrier" if channel.carrier else "no carrier")
        uses = by_rules(lambda r: r.then.channel == id_, "sets it")
        uses += by_rules(lambda r: id_ in r.then.forbid_channel, "forbids it")
        yield _explained("channel", id_, channel.name.say(lang), channel.origin, "", does, uses)
    if id_ in kb.charges:
        charge = kb.charges[id_]
        does_: tuple[str, ...] = ("free to the caller" if charge.free else "not free to the caller",)
        uses = by_rules(lambda r: r.then.charge == id_, "sets it")
        yield _explained("charge", id_, charge.name.say(lang), charge.origin, "", does_, uses)
    if id_ in kb.promises:
        promise = kb.promises[id_]
        does = (
            promise.say.say(lang),
            f"{promise.days} working days, until {promise.by}; after {promise.cut_off} from the next day",
        )
        uses = by_rules(lambda r: r.then.promise == id_, "makes it")
        yield _explained("promise", id_, promise.say.say(lang), promise.origin, "", does, uses)

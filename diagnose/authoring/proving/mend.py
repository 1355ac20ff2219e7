"""For a hole in a policy, the text that closes it: tried on the knowledge base before it is proposed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from diagnose.authoring.rule_text import effects_text, rule_lines
from diagnose.knowledge.model import (
    Condition,
    Effects,
    Fault,
    KnowledgeBase,
    Premises,
    Remedy,
    Rule,
    Scalar,
    Text,
)
from diagnose.reasoning.policy import FAULT_CLASS, Ruling, rule_on


def cures(fault: Fault, remedy: Remedy) -> bool:
    """Whether the remedy is one for this fault."""
    return remedy.id in (fault.remedy, *fault.also) or fault.fault_class in remedy.cures


def mend(kb: KnowledgeBase, facts: Mapping[str, Scalar], ruling: Ruling, fault: Fault) -> str:
    """YAML that leaves a remedy for the fault on these facts; empty when none is found.

    Forbidding always wins, so no rule can be added that undoes one: a rule that demands what does not cure is
    met by one that forbids that; a rule that forbids what does cure is replaced by one that spares the
    class of the fault.
    """
    fault_class = fault.fault_class
    if ruling.required and any(cures(fault, r) and not ruling.forbids(r) for r in kb.remedies.values()):
        added = _spared_demand(kb, fault_class, ruling)
        if added is not None and _closes(kb, (*kb.rules, added), facts, fault):
            return _yaml([added], [], [])
    own = [r for r in kb.remedies.values() if cures(fault, r)]
    # An exchange comes last: what bars it is mostly one of its gates.
    own.sort(key=lambda r: (r.verdict == "exchange", len(_against(ruling, r)), r.id != fault.remedy))
    for remedy in (*_in_vain(kb, ruling), *own):
        changed = {rule.id: _parted(rule, remedy, fault_class) for rule in _against(ruling, remedy)}
        rules: list[Rule] = []
        for rule in kb.rules:
            kept, spared = changed.get(rule.id, (rule, None))
            rules += [r for r in (kept, spared) if r is not None]
        if changed and _closes(kb, tuple(rules), facts, fault):
            kept_ = [k for k, _ in changed.values() if k is not None]
            gone = [id_ for id_, (k, _) in changed.items() if k is None]
            return _yaml([s for _, s in changed.values() if s is not None], kept_, gone)
    return ""


def for_danger(kb: KnowledgeBase, required: str) -> bool:
    """Whether what is required makes safe: danger comes before whatever the fault in front is."""
    return any(
        required in (r.id, r.verdict) and any(kb.classes[c].danger for c in r.cures)
        for r in kb.remedies.values()
    )


def _against(ruling: Ruling, remedy: Remedy) -> list[Rule]:
    """The fired rules that forbid a remedy or its verdict."""
    return [f.rule for f in ruling.firings if {remedy.id, remedy.verdict} & set(f.rule.then.forbid)]


def _in_vain(kb: KnowledgeBase, ruling: Ruling) -> list[Remedy]:
    """Remedies against danger that a fired rule requires and another forbids."""
    wanted = [f.rule.then.require for f in ruling.firings if for_danger(kb, f.rule.then.require)]
    return [kb.remedies[w] for w in wanted if w in kb.remedies and ruling.forbids(kb.remedies[w])]


def _closes(kb: KnowledgeBase, rules: tuple[Rule, ...], facts: Mapping[str, Scalar], fault: Fault) -> bool:
    numbered = tuple(replace(r, number=i) for i, r in enumerate(rules))
    key = "".join(f"{r.id}{r.then.forbid}{r.alternatives}" for r in numbered)
    tried = replace(kb, rules=numbered, revision=f"{kb.revision} mended {key}")
    ruling = rule_on(tried, facts, fault.fault_class)
    left = (r for r in kb.remedies.values() if r.id in ruling.allowed)
    return for_danger(kb, ruling.required) or any(cures(fault, r) for r in left)


def _spared_demand(kb: KnowledgeBase, fault_class: str, ruling: Ruling) -> Rule | None:
    """A rule that forbids what is required of this class, under the premises of the rule that requires it."""
    for firing in ruling.firings:
        if firing.rule.then.require == ruling.required:
            when = firing.rule.alternatives[firing.alternative]
            rest = tuple(c for c in when if c.fact != FAULT_CLASS)
            return Rule(
                f"{firing.rule.id}-not-for-{fault_class}",
                ((Condition(FAULT_CLASS, (fault_class,)), *rest),),
                Effects(forbid=(ruling.required,)),
                _because(kb, fault_class),
                firing.rule.salience,
            )
    return None


def _because(kb: KnowledgeBase, fault_class: str) -> Text:
    name = kb.classes[fault_class].name
    return Text.of(
        en=f"It cures nothing of this kind: {name.say('en')}.",
        fr=f"Cela ne remédie à rien de ce genre : {name.say('fr')}.",
    )


def _parted(rule: Rule, remedy: Remedy, fault_class: str) -> tuple[Rule | None, Rule | None]:
    """The rule without what it forbids of this remedy; and that as a rule which spares the class."""
    tokens = tuple(x for x in rule.then.forbid if x in (remedy.id, remedy.verdict))
    left = replace(rule.then, forbid=tuple(x for x in rule.then.forbid if x not in tokens))
    kept = replace(rule, then=left) if left != Effects() else None
    spared = [s for a in rule.alternatives if (s := _without(a, fault_class)) is not None]
    if not spared:
        return kept, None
    own = replace(
        rule,
        id=rule.id if kept is None else f"{rule.id}-but-for-{fault_class}",
        alternatives=tuple(spared),
        then=Effects(forbid=tokens),
    )
    return kept, own


def _without(premises: Premises, fault_class: str) -> Premises | None:
    """The premises for any other class; None when they were for this class alone."""
    rest = tuple(c for c in premises if c.fact != FAULT_CLASS)
    own = next((c for c in premises if c.fact == FAULT_CLASS), None)
    if own is None:
        return (Condition(FAULT_CLASS, (fault_class,), negated=True), *rest)
    if own.negated:
        return (replace(own, values=(*own.values, fault_class)), *rest)
    others = tuple(v for v in own.values if v != fault_class)
    return (replace(own, values=others), *rest) if others else None


def _yaml(added: list[Rule], changed: list[Rule], removed: list[str]) -> str:
    lines = []
    if removed:
        lines += ["remove:", f"  rules: [{', '.join(removed)}]"]
    if changed:
        lines += ["change:", "  rules:"]
        for rule in changed:
            lines += [f"    {rule.id}:", f"      then: {effects_text(rule.then)}"]
    if added:
        lines.append("rules:")
        for rule in added:
            lines += [f"  {line}" for line in rule_lines(rule)]
    return "\n".join(lines) + "\n"

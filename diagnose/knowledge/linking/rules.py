"""Rules: premises and effects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

from ..conditions import BELIEF, premises
from ..merge import Entry
from ..model import Effects, Premises, Rule, Scalar
from ..problems import did_you_mean
from ..source import Node
from .context import Linking
from .nodes import entries, items, number, text

POLICY_EFFECTS = ("forbid", "require", "channel", "forbid_channel", "charge", "promise")


def rule(link: Linking, entry: Entry) -> Rule | None:
    """A rule; None when it is wrong, or can do nothing for this handset."""
    node = entry.node
    source = link.source(entry)
    when, either, then = node.get("when"), node.get("any"), node.entries["then"]
    if (when is None) is (either is None):
        mend = "write when: or any:" if when is None else "write one of the two"
        has = "neither when: nor any:" if when is None else "both when: and any:"
        link.complain(entry.origin.place, "K208", f"rule {entry.id!r} has {has}", mend)
    count = len(link.out)
    effects = _effects(link, then)
    alternatives: list[Premises] = []
    for mapping in [*([when] if when is not None else []), *items(either)]:
        compiled = premises(mapping, link.facts, link.out, policy=True)
        if compiled is not None:
            alternatives.append(compiled)
    if any(c.fact == BELIEF for alternative in alternatives for c in alternative):
        _only_policy(link, entry.id, then)
    if not any(value.value not in (None, [], {}) for value in then.entries.values()):
        message = f"rule {entry.id!r} does nothing"
        link.complain(then.place, "K420", message, "say what follows")
    possible = tuple(a for a in alternatives if not link.never(a))
    if len(link.out) > count or not possible or effects == Effects():
        return None
    return Rule(
        entry.id,
        possible,
        effects,
        text(node.get("because")),
        int(number(node, "salience")),
        0,
        source,
        entry.origin,
    )


def _only_policy(link: Linking, rule: str, then: Node) -> None:
    for name in then.entries:
        if name not in POLICY_EFFECTS and then.get(name) is not None:
            message = f"rule {rule!r} asks for {BELIEF} and cannot {name}"
            mend = f"a policy rule may only {', '.join(POLICY_EFFECTS)}"
            link.complain(then.key_place(name), "K416", message, mend)


def _effects(link: Linking, then: Node) -> Effects:
    get = then.get
    return Effects(
        derive=_derived(link, get("derive")),
        rule_out=link.references("faults", get("rule_out")),
        confirm=link.reference("faults", get("confirm")),
        ask=link.references("symptoms", get("ask")),
        skip=link.references("symptoms", get("skip")),
        alert=link.reference("alerts", get("alert")),
        forbid=tuple(dict.fromkeys(o for o in map(link.outcome, items(get("forbid"))) if o)),
        require=link.outcome(get("require")),
        channel=link.reference("channels", get("channel")),
        forbid_channel=link.references("channels", get("forbid_channel")),
        charge=link.reference("charges", get("charge")),
        promise=link.reference("promises", get("promise")),
    )


def _derived(link: Linking, node: Node | None) -> tuple[tuple[str, Scalar], ...]:
    derived: list[tuple[str, Scalar]] = []
    for fact, value in entries(node):
        answers = link.facts.answers.get(fact)
        if fact in link.facts.answers:
            if (
                answers is not None
                and value.text not in answers
                and not (fact in link.facts.asks_retailer and value.text in link.facts.retailers)
            ):
                mend = did_you_mean(value.text, answers)
                message = f"{fact!r} has no answer {value.text!r}"
                link.complain(value.place, "K402", message, mend)
            derived.append((fact, value.text))
        else:
            derived.append((fact, cast(Scalar, value.value)))
    return tuple(derived)


def numbered(rules: Iterable[Rule]) -> Iterator[Rule]:
    """Each rule with its place in the order of the text."""
    for place, rule in enumerate(rules):
        yield Rule(
            rule.id,
            rule.alternatives,
            rule.then,
            rule.because,
            rule.salience,
            place,
            rule.source,
            rule.origin,
        )

"""The points of a policy: combinations of facts by what the rules say of them, the smallest of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from diagnose.knowledge.invariants import Invariant
from diagnose.knowledge.model import Condition, KnowledgeBase, Premises, Rule
from diagnose.reasoning.facts import standing_facts
from diagnose.reasoning.policy import FAULT_CLASS, Ruling, decides_outcome

from .dimensions import space_of
from .premises import live
from .space import Ranks, Space, State, states
from .standing import DANGER
from .subject import Subject, wanted

Key = tuple[str, ...]
"""What rules are for: ``("forbid", "exchange")``, ``("charge", "repair")`` (charge, where repair is required,
which counts only where that is met; empty: in any case), ``("danger", alert)``,
``("invariant", code, id)``."""
Groups = dict[Key, dict[str, list[Premises]]]
"""What rules are for; which values they give it, those of the first rule to fire first; when."""


@dataclass(frozen=True, slots=True)
class View:
    """A space, and what its ranks are for: for each a key and the value that each of its sets gives."""

    space: Space
    keys: tuple[tuple[Key, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Point:
    """Combinations that come to the same, the smallest of them, and what the rules say of all."""

    state: State
    fault_class: str
    says: Says


@dataclass(frozen=True, slots=True)
class Says:
    """What fired rules come to. ``requires``: (rule, salience, what), first to fire first; no two alike.

    ``channels``, ``charges``, ``promises``: (what the rule requires, what it sets), first to fire first.
    """

    forbid: frozenset[str]
    forbid_channel: frozenset[str]
    requires: tuple[tuple[str, int, str], ...]
    channels: tuple[tuple[str, str], ...]
    charges: tuple[tuple[str, str], ...]
    promises: tuple[tuple[str, str], ...]


def view_of(subject: Subject) -> View:
    """Everything that the rules on outcomes and the invariants can tell apart.

    Raises:
        TooMany: when it cannot be gone through.
    """
    kb = subject.kb
    groups = policy(kb, [r for r in kb.rules if not is_of_findings(kb, r)])
    standing = standing_facts(kb)
    for code, invariant, _ in wanted(subject):
        holding = [a for p in _plain(kb, invariant) if (a := live(p, standing)) is not None]
        if holding:
            groups["invariant", code, invariant.id] = {"": holding}
    premises = [p for sets in groups.values() for some in sets.values() for p in some]
    numbers = iter(range(len(premises)))
    ranks: list[Ranks] = [tuple(tuple(next(numbers) for _ in s) for s in g.values()) for g in groups.values()]
    keys = tuple((key, tuple(members)) for key, members in groups.items())
    return View(space_of(kb, premises, ranks, classes_of(kb)), keys)


def policy(kb: KnowledgeBase, rules: Iterable[Rule]) -> Groups:
    """What these rules say of outcomes and dangers, with the premises that the handset leaves of them."""
    standing = standing_facts(kb)
    groups: Groups = {}
    for order, rule in enumerate(sorted(rules, key=lambda r: (-r.salience, r.number))):
        holding = [a for p in rule.alternatives if (a := live(p, standing)) is not None]
        for key, value in _says_of(kb, rule, f"{order:06}") if holding else ():
            groups.setdefault(key, {}).setdefault(value, []).extend(holding)
    return groups


def _says_of(kb: KnowledgeBase, rule: Rule, turn: str) -> Iterator[tuple[Key, str]]:
    then = rule.then
    yield from ((("forbid", token), "") for token in then.forbid)
    yield from ((("forbid_channel", channel), "") for channel in then.forbid_channel)
    if then.require:
        # salience by salience: a rule is outweighed, and yet contradicts its equals
        yield ("require", then.require, str(rule.salience)), f"{turn} {rule.id}"
    if then.channel:
        yield ("channel", then.require, then.channel), f"{turn} {then.channel}"
    if then.charge:
        yield ("charge", then.require), f"{turn} {then.charge}"
    if then.promise:
        yield ("promise", then.require), f"{turn} {then.promise}"
    alert = kb.alerts.get(then.alert)
    if alert is not None and alert.severity == "danger":
        yield ("danger", then.alert), ""


def is_of_findings(kb: KnowledgeBase, rule: Rule) -> bool:
    """Whether a rule only says which advice is of no use to such a handset: diagnosis, not policy.

    A dead screen forbids advice that needs it; a fault that only this advice cures is then not the fault.
    """
    if decides_outcome(replace(rule, then=replace(rule.then, forbid=()))):
        return False
    advice = all(t in kb.remedies and kb.remedies[t].verdict == "advice" for t in rule.then.forbid)
    asked = (kb.symptoms.get(c.fact) for p in rule.alternatives for c in p)
    return advice and any(s is not None and s.kind in ("complaint", "observation", "check") for s in asked)


def _plain(kb: KnowledgeBase, invariant: Invariant) -> list[Premises]:
    """When it applies, in facts of the rules: danger is a class of it, or an alert of it."""
    out: list[Premises] = []
    for alternative in invariant.alternatives:
        rest = tuple(c for c in alternative if c.fact != DANGER)
        if len(rest) == len(alternative):
            out.append(rest)
            continue
        classes = tuple(c.id for c in kb.classes.values() if c.danger)
        if classes:
            out.append((*rest, Condition(FAULT_CLASS, classes)))
        alarms = [r for r in kb.rules if r.then.alert and kb.alerts[r.then.alert].severity == "danger"]
        out += [(*rest, *a) for r in alarms for a in r.alternatives]
    return out


def classes_of(kb: KnowledgeBase) -> tuple[str, ...]:
    """The classes of its faults, in the order of the text."""
    return tuple(dict.fromkeys(f.fault_class for f in kb.faults.values()))


def points(view: View, invariant: Key | None = None) -> tuple[Point, ...]:
    """Every combination by what the rules say of it; with an invariant, those to which that applies.

    Handsets whose rules see the same share the work.
    """
    chosen = tuple(
        i for i, (key, _) in enumerate(view.keys) if key[0] not in ("invariant", "danger") or key == invariant
    )
    keys = tuple(view.keys[i] for i in chosen)
    ranks = tuple(view.space.ranks[i] for i in chosen)
    used = sorted({m for rank in ranks for members in rank for m in members})
    number = {m: n for n, m in enumerate(used)}
    space = replace(
        view.space,
        premises=tuple(view.space.premises[m] for m in used),
        ranks=tuple(tuple(tuple(number[m] for m in members) for members in rank) for rank in ranks),
        only=-1 if invariant is None else [key for key, _ in keys].index(invariant),
    )
    return _points(View(space, keys))


@lru_cache(maxsize=512)
def _points(view: View) -> tuple[Point, ...]:
    found: dict[tuple[str, Says], State] = {}
    said: dict[tuple[int, ...], Says] = {}
    for state in states(view.space):
        says = said.get(state.holds)
        if says is None:
            says = said[state.holds] = says_of(view.keys, state.holds)
        key = (str(dict(state.facts)[FAULT_CLASS]), says)
        before = found.get(key)
        if before is None:
            found[key] = state
        else:
            small = min(before, state, key=lambda s: len(s.given))
            found[key] = replace(small, count=before.count + state.count)
    return tuple(Point(state, fault_class, says) for (fault_class, says), state in found.items())


def says_of(keys: Iterable[tuple[Key, tuple[str, ...]]], holds: Sequence[int]) -> Says:
    """What is said where for each key the value of this number comes first; -1: none."""
    got: dict[str, list[tuple[str, Key]]] = {}
    for (key, values), rank in zip(keys, holds, strict=True):
        if rank >= 0:
            got.setdefault(key[0], []).append((values[rank], key))
    requires = sorted((value, key) for value, key in got.get("require", ()))

    def set_by(what: str) -> tuple[tuple[str, str], ...]:
        return tuple((key[1], value.partition(" ")[2]) for value, key in sorted(got.get(what, ())))

    return Says(
        frozenset(key[1] for _, key in got.get("forbid", ())),
        frozenset(key[1] for _, key in got.get("forbid_channel", ())),
        tuple((value.partition(" ")[2], int(key[2]), key[1]) for value, key in requires),
        set_by("channel"),
        set_by("charge"),
        set_by("promise"),
    )


def ruling_of(kb: KnowledgeBase, point: Point) -> Ruling:
    """What the rules say there, as a call would be told; without the firings."""
    return ruling_on(kb, point.fault_class, point.says)


@lru_cache(maxsize=100_000)
def ruling_on(kb: KnowledgeBase, fault_class: str, says: Says) -> Ruling:
    """What it comes to for a class of fault that this is said."""
    left = [r for r in kb.remedies.values() if not says.forbid & {r.id, r.verdict}]
    names = {name for r in left for name in (r.id, r.verdict)}
    required = next((what for _, _, what in says.requires if what in names), "")

    def heard(set_: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
        return tuple(value for where, value in set_ if where in ("", required))

    return Ruling(
        fault_class,
        says.forbid,
        required,
        frozenset(r.id for r in left if not required or required in (r.id, r.verdict)),
        heard(says.channels),
        says.forbid_channel,
        next(iter(heard(says.charges)), ""),
        next(iter(heard(says.promises)), ""),
    )

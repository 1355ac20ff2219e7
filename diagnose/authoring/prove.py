"""What holds of every outcome that the rules leave, over all combinations of the facts that they see.

Policy rules speak of classes of faults and of facts, never of single faults or of probabilities. So what
they allow can be gone through completely (:mod:`.prove_space`), and each demand
on it is either proved or refuted by the smallest case that breaks it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from diagnose.authoring.prove_mend import cures, for_danger, mend
from diagnose.authoring.prove_space import Ranks, Space, State, TooMany, live, space_of, states
from diagnose.authoring.prove_standing import DANGER, demands
from diagnose.knowledge.invariants import Invariant
from diagnose.knowledge.model import (
    NOWHERE,
    Condition,
    Fault,
    KnowledgeBase,
    Place,
    Premises,
    Remedy,
    Rule,
    Scalar,
    satisfied,
)
from diagnose.reasoning.facts import Facts, standing_facts
from diagnose.reasoning.policy import FAULT_CLASS, Ruling, channel_for, charge_for, decides_outcome, rule_on
from diagnose.reasoning.rules import Firing

Case = tuple[tuple[str, Scalar], ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """A demand that does not hold. ``case``: the smallest facts that show it; ``rules``: those that fire.

    ``subject``: what it is about (a fault class, rules, an invariant). ``handsets``: all of this programme
    for which it fails, the first being that of the case. ``mend``: YAML that closes a hole, or empty.
    """

    code: str
    subject: str
    programme: str
    handsets: tuple[str, ...]
    message: str
    place: Place
    case: Case = ()
    rules: tuple[tuple[str, Place], ...] = ()
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """What was gone through: pairs of handset and programme, combinations of answers; what failed."""

    pairs: tuple[tuple[str, str], ...]
    combinations: int
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """One knowledge base to prove, and the invariants that its engineer wrote."""

    kb: KnowledgeBase
    invariants: tuple[Invariant, ...] = ()

    @property
    def programme(self) -> str:
        """Its programme, empty when there is none."""
        return self.kb.programme.id if self.kb.programme else ""


@dataclass(slots=True)
class _Tally:
    """What has failed so far: the smallest case of each, and for which handsets."""

    smallest: dict[tuple[str, str, str], Failure] = field(default_factory=dict)
    handsets: dict[tuple[str, str, str], dict[str, None]] = field(default_factory=dict)

    def add(self, failure: Failure) -> None:
        key = (failure.code, failure.programme, failure.subject)
        before = self.smallest.get(key)
        self.handsets.setdefault(key, {}).update(dict.fromkeys(failure.handsets))
        if before is None or len(failure.case) < len(before.case):
            self.smallest[key] = failure

    def failures(self) -> Iterator[Failure]:
        for key, failure in self.smallest.items():
            first = failure.handsets[0]
            yield replace(failure, handsets=(first, *(h for h in self.handsets[key] if h != first)))


def prove(subjects: Iterable[Subject]) -> Proof:
    """Everything demanded of these knowledge bases, in the order of codes, programmes and subjects."""
    tally = _Tally()
    pairs: list[tuple[str, str]] = []
    dead: dict[tuple[str, Place], list[tuple[Subject, Rule]] | None] = {}
    idle: dict[tuple[str, Place], list[tuple[Subject, Invariant]] | None] = {}
    combinations = 0
    for subject in subjects:
        pairs.append((subject.kb.handset.id, subject.programme))
        try:
            view = view_of(subject)
        except TooMany as why:
            tally.add(
                Failure(
                    "P301",
                    "+".join(why.facts),
                    subject.programme,
                    (subject.kb.handset.id,),
                    f"{why}: more than can be gone through",
                    NOWHERE,
                )
            )
            continue
        combinations += sum(p.state.count for p in points(view))
        for failure in _Judge(subject).failures(view):
            tally.add(failure)
        _note_dead(subject, dead)
        _note_idle(subject, idle)
    for silent in dead.values():
        for subject, rule in silent or ():
            tally.add(_dead(subject, rule))
    for never in idle.values():
        for subject, invariant in never or ():
            tally.add(_idle(subject, invariant))
    order = sorted(tally.failures(), key=lambda f: (f.code, f.programme, f.place, f.subject))
    return Proof(tuple(pairs), combinations, tuple(order))


Key = tuple[str, ...]
"""What rules are for: ``("forbid", "exchange")``, ``("charge", "repair")`` (charge, where repair is required,
which counts only where that is met; empty: in any case), ``("invariant", code, id)``."""


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
    standing = standing_facts(kb)
    premises: list[Premises] = []
    groups: dict[Key, dict[str, list[int]]] = {}

    def add(key: Key, value: str, holding: Iterable[Premises]) -> None:
        for alternative in holding:
            left = live(alternative, standing)
            if left is not None:
                groups.setdefault(key, {}).setdefault(value, []).append(len(premises))
                premises.append(left)

    dangerous = {a.id for a in kb.alerts.values() if a.severity == "danger"}
    for order, rule in enumerate(sorted(kb.rules, key=lambda r: (-r.salience, r.number))):
        if is_of_findings(kb, rule):
            continue
        then = rule.then
        for token in then.forbid:
            add(("forbid", token), "", rule.alternatives)
        for channel in then.forbid_channel:
            add(("forbid_channel", channel), "", rule.alternatives)
        if then.require:
            # salience by salience: a rule is outweighed, and yet contradicts its equals
            key = ("require", then.require, str(rule.salience))
            add(key, f"{order:06} {rule.id}", rule.alternatives)
        if then.channel:
            add(("channel", then.require, then.channel), f"{order:06} {then.channel}", rule.alternatives)
        if then.charge:
            add(("charge", then.require), f"{order:06} {then.charge}", rule.alternatives)
        if then.promise:
            add(("promise", then.require), f"{order:06} {then.promise}", rule.alternatives)
        if then.alert in dangerous:
            add(("danger",), "", rule.alternatives)
    for code, invariant, _ in _wanted(subject):
        add(("invariant", code, invariant.id), "", _plain(kb, invariant))
    ranks: list[Ranks] = [tuple(tuple(m) for m in members.values()) for members in groups.values()]
    keys = tuple((key, tuple(members)) for key, members in groups.items())
    return View(space_of(kb, premises, ranks, classes_of(kb)), keys)


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


def _wanted(subject: Subject) -> list[tuple[str, Invariant, str]]:
    """Everything demanded of outcomes: code, invariant, in words.

    An engineer's invariant stands in place of the product's own of the same id.
    """
    own = {(i.kind, i.id) for i in subject.invariants}
    wanted = [
        (d.code, d.invariant, d.words)
        for d in demands(subject.kb)
        if (d.invariant.kind, d.invariant.id) not in own
    ]
    return wanted + [
        ("P201" if i.kind == "never" else "P202", i, i.because or f"{i.kind} {i.id}")
        for i in subject.invariants
    ]


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
    for state in states(view.space):
        says = _says(view, state)
        key = (str(dict(state.facts)[FAULT_CLASS]), says)
        before = found.get(key)
        if before is None:
            found[key] = state
        else:
            small = min(before, state, key=lambda s: len(s.given))
            found[key] = replace(small, count=before.count + state.count)
    return tuple(Point(state, fault_class, says) for (fault_class, says), state in found.items())


def _says(view: View, state: State) -> Says:
    got: dict[str, list[tuple[str, Key]]] = {}
    for (key, values), rank in zip(view.keys, state.holds, strict=True):
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
    says = point.says
    left = [r for r in kb.remedies.values() if not says.forbid & {r.id, r.verdict}]
    names = {name for r in left for name in (r.id, r.verdict)}
    required = next((what for _, _, what in says.requires if what in names), "")

    def heard(set_: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
        return tuple(value for where, value in set_ if where in ("", required))

    return Ruling(
        point.fault_class,
        says.forbid,
        required,
        frozenset(r.id for r in left if not required or required in (r.id, r.verdict)),
        heard(says.channels),
        says.forbid_channel,
        next(iter(heard(says.charges)), ""),
        next(iter(heard(says.promises)), ""),
        (),
    )


class _Judge:
    """One knowledge base, and its failures at points."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.kb = kb = subject.kb
        self.standing = standing_facts(kb)
        self.faults: dict[str, list[Fault]] = {}
        for fault in kb.faults.values():
            self.faults.setdefault(fault.fault_class, []).append(fault)
        self.curing = {f.id: [r for r in kb.remedies.values() if cures(f, r)] for f in kb.faults.values()}
        self.of_class = {
            c: [r for r in kb.remedies.values() if any(r in self.curing[f.id] for f in faults)]
            for c, faults in self.faults.items()
        }

    def failures(self, view: View) -> Iterator[Failure]:
        """Holes, contradictions, broken invariants; of each the smallest case."""
        holes: set[str] = set()
        for point in sorted(points(view), key=_smallest):
            ruling = ruling_of(self.kb, point)
            if point.fault_class not in holes and not for_danger(self.kb, ruling.required):
                fault = self.uncured(point, ruling)
                if fault is not None:
                    holes.add(point.fault_class)
                    yield self.hole(point, fault)
            yield from self.contradictions(point)
        for code, invariant, words in _wanted(self.subject):
            key = ("invariant", code, invariant.id)
            if any(k == key for k, _ in view.keys):
                yield from self.broken(points(view, key), code, invariant, words)

    def told(
        self, code: str, subject: str, message: str, place: Place, point: Point, rules: Iterable[Firing]
    ) -> Failure:
        return Failure(
            code,
            subject,
            self.subject.programme,
            (self.kb.handset.id,),
            message,
            place,
            point.state.given,
            tuple((f.rule.id, f.rule.origin.place) for f in rules),
        )

    def facts(self, point: Point) -> Facts:
        """The facts of its smallest case, without the class."""
        facts: Facts = {**self.standing, **dict(point.state.facts)}
        del facts[FAULT_CLASS]
        return facts

    def firings(self, point: Point) -> Ruling:
        """The ruling of the rules themselves on its smallest case."""
        return rule_on(self.kb, self.facts(point), point.fault_class)

    def uncured(self, point: Point, ruling: Ruling) -> Fault | None:
        """The first fault of the class in front that nothing cures which is left."""
        return next(
            (
                f
                for f in self.faults[point.fault_class]
                if not any(r.id in ruling.allowed for r in self.curing[f.id])
            ),
            None,
        )

    def hole(self, point: Point, fault: Fault) -> Failure:
        """With the text that closes it."""
        ruling = self.firings(point)
        required = ruling.required or None
        against = [f for f in ruling.firings if f.rule.then.forbid or f.rule.then.require == required]
        place = against[0].rule.origin.place if against else fault.origin.place
        message = f"no remedy that cures {fault.id} ({point.fault_class}) is left"
        failure = self.told("P101", point.fault_class, message, place, point, against)
        return replace(failure, mend=mend(self.kb, self.facts(point), ruling, fault))

    def contradictions(self, point: Point) -> Iterator[Failure]:
        """Two rules, each requiring what forbidding leaves, and not the same.

        Of one verdict, the rule of higher salience refines the other; between verdicts nothing may be
        left to salience, but for danger, which comes before every policy.
        """
        left = [r for r in self.kb.remedies.values() if not point.says.forbid & {r.id, r.verdict}]
        meant = [
            (rule, salience, what, frozenset((r.id, r.verdict) for r in left if what in (r.id, r.verdict)))
            for rule, salience, what in point.says.requires
        ]
        for i, (one, weight, what, remedies) in enumerate(meant):
            for other, weight_too, what_too, remedies_too in meant[i + 1 :]:
                if not remedies or not remedies_too or remedies & remedies_too:
                    continue
                refined = {v for _, v in remedies} & {v for _, v in remedies_too} or for_danger(self.kb, what)
                if weight > weight_too and refined:
                    continue
                message = f"{one} requires {what}, {other} requires {what_too}"
                both = [f for f in self.firings(point).firings if f.rule.id in (one, other)]
                yield self.told("P102", f"{one}+{other}", message, both[-1].rule.origin.place, point, both)

    def broken(
        self, found: Sequence[Point], code: str, invariant: Invariant, words: str
    ) -> Iterator[Failure]:
        """The smallest combination with an outcome that the invariant does not suffer."""
        for point in sorted(found, key=_smallest):
            ruling = ruling_of(self.kb, point)
            for remedy in self.of_class[point.fault_class]:
                if remedy.id not in ruling.allowed:
                    continue
                ways = outcome_fields(self.kb, ruling, remedy)
                if all(t.holds_for(ways[t.field]) for t in invariant.outcome) is (invariant.kind == "never"):
                    by = ", ".join(f"{k} {ways[k]}" for k in ("channel", "charge") if ways[k])
                    message = f"{words}; but {remedy.id} may be the outcome" + (f" ({by})" if by else "")
                    rules = [f for f in self.firings(point).firings if _sets(f.rule)]
                    guilty = [f.rule.origin.place for f in rules if _gives(f.rule, ways)]
                    place = invariant.origin.place
                    if place == NOWHERE:
                        place = next(iter(guilty), remedy.origin.place)
                    yield self.told(code, invariant.id, message, place, point, rules)
                    return


def outcome_fields(kb: KnowledgeBase, ruling: Ruling, remedy: Remedy) -> dict[str, Scalar]:
    """An outcome by the names that invariants call its fields."""
    channel, charge = channel_for(kb, ruling, remedy), charge_for(kb, ruling, remedy)
    return {
        "verdict": remedy.verdict,
        "remedy": remedy.id,
        "channel": channel,
        "charge": charge,
        "promise": "" if remedy.verdict == "advice" else ruling.promise,
        "carrier": channel in kb.channels and kb.channels[channel].carrier,
        "free": charge in kb.charges and kb.charges[charge].free,
    }


def _smallest(point: Point) -> int:
    return len(point.state.given)


def _gives(rule: Rule, ways: Mapping[str, Scalar]) -> bool:
    """Whether a rule has a part in how an outcome goes."""
    then = rule.then
    return (
        (bool(then.charge) and then.charge == ways["charge"])
        or (bool(then.channel) and then.channel == ways["channel"])
        or (bool(then.require) and then.require in (ways["remedy"], ways["verdict"]))
    )


def _sets(rule: Rule) -> bool:
    return bool(rule.then.require or rule.then.channel or rule.then.charge)


def _note_dead(subject: Subject, dead: dict[tuple[str, Place], list[tuple[Subject, Rule]] | None]) -> None:
    """Rules that nothing can bring to fire here; one that can fire anywhere is no longer looked at."""
    kb = subject.kb
    standing = standing_facts(kb)
    for rule in kb.rules:
        key = (rule.id, rule.origin.place)
        if key in dead and dead[key] is None:
            continue
        alternatives = [a for p in rule.alternatives if (a := live(p, standing)) is not None]
        if not alternatives:
            continue
        if any(can_hold(kb, a) for a in alternatives):
            dead[key] = None
        else:
            silent = dead.setdefault(key, [])
            if silent is not None:
                silent.append((subject, rule))


def can_hold(kb: KnowledgeBase, premises: Premises) -> bool:
    """Whether some combination of answers meets all premises."""
    if not premises:
        return True
    try:
        found = states(space_of(kb, [premises], [((0,),)], classes_of(kb)))
    except TooMany:
        return True
    return any(satisfied(premises, dict(state.facts)) for state in found)


def _dead(subject: Subject, rule: Rule) -> Failure:
    kb = subject.kb
    alone = [c for p in rule.alternatives for c in (live(p, standing_facts(kb)) or ())]
    why = next((c for c in alone if not can_hold(kb, (c,))), None)
    reason = f": {why.fact} never has the value it asks for" if why else ": its premises exclude each other"
    return Failure(
        "P107",
        rule.id,
        subject.programme,
        (kb.handset.id,),
        f"{rule.id} can never fire{reason}",
        why.place if why else rule.origin.place,
        rules=((rule.id, rule.origin.place),),
    )


def _note_idle(
    subject: Subject,
    idle: dict[tuple[str, Place], list[tuple[Subject, Invariant]] | None],
) -> None:
    standing = standing_facts(subject.kb)
    for invariant in subject.invariants:
        key = (invariant.id, invariant.origin.place)
        if key in idle and idle[key] is None:
            continue
        held = (live(p, standing) for p in invariant.alternatives)
        alternatives = [a for a in held if a is not None]
        if any(can_hold(subject.kb, a) for a in alternatives):
            idle[key] = None
        else:
            never = idle.setdefault(key, [])
            if never is not None:
                never.append((subject, invariant))


def _idle(subject: Subject, invariant: Invariant) -> Failure:
    return Failure(
        "P203",
        invariant.id,
        subject.programme,
        (subject.kb.handset.id,),
        f"{invariant.kind} {invariant.id}: no combination of facts meets its premises, so it says nothing",
        invariant.origin.place,
    )

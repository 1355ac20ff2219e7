"""One knowledge base held to its demands, point by point: holes, contradictions, broken invariants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from diagnose.knowledge.invariants import Invariant
from diagnose.knowledge.model import NOWHERE, Fault, KnowledgeBase, Place, Remedy, Rule, Scalar
from diagnose.reasoning.facts import Facts, standing_facts
from diagnose.reasoning.policy import FAULT_CLASS, Ruling, channel_for, charge_for, rule_on
from diagnose.reasoning.rules import Firing

from .mend import cures, for_danger, mend
from .points import Point, View, points, ruling_of
from .subject import Failure, Subject, wanted


class Judge:
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
        for code, invariant, words in wanted(self.subject):
            key = ("invariant", code, invariant.id)
            if any(k == key for k, _ in view.keys):
                yield from self.broken(points(view, key), code, invariant, words)

    def told(
        self, code: str, subject: str, message: str, place: Place, point: Point, rules: Iterable[Firing]
    ) -> Failure:
        """A failure whose case is the smallest that the point stands for."""
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

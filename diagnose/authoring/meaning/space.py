"""Which facts can hold together: satisfiability of premises over the facts that a call can bring about.

A premise set is satisfiable when some call makes all of it known and true: answers that may be given
(their ``needs`` not known to fail), attributes as they are, and derived facts whose rules can fire.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from diagnose.knowledge.model import UNKNOWN, Condition, KnowledgeBase, Premises, Rule, Scalar, same
from diagnose.reasoning.facts import Facts, standing_facts
from diagnose.reasoning.policy import FAULT_CLASS

TRIED = ("cured", "not_cured", "declined")
MOST_BRANCHES = 20_000
"""Ways of deriving facts that are tried before a premise set is taken for satisfiable."""
DAYS_OF_A_MONTH = (28, 31)
_TYPED = "typed"

Key = tuple[type, Scalar]


def _key(value: Scalar) -> Key:
    # True == 1, but they are different values of a fact
    return (bool if isinstance(value, bool) else object, value)


@dataclass(frozen=True, slots=True)
class Domain:
    """What a fact may still be: one of ``values``, else anything but ``without``, or a number in a range."""

    values: tuple[Scalar, ...] | None = None
    without: tuple[Scalar, ...] = ()
    low: float | None = None
    high: float | None = None

    @property
    def ranged(self) -> bool:
        """Whether it has to be a number within bounds."""
        return self.low is not None or self.high is not None

    def narrowed(self, condition: Condition) -> Domain | None:
        """What is left once the condition holds too; None when nothing is."""
        if self.values is not None:
            left = tuple(v for v in self.values if condition.holds_for(v))
            return replace(self, values=left) if left else None
        if not condition.values:
            low = _most(self.low, condition.at_least)
            high = _least(self.high, condition.at_most)
            if low is not None and high is not None and low > high:
                return None
            return replace(self, low=low, high=high)
        if condition.negated:
            return replace(self, without=(*self.without, *condition.values))
        left = tuple(v for v in condition.values if self._admits(v))
        return Domain(left) if left else None

    def _admits(self, value: Scalar) -> bool:
        if any(same(value, v) for v in self.without):
            return False
        if not self.ranged:
            return True
        return Condition("", at_least=self.low, at_most=self.high).holds_for(value)

    def within(self, other: Domain) -> bool:
        """Whether every value of this domain is one of the other's."""
        if self.values is not None:
            if other.values is not None:
                theirs = {_key(v) for v in other.values}
                return all(_key(v) in theirs for v in self.values)
            return all(other._admits(v) for v in self.values)
        if other.values is not None:
            return False
        inside = (other.low is None or (self.low is not None and self.low >= other.low)) and (
            other.high is None or (self.high is not None and self.high <= other.high)
        )
        mine = {_key(v) for v in self.without}
        return inside and all(_key(v) in mine for v in other.without)

    def some(self) -> Scalar | None:
        """A value of it, the simplest first; None when none is left."""
        if self.values is not None:
            return self.values[0] if self.values else None
        start = self.low if self.low is not None else min(self.high or 0.0, 0.0)
        if not self.ranged and not self.without:
            return _TYPED
        for step in range(len(self.without) + 1):
            number = start + step
            value = int(number) if float(number).is_integer() else number
            if self._admits(value):
                return value
        return None


def _most(a: float | None, b: float | None) -> float | None:
    return b if a is None else a if b is None else max(a, b)


def _least(a: float | None, b: float | None) -> float | None:
    return b if a is None else a if b is None else min(a, b)


Domains = dict[str, Domain]


class Space:
    """The facts of one knowledge base, and what combinations of them a call can bring about."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.kb = kb
        self.standing = standing_facts(kb)
        self.deriving: dict[str, list[Rule]] = {}
        for rule in kb.rules:
            for fact, _ in rule.then.derive:
                self.deriving.setdefault(fact, []).append(rule)
        self.classes = tuple(dict.fromkeys(f.fault_class for f in kb.faults.values()))
        self._universe: dict[str, Domain | None] = {}

    def universe(self, fact: str) -> Domain | None:
        """Everything that a fact can be here; None when it is never known."""
        if fact not in self._universe:
            self._universe[fact] = self._all(fact)
        return self._universe[fact]

    def _all(self, fact: str) -> Domain | None:  # noqa: PLR0911 - one way out for each sort of fact
        owner, _, name = fact.partition(".")
        kb = self.kb
        if fact in kb.symptoms:
            symptom = kb.symptoms[fact]
            if symptom.answer_type != "choice":
                return Domain()
            derived = [v for r in self.deriving.get(fact, ()) for f, v in r.then.derive if f == fact]
            return Domain(tuple(dict.fromkeys([*(a.id for a in symptom.answers), UNKNOWN, *derived])))
        if not name:
            rules = self.deriving.get(fact, ())
            values = {_key(v): v for r in rules for f, v in r.then.derive if f == fact}
            return Domain(tuple(values.values())) if values else None
        if fact == FAULT_CLASS:
            return Domain(self.classes) if self.classes else None
        if fact in self.standing:
            return Domain((self.standing[fact],))
        if owner == "tried":
            return Domain(TRIED) if name in kb.remedies else None
        if owner == "retailer":
            known = (dict(r.attributes) | {"id": r.id} for r in kb.retailers.values())
            values = {_key(a[name]): a[name] for a in known if name in a}
            asked = "retailer" in kb.symptoms or "retailer" in self.deriving
            return Domain(tuple(values.values())) if values and asked else None
        if owner in kb.symptoms and name in ("days", "months"):
            return Domain(low=0.0) if kb.symptoms[owner].answer_type == "date" else None
        return None

    def domains(self, premises: Iterable[Condition]) -> Domains | None:
        """What each fact of the premises may be, each by itself; None when one of them can be nothing."""
        found: Domains = {}
        for condition in premises:
            before = found.get(condition.fact) or self.universe(condition.fact)
            left = before.narrowed(condition) if before is not None else None
            if left is None:
                return None
            found[condition.fact] = left
        return found

    def implies(self, premises: Premises, others: Premises) -> bool:
        """Whether the second premises hold whenever the first do."""
        first, second = self.domains(premises), self.domains(others)
        if first is None:
            return True
        if second is None:
            return False
        return all(
            (fact in first and first[fact].within(domain)) or self._always(fact, domain)
            for fact, domain in second.items()
        )

    def _always(self, fact: str, domain: Domain) -> bool:
        return fact in self.standing and Domain((self.standing[fact],)).within(domain)

    def witness(self, premises: Iterable[Condition]) -> Facts | None:
        """Facts that a call can bring about and on which the premises hold; None when there are none.

        Derived facts among the premises stand for themselves in it, beside what they are derived from.
        """
        domains = self.domains(premises)
        if domains is None:
            return None
        return _Search(self).run(domains)

    def witnesses(self, premises: Premises) -> Iterator[Facts]:
        """The witness, then those that differ from it in one fact that the premises leave open."""
        first = self.witness(premises)
        if first is None:
            return
        yield first
        for fact, domain in (self.domains(premises) or {}).items():
            for value in domain.values or ():
                if not same(value, first[fact]):
                    other = self.witness((*premises, Condition(fact, (value,))))
                    if other is not None:
                        yield other


class _Search:
    """One search for a witness."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.branches = 0

    def run(self, domains: Domains) -> Facts | None:
        return self._support(domains, frozenset(), frozenset())

    def _support(self, domains: Domains, supported: frozenset[str], answered: frozenset[str]) -> Facts | None:
        """The witness once every fact that does not stand by itself has something to bring it about."""
        self.branches += 1
        if self.branches > MOST_BRANCHES:
            return _values(domains)
        fact = next((f for f in domains if f not in supported), None)
        if fact is None:
            return self._finished(domains, answered)
        symptoms = self.space.kb.symptoms
        if fact in symptoms:
            found = self._support(domains, supported | {fact}, answered | {fact})
            if found is not None:
                return found
        elif fact not in self.space.deriving:
            return self._support(self._with_owner(fact, domains), supported | {fact}, answered)
        for rule in self.space.deriving.get(fact, ()):
            value = dict(rule.then.derive)[fact]
            exact = domains[fact].narrowed(Condition(fact, (value,)))
            if exact is None:
                continue
            for alternative in rule.alternatives:
                wider = self._narrowed({**domains, fact: exact}, alternative)
                if wider is not None:
                    found = self._support(wider, supported | {fact}, answered - {fact})
                    if found is not None:
                        return found
        return None

    def _with_owner(self, fact: str, domains: Domains) -> Domains:
        """An age is known only when its date is: not of a date that the caller does not know."""
        owner = fact.partition(".")[0]
        symptom = self.space.kb.symptoms.get(owner)
        if symptom is None or symptom.answer_type != "date" or owner in domains:
            return domains
        return {**domains, owner: Domain(without=(UNKNOWN,))}

    def _narrowed(self, domains: Domains, premises: Iterable[Condition]) -> Domains | None:
        left = dict(domains)
        for condition in premises:
            before = left.get(condition.fact) or self.space.universe(condition.fact)
            after = before.narrowed(condition) if before is not None else None
            if after is None:
                return None
            left[condition.fact] = after
        return left

    def _finished(self, domains: Domains, answered: frozenset[str]) -> Facts | None:
        """Values for the facts, unless an answer among them would not apply, or ages do not fit."""
        left: Domains | None = domains
        for fact in sorted(answered):
            assert left is not None
            known = [c for c in self.space.kb.symptoms[fact].needs if c.fact in left]
            left = self._narrowed(left, known)
            if left is None:
                return None
        assert left is not None
        if not self._dates(left):
            return None
        return self._shop(left)

    def _dates(self, domains: Domains) -> bool:
        for symptom in self.space.kb.symptoms.values():
            if symptom.answer_type != "date":
                continue
            months, days = (domains.get(f"{symptom.id}.{unit}") for unit in ("months", "days"))
            if (months or days) and symptom.id in domains:
                values = domains[symptom.id].values
                if values is not None and all(v == UNKNOWN for v in values):
                    return False
            if months is not None and days is not None:
                shortest, longest = DAYS_OF_A_MONTH
                if days.high is not None and months.low is not None and days.high < months.low * shortest:
                    return False
                if days.low is not None and months.high is not None:
                    return days.low <= (months.high + 1) * longest
        return True

    def _shop(self, domains: Domains) -> Facts | None:
        """With premises on the retailer: one shop that meets them all."""
        wanted = {f: d for f, d in domains.items() if f.startswith("retailer.")}
        if not wanted:
            return _values(domains)
        named = domains.get("retailer")
        for shop in self.space.kb.retailers.values():
            has: Mapping[str, Scalar] = {f"retailer.{k}": v for k, v in shop.attributes} | {
                "retailer.id": shop.id
            }
            fits = all(f in has and Domain((has[f],)).within(d) for f, d in wanted.items())
            if fits and (named is None or Domain((shop.id,)).within(named)):
                chosen = {f: Domain((has[f],)) for f in wanted} | {"retailer": Domain((shop.id,))}
                return _values({**domains, **chosen})
        return None


def _values(domains: Domains) -> Facts | None:
    facts: Facts = {}
    for fact, domain in domains.items():
        value = domain.some()
        if value is None:
            return None
        facts[fact] = value
    return facts


@lru_cache(maxsize=128)
def space(kb: KnowledgeBase) -> Space:
    """The space of a knowledge base, made once."""
    return Space(kb)

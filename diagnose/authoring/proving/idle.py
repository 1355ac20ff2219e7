"""Rules that nothing can bring to fire, and invariants that say nothing, on any handset of a catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from diagnose.knowledge.invariants import Invariant
from diagnose.knowledge.model import KnowledgeBase, Place, Premises, Rule, satisfied
from diagnose.reasoning.facts import Facts, standing_facts

from .dimensions import space_of
from .points import classes_of
from .premises import live
from .space import TooMany, states
from .subject import Failure, Subject

Named = tuple[str, Place]


@dataclass(slots=True)
class Idle:
    """What nothing has met so far, with where it was looked for; None once something has, somewhere."""

    rules: dict[Named, list[tuple[Subject, Rule]] | None] = field(default_factory=dict)
    invariants: dict[Named, list[tuple[Subject, Invariant]] | None] = field(default_factory=dict)

    def look(self, subject: Subject) -> None:
        """Looks at one more knowledge base. A rule that is not for such a handset is passed over."""
        standing = standing_facts(subject.kb)
        for rule in subject.kb.rules:
            alternatives = _living(rule, standing)
            if alternatives:
                _note(self.rules, rule, subject, alternatives)
        for invariant in subject.invariants:
            _note(self.invariants, invariant, subject, _living(invariant, standing))

    @property
    def silent(self) -> bool:
        """Whether there is anything that nothing has met so far."""
        return any(self.rules.values()) or any(self.invariants.values())

    def look_elsewhere(self, subject: Subject) -> None:
        """Looks whether what nothing has met so far is met in a knowledge base that was not asked for."""
        standing = standing_facts(subject.kb)
        for rule in subject.kb.rules:
            _find(self.rules, rule, subject, standing)
        for invariant in subject.invariants:
            _find(self.invariants, invariant, subject, standing)

    def failures(self) -> Iterator[Failure]:
        """One for each knowledge base in which it was looked for."""
        for silent in self.rules.values():
            yield from (_dead(subject, rule) for subject, rule in silent or ())
        for never in self.invariants.values():
            yield from (_idle(subject, invariant) for subject, invariant in never or ())


Kept = TypeVar("Kept", Rule, Invariant)


def _note(
    kept: dict[Named, list[tuple[Subject, Kept]] | None],
    one: Kept,
    subject: Subject,
    alternatives: Iterable[Premises],
) -> None:
    silent = kept.setdefault((one.id, one.origin.place), [])
    if silent is None:
        return
    if any(can_hold(subject.kb, a) for a in alternatives):
        kept[one.id, one.origin.place] = None
    else:
        silent.append((subject, one))


def _living(one: Rule | Invariant, standing: Facts) -> list[Premises]:
    """The alternatives that the handset and the programme leave."""
    return [a for p in one.alternatives if (a := live(p, standing)) is not None]


def _find(
    kept: dict[Named, list[tuple[Subject, Kept]] | None], one: Kept, subject: Subject, standing: Facts
) -> None:
    if kept.get((one.id, one.origin.place)) and any(can_hold(subject.kb, a) for a in _living(one, standing)):
        kept[one.id, one.origin.place] = None


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


def _idle(subject: Subject, invariant: Invariant) -> Failure:
    return Failure(
        "P203",
        invariant.id,
        subject.programme,
        (subject.kb.handset.id,),
        f"{invariant.kind} {invariant.id}: no combination of facts meets its premises, so it says nothing",
        invariant.origin.place,
    )

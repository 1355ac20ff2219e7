"""What holds of every outcome that the rules leave, over all combinations of the facts that they see.

Policy rules speak of classes of faults and of facts, never of single faults or of probabilities. So what
they allow can be gone through completely (:mod:`.proving.space`), and each demand
on it is either proved or refuted by the smallest case that breaks it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from diagnose.authoring.proving.idle import Idle
from diagnose.authoring.proving.judge import Judge
from diagnose.authoring.proving.points import points, view_of
from diagnose.authoring.proving.space import TooMany
from diagnose.authoring.proving.subject import Failure, Subject
from diagnose.knowledge.model import NOWHERE


@dataclass(frozen=True, slots=True)
class Proof:
    """What was gone through: pairs of handset and programme, combinations of answers; what failed."""

    pairs: tuple[tuple[str, str], ...]
    combinations: int
    failures: tuple[Failure, ...]


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


def prove(subjects: Iterable[Subject], others: Iterable[Subject] = ()) -> Proof:
    """Everything demanded of these knowledge bases, in the order of codes, programmes and subjects.

    ``others``: those of the folder that are not to be proved, asked only when a rule or an invariant seems
    to say nothing: it may be there for them.
    """
    tally = _Tally()
    pairs: list[tuple[str, str]] = []
    idle = Idle()
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
        for failure in Judge(subject).failures(view):
            tally.add(failure)
        idle.look(subject)
    for subject in others:
        if not idle.silent:
            break
        idle.look_elsewhere(subject)
    for failure in idle.failures():
        tally.add(failure)
    order = sorted(tally.failures(), key=lambda f: (f.code, f.programme, f.place, f.subject))
    return Proof(tuple(pairs), combinations, tuple(order))

"""What holds of every outcome that the rules leave, over all combinations of the facts that they see.

Policy rules speak of classes of faults and of facts, never of single faults or of probabilities. So what
they allow can be gone through completely (:mod:`.proving.space`), and each demand
on it is either proved or refuted by the smallest case that breaks it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from diagnose.authoring.folder import Pair
from diagnose.authoring.processes import processes
from diagnose.knowledge import catalogue
from diagnose.knowledge.layers import Shelf
from diagnose.knowledge.model import NOWHERE

from .idle import Idle
from .judge import Judge
from .points import points, view_of
from .space import TooMany
from .subject import Failure, Subject


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


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of going through one knowledge base: combinations of answers, and what failed."""

    combinations: int
    failures: tuple[Failure, ...]


def seen(subject: Subject) -> Seen:
    """All that can be said of a knowledge base without the others; most of the work."""
    try:
        view = view_of(subject)
        combinations = sum(p.state.count for p in points(view))
    except TooMany as why:
        message = f"{why}: more than can be gone through"
        whose = (subject.kb.handset.id,)
        return Seen(0, (Failure("P301", "+".join(why.facts), subject.programme, whose, message, NOWHERE),))
    return Seen(combinations, tuple(Judge(subject).failures(view)))


def seen_in(folder: Path, pairs: Sequence[Pair], jobs: int) -> Iterator[Seen]:
    """:func:`seen` of those of the pairs that can be used, in their order, by so many processes."""
    lot = max(1, -(-len(pairs) // (4 * jobs)))
    lots = [(folder, tuple(pairs[i : i + lot])) for i in range(0, len(pairs), lot)]
    with processes(jobs) as pool:
        for found in pool.map(_lot, lots):
            yield from found


def _lot(given: tuple[Path, Sequence[Pair]]) -> list[Seen]:
    folder, pairs = given
    shelf = Shelf(folder)
    loaded = (subject_of(catalogue.load(folder, *pair, shelf)) for pair in pairs)
    return [seen(subject) for subject in loaded if subject is not None]


def subject_of(loaded: catalogue.Loaded) -> Subject | None:
    """What is to be proved of what was loaded; None when it cannot be used, or has no faults."""
    if loaded.knowledge is None or not loaded.knowledge.faults:
        return None
    return Subject(loaded.knowledge, loaded.invariants)


def prove(
    subjects: Iterable[Subject], others: Iterable[Subject] = (), looked: Iterable[Seen] | None = None
) -> Proof:
    """Everything demanded of these knowledge bases, in the order of codes, programmes and subjects.

    ``looked``: what came of each, where that is found elsewhere. ``others``: those of the folder that are
    not to be proved, asked only when a rule or an invariant seems to say nothing: it may be there for them.
    """
    tally = _Tally()
    pairs: list[tuple[str, str]] = []
    idle = Idle()
    combinations = 0
    elsewhere = None if looked is None else iter(looked)
    for subject in subjects:
        pairs.append((subject.kb.handset.id, subject.programme))
        found = seen(subject) if elsewhere is None else next(elsewhere)
        combinations += found.combinations
        for failure in found.failures:
            tally.add(failure)
        if found.combinations:
            idle.look(subject)
    for subject in others:
        if not idle.silent:
            break
        idle.look_elsewhere(subject)
    for failure in idle.failures():
        tally.add(failure)
    order = sorted(tally.failures(), key=lambda f: (f.code, f.programme, f.place, f.subject))
    return Proof(tuple(pairs), combinations, tuple(order))

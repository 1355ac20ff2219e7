"""Mutation score: of the ways in which the knowledge could be spoilt, how many does some case notice?

Each case is played once. A mutant is held against the recorded calls only where it can bear on them. All
answers being what they were, does the case end as expected? If so, would it have been asked something else,
by rule or because the verdict turns on it? Then it is run anew. That a mutant makes another question
*worth* asking is not looked into: it would take the whole search for each, and cases answer for the
outcome.

A call that is otherwise, though its case expects nothing of what changed, is told apart from one that is the
same: there an expectation is missing, here a case, or the mutant changes nothing.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import zip_longest
from pathlib import Path

from diagnose.authoring.folder import Folder
from diagnose.authoring.forgetting import forget
from diagnose.authoring.processes import processes
from diagnose.cases import mismatches, run_case
from diagnose.consultation.call import after, open_call
from diagnose.knowledge.layers import Shelf
from diagnose.knowledge.model import UNKNOWN, KnowledgeBase, Rule, Scalar, satisfied
from diagnose.reasoning.assess import Ask, Try, assess
from diagnose.reasoning.policy import ENTITLEMENT_KINDS, FAULT_CLASS

from .coverage import is_row
from .mutants import Mutant, mutants, scale, spoilt, spoilt_rule
from .playing import Ending, Moment, Played, Plays, ending, usable

Facts = Mapping[str, Scalar]
MOST_LOOKED_AT = 60
"""Moments at which it is asked whether another question would be put: those where the rule lacks least."""
CHUNK = 24
"""Mutants that a process takes at a time: neighbours in the text, which need the same knowledge bases."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What of a case's call a mutant makes otherwise. The case ``fails``, or expects nothing of that."""

    case: str
    what: str
    fails: bool


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What became of the mutants: noticed (with the case that noticed first), and not.

    ``unjudged``: of those not noticed, what they change in the call of a case that expects nothing of it.
    """

    noticed: tuple[tuple[Mutant, str], ...]
    unnoticed: tuple[Mutant, ...]
    unjudged: Mapping[Mutant, Sight] = field(default_factory=dict)

    @property
    def score(self) -> float:
        """Percent noticed; 100 when there was none."""
        return _percent(len(self.noticed), len(self.noticed) + len(self.unnoticed))

    def counted(self, kind: str) -> tuple[int, int, float]:
        """Noticed, all, and percent noticed, of a kind of mutant."""
        return self._counted(lambda m: m.kind == kind)

    def unjudged_of(self, kind: str) -> int:
        """How many of a kind change the call of a case that expects nothing of what they change."""
        return sum(m.kind == kind for m in self.unjudged)

    def by_file(self) -> dict[str, dict[str, tuple[int, int, float]]]:
        """The same for each file, kind by kind, in the order of their names."""
        every = sorted({(m.place.file, m.kind) for m in (*self.unnoticed, *(m for m, _ in self.noticed))})
        found: dict[str, dict[str, tuple[int, int, float]]] = {}
        for file, kind in every:
            found.setdefault(file, {})[kind] = self._counted(partial(_is, file, kind))
        return found

    def _counted(self, counts: Callable[[Mutant], bool]) -> tuple[int, int, float]:
        seen = sum(counts(m) for m, _ in self.noticed)
        every = seen + sum(map(counts, self.unnoticed))
        return seen, every, _percent(seen, every)


def _is(file: str, kind: str, mutant: Mutant) -> bool:
    return (mutant.place.file, mutant.kind) == (file, kind)


def _percent(part: int, whole: int) -> float:
    return 100.0 * part / whole if whole else 100.0


def score(
    folder: Folder,
    plays: Plays,
    now: datetime,
    most: int | None = None,
    seed: int = 1,
    jobs: int = 1,
    means: Callable[[str], bool] = lambda _: True,
    done: Callable[[int, int], None] = lambda _done, _all: None,
) -> Verdicts:
    """The mutants of the knowledge that the cases run on: all, or at most so many, drawn by the seed.

    ``means``: whether the mutants of a file are asked for. ``done`` is told how many of how many are through.
    """
    words = scale(folder)
    every: set[Mutant] = set()
    for base in folder.bases:
        kb = base.loaded.knowledge
        pairs = {(base.handset, base.programme), (base.handset, None)}
        if kb is not None and not plays.keys().isdisjoint(pairs):
            every.update(m for m in mutants(kb, words) if means(m.place.file))
    drawn = sorted(every)
    if most is not None and len(drawn) > most:
        drawn = sorted(random.Random(seed).sample(drawn, most))
    chunks = [drawn[i : i + CHUNK] for i in range(0, len(drawn), CHUNK)]
    fine = {pair: [p for p in played if p.fine] for pair, played in plays.items()}
    sights: list[Sight | None] = []
    for some in _through(folder.root, fine, now, dict(words), chunks, jobs):
        sights += some
        done(len(sights), len(drawn))
    told = list(zip(drawn, sights, strict=True))
    return Verdicts(
        tuple((m, seen.case) for m, seen in told if seen and seen.fails),
        tuple(m for m, seen in told if not (seen and seen.fails)),
        {m: seen for m, seen in told if seen and not seen.fails},
    )


def _through(
    root: Path,
    plays: Plays,
    now: datetime,
    words: Mapping[str, float],
    chunks: Sequence[Sequence[Mutant]],
    jobs: int,
) -> Iterator[list[Sight | None]]:
    """For each chunk, what is first seen of each mutant; None where nothing is."""
    if jobs == 1 or len(chunks) < 2:
        yield from map(Bench(root, now, words, plays).sights, chunks)
        return
    with processes(jobs, _seat, (root, now, words, plays)) as pool:
        yield from pool.map(_at_bench, chunks)


class Bench:
    """What a process needs to judge mutants: the played cases, and the knowledge of each."""

    def __init__(self, root: Path, now: datetime, words: Mapping[str, float], plays: Plays) -> None:
        self.now, self.words = now, words
        shelf = Shelf(root)
        bases = ((usable(root, pair, shelf), played) for pair, played in plays.items() if played)
        self.groups = [(kb, played) for kb, played in bases if kb is not None]

    def sights(self, chunk: Iterable[Mutant]) -> list[Sight | None]:
        """Of each mutant the first case that fails, else the first whose call is otherwise; None: none is.

        Whether one ends otherwise is asked of all cases before any is run anew.
        """
        found: list[Sight | None] = []
        for mutant in chunk:
            found.append(_first(self._seen(mutant)))
            forget()  # no mutant comes back
        return found

    def _seen(self, mutant: Mutant) -> Iterator[Sight]:
        spoilt_ones = [
            (kb, other, group)
            for kb, group in self.groups
            if (other := spoilt(kb, mutant, self.words)) is not None
        ]
        for kb, other, group in spoilt_ones:
            for played in group:
                sight = ends_otherwise(kb, other, mutant, played)
                if sight is not None:
                    yield sight
        asking = [
            (lacks, other, played, moment)
            for kb, other, group in spoilt_ones
            for played in group
            for lacks, moment in _asking(kb, mutant, played)
        ]
        run: set[str] = set()
        for _, other, played, moment in sorted(asking, key=lambda a: a[0])[:MOST_LOOKED_AT]:
            if played.name in run:
                continue
            if _asks_otherwise(other, moment):
                run.add(played.name)
                call = run_case(other, played.case, self.now)
                fails = not call.over or bool(mismatches(call, played.case))
                what = _otherwise(ending(call), played.ends)
                if fails or what:
                    yield Sight(played.name, what, fails)


def _first(sights: Iterable[Sight]) -> Sight | None:
    """The first that fails; else the first."""
    first: Sight | None = None
    for sight in sights:
        if sight.fails:
            return sight
        first = first or sight
    return first


def _otherwise(now: Ending, before: Ending) -> str:
    """The first thing in which two calls differ; empty when there is none."""
    what = next((k for k in now if now[k] != before[k]), None)
    if what is None:
        return ""
    if what != "asked":
        return f"{what} {' instead of '.join(', '.join(ends[what]) or 'none' for ends in (now, before))}"
    pairs = zip_longest(now[what], before[what], fillvalue="nothing")
    return next(f"asks {is_} instead of {was}" for is_, was in pairs if is_ != was)


_seat_: list[Bench] = []
"""The bench of this process."""


def _seat(root: Path, now: datetime, words: Mapping[str, float], plays: Plays) -> None:
    _seat_.append(Bench(root, now, words, plays))


def _at_bench(chunk: Sequence[Mutant]) -> list[Sight | None]:
    return _seat_[0].sights(chunk)


def ends_otherwise(kb: KnowledgeBase, other: KnowledgeBase, mutant: Mutant, played: Played) -> Sight | None:
    """How a case ends otherwise on the spoilt knowledge, all answers as they were; None if it does not."""
    end = played.moments[-1]
    if mutant.of_frequency:
        seen = end.findings.answer_to(mutant.part) not in (None, UNKNOWN)
    else:
        rule, changed = _both(kb, mutant)
        classes = dict.fromkeys(f.fault_class for f in kb.faults.values())
        seen = any(_differ(rule, changed, {**end.facts, FAULT_CLASS: c}) for c in classes)
    if not seen:
        return None
    call = open_call(other, played.events[0], look_ahead=False)  # type: ignore[arg-type]  # a call begins so
    for event in played.events[1:]:
        call = after(call, event)
    if missed := mismatches(call, played.case):
        return Sight(played.name, missed[0].what, fails=True)
    what = _otherwise(ending(call), played.ends)
    return Sight(played.name, what, fails=False) if what else None


def _asks_otherwise(other: KnowledgeBase, moment: Moment) -> bool:
    """Whether another question may be put by rule, or because the verdict turns on it."""
    return assess(other, moment.findings, choose=None).next != moment.step


def _asking(kb: KnowledgeBase, mutant: Mutant, played: Played) -> Iterator[tuple[int, Moment]]:
    """The moments at which a rule, or what the verdict turns on, may have put another question.

    A rule that fires, or not, as it did before demands what it did before. What the verdict turns on is
    sought on answers that are not given yet: there it is enough that the rule may yet fire. Each moment has
    the number of answers that the rule lacks for that.
    """
    if mutant.of_frequency:
        return
    rule, changed = _both(kb, mutant)
    demands = bool(rule.then.ask or rule.then.skip or rule.then.derive)
    row = is_row(rule) or bool(rule.then.derive)
    for moment in played.moments:
        facts = {**moment.facts, FAULT_CLASS: moment.fault_class}
        step = moment.step
        if isinstance(step, Try) or (isinstance(step, Ask) and step.reason == "value"):
            # which of several questions is worth most is not looked into, only whether one must be asked
            if rule.then.ask and _fires(changed, facts) and not _fires(rule, facts):
                yield 0, moment
        elif demands and _differ(rule, changed, facts):
            yield 0, moment
        elif row and not (isinstance(step, Ask) and step.reason == "rule"):
            lacks = [n for r in (rule, changed) for n in _lacking(kb, r, facts)]
            if _differ(rule, changed, facts):
                yield 0, moment
            elif lacks:
                yield min(lacks), moment


def _both(kb: KnowledgeBase, mutant: Mutant) -> tuple[Rule, Rule]:
    """The rule that a mutant spoils, as it was and as it is."""
    rule = next(r for r in kb.rules if r.id == mutant.entry)
    return rule, spoilt_rule(rule, mutant) or rule


def _differ(rule: Rule, changed: Rule, facts: Facts) -> bool:
    return _fires(rule, facts) != _fires(changed, facts)


def _fires(rule: Rule, facts: Facts) -> bool:
    return any(satisfied(a, facts) for a in rule.alternatives)


def _lacking(kb: KnowledgeBase, rule: Rule, facts: Facts) -> Iterator[int]:
    """For each alternative that lacks nothing but answers to open questions of entitlement: how many."""
    for alternative in rule.alternatives:
        known = [c for c in alternative if c.fact in facts]
        open_ = [c.fact for c in alternative if c.fact not in facts]
        if open_ and satisfied(known, facts) and all(_may_be_asked(kb, fact) for fact in open_):
            yield len(open_)


def _may_be_asked(kb: KnowledgeBase, fact: str) -> bool:
    symptom = kb.symptoms.get(fact.partition(".")[0])
    # what no question asks may be derived
    return symptom is None or symptom.kind in ENTITLEMENT_KINDS

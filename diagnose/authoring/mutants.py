"""Mutation score: knowledge spoilt a little, one way at a time; which spoiling does no case notice?

A mutant drops a condition, flips the answer that a condition asks for, or shifts a frequency by one word. It
is noticed when a case that came out as expected does so no longer.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from diagnose.cases import Case, linked, mismatches, run_case
from diagnose.consultation.call import Call
from diagnose.knowledge.catalogue import load
from diagnose.knowledge.layers import WORDS
from diagnose.knowledge.model import UNKNOWN, Condition, Fault, KnowledgeBase, Place, Rule, Scalar, satisfied
from diagnose.knowledge.probability import FLOOR
from diagnose.reasoning.policy import FAULT_CLASS

from .casefile import Written
from .coverage import facts_at, is_row, moments
from .folder import Folder
from .running import groups_of

Facts = dict[str, Scalar]


@dataclass(frozen=True, slots=True, order=True)
class Mutant:
    """A way of spoiling: ``kind`` drop, flip or shift; where; of what entry; the part of it, and to what."""

    place: Place
    kind: str
    entry: str
    alternative: int
    part: str
    to: str = ""

    @property
    def words(self) -> str:
        """What it does."""
        if self.kind == "drop":
            return f"rule {self.entry}: the condition on {self.part} is dropped"
        if self.kind == "flip":
            return f"rule {self.entry}: {self.part} is to be {self.to}"
        return f"fault {self.entry}: shows {self.part} {self.to}"


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What became of the mutants: noticed (with the case that noticed first), and not."""

    noticed: tuple[tuple[Mutant, str], ...]
    unnoticed: tuple[Mutant, ...]

    @property
    def score(self) -> float:
        """Percent noticed; 100 when there was none."""
        every = len(self.noticed) + len(self.unnoticed)
        return 100.0 * len(self.noticed) / every if every else 100.0


def scale(folder: Folder) -> tuple[tuple[str, float], ...]:
    """The words of frequency with their probabilities, the rarest first."""
    if WORDS not in folder.files:
        return ()
    listed = folder.document(WORDS).head("frequencies")
    words = (
        [(w, float(n.value)) for w, n in listed.entries.items() if isinstance(n.value, (int, float))]
        if listed
        else []
    )
    return tuple(sorted(words, key=lambda pair: pair[1]))


def mutants(kb: KnowledgeBase, words: Sequence[tuple[str, float]]) -> Iterator[Mutant]:
    """Every way of spoiling a knowledge base."""
    for rule in kb.rules:
        for i, alternative in enumerate(rule.alternatives):
            for condition in alternative:
                yield Mutant(condition.place, "drop", rule.id, i, condition.fact)
                for other in _flipped(kb, condition):
                    yield Mutant(condition.place, "flip", rule.id, i, condition.fact, other)
    for fault in kb.faults.values():
        for symptom, shares in fault.shows:
            for word, _ in _shifted(kb, symptom, shares, words):
                yield Mutant(fault.origin.place, "shift", fault.id, 0, symptom, word)


def _flipped(kb: KnowledgeBase, condition: Condition) -> list[str]:
    """The one answer that the condition is flipped to: the next that it does not ask for."""
    symptom = kb.symptoms.get(condition.fact)
    if symptom is None or not condition.values or condition.negated:
        return []
    return [a.id for a in symptom.answers if a.id not in condition.values and a.id != UNKNOWN][:1]


def _main(kb: KnowledgeBase, symptom: str, shares: tuple[float, ...]) -> int:
    """The answer that a fault shows: the one farthest above its background; of yes and no, yes."""
    answers = kb.symptoms[symptom].answers
    ids = [a.id for a in answers]
    if set(ids) == {"yes", "no"}:
        return ids.index("yes")
    return max(range(len(ids)), key=lambda i: shares[i] - answers[i].background)


def _shifted(
    kb: KnowledgeBase, symptom: str, shares: tuple[float, ...], words: Sequence[tuple[str, float]]
) -> list[tuple[str, float]]:
    """The words next to what is written, below and above."""
    p = shares[_main(kb, symptom, shares)]
    if not words:
        return []
    near = min(range(len(words)), key=lambda i: abs(words[i][1] - p))
    return [words[i] for i in (near - 1, near + 1) if 0 <= i < len(words)]


def spoilt(kb: KnowledgeBase, mutant: Mutant, words: Mapping[str, float]) -> KnowledgeBase | None:
    """The knowledge base with that done to it; None when it has nothing of the kind."""
    revision = f"{kb.revision}~{hash_of(mutant)}"
    if mutant.kind == "shift":
        fault = kb.faults.get(mutant.entry)
        if fault is None or fault.origin.place != mutant.place or mutant.part not in dict(fault.shows):
            return None
        changed = _shift(kb, fault, mutant.part, words[mutant.to])
        return replace(kb, revision=revision, faults={**kb.faults, fault.id: changed})
    for i, rule in enumerate(kb.rules):
        if rule.id == mutant.entry:
            other = spoilt_rule(rule, mutant)
            if other is None:
                return None
            return replace(kb, revision=revision, rules=(*kb.rules[:i], other, *kb.rules[i + 1 :]))
    return None


def hash_of(mutant: Mutant) -> str:
    """A name of its own for what a mutant makes; the same in every process."""
    return f"{mutant.place}/{mutant.kind}/{mutant.entry}/{mutant.alternative}/{mutant.part}/{mutant.to}"


def spoilt_rule(rule: Rule, mutant: Mutant) -> Rule | None:
    """The rule with that done to it; None when it has no such condition."""
    alternatives = []
    found = False
    for alternative in rule.alternatives:
        at = [i for i, c in enumerate(alternative) if c.place == mutant.place and c.fact == mutant.part]
        if not at:
            alternatives.append(alternative)
            continue
        found = True
        i = at[0]
        new = () if mutant.kind == "drop" else (replace(alternative[i], values=(mutant.to,)),)
        alternatives.append((*alternative[:i], *new, *alternative[i + 1 :]))
    return replace(rule, alternatives=tuple(alternatives)) if found else None


def _shift(kb: KnowledgeBase, fault: Fault, symptom: str, p: float) -> Fault:
    shows = []
    for name, shares in fault.shows:
        if name != symptom:
            shows.append((name, shares))
            continue
        main = _main(kb, symptom, shares)
        rest = sum(s for i, s in enumerate(shares) if i != main) or 1.0
        new = tuple(p if i == main else max(FLOOR, s * (1 - p) / rest) for i, s in enumerate(shares))
        shows.append((name, tuple(s / sum(new) for s in new)))
    return replace(fault, shows=tuple(shows))


# --- running ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Played:
    """A case that comes out as expected, with the facts at each moment of its call."""

    name: str
    case: Case
    call: Call
    facts: tuple[Facts, ...]


def score(
    folder: Folder, cases: Sequence[Written], now: datetime, most: int, seed: int, jobs: int = 1
) -> Verdicts:
    """At most so many mutants, drawn by the seed, of the knowledge that the cases run on."""
    words = scale(folder)
    groups = groups_of(cases)
    every: set[Mutant] = set()
    keys = {(g[0].case.handset, g[0].case.programme) for g in groups}
    for base in folder.bases:
        if base.loaded.knowledge is not None and (
            (base.handset, base.programme) in keys or (base.handset, None) in keys
        ):
            every.update(mutants(base.loaded.knowledge, words))
    drawn = sorted(every)
    if len(drawn) > most:
        drawn = sorted(random.Random(seed).sample(drawn, most))
    work = partial(_noticed, folder.root, now, drawn, dict(words))
    if jobs > 1 and len(groups) > 1:
        with ProcessPoolExecutor(jobs) as pool:
            found = list(pool.map(work, groups))
    else:
        found = [work(group) for group in groups]
    first: dict[Mutant, str] = {}
    for some in found:
        for mutant, name in some.items():
            first.setdefault(mutant, name)
    return Verdicts(
        tuple((m, first[m]) for m in drawn if m in first), tuple(m for m in drawn if m not in first)
    )


def _noticed(
    root: Path, now: datetime, drawn: Sequence[Mutant], words: Mapping[str, float], group: Sequence[Written]
) -> dict[Mutant, str]:
    """The mutants that a case of this group notices, with its name."""
    first = group[0].case
    kb = load(root, first.handset, first.programme).knowledge
    if kb is None or not kb.faults or not kb.remedies:
        return {}
    played = []
    for written in group:
        case, _ = linked(kb, written.case)
        call = run_case(kb, case, now)
        if case.expect and not mismatches(call, case):
            facts = tuple(facts for m in moments(call) for facts in facts_at(m))
            played.append(_Played(written.name, case, call, facts))
    found: dict[Mutant, str] = {}
    for mutant in drawn:
        other = spoilt(kb, mutant, words)
        if other is not None:
            name = next((p.name for p in played if _touches(kb, mutant, p) and _fails(other, p, now)), None)
            if name is not None:
                found[mutant] = name
    return found


def _fails(kb: KnowledgeBase, played: _Played, now: datetime) -> bool:
    call = run_case(kb, played.case, now)
    return not call.over or bool(mismatches(call, played.case))


def _touches(kb: KnowledgeBase, mutant: Mutant, played: _Played) -> bool:
    """Whether a case can notice a mutant at all.

    A rule that fires, or not, at each moment as before leaves the whole call as it was. One that bears on the
    outcome is also looked at ahead, on answers not given yet: there it is enough that it might fire. With
    policy each class may be the one in front. A frequency is looked for only where its symptom was answered
    or its fault came out: elsewhere it can at most shift a choice of questions.
    """
    if mutant.kind == "shift":
        end = played.call.assessment
        return mutant.entry == end.outcome.fault or end.findings.answer_to(mutant.part) is not None
    rule = next(r for r in kb.rules if r.id == mutant.entry)
    other = spoilt_rule(rule, mutant)
    if other is None:
        return False
    ahead = is_row(rule) or bool(rule.then.derive)
    classes = dict.fromkeys(f.fault_class for f in kb.faults.values())
    asks_class = any(c.fact == FAULT_CLASS for a in (*rule.alternatives, *other.alternatives) for c in a)
    for facts in played.facts:
        for fault_class in classes if asks_class else (None,):
            known = facts if fault_class is None else {**facts, FAULT_CLASS: fault_class}
            if _fires(rule, known) != _fires(other, known):
                return True
            if ahead and (_might_fire(rule, known) or _might_fire(other, known)):
                return True
    return False


def _fires(rule: Rule, facts: Facts) -> bool:
    return any(satisfied(a, facts) for a in rule.alternatives)


def _might_fire(rule: Rule, facts: Facts) -> bool:
    """Whether no premise of some alternative is known to fail, and some are not known yet."""
    for alternative in rule.alternatives:
        known = [c for c in alternative if c.fact in facts]
        if len(known) < len(alternative) and satisfied(known, facts):
            return True
    return False

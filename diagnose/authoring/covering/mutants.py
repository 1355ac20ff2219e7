"""Mutants: knowledge spoilt a little, one way at a time.

A mutant drops a condition, flips the answer that a condition asks for, shifts a frequency by one word, or
turns it over: what a fault nearly always shows it never shows, and the other way round. Of a sign that others
show more rarely than "never" says, that word would still tell for the fault: it is then shown by chance.
Whether any case notices is :mod:`.mutation_score`'s to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from diagnose.authoring.folder import Folder
from diagnose.knowledge.layers import WORDS
from diagnose.knowledge.model import UNKNOWN, Condition, Fault, KnowledgeBase, Place, Rule
from diagnose.knowledge.probability import FLOOR

from .coverage import asked

BY_CHANCE = "by chance only"
"""As often as any fault that says nothing of it: in place of a word."""


@dataclass(frozen=True, slots=True, order=True)
class Mutant:
    """A way of spoiling: ``kind`` drop, flip, shift or turn; where; of what entry; what part, and to what."""

    place: Place
    kind: str
    entry: str
    alternative: int
    part: str
    to: str = ""

    @property
    def of_frequency(self) -> bool:
        """Whether it spoils a frequency, not a rule."""
        return self.kind in ("shift", "turn")

    @property
    def words(self) -> str:
        """What it does."""
        if self.kind == "drop":
            return f"rule {self.entry}: the condition on {self.part} is dropped"
        if self.kind == "flip":
            return f"rule {self.entry}: {self.part} is to be {self.to}"
        return f"fault {self.entry}: shows {self.part} {self.to}"


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
            for condition in asked(alternative):
                yield Mutant(condition.place, "drop", rule.id, i, condition.fact)
                for other in _flipped(kb, condition):
                    yield Mutant(condition.place, "flip", rule.id, i, condition.fact, other)
    for fault in kb.faults.values():
        for symptom, shares in fault.shows:
            for word, _ in _shifted(kb, symptom, shares, words):
                yield Mutant(fault.origin.place, "shift", fault.id, 0, symptom, word)
            for word in _far_end(kb, symptom, shares, words):
                yield Mutant(fault.origin.place, "turn", fault.id, 0, symptom, word)


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


def _far_end(
    kb: KnowledgeBase, symptom: str, shares: tuple[float, ...], words: Sequence[tuple[str, float]]
) -> list[str]:
    """What stands at the other end of the scale from what is written."""
    if not words:
        return []
    main = _main(kb, symptom, shares)
    word, p = max((words[0], words[-1]), key=lambda word: abs(word[1] - shares[main]))
    least = kb.symptoms[symptom].answers[main].background
    return [BY_CHANCE if least < p < shares[main] else word]


def spoilt(kb: KnowledgeBase, mutant: Mutant, words: Mapping[str, float]) -> KnowledgeBase | None:
    """The knowledge base with that done to it; None when it has nothing of the kind."""
    revision = f"{kb.revision}~{hash_of(mutant)}"
    if mutant.of_frequency:
        fault = kb.faults.get(mutant.entry)
        if fault is None or fault.origin.place != mutant.place or mutant.part not in dict(fault.shows):
            return None
        changed = _shift(kb, fault, mutant.part, words.get(mutant.to))
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


def _shift(kb: KnowledgeBase, fault: Fault, symptom: str, word: float | None) -> Fault:
    """The fault with that share of its main answer; without one, with what is shown by chance."""
    shows = []
    for name, shares in fault.shows:
        if name != symptom:
            shows.append((name, shares))
            continue
        main = _main(kb, symptom, shares)
        p = kb.symptoms[symptom].answers[main].background if word is None else word
        rest = sum(s for i, s in enumerate(shares) if i != main) or 1.0
        new = tuple(p if i == main else max(FLOOR, s * (1 - p) / rest) for i, s in enumerate(shares))
        shows.append((name, tuple(s / sum(new) for s in new)))
    return replace(fault, shows=tuple(shows))

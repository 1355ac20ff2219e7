"""What the cases show: of rules, their conditions, faults, answers and policy rows, by file and line.

A condition counts when some case shows it to matter: at some moment of a call all else that its rule asks for
holds and it alone does not, so that the rule would fire without it. Not counted are conditions on handset
and programme: where one does not hold, the rule is not in the knowledge base, and no call can show it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from diagnose.authoring.folder import Folder
from diagnose.consultation.call import Call
from diagnose.knowledge.linking.applies import STATIC
from diagnose.knowledge.model import Condition, KnowledgeBase, Place, Premises, Rule, Scalar
from diagnose.reasoning.facts import told_by_tries
from diagnose.reasoning.policy import FAULT_CLASS, decides_outcome, is_policy, rule_on

KINDS = ("rules", "conditions", "faults", "answers", "policy_rows")


@dataclass(frozen=True, slots=True, order=True)
class Item:
    """Something that a case may cover: its kind, where it is written, and what it is."""

    kind: str
    place: Place
    what: str


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """How many cases cover each item, in the order of kind and text. ``cases``: how many ran."""

    hits: Mapping[Item, int]
    cases: int

    def share(self, kind: str = "") -> float:
        """Percent of the items of a kind (of all) that some case covers; 100 when there is none."""
        hits = [n for item, n in self.hits.items() if kind in ("", item.kind)]
        return 100.0 * sum(n > 0 for n in hits) / len(hits) if hits else 100.0

    def counted(self, kind: str) -> tuple[int, int]:
        """Covered, and all, of a kind."""
        hits = [n for item, n in self.hits.items() if item.kind == kind]
        return sum(n > 0 for n in hits), len(hits)


def coverage(folder: Folder, covered: Iterable[frozenset[Item]]) -> Coverage:
    """What the cases cover of all that is in the knowledge bases of the folder; ``covered``: by each case."""
    runs = list(covered)
    count = Counter(item for run in runs for item in run)
    every = {
        item
        for base in folder.bases
        if base.loaded.knowledge is not None
        for item in items(base.loaded.knowledge)
    }
    placed = {item: _placed(folder, item) for item in every}
    hits: dict[Item, int] = {}
    for item in sorted(every, key=lambda i: (KINDS.index(i.kind), placed[i])):
        hits[placed[item]] = hits.get(placed[item], 0) + count[item]
    return Coverage(hits, len(runs))


def items(kb: KnowledgeBase) -> Iterator[Item]:
    """Everything in a knowledge base that a case may cover."""
    for rule in kb.rules:
        yield _rule_item(rule)
        for i, alternative in enumerate(rule.alternatives):
            if is_row(rule):
                yield _row_item(rule, i)
            for condition in asked(alternative):
                yield Item("conditions", condition.place, f"{rule.id}: {condition.fact}")
    for fault in kb.faults.values():
        yield Item("faults", fault.origin.place, fault.id)
    for symptom in kb.symptoms.values():
        for answer in symptom.answers:
            yield Item("answers", symptom.origin.place, f"{symptom.id}: {answer.id}")


def asked(alternative: Premises) -> Iterator[Condition]:
    """The conditions that a call can meet or not; on handset and programme the linking has decided."""
    return (c for c in alternative if not c.fact.startswith(STATIC))


def is_row(rule: Rule) -> bool:
    """Whether a rule is a row of the policy: it bears on which remedy, on whose charge, by which way."""
    return is_policy(rule) or decides_outcome(rule)


def _rule_item(rule: Rule) -> Item:
    return Item("rules", rule.origin.place, rule.id)


def _row_item(rule: Rule, alternative: int) -> Item:
    premises = rule.alternatives[alternative]
    place = premises[0].place if premises else rule.origin.place
    return Item("policy_rows", place, f"{rule.id}: {alternative + 1}")


def classes_at(moment: Call) -> tuple[str, ...]:
    """The classes that policy is asked about at a moment: of the outcome's fault, and of the likeliest.

    They differ where policy itself keeps the likeliest fault from its remedy.
    """
    now = moment.assessment
    likeliest = moment.kb.faults[now.belief.ranked()[0][0]].fault_class
    return tuple(dict.fromkeys((now.outcome.fault_class, likeliest)))


def facts_at(moment: Call) -> tuple[dict[str, Scalar], ...]:
    """All that rules look at at a moment: what is known, what follows, and each class in front."""
    return tuple({**moment.assessment.facts, FAULT_CLASS: c} for c in classes_at(moment))


def seen(kb: KnowledgeBase, moments: Sequence[Call]) -> frozenset[Item]:
    """What one call covers: ``moments``, the call after each event."""
    found: set[Item] = set()
    for moment in moments:
        now = moment.assessment
        rulings = (rule_on(kb, now.facts, c).firings for c in classes_at(moment))
        for firing in chain(now.firings, *rulings):
            found.add(_rule_item(firing.rule))
            if is_row(firing.rule) and firing.alternative < len(firing.rule.alternatives):
                found.add(_row_item(firing.rule, firing.alternative))
        for facts in facts_at(moment):
            found.update(_mattering(kb, facts))
    end = moments[-1].assessment
    found.add(Item("faults", kb.faults[end.outcome.fault].origin.place, end.outcome.fault))
    answers = ((f.symptom, f.answer) for f in end.findings.answers)
    for name, answer in chain(answers, told_by_tries(kb, end.findings)):
        symptom = kb.symptoms.get(name)
        if symptom is not None and symptom.answer(answer) is not None:
            found.add(Item("answers", symptom.origin.place, f"{name}: {answer}"))
    return frozenset(found)


def _mattering(kb: KnowledgeBase, facts: Mapping[str, Scalar]) -> Iterator[Item]:
    """The conditions that alone keep their rule from firing on these facts."""
    for rule in kb.rules:
        failing = [
            [c for c in a if c.fact not in facts or not c.holds_for(facts[c.fact])] for a in rule.alternatives
        ]
        if all(failing):
            for left in failing:
                if len(left) == 1:
                    yield Item("conditions", left[0].place, f"{rule.id}: {left[0].fact}")


def _placed(folder: Folder, item: Item) -> Item:
    """An answer at its own place, where it has one: it is known only by its symptom's."""
    if item.kind != "answers" or item.place.file not in folder.files:
        return item
    symptom, _, answer = item.what.partition(": ")
    return Item(item.kind, _answer_place(folder, item.place, symptom, answer), item.what)


@lru_cache(maxsize=20_000)
def _answer_place(folder: Folder, place: Place, symptom: str, answer: str) -> Place:
    section = folder.document(place.file).node.get("symptoms")
    entry = section.get(symptom) if section is not None else None
    answers = entry.get("answers") if entry is not None else None
    return answers.key_place(answer) if answers is not None and answer in answers.entries else place


def uncovered(found: Coverage) -> Iterable[Item]:
    """The items that no case covers."""
    return (item for item, n in found.hits.items() if not n)

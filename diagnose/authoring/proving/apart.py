"""Of two knowledge bases: the questions and derived facts that may not mean the same in both."""

from __future__ import annotations

from collections.abc import Sequence

from diagnose.knowledge.model import KnowledgeBase, Premises, Scalar
from diagnose.reasoning.facts import standing_facts

from .premises import live, plain, question_of


def apart(old: KnowledgeBase, new: KnowledgeBase) -> frozenset[str]:
    """Questions asked, answered or needed otherwise; facts derived otherwise; and what hangs on those.

    All others have the same value in both, whatever is answered.
    """
    names = dict.fromkeys((*old.symptoms, *new.symptoms))
    found = {n for n in names if _asked(old, n) != _asked(new, n)}
    books = [_deriving(kb) for kb in (old, new)]
    derived = dict.fromkeys(question_of(n) for book in books for _, then in book for n, _ in then)
    found |= {n for n in derived if _upstream(books[0], n) != _upstream(books[1], n)}
    while True:
        more = {
            name
            for kb in (old, new)
            for name, symptom in kb.symptoms.items()
            if any(question_of(c.fact) in found for c in symptom.needs)
        }
        for book in books:
            for alternatives, then in book:
                made = {question_of(n) for n, _ in then}
                if found & made or any(question_of(c.fact) in found for a in alternatives for c in a):
                    more |= made
        if more <= found:
            return frozenset(found)
        found |= more


def _asked(kb: KnowledgeBase, name: str) -> object:
    """What of a question decides what its answers come to, to be compared."""
    s = kb.symptoms.get(name)
    if s is None:
        return None
    shops = sorted((r.id, sorted(r.attributes, key=repr)) for r in kb.retailers.values())
    answers = sorted(a.id for a in s.answers)
    return repr((s.answer_type, answers, s.pattern, plain(s.needs), shops if name == "retailer" else None))


Deriving = tuple[tuple[Premises, ...], tuple[tuple[str, Scalar], ...]]


def _deriving(kb: KnowledgeBase) -> list[Deriving]:
    """The rules that derive something for such a handset: when and what, first to fire first.

    Of those that can fire the first does: saliences count by this order only.
    """
    standing = standing_facts(kb)
    found = []
    for rule in sorted((r for r in kb.rules if r.then.derive), key=lambda r: (-r.salience, r.number)):
        alternatives = [a for p in rule.alternatives if (a := live(p, standing)) is not None]
        if alternatives:
            found.append((tuple(plain(a) for a in alternatives), rule.then.derive))
    return found


def _upstream(book: Sequence[Deriving], name: str) -> str:
    """The rules that have a part in what becomes of a fact, to be compared."""
    wanted, size = {name}, 0
    while len(wanted) > size:
        size = len(wanted)
        for alternatives, then in book:
            if any(question_of(n) in wanted for n, _ in then):
                wanted |= {question_of(c.fact) for a in alternatives for c in a}
    return repr([one for one in book if any(question_of(n) in wanted for n, _ in one[1])])

"""What one linking came to, entry by entry, so that the next need make only those that were written anew.

An editor that links the same handset after every save changes one entry in hundreds. An entry is what it
was when nothing that its linking may look at has changed: what it is written as and where, what it needs
still, and the situation, which is all that the entries of a section share.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ..model import Rule, Symptom
from ..problems import Problem
from ..revision import Texts

if TYPE_CHECKING:
    from ..merge import Entry
    from .context import Linking

Situation = tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """What became of an entry, None if nothing, and what was wrong with it."""

    entry: Entry
    beside: Situation
    value: Any
    problems: tuple[Problem, ...]


@dataclass(slots=True, eq=False)
class Kept:
    """The last linking of a handset and programme; empty before the first.

    Only to be used while nothing outside the handset's own files has changed that it looked at.
    ``texts``: part by part what the revision is a hash of. ``numbered``: every rule without its place in the
    order of the text, and with it; by identity, as in ``texts``.
    """

    situations: dict[str, Situation] = field(default_factory=dict)
    made: dict[str, dict[str, Made]] = field(default_factory=dict)
    texts: Texts = field(default_factory=dict)
    beyond: dict[str, None] = field(default_factory=dict)
    numbered: dict[int, tuple[Rule, Rule]] = field(default_factory=dict)
    _bare: tuple[Mapping[str, Symptom], Mapping[str, Situation]] = field(default=({}, {}))

    def of(self, link: Linking, section: str) -> Mapping[str, Made]:
        """The entries of a section as they were made; none if the situation is another now."""
        now = situation(link, self._without_words(link.symptoms))
        same = self.situations.get(section) == now
        self.situations[section] = now
        return self.made.get(section, {}) if same else {}

    def _without_words(self, symptoms: Mapping[str, Symptom]) -> Mapping[str, Situation]:
        if self._bare[0] is not symptoms:
            self._bare = symptoms, {id_: _bare(symptom) for id_, symptom in symptoms.items()}
        return self._bare[1]

    def in_order(self, rules: Iterable[Rule]) -> tuple[Rule, ...]:
        """Each rule with its place in the order of the text: the very one, if it had that place before."""
        now: dict[int, tuple[Rule, Rule]] = {}
        for place, rule in enumerate(rules):
            last, placed = self.numbered.get(id(rule), (None, rule))
            if last is not rule or placed.number != place:
                placed = replace(rule, number=place)
            now[id(rule)] = rule, placed
        self.numbered = now
        return tuple(placed for _, placed in now.values())


def still(made: Made | None, entry: Entry, beside: Situation) -> bool:
    """Whether an entry is written as it was when it was made."""
    return (
        made is not None
        and made.beside == beside
        and made.entry.default_source == entry.default_source
        and made.entry.origin == entry.origin
        and (made.entry.node is entry.node or made.entry.node == entry.node)
    )


def beside(link: Linking, section: str, id_: str) -> Situation:
    """What the linking of an entry looks at beside the entry and the situation."""
    weights = tuple(w for w in link.merged.weights if w.fault == id_) if section == "faults" else ()
    return link.needs.get((section, id_)), tuple((w.factor, w.place) for w in weights)


def situation(link: Linking, symptoms: Mapping[str, Situation]) -> Situation:
    """All that linking an entry may look at: facts, what is here, the symptoms without their words."""
    facts = link.facts
    return (
        *(facts.answers, facts.dates, facts.remedies, facts.classes, facts.derived, facts.attributes),
        *(facts.retailers, facts.asks_retailer),
        *(link.scale, link.sets, link.classes, link.handset, link.programme, link.retailers, link.static),
        *({s: frozenset(ids) for s, ids in link.present.items()}, link.merged.known, link.merged.broken),
        frozenset(link.left_out),
        symptoms,
    )


def _bare(s: Symptom) -> Situation:
    answers = tuple((a.id, a.background) for a in s.answers)
    return s.kind, s.seconds, answers, s.answer_type, s.needs, s.ends_call, s.pattern, s.formerly

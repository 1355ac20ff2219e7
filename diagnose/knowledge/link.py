"""From merged sections to a knowledge base: references resolved, frequencies made probabilities.

What the author wrote for other handsets falls away here: entries whose ``needs`` name an attribute that
does not hold, and every reference to them. What exists nowhere is a problem.
"""

from __future__ import annotations

from typing import cast

from .invariants import Invariant
from .layers import Layers, Shelf
from .linking import applies, faults, heads, invariants, remedies, rules, symptoms
from .linking.context import Linking
from .linking.facts import facts_of, static_facts
from .linking.kept import Kept
from .linking.nodes import entries, flag, text
from .merge import Merged
from .model import Callers, FaultClass, KnowledgeBase
from .problems import Problem
from .revision import revised


def link_all(
    layers: Layers, merged: Merged, shelf: Shelf, kept: Kept | None = None
) -> tuple[KnowledgeBase, tuple[Invariant, ...], tuple[Problem, ...]]:
    """The knowledge base, what must hold of its outcomes, and what is wrong in what it is made of.

    Entries with an error are left out. ``kept``: the last linking, to be kept up.
    """
    at = _begin(layers, merged, shelf, kept)
    # Each section refers to those before it only, and to what is left of them.
    applies.apply_needs(at)
    at.symptoms = at.linked("symptoms", symptoms.symptom)
    at.present["symptoms"] = set(at.symptoms)
    for section in ("symptoms", "faults"):
        symptoms.former_ids(at, section)
    linked_remedies = at.linked("remedies", remedies.remedy)
    at.present["remedies"] = set(linked_remedies)
    linked_faults = at.linked("faults", faults.fault)
    at.present["faults"] = set(linked_faults)
    promises = at.linked("promises", remedies.promise)
    at.present["promises"] = set(promises)
    linked_rules = at.linked("rules", rules.rule).values()
    knowledge = KnowledgeBase(
        revision="",
        handset=at.handset,
        programme=at.programme,
        symptoms=at.symptoms,
        faults=linked_faults,
        remedies=linked_remedies,
        rules=tuple(rules.numbered(linked_rules)) if kept is None else kept.in_order(linked_rules),
        alerts=at.linked("alerts", remedies.alert),
        channels=at.linked("channels", remedies.channel),
        charges=at.linked("charges", remedies.charge),
        promises=promises,
        wrap_up=tuple(at.linked("wrap_up", remedies.wrap_up).values()),
        classes=at.classes,
        retailers=at.retailers,
        costs=remedies.costs(at),
        callers=_callers(layers),
        sources=tuple(dict.fromkeys((*(d.file for d in layers.documents), *at.beyond))),
    )
    must_hold = invariants.invariants(at)
    return revised(knowledge, kept.texts if kept is not None else None), must_hold, tuple(at.out)


def _callers(layers: Layers) -> Callers:
    """How callers answer: the words of the folder, and what the families say otherwise, root first."""
    heads_ = [
        layers.words.head("callers"),
        *(d.head("callers") for d in layers.documents if d.kind == "family"),
    ]
    return Callers(**{k: float(cast(float, n.value)) for head in heads_ for k, n in entries(head)})


def _begin(layers: Layers, merged: Merged, shelf: Shelf, kept: Kept | None) -> Linking:
    """What is known before any section is linked: the words, the heads of the files, the facts."""
    out: list[Problem] = []
    words = layers.words
    sets = dict(entries(words.head("answer_sets")))
    classes = {
        id_: FaultClass(id_, text(n.get("name")), flag(n, "sound"), flag(n, "danger"))
        for id_, n in entries(words.head("classes"))
    }
    handset = heads.handset(layers, out)
    programme = heads.programme(layers, out)
    retailers = {r.id: r for r in heads.retailers(layers, out)}
    beyond: dict[str, None] = {} if kept is None else kept.beyond
    facts = facts_of(merged, shelf, sets, classes, handset, programme, retailers, beyond)
    return Linking(
        layers=layers,
        merged=merged,
        shelf=shelf,
        out=out,
        scale={k: float(cast(float, n.value)) for k, n in entries(words.head("frequencies"))},
        sets=sets,
        classes=classes,
        handset=handset,
        programme=programme,
        retailers=retailers,
        facts=facts,
        beyond=beyond,
        static=static_facts(facts),
        present={section: set(ids) for section, ids in merged.sections.items()},
        kept=kept,
    )

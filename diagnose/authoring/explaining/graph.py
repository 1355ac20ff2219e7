"""The knowledge of a handset as a graph in columns: symptoms, rules of findings, faults, remedies, policy.

Edges run from left to right in the direction of reasoning, but for those of rules that ask a question.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from diagnose.authoring.proving.mend import cures
from diagnose.authoring.rule_text import effects_text, premises_text
from diagnose.knowledge.catalogue import full_name
from diagnose.knowledge.model import KnowledgeBase, Rule
from diagnose.reasoning.policy import is_policy

Kind = Literal["symptom", "rule", "fault", "remedy", "policy"]
COLUMNS: tuple[Kind, ...] = ("symptom", "rule", "fault", "remedy", "policy")
SWEEPS = 12
"""Times that each column is put in the order of its neighbours, to have fewer edges cross."""
TELLING = 2.0
"""A fault is joined to a symptom when some answer is so many times likelier than by background."""

Node = tuple[Kind, str]


@dataclass(frozen=True, slots=True)
class Edge:
    """From a part to another. ``how``: shows, cures, cures_too, looks_at, asks, rules_out, ..., one word."""

    start: Node
    end: Node
    how: str


@dataclass(frozen=True, slots=True)
class Graph:
    """``columns``: the nodes of each of :data:`COLUMNS`, top to bottom; ``labels`` and ``notes`` of nodes."""

    title: str
    columns: tuple[tuple[Node, ...], ...]
    edges: tuple[Edge, ...]
    labels: Mapping[Node, str]
    notes: Mapping[Node, str]


def graph_of(kb: KnowledgeBase, lang: str = "en", around: str = "") -> Graph:
    """Everything of the handset, or with ``around`` (an id) only that part and its neighbours."""
    edges = tuple(dict.fromkeys(_edges(kb)))
    nodes = [*_nodes(kb)]
    if around:
        centre = {n for n in nodes if n[1] == around}
        kept = (
            centre | {e.end for e in edges if e.start in centre} | {e.start for e in edges if e.end in centre}
        )
        nodes = [n for n in nodes if n in kept]
        edges = tuple(e for e in edges if e.start in kept and e.end in kept)
    linked = {n for e in edges for n in (e.start, e.end)}
    columns = [[n for n in nodes if n[0] == kind and (n in linked or around)] for kind in COLUMNS]
    labels, notes = _told(kb, lang)
    title = full_name(kb.handset.brand, kb.handset.name) + (f", {kb.programme.id}" if kb.programme else "")
    ordered = _ordered(columns, edges)
    return Graph(title, tuple(tuple(c) for c in ordered), edges, labels, notes)


def _nodes(kb: KnowledgeBase) -> Iterable[Node]:
    yield from (("symptom", s) for s in kb.symptoms)
    yield from ((_sort(r), r.id) for r in kb.rules)
    yield from (("fault", f) for f in kb.faults)
    yield from (("remedy", r) for r in kb.remedies)


def _sort(rule: Rule) -> Kind:
    return "policy" if is_policy(rule) else "rule"


def _edges(kb: KnowledgeBase) -> Iterable[Edge]:
    for fault in kb.faults.values():
        node: Node = ("fault", fault.id)
        for id_, chances in fault.shows:
            answers = kb.symptoms[id_].answers
            if any(p > TELLING * a.background for p, a in zip(chances, answers, strict=True)):
                yield Edge(("symptom", id_), node, "shows")
        for remedy in kb.remedies.values():
            if fault.remedy == remedy.id:
                yield Edge(node, ("remedy", remedy.id), "cures")
            elif cures(fault, remedy):
                yield Edge(node, ("remedy", remedy.id), "cures_too")
    for rule in kb.rules:
        yield from _rule_edges(kb, rule)


def _rule_edges(kb: KnowledgeBase, rule: Rule) -> Iterable[Edge]:
    node: Node = (_sort(rule), rule.id)
    then = rule.then
    for c in (c for premises in rule.alternatives for c in premises):
        symptom = c.fact if c.fact in kb.symptoms else c.fact.partition(".")[0]
        if symptom in kb.symptoms:
            yield Edge(("symptom", symptom), node, "looks_at")
    for symptom in then.ask:
        yield Edge(node, ("symptom", symptom), "asks")
    for fact, _ in then.derive:
        if fact in kb.symptoms:
            yield Edge(node, ("symptom", fact), "derives")
    for fault in then.rule_out:
        yield Edge(node, ("fault", fault), "rules_out")
    if then.confirm:
        yield Edge(node, ("fault", then.confirm), "confirms")
    for how, names in (("forbids", then.forbid), ("requires", (then.require,) if then.require else ())):
        for name in names:
            for remedy in kb.remedies.values():
                if name in (remedy.id, remedy.verdict):
                    yield Edge(node, ("remedy", remedy.id), how)


def _told(kb: KnowledgeBase, lang: str) -> tuple[dict[Node, str], dict[Node, str]]:
    labels: dict[Node, str] = {}
    notes: dict[Node, str] = {}
    for s in kb.symptoms.values():
        labels["symptom", s.id] = s.name.say(lang) or s.id
        notes["symptom", s.id] = f"{s.id} ({s.origin.place}): {s.ask.say(lang)}"
    for f in kb.faults.values():
        labels["fault", f.id] = f.name.say(lang)
        notes["fault", f.id] = f"{f.id} ({f.origin.place}), {f.per_1000:g} of 1000, {f.fault_class}"
    for r in kb.remedies.values():
        labels["remedy", r.id] = r.name.say(lang)
        notes["remedy", r.id] = f"{r.id} ({r.origin.place}), {r.verdict}"
    for rule in kb.rules:
        when = " or ".join(premises_text(p) for p in rule.alternatives)
        labels[_sort(rule), rule.id] = rule.id
        notes[_sort(rule), rule.id] = (
            f"{rule.id} ({rule.origin.place}): when {when} then {effects_text(rule.then)}"
        )
    return labels, notes


def _ordered(columns: list[list[Node]], edges: Iterable[Edge]) -> list[list[Node]]:
    """Each column by the mean place of its neighbours, again and again (Sugiyama's barycentres)."""
    near: dict[Node, list[Node]] = {}
    for e in edges:
        near.setdefault(e.start, []).append(e.end)
        near.setdefault(e.end, []).append(e.start)
    for _ in range(SWEEPS):
        place = {n: i / max(1, len(c)) for c in columns for i, n in enumerate(c)}
        for column in columns:
            middle = {
                n: sum(place[m] for m in near.get(n, ()) if m in place)
                / max(1, sum(m in place for m in near.get(n, ())))
                for n in column
            }
            column.sort(key=lambda n: middle[n])
            place.update({n: i / max(1, len(column)) for i, n in enumerate(column)})
    return columns

"""``diagnose why``: why a written case did not come to a remedy, a fault or a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from diagnose.cli import common

if TYPE_CHECKING:
    from diagnose.authoring.explaining.whynot import Changed, WhyAbsent, WhyRule
    from diagnose.cases import Case
    from diagnose.knowledge.model import Place
    from diagnose.knowledge.problems import Problem

    At = Callable[[Place], str]


@click.command()
@click.argument("case", type=click.Path(path_type=Path), metavar="CASE.yaml")
@click.option("--not", "absent", required=True, metavar="REMEDY|FAULT|RULE", help="What did not come out.")
@click.option("--case", "name", metavar="NAME", help="In a file of several cases: this one.")
@common.knowledge_option
@common.json_option
def why(case: Path, absent: str, name: str | None, knowledge: Path | None, as_json: bool) -> None:
    """Run CASE and say why a remedy or fault is not in front at its end, or a rule has not fired.

    Each premise is held against what is known, with its place; then the smallest sets of other answers that
    would bring it about. Exit status 1 when it did come out.
    """
    from diagnose import cases
    from diagnose.authoring.explaining.whynot import kind_of, why_absent
    from diagnose.authoring.places import located, under
    from diagnose.knowledge.problems import did_you_mean

    folder = common.knowledge_folder(knowledge)
    read, problems = _read(case, name)
    if read is None:
        common.complain(problems)
        common.finish(2)
        return
    ready = cases.prepare(folder, read)
    unreadable = common.complain((*problems, *ready.problems))
    common.complain(ready.knowledge_problems, under(folder))
    kb = ready.kb
    if kb is None or unreadable:
        common.finish(2)
        return
    if kind_of(kb, absent) is None:
        known = (*(r.id for r in kb.rules), *kb.remedies, *kb.faults)
        mend = did_you_mean(absent, known, f"see diagnose show {kb.handset.id}")
        raise common.Unusable(f"{kb.handset.id} has no rule, remedy or fault {absent!r}; {mend}")
    call = cases.run_case(kb, ready.case, datetime.now().astimezone())
    found = why_absent(call.assessment, absent)
    if as_json:
        common.say_json(why_json(found, located(under(folder))))
    else:
        for line in _lines(found, located(under(folder))):
            click.echo(line)
    common.finish(int(found.so))


def _read(path: Path, name: str | None) -> tuple[Case | None, tuple[Problem, ...]]:
    """The case of a file, or that of this name in a file of several.

    Raises:
        Unusable: when there are several and none is named, or none of that name.
    """
    from diagnose import cases
    from diagnose.authoring.casefile import written_cases
    from diagnose.knowledge.layers import Document
    from diagnose.knowledge.problems import did_you_mean
    from diagnose.knowledge.source import read

    node, found = read(Path(), str(path))
    if node is None or node.get("cases") is None:
        return (None, found) if node is None else cases.read_case(path)
    listed = {w.name: w.case for w in written_cases(Document(str(path), "cases", node))}
    chosen = name or (next(iter(listed)) if len(listed) == 1 else "")
    if chosen in listed:
        return listed[chosen], found
    what = f"has no case {name!r}" if name else f"has {len(listed)} cases; name one by --case"
    raise common.Unusable(f"{path} {what}; {did_you_mean(chosen, listed)}".rstrip("; "))


def why_json(found: WhyAbsent, at: At) -> dict[str, Any]:
    """The answer as plain JSON values; ``at`` tells a place as the reader finds it."""
    return {
        "not": found.id,
        "kind": found.kind,
        "came_out": found.so,
        "instead": found.instead,
        "rules": [_rule_json(w, at) for w in found.rules],
        "forbidden_by": [
            {"rule": f.rule.id, "at": at(f.rule.origin.place), "facts": dict(f.facts)}
            for f in found.forbidden_by
        ],
        "euros_more": None if found.euros_more is None else round(found.euros_more, 2),
        "fault": found.fault or None,
        "probability": round(found.probability, 4),
        "against": [
            {"symptom": w.symptom, "answer": w.answer, "decibans": round(w.decibans, 1)}
            for w in found.against
        ],
        "tried_in_vain": found.in_vain,
        "changes": [
            [{"symptom": c.symptom, "now": c.now or None, "then": c.then} for c in change]
            for change in found.changes
        ],
    }


def _rule_json(why_rule: WhyRule, at: At) -> dict[str, Any]:
    from diagnose.authoring.rule_text import condition_text

    return {
        "rule": why_rule.rule.id,
        "at": at(why_rule.rule.origin.place),
        "fired": why_rule.fired,
        "alternatives": [
            [
                {
                    "condition": condition_text(s.condition),
                    "at": at(s.condition.place),
                    "value": s.value,
                    "holds": s.holds,
                }
                for s in alternative
            ]
            for alternative in why_rule.alternatives
        ],
    }


def _lines(found: WhyAbsent, at: At) -> Iterator[str]:
    if found.so:
        yield f"{found.kind} {found.id} did come out"
    elif found.kind == "rule":
        yield f"rule {found.id} has not fired"
    else:
        yield f"{found.kind} {found.id} is not in front: {found.instead} is"
    if found.in_vain:
        yield "  it was tried in vain on this call"
    for firing in found.forbidden_by:
        facts = ", ".join(f"{k}: {v}" for k, v in firing.facts)
        yield f"  forbidden by {firing.rule.id} ({at(firing.rule.origin.place)}) on {facts or 'any facts'}"
    if found.kind == "remedy" and not found.so:
        price = (
            "it is not to be had" if found.euros_more is None else f"{found.euros_more:+.2f} euros expected"
        )
        yield f"  {price}; its likeliest fault is {found.fault} ({found.probability:.1%})"
    if found.kind == "fault":
        yield f"  its probability is {found.probability:.1%}"
    for weighed in found.against[:6]:
        said = f"{weighed.symptom}: {weighed.answer}" if weighed.symptom else weighed.answer
        yield f"  against {found.fault}: {said} ({weighed.decibans:+.1f} decibans against what is in front)"
    for rule in found.rules:
        yield from _rule_lines(rule, at)
    if found.changes:
        yield f"it would, with {len(found.changes[0])} other answer{'s' * (len(found.changes[0]) > 1)}:"
        yield from (f"  {_change(change)}" for change in found.changes[:10])
        if len(found.changes) > 10:
            yield f"  and {len(found.changes) - 10} more ways"
    elif not found.so:
        from diagnose.authoring.explaining.whynot import MOST_AT_ALL

        yield f"no way found with up to {MOST_AT_ALL} other answers"


def _rule_lines(why_rule: WhyRule, at: At) -> Iterator[str]:
    from diagnose.authoring.rule_text import condition_text

    rule = why_rule.rule
    yield f"  rule {rule.id} ({at(rule.origin.place)}) {'fired' if why_rule.fired else 'did not fire'}"
    for i, alternative in enumerate(why_rule.alternatives):
        if len(why_rule.alternatives) > 1:
            yield f"    alternative {i + 1}"
        for step in alternative:
            known = "not known" if step.value is None else f"it is {_value(step.value)}"
            mark = "holds" if step.holds else f"fails, {known}"
            yield f"      {at(step.condition.place)}: {condition_text(step.condition)} {mark}"
    for fact, deriver in why_rule.derivers:
        yield f"    {fact} can be derived by {deriver.id} ({at(deriver.origin.place)})"


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _change(change: Iterable[Changed]) -> str:
    return ", ".join(f"{c.symptom}: {c.then} (now {c.now or 'not asked'})" for c in change)

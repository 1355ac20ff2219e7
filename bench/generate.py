"""Generated knowledge to measure on: rules, whole knowledge bases, catalogues. Same seed, same knowledge.

Nothing here is about any real handset; every figure is drawn.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from diagnose.knowledge.model import (
    Answer,
    Callers,
    Channel,
    Charge,
    Condition,
    Costs,
    Effects,
    Fault,
    FaultClass,
    Handset,
    KnowledgeBase,
    Premises,
    Programme,
    Remedy,
    Rule,
    Symptom,
    Text,
    Trial,
    Verdict,
)

YES_NO = ("yes", "no")
SIGNS = 8
"""Symptoms that a fault shows, of those there are."""
KINDS: tuple[Verdict, ...] = ("advice", "advice", "repair", "exchange", "visit")


def symptom_names(count: int) -> tuple[str, ...]:
    """``s0``, ``s1`` and so on."""
    return tuple(f"s{i}" for i in range(count))


def symptoms_for(rules: int) -> int:
    """How many symptoms a book of so many rules is about."""
    return 50 + rules // 10


def rules(count: int, symptoms: int, seed: int = 1) -> tuple[Rule, ...]:
    """Ground rules of two to four premises over yes/no symptoms.

    One in five derives a fact of its own, and one in five has such a fact as its last premise; a fact is
    derived with one value only, so that the order of firing changes nothing. Four levels of salience.
    """
    rng = np.random.default_rng((seed, count))
    names = symptom_names(symptoms)
    out: list[Rule] = []
    derived: list[str] = []
    for number in range(count):
        chosen = rng.choice(symptoms, size=int(rng.integers(2, 5)), replace=False)
        values = [YES_NO[int(v)] for v in rng.integers(0, 2, size=len(chosen))]
        premises = [Condition(names[i], (v,)) for i, v in zip(chosen, values, strict=True)]
        draw = float(rng.random())
        if draw < 0.2 and derived:
            premises[-1] = Condition(derived[int(rng.integers(len(derived)))], ("yes",))
        then = Effects(alert=f"a{number}")
        if draw > 0.8:
            derived.append(f"d{number}")
            then = Effects(derive=((f"d{number}", "yes"),))
        salience = int(rng.integers(0, 4))
        out.append(Rule(f"r{number}", (tuple(premises),), then, salience=salience, number=number))
    return tuple(out)


def answers(symptoms: int, calls: int, seed: int = 1) -> list[list[tuple[str, str]]]:
    """For each call, an answer to every symptom in some order."""
    rng = np.random.default_rng((seed, symptoms, calls))
    names = symptom_names(symptoms)
    return [
        [
            (names[i], YES_NO[int(v)])
            for i, v in zip(rng.permutation(symptoms), rng.integers(0, 2, symptoms), strict=True)
        ]
        for _ in range(calls)
    ]


def knowledge(faults: int, symptoms: int, rule_count: int = 100, seed: int = 1) -> KnowledgeBase:
    """A knowledge base of that size: yes/no symptoms, a remedy for every three faults, some to be tried.

    Its rules only raise alerts, so that it is the belief and the value that decide.
    """
    rng = np.random.default_rng((seed, faults, symptoms))
    names = symptom_names(symptoms)
    background = rng.uniform(0.01, 0.15, symptoms)
    parts = {
        s: Symptom(
            id=s,
            kind="complaint" if i % 3 == 0 else "observation",
            seconds=float(rng.integers(5, 20)),
            ask=_text(f"{s}?"),
            answers=(
                Answer("yes", _text("yes"), float(background[i])),
                Answer("no", _text("no"), float(1.0 - background[i])),
            ),
        )
        for i, s in enumerate(names)
    }
    cures = [f"m{i}" for i in range(max(2, faults // 3))]
    known = {f"f{i}": _fault(rng, i, names, cures[int(rng.integers(len(cures)))]) for i in range(faults)}
    remedies = {r: _remedy(rng, r, KINDS[i % len(KINDS)]) for i, r in enumerate(cures)}
    numbered = tuple(_alerting(r) for r in rules(rule_count, symptoms, seed))
    return KnowledgeBase(
        revision=f"generated-{seed}-{faults}x{symptoms}-{rule_count}",
        handset=Handset("acme-one", "Acme", "One", "acme"),
        programme=Programme("care", _text("Care")),
        symptoms=parts,
        faults=known,
        remedies=remedies,
        rules=numbered,
        alerts={},
        channels={"shop": Channel("shop", _text("shop"))},
        charges={"free": Charge("free", _text("free"), True)},
        promises={},
        wrap_up=(),
        classes={"hardware": FaultClass("hardware", _text("hardware"))},
        retailers={},
        costs=Costs(wrong=(("advice", 25), ("repair", 35), ("exchange", 45), ("visit", 50))),
        callers=Callers(),
    )


def catalogue(source: Path, target: Path, handsets: int) -> None:
    """A copy of a knowledge folder with so many generated handsets more, each of a family that is there."""
    shutil.copytree(source, target)
    bases = [path.read_text(encoding="utf-8") for path in sorted((source / "handsets").glob("*.yaml"))]
    heads = [
        [line for line in base.splitlines() if line.startswith(("extends:", "programmes:"))] for base in bases
    ]
    for number in range(handsets):
        head = heads[number % len(heads)]
        lines = ["kind: handset", "brand: Acme", f"name: Model {number:05}", *head, "source: estimate", ""]
        file = target / "handsets" / f"acme-model-{number:05}.yaml"
        file.write_text("\n".join(lines), encoding="utf-8")


def _text(words: str) -> Text:
    return Text.of(en=words, fr=words)


def _fault(rng: np.random.Generator, number: int, names: tuple[str, ...], remedy: str) -> Fault:
    chosen = sorted(int(i) for i in rng.choice(len(names), size=min(SIGNS, len(names)), replace=False))
    chances = rng.uniform(0.3, 0.98, size=len(chosen))
    return Fault(
        id=f"f{number}",
        name=_text(f"f{number}"),
        per_1000=float(10.0 ** rng.uniform(0, 1.5)),
        fault_class="hardware",
        remedy=remedy,
        shows=tuple((names[i], (float(p), float(1.0 - p))) for i, p in zip(chosen, chances, strict=True)),
    )


def _remedy(rng: np.random.Generator, name: str, verdict: Verdict) -> Remedy:
    trial = None
    if verdict == "advice" and rng.random() < 0.5:
        trial = Trial(float(rng.integers(20, 90)), float(rng.uniform(0.5, 0.95)))
    euros = 0.0 if verdict == "advice" else float(rng.integers(20, 80))
    return Remedy(name, verdict, _text(name), _text(name), euros, trial=trial)


def _alerting(rule: Rule) -> Rule:
    return Rule(
        rule.id, rule.alternatives, Effects(alert=rule.id), salience=rule.salience, number=rule.number
    )


def premises_of(rule: Rule) -> Premises:
    """The premises of a generated rule, which has one alternative."""
    return rule.alternatives[0]

"""Knowledge bases by hand, for tests of what comes after loading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from diagnose.knowledge.model import (
    Alert,
    Answer,
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
    Promise,
    Remedy,
    Retailer,
    Rule,
    Scalar,
    Symptom,
    Text,
    Trial,
)

CLASSES = {
    "use": FaultClass("use", Text.of(en="use", fr="usage"), sound=True),
    "hardware": FaultClass("hardware", Text.of(en="hardware", fr="matériel")),
    "safety": FaultClass("safety", Text.of(en="safety", fr="sécurité"), danger=True),
}


def premises(**values: Scalar | list[Scalar]) -> Premises:
    """``premises(dead="yes", handset__folds=True)``; two underscores stand for the dot."""
    return tuple(
        Condition(k.replace("__", "."), tuple(v) if isinstance(v, list) else (v,)) for k, v in values.items()
    )


def symptom(
    name: str,
    kind: str = "complaint",
    *,
    seconds: float = 10,
    background: float = 0.01,
    answers: Mapping[str, float] | None = None,
    needs: Premises = (),
    answer_type: str = "choice",
    said: Mapping[str, Sequence[str]] | None = None,
    ask: str = "",
) -> Symptom:
    """A symptom; yes/no unless ``answers`` (answer -> background) is given."""
    table = answers if answers is not None else {"yes": background, "no": 1 - background}
    if answer_type != "choice":
        table = {}
    phrases = tuple((lang, tuple(p)) for lang, p in (said or {}).items())
    return Symptom(
        id=name,
        kind=kind,  # type: ignore[arg-type]
        seconds=seconds,
        ask=Text.of(en=ask or f"{name}?", fr=ask or f"{name} ?"),
        answers=tuple(
            Answer(a, Text.of(en=a, fr=a), p, phrases if i == 0 else ())
            for i, (a, p) in enumerate(table.items())
        ),
        name=Text.of(en=name, fr=name),
        answer_type=answer_type,  # type: ignore[arg-type]
        needs=needs,
        source="estimate",
    )


def fault(
    name: str, per_1000: float, remedy: str, fault_class: str = "use", **shows: float | tuple[float, ...]
) -> Fault:
    """A fault; a single number is P(yes | fault)."""
    return Fault(
        id=name,
        name=Text.of(en=name, fr=name),
        per_1000=per_1000,
        fault_class=fault_class,
        remedy=remedy,
        shows=tuple((s, p if isinstance(p, tuple) else (p, 1 - p)) for s, p in shows.items()),
        source="estimate",
    )


def remedy(
    name: str,
    verdict: str,
    euros: float = 0,
    *,
    trial: tuple[float, float] | None = None,
    cures: Sequence[str] = (),
) -> Remedy:
    """A remedy; ``trial`` is (seconds, P(cured))."""
    return Remedy(
        id=name,
        verdict=verdict,  # type: ignore[arg-type]
        name=Text.of(en=name, fr=name),
        say=Text.of(en=f"do {name}", fr=f"faites {name}"),
        euros=euros,
        trial=Trial(*trial) if trial else None,
        cures=tuple(cures),
        source="estimate",
    )


def rule(name: str, when: Premises | Sequence[Premises] = (), salience: int = 0, **then: object) -> Rule:
    """A rule; ``when`` is one conjunction, or several alternatives."""
    alternatives = (
        tuple(when) if when and isinstance(when[0], tuple) else (tuple(when),)  # type: ignore[arg-type]
    )
    return Rule(
        id=name,
        alternatives=alternatives,  # type: ignore[arg-type]
        then=Effects(**then),  # type: ignore[arg-type]
        because=Text.of(en=f"because {name}", fr=f"parce que {name}"),
        salience=salience,
        source="estimate",
    )


def knowledge(
    symptoms: Sequence[Symptom],
    faults: Sequence[Fault],
    remedies: Sequence[Remedy],
    rules: Sequence[Rule] = (),
    *,
    revision: str | None = None,
    attributes: Mapping[str, Scalar] | None = None,
    costs: Costs | None = None,
    retailers: Sequence[Retailer] = (),
    promises: Sequence[Promise] = (),
) -> KnowledgeBase:
    """A knowledge base; its revision is of its content unless given."""
    numbered = tuple(replace(r, number=i) for i, r in enumerate(rules))
    costs = costs or Costs(
        unproven=2,
        wrong=(("advice", 25), ("repair", 35), ("exchange", 45), ("visit", 50)),
        needless=(("repair", 40), ("exchange", 60), ("visit", 70)),
    )
    content = repr((symptoms, faults, remedies, numbered, attributes, costs, retailers, promises))
    return KnowledgeBase(
        revision=revision or sha256(content.encode()).hexdigest()[:16],
        handset=Handset("acme-one", "Acme", "One", "gsm", ("gsm",), tuple((attributes or {}).items())),
        programme=Programme("care", Text.of(en="Care", fr="Soin")),
        symptoms={s.id: s for s in symptoms},
        faults={f.id: f for f in faults},
        remedies={r.id: r for r in remedies},
        rules=numbered,
        alerts={"danger": Alert("danger", Text.of(en="Stop!", fr="Arrêtez !"), Text.of(en="-", fr="-"))},
        channels={
            "carrier_home": Channel(
                "carrier_home", Text.of(en="carrier", fr="transporteur"), True, ("exchange",)
            ),
            "shop": Channel("shop", Text.of(en="shop", fr="magasin"), False, ("repair",)),
            "technician": Channel("technician", Text.of(en="technician", fr="technicien"), False, ("visit",)),
            "on_the_phone": Channel("on_the_phone", Text.of(en="phone", fr="téléphone"), False, ("advice",)),
        },
        charges={
            "free": Charge("free", Text.of(en="free", fr="gratuit"), True),
            "estimate": Charge("estimate", Text.of(en="estimate", fr="devis")),
        },
        promises={p.id: p for p in promises},
        wrap_up=(),
        classes=CLASSES,
        retailers={r.id: r for r in retailers},
        costs=costs,
    )


def ringer() -> KnowledgeBase:
    """A phone that may be silent, have a dead buzzer, a swollen battery, or a caller who asks how."""
    return knowledge(
        [
            symptom("hazard", "safety", seconds=5),
            symptom("wet", "history", background=0.08),
            symptom("no_ring", seconds=8),
            symptom("mute_icon", "observation", seconds=8, background=0.05),
            symptom("icon_shape", "check", seconds=6, needs=premises(mute_icon="yes"), background=0.5),
            symptom("asks_how", seconds=6),
            symptom("bought", "entitlement", answer_type="date"),
            symptom("in_guarantee", "entitlement", needs=premises(bought="unknown"), background=0.5),
            symptom("proof", "entitlement", background=0.5),
        ],
        [
            fault("silent", 40, "unmute", no_ring=0.98, mute_icon=0.98),
            fault("buzzer", 20, "swap", "hardware", no_ring=0.98, mute_icon=0.01),
            fault("swollen", 5, "secure", "safety", hazard=1.0, no_ring=0.02),
            fault("how_to", 60, "explain", asks_how=0.98, no_ring=0.01),
        ],
        [
            remedy("unmute", "advice", trial=(20, 0.9)),
            remedy("explain", "advice"),
            remedy("swap", "exchange", 60, cures=["hardware"]),
            remedy("mend", "repair", 55, cures=["hardware"]),
            remedy("secure", "visit", 40),
        ],
        [
            rule(
                "unsafe",
                premises(hazard="yes"),
                salience=10,
                alert="danger",
                forbid=("exchange",),
                require="secure",
                forbid_channel=("carrier_home",),
                channel="technician",
            ),
            rule("young", (Condition("bought.months", at_most=11),), derive=(("in_guarantee", "yes"),)),
            rule("old", (Condition("bought.months", at_least=12),), derive=(("in_guarantee", "no"),)),
            rule(
                "covered",
                premises(fault__class="hardware", in_guarantee="yes", proof=["yes", "unknown"]),
                require="swap",
                charge="free",
            ),
            rule("no-proof", premises(fault__class="hardware", proof="no"), forbid=("exchange",)),
            rule(
                "expired",
                premises(fault__class="hardware", in_guarantee=["no", "unknown"]),
                forbid=("exchange",),
            ),
            rule(
                "wet-inside",
                premises(fault__class="hardware", wet="yes"),
                forbid=("exchange",),
                charge="estimate",
            ),
        ],
    )

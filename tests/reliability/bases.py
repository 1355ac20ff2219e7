"""Random knowledge bases: small, lawful, with a danger, policies, derived facts and symptoms that need others."""

from __future__ import annotations

from hypothesis import strategies as st

from diagnose.knowledge.model import KnowledgeBase, Rule, Symptom
from tests.make import fault, knowledge, premises, remedy, rule, symptom

VERDICTS = ("advice", "repair", "exchange", "visit")
COSTS = {"advice": 0.0, "repair": 55.0, "exchange": 60.0, "visit": 40.0}
SHARES = (0.01, 0.08, 0.3, 0.6, 0.85, 0.98)


@st.composite
def bases(draw: st.DrawFn) -> KnowledgeBase:
    """Three to seven symptoms besides the danger, two to five faults, three to six remedies, some rules."""
    share = st.sampled_from(SHARES)
    count = draw(st.integers(3, 7))
    symptoms: list[Symptom] = [symptom("hazard", "safety", seconds=5)]
    for n in range(count):
        kind = draw(st.sampled_from(("complaint", "observation", "check", "history")))
        needs = premises(**{f"s{n - 1}": "yes"}) if n and draw(st.integers(0, 3)) == 0 else ()
        three = draw(st.integers(0, 3)) == 0
        answers = {"yes": 0.2, "no": 0.5, "maybe": 0.3} if three else None
        seconds = draw(st.sampled_from((4, 8, 20, 60)))
        background = draw(st.sampled_from((0.01, 0.08, 0.3, 0.5)))
        symptoms.append(
            symptom(f"s{n}", kind, seconds=seconds, background=background, answers=answers, needs=needs)
        )
    remedies = [remedy("tell", "advice"), remedy("secure", "visit", 40)]
    for n in range(draw(st.integers(1, 4))):
        verdict = draw(st.sampled_from(VERDICTS))
        trial = (draw(st.sampled_from((20, 60))), draw(st.sampled_from((0.6, 0.9))))
        can = verdict == "advice" and draw(st.booleans())
        remedies.append(remedy(f"r{n}", verdict, COSTS[verdict], trial=trial if can else None))
    names = [r.id for r in remedies]
    faults = []
    for n in range(draw(st.integers(2, 5))):
        shows: dict[str, float | tuple[float, ...]] = {}
        for s in symptoms[1:]:
            if draw(st.booleans()):
                p = draw(share)
                shows[s.id] = p if len(s.answers) == 2 else (p, (1 - p) / 2, (1 - p) / 2)
        kind = draw(st.sampled_from(("use", "hardware")))
        faults.append(
            fault(f"f{n}", draw(st.sampled_from((1, 5, 20, 60))), draw(st.sampled_from(names)), kind, **shows)
        )
    faults.append(fault("burning", 4, "secure", "safety", hazard=0.98))
    return knowledge(symptoms, faults, remedies, draw(_rules(symptoms, names)))


@st.composite
def _rules(draw: st.DrawFn, symptoms: list[Symptom], remedies: list[str]) -> list[Rule]:
    """The danger is always ruled on; the rest forbids, derives, rules out, asks and skips at random.

    ``tell`` is never forbidden: a verdict always remains.
    """
    rules = [rule("danger", premises(hazard="yes"), salience=10, alert="danger", forbid=("exchange",))]
    spare = [n for n in remedies if n != "tell"]
    for n in range(draw(st.integers(0, 4))):
        asked = draw(st.sampled_from(symptoms))
        when = premises(**{asked.id: draw(st.sampled_from([a.id for a in asked.answers]))})
        if draw(st.integers(0, 3)) == 0:
            when = (*when, *premises(fault__class=draw(st.sampled_from(("use", "hardware")))))
        policy = any(c.fact == "fault.class" for c in when)
        kinds = ("forbid", "forbid remedy", "require") if policy else (
            "forbid", "forbid remedy", "rule out", "ask", "skip", "derive",
        )  # fmt: skip
        then: dict[str, object] = {}
        match draw(st.sampled_from(kinds)):
            case "forbid":
                then["forbid"] = (draw(st.sampled_from(("repair", "exchange"))),)
            case "forbid remedy":
                then["forbid"] = (draw(st.sampled_from(spare)),)
            case "require":
                then["require"] = draw(st.sampled_from(remedies))
            case "rule out":
                then["rule_out"] = ("f0",)
            case "ask":
                then["ask"] = ("hazard",)
            case "skip":
                then["skip"] = (symptoms[-1].id,)
            case "derive":
                then["derive"] = ((f"derived{n}", "yes"),)
        rules.append(rule(f"rule{n}", when, salience=draw(st.integers(-1, 1)), **then))
    return rules

"""The step of the reasoning: rules, belief and value put together."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnose.reasoning.assess import Ask, Conclude, Try, assess
from diagnose.reasoning.explain import how, what_would_change, why_ask, why_not
from diagnose.reasoning.facts import Finding, Findings
from tests.make import fault, knowledge, premises, remedy, ringer, rule, symptom

KB = ringer()
DAY = date(1998, 3, 2)


def findings(*said: str, tries: tuple[tuple[str, str], ...] = (), **answers: str) -> Findings:
    """Volunteered complaints first, then answers."""
    told = [Finding(s, "yes", True) for s in said]
    return Findings(DAY, (*told, *(Finding(s, a) for s, a in answers.items())), tries, said)


def test_a_silent_ringer_with_its_icon_ends_in_advice():
    step = assess(KB, findings("no_ring", mute_icon="yes", hazard="no"))
    assert step.belief.ranked()[0][0] == "silent"
    assert step.outcome.remedy.id == "unmute"
    assert step.outcome.charge == "free"


def test_a_try_that_proves_itself_is_worth_making_before_giving_advice():
    assert assess(KB, findings("no_ring", mute_icon="yes", hazard="no")).next == Try("unmute")


def test_cured_on_the_phone_is_the_end():
    step = assess(KB, findings("no_ring", tries=(("unmute", "cured"),)))
    assert isinstance(step.next, Conclude)
    assert step.outcome.solved


def test_a_remedy_tried_in_vain_is_never_the_verdict():
    step = assess(KB, findings("no_ring", mute_icon="yes", hazard="no", tries=(("unmute", "not_cured"),)))
    assert step.outcome.remedy.id != "unmute"


def test_entitlement_is_asked_only_when_the_verdict_turns_on_it():
    advice = assess(KB, findings("asks_how", hazard="no", no_ring="no"))
    assert isinstance(advice.next, Conclude)
    hardware = assess(
        KB, findings("no_ring", mute_icon="no", hazard="no", asks_how="no", tries=(("unmute", "before"),))
    )
    assert hardware.next == Ask("wet", "entitlement")


def settle(f: Findings, **known: str) -> list[str]:
    """Go on with these answers (else unknown) to the end; what was asked."""
    asked = []
    while not isinstance(step := assess(KB, f).next, Conclude):
        if isinstance(step, Try):
            f = Findings(f.on, f.answers, (*f.tries, (step.remedy, "declined")), f.opening)
            continue
        assert step.symptom not in asked
        asked.append(step.symptom)
        answer = known.get(step.symptom, "unknown")
        f = Findings(f.on, (*f.answers, Finding(step.symptom, answer)), f.tries, f.opening)
    asked.append(assess(KB, f).outcome.remedy.id)
    return asked


@pytest.mark.parametrize(
    ("known", "end"),
    [
        ({"bought": "1998-01-05", "proof": "yes", "wet": "no"}, "swap"),
        ({"bought": "1996-01-05", "proof": "yes", "wet": "no"}, "mend"),
        ({"bought": "1998-01-05", "proof": "no", "wet": "no"}, "mend"),
        ({"bought": "1998-01-05", "proof": "yes", "wet": "yes"}, "mend"),
        ({"in_guarantee": "yes", "wet": "no"}, "swap"),
        ({}, "mend"),
    ],
)
def test_the_border_between_exchange_and_repair_is_drawn_by_the_policy(known, end):
    *asked, remedy_id = settle(findings("no_ring", mute_icon="no", hazard="no"), **known)
    assert remedy_id == end
    assert len(set(asked)) == len(asked)


def test_what_no_longer_matters_is_not_asked():
    asked = settle(findings("no_ring", mute_icon="no", hazard="no"), wet="no", bought="1996-01-05")
    assert "in_guarantee" not in asked
    assert "proof" not in asked


def test_danger_alerts_and_stays_off_the_carrier():
    step = assess(KB, findings("no_ring", hazard="yes"))
    assert step.alerts == ("danger",)
    assert step.outcome.remedy.id == "secure"
    assert step.outcome.channel == "technician"
    assert all(r != "swap" for r, _ in step.losses)


def test_an_answer_whose_question_no_longer_applies_is_set_aside():
    step = assess(KB, findings("no_ring", mute_icon="no", icon_shape="yes"))
    assert step.set_aside == ("icon_shape",)
    again = assess(KB, findings("no_ring", mute_icon="yes", icon_shape="yes"))
    assert again.set_aside == ()


def test_a_derived_symptom_counts_as_known_and_is_not_asked():
    kb = knowledge(
        [symptom("dead"), symptom("blank", background=0.3), symptom("dim", background=0.3)],
        [
            fault("flat", 10, "charge", dead=0.9, blank=0.9),
            fault("lamp", 10, "mend", dead=0.1, blank=0.2, dim=0.9),
        ],
        [remedy("charge", "advice"), remedy("mend", "repair", 50)],
        [rule("dead-is-blank", premises(dead="yes"), derive=(("blank", "yes"),), skip=("dim",))],
    )
    step = assess(kb, findings(dead="yes"))
    assert step.facts["blank"] == "yes"
    assert {c.id for c in step.candidates if c.kind == "ask"} == set()
    clash = assess(kb, findings(dead="yes", blank="no"))
    assert [c.symptom for c in clash.conflicts] == ["blank"]
    assert clash.conflicts[0].rule == "dead-is-blank"


def test_a_rule_can_demand_a_question_first():
    kb = knowledge(
        [symptom("hot"), symptom("bulge", "safety"), symptom("game", background=0.5)],
        [fault("use", 10, "explain", hot=0.9, game=0.9), fault("other", 10, "explain", hot=0.5)],
        [remedy("explain", "advice")],
        [rule("hot-asks-bulge", premises(hot="yes"), ask=("bulge",))],
    )
    assert assess(kb, findings("hot")).next == Ask("bulge", "rule", "hot-asks-bulge")
    assert isinstance(assess(kb, findings("hot", bulge="unknown")).next, Conclude)


SYMPTOMS = {"hazard": "yn", "wet": "yn", "no_ring": "yn", "mute_icon": "yn", "asks_how": "yn", "proof": "yn"}


@given(
    st.dictionaries(st.sampled_from(list(SYMPTOMS)), st.sampled_from(["yes", "no", "unknown"])),
    st.sampled_from([None, "1998-02-01", "1995-02-01", "unknown"]),
)
@settings(max_examples=60, deadline=None)
def test_a_forbidden_verdict_is_never_given_and_every_consultation_ends(answers, bought):
    known = {**answers, **({"bought": bought} if bought else {})}
    f = Findings(DAY, tuple(Finding(s, a) for s, a in known.items()))
    outcome = assess(KB, f).outcome
    assert not outcome.ruling.forbids(outcome.remedy)
    if answers.get("hazard") == "yes":
        assert outcome.remedy.verdict == "visit"
    *asked, _ = settle(f)
    assert len(asked) <= len(KB.symptoms)


def test_the_explanations_name_evidence_rules_and_what_would_change():
    step = assess(
        KB, findings("no_ring", mute_icon="no", hazard="no", wet="no", bought="1998-01-05", proof="yes",
                     tries=(("unmute", "not_cured"),))
    )  # fmt: skip
    assert step.outcome.remedy.id == "swap"
    explained = how(step)
    assert explained.fault == "buzzer"
    assert [f.rule.id for f in explained.firings] == ["covered"]
    best = explained.evidence[0]
    assert best.decibans > 0
    against = why_not(step, "mend")
    assert [f.rule.id for f in against.forbidden_by] == ["covered"]
    changes = {c.answers: c.remedy for c in what_would_change(step)}
    assert changes[(("wet", "yes"),)] == "mend"
    assert changes[(("hazard", "yes"),)] == "secure"
    why = why_ask(assess(KB, findings("no_ring")), "mute_icon")
    assert {p.answer: p.fault for p in why.prospects} == {"yes": "silent", "no": "buzzer"}
    assert sum(p.probability for p in why.prospects) == pytest.approx(1)

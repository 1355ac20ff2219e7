"""What a better step would have saved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnose.consultation.events import Accepted, Answered, Event, Opened, Overruled, Tried
from diagnose.record.moments import Step, best_step, moments, on_the_line, regret
from diagnose.training.evidence import Evidence
from tests.terminal.position import telephone

AT = "1998-03-02T10:00:{:02d}+01:00"
KB = telephone()


def call(*events: Event) -> tuple[Event, ...]:
    opened = Opened(AT.format(0), "c", KB.handset.id, None, KB.revision, "diagnose")
    return (opened, *(replace(e, at=AT.format(n)) for n, e in enumerate(events, 1)))


def test_who_follows_the_guide_has_no_regret(guided: Evidence):
    assert regret(guided.found) == regret(())
    assert all(j.wanted for j in guided.steps)


def test_a_question_asked_again_costs_its_seconds_and_no_more():
    answer = Answered("", "no_ring", "yes")
    found = moments(KB, call(answer, answer))
    again = found[2].judged
    assert again is not None and again.again
    assert again.euros == pytest.approx(KB.symptoms["no_ring"].seconds * KB.costs.talk_per_hour / 3600)
    assert again.seconds == KB.symptoms["no_ring"].seconds


def test_an_answer_mended_is_no_question_asked():
    found = moments(KB, call(Answered("", "no_ring", "yes"), Answered("", "no_ring", "no")))
    assert found[2].judged is None


def test_what_the_caller_says_unasked_is_no_step_of_the_operator():
    found = moments(KB, call(Answered("", "no_ring", "yes", volunteered=True)))
    assert found[1].judged is None


def test_the_regret_of_a_question_is_its_cost_beyond_the_best_step():
    found = moments(
        KB, call(Answered("", "no_ring", "yes", volunteered=True), Answered("", "shown", "sign_3"))
    )
    before = found[1].call.assessment
    cost = {(c.kind, c.id): c.cost for c in before.candidates}
    judged = found[2].judged
    assert judged is not None and judged.best == best_step(before) != judged.step == Step("ask", "shown")
    assert judged.euros == pytest.approx(max(0.0, cost["ask", "shown"] - before.candidates[0].cost))


def test_a_dearer_remedy_given_instead_is_regretted():
    told = Answered("", "no_ring", "yes", volunteered=True)
    verdict = moments(KB, call(told))[-1].call.assessment.outcome.remedy
    other = next(r for r in KB.remedies.values() if r.verdict != verdict.verdict)
    well = regret(moments(KB, call(told, Accepted(""))))
    badly = regret(moments(KB, call(told, Overruled("", other.verdict, other.id, "because"))))
    assert badly.euros > well.euros


def test_only_the_last_verdict_counts():
    told = Answered("", "no_ring", "yes", volunteered=True)
    other = next(r for r in KB.remedies.values() if r.verdict == "exchange")
    changed = (told, Overruled("", "exchange", other.id, "x"), Accepted(""))
    assert regret(moments(KB, call(*changed))) == regret(moments(KB, call(told, Accepted(""))))


def test_events_that_the_knowledge_refuses_are_left_out():
    found = moments(KB, call(Answered("", "no_such_thing", "yes"), Answered("", "no_ring", "yes")))
    assert [m.n for m in found] == [1, 3]
    assert moments(KB, (Answered(AT.format(0), "no_ring", "yes"),)) == ()


answers = st.sampled_from([(s.id, a.id) for s in KB.symptoms.values() for a in s.answers])


@given(st.lists(answers, max_size=4))
def test_regret_is_never_negative(pairs: list[tuple[str, str]]):
    found = moments(KB, call(*(Answered("", s, a) for s, a in pairs), Accepted("")))
    for moment in found:
        if moment.judged is not None:
            assert moment.judged.euros >= 0 and moment.judged.seconds >= 0


@given(st.lists(answers, max_size=4))
def test_what_is_proposed_is_never_regretted(pairs: list[tuple[str, str]]):
    found = moments(KB, call(*(Answered("", s, a) for s, a in pairs)))
    step = best_step(found[-1].call.assessment)
    if step.kind == "ask":
        after: Event = Answered("", step.id, KB.symptoms[step.id].answers[0].id)
    elif step.kind == "try":
        after = Tried("", step.id, "not_cured")
    else:
        after = Accepted("")
    judged = moments(KB, (*call(*(Answered("", s, a) for s, a in pairs)), replace(after, at=AT.format(30))))[
        -1
    ].judged
    assert judged is not None and judged.wanted and judged.euros == 0


def test_time_on_hold_does_not_count():
    from diagnose.consultation.events import Held, Resumed

    events = call(Held("", ""), Resumed("", ""), Answered("", "no_ring", "yes"))
    late = [
        replace(e, at=f"1998-03-02T1{min(n, 1)}:00:0{n}+01:00") if n > 1 else e for n, e in enumerate(events)
    ]
    assert on_the_line(late) == 2.0


def test_the_same_call_is_replayed_alike_each_time(knowledge: Path, guided: Evidence):
    from diagnose.record.many import many

    found = list(many(knowledge, [guided.file] * 12))
    assert {str(r.found) for r in found} == {str(found[0].found)}
    assert found[0].found is not None
    assert found[0].found["same"] and found[0].found["regret_euros"] == 0

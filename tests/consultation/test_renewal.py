"""A call that takes over edited knowledge: what was said is kept, undo reaches across, nothing before changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnose.consultation.call import Call, Refused, after, assessed, fold, in_force, open_call
from diagnose.consultation.events import (
    Accepted,
    Event,
    Held,
    Overruled,
    Redone,
    Renewed,
    Resumed,
    Tried,
    Undone,
    from_json,
    to_json,
)
from diagnose.consultation.trace import entry, trace
from diagnose.knowledge.model import UNKNOWN, KnowledgeBase
from diagnose.record.chain import canonical
from diagnose.record.transcript import Keeping, Writer
from tests.consultation.saying import AT, OPENED, said
from tests.consultation.saying import KB as OLD
from tests.reliability.bases import bases


def renewed(kb: KnowledgeBase) -> Renewed:
    return Renewed(AT, kb.revision)


def without(symptom: str, name: str = "less") -> KnowledgeBase:
    """The knowledge without a question, and without what it tells of the faults."""
    faults = {
        id_: replace(fault, shows=tuple(pair for pair in fault.shows if pair[0] != symptom))
        for id_, fault in OLD.faults.items()
    }
    left = {id_: s for id_, s in OLD.symptoms.items() if id_ != symptom}
    return replace(OLD, revision=name, symptoms=left, faults=faults, rules=())


LESS = without("mute_icon")
RENAMED = replace(
    LESS,
    revision="renamed",
    symptoms={
        **LESS.symptoms,
        "bell_icon": replace(OLD.symptoms["mute_icon"], id="bell_icon", formerly=("mute_icon",)),
    },
)


def call(*events: Event, on: tuple[KnowledgeBase, ...]) -> Call:
    return fold(on, [OPENED, *events])


def test_what_was_said_counts_on_the_new_knowledge():
    then = call(said("no_ring"), renewed(LESS), on=(OLD, LESS))
    assert then.kb is LESS
    assert then.findings == call(said("no_ring"), on=(OLD,)).findings
    assert then.assessment == fold(LESS, [OPENED, said("no_ring")]).assessment


def test_an_answer_to_a_question_that_is_gone_is_shelved_and_counts_again_when_it_is_back():
    events = (said("no_ring"), said("mute_icon"), renewed(LESS))
    then = call(*events, on=(OLD, LESS))
    assert then.shelved == ("mute_icon",)
    assert [f.symptom for f in then.findings.answers] == ["no_ring"]
    back = call(*events, renewed(OLD), on=(OLD, LESS, OLD))
    assert back.shelved == ()
    assert back.findings == call(*events[:2], on=(OLD,)).findings
    assert trace((OLD, LESS), [OPENED, *events])[-1]["shelved"] == ["mute_icon"]


def test_an_answer_to_a_question_that_was_renamed_is_followed():
    then = call(said("no_ring"), said("mute_icon"), renewed(RENAMED), on=(OLD, RENAMED))
    assert then.shelved == ()
    assert then.findings.answer_to("bell_icon") == "yes"


def test_an_answer_that_is_gone_does_not_bring_back_the_one_it_had_replaced():
    symptom = OLD.symptoms["mute_icon"]
    only_no = replace(symptom, answers=tuple(a for a in symptom.answers if a.id != "yes"))
    fewer = replace(LESS, revision="fewer", symptoms={**LESS.symptoms, "mute_icon": only_no})
    then = call(said("mute_icon", "no"), said("mute_icon", "yes"), renewed(fewer), on=(OLD, fewer))
    assert then.shelved == ("mute_icon",)
    assert then.findings.answer_to("mute_icon") is None


def test_undo_takes_back_the_last_answer_in_force_from_before_the_renewal():
    events = (said("no_ring"), said("mute_icon"), renewed(LESS))
    then = call(*events, on=(OLD, LESS))
    undone = after(then, Undone(AT))
    assert undone.findings.answers == ()
    assert undone.shelved == ("mute_icon",)
    assert after(undone, Redone(AT)).findings == then.findings
    with pytest.raises(Refused, match="nothing-to-undo"):
        after(undone, Undone(AT))


def test_what_was_taken_back_before_can_be_restored_after_unless_it_is_gone():
    undone = (said("no_ring"), said("mute_icon"), Undone(AT))
    with pytest.raises(Refused, match="nothing-to-redo"):
        call(*undone, renewed(LESS), Redone(AT), on=(OLD, LESS))
    both = (said("no_ring"), Undone(AT), renewed(LESS), Redone(AT))
    assert call(*both, on=(OLD, LESS)).findings.answer_to("no_ring") == "yes"


def test_a_verdict_that_was_given_is_given_anew():
    then = call(said("no_ring"), Accepted(AT), renewed(LESS), on=(OLD, LESS))
    assert not then.accepted
    other = call(Overruled(AT, "exchange", "", "He insists."), renewed(LESS), on=(OLD, LESS))
    assert other.overruled is None


def test_a_call_on_hold_takes_nothing_over():
    with pytest.raises(Refused, match="call-held"):
        call(Held(AT), renewed(LESS), on=(OLD, LESS))
    assert call(Held(AT), Resumed(AT), renewed(LESS), on=(OLD, LESS)).kb is LESS


def test_on_one_knowledge_base_a_call_stays_there():
    then = fold(OLD, [OPENED, said("no_ring"), renewed(LESS), said("mute_icon")])
    assert then.kb is OLD
    assert then.findings.answer_to("mute_icon") == "yes"


def test_the_knowledge_in_force_is_known_for_each_event():
    events = [OPENED, said("no_ring"), renewed(LESS), said("no_ring", "no")]
    assert [kb.revision for kb in in_force((OLD, LESS), events)] == [OLD.revision] * 2 + ["less"] * 2
    assert [kb.revision for kb in in_force(OLD, events)] == [OLD.revision] * 4


@st.composite
def calls(draw: st.DrawFn) -> tuple[tuple[KnowledgeBase, ...], list[Event], list[dict[str, object]], Call]:
    """A call lived through on two or three editions: with its entries as they were made, and its end."""
    editions = tuple(draw(bases()) for _ in range(draw(st.integers(2, 3))))
    opened = replace(OPENED, revision=editions[0].revision)
    live = open_call(editions[0], opened)
    events: list[Event] = [opened]
    entries = [entry(None, live, opened)]
    to_come = list(editions[1:])
    for what in draw(st.lists(st.sampled_from(("say", "say", "try", "undo", "redo", "renew")), max_size=14)):
        event: Event
        step = live
        match what:
            case "say":
                symptom = live.kb.symptoms[draw(st.sampled_from(sorted(live.kb.symptoms)))]
                answer = draw(st.sampled_from([*(a.id for a in symptom.answers), UNKNOWN]))
                event = said(symptom.id, answer, draw(st.booleans()))
            case "try":
                names = sorted(r.id for r in live.kb.remedies.values() if r.trial)
                event = Tried(AT, draw(st.sampled_from(names)), "not_cured") if names else Undone(AT)
            case "renew":
                if not to_come:
                    continue
                event, step = renewed(to_come[0]), replace(live, later=(to_come.pop(0),))
            case _:
                event = Undone(AT) if what == "undo" else Redone(AT)
        try:
            then = after(step, event)
        except Refused:
            continue
        entries.append(entry(live, then, event))
        events.append(event)
        live = then
    return editions, events, entries, live


@given(calls())
@settings(max_examples=50, deadline=None)
def test_live_replayed_and_resumed_are_the_same_bytes_across_renewals(lived):
    editions, events, entries, live = lived
    assessed.cache_clear()
    again = fold(editions, [from_json(to_json(e)) for e in events])
    assert (again.kb, again.findings, again.shelved) == (live.kb, live.findings, live.shelved)
    assert canonical(trace(editions, events)) == canonical(entries)
    with TemporaryDirectory() as folder:
        path = Path(folder, "call.jsonl")
        with Writer.create(path, Keeping(key=lambda: None)) as writer:
            for event, made in zip(events, entries, strict=True):
                writer.append(event, made)
        writer, recording = Writer.resume(path, Keeping(key=lambda: None))
        writer.close()
        assert recording.events == tuple(events)
        assert canonical(list(recording.entries)) == canonical(trace(editions, recording.events))


@given(calls())
@settings(max_examples=50, deadline=None)
def test_a_renewal_changes_nothing_of_the_trace_before_it_and_forgets_nothing(lived):
    editions, events, entries, live = lived
    first = next((i for i, e in enumerate(events) if isinstance(e, Renewed)), len(events))
    assert canonical(trace(editions[0], events[:first])) == canonical(entries[:first])
    assert len(live.deeds) <= len(live.said)
    if live.deeds:
        back = after(after(live, Undone(AT)), Redone(AT))
        assert back.findings == live.findings

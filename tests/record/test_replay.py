"""A recorded call on today's knowledge: the same, or parting at a line that is named."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console, Group

from diagnose.consultation.call import fold
from diagnose.consultation.events import Accepted, Answered, Closed, Event, Opened, Overruled
from diagnose.consultation.trace import trace
from diagnose.knowledge.catalogue import load
from diagnose.record.many import one
from diagnose.record.printable import clean
from diagnose.record.replay import Difference, decision, replay, replay_json
from diagnose.record.showing import said_line, show, steps, verdict_line
from diagnose.record.transcript import Keeping, Writer, read
from tests.record.folder import edit
from tests.terminal.position import telephone

AT = "1998-03-02T10:00:00+01:00"


def printed(*parts: object) -> str:
    out = StringIO()
    Console(file=out, width=140).print(Group(*parts))  # type: ignore[arg-type]
    return out.getvalue()


def shown(result: object, language: str | None = None) -> str:
    return printed(show(result, language))  # type: ignore[arg-type]


def test_on_the_same_knowledge_a_call_goes_the_same_way(folder: Path, recorded: Path):
    result = replay(folder, read(recorded))
    assert result.same
    assert result.problems == ()
    assert result.revision_then == result.revision_now
    assert result.verdict_then == result.verdict_now is not None
    assert list(result.entries) == list(read(recorded).entries)
    assert replay_json(result)["first_difference"] is None


def test_a_figure_that_changes_no_decision_makes_no_difference(folder: Path, recorded: Path):
    edit(folder, "families/gsm.yaml", "per_1000: 50", "per_1000: 50.5")
    result = replay(folder, read(recorded))
    assert result.revision_then != result.revision_now
    assert result.same


def test_a_figure_that_changes_a_decision_is_named_with_its_line(folder: Path, recorded: Path):
    edit(folder, "families/gsm.yaml", "per_1000: 50", "per_1000: 0.01")
    result = replay(folder, read(recorded))
    assert not result.same
    then = decision(read(recorded).entries[0])["next"]
    assert result.first_difference == Difference(1, "next", then, {"do": "conclude", "remedy": "swap"})
    assert result.verdict_now is not None
    assert result.verdict_now["remedy"] == "swap"
    assert ", now conclude swap." in shown(result)


def test_an_event_that_is_refused_today_is_reported_and_the_rest_goes_on(folder: Path, recorded: Path):
    edit(folder, "families/gsm.yaml", "then: {ask: [hazard]}", "then: {alert: hot}")
    edit(folder, "families/gsm.yaml", "when: {hazard: yes}", "when: {mute_icon: yes}")
    edit(folder, "families/gsm.yaml", "  hazard:\n", "  danger:\n")
    recording = read(recorded)
    place = next(i for i, e in enumerate(recording.events) if getattr(e, "symptom", "") == "hazard")
    result = replay(folder, recording)
    assert not result.same
    (problem,) = result.problems
    assert (problem.code, str(problem.place)) == ("T201", f"{recorded}:{place + 1}:1")
    assert result.entries[place] is None
    assert result.entries[-1] is not None
    assert result.call is not None and result.call.over


def test_an_id_that_was_renamed_is_followed(folder: Path, recorded: Path):
    edit(folder, "families/gsm.yaml", "no_ring", "rings_not")
    edit(folder, "families/gsm.yaml", "silent_ring", "no_ring")
    assert replay(folder, read(recorded)).same


@pytest.mark.parametrize("gone", ["handsets/acme-one.yaml", "programmes/desk.yaml", "words.yaml"])
def test_without_its_knowledge_a_call_is_shown_but_not_compared(gone: str, folder: Path, recorded: Path):
    (folder / gone).unlink()
    result = replay(folder, read(recorded))
    assert result.call is None
    assert not result.same
    assert result.problems[-1].code == "T202"
    assert result.knowledge_problems
    assert "Cannot be replayed" in shown(result)


def test_a_broken_recording_is_replayed_to_its_break_and_is_not_the_same(folder: Path, recorded: Path):
    lines = recorded.read_bytes().splitlines(keepends=True)
    recorded.write_bytes(b"".join(lines[:2]) + b"nonsense\n" + b"".join(lines[3:]))
    result = replay(folder, read(recorded))
    assert len(result.entries) == 2
    assert result.first_difference is None
    assert not result.same
    assert "the recording is broken" in shown(result)


def test_nothing_recorded_is_nothing_to_replay(folder: Path, tmp_path: Path):
    (tmp_path / "a.jsonl").write_bytes(b"")
    result = replay(folder, read(tmp_path / "a.jsonl"))
    assert (result.call, result.same) == (None, False)
    assert shown(result).strip()


def test_a_time_that_is_none_is_a_problem_of_the_recording(folder: Path, recorded: Path):
    recorded.write_bytes(recorded.read_bytes().replace(b"1998-03-02T10:00:00+01:00", b"yesterday"))
    result = replay(folder, read(recorded))
    refused = [p for p in result.problems if p.code == "T201"]
    assert "bad-time" in refused[0].message
    assert "?" in shown(result)


def test_a_tampered_trace_never_stops_the_replay(folder: Path, recorded: Path):
    text = recorded.read_text("utf-8")
    recorded.write_text(
        text.replace('"faults":[', '"faults":[3,{"id":[]},').replace('"next":{', '"next":3,"x":{')
    )
    result = replay(folder, read(recorded))
    assert result.first_difference is not None
    assert shown(result)


def test_a_call_is_shown_in_either_language_with_its_words(folder: Path, recorded: Path):
    result = replay(folder, read(recorded))
    english, french = shown(result), shown(result, "fr")
    assert "Does it fail to ring?" in english
    assert "Verdict: advice; Switch the ringer on" in english
    assert "Same on today's knowledge" in english
    assert "La sonnerie est-elle muette ?" in french
    assert "Verdict : conseil; Remettre la sonnerie" in french
    assert re.search(r"\d%", english) and not re.search(r"\d %", english)
    assert re.search(r"\d %", french) and not re.search(r"\d%", french)


def test_beside_advice_nobody_is_said_to_pay(folder: Path, recorded: Path):
    result = replay(folder, read(recorded))
    assert result.verdict_then is not None and result.verdict_then["charge"] == "free"
    assert "Free" not in shown(result)
    paid = {**result.verdict_then, "kind": "exchange", "remedy": "swap"}
    assert "Free" in printed(verdict_line(result.editions[-1], paid, "en", None))


def test_days_are_printed_as_they_are_said_and_the_closing_words_as_they_are_read_to_the_caller():
    kb = telephone()
    deeds = {"no_ring": "yes", "mute_icon": "no", "bought": "1997-10-01", "proof": "yes"}
    answers = [Answered(AT, name, answer, name == "no_ring") for name, answer in deeds.items()]
    opened = Opened(AT, "c", kb.handset.id, None, kb.revision, "diagnose", "fr")
    events: list[Event] = [opened, *answers, Accepted(AT)]
    call, entries = fold(kb, events), trace(kb, events)
    french = printed(steps(kb, events, entries, "fr"), said_line(call, "fr"))
    assert "1er octobre 1997" in french
    assert "Dites : faites swap Il arrive au plus tard demain, mardi 3 mars, 18 heures." in french
    told = fold(kb, [opened, Answered(AT, "asks_how", "yes", True)])
    assert told.assessment.outcome.verdict == "advice" and said_line(told, "fr") is None


@pytest.mark.parametrize("told", [0, -1], ids=["before the system has decided", "after it has"])
def test_the_verdict_of_a_call_that_was_overruled_is_the_operators(
    folder: Path, recorded: Path, tmp_path: Path, told: int
):
    kb = load(folder, "acme-one").knowledge
    assert kb is not None
    said = [e for e in read(recorded).events if isinstance(e, (Opened, Answered))]
    events = [
        *said[: told or 1],
        Overruled(AT, "exchange", "swap", "it crackles"),
        Closed(AT, "exchange/swap"),
    ]
    path = tmp_path / "calls" / "own.jsonl"
    with Writer.create(path, Keeping(knowledge=folder)) as writer:
        for event, entry in zip(events, trace(kb, events), strict=True):
            writer.append(event, entry)
    result = replay(folder, read(path))
    data = replay_json(result)
    assert result.same
    assert data["verdict"] == data["verdict_then"]
    assert {k: data["verdict"][k] for k in ("kind", "remedy", "overruled")} == {
        "kind": "exchange",
        "remedy": "swap",
        "overruled": True,
    }
    assert "Verdict: exchange; Exchange; the operator's own decision" in shown(result)


def test_of_a_handset_that_is_not_there_one_line_says_so(folder: Path, recorded: Path):
    (folder / "handsets/acme-one.yaml").rename(folder / "handsets/acme-only.yaml")
    (line,) = one(folder, False, recorded).complaints
    assert line == f"{recorded}:1:1: T202 there is no handset 'acme-one'; did you mean 'acme-only'?"


def test_nothing_recorded_can_move_the_cursor():
    assert clean("a\x1b[2Jb\nc\x07") == "a [2Jb c "

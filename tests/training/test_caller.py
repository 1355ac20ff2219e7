"""The virtual caller: drawn by a seed, consistent, impatient, and heard on the operator's terminal."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from diagnose.knowledge.catalogue import load
from diagnose.knowledge.model import UNKNOWN, Trial
from diagnose.reasoning.open_question import ANYTHING_ELSE, NOTHING, SOMETHING
from diagnose.record.kept import FOLDER, kept
from diagnose.record.transcript import read
from diagnose.terminal import plain
from diagnose.terminal.commands import run
from diagnose.terminal.start import CannotStart
from diagnose.terminal.state import Entry, asked, at_verdict, tried
from diagnose.training.evidence import Evidence
from diagnose.training.exercise import NoSuchCaller, draw, kinds
from diagnose.training.head import beginning, head_path, read_head, write_head
from diagnose.training.lay import phrases_of, sayable
from diagnose.training.persona import Persona
from diagnose.training.shapes import DIFFICULTIES, OCCASIONS
from diagnose.training.taking import Place, prepare, resume
from diagnose.training.voices import Difficulty, Voices, read_voices
from tests.training.conftest import GENIE, begin, end
from tests.training.robot import follow_the_guide, step, take_complaint


@pytest.fixture(scope="module")
def kb(knowledge: Path):
    return load(knowledge, "philips-genie").knowledge


@pytest.fixture(scope="module")
def voices(knowledge: Path) -> Voices:
    found, problems = read_voices(knowledge)
    assert found is not None and problems == ()
    return found


def persona(kb, voices: Voices, difficulty: Difficulty | None = None, exercise=GENIE) -> Persona:
    hard = difficulty or voices.difficulties["medium"]
    return Persona(kb, draw(kb, exercise, hard), voices, hard, "en", exercise.seed)


def test_the_same_seed_is_the_same_caller_and_another_seed_another(kb, voices: Voices):
    medium = voices.difficulties["medium"]
    assert draw(kb, GENIE, medium) == draw(kb, GENIE, medium)
    callers = {
        (c.fault, c.opening) for c in (draw(kb, replace(GENIE, kind="", seed=s), medium) for s in range(8))
    }
    assert len(callers) > 3


def test_the_kind_of_fault_can_be_chosen(kb, voices: Voices):
    for kind in kinds(kb):
        found = draw(kb, replace(GENIE, kind=kind), voices.difficulties["easy"])
        assert kb.faults[found.fault].fault_class == kind
    fault = next(iter(kb.faults))
    assert draw(kb, replace(GENIE, kind=fault), voices.difficulties["easy"]).fault == fault


def test_a_kind_that_nobody_has_is_refused_with_those_that_there_are(kb, voices: Voices):
    with pytest.raises(NoSuchCaller, match="hardware"):
        draw(kb, replace(GENIE, kind="haunted"), voices.difficulties["easy"])


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_occasion_has_words_in_both_languages(voices: Voices, language: str):
    assert [name for name in OCCASIONS if not voices.lines[language, name]] == []
    assert set(DIFFICULTIES) <= set(voices.difficulties)


def test_no_line_comes_twice_before_all_have_come_once(voices: Voices):
    count = len(voices.lines["en", "yes"])
    said = [voices.line(("yes",), "en", 5, n) for n in range(count)]
    assert sorted(said) == sorted(voices.lines["en", "yes"])


def test_he_says_the_same_when_asked_again_and_that_he_said_so(kb, voices: Voices):
    caller = persona(kb, voices)
    symptom = kb.symptoms["proof"]
    caller.replies(symptom, 0)
    first = caller.memory.said["proof"]
    again = caller.replies(symptom, 0)
    assert caller.memory.said["proof"] == first
    assert again[0] in voices.lines["en", "again"]


def test_he_lets_be_known_what_was_drawn(kb, voices: Voices):
    caller = persona(kb, voices)
    for symptom in kb.symptoms.values():
        if symptom.id != caller.caller.opening[0]:
            caller.replies(symptom, 0)
    open_ = {*caller.memory.unasked, ANYTHING_ELSE}  # what is left to say depends on what was said
    drawn = {s: a for s, a in caller.caller.says.items() if s not in open_}
    wrong = [s for s, a in drawn.items() if caller.memory.said.get(s, a) not in (a, UNKNOWN)]
    assert wrong == []
    assert all(caller.memory.said[s] == caller.caller.truth[s] for s in caller.memory.unasked)


def test_his_patience_ends_once_for_each_time_it_does(kb, voices: Voices):
    caller = persona(kb, voices, Difficulty(patience=60, hangs_up=200))
    assert [bool(caller.loses_patience(t)) for t in (10, 59, 60, 61, 119, 120, 121)] == [
        False, False, True, False, False, True, False,
    ]  # fmt: skip
    assert not caller.hangs_up(199) and caller.hangs_up(200)


def test_he_tries_nothing_long_once_he_is_cross_and_nothing_twice(kb, voices: Voices):
    long = next(r for r in kb.remedies.values() if r.trial is not None)
    long = replace(long, trial=Trial(90, 0.5))
    caller = persona(kb, voices, Difficulty(refuses=0, patience=60))
    assert caller.tries(long, 100)[0] == "declined"
    assert caller.tries(long, 10)[0] in ("cured", "not_cured")
    assert caller.tries(long, 10)[0] == "before"


def test_a_willing_caller_reports_what_would_come_of_it(kb, voices: Voices):
    caller = persona(kb, voices, Difficulty(refuses=0, patience=600))
    for remedy in kb.remedies.values():
        if remedy.trial is not None:
            cured = caller.caller.cured[remedy.id]
            assert caller.tries(remedy, 0)[0] == ("cured" if cured else "not_cured")


def test_the_head_of_an_exercise_is_read_as_it_was_written(kb, voices: Voices, tmp_path: Path):
    head = beginning(kb, replace(GENIE, on="1998-03-02T10:00:00+01:00"), persona(kb, voices).caller, "anna")
    head = replace(head, dialogue=((1, "caller", "« é »"),), steps=(("x", 1, 2),), finished=True)
    write_head(tmp_path / "x.exercise.json", head)
    assert read_head(tmp_path / "x.exercise.json") == head


def test_an_exercise_from_before_callers_refused_is_still_read(guided: Evidence, tmp_path: Path):
    data = json.loads(head_path(guided.file).read_text("utf-8"))
    for part, names in (("memory", ("refused", "unwanted")), ("standing", ("refusal",))):
        for name in names:
            del data[part][name]
    (tmp_path / "x.exercise.json").write_text(json.dumps(data), "utf-8")
    assert read_head(tmp_path / "x.exercise.json") == guided.head


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 2}', '{"format": 1, "exercise": 3}', "null"])
def test_a_head_that_is_none_is_none(tmp_path: Path, text: str):
    (tmp_path / "x.exercise.json").write_text(text)
    assert read_head(tmp_path / "x.exercise.json") is None


def test_the_same_steps_are_the_same_call_and_the_same_dialogue(knowledge: Path, tmp_path: Path):
    heads, events = [], []
    for name in ("one", "two"):
        terminal, path = begin(knowledge, tmp_path / name)
        proof = end(knowledge, follow_the_guide(terminal), path)
        heads.append(proof.head)
        events.append(read(path).events)
    assert heads[0] == heads[1]
    assert events[0] == events[1]


def test_the_caller_opens_and_the_complaint_is_to_be_typed(knowledge: Path, tmp_path: Path):
    terminal, _ = begin(knowledge, tmp_path)
    assert isinstance(terminal.state.overlay, Entry) and terminal.state.overlay.purpose == "complaint"
    assert len(terminal.state.heard) == 1


def test_nothing_is_proposed_where_the_trainee_picks_the_questions(knowledge: Path, tmp_path: Path):
    terminal, _ = begin(knowledge, tmp_path, replace(GENIE, guided=False))
    take_complaint(terminal)
    assert asked(terminal.state) is None and tried(terminal.state) is None and not at_verdict(terminal.state)
    for command in ("why", "change", "why_not"):
        run(terminal, command)
        assert terminal.state.overlay is None
    run(terminal, "ask_other", "proof")
    symptom = asked(terminal.state)
    assert symptom is not None and symptom.id == "proof"
    assert terminal.state.heard


def test_a_question_picked_by_oneself_is_answered_on_the_ordinary_call(knowledge: Path, tmp_path: Path):
    terminal, _ = begin(knowledge, tmp_path, replace(GENIE, guided=False))
    take_complaint(terminal)
    run(terminal, "ask_other", "proof")
    run(terminal, "answer", "1")
    assert terminal.session is not None
    assert terminal.session.call.findings.answer_to("proof") == "yes"
    assert asked(terminal.state) is None


def test_he_hangs_up_on_who_takes_too_long(knowledge: Path, tmp_path: Path):
    terminal, path = begin(knowledge, tmp_path, replace(GENIE, difficulty="hard"))
    take_complaint(terminal)
    assert terminal.clock is not None
    terminal.clock.talk += 10_000
    run(terminal, "clock")
    assert terminal.state.leaving is not None and terminal.hung_up
    proof = end(knowledge, terminal, path)
    assert proof.head is not None and proof.head.hung_up and proof.head.finished
    assert not proof.decided


def test_beside_an_exercise_no_other_handset_is_kept(knowledge: Path, tmp_path: Path):
    _, path = prepare(Place(knowledge, tmp_path, "anna", thinking=False), GENIE)
    texts = kept(path.parent / FOLDER, *read(path).grounds)
    assert [name for name in texts if name.startswith("handsets/")] == ["handsets/philips-genie.yaml"]


def test_line_by_line_the_caller_is_heard_after_the_question(knowledge: Path, tmp_path: Path):
    place = Place(knowledge, tmp_path, "anna", plain=True, thinking=False)
    terminal, _ = prepare(place, GENIE)
    out = io.StringIO()
    plain.converse(terminal, io.StringIO("\n\n"), out)
    said = out.getvalue()
    assert said.count("«") >= 2
    assert said.index("SAY:") < said.index("«")


def test_a_recorded_caller_answers_as_he_did(knowledge: Path, tmp_path: Path, guided):
    place = Place(knowledge, tmp_path, "anna", thinking=False, recording=guided.file)
    terminal, _ = prepare(place, GENIE)
    head = terminal.head()
    follow_the_guide(terminal)
    assert terminal.session is not None
    assert head.recorded and head.fault == guided.call.assessment.outcome.fault
    again = terminal.session.call
    assert {f.symptom: f.answer for f in again.findings.answers} == {
        f.symptom: f.answer for f in guided.call.findings.answers
    }


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"handset": "acme-9"}, "acme-9"),
        ({"kind": "haunted"}, "haunted"),
        ({"difficulty": "fiendish"}, "fiendish"),
        ({"on": "tomorrow"}, "1998-03-02T10:00:00+01:00"),
    ],
)
def test_what_cannot_be_practised_is_one_line(
    knowledge: Path, tmp_path: Path, change: dict[str, str], said: str
):
    with pytest.raises(CannotStart) as refused:
        begin(knowledge, tmp_path, replace(GENIE, **change))
    assert said in str(refused.value) and "\n" not in str(refused.value)
    assert not list(tmp_path.glob("*"))


def test_the_transcript_of_an_exercise_has_its_head_beside_it(guided):
    assert read_head(head_path(guided.file)) == guided.head


def asked_openly(kb, voices: Voices, language: str = "en") -> Persona:
    """A caller to whose mind two things come."""
    signs = (("hear_nothing", "yes"), ("vibrate_fails", "yes"))
    signs = tuple(s for s in signs if s[0] in kb.symptoms) or (("hear_nothing", "yes"),)
    caller = persona(kb, voices)
    caller.caller = replace(caller.caller, opening=("wont_charge", "yes"), comes_to_mind=signs)
    caller.language = language
    return caller


@pytest.mark.parametrize("language", ["en", "fr"])
def test_asked_what_else_strikes_him_he_says_all_that_comes_to_mind(kb, voices: Voices, language: str):
    caller = asked_openly(kb, voices, language)
    lines = caller.replies(kb.symptoms[ANYTHING_ELSE], 0)
    signs = caller.caller.comes_to_mind
    assert len(lines) == len(signs)
    for line, (symptom, answer) in zip(lines, signs, strict=True):
        assert any(p in line for p in phrases_of(kb, symptom, answer, language))
        assert caller.memory.said[symptom] == answer and symptom in caller.memory.unasked
    assert caller.memory.said[ANYTHING_ELSE] == SOMETHING
    assert not any(a.text.say(language) in line for a in kb.symptoms[ANYTHING_ELSE].answers for line in lines)


def test_asked_again_nothing_more_comes_to_his_mind(kb, voices: Voices):
    caller = asked_openly(kb, voices)
    caller.replies(kb.symptoms[ANYTHING_ELSE], 0)
    (nothing,) = caller.replies(kb.symptoms[ANYTHING_ELSE], 0)
    assert nothing in voices.lines["en", "nothing_else"]
    assert caller.memory.said[ANYTHING_ELSE] == SOMETHING


def test_a_caller_with_nothing_on_his_mind_says_so(kb, voices: Voices):
    caller = persona(kb, voices)
    caller.caller = replace(caller.caller, comes_to_mind=())
    (line,) = caller.replies(kb.symptoms[ANYTHING_ELSE], 0)
    assert line in voices.lines["en", "nothing_else"] and caller.memory.said[ANYTHING_ELSE] == NOTHING


def test_an_unwilling_caller_does_not_look_at_what_takes_a_minute(kb, voices: Voices):
    long = next(s for s in kb.symptoms.values() if s.kind == "check" and s.seconds >= 60 and not s.ends_call)
    unwilling = persona(kb, voices, Difficulty(refuses=1))
    assert unwilling.replies(long, 0)[0] in voices.lines["en", "refuse_test"]
    assert unwilling.memory.said[long.id] == UNKNOWN
    willing = persona(kb, voices, Difficulty(refuses=0, patience=100))
    assert willing.replies(long, 0)[0] not in voices.lines["en", "refuse_test"]
    cross = persona(kb, voices, Difficulty(refuses=0, patience=100))
    assert cross.replies(long, 151)[0] in voices.lines["en", "refuse_test"]


def test_what_the_operator_looks_up_himself_the_screen_tells_him(knowledge: Path, tmp_path: Path):
    terminal, _ = begin(knowledge, tmp_path, replace(GENIE, kind="hardware"))
    assert terminal.session is not None and terminal.persona is not None
    run(terminal, "cancel")
    own = next(s for s in terminal.session.call.kb.symptoms.values() if "?" not in s.ask.say("en"))
    terminal.state = replace(terminal.state, asking=own.id)
    terminal.clocked()
    known = own.answer(terminal.persona.memory.said[own.id])
    assert known is not None and known.text.say("en") in terminal.state.heard[-1]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_answer_is_read_off_the_screen_with_its_brackets(knowledge: Path, voices: Voices, language: str):
    for handset in ("philips-genie", "google-pixel-7a", "ericsson-gh688"):
        kb = load(knowledge, handset).knowledge
        assert kb is not None
        caller = persona(kb, voices, exercise=replace(GENIE, kind=""))
        caller.language = language
        for symptom in kb.symptoms.values():
            for answer in symptom.answers:
                if symptom.id != ANYTHING_ELSE:
                    said = caller._answer(symptom, answer.id)
                    assert not set("()/") & set(said), said


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_he_says_of_himself_has_a_subject_where_anybody_wrote_one(language: str):
    phrases = {
        "en": ("eats battery", "the battery is flat", "no charge"),
        "fr": ("se vide", "la batterie se vide", "plus de batterie"),
    }
    assert sayable(phrases[language], language) == (phrases[language][1],)
    assert sayable(phrases[language][:1], language) == (
        ("it " if language == "en" else "il ") + phrases[language][0],
    )
    assert sayable(phrases[language][2:], language) == phrases[language][2:]


def test_an_exercise_that_was_held_goes_on_where_it_was(knowledge: Path, tmp_path: Path):
    whole, _ = begin(knowledge, tmp_path / "whole")
    follow_the_guide(whole)

    terminal, path = begin(knowledge, tmp_path / "held")
    take_complaint(terminal)
    terminal.clocked()
    step(terminal)
    question = asked(terminal.state)
    assert terminal.session is not None
    terminal.do(lambda s: s.hold("lunch"))
    terminal.session.recorder.close()
    write_head(head_path(path), terminal.head())

    place = Place(knowledge, tmp_path / "held", "anna", thinking=False)
    again, same = resume(place)
    assert same == path and asked(again.state) == question
    voices, _ = read_voices(knowledge)
    assert voices is not None and again.state.heard[-1] in voices.lines["en", "back"]
    follow_the_guide(again)
    assert again.session is not None and whole.session is not None
    ours, theirs = again.session.call, whole.session.call
    assert [(f.symptom, f.answer) for f in ours.findings.answers] == [
        (f.symptom, f.answer) for f in theirs.findings.answers
    ]
    lines = [line for _, _, line in again.head().dialogue if line not in voices.lines["en", "back"]]
    assert lines == [line for _, _, line in whole.head().dialogue]
    assert again.head().finished


def test_an_exercise_cut_off_goes_on_with_all_that_was_said(knowledge: Path, tmp_path: Path):
    terminal, _ = begin(knowledge, tmp_path)
    take_complaint(terminal)
    terminal.clocked()
    assert terminal.session is not None and terminal.persona is not None
    heard = terminal.state.heard
    terminal.session.recorder.close()  # as a power cut would: nothing else is written

    again, _ = resume(Place(knowledge, tmp_path, "anna", thinking=False))
    assert again.persona is not None
    assert again.persona.memory.said == terminal.persona.memory.said
    assert again.persona.memory.unasked == terminal.persona.memory.unasked
    assert again.state.heard[:-1] == heard


def test_nothing_to_go_on_with_is_one_line(knowledge: Path, tmp_path: Path):
    with pytest.raises(CannotStart) as refused:
        resume(Place(knowledge, tmp_path, "anna"), "xyz")
    assert "xyz" in str(refused.value) and "\n" not in str(refused.value)


def test_a_try_and_the_question_that_is_the_same_act_have_one_outcome(kb, voices: Voices):
    same = [r for r in kb.remedies.values() if r.trial is not None and r.trial.check in kb.symptoms]
    assert same
    for remedy in same:
        assert remedy.trial is not None
        for first in ("try", "ask"):
            caller = persona(kb, voices, Difficulty(refuses=0, patience=600))
            check = kb.symptoms[remedy.trial.check]
            if first == "ask":
                caller.replies(check, 0)
            result, _ = caller.tries(remedy, 0)
            if first == "try" and result != "declined":
                caller.replies(check, 0)
            said = caller.memory.said.get(check.id, UNKNOWN)
            assert said == UNKNOWN or result == "declined" or (said == "yes") == (result == "cured")


def test_who_speaks_on_the_very_phone_tries_nothing_that_would_cut_him_off(kb, voices: Voices):
    cutting = next(r for r in kb.remedies.values() if r.trial is not None and r.trial.ends_call)
    outcomes = set()
    for seed in range(12):
        caller = persona(kb, voices, Difficulty(refuses=0, patience=600), replace(GENIE, seed=seed))
        result, line = caller.tries(cutting, 0)
        outcomes.add(result == "declined")
        assert (result == "declined") == (line in voices.lines["en", "not_here"])
    assert outcomes == {True, False}

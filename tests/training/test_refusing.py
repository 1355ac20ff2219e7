"""A caller who will not have the verdict: on what ground, what can be done about it, how it is judged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnose.consultation.events import Closed, Noted
from diagnose.knowledge.catalogue import load
from diagnose.knowledge.model import KnowledgeBase
from diagnose.record.moments import regret
from diagnose.simulation.callers import Caller
from diagnose.terminal.commands import run
from diagnose.terminal.state import Entry, Pick, at_verdict
from diagnose.training.evidence import Evidence
from diagnose.training.exercise import draw
from diagnose.training.head import head_path, read_head, write_head
from diagnose.training.measures import measure
from diagnose.training.persona import Persona
from diagnose.training.refusing import EXPLAIN, GROUNDS, NEXT_BEST, PURPOSE, RECORD, grounds
from diagnose.training.room import TrainingTerminal
from diagnose.training.taking import Place, resume
from diagnose.training.voices import Difficulty, Voices, read_voices
from tests.training.conftest import GENIE, begin, end
from tests.training.robot import step, take_complaint
from tests.training.test_scoring import overruled

PAID = replace(GENIE, kind="liquid", seed=5)
"""Water got in: a repair by the workshop, at his charge, after an estimate."""
WORN = replace(GENIE, handset="google-pixel-7a", kind="wear", seed=1)
DANGER = replace(GENIE, handset="google-pixel-7a", kind="safety", seed=3)
UNWILLING = Difficulty(refuses=0, patience=9000, objects=1, gives_in=1)
FIRM = replace(UNWILLING, gives_in=0)
CALLER = Caller(0, "x", {}, {}, None, {})


@pytest.fixture(scope="module")
def voices(knowledge: Path) -> Voices:
    found, _ = read_voices(knowledge)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def kb(knowledge: Path) -> KnowledgeBase:
    found = load(knowledge, "philips-genie").knowledge
    assert found is not None
    return found


def to_the_verdict(terminal: TrainingTerminal, difficulty: Difficulty) -> TrainingTerminal:
    """Up to the verdict, with a caller of that difficulty."""
    assert terminal.persona is not None and terminal.session is not None
    terminal.persona.difficulty = difficulty
    take_complaint(terminal)
    for _ in range(100):
        if at_verdict(terminal.state):
            break
        step(terminal)
    assert at_verdict(terminal.state)
    terminal.clocked()
    return terminal


def refused(
    knowledge: Path, folder: Path, difficulty: Difficulty = UNWILLING
) -> tuple[TrainingTerminal, Path]:
    terminal, path = begin(knowledge, folder, PAID)
    return to_the_verdict(terminal, difficulty), path


def choose(terminal: TrainingTerminal, what: str) -> None:
    """The close is tried, and that line of the list taken."""
    run(terminal, "accept")
    pick = terminal.state.overlay
    assert isinstance(pick, Pick) and pick.purpose == PURPOSE
    run(terminal, "choose", str([o.value for o in pick.options].index(what) + 1))


def close(terminal: TrainingTerminal) -> None:
    for _ in range(20):
        run(terminal, "tick_next")
    run(terminal, "accept")


def share(proof: Evidence, name: str) -> float | None:
    return measure(name, proof, {"misled": 0.7}, "en").share


def test_a_repair_at_his_charge_gives_him_three_grounds(knowledge: Path, tmp_path: Path):
    terminal, _ = refused(knowledge, tmp_path)
    assert grounds(terminal.state.the_call) == GROUNDS


def test_nobody_refuses_what_keeps_him_from_harm(knowledge: Path, tmp_path: Path):
    terminal, _ = begin(knowledge, tmp_path, DANGER)
    to_the_verdict(terminal, UNWILLING)
    assert terminal.state.the_call.assessment.alerts
    assert terminal.standing.refusal == "" and grounds(terminal.state.the_call) == ()


def test_advice_gives_no_ground_but_that_it_erases_all_he_has(knowledge: Path, guided: Evidence):
    call = guided.call
    assert grounds(call) == ()
    assert grounds(call, (call.assessment.outcome.remedy.id,)) == ("data",)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_he_refuses_in_words_of_his_own_the_same_for_the_same_seed(
    kb: KnowledgeBase, voices: Voices, language: str
):
    said = set()
    for _ in range(2):
        caller = Persona(kb, draw(kb, GENIE, UNWILLING), voices, UNWILLING, language, GENIE.seed)  # type: ignore[arg-type]
        ground = caller.refuses("x", ("pay",))
        (line,) = caller.hears_verdict("repair", pays=True, solved=False, refused=ground)
        assert line in voices.lines[language, "refuse_pay"]
        said.add((line, caller.is_told_why("pay", 0)))
    assert len(said) == 1


def test_some_callers_refuse_and_others_do_not(kb: KnowledgeBase, voices: Voices):
    hard = voices.difficulties["hard"]
    drawn = [
        Persona(kb, draw(kb, replace(GENIE, seed=s), hard), voices, hard, "en", s).refuses("x", ("pay",))
        for s in range(12)
    ]
    assert set(drawn) == {"", "pay"}


def test_who_has_saved_everything_does_not_fear_for_it(knowledge: Path, voices: Voices):
    kb = load(knowledge, "google-pixel-7a").knowledge
    assert kb is not None
    caller = Persona(kb, draw(kb, replace(GENIE, kind=""), UNWILLING), voices, UNWILLING, "en", 1)
    for saved, ground in (("yes", ""), ("no", "data")):
        caller.caller = replace(caller.caller, truth={**caller.caller.truth, "saved": saved})
        assert caller.refuses("x", ("data",)) == ground


def test_who_is_cross_is_not_moved_by_an_explanation(kb: KnowledgeBase, voices: Voices):
    patient = replace(UNWILLING, patience=100)
    caller = Persona(kb, draw(kb, GENIE, patient), voices, patient, "en", 1)
    assert caller.is_told_why("pay", 10)[0] and not caller.is_told_why("pay", 200)[0]


def test_a_call_is_not_closed_over_a_refusal(knowledge: Path, tmp_path: Path):
    terminal, _ = refused(knowledge, tmp_path)
    assert terminal.state.notice is not None and terminal.state.notice.bad
    close(terminal)
    assert terminal.state.leaving is None and not terminal.state.the_call.accepted
    pick = terminal.state.overlay
    assert isinstance(pick, Pick) and [o.value for o in pick.options] == [EXPLAIN, RECORD]


def test_explained_he_gives_in_and_the_score_says_so(knowledge: Path, tmp_path: Path):
    terminal, path = refused(knowledge, tmp_path)
    assert terminal.session is not None
    before = terminal.session.elapsed
    choose(terminal, EXPLAIN)
    assert terminal.standing.refusal == "" and terminal.session.elapsed > before
    close(terminal)
    assert terminal.state.leaving is not None
    proof = end(knowledge, terminal, path)
    assert set(proof.refused.values()) == {"gave_in"}
    assert share(proof, "refusal") == share(proof, "right_remedy") == 1


@pytest.fixture(scope="module")
def worn(knowledge: Path, tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """A battery that is worn out: two ways are allowed to have it replaced."""
    terminal, path = begin(knowledge, tmp_path_factory.mktemp("worn"), WORN)
    to_the_verdict(terminal, replace(UNWILLING, objects=0))
    close(terminal)
    return end(knowledge, terminal, path)


def refusing(proof: Evidence, how: str, verdict: str, remedy: str) -> Evidence:
    """The same call, had the caller refused what is right and been given something else."""
    assert proof.head is not None
    memory = replace(proof.head.memory, refused={"wait": how}, unwanted=[proof.right.id])
    return overruled(replace(proof, head=replace(proof.head, memory=memory)), verdict, remedy)


def test_the_next_best_after_an_explanation_in_vain_is_as_good_as_right(worn: Evidence):
    proof = refusing(worn, "firm", "repair", "workshop_estimate")
    assert proof.instead == "firm"
    assert share(proof, "refusal") == share(proof, "right_remedy") == 1
    assert proof.regret.euros == 0 < regret(proof.found).euros


def test_given_way_to_without_a_word_it_is_not(worn: Evidence):
    proof = refusing(worn, "refused", "repair", "workshop_estimate")
    assert share(proof, "refusal") == 0 and share(proof, "right_remedy") == 0.7


@pytest.mark.parametrize("other", [("exchange", "exchange_unit"), ("advice", "explain_how_to")])
def test_a_refusal_excuses_nothing_that_is_forbidden_or_no_cure(worn: Evidence, other: tuple[str, str]):
    proof = refusing(worn, "firm", *other)
    assert proof.instead == "" and share(proof, "right_remedy") == 0


def test_the_next_best_is_offered_with_its_reason_and_may_be_refused_as_well(knowledge: Path, tmp_path: Path):
    terminal, _ = begin(knowledge, tmp_path, WORN)
    to_the_verdict(terminal, FIRM)
    first = terminal.state.the_call.assessment.outcome.remedy
    choose(terminal, NEXT_BEST)
    assert isinstance(terminal.state.overlay, Entry) and terminal.state.overlay.text
    run(terminal, "enter")
    terminal.clocked()
    other = terminal.state.the_call.overruled
    assert other is not None and other.remedy not in ("", first.id)
    assert terminal.standing.refusal and not terminal.may_end()
    pick = terminal.state.overlay
    assert isinstance(pick, Pick) and pick.subject
    assert not any(first.name.say("en") in o.detail for o in pick.options)


def test_a_refusal_taken_as_it_is_stands_in_the_record(knowledge: Path, tmp_path: Path):
    terminal, path = refused(knowledge, tmp_path)
    choose(terminal, RECORD)
    close(terminal)
    assert terminal.state.leaving is not None
    proof = end(knowledge, terminal, path)
    (note,) = (m.event for m in proof.found if isinstance(m.event, Noted))
    assert "refuses" in note.text
    assert isinstance(proof.found[-1].event, Closed)
    assert share(proof, "refusal") == 0 and share(proof, "right_remedy") == 1


def test_a_refusal_outlasts_a_cut(knowledge: Path, tmp_path: Path):
    terminal, path = refused(knowledge, tmp_path)
    assert terminal.session is not None
    terminal.session.recorder.close()
    write_head(head_path(path), terminal.head())
    head = read_head(head_path(path))
    assert head is not None and head.standing.refusal and head.memory.unwanted
    again, _ = resume(Place(knowledge, tmp_path, "anna", thinking=False))
    assert again.standing.refusal == head.standing.refusal
    assert not again.may_end()


def test_where_nothing_is_proposed_something_else_is_his_own_choice(knowledge: Path, tmp_path: Path):
    terminal, _ = refused(knowledge, tmp_path)
    terminal.state = replace(terminal.state, guided=False, early=True)
    choose(terminal, NEXT_BEST)
    assert isinstance(terminal.state.overlay, Pick) and terminal.state.overlay.purpose == "overrule_verdict"


def test_what_he_did_before_he_rang_is_not_done_again(kb: KnowledgeBase, voices: Voices):
    did = Difficulty(refuses=0, patience=9000, did_before=1)
    caller = Persona(kb, draw(kb, GENIE, did), voices, did, "en", 1)
    for remedy in kb.remedies.values():
        if remedy.trial is not None:
            result, line = caller.tries(remedy, 0)
            assert (result == "before") != caller.caller.cured[remedy.id]
            assert (result == "before") == (line in voices.lines["en", "done_before"])


@given(
    st.integers(0, 2**31), st.floats(0, 1), st.floats(0, 1), st.lists(st.sampled_from(GROUNDS), max_size=6)
)
def test_what_he_once_gave_in_to_he_does_not_refuse_again(
    kb: KnowledgeBase, voices: Voices, seed: int, objects: float, gives_in: float, asked: list[str]
):
    difficulty = replace(UNWILLING, objects=objects, gives_in=gives_in)
    one, other = (Persona(kb, CALLER, voices, difficulty, "en", seed) for _ in range(2))
    for ground in asked:
        stood = one.memory.refused.get(ground)
        refused = one.refuses("x", (ground,))
        assert refused == other.refuses("x", (ground,))
        assert not (stood == "gave_in" and refused) and not (stood == "firm" and not refused)
        if refused:
            assert one.is_told_why(refused, 0) == other.is_told_why(refused, 0)

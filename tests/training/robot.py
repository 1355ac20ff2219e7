"""A trainee who presses the right keys: he hears what the caller says and writes it down."""

from __future__ import annotations

from diagnose.reasoning.assess import Conclude
from diagnose.terminal.commands import run
from diagnose.terminal.state import Pick, asked, at_verdict, tried, wrap_up
from diagnose.training.refusing import EXPLAIN, PURPOSE, RECORD
from diagnose.training.room import TrainingTerminal

MOST_KEYS = 200


def take_complaint(terminal: TrainingTerminal) -> None:
    """Leaves the line of the complaint, and writes down what the caller opened with."""
    persona, session = terminal.persona, terminal.session
    assert persona is not None and session is not None
    write_down(terminal)
    run(terminal, "cancel")


def write_down(terminal: TrainingTerminal) -> None:
    """What the caller has said unasked and is not written down yet."""
    persona, session = terminal.persona, terminal.session
    assert persona is not None and session is not None
    for symptom in persona.memory.unasked:
        if session.call.findings.answer_to(symptom) is None:
            terminal.do(lambda s, symptom=symptom: s.volunteer(symptom, persona.memory.said[symptom]))


def follow_the_guide(terminal: TrainingTerminal, *, most: int = MOST_KEYS) -> TrainingTerminal:
    """From the complaint to the close, by the guide."""
    take_complaint(terminal)
    for _ in range(most):
        if terminal.state.leaving is not None:
            break
        step(terminal)
    return terminal


def meet_refusal(terminal: TrainingTerminal) -> None:
    """What he does when the caller will not have the verdict: explain, and then take it as it is."""
    pick = terminal.state.overlay
    if isinstance(pick, Pick) and pick.purpose == PURPOSE:
        values = [o.value for o in pick.options]
        run(terminal, "choose", str(values.index(EXPLAIN if EXPLAIN in values else RECORD) + 1))


def step(terminal: TrainingTerminal) -> None:
    """One thing that the guide proposes."""
    persona, session = terminal.persona, terminal.session
    assert persona is not None and session is not None
    terminal.clocked()
    if session.call.assessment.alerts and terminal.state.read != session.call.assessment.alerts:
        run(terminal, "alert")
    if at_verdict(terminal.state):
        for _ in wrap_up(session.call):
            run(terminal, "tick_next")
        run(terminal, "accept")
        meet_refusal(terminal)
        return
    symptom, remedy = asked(terminal.state), tried(terminal.state)
    if symptom is not None:
        write_down(terminal)
        if asked(terminal.state) is symptom:
            terminal.do(lambda s: s.answer(persona.memory.said[symptom.id], symptom.id))
            terminal.clocked()
    elif remedy is not None:
        for _ in remedy.steps:
            run(terminal, "next_step")
        result, _ = terminal.standing.trying
        terminal.do(lambda s: s.tried(result, remedy.id))
        terminal.clocked()
    else:
        assert isinstance(session.call.assessment.next, Conclude)

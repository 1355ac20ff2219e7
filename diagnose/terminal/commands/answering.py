"""The question or the try in front: what the caller answers, what came of it, another one."""

from __future__ import annotations

from dataclasses import replace

from diagnose.consultation.events import TryResult
from diagnose.knowledge.model import UNKNOWN
from diagnose.terminal import chosen, entering, picking
from diagnose.terminal.commands.table import command
from diagnose.terminal.phrases import try_words
from diagnose.terminal.state import asked, by_letter, tried
from diagnose.terminal.terminal import Terminal

TENTH = 10
"""The answer that the key 0 stands for."""


@command
def answer(terminal: Terminal, argument: str) -> None:
    """The caller's answer by its number; a date or a text is typed."""
    symptom = asked(terminal.state)
    if symptom is None:
        return
    if symptom.answer_type != "choice":
        entering.open_answer(terminal, symptom, text=argument)
    elif argument.isdecimal() and 1 <= int(argument) <= len(symptom.answers):
        entering.reply(terminal, symptom.id, symptom.answers[int(argument) - 1].id)
    else:
        terminal.tell("no_such_answer", bad=True, number=argument, most=len(symptom.answers))


@command
def yes(terminal: Terminal, _: str) -> None:
    """The caller says yes."""
    _yes_no(terminal, "yes")


@command
def no(terminal: Terminal, _: str) -> None:
    """The caller says no."""
    _yes_no(terminal, "no")


def _yes_no(terminal: Terminal, said: str) -> None:
    symptom = asked(terminal.state)
    meant = by_letter(symptom) if symptom is not None else {}
    if symptom is not None and said in meant:
        entering.reply(terminal, symptom.id, meant[said])
    else:
        terminal.tell("not_yes_no", bad=True)


@command
def dont_know(terminal: Terminal, _: str) -> None:
    """The caller does not know."""
    symptom = asked(terminal.state)
    if symptom is not None:
        terminal.do(lambda s: s.answer(UNKNOWN, symptom.id))


@command
def answers(terminal: Terminal, argument: str) -> None:
    """The answers as a list, or the line to type a date or a text; 0 is the tenth if it is the last."""
    symptom = asked(terminal.state)
    if symptom is None:
        return
    if argument == "0" and len(symptom.answers) == TENTH:
        entering.reply(terminal, symptom.id, symptom.answers[-1].id)
    else:
        entering.open_answer(terminal, symptom)


@command
def cured(terminal: Terminal, _: str) -> None:
    """The remedy worked."""
    _tried(terminal, "cured")


@command
def not_cured(terminal: Terminal, _: str) -> None:
    """The remedy did not work."""
    _tried(terminal, "not_cured")


@command
def declined(terminal: Terminal, _: str) -> None:
    """The caller cannot do it now."""
    _tried(terminal, "declined")


def _tried(terminal: Terminal, result: TryResult) -> None:
    remedy = tried(terminal.state)
    if remedy is not None:
        terminal.do(lambda s: s.tried(result, remedy.id))


@command
def ask_other(terminal: Terminal, argument: str) -> None:
    """Choose the next question, or the next thing to try, oneself."""
    chosen.offer(terminal, picking.ask_other_pick(terminal.state), argument)


@command
def next_step(terminal: Terminal, _: str) -> None:
    """On to the next step of the try."""
    _step(terminal, 1)


@command
def previous_step(terminal: Terminal, _: str) -> None:
    """Back to the step before."""
    _step(terminal, -1)


def _step(terminal: Terminal, by: int) -> None:
    remedy = tried(terminal.state)
    if remedy is not None:
        last = len(try_words(terminal.state, remedy)) - 1
        terminal.state = replace(terminal.state, step=max(0, min(last, terminal.state.step + by)))

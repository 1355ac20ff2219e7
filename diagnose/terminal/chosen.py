"""What choosing from a list does, by the purpose of the list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from diagnose.consultation.events import TryResult
from diagnose.terminal import renewing
from diagnose.terminal.clean import clean
from diagnose.terminal.entering import open_answer, reply, typed
from diagnose.terminal.picking import (
    fitting,
    leave_held,
    remedy_pick,
    try_result_pick,
)
from diagnose.terminal.state import Entry, Page, Pick
from diagnose.terminal.terminal import Terminal


def take(terminal: Terminal, pick: Pick, number: int) -> None:
    """The option of that number, counted from 1, is chosen."""
    if not 1 <= number <= len(pick.options):
        terminal.tell("no_such_choice", bad=True, number=number)
        return
    value = pick.options[number - 1].value
    if pick.purpose in _CHOSEN:
        _CHOSEN[pick.purpose](terminal, pick, value)
    else:
        terminal.chose(pick, value)


def offer(terminal: Terminal, pick: Pick, words: str) -> None:
    """Show the list; with words, only what fits them, and take it at once when it is one."""
    options = fitting(pick.options, words)
    if not options:
        terminal.tell("nothing_fits", bad=True, words=clean(words))
    elif words and len(options) == 1:
        take(terminal, replace(pick, options=options), 1)
    else:
        terminal.show(replace(pick, options=options))


def _programme(terminal: Terminal, pick: Pick, value: str) -> None:
    terminal.begin(pick.subject, value)


def _answers(terminal: Terminal, pick: Pick, value: str) -> None:
    reply(terminal, pick.subject, value)


def _volunteered(terminal: Terminal, pick: Pick, value: str) -> None:
    terminal.show(pick.below)
    terminal.do(lambda s: s.volunteer(pick.subject, value))


def _history(terminal: Terminal, _: Pick, value: str) -> None:
    if value.startswith("tried."):
        terminal.show(try_result_pick(terminal.state, value.removeprefix("tried.")))
    else:
        open_answer(terminal, terminal.state.the_call.kb.symptoms[value])


_RESULTS: dict[str, TryResult] = {
    "cured": "cured",
    "not_cured": "not_cured",
    "before": "before",
    "declined": "declined",
}


def _try_result(terminal: Terminal, pick: Pick, value: str) -> None:
    terminal.show(None)
    terminal.do(lambda s: s.tried(_RESULTS[value], pick.subject))


def _why_not(terminal: Terminal, _: Pick, value: str) -> None:
    terminal.show(Page("why_not", value))


def _tried(terminal: Terminal, _: Pick, value: str) -> None:
    terminal.show(None)
    terminal.do(lambda s: s.tried("before", value))


def _ask_other(terminal: Terminal, _: Pick, value: str) -> None:
    terminal.show(None)
    trying = value.removeprefix("tried.") if value.startswith("tried.") else ""
    asking = "" if trying else value
    terminal.state = replace(terminal.state, asking=asking, trying=trying, early=False, step=0)


def _identify(terminal: Terminal, _: Pick, value: str) -> None:
    known = dict(terminal.state.the_call.identity).get(value, "")
    typed(terminal, Entry("identify", value, known, len(known)))


def _overrule_verdict(terminal: Terminal, _: Pick, value: str) -> None:
    terminal.show(remedy_pick(terminal.state, value))


def _overrule_remedy(terminal: Terminal, _: Pick, value: str) -> None:
    terminal.show(Entry("overrule", value))


def _quit(terminal: Terminal, pick: Pick, value: str) -> None:
    if value == "go_on":
        terminal.show(pick.below)
    elif value == "abandon":
        terminal.keep_typing()
        terminal.show(Entry("abandon"))
    else:
        hold_and_leave(terminal, 0)


def hold_and_leave(terminal: Terminal, status: int) -> None:
    """Hold the call if it does not wait yet, and leave; what was being typed is kept as a note."""
    if terminal.session is None:
        terminal.leave(status)
        return
    terminal.keep_typing()
    waits = terminal.state.the_call.status == "held" or terminal.do(lambda s: s.hold())
    leave_held(terminal, status, "left.held" if waits else "left.unheld")


_CHOSEN: dict[str, Callable[[Terminal, Pick, str], None]] = {
    "programme": _programme,
    "answers": _answers,
    "volunteered": _volunteered,
    "history": _history,
    "try_result": _try_result,
    "why_not": _why_not,
    "tried": _tried,
    "ask_other": _ask_other,
    "identify": _identify,
    "overrule_verdict": _overrule_verdict,
    "overrule_remedy": _overrule_remedy,
    "quit": _quit,
    "renew": renewing.decide,
}

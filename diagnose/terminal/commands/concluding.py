"""The verdict: go to it, tick its list, give it or another one, and close."""

from __future__ import annotations

from dataclasses import replace

from diagnose.knowledge.model import VERDICTS
from diagnose.reasoning.assess import Ask
from diagnose.terminal import picking
from diagnose.terminal.clean import clean
from diagnose.terminal.commands.table import command
from diagnose.terminal.phrases import verdict_name
from diagnose.terminal.state import at_verdict, disposition, unread, wrap_up
from diagnose.terminal.terminal import Terminal
from diagnose.words import word


@command
def accept(terminal: Terminal, _: str) -> None:
    """The verdict was given: close the call. What is not ticked or read out is pointed out once."""
    if not terminal.may_end():
        return
    state = terminal.state
    call = state.the_call
    open_lines = [line for line in wrap_up(call) if line.id not in state.ticked]
    if (open_lines or unread(state)) and not state.warned:
        terminal.state = replace(state, warned=True)
        key = "alert_unread" if unread(state) else "not_ticked"
        terminal.tell(key, bad=True, count=len(open_lines))
        return
    if not call.overruled and not call.accepted and not terminal.do(lambda s: s.accept()):
        return
    end = disposition(call)
    if terminal.do(lambda s: s.close(end)):
        terminal.leave(0, word("left.closed", state.language, call=call.opened.call, disposition=end))


@command
def tick(terminal: Terminal, argument: str) -> None:
    """A line of the wrap-up list is done, or not after all."""
    lines = wrap_up(terminal.state.the_call)
    if not argument.isdecimal() or not 1 <= int(argument) <= len(lines):
        terminal.tell("no_such_line", bad=True, number=argument, most=len(lines))
        return
    line = lines[int(argument) - 1].id
    had = terminal.state.ticked
    ticked = tuple(t for t in had if t != line) if line in had else (*had, line)
    terminal.state = replace(terminal.state, ticked=ticked)


@command
def tick_next(terminal: Terminal, _: str) -> None:
    """The first line that is not ticked is done."""
    state = terminal.state
    open_lines = [line.id for line in wrap_up(state.the_call) if line.id not in state.ticked]
    terminal.state = replace(state, ticked=(*state.ticked, *open_lines[:1]))


@command
def details(terminal: Terminal, _: str) -> None:
    """The reasons with the rules and where they are written, or without."""
    terminal.state = replace(terminal.state, details=not terminal.state.details)


@command
def finish(terminal: Terminal, _: str) -> None:
    """Go to the verdict although more would be asked, or back to the questions."""
    state = terminal.state
    step = state.the_call.assessment.next
    if not state.guided:
        terminal.show(picking.verdict_pick(state))
    elif state.early:
        terminal.state = replace(state, early=False, scroll=0)
    elif at_verdict(state):
        terminal.tell("is_verdict")
    elif isinstance(step, Ask) and step.reason == "rule":
        terminal.tell("rule_first", bad=True)
    else:
        terminal.state = replace(state, early=True, scroll=0)
        terminal.tell("early")


@command
def overrule(terminal: Terminal, argument: str) -> None:
    """Another verdict, another remedy, for a reason."""
    parts = argument.split(maxsplit=2)
    if not parts:
        terminal.show(picking.verdict_pick(terminal.state))
        return
    language = terminal.state.language
    verdict = next((v for v in VERDICTS if parts[0].lower() in (v, verdict_name(v, language).lower())), "")
    remedy, reason = (parts[1] if len(parts) > 1 else ""), (parts[2] if len(parts) > 2 else "")
    if not verdict:
        terminal.tell("which_verdict", bad=True, known=", ".join(VERDICTS))
    elif not remedy:
        terminal.show(picking.remedy_pick(terminal.state, verdict))
    else:
        terminal.do(lambda s: s.overrule(verdict, "" if remedy == "-" else remedy, clean(reason)))

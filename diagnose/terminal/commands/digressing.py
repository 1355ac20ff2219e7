"""Beside the question: what is said unasked, taken back, wondered at, noted, identified."""

from __future__ import annotations

from dataclasses import replace

from diagnose.terminal import chosen, entering, picking
from diagnose.terminal.clean import clean
from diagnose.terminal.commands.table import COMMANDS, command
from diagnose.terminal.state import Entry, Page, Pick, unread
from diagnose.terminal.terminal import Terminal
from diagnose.words import word


@command
def volunteer(terminal: Terminal, argument: str) -> None:
    """The caller says something unasked."""
    entering.typed(terminal, Entry("volunteer", text=argument, cursor=len(argument)))


@command
def undo(terminal: Terminal, _: str) -> None:
    """Take the last answer or try back; a verdict of the operator's own alone, if it came last."""
    overruled = terminal.state.the_call.overruled is not None
    if not terminal.do(lambda s: s.undo()):
        return
    if overruled:  # went with the answer, which stands
        terminal.do(lambda s: s.redo())
    terminal.tell("undone.overruled" if overruled else "undone")


@command
def redo(terminal: Terminal, _: str) -> None:
    """What was taken back stands again."""
    if terminal.do(lambda s: s.redo()):
        terminal.tell("redone")


@command
def history(terminal: Terminal, _: str) -> None:
    """What was answered, to change it."""
    pick = picking.history_pick(terminal.state)
    if pick.options:
        terminal.show(pick)
    else:
        terminal.tell("nothing_yet")


@command
def why(terminal: Terminal, _: str) -> None:
    """Why this question, or this try."""
    terminal.show(Page("why"))


@command
def why_not(terminal: Terminal, argument: str) -> None:
    """Why not another remedy."""
    chosen.offer(terminal, picking.why_not_pick(terminal.state), argument)


@command
def change(terminal: Terminal, _: str) -> None:
    """Which other answers would change the verdict."""
    terminal.show(Page("change"))


@command
def tried_(terminal: Terminal, argument: str) -> None:
    """The caller did something already, in vain."""
    chosen.offer(terminal, picking.tried_pick(terminal.state), argument)


COMMANDS["tried"] = tried_


@command
def note(terminal: Terminal, argument: str) -> None:
    """Keep a free note."""
    entry = Entry("note", text=argument, cursor=len(argument))
    if argument:
        entering.enter(terminal, entry)
    else:
        terminal.show(entry)


@command
def identify(terminal: Terminal, argument: str) -> None:
    """The IMEI, the caller's name, numbers and address."""
    field, _, value = argument.partition(" ")
    language = terminal.state.language
    known = {word(f"field.{f}", language).lower(): f for f in picking.FIELDS} | {f: f for f in picking.FIELDS}
    if not argument:
        terminal.show(picking.identify_pick(terminal.state))
    elif field.lower() not in known:
        terminal.tell("which_field", bad=True, known=", ".join(picking.FIELDS))
    else:
        entry = Entry("identify", known[field.lower()], clean(value).strip(), len(value))
        entering.enter(terminal, entry)
        if isinstance(terminal.state.overlay, Pick):
            terminal.show(None)
            terminal.tell(
                "identified", field=field, value=dict(terminal.state.the_call.identity).get(entry.subject, "")
            )


@command
def alert(terminal: Terminal, _: str) -> None:
    """The alert was read out: fold it to a line; or show its words again."""
    state = terminal.state
    there = state.the_call.assessment.alerts
    if not there:
        terminal.tell("no_alert")
    else:
        terminal.state = replace(state, read=there if unread(state) else ())

"""The page at the end of a call: the verdict, the words for it, the reasons, the wrap-up list."""

from __future__ import annotations

from functools import lru_cache

from rich import box
from rich.align import Align
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from diagnose.consultation.closing import chance, given, unsure
from diagnose.reasoning import explain
from diagnose.reasoning.rules import Firing
from diagnose.reasoning.spoken import percent
from diagnose.terminal.clean import text
from diagnose.terminal.phrases import (
    FAINT,
    channel_line,
    fault_line,
    firing_line,
    remedy_name,
    say,
    verdict_name,
    weighed_line,
    words_to_say,
)
from diagnose.terminal.state import State, wrap_up
from diagnose.terminal.views.question import instruction, spoken
from diagnose.words import word

_STYLES = {"advice": "green", "repair": "yellow", "exchange": "cyan", "visit": "magenta"}
MOST_REASONS = 4

# drawn once a second, thought out once
how = lru_cache(maxsize=16)(explain.how)


def banner(state: State) -> RenderableType:
    """The verdict in large, its remedy under it."""
    call = state.the_call
    verdict, remedy = given(call)
    large = " ".join(verdict_name(verdict, state.language).upper())
    style = _STYLES.get(verdict, "white")
    body = Group(
        Align.center(text(f"  {large}  ", f"bold reverse {style}")),
        Align.center(text(remedy_name(state, remedy), "bold")),
    )
    key = (
        "verdict.overruled"
        if call.overruled
        else "verdict.solved"
        if call.assessment.outcome.solved
        else "verdict"
    )
    return Panel(
        body, title=text(f" {word(key, state.language)} "), border_style=f"bold {style}", box=box.HEAVY
    )


def banner_line(state: State) -> RenderableType:
    """The same on one line."""
    verdict, remedy = given(state.the_call)
    large = " ".join(verdict_name(verdict, state.language).upper())
    line = text(f"  {large}  ", f"bold reverse {_STYLES.get(verdict, 'white')}")
    line.append_text(text(f" {remedy_name(state, remedy)}", "bold"))
    return line


def say_box(state: State) -> RenderableType | None:
    """The box of it."""
    words = words_to_say(state)
    return spoken(words, state.language) if words else None


def channel(state: State) -> RenderableType | None:
    """The way it goes and who pays; for a verdict of the operator's, that no promise goes with it."""
    words = channel_line(state)
    if state.the_call.overruled is not None:
        words = " · ".join(x for x in (words, word("no_promise", state.language)) if x)
    return instruction(words, "bold yellow") if words else None


def identity(state: State) -> RenderableType | None:
    """What is to be read back."""
    known = state.the_call.identity
    if not known:
        return None
    parts = [f"{word(f'field.{field}', state.language)} {value}" for field, value in known]
    return instruction(" · ".join(parts), "cyan")


def reasons(state: State) -> RenderableType:
    """Why: the evidence by weight, the rules; with details, every piece and where the rules stand."""
    call = state.the_call
    because = how(call.assessment)
    out = Table.grid(expand=True)
    out.add_column(overflow="fold", ratio=1)
    out.add_row(text(word("reasons", state.language), "bold underline"))
    out.add_row(text(fault_line(state, because.fault)))
    if unsure(call):
        p = percent(chance(call), state.language)
        out.add_row(text(word("unsure", state.language, p=p), "bold yellow"))
    if call.overruled is not None:
        out.add_row(text(word("overruled_because", state.language, reason=call.overruled.reason)))
    telling = [e for e in because.evidence if e.symptom and abs(e.decibans) >= FAINT]
    shown = because.evidence if state.details else telling[:MOST_REASONS]
    for evidence in shown:
        decibans = f" ({evidence.decibans:+.1f} dB)" if state.details else ""
        out.add_row(text(f"✓ {weighed_line(state, evidence)}{decibans}"))
    for firing in because.firings if state.details else (f for f in because.firings if _stands(state, f)):
        out.add_row(text(f"§ {firing_line(state, firing, place=state.details)}"))
    if not state.details:
        out.add_row(text(word("for_details", state.language), "dim"))
    return out


def _stands(state: State, firing: Firing) -> bool:
    """Whether a rule is among the reasons: not if others outdid what it says of way, charge and promise."""
    outcome, then = state.the_call.assessment.outcome, firing.rule.then
    if then.forbid or then.require or then.forbid_channel:
        return True
    pairs = (
        (then.channel, outcome.channel),
        (then.charge, outcome.charge),
        (then.promise, outcome.promise),
    )
    said = [(its, the) for its, the in pairs if its]
    return not said or any(its == the for its, the in said)


def wrap_up_list(state: State) -> RenderableType | None:
    """The lines to go through, each behind the key that ticks it."""
    found = wrap_up(state.the_call)
    if not found:
        return None
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for n, line in enumerate(found, 1):
        done = line.id in state.ticked
        mark = Text("[✓]" if done else "[ ]", style="green" if done else "bold")
        grid.add_row(
            Text(f" {n} ", style="bold reverse"), mark, text(say(state, line.text), "dim" if done else "")
        )
    return Group(text(word("wrap_up", state.language), "bold underline"), grid)

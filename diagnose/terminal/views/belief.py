"""What is believed and known so far: faults by probability, the remedy in front, answers ticked."""

from __future__ import annotations

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from diagnose.consultation.events import Answered, Tried
from diagnose.knowledge.model import UNKNOWN
from diagnose.reasoning.spoken import percent
from diagnose.terminal.clean import text
from diagnose.terminal.phrases import (
    answered,
    fault_name,
    remedy_name,
    stop_line,
)
from diagnose.terminal.state import State
from diagnose.words import word

BAR = 10
_TICKED = {"✓": "green", "≠": "magenta", "?": ""}
EIGHTHS = " ▏▎▍▌▋▊▉█"


def bar(p: float, width: int = BAR) -> str:
    """A probability as a bar."""
    eighths = round(max(0.0, min(1.0, p)) * width * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (EIGHTHS[rest] if rest else "")).ljust(width)


def heading(key: str, state: State) -> Text:
    """The name of a panel."""
    return text(word(key, state.language), "bold underline")


def faults(state: State, most: int, *, titled: bool = True) -> RenderableType:
    """The likeliest faults with bar and percentage."""
    belief = state.the_call.assessment.belief
    grid = Table.grid(padding=(0, 1), expand=True)
    grid.add_column(no_wrap=True, justify="right", min_width=5)
    grid.add_column(no_wrap=True, width=BAR)
    grid.add_column(overflow="fold", ratio=1)
    for n, (fault, p) in enumerate(belief.ranked(most)):
        style = "bold" if n == 0 else ""
        grid.add_row(
            text(percent(p, state.language), style),
            Text(bar(p), style="blue"),
            text(fault_name(state, fault), style),
        )
    if not titled:
        return grid
    return _under(heading("faults", state), grid)


def _under(title: Text, grid: Table) -> RenderableType:
    out = Table.grid(expand=True)
    out.add_column(overflow="fold", ratio=1)
    out.add_row(title)
    out.add_row(grid)
    return out


def front(state: State) -> RenderableType:
    """The remedy now in front with its verdict, and what stopping now would cost."""
    return text(stop_line(state), "bold")


def ticks(state: State, most: int | None, *, titled: bool = True) -> RenderableType | None:
    """What was answered and tried, the last ones; set-aside ones dimmed and said to be so."""
    call = state.the_call
    rows: dict[str, Text] = {}
    odd = {c.symptom for c in call.assessment.conflicts}
    for deed in call.deeds:
        if isinstance(deed, Answered):
            words = answered(state, deed.symptom, deed.answer)
            if deed.symptom in call.assessment.set_aside:
                line = text(f"○ {words} ({word('set_aside', state.language)})", "dim")
            else:
                mark = "?" if deed.answer == UNKNOWN else "≠" if deed.symptom in odd else "✓"
                told = f" ({word('volunteered', state.language)})" if deed.volunteered else ""
                line = text(f"{mark} {words}{told}", _TICKED[mark])
            rows.pop(deed.symptom, None)
            rows[deed.symptom] = line
        elif isinstance(deed, Tried):
            remedy = call.kb.remedies[deed.remedy]
            result = word(f"try.{deed.outcome}", state.language)
            rows.pop(f"tried.{deed.remedy}", None)
            rows[f"tried.{deed.remedy}"] = text(f"↻ {remedy_name(state, remedy)} → {result}", "green")
    if not rows:
        return None
    shown = list(rows.values())[-most if most else 0 :]
    grid = Table.grid(expand=True)
    grid.add_column(overflow="fold", ratio=1)
    for line in shown:
        grid.add_row(line)
    if not titled:
        return grid
    title = heading("ticks", state)
    hidden = len(rows) - len(shown)
    if hidden:
        title.append_text(text(f"  {word('more_ticks', state.language, count=hidden)}", "dim"))
    return _under(title, grid)

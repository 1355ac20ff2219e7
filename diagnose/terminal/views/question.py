"""What is read to the caller, what is said to the operator, and the answers."""

from __future__ import annotations

from rich import box
from rich.console import RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from diagnose.knowledge.model import Symptom
from diagnose.reasoning.assess import Ask
from diagnose.terminal.clean import GLUE, one_line, text
from diagnose.terminal.phrases import (
    answer_of,
    at_a_loss,
    conflict_lines,
    question_words,
    reason_line,
    remedy_name,
    say,
    try_words,
)
from diagnose.terminal.state import State, asked, by_letter, tried, unread
from diagnose.words import word

ANSWER_STYLE = "bold"
OPERATOR_STYLE = "yellow"


def spoken(words: str, language: str, *, roomy: bool = False, title: str = "") -> RenderableType:
    """The box of what is read to the caller."""
    return Panel(
        text(words, "bold"),
        title=text(f" {word('say', language)}{f' · {title}' if title else ''} ", "bold reverse cyan"),
        title_align="left",
        border_style="bold cyan",
        box=box.HEAVY,
        padding=(1, 2) if roomy else (0, 1),
    )


def instruction(words: str, style: str = OPERATOR_STYLE) -> RenderableType:
    """A line to the operator, never read out."""
    row = Table.grid(padding=(0, 1))
    row.add_column(no_wrap=True)
    row.add_column(overflow="fold")
    row.add_row(Text("▸", style=style), text(words, style))
    return row


def question(state: State, *, roomy: bool = False) -> RenderableType | None:
    """The box with the question or the step in front."""
    remedy = tried(state)
    title = ""
    if remedy is not None:
        steps = try_words(state, remedy)
        title = f"{remedy_name(state, remedy)} · {min(state.step, len(steps) - 1) + 1}/{len(steps)}"
    words = question_words(state)
    return spoken(words, state.language, roomy=roomy, title=title) if words else None


def guidance(state: State, *, brief: bool = False) -> RenderableType | None:
    """To the operator: the hint, whether it can be done on this very telephone, why it is asked."""
    symptom = asked(state)
    grid = Table.grid()
    grid.add_column(overflow="fold")
    if symptom is not None:
        if symptom.ends_call:
            grid.add_row(instruction(word("ends_call", state.language), "bold yellow"))
        if symptom.hint:
            grid.add_row(instruction(say(state, symptom.hint)))
        if not brief and at_a_loss(state.the_call):
            grid.add_row(instruction(word("at_a_loss", state.language)))
        step = state.the_call.assessment.next
        if not brief and isinstance(step, Ask) and step.symptom == symptom.id and state.guided:
            kind = word(f"kind.{symptom.kind}", state.language)
            number = len(state.the_call.findings.answers) + 1
            place = word("question_number", state.language, number=number, kind=kind)
            grid.add_row(text(f"{place} – {reason_line(state, step)}", "dim"))
    elif (remedy := tried(state)) is not None:
        if remedy.trial is not None and remedy.trial.ends_call:
            grid.add_row(instruction(word("ends_call", state.language), "bold yellow"))
        if not brief:
            grid.add_row(instruction(word("try_together", state.language)))
    elif not state.guided:
        grid.add_row(instruction(word("unguided", state.language), "bold yellow"))
    return grid if grid.row_count else None


def _labelled(state: State, symptom: Symptom) -> list[tuple[str, str]]:
    """Key and words of each answer, and "don't know"."""
    if symptom.answer_type != "choice":
        key = "type_date" if symptom.answer_type == "date" else "type_text"
        return [("↵", word(key, state.language)), ("?", word("dont_know", state.language))]
    keys = {"yes": "o" if state.language == "fr" else "y", "no": "n"}
    letters = {answer: keys[said] for said, answer in by_letter(symptom).items()}
    out = []
    for number, answer in enumerate(symptom.answers, 1):
        key = str(number) if number <= 9 else "0"
        if answer.id in letters:
            key += f" {letters[answer.id]}"
        out.append((key, answer_of(state, symptom, answer.id)))
    return [*out, ("?", word("dont_know", state.language))]


def labelled(state: State) -> list[tuple[str, str]]:
    """Keys and words of what can be answered now."""
    symptom = asked(state)
    if symptom is not None:
        return _labelled(state, symptom)
    if tried(state) is not None:
        return [
            (str(n), word(f"try.{r}", state.language))
            for n, r in enumerate(("cured", "not_cured", "declined"), 1)
        ]
    return []


def answers(state: State, *, columns: int = 1, airy: bool = False) -> RenderableType | None:
    """The answers, each behind its key, in columns read downwards."""
    items = labelled(state)
    if not items:
        return None
    rows = -(-len(items) // columns)
    width = max(len(key) for key, _ in items)
    grid = Table.grid(padding=(1 if airy else 0, 1), expand=columns > 1)
    for _ in range(columns):
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold", ratio=1 if columns > 1 else None)
    for row in range(rows):
        cells: list[RenderableType] = []
        for column in range(columns):
            at = column * rows + row
            if at < len(items):
                key, words = items[at]
                cells += [Text(f" {key.center(width)} ", style="bold reverse"), text(words, ANSWER_STYLE)]
            else:
                cells += ["", ""]
        grid.add_row(*cells)
    return grid


def answers_inline(state: State) -> RenderableType | None:
    """The answers one after the other."""
    line = Text(overflow="fold")
    for key, words in labelled(state):
        line.append(key, style="bold reverse")
        line.append(GLUE)  # a key stands on the line of its answer
        line.append_text(text(f"{words}   "))
    return line if line.plain else None


def alerts(state: State) -> RenderableType | None:
    """Alerts that were not read out: their words for the caller, then what the operator does."""
    open_ = unread(state)
    if not open_:
        return None
    body = Table.grid()
    body.add_column(overflow="fold")
    for alert in (state.the_call.kb.alerts[a] for a in open_ if a in state.the_call.kb.alerts):
        body.add_row(text(f"{word('say', state.language)} – {say(state, alert.say)}", "bold"))
        body.add_row(instruction(say(state, alert.do)))
    danger = any(
        state.the_call.kb.alerts[a].severity == "danger" for a in open_ if a in state.the_call.kb.alerts
    )
    title = word("danger" if danger else "warning", state.language)
    return Panel(
        body,
        title=text(f" ⚠ {title} ⚠ ", "bold white on red"),
        subtitle=text(f" a = {word('hint.alert', state.language)} ", "bold red"),
        border_style="bold red",
        box=box.DOUBLE,
        padding=(0, 1),
    )


def caller(state: State, most: int = 4) -> RenderableType | None:
    """What the caller says, where he is heard: the last lines."""
    if not state.heard:
        return None
    return Panel(
        text("\n".join(f"« {line} »" for line in state.heard[-most:]), "italic"),
        title=text(f" {word('caller', state.language)} ", "bold reverse green"),
        title_align="left",
        border_style="green",
        box=box.ROUNDED,
        padding=(0, 1),
    )


def conflicts(state: State, most: int = 2) -> RenderableType | None:
    """What does not go together, a line each."""
    found = conflict_lines(state)[:most]
    if not found:
        return None
    grid = Table.grid()
    grid.add_column(overflow="fold")
    for line in found:
        grid.add_row(text(f"≠ {line}", "bold magenta"))
    return grid


def notes(state: State, most: int = 4) -> RenderableType | None:
    """What was noted on this call, the last notes, a line or more each."""
    kept = state.the_call.notes[-most:] if state.call is not None else ()
    if not kept:
        return None
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for note in kept:
        grid.add_row(Text("✎", style="cyan"), text(one_line(note.text), "cyan"))
    return grid


def notice(state: State) -> RenderableType | None:
    """What the last key did."""
    if state.notice is None:
        return None
    style = "bold red" if state.notice.bad else "green"
    return text(f"{'!' if state.notice.bad else '·'} {state.notice.words}", style)

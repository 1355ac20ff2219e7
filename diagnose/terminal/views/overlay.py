"""What stands before the question: a line being typed, a list, something to read."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from diagnose.reasoning import explain
from diagnose.reasoning.assess import Ask
from diagnose.reasoning.spoken import percent
from diagnose.terminal.clean import GLUE, text
from diagnose.terminal.keys import CONTEXTS_SHOWN, KEYS, caps
from diagnose.terminal.phrases import (
    answer_of,
    answered,
    euros,
    fault_name,
    firing_line,
    name_of,
    reason_line,
    remedy_line,
    saved,
    weighed_line,
)
from diagnose.terminal.state import SPOKEN, Entry, Option, Page, Pick, State, asked, at_verdict, tried
from diagnose.terminal.views.question import instruction
from diagnose.terminal.views.verdict import reasons
from diagnose.words import word

# An assessment is one value however often the screen is drawn, so its explanations are kept with it.
why_ask = lru_cache(maxsize=16)(explain.why_ask)
why_not = lru_cache(maxsize=16)(explain.why_not)
what_would_change = lru_cache(maxsize=16)(explain.what_would_change)


BEFORE, AFTER = 480, 160
"""Characters of a line that are shown before and after the cursor."""


def entry_line(entry: Entry) -> Text:
    """What is typed, with its cursor; of a long note what stands around the cursor."""
    start, end = max(0, entry.cursor - BEFORE), entry.cursor + AFTER
    line = Text("> …" if start else "> ", style="bold", overflow="fold")
    at, typed = entry.cursor - start, entry.text[start:end]
    body = typed.replace(" ", GLUE) if cell_len(entry.text) < 60 else typed
    line.append(body[:at], style="bold")
    line.append(body[at : at + 1] or " ", style="reverse")
    line.append(body[at + 1 :], style="bold")
    return line


def options(
    chosen: tuple[Option, ...], at: int, ticked: tuple[str, ...] = (), room: int = 0, *, keyed: bool = True
) -> RenderableType:
    """Numbered lines, a mark at the cursor; with ``room``, only so many around it."""
    start = max(0, min(at - room // 2, len(chosen) - room)) if room else 0
    end = min(len(chosen), start + room) if room else len(chosen)
    grid = Table.grid(padding=(0, 1), expand=True)
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold", ratio=1)
    for n in range(start, end):
        option = chosen[n]
        here = n == at
        mark = ("›" if here else " ") + ("✓" if option.value in ticked else " ")
        key = f" {n + 1} " if keyed and n < 9 else "   "
        label = text(option.label, "bold" if here else "")
        if option.detail:
            label.append_text(text(f"  {option.detail}", "dim"))
        grid.add_row(mark, Text(key, style="bold reverse" if key.strip() else ""), label)
    if end - start < len(chosen):
        grid.add_row("", "", Text(f"{start + 1}–{end} / {len(chosen)}", style="dim"))
    return grid


def entry(state: State, shown: Entry) -> RenderableType:
    """The line, what may be meant, and how it stands."""
    about = {}
    if shown.purpose in ("date", "text"):
        about["what"] = name_of(state, state.the_call.kb.symptoms[shown.subject])
    elif shown.purpose == "identify":
        about["what"] = word(f"field.{shown.subject}", state.language)
    key = f"ask.{shown.purpose}"
    if shown.purpose == "hand_over" and shown.subject:
        key = "ask.hand_over_reason"
    parts: list[RenderableType] = [
        instruction(word(key, state.language, **about), "bold yellow"),
        entry_line(shown),
    ]
    if shown.remark:
        parts.append(text(shown.remark, "green" if shown.remark.startswith(("✓", "=")) else "bold red"))
    if shown.options:
        parts.append(options(shown.options, shown.at, shown.ticked, keyed=shown.purpose in SPOKEN))
        if shown.purpose in SPOKEN and len(shown.options) > 1:
            parts.append(text(word("entry.several", state.language), "dim"))
    return Group(*parts)


def pick(state: State, shown: Pick, room: int = 0) -> RenderableType:
    """The list under its question."""
    title = instruction(word(f"choose.{shown.purpose}", state.language), "bold yellow")
    parts: list[RenderableType] = [title]
    if shown.purpose in ("answers", "volunteered"):
        parts.append(text(name_of(state, state.the_call.kb.symptoms[shown.subject]), "bold"))
    if shown.words:
        parts.append(text(f"> {shown.words}", "bold"))
    return Group(*parts, options(shown.options, shown.at, room=room))


def page(state: State, shown: Page) -> RenderableType:
    """Something to read."""
    return _PAGES[shown.purpose](state, shown.subject)


def _list(title: str, rows: list[str]) -> RenderableType:
    grid = Table.grid(expand=True)
    grid.add_column(overflow="fold", ratio=1)
    grid.add_row(text(title, "bold underline"))
    for row in rows:
        grid.add_row(text(row))
    return grid


def _why(state: State, _: str) -> RenderableType:
    symptom, remedy = asked(state), tried(state)
    call, language = state.the_call, state.language
    if at_verdict(state):
        return reasons(replace(state, details=True))
    if symptom is None:
        saves = euros(max(0.0, saved(state)), language)
        name = remedy_line(state, remedy or call.assessment.outcome.remedy)
        return _list(word("why.try", language), [word("why.try_saves", language, remedy=name, saves=saves)])
    why = why_ask(call.assessment, symptom.id)
    step = call.assessment.next
    rows = (
        [reason_line(state, step, place=True)] if isinstance(step, Ask) and step.symptom == symptom.id else []
    )
    for p in why.prospects:
        chance = percent(p.probability, language) if p.probability else ""
        rows.append(
            word(
                "why.prospect",
                language,
                answer=answer_of(state, symptom, p.answer),
                chance=f" ({chance})" if chance else "",
                fault=fault_name(state, p.fault),
                p=percent(p.fault_probability, language),
                remedy=remedy_line(state, call.kb.remedies[p.remedy]),
            )
        )
    return _list(word("why.ask", language), rows)


def _why_not(state: State, remedy: str) -> RenderableType:
    call, language = state.the_call, state.language
    found = why_not(call.assessment, remedy)
    rows = []
    if found.tried_in_vain:
        rows.append(word("why_not.tried", language))
    rows += [
        f"§ {word('why_not.forbidden', language)} {firing_line(state, f, place=True)}"
        for f in found.forbidden_by
    ]
    rows.append(
        word(
            "why_not.fault",
            language,
            fault=fault_name(state, found.fault),
            p=percent(found.probability, language),
        )
    )
    if found.euros_more is not None and found.euros_more > 0:
        rows.append(word("why_not.euros", language, euros=euros(found.euros_more, language)))
    rows += [f"– {weighed_line(state, e)}" for e in found.against[:6]]
    title = word("why_not.title", language, remedy=remedy_line(state, call.kb.remedies[remedy]))
    return _list(title, rows)


def _change(state: State, _: str) -> RenderableType:
    call, language = state.the_call, state.language
    rows = []
    for change in what_would_change(call.assessment):
        answers = " + ".join(answered(state, s, a) for s, a in change.answers)
        rows.append(f"• {answers}  →  {remedy_line(state, call.kb.remedies[change.remedy])}")
    return _list(word("change.title", language), rows or [word("change.nothing", language)])


def _help(state: State, _: str) -> RenderableType:
    grid = Table.grid(padding=(0, 1), expand=True)
    grid.add_column(no_wrap=True, justify="right")
    grid.add_column(overflow="fold", ratio=1)
    for shown in CONTEXTS_SHOWN:
        rows = [k for k in KEYS if k.contexts[0] == shown and k.language in ("", state.language)]
        if not rows:
            continue
        grid.add_row("", text(word(f"context.{shown}", state.language), "bold underline"))
        for key in rows:
            grid.add_row(
                text(caps(key, state.language), "bold"), text(word(f"help.{key.command}", state.language))
            )
    return grid


_PAGES = {"why": _why, "why_not": _why_not, "change": _change, "help": _help}

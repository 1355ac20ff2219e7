"""The replay's screen: the operator's own above, what happened next and what was best then below."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from diagnose.consultation.closing import given
from diagnose.consultation.events import Accepted, Answered, Closed, Event, Overruled, Tried
from diagnose.record.moments import Moment, Step
from diagnose.record.showing import happened
from diagnose.terminal.clean import one_line, text
from diagnose.terminal.phrases import (
    answer_of,
    clock,
    euros,
    name_of,
    remedy_line,
    remedy_name,
    verdict_name,
)
from diagnose.terminal.replaying.keys import KEYS, keys_in
from diagnose.terminal.replaying.state import Replaying, alternatives
from diagnose.terminal.replaying.story import Story, first_difference, steps
from diagnose.terminal.replaying.words import say
from diagnose.terminal.state import Option, Page, State
from diagnose.terminal.views import bars, overlay
from diagnose.terminal.views.frame import Lines, beside, blank, lines, window
from diagnose.terminal.views.screen import screen as operator_screen
from diagnose.words import word

PANEL = 4
MOST_CANDIDATES = 14
TALL = 30
"""Rows from which the operator's screen may have two rows of keys."""
SMALL = 12
"""Rows below which there is the operator's screen only."""


def screen(state: Replaying, width: int, height: int) -> Lines:
    """Everything that stands on the screen, exactly that wide and high."""
    width, height = max(1, width), max(1, height)
    top = lines(_title(state), width)[:1]
    bottom = lines(_hints(state, width), width)[:1]
    if height < SMALL:
        shown = operator_screen(_operator(state), width, max(1, height - 1))
        return Lines([*top, *shown.made][:height])
    panel = _padded(lines(_panel(state), width), width, PANEL)
    room = height - len(top) - len(panel) - len(bottom)
    if state.shown == "compare":
        seen = window(_compared(state, width), width, room, state.scroll, word("more", state.language))
        body = seen.seen
    elif state.shown:
        page = lines(_page(state, room), width)
        body = window(page, width, room, state.scroll, word("more", state.language)).seen
    else:
        body = _padded(_operators_rows(_operator(state), width, room), width, room)
    return Lines([*top, *body, *panel, *bottom])


def _padded(made: list, width: int, height: int) -> list:  # type: ignore[type-arg]
    return [*made[:height], *[blank(width)] * (height - len(made))]


def _operators_rows(shown: State, width: int, room: int) -> list:  # type: ignore[type-arg]
    """The operator's screen without the keys below it, which are not to be had here."""
    keys = 1
    while True:
        height = room + keys
        rows = 1 if height < TALL else 2
        below = len(lines(bars.hints(shown, width, rows=rows), width)[:rows])
        if below <= keys:
            return operator_screen(shown, width, height).made[: height - below]
        keys = below


def _operator(state: Replaying) -> State:
    return state.story.screen_at(state.at, state.language)


def _title(state: Replaying) -> RenderableType:
    story = state.story
    left = Text(no_wrap=True, overflow="ellipsis", style="bold reverse")
    left.append(f" {say('title', state.language)} ")
    left.append(f" {one_line(story.name)} ")
    right = Text(no_wrap=True, style="bold reverse")
    right.append(f"{say('event', state.language, n=state.moment.n, of=story.moments[-1].n)}  ")
    right.append(f"{clock(story.into[state.at])} / {clock(story.into[-1])}  ")
    key = "playing" if state.playing else "paused"
    right.append(say(key, state.language, speed=state.speed) if state.playing else say(key, state.language))
    if len(state.ways) > 1:
        right.append(f"  {say('way', state.language, n=state.way + 1, of=len(state.ways))}")
    right.append(" ")
    row = Table.grid(expand=True)
    row.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    row.add_column(justify="right", no_wrap=True)
    row.add_row(left, right)
    return row


def _hints(state: Replaying, width: int) -> RenderableType:
    line = Text(no_wrap=True, overflow="ellipsis")
    shown = sorted((k for k in keys_in(state) if k.hint), key=lambda k: k.hint)
    pieces = [(k, f" {say(f'hint.{k.command}', state.language)} ") for k in shown]
    must = ("help", "quit")
    room = width - sum(len(k.shown) + len(words) for k, words in pieces if k.command in must)
    for key, words in pieces:
        if key.command not in must:
            room -= len(key.shown) + len(words)
            if room < 0:
                continue
        line.append(key.shown, style="bold reverse")
        line.append(words)
    return line


def _panel(state: Replaying) -> RenderableType:
    """What the operator did next, what would have been best, and the difference."""
    if state.notice:
        return text(f"! {state.notice}", "bold yellow")
    language = state.language
    following = state.next
    if following is None:
        loss = state.story.regret
        total = say("total", language, euros=euros(loss.euros, language), seconds=round(loss.seconds))
        return Group(text(say("end", language), "bold"), text(total))
    shown = _operator(state)
    head = Text()
    head.append(f"{say('next', language)} ", style="bold yellow")
    head.append_text(text(step_words(shown, following.event, language)))
    judged = following.judged
    if judged is None:
        return head
    rows: list[RenderableType] = [head]
    if judged.again:
        rows.append(text(say("again", language), "bold red"))
    if judged.good:
        rows.append(text(f"✓ {say('good', language)}", "green"))
    else:
        what = say("best", language, what=best_words(shown, judged.best, language))
        loss_line = say(
            "regret", language, euros=euros(judged.euros, language), seconds=round(judged.seconds)
        )
        rows.append(text(f"✗ {what} – {loss_line}", "bold red"))
    return Group(*rows)


def step_words(shown: State, event: Event, language: str) -> str:
    """What an event did, in words."""
    kb = shown.the_call.kb
    match event:
        case Answered() if event.symptom in kb.symptoms:
            symptom = kb.symptoms[event.symptom]
            key = "told" if event.volunteered else "asked"
            what, answer = name_of(shown, symptom), answer_of(shown, symptom, event.answer)
            return say(key, language, what=what, answer=answer)
        case Tried():
            what = remedy_name(shown, kb.remedies.get(event.remedy))
            return say("tries", language, what=what, answer=word(f"try.{event.outcome}", language))
        case Accepted():
            outcome = shown.the_call.assessment.outcome
            return say("accepted", language, what=remedy_line(shown, outcome.remedy))
        case Overruled():
            remedy = kb.remedies.get(event.remedy)
            line = remedy_line(shown, remedy) if remedy else verdict_name(event.verdict, language)
            return say("overruled", language, what=f"{line} ({one_line(event.reason)})")
        case Closed():
            return say("closed", language)
    return one_line(happened(kb, event, language, shown.audience))


def best_words(shown: State, step: Step, language: str) -> str:
    """A step that could be taken, in words."""
    kb = shown.the_call.kb
    if step.kind == "ask":
        return say("best.ask", language, what=name_of(shown, kb.symptoms[step.id]))
    remedy = kb.remedies[step.id]
    what = remedy_name(shown, remedy) if step.kind == "try" else remedy_line(shown, remedy)
    return say(f"best.{step.kind}", language, what=what)


def _page(state: Replaying, room: int) -> RenderableType:
    match state.shown:
        case "jump":
            return _jump(state, room)
        case "what_if":
            shown = tuple(Option(a, words) for a, words in alternatives(state))
            title = text(say("answers", state.language), "bold yellow")
            return Group(title, overlay.options(shown, state.cursor, room=max(2, room - 3), keyed=False))
        case "why":
            return overlay.page(_operator(state), Page("why"))
        case "best":
            return _candidates(state)
    return _help(state)


def _jump(state: Replaying, room: int) -> RenderableType:
    found = state.story.moments
    shown = []
    for i, moment in enumerate(found):
        before = state.story.screen_at(max(0, i - 1), state.language)
        bad = (
            "" if moment.judged is None or moment.judged.good else euros(moment.judged.euros, state.language)
        )
        label = f"{clock(state.story.into[i])}  {step_words(before, moment.event, state.language)}"
        shown.append(Option(str(i), label, f"✗ {bad}" if bad else ""))
    title = text(say("jump", state.language), "bold yellow")
    return Group(title, overlay.options(tuple(shown), state.cursor, room=max(2, room - 3), keyed=False))


def _candidates(state: Replaying) -> RenderableType:
    shown = _operator(state)
    assessment = state.moment.call.assessment
    judged = state.next.judged if state.next else None
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(style="bold yellow")
    kinds = {"stop": "end", "ask": "ask", "try": "try"}
    for n, candidate in enumerate(assessment.candidates):
        kind = kinds[candidate.kind]
        taken = judged is not None and (judged.step.kind, judged.step.id) == (kind, candidate.id)
        if n >= MOST_CANDIDATES and not taken:
            continue
        step = Step("end" if kind == "end" else "ask" if kind == "ask" else "try", candidate.id)
        mark = say("taken", state.language) if taken else ""
        words = best_words(shown, step, state.language)
        table.add_row(euros(candidate.cost, state.language), text(words, "bold" if n == 0 else ""), mark)
    return Group(text(say("candidates", state.language), "bold underline"), table)


def _help(state: Replaying) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, justify="right", style="bold")
    table.add_column(overflow="fold")
    for key in KEYS:
        table.add_row(key.shown, say(f"help.{key.command}", state.language))
    return table


def _compared(state: Replaying, width: int) -> list:  # type: ignore[type-arg]
    """The way looked at, and the one that it is compared with, the earlier one on the left."""
    way, beside = state.way, state.beside
    if way == beside:  # with itself there is nothing to compare
        beside = len(state.ways) - 1 if way == 0 else 0
    left, right = sorted((way, beside))
    return side_by_side(state.ways[left], state.ways[right], state.language, width)


def side_by_side(left: Story, right: Story, language: str, width: int) -> list:  # type: ignore[type-arg]
    """Two ways beside each other, with the step at which they part."""
    parts = first_difference(steps(left), steps(right))
    half = max(10, (width - 3) // 2)
    a = lines(_way(left, language, parts), half)
    b = lines(_way(right, language, parts), width - half - 1)
    height = max(len(a), len(b))
    made = beside(a, b, half, width - half - 1, height)
    if parts is None:
        made = [*lines(text(say("same", language), "green"), width), *made]
    return made


def _way(story: Story, language: str, parts: int | None) -> RenderableType:
    rows: list[RenderableType] = [text(story.name, "bold underline")]
    for i, moment in enumerate(steps(story)):
        rows.append(_way_row(story, moment, language, parts is not None and i >= parts))
        if i == parts:
            rows[-1] = Group(text(f"— {say('parts', language)} —", "bold yellow"), rows[-1])
    call = story.moments[-1].call
    verdict, remedy = given(call)
    shown = story.screen_at(len(story.moments) - 1, language)
    line = remedy_line(shown, remedy) if remedy else verdict_name(verdict, language)
    rows.append(text(""))
    rows.append(text(say("verdict", language, what=line), "bold"))
    rows.append(text(say("seconds", language, time=clock(story.into[-1]))))
    loss = story.regret
    rows.append(text(say("total", language, euros=euros(loss.euros, language), seconds=round(loss.seconds))))
    return Group(*rows)


def _way_row(story: Story, moment: Moment, language: str, parted: bool) -> RenderableType:
    number = story.moments.index(moment)
    before = story.screen_at(max(0, number - 1), language)
    bad = ""
    if moment.judged is not None and not moment.judged.good:
        bad = f"  ✗ {euros(moment.judged.euros, language)}"
    words = step_words(before, moment.event, language)
    return text(f"{clock(story.into[number])} {words}{bad}", "yellow" if parted else "")

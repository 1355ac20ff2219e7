"""The whole screen: state, width and height in, a renderable of exactly that size out."""

from __future__ import annotations

from rich.console import RenderableType

from diagnose.terminal.clean import text
from diagnose.terminal.phrases import (
    clock,
    clock_mark,
    held_for,
    question_words,
    remedy_line,
    say,
    stop_line,
    words_to_say,
)
from diagnose.terminal.state import Entry, Page, Pick, State, at_verdict, context
from diagnose.terminal.views import bars, belief, overlay, question, verdict
from diagnose.terminal.views.frame import SPRING, Block, Line, Lines, Window, beside, fit, lines, window
from diagnose.words import word

WIDE = 100
SMALL = (60, 15)
ROOMY = 28


def screen(state: State, width: int, height: int) -> Lines:
    """Everything that stands on the screen."""
    width, height = max(1, width), max(1, height)
    if width < SMALL[0] or height < SMALL[1]:
        return _small(state, width, height)
    top = lines(bars.status(state), width)[:1]
    bottom = lines(bars.hints(state, width, rows=1 if height < 30 else 2), width)[: 1 if height < 30 else 2]
    # the page at the end may be scrolled, what a key did may not
    said = question.notice(state) if state.call is not None and context(state) == "verdict" else None
    if said is not None:
        bottom = [*lines(said, width)[:3], *bottom]
    room = height - len(top) - len(bottom)
    body = (
        _wide(state, width, room) if width >= WIDE and state.call is not None else _narrow(state, width, room)
    )
    return Lines([*top, *body.seen, *bottom], body.furthest)


def _more(state: State) -> str:
    return word("more", state.language)


def _wide(state: State, width: int, height: int) -> Window:
    left_width = width * 3 // 5
    right_width = width - left_width - 1
    right = fit(_side(state), right_width, height)[:height]
    left = window(
        _fit_main(state, left_width, height, wide=True), left_width, height, state.scroll, _more(state)
    )
    return Window(beside(left.seen, right, left_width, right_width, height), left.furthest)


def _narrow(state: State, width: int, height: int) -> Window:
    made = _fit_main(state, width, height, wide=False)
    return window(made, width, height, state.scroll, _more(state))


def _side(state: State) -> list[Block]:
    """The right column: faults, remedy in front, what was answered."""
    gap = text("")
    return [
        *(
            [
                Block(3, tuple(belief.faults(state, n) for n in (8, 6, 4))),
                Block(1, (gap, None)),
                Block(9, (None if at_verdict(state) else question.instruction(stop_line(state), "bold"),)),
                Block(1, (gap, None)),
            ]
            if state.guided
            else []
        ),
        Block(2, (belief.ticks(state, None), *(belief.ticks(state, n) for n in (12, 9, 6, 3)))),
    ]


def _fit_main(state: State, width: int, height: int, *, wide: bool) -> list[Line]:
    match state.overlay:
        case Entry() | Pick() | Page():
            blocks = _overlaid(state, height)
        case _:
            blocks = _on_call(state, wide, height)
    return fit(blocks, width, height)


def _on_call(state: State, wide: bool, height: int) -> list[Block]:
    here = context(state)
    if here == "held":
        return _held(state, wide)
    blocks = _verdict(state) if here == "verdict" else _question(state, wide, height)
    return [_heard(state), *blocks]


def _heard(state: State) -> Block:
    return Block(4, tuple(question.caller(state, n) for n in (4, 2, 1)))


def _overlaid(state: State, height: int) -> list[Block]:
    shown = state.overlay
    assert shown is not None
    blocks = [_heard(state), Block(9, (question.alerts(state),))] if state.call else []
    if isinstance(shown, Entry) and shown.purpose == "complaint":
        programme = state.the_call.kb.programme
        greeting = say(state, programme.greeting) if programme else ""
        if greeting:
            blocks.append(Block(2, (question.spoken(greeting, state.language), None)))
    elif state.call is not None and state.call.status == "open" and at_verdict(state):
        blocks += [Block(9, (verdict.banner_line(state),)), Block(0, (verdict.say_box(state), None))]
    elif state.call is not None and state.call.status == "open":
        blocks.append(Block(2, (question.question(state), None)))
    blocks.append(Block(3, (question.notice(state),)))
    if isinstance(shown, Entry):
        if shown.purpose == "note":
            blocks.append(Block(4, (question.notes(state), question.notes(state, 1), None)))
        blocks.append(Block(8, (overlay.entry(state, shown),)))
    elif isinstance(shown, Pick):
        sizes = (0, *(n for n in (14, 9, 6, 4, 2) if n < min(len(shown.options), height)))
        blocks.append(Block(1, tuple(overlay.pick(state, shown, room) for room in sizes)))
    else:
        blocks.append(Block(8, (overlay.page(state, shown),)))
    return blocks


def _question(state: State, wide: bool, height: int) -> list[Block]:
    many = len(question.labelled(state)) > 4
    roomy = height >= ROOMY
    sizes = [question.answers(state, airy=True)] if roomy else []
    sizes += [question.answers(state)]
    sizes += [question.answers(state, columns=2)] if many else []
    blocks = [
        Block(9, (question.alerts(state),)),
        Block(3, tuple(question.question(state, roomy=r) for r in ((True, False) if roomy else (False,)))),
        Block(7, (question.guidance(state), question.guidance(state, brief=True))),
        Block(4, (*sizes, question.answers_inline(state))),
        Block(6, (question.notice(state),)),
        Block(6, (question.conflicts(state), question.conflicts(state, 1), None)),
    ]
    if not wide:
        believed = Block(
            5,
            (
                belief.faults(state, 4),
                belief.faults(state, 4, titled=False),
                belief.faults(state, 2, titled=False),
                None,
            ),
        )
        blocks += [
            SPRING,
            *([believed] if state.guided else []),
            Block(
                5,
                (
                    belief.ticks(state, 3),
                    belief.ticks(state, 3, titled=False),
                    belief.ticks(state, 1, titled=False),
                    None,
                ),
            ),
            *([Block(6, (belief.front(state), None))] if state.guided else []),
        ]
    return blocks


def _verdict(state: State) -> list[Block]:
    gap = text("")
    return [
        Block(9, (question.alerts(state),)),
        Block(4, (verdict.banner(state), verdict.banner_line(state))),
        Block(9, (verdict.say_box(state),)),
        Block(9, (verdict.channel(state),)),
        Block(9, (verdict.identity(state),)),
        Block(9, (question.notes(state),)),
        Block(1, (gap, None)),
        Block(9, (verdict.wrap_up_list(state),)),
        Block(1, (gap, None)),
        Block(9, (verdict.reasons(state),)),
        Block(8, (question.conflicts(state),)),
    ]


def _held(state: State, wide: bool) -> list[Block]:
    reason = held_for(state.the_call)
    why = question.instruction(word("held_for", state.language, reason=reason)) if reason else None
    return [
        Block(9, (question.instruction(word("held_now", state.language), "bold yellow"),)),
        Block(9, (why,)),
        Block(9, (question.notes(state),)),
        Block(9, (question.notice(state),)),
        Block(5, (text(""), None)),
        Block(5, (None if wide else belief.ticks(state, 6),)),
        Block(9, (None if wide else belief.front(state),)),  # wide, it stands in the right column
    ]


def _small(state: State, width: int, height: int) -> Lines:
    """Too little room for boxes: question and answers, and one line of status."""
    status = lines(_small_status(state), width)[:1]
    room = height - len(status)
    if room < 1:
        return Lines(status)
    body = window(_small_body(state, width, room), width, room, state.scroll, _more(state))
    return Lines([*body.seen, *status], body.furthest)


def _small_status(state: State) -> RenderableType:
    if state.call is None:
        line = text(word("title", state.language))
    else:
        outcome = remedy_line(state, state.call.assessment.outcome.remedy) if state.guided else ""
        line = text(f"{clock(state.elapsed)}{clock_mark(state.elapsed)} {outcome}", "reverse")
    line.no_wrap, line.overflow = True, "ellipsis"
    return line


def _small_body(state: State, width: int, room: int) -> list[Line]:
    if state.overlay is not None:
        blocks = _overlaid(state, room)
    elif context(state) == "held":
        blocks = _held(state, wide=True)
    elif at_verdict(state):
        blocks = [
            _heard(state),
            Block(9, (question.notice(state),)),
            Block(9, (question.alerts(state),)),
            Block(9, (verdict.banner_line(state),)),
            Block(9, (text(words_to_say(state), "bold"),)),
            Block(9, (verdict.channel(state),)),
            Block(9, (verdict.wrap_up_list(state),)),
        ]
    else:
        words = question_words(state)
        blocks = [
            _heard(state),
            Block(9, (question.alerts(state),)),
            Block(9, (text(f"{word('say', state.language)} – {words}", "bold") if words else None,)),
            Block(3, (question.answers(state), question.answers_inline(state))),
            Block(5, (question.notice(state),)),
            Block(2, (question.guidance(state, brief=True), None)),
        ]
    return fit(blocks, width, room)

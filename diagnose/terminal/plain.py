"""The call line by line, for pipes and screen readers: same commands, same words, no screen."""

from __future__ import annotations

from dataclasses import replace
from typing import TextIO

from diagnose.terminal import entering
from diagnose.terminal.chosen import hold_and_leave
from diagnose.terminal.clean import clean, one_line
from diagnose.terminal.commands import run
from diagnose.terminal.keys import KEYS, command_of
from diagnose.terminal.phrases import (
    call_name,
    clock,
    conflict_lines,
    name_of,
    question_words,
    remedy_name,
    say,
    try_words,
    words_to_say,
)
from diagnose.terminal.state import (
    SPOKEN,
    Entry,
    Option,
    Page,
    Pick,
    State,
    asked,
    context,
    tried,
    unread,
)
from diagnose.terminal.terminal import Terminal
from diagnose.terminal.views import belief, overlay, question, verdict
from diagnose.terminal.views.frame import lines
from diagnose.words import word

WIDTH = 1000
"""A renderable is printed unwrapped: what reads it wraps for itself."""


def converse(terminal: Terminal, source: TextIO, out: TextIO) -> int:
    """Print, read a line, do it, until the call is left; the exit status.

    The end of the input holds the call. Without a single line of input: status 2.
    """
    talk = _Talk(terminal, out)
    first = True
    talk.show()
    while terminal.state.leaving is None:
        try:
            line = source.readline()
        except KeyboardInterrupt:
            run(terminal, "interrupt")
            talk.show()
            continue
        except UnicodeDecodeError:
            line = "\ufffd\n"
        if not line:
            if first and terminal.session is not None:
                terminal.do(lambda s: s.abandon(word("start.no_input", "en")))
                terminal.leave(2, word("start.no_input", terminal.state.language))
            else:
                hold_and_leave(terminal, 2 if first else 0)
            break
        first = False
        take_line(terminal, line.rstrip("\r\n"))
        talk.show()
    leaving = terminal.state.leaving
    if leaving is None:
        return 0
    for left in leaving.lines:
        talk.put(left)
    return leaving.status


def take_line(terminal: Terminal, line: str) -> None:
    """What a line means depends on what is asked: an answer, a choice, a command, or words."""
    line = clean(line).strip()
    shown = terminal.state.overlay
    match shown:
        case Entry():
            _line_typed(terminal, shown, line)
        case Pick():
            _line_picked(terminal, shown, line)
        case _:
            if isinstance(shown, Page):
                terminal.show(None)
            _line_on_call(terminal, line)


def _line_typed(terminal: Terminal, shown: Entry, line: str) -> None:
    several = shown.purpose in SPOKEN or shown.purpose == "handset"
    numbers = [int(n) for n in line.replace(",", " ").split() if n.isdecimal() and len(n) < 3]
    if several and shown.options and not line and shown.purpose != "handset":
        run(terminal, "cancel")
    elif several and shown.options and numbers and len(numbers) == len(line.replace(",", " ").split()):
        _choose(terminal, numbers)
    elif len(line) == 1 and not line.isalnum() and line != "?":
        run(terminal, "cancel")
    elif line.lower() in ("q", "quit", "help", "h"):
        run(terminal, "help" if line.lower() in ("help", "h") else "quit")
    else:
        again = line == shown.text and shown.remark
        if not again:
            entering.typed(terminal, Entry(shown.purpose, shown.subject, line, len(line)))
        entry = terminal.state.overlay
        if isinstance(entry, Entry) and not (several and entry.options):
            run(terminal, "enter")


def _choose(terminal: Terminal, numbers: list[int]) -> None:
    for number in numbers:
        run(terminal, "choose", str(number))
    entry = terminal.state.overlay
    if isinstance(entry, Entry) and entry.ticked:
        run(terminal, "enter")


def _line_picked(terminal: Terminal, shown: Pick, line: str) -> None:
    if line.isdecimal():
        run(terminal, "choose", line)
    elif not line:
        run(terminal, "cancel")
    else:
        fitting = [
            n for n, o in enumerate(shown.options, 1) if line.lower() in (o.value.lower(), o.label.lower())
        ]
        if fitting:
            run(terminal, "choose", str(fitting[0]))
        else:
            run(terminal, "cancel")
            take_line(terminal, line)


def _line_on_call(terminal: Terminal, line: str) -> None:
    if not line:
        run(terminal, "accept" if context(terminal.state) == "verdict" else "clock")
        return
    head, _, rest = line.partition(" ")
    if line.startswith("/"):
        run(terminal, "volunteer", line[1:].strip())
        return
    here = context(terminal.state)
    known = command_of(head, here, terminal.state.language)
    if known is not None and known.command not in ("answer", "tick"):
        run(terminal, known.command, head if known.typed else rest.strip())
    elif line.isdecimal() and here in ("ask", "verdict"):
        run(terminal, "answer" if here == "ask" else "tick", line)
    elif here == "ask" and _typed_answer(terminal, line):
        return
    else:
        terminal.tell("plain.unknown", bad=True, line=one_line(line)[:60])


def _typed_answer(terminal: Terminal, line: str) -> bool:
    """Whether the line is taken as the date or text asked for, or as the words of an answer."""
    symptom = asked(terminal.state)
    if symptom is None:
        return False
    if symptom.answer_type != "choice":
        entering.open_answer(terminal, symptom, text=line)
        run(terminal, "enter")
        return True
    for number, (_, words) in enumerate(question.labelled(terminal.state)[:-1], 1):
        if line.lower() == words.lower():
            run(terminal, "answer", str(number))
            return True
    return False


class _Talk:
    """Prints what there is to say, each line at once; what was said already is not said again."""

    def __init__(self, terminal: Terminal, out: TextIO) -> None:
        self.terminal = terminal
        self.out = out
        self.alerts: tuple[str, ...] = ()
        self.conflicts: tuple[str, ...] = ()
        self.verdict: tuple[object, ...] = ()
        self.heard: tuple[str, ...] = ()

    def put(self, words: str) -> None:
        """One line, or several."""
        encoding = getattr(self.out, "encoding", None) or "utf-8"
        print(clean(words).encode(encoding, "replace").decode(encoding), file=self.out, flush=True)

    def spoken(self, state: State, words: str) -> None:
        """One line to read to the caller."""
        self.put(word("plain.say", state.language, words=one_line(words)))

    def show(self) -> None:
        """Everything that the operator has to know now."""
        state = self.terminal.state
        if state.leaving is not None:
            return
        if state.notice is not None:
            self.put(f"{'!' if state.notice.bad else '·'} {state.notice.words}")
        if state.call is not None:
            self._news(state)
        match state.overlay:
            case Entry():
                self._entry(state, state.overlay)
            case Pick():
                self._pick(state, state.overlay)
            case Page():
                self._page(state, state.overlay)
                self.terminal.show(None)
                self._call(self.terminal.state)
            case _:
                self._call(state)
        if state.heard != self.heard:
            for line in state.heard:
                self.put(f"« {one_line(line)} »")
            self.heard = state.heard

    def _news(self, state: State) -> None:
        alerts = state.the_call.assessment.alerts
        for alert in alerts:
            if alert not in self.alerts or alert in unread(state):
                known = state.the_call.kb.alerts.get(alert)
                if known is None:
                    continue
                severity = word("danger" if known.severity == "danger" else "warning", state.language)
                self.put(f"!!! {severity}")
                self.spoken(state, say(state, known.say))
                self.put(word("plain.operator", state.language, words=say(state, known.do)))
        self.terminal.state = replace(state, read=alerts)
        self.alerts = alerts
        conflicts = conflict_lines(state)
        for line in conflicts:
            if line not in self.conflicts:
                self.put(f"≠ {line}")
        self.conflicts = conflicts

    def _entry(self, state: State, shown: Entry) -> None:
        if shown.purpose == "complaint" and not shown.text:
            self.put(call_name(state.the_call, state.language))
            programme = state.the_call.kb.programme
            if programme and programme.greeting:
                self.spoken(state, say(state, programme.greeting))
        self._render(
            overlay.entry(state, Entry(shown.purpose, shown.subject, remark=shown.remark)), skip="> "
        )
        if shown.options:
            self._options(shown.options)
            self.put(word("plain.choose", state.language))

    def _pick(self, state: State, shown: Pick) -> None:
        title = word(f"choose.{shown.purpose}", state.language)
        if shown.purpose in ("answers", "volunteered"):
            title += f" {name_of(state, state.the_call.kb.symptoms[shown.subject])}"
        self.put(title)
        self._options(shown.options)
        self.put(word("plain.number", state.language))

    def _options(self, options: tuple[Option, ...]) -> None:
        for n, option in enumerate(options, 1):
            self.put(
                f"{n}. {one_line(option.label)}{f' – {one_line(option.detail)}' if option.detail else ''}"
            )

    def _page(self, state: State, shown: Page) -> None:
        if shown.purpose == "help":
            self._help(state)
        else:
            self._render(overlay.page(state, shown))

    def _help(self, state: State) -> None:
        seen = set()
        for key in KEYS:
            if key.line and key.language in ("", state.language) and (key.command, key.line) not in seen:
                seen.add((key.command, key.line))
                self.put(f"{' '.join(key.line)}: {word(f'help.{key.command}', state.language)}")

    def _call(self, state: State) -> None:
        here = context(state)
        self.put(f"[{clock(state.elapsed)}]")
        if here == "held":
            self.put(word("held_now", state.language))
            self._render(question.notes(state))
        elif here == "verdict":
            call = state.the_call
            shown = (call.deeds, call.overruled, call.language, call.identity, state.details)
            if shown == self.verdict:
                self._render(verdict.banner_line(state))
                self._render(verdict.wrap_up_list(state) if state.ticked else None)
            else:
                self._verdict(state)
            self.verdict = shown
        else:
            self._question(state)

    def _question(self, state: State) -> None:
        remedy = tried(state)
        if remedy is not None:
            self.put(f"{remedy_name(state, remedy)}")
            self._render(question.guidance(state, brief=True))
            for words in try_words(state, remedy):
                self.spoken(state, words)
        else:
            if question_words(state):
                self.spoken(state, question_words(state))
            self._render(question.guidance(state))
        for key, words in question.labelled(state):
            self.put(f"{key}. {words}")
        if state.guided:
            self._render(belief.front(state))

    def _verdict(self, state: State) -> None:
        self._render(verdict.banner_line(state))
        for line in words_to_say(state).splitlines():
            self.spoken(state, line)
        known = (verdict.identity(state), question.notes(state))
        for part in (verdict.channel(state), *known, verdict.reasons(state)):
            self._render(part)
        self._render(verdict.wrap_up_list(state))

    def _render(self, part: object, skip: str = "\0") -> None:
        for line in lines(part, WIDTH) if part is not None else ():  # type: ignore[arg-type]
            words = " ".join("".join(s.text for s in line).split())
            if words and not words.startswith(skip.strip()):
                self.put(words)

"""Everything a key does, by its name. A command takes the terminal and an argument, often empty.

The argument is the key itself where the key table says so; in the line mode, what follows the word.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from diagnose.consultation.events import TryResult
from diagnose.knowledge.model import UNKNOWN, VERDICTS
from diagnose.reasoning.assess import Ask
from diagnose.terminal import chosen, entering, picking
from diagnose.terminal.clean import clean
from diagnose.terminal.phrases import try_words, verdict_name
from diagnose.terminal.state import (
    SPOKEN,
    Entry,
    Option,
    Page,
    Pick,
    asked,
    at_verdict,
    disposition,
    tried,
    unread,
    wrap_up,
)
from diagnose.terminal.terminal import Terminal
from diagnose.words import word

Command = Callable[[Terminal, str], None]
COMMANDS: dict[str, Command] = {}
SCROLLED = 5


def command(function: Command) -> Command:
    """Enter a function into the table, by its own name."""
    COMMANDS[function.__name__.rstrip("_")] = function
    return function


def run(terminal: Terminal, name: str, argument: str = "") -> None:
    """Do what a key does."""
    terminal.state = replace(terminal.state, notice=None)
    COMMANDS[name](terminal, argument)
    terminal.clocked()


# Answering


@command
def answer(terminal: Terminal, argument: str) -> None:
    """The caller's answer by its number; a date or a text is typed."""
    symptom = asked(terminal.state)
    if symptom is None:
        return
    if symptom.answer_type != "choice":
        entering.open_answer(terminal, symptom, text=argument)
    elif argument.isdecimal() and 1 <= int(argument) <= len(symptom.answers):
        chosen_answer = symptom.answers[int(argument) - 1].id
        terminal.do(lambda s: s.answer(chosen_answer, symptom.id))
    else:
        terminal.tell("no_such_answer", bad=True, number=argument, most=len(symptom.answers))


@command
def yes(terminal: Terminal, _: str) -> None:
    """The caller says yes."""
    _yes_no(terminal, "yes")


@command
def no(terminal: Terminal, _: str) -> None:
    """The caller says no."""
    _yes_no(terminal, "no")


def _yes_no(terminal: Terminal, said: str) -> None:
    symptom = asked(terminal.state)
    if symptom is not None and symptom.answer(said):
        terminal.do(lambda s: s.answer(said, symptom.id))
    else:
        terminal.tell("not_yes_no", bad=True)


@command
def dont_know(terminal: Terminal, _: str) -> None:
    """The caller does not know."""
    symptom = asked(terminal.state)
    if symptom is not None:
        terminal.do(lambda s: s.answer(UNKNOWN, symptom.id))


@command
def answers(terminal: Terminal, _: str) -> None:
    """The answers as a list, or the line to type a date or a text."""
    symptom = asked(terminal.state)
    if symptom is not None:
        entering.open_answer(terminal, symptom)


# Trying


@command
def cured(terminal: Terminal, _: str) -> None:
    """The remedy worked."""
    _tried(terminal, "cured")


@command
def not_cured(terminal: Terminal, _: str) -> None:
    """The remedy did not work."""
    _tried(terminal, "not_cured")


@command
def declined(terminal: Terminal, _: str) -> None:
    """The caller cannot do it now."""
    _tried(terminal, "declined")


def _tried(terminal: Terminal, result: TryResult) -> None:
    remedy = tried(terminal.state)
    if remedy is not None:
        terminal.do(lambda s: s.tried(result, remedy.id))


@command
def ask_other(terminal: Terminal, argument: str) -> None:
    """Choose the next question, or the next thing to try, oneself."""
    _from_list(terminal, picking.ask_other_pick(terminal.state), argument)


@command
def next_step(terminal: Terminal, _: str) -> None:
    """On to the next step of the try."""
    _step(terminal, 1)


@command
def previous_step(terminal: Terminal, _: str) -> None:
    """Back to the step before."""
    _step(terminal, -1)


def _step(terminal: Terminal, by: int) -> None:
    remedy = tried(terminal.state)
    if remedy is not None:
        last = len(try_words(terminal.state, remedy)) - 1
        terminal.state = replace(terminal.state, step=max(0, min(last, terminal.state.step + by)))


# The verdict


@command
def accept(terminal: Terminal, _: str) -> None:
    """The verdict was given: close the call. What is not ticked or read out is pointed out once."""
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


# Digressions


@command
def volunteer(terminal: Terminal, argument: str) -> None:
    """The caller says something unasked."""
    entering.typed(terminal, Entry("volunteer", text=argument, cursor=len(argument)))


@command
def undo(terminal: Terminal, _: str) -> None:
    """Take the last answer or try back."""
    if terminal.do(lambda s: s.undo()):
        terminal.tell("undone")


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
    _from_list(terminal, picking.why_not_pick(terminal.state), argument)


@command
def change(terminal: Terminal, _: str) -> None:
    """Which other answers would change the verdict."""
    terminal.show(Page("change"))


@command
def tried_(terminal: Terminal, argument: str) -> None:
    """The caller did something already, in vain."""
    _from_list(terminal, picking.tried_pick(terminal.state), argument)


COMMANDS["tried"] = tried_


def _from_list(terminal: Terminal, pick: Pick, words: str) -> None:
    """Show the list; with words, only what fits them, and take it at once when it is one."""
    fitting = _fitting(pick.options, words)
    if not fitting:
        terminal.tell("nothing_fits", bad=True, words=clean(words))
    elif words and len(fitting) == 1:
        chosen.take(terminal, replace(pick, options=fitting), 1)
    else:
        terminal.show(replace(pick, options=fitting))


def _fitting(options: tuple[Option, ...], words: str) -> tuple[Option, ...]:
    wanted = words.lower().split()
    exact = tuple(o for o in options if words and words in (o.value, o.label))
    return exact or tuple(
        o for o in options if all(w in f"{o.value} {o.label} {o.detail}".lower() for w in wanted)
    )


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


# The call itself


@command
def hold(terminal: Terminal, argument: str) -> None:
    """Let the call wait, or go on with it."""
    if terminal.state.the_call.status == "held":
        terminal.do(lambda s: s.resume())
    elif argument:
        entering.enter(terminal, Entry("hold", text=argument))
    else:
        terminal.show(Entry("hold"))


@command
def hand_over(terminal: Terminal, argument: str) -> None:
    """Pass the call on to somebody else."""
    to, _, reason = argument.partition(" ")
    if reason:
        entering.enter(terminal, Entry("hand_over", subject=to, text=reason))
    else:
        terminal.show(Entry("hand_over", subject=to))


@command
def language(terminal: Terminal, _: str) -> None:
    """Go on in the other language."""
    other = "en" if terminal.state.language == "fr" else "fr"
    if terminal.do(lambda s: s.speak(other)):
        terminal.tell("language_now")


@command
def help_(terminal: Terminal, _: str) -> None:
    """Every key."""
    terminal.show(Page("help"))


COMMANDS["help"] = help_


@command
def quit_(terminal: Terminal, _: str) -> None:
    """Ask how to leave."""
    overlay = terminal.state.overlay
    if terminal.session is None:
        terminal.leave(0)
    else:
        below = overlay if isinstance(overlay, Entry) else None
        terminal.show(picking.quit_pick(terminal.state, below))


COMMANDS["quit"] = quit_


@command
def interrupt(terminal: Terminal, _: str) -> None:
    """Ctrl-C: the question how to leave; the second time, hold the call and leave."""
    _leaving(terminal, 130)


@command
def end_of_input(terminal: Terminal, _: str) -> None:
    """Ctrl-D: the question how to leave; the second time, hold the call and leave."""
    _leaving(terminal, 0)


def _leaving(terminal: Terminal, status: int) -> None:
    overlay = terminal.state.overlay
    if terminal.session is None or (isinstance(overlay, Pick) and overlay.purpose == "quit"):
        chosen.hold_and_leave(terminal, status)
    else:
        quit_(terminal, "")


# Lists, lines and pages


@command
def enter(terminal: Terminal, _: str) -> None:
    """Take the line, or what is under the cursor."""
    overlay = terminal.state.overlay
    if isinstance(overlay, Entry):
        entering.enter(terminal, overlay)
    elif isinstance(overlay, Pick):
        chosen.take(terminal, overlay, overlay.at + 1)


@command
def cancel(terminal: Terminal, _: str) -> None:
    """Back to the call, nothing done."""
    overlay = terminal.state.overlay
    if isinstance(overlay, Pick) and overlay.purpose == "programme":
        entering.typed(terminal, Entry("handset"))
    elif isinstance(overlay, Entry) and overlay.purpose == "handset":
        terminal.leave(0)
    elif isinstance(overlay, Entry) and overlay.purpose == "identify":
        terminal.show(picking.identify_pick(terminal.state))
    else:
        terminal.show(overlay.below if isinstance(overlay, Pick) else None)


@command
def choose(terminal: Terminal, argument: str) -> None:
    """The line of that number."""
    overlay = terminal.state.overlay
    if argument.isdecimal() and isinstance(overlay, Pick):
        chosen.take(terminal, overlay, int(argument))
    elif argument.isdecimal() and isinstance(overlay, Entry):
        entering.choose(terminal, overlay, int(argument))


LONG = 9
"""A list longer than this can be narrowed by typing."""


@command
def narrow(terminal: Terminal, argument: str) -> None:
    """Keep the lines of a long list that have what is typed."""
    overlay = terminal.state.overlay
    if isinstance(overlay, Pick) and len(overlay.whole or overlay.options) > LONG:
        _narrowed(terminal, overlay, overlay.words + clean(argument))


@command
def widen(terminal: Terminal, _: str) -> None:
    """Take the last letter back."""
    overlay = terminal.state.overlay
    if isinstance(overlay, Pick):
        _narrowed(terminal, overlay, overlay.words[:-1])


def _narrowed(terminal: Terminal, pick: Pick, words: str) -> None:
    whole = pick.whole or pick.options
    fitting = _fitting(whole, words) if words.strip() else whole
    if fitting:
        shown = replace(pick, options=fitting, words=words, whole=whole, at=0)
        terminal.state = replace(terminal.state, overlay=shown)


@command
def up(terminal: Terminal, _: str) -> None:
    """The line above."""
    _move(terminal, -1)


@command
def down(terminal: Terminal, _: str) -> None:
    """The line below."""
    _move(terminal, 1)


def _move(terminal: Terminal, by: int) -> None:
    overlay = terminal.state.overlay
    if isinstance(overlay, (Entry, Pick)) and overlay.options:
        at = (overlay.at + by) % len(overlay.options)
        terminal.state = replace(terminal.state, overlay=replace(overlay, at=at))


def _edit(terminal: Terminal, before: str, after: str) -> None:
    overlay = terminal.state.overlay
    if isinstance(overlay, Entry):
        entering.typed(terminal, replace(overlay, text=before + after, cursor=len(before)))


def _halves(terminal: Terminal) -> tuple[str, str]:
    overlay = terminal.state.overlay
    if not isinstance(overlay, Entry):
        return "", ""
    return overlay.text[: overlay.cursor], overlay.text[overlay.cursor :]


@command
def insert(terminal: Terminal, argument: str) -> None:
    """Type it."""
    before, after = _halves(terminal)
    typed = clean(argument).replace("\n", " ")
    if typed:
        _edit(terminal, before + typed, after)


@command
def pick_or_type(terminal: Terminal, argument: str) -> None:
    """Choose what the line may mean; after a blank, or where nothing is to be chosen, type the digit."""
    overlay = terminal.state.overlay
    before, _ = _halves(terminal)
    if (
        isinstance(overlay, Entry)
        and overlay.purpose in SPOKEN
        and int(argument) <= len(overlay.options)
        and not before.endswith(" ")
    ):
        entering.choose(terminal, overlay, int(argument))
    else:
        insert(terminal, argument)


@command
def backspace(terminal: Terminal, _: str) -> None:
    """Take the character before the cursor out."""
    before, after = _halves(terminal)
    _edit(terminal, before[:-1], after)


@command
def delete(terminal: Terminal, _: str) -> None:
    """Take the character at the cursor out."""
    before, after = _halves(terminal)
    _edit(terminal, before, after[1:])


@command
def erase(terminal: Terminal, _: str) -> None:
    """Take out what stands before the cursor."""
    _edit(terminal, "", _halves(terminal)[1])


@command
def left(terminal: Terminal, _: str) -> None:
    """One character to the left."""
    _cursor(terminal, len(_halves(terminal)[0]) - 1)


@command
def right(terminal: Terminal, _: str) -> None:
    """One character to the right."""
    _cursor(terminal, len(_halves(terminal)[0]) + 1)


@command
def home(terminal: Terminal, _: str) -> None:
    """To the beginning of the line."""
    _cursor(terminal, 0)


@command
def end(terminal: Terminal, _: str) -> None:
    """To the end of the line."""
    _cursor(terminal, sum(map(len, _halves(terminal))))


def _cursor(terminal: Terminal, to: int) -> None:
    overlay = terminal.state.overlay
    if isinstance(overlay, Entry):
        cursor = max(0, min(len(overlay.text), to))
        terminal.state = replace(terminal.state, overlay=replace(overlay, cursor=cursor))


@command
def scroll_down(terminal: Terminal, _: str) -> None:
    """Further down."""
    terminal.state = replace(terminal.state, scroll=terminal.state.scroll + SCROLLED)


@command
def scroll_up(terminal: Terminal, _: str) -> None:
    """Further up."""
    terminal.state = replace(terminal.state, scroll=max(0, terminal.state.scroll - SCROLLED))


@command
def clock(terminal: Terminal, _: str) -> None:
    """Nothing but the time."""
    terminal.clocked()

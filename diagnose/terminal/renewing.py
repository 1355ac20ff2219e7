"""Taking edited knowledge over into a running call: as the operator wills, who sees first what changes."""

from __future__ import annotations

from dataclasses import replace

from diagnose.consultation.call import Call, Refused
from diagnose.knowledge.model import KnowledgeBase
from diagnose.reasoning.assess import Ask, Conclude, Try
from diagnose.terminal.clean import one_line
from diagnose.terminal.phrases import (
    channel_line,
    name_of,
    promise_line,
    question_words,
    remedy_line,
    remedy_name,
    words_to_say,
)
from diagnose.terminal.start import CannotStart
from diagnose.terminal.state import Option, Pick, State
from diagnose.terminal.terminal import Terminal
from diagnose.words import word

TAKE_OVER = "take_over"


def propose(terminal: Terminal) -> None:
    """Say in one line what the edited knowledge changes for this call, and ask whether to take it over."""
    kb = _today(terminal)
    session = terminal.session
    if kb is None or session is None:
        return
    if kb == session.call.kb:
        if session.files is not None:
            session.files = session.files.taken(kb)
        terminal.follow()
        terminal.tell("renew.same")
        return
    try:
        then = session.renewed(kb)
    except Refused as refused:
        terminal.refused(refused)
        return
    language = terminal.state.language
    options = (
        Option(TAKE_OVER, word("renew.take_over", language)),
        Option("go_on", word("renew.go_on", language)),
    )
    terminal.show(Pick("renew", options, subject=kb.revision))
    terminal.tell("renew.changes", what=difference(terminal.state, session.call, then))


def decide(terminal: Terminal, pick: Pick, value: str) -> None:
    """Take it over, if it is still what was proposed, or go on as before."""
    terminal.show(None)
    if value != TAKE_OVER:
        return
    kb = _today(terminal)
    if kb is None:
        return
    if kb.revision != pick.subject:  # written again meanwhile: nothing is taken over that was not seen
        propose(terminal)
        return
    before = terminal.state.the_call
    if not terminal.do(lambda s: s.renew(kb)):
        return
    names = shelved(terminal.state, before, terminal.state.the_call)
    if names:
        terminal.tell("renew.shelved", names=names)
    else:
        terminal.tell("renewed", revision=kb.revision)


def _today(terminal: Terminal) -> KnowledgeBase | None:
    """The knowledge as the files have it now; None, and the operator is told, when it cannot be used."""
    files = terminal.session.files if terminal.session is not None else None
    if files is None:
        terminal.tell("renew.none", bad=True)
        return None
    try:
        return files.today()
    except CannotStart as wrong:
        terminal.tell("renew.errors", bad=True, why=one_line(str(wrong)))
        return None


def difference(state: State, now: Call, then: Call) -> str:
    """What is otherwise when the call stands like ``then`` instead of like ``now``, in one line."""
    was, will = (replace(state, call=call) for call in (now, then))
    changes = [(front(was), front(will)), (step(was), step(will))]
    if changes[0][0] == changes[0][1] and at_end(now) and at_end(then):
        changes += [(channel_line(was), channel_line(will)), (promise_line(was), promise_line(will))]
    said = [
        f"{one_line(before) or '–'} → {one_line(after) or '–'}"
        for before, after in changes
        if before != after
    ]
    if not said and read_out(was) != read_out(will):
        said.append(word("renew.words", state.language, what=one_line(read_out(will)) or "–"))
    names = shelved(state, now, then)
    if names:
        said.append(word("renew.unknown", state.language, names=names))
    if now.overruled is not None:
        said.append(word("renew.overruled", state.language))
    return "; ".join(said) or word("renew.nothing", state.language)


def read_out(state: State) -> str:
    """The words before the caller: of the question or the try in front, or of the verdict."""
    return words_to_say(state) if at_end(state.the_call) else question_words(state)


def at_end(call: Call) -> bool:
    """Whether nothing is left to ask or to try."""
    return isinstance(call.assessment.next, Conclude)


def front(state: State) -> str:
    """The verdict in front and its remedy."""
    return remedy_line(state, state.the_call.assessment.outcome.remedy)


def step(state: State) -> str:
    """What would be done next, in short."""
    call = state.the_call
    match call.assessment.next:
        case Ask(symptom=symptom):
            return word("renew.ask", state.language, what=name_of(state, call.kb.symptoms[symptom]))
        case Try(remedy=remedy):
            return word("renew.try", state.language, what=remedy_name(state, call.kb.remedies[remedy]))
    return word("renew.conclude", state.language)


def shelved(state: State, now: Call, then: Call) -> str:
    """The names of what was said that the later knowledge no longer knows."""
    names = []
    for subject in (s for s in then.shelved if s not in now.shelved):
        remedy = now.kb.remedies.get(subject.removeprefix("tried."))
        symptom = now.kb.symptoms.get(subject)
        if symptom is not None:
            names.append(name_of(state, symptom))
        else:
            names.append(remedy_name(state, remedy) if remedy else subject)
    return ", ".join(names)

"""Lines being typed: what each purpose shows while it is typed, and does when it is entered."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from diagnose.consultation.imei import BadImei, read_imei, spoken
from diagnose.consultation.understand import can_be_said, nothing_more, understand
from diagnose.consultation.wording import plain
from diagnose.knowledge.model import KnowledgeBase, Symptom
from diagnose.reasoning.facts import age_facts
from diagnose.reasoning.open_question import ANYTHING_ELSE, NOTHING, SOMETHING
from diagnose.reasoning.spoken import spoken_date
from diagnose.terminal.clean import clean, one_line
from diagnose.terminal.dates import read_date
from diagnose.terminal.phrases import answered, name_of
from diagnose.terminal.picking import answers_pick, identify_pick, leave_held, programme_pick, remedy_given
from diagnose.terminal.state import SPOKEN, Entry, Option, Pick, State, spoken_up
from diagnose.terminal.terminal import Terminal
from diagnose.words import word

MOST_OPTIONS = 9
LONGEST = 400
LONGEST_NOTE = 4000
"""Characters of a line; a note may hold what somebody pastes."""
CUT = "="
_AND = re.compile(r"[,;.!]|\b(?:and|but|also|et|mais|aussi|puis)\b", re.IGNORECASE)
"""Where one thing said ends and the next begins."""


def typed(terminal: Terminal, entry: Entry) -> None:
    """The line has changed: look again at what it may mean."""
    text, most = clean(entry.text).replace("\n", " "), LONGEST_NOTE if entry.purpose == "note" else LONGEST
    entry = replace(entry, text=text[:most])
    entry = replace(entry, cursor=min(entry.cursor, len(entry.text)), at=0, remark="", options=())
    live = _LIVE.get(entry.purpose)
    entry = live(terminal, entry) if live else entry
    if len(text) > most:
        entry = replace(entry, remark=word("entry.cut", terminal.state.language, most=most))
    terminal.state = replace(terminal.state, overlay=entry)


def enter(terminal: Terminal, entry: Entry) -> None:
    """The line is taken."""
    _ENTER[entry.purpose](terminal, entry)


def choose(terminal: Terminal, entry: Entry, number: int) -> None:
    """An option is chosen by its number: ticked where several can be, else taken."""
    if not 1 <= number <= len(entry.options):
        return
    value = entry.options[number - 1].value
    if entry.purpose in SPOKEN and CUT in value:
        left = tuple(v for v in entry.ticked if v != value)
        ticked = left if value in entry.ticked else (*entry.ticked, value)
        terminal.state = replace(terminal.state, overlay=replace(entry, ticked=ticked, at=number - 1))
    else:
        enter(terminal, replace(entry, at=number - 1))


# While typing


def _live_handset(terminal: Terminal, entry: Entry) -> Entry:
    found = terminal.opener.handsets(entry.text)[:MOST_OPTIONS]
    remark = "" if found else word("entry.no_handset", terminal.state.language)
    return replace(entry, options=found, remark=remark)


def _live_symptom(terminal: Terminal, entry: Entry) -> Entry:
    state, call = terminal.state, terminal.state.the_call
    kb, facts = call.kb, call.assessment.facts
    if _ends(entry):
        return replace(entry, remark=word("entry.nothing_else", state.language))
    options = [_ticked(state, v) for v in entry.ticked]
    options += _dates(state, entry.text)
    for u in understand(kb, entry.text, facts=facts):
        if f"{u.symptom}{CUT}{u.answer}" not in entry.ticked:
            options.append(
                Option(
                    f"{u.symptom}{CUT}{u.answer}",
                    answered(state, u.symptom, u.answer),
                    word("entry.heard", state.language, phrase=u.phrase),
                )
            )
    there = {o.value.partition(CUT)[0] for o in options}
    for symptom in search(kb, entry.text):
        if symptom.id not in there and can_be_said(symptom, facts):
            options.append(
                Option(symptom.id, name_of(state, symptom), word("entry.which_answer", state.language))
            )
    return replace(entry, options=tuple(options[:MOST_OPTIONS]))


def _dates(state: State, words: str) -> list[Option]:
    """A date by itself: what in this knowledge it may be the date of."""
    found = read_date(words, state.the_call.findings.on)
    if found is None:
        return []
    dated = (s.id for s in state.the_call.kb.symptoms.values() if s.answer_type == "date")
    return [Option(f"{s}{CUT}{found.isoformat()}", answered(state, s, found.isoformat())) for s in dated]


def _ticked(state: State, value: str) -> Option:
    symptom, _, answer = value.partition(CUT)
    return Option(value, answered(state, symptom, answer))


def search(kb: KnowledgeBase, words: str) -> tuple[Symptom, ...]:
    """Questions in which every word typed (three letters or more) begins a word, in their order."""
    wanted = [w for w in plain(words).split() if len(w) >= 3]
    return tuple(s for s in kb.symptoms.values() if wanted and _holds(s, wanted))


def _holds(symptom: Symptom, wanted: list[str]) -> bool:
    texts = (symptom.name, symptom.ask, *(a.text for a in symptom.answers))
    hay = plain(" ".join((symptom.id.replace("_", " "), *(v for t in texts for _, v in t.versions)))).split()
    return all(any(h.startswith(w) for h in hay) for w in wanted)


def _live_date(terminal: Terminal, entry: Entry) -> Entry:
    state = terminal.state
    on = state.the_call.findings.on
    found = read_date(entry.text, on)
    if found is None:
        return replace(entry, remark=word("entry.date", state.language))
    months = age_facts("", found.isoformat(), on)[".months"]
    return replace(
        entry,
        remark=word("entry.date_is", state.language, date=spoken_date(found, state.language), months=months),
    )


def _live_identify(terminal: Terminal, entry: Entry) -> Entry:
    if entry.subject != "imei" or not entry.text.strip():
        return entry
    language = terminal.state.language
    try:
        imei = read_imei(entry.text, _phase_1(terminal.state.the_call.kb))
    except BadImei as bad:
        return replace(entry, remark=bad.say(language))
    notices = " ".join(imei.notice(code, language) for code in imei.notices)
    return replace(entry, remark=f"✓ {spoken(imei)} {notices}".strip())


def _phase_1(kb: KnowledgeBase) -> bool:
    return dict(kb.handset.attributes).get("gsm_phase") == 1


_LIVE: dict[str, Callable[[Terminal, Entry], Entry]] = {
    "handset": _live_handset,
    "complaint": _live_symptom,
    "volunteer": _live_symptom,
    "else": _live_symptom,
    "date": _live_date,
    "identify": _live_identify,
}


# Entered


def _enter_handset(terminal: Terminal, entry: Entry) -> None:
    if not entry.options:
        return
    handset = entry.options[min(entry.at, len(entry.options) - 1)].value
    programmes = terminal.opener.programmes(handset)
    if len(programmes) > 1:
        terminal.show(programme_pick(handset, programmes))
    else:
        terminal.begin(handset, None)


def _ends(entry: Entry) -> bool:
    """Whether what is typed says that nothing else strikes the caller."""
    return entry.purpose == "else" and not entry.ticked and nothing_more(entry.text)


def _enter_symptom(terminal: Terminal, entry: Entry) -> None:
    words = one_line(entry.text)
    if _ends(entry):
        terminal.show(None)
        answer = SOMETHING if spoken_up(terminal.state) else NOTHING
        terminal.do(lambda s: s.answer(answer, ANYTHING_ELSE))
        return
    if not words and not entry.ticked:
        leave(terminal, entry)
        return
    if not entry.options:
        if entry.remark:
            _said(terminal, entry)
            if terminal.do(lambda s: s.note(words)):
                terminal.tell("kept_as_note")
            return
        remark = word("entry.not_understood", terminal.state.language)
        terminal.state = replace(terminal.state, overlay=replace(entry, remark=remark))
        return
    under_cursor = entry.options[min(entry.at, len(entry.options) - 1)].value
    values = [v for v in entry.ticked if CUT in v] or ([under_cursor] if CUT in under_cursor else [])
    rest = "" if entry.ticked or not values else _rest(terminal.state, words, under_cursor)
    _said(terminal, entry)
    for value in values:
        symptom, _, answer = value.partition(CUT)
        done = terminal.do(lambda s, symptom=symptom, answer=answer: s.volunteer(symptom, answer, words))  # type: ignore[misc]
        if done and (entry.purpose == "else" or rest) and terminal.state.notice is None:
            terminal.tell("taken", what=answered(terminal.state, symptom, answer))
    if entry.purpose == "complaint":  # only now is a question put
        call = terminal.state.the_call
        terminal.state = replace(terminal.state, since=(len(call.deeds), len(call.notes)))
    if CUT not in under_cursor and (not entry.ticked or entry.at >= len(entry.ticked)):
        known = terminal.state.the_call.kb.symptoms[under_cursor]
        open_answer(terminal, known, volunteered=True)
        if entry.purpose == "else" and isinstance(terminal.state.overlay, Pick):
            terminal.show(replace(terminal.state.overlay, below=Entry("else", ANYTHING_ELSE)))
    elif rest:
        typed(terminal, Entry(entry.purpose, entry.subject, rest, len(rest)))


def _rest(state: State, words: str, taken: str) -> str:
    """What else was said in the same breath and is understood, once one meaning of it is taken."""
    kb, findings = state.the_call.kb, state.the_call.findings
    symptom = taken.partition(CUT)[0]
    left = []
    for part in (p.strip() for p in _AND.split(words)):
        meant = [u.symptom for u in understand(kb, part, facts=state.the_call.assessment.facts)]
        if meant and symptom not in meant and findings.answer_to(meant[0]) is None:
            left.append(part)
    return ", ".join(left)


def reply(terminal: Terminal, symptom: str, answer: str) -> None:
    """The answer from a list is taken; that something else strikes the caller is followed by what it is."""
    if (symptom, answer) == (ANYTHING_ELSE, SOMETHING) and not spoken_up(terminal.state):
        terminal.show(Entry("else", symptom))
    else:
        terminal.show(None)
        terminal.do(lambda s: s.answer(answer, symptom))


def _said(terminal: Terminal, entry: Entry) -> None:
    """What was typed is taken: back to the call, or on to the next thing that strikes the caller."""
    terminal.show(Entry("else", ANYTHING_ELSE) if entry.purpose == "else" else None)


def leave(terminal: Terminal, entry: Entry) -> None:
    """Back to the call. What else struck the caller is said by now, or the open question still stands."""
    terminal.show(None)
    if entry.purpose != "else":
        return
    if spoken_up(terminal.state):
        terminal.do(lambda s: s.answer(SOMETHING, ANYTHING_ELSE))
    else:
        terminal.tell("nothing_else_said", bad=True)


def open_answer(terminal: Terminal, symptom: Symptom, *, volunteered: bool = False, text: str = "") -> None:
    """Ask the operator for the answer to this question: from a list, or typed."""
    if symptom.answer_type == "choice":
        terminal.show(answers_pick(terminal.state, symptom, volunteered=volunteered))
    else:
        purpose = "date" if symptom.answer_type == "date" else "text"
        terminal.show(None)
        typed(terminal, Entry(purpose, symptom.id, text, len(text)))


def _enter_date(terminal: Terminal, entry: Entry) -> None:
    found = read_date(entry.text, terminal.state.the_call.findings.on)
    if found is None:
        remark = word("entry.bad_date", terminal.state.language)
        terminal.state = replace(terminal.state, overlay=replace(entry, remark=remark))
        return
    terminal.show(None)
    terminal.do(lambda s: s.answer(found.isoformat(), entry.subject))


def _enter_text(terminal: Terminal, entry: Entry) -> None:
    words = one_line(entry.text)
    if not words or terminal.do(lambda s: s.answer(words, entry.subject)):
        terminal.show(None)


def _enter_note(terminal: Terminal, entry: Entry) -> None:
    words = clean(entry.text).strip()
    terminal.show(None)
    if words and terminal.do(lambda s: s.note(words)):
        terminal.tell("noted")


def _enter_identify(terminal: Terminal, entry: Entry) -> None:
    value = one_line(entry.text)
    if value and entry.subject == "imei":
        try:
            value = read_imei(value, _phase_1(terminal.state.the_call.kb)).digits
        except BadImei as bad:
            remark = bad.say(terminal.state.language)
            terminal.state = replace(terminal.state, overlay=replace(entry, remark=remark))
            return
    if not value or terminal.do(lambda s: s.identify(entry.subject, value)):
        terminal.show(identify_pick(terminal.state))


def _enter_hold(terminal: Terminal, entry: Entry) -> None:
    if terminal.do(lambda s: s.hold(one_line(entry.text))):
        terminal.show(None)
        terminal.tell("held")


def _enter_hand_over(terminal: Terminal, entry: Entry) -> None:
    words = one_line(entry.text)
    if not words:
        terminal.show(None)
    elif not entry.subject:
        terminal.show(Entry("hand_over", subject=words))
    elif terminal.do(lambda s: s.hand_over(entry.subject, words)):
        terminal.show(None)
        leave_held(terminal, 0, "left.handed_over", to=entry.subject)


def _enter_abandon(terminal: Terminal, entry: Entry) -> None:
    reason = one_line(entry.text)
    if not reason:
        _needs_reason(terminal, entry)
    elif terminal.do(lambda s: s.abandon(reason)):
        terminal.leave(
            0, word("left.abandoned", terminal.state.language, call=terminal.state.the_call.opened.call)
        )


def _enter_overrule(terminal: Terminal, entry: Entry) -> None:
    reason = one_line(entry.text)
    verdict, _, remedy = entry.subject.partition("/")
    if not reason:
        _needs_reason(terminal, entry)
    elif terminal.do(lambda s: s.overrule(verdict, remedy, reason)):
        terminal.show(None)
        terminal.tell("overruled", remedy=remedy_given(terminal.state))


def _needs_reason(terminal: Terminal, entry: Entry) -> None:
    remark = word("entry.reason_needed", terminal.state.language)
    terminal.state = replace(terminal.state, overlay=replace(entry, remark=remark))


_ENTER: dict[str, Callable[[Terminal, Entry], None]] = {
    "handset": _enter_handset,
    "complaint": _enter_symptom,
    "volunteer": _enter_symptom,
    "else": _enter_symptom,
    "date": _enter_date,
    "text": _enter_text,
    "note": _enter_note,
    "identify": _enter_identify,
    "hold": _enter_hold,
    "hand_over": _enter_hand_over,
    "abandon": _enter_abandon,
    "overrule": _enter_overrule,
}

"""Lists to choose from: how each is made. What choosing does is in :mod:`.chosen`."""

from __future__ import annotations

from diagnose.consultation.closing import given
from diagnose.consultation.events import Answered, Tried
from diagnose.knowledge.model import UNKNOWN, VERDICTS, Symptom
from diagnose.terminal.phrases import (
    answer_of,
    name_of,
    remedy_line,
    remedy_name,
    remedy_option,
    verdict_name,
)
from diagnose.terminal.state import Entry, Option, Pick, State
from diagnose.terminal.terminal import Terminal
from diagnose.words import word

FIELDS = ("imei", "name", "phone", "address", "postcode")
TRY_RESULTS = ("cured", "not_cured", "before", "declined")


def fitting(options: tuple[Option, ...], words: str) -> tuple[Option, ...]:
    """The lines that have all these words; those that are the words come alone."""
    wanted = words.lower().split()
    exact = tuple(o for o in options if words and words in (o.value, o.label))
    return exact or tuple(
        o for o in options if all(w in f"{o.value} {o.label} {o.detail}".lower() for w in wanted)
    )


def programme_pick(handset: str, programmes: tuple[Option, ...]) -> Pick:
    """The programmes of a handset, its own first."""
    return Pick("programme", programmes, subject=handset)


def answers_pick(state: State, symptom: Symptom, *, volunteered: bool = False) -> Pick:
    """The answers to a question, "don't know" the last; the cursor on the one given."""
    options = [Option(a.id, answer_of(state, symptom, a.id)) for a in symptom.answers]
    options.append(Option(UNKNOWN, word("dont_know", state.language)))
    had = state.the_call.findings.answer_to(symptom.id)
    at = next((i for i, o in enumerate(options) if o.value == had), 0)
    return Pick("volunteered" if volunteered else "answers", tuple(options), at, symptom.id)


def history_pick(state: State) -> Pick:
    """What was answered and tried, in order; the cursor on the last."""
    call = state.the_call
    options: dict[str, Option] = {}
    for deed in call.deeds:
        if isinstance(deed, Answered):
            symptom = call.kb.symptoms[deed.symptom]
            aside = word("set_aside", state.language) if deed.symptom in call.assessment.set_aside else ""
            answer = answer_of(state, symptom, deed.answer)
            options[deed.symptom] = Option(deed.symptom, f"{name_of(state, symptom)} → {answer}", aside)
        elif isinstance(deed, Tried):
            remedy = call.kb.remedies[deed.remedy]
            result = word(f"try.{deed.outcome}", state.language)
            options[f"tried.{deed.remedy}"] = Option(
                f"tried.{deed.remedy}", f"{remedy_name(state, remedy)} → {result}"
            )
    return Pick("history", tuple(options.values()), max(0, len(options) - 1))


def try_result_pick(state: State, remedy: str) -> Pick:
    """What came of a try."""
    options = tuple(Option(r, word(f"try.{r}", state.language)) for r in TRY_RESULTS)
    return Pick("try_result", options, subject=remedy)


def why_not_pick(state: State) -> Pick:
    """Every remedy but the one in front: the best of each other verdict, then the rest, the best first."""
    call = state.the_call
    by_cost = [r for r, _ in call.assessment.losses]
    rest = [*by_cost, *(r for r in call.kb.remedies if r not in by_cost)]
    best: dict[str, str] = {}
    for r in rest:
        best.setdefault(call.kb.remedies[r].verdict, r)
    ordered = dict.fromkeys([*best.values(), *rest])
    front = call.assessment.outcome.remedy.id
    return Pick("why_not", tuple(remedy_option(state, call.kb.remedies[r]) for r in ordered if r != front))


def tried_pick(state: State) -> Pick:
    """Remedies that can be tried on the phone, by what they would cost now; those tried stand last."""
    call = state.the_call
    done = {remedy for remedy, _ in call.findings.tries}
    first = [r for r, _ in call.assessment.losses]
    ordered = [*first, *(r for r in call.kb.remedies if r not in first)]
    chosen = sorted((r for r in ordered if call.kb.remedies[r].trial), key=lambda r: r in done)
    return Pick("tried", tuple(remedy_option(state, call.kb.remedies[r]) for r in chosen))


def ask_other_pick(state: State) -> Pick:
    """Every question and everything to try, the most worth first where something is proposed."""
    call = state.the_call
    kb, known = call.kb, call.assessment.facts
    worth = [c.id for c in call.assessment.candidates if c.kind == "ask"] if state.guided else []
    open_ = [s for s in kb.symptoms if s not in known and s not in worth]
    done = [s for s in kb.symptoms if s in known and s in {f.symptom for f in call.findings.answers}]
    options = [Option("", word("ask_other.back", state.language))] if state.asking or state.trying else []
    for s in (*worth, *open_, *done):
        symptom = kb.symptoms[s]
        asked_already = word("ask_other.done", state.language) if s in done else ""
        detail = asked_already or word(f"kind.{symptom.kind}", state.language)
        options.append(Option(s, name_of(state, symptom), detail))
    for remedy in kb.remedies.values():
        if remedy.trial is not None:
            label = word("ask_other.try", state.language, remedy=remedy_name(state, remedy))
            options.append(Option(f"tried.{remedy.id}", label))
    return Pick("ask_other", tuple(options))


def identify_pick(state: State) -> Pick:
    """What is known of caller and unit; the cursor on the first that is not."""
    known = dict(state.the_call.identity)
    options = tuple(Option(f, word(f"field.{f}", state.language), known.get(f, "–")) for f in FIELDS)
    at = next((i for i, f in enumerate(FIELDS) if f not in known), 0)
    return Pick("identify", options, at)


def verdict_pick(state: State) -> Pick:
    """The four verdicts, the one that stands under the cursor."""
    verdict, _ = given(state.the_call)
    options = tuple(Option(v, verdict_name(v, state.language)) for v in VERDICTS)
    return Pick("overrule_verdict", options, VERDICTS.index(verdict) if state.guided else 0)


def remedy_pick(state: State, verdict: str) -> Pick:
    """The remedies of a verdict, and none of them."""
    call = state.the_call
    options = [
        Option(f"{verdict}/{r.id}", remedy_name(state, r))
        for r in call.kb.remedies.values()
        if r.verdict == verdict
    ]
    options.append(Option(f"{verdict}/", word("pick.none_of_these", state.language)))
    return Pick("overrule_remedy", tuple(options), subject=verdict)


def quit_pick(state: State, below: Entry | None = None) -> Pick:
    """What leaving means; going on is under the cursor."""
    held = state.the_call.status == "held"
    ways = ("go_on", "leave_held" if held else "hold", "abandon")
    return Pick("quit", tuple(Option(w, word(f"quit.{w}", state.language)) for w in ways), below=below)


def remedy_given(state: State) -> str:
    """The verdict that goes to the caller, and its remedy."""
    verdict, remedy = given(state.the_call)
    return remedy_line(state, remedy) if remedy else verdict_name(verdict, state.language)


def leave_held(terminal: Terminal, status: int, key: str = "left.held", **data: object) -> None:
    """Leave a call that waits, with the way to resume it."""
    state = terminal.state
    call = state.the_call.opened.call
    terminal.leave(
        status,
        word(key, state.language, call=call, **data),
        word("left.resume", state.language, call=call),
    )

"""What is known of a call, in the operator's words. Pure; every text comes out cleaned."""

from __future__ import annotations

from diagnose.consultation.call import Call
from diagnose.consultation.closing import chance, given, promise_said, read_out, unsure, ways
from diagnose.consultation.events import Answered, HandedOver, Held, Noted, Renewed, Resumed
from diagnose.knowledge.catalogue import full_name
from diagnose.knowledge.model import UNKNOWN, KnowledgeBase, Remedy, Symptom, Text
from diagnose.reasoning.assess import Ask
from diagnose.reasoning.conflict import Conflict
from diagnose.reasoning.explain import Weighed
from diagnose.reasoning.facts import day
from diagnose.reasoning.rules import Firing
from diagnose.reasoning.spoken import percent, spoken_date
from diagnose.terminal.clean import one_line
from diagnose.terminal.state import TARGET_SECONDS, Option, State, asked, tried
from diagnose.words import has_word, word

STRONG, CLEAR, FAINT = 7.0, 3.0, 0.5
"""Decibans from which evidence is called strong, clear, slight."""


def say(state: State, text: Text) -> str:
    """A text of the knowledge in the language and wording of this call."""
    return text.say(state.language, state.audience)


def euros(amount: float, language: str) -> str:
    """ "12,50 €" or "€12.50"."""
    return f"{amount:.2f} €".replace(".", ",") if language == "fr" else f"€{amount:.2f}"


def clock(seconds: float) -> str:
    """ "2:07"."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def clock_style(seconds: float) -> str:
    """Green within two thirds of the time, amber to its end, then red."""
    if seconds < TARGET_SECONDS * 2 / 3:
        return "bold green"
    return "bold yellow" if seconds <= TARGET_SECONDS else "bold red"


def clock_mark(seconds: float) -> str:
    """The same without colour."""
    if seconds < TARGET_SECONDS * 2 / 3:
        return ""
    return " !" if seconds <= TARGET_SECONDS else " !!"


def name_of(state: State, symptom: Symptom) -> str:
    """A question in short."""
    return one_line(say(state, symptom.name) or say(state, symptom.ask))


def answer_of(state: State, symptom: Symptom, answer: str) -> str:
    """An answer as it is read."""
    if answer == UNKNOWN:
        return word("dont_know", state.language)
    known = symptom.answer(answer)
    if known is not None:
        return one_line(say(state, known.text))
    when = day(answer) if symptom.answer_type == "date" else None
    return spoken_date(when, state.language) if when else one_line(answer)


def answered(state: State, symptom: str, answer: str) -> str:
    """ "Does not ring : Yes" for a finding, also for what is not a question."""
    kb = state.the_call.kb
    known = kb.symptoms.get(symptom)
    if known is not None:
        colon = " : " if state.language == "fr" else ": "
        return f"{name_of(state, known)}{colon}{answer_of(state, known, answer)}"
    if symptom.startswith("tried."):
        remedy = kb.remedies.get(symptom.removeprefix("tried."))
        return word("tried_in_vain", state.language, remedy=remedy_name(state, remedy) if remedy else symptom)
    key = f"evidence.{symptom or 'opening'}"
    return word(key, state.language) if has_word(key) else one_line(symptom)


def verdict_name(verdict: str, language: str) -> str:
    """The verdict as one word."""
    return word(f"verdict.{verdict}", language)


def remedy_name(state: State, remedy: Remedy | None) -> str:
    """A remedy in short."""
    return one_line(say(state, remedy.name)) if remedy else ""


def remedy_line(state: State, remedy: Remedy) -> str:
    """Its verdict, then itself."""
    return f"{verdict_name(remedy.verdict, state.language)} · {remedy_name(state, remedy)}"


def fault_name(state: State, fault: str) -> str:
    """A fault in short."""
    return one_line(say(state, state.the_call.kb.faults[fault].name))


def fault_line(state: State, fault: str) -> str:
    """The fault that the verdict is about, how likely it is, and the likeliest where that is another."""
    ranked = state.the_call.assessment.belief.ranked()
    (likeliest, most), p = ranked[0], dict(ranked)[fault]
    language = state.language
    said = {"fault": fault_name(state, fault), "p": percent(p, language)}
    if likeliest == fault:
        return word("fault_in_front", language, **said)
    return word(
        "fault_meant", language, **said, other=fault_name(state, likeliest), q=percent(most, language)
    )


def remedy_option(state: State, remedy: Remedy) -> Option:
    """A remedy as a line of a list."""
    return Option(remedy.id, remedy_name(state, remedy), verdict_name(remedy.verdict, state.language))


def reason_line(state: State, ask: Ask, *, place: bool = False) -> str:
    """Why the question stands there; with ``place``, also which rule demands it and where that is written."""
    assessment = state.the_call.assessment
    if ask.reason == "rule":
        firing = next(
            (f for f in (*assessment.firings, *assessment.outcome.ruling.firings) if f.rule.id == ask.rule),
            None,
        )
        because = firing_line(state, firing, place=place) if firing else ask.rule
        return word("reason.rule", state.language, because=because)
    if ask.reason == "entitlement":
        return word("reason.entitlement", state.language)
    seconds = state.the_call.kb.symptoms[ask.symptom].seconds
    return word(
        "reason.value",
        state.language,
        seconds=round(seconds),
        saves=euros(max(0.0, saved(state)), state.language),
    )


AT_A_LOSS = 4
"""Don't-knows in a row after which it is better to go on another time than to ask on."""


def at_a_loss(call: Call) -> bool:
    """Whether the caller could answer none of the last questions."""
    last = call.deeds[-AT_A_LOSS:]
    return len(last) == AT_A_LOSS and all(isinstance(d, Answered) and d.answer == UNKNOWN for d in last)


def saved(state: State) -> float:
    """Euros that the next step is expected to save over ending now."""
    candidates = state.the_call.assessment.candidates
    stop = next((c.cost for c in candidates if c.kind == "stop"), 0.0)
    return stop - candidates[0].cost if candidates else 0.0


def stop_line(state: State) -> str:
    """The remedy in front, how likely it is to help where it is not, and what stopping now would cost."""
    outcome, language = state.the_call.assessment.outcome, state.language
    said = {"remedy": remedy_line(state, outcome.remedy), "euros": euros(outcome.euros, language)}
    if unsure(state.the_call):
        return word("stop_now.unsure", language, **said, p=percent(chance(state.the_call), language))
    return word("stop_now", language, **said)


def weighed_line(state: State, evidence: Weighed) -> str:
    """A finding and how it weighs, in plain words."""
    size = abs(evidence.decibans)
    strength = "strong" if size >= STRONG else "clear" if size >= CLEAR else "slight"
    if size < FAINT:
        key = "weighs.nothing"
    else:
        key = f"weighs.{strength}.{'for' if evidence.decibans > 0 else 'against'}"
    return f"{answered(state, evidence.symptom, evidence.answer)} – {word(key, state.language)}"


def firing_line(state: State, firing: Firing, *, place: bool) -> str:
    """Why a rule says what it says; with ``place``, also its name and where it is written."""
    because = one_line(say(state, firing.rule.because)) or firing.rule.id
    return f"{because} [{firing.rule.id}, {firing.rule.origin.place}]" if place else because


def conflict_lines(state: State) -> tuple[str, ...]:
    """What does not go together, a line each; of two answers that accuse each other, once."""
    once: dict[frozenset[str], Conflict] = {}
    for conflict in state.the_call.assessment.conflicts:
        once.setdefault(frozenset((conflict.symptom, *conflict.against)), conflict)
    return tuple(_conflict_line(state, c) for c in once.values())


def _conflict_line(state: State, conflict: Conflict) -> str:
    kb = state.the_call.kb
    facts = state.the_call.assessment.facts
    against = [
        answered(state, name, str(facts.get(name, ""))) for name in conflict.against if name in kb.symptoms
    ]
    this = answered(state, conflict.symptom, conflict.answer)
    if not against:
        return word("conflict.rule", state.language, this=this)
    return word("conflict", state.language, this=this, that=", ".join(against))


def promise_line(state: State) -> str:
    """The promise in its own words, the day and the hour as they are said; empty without one."""
    return promise_said(state.the_call, state.language, state.audience)


def words_to_say(state: State) -> str:
    """What is read out: verdict, way, promise and charge in one breath, then steps and preparation.

    Empty without a remedy. Where the cause is not known, the words say so, and what to do should it not help.
    """
    return "\n".join(read_out(state.the_call, state.language, state.audience))


def question_words(state: State) -> str:
    """What is read out before the verdict: the question, or the step of the try."""
    symptom, remedy = asked(state), tried(state)
    if symptom is not None:
        return say(state, symptom.ask)
    if remedy is not None:
        steps = try_words(state, remedy)
        return steps[min(state.step, len(steps) - 1)] if steps else remedy_name(state, remedy)
    return ""


def channel_line(state: State) -> str:
    """The way it goes and who pays; for advice the way alone: the call is free, not what it says to buy."""
    _, remedy = given(state.the_call)
    channel, charge = ways(state.the_call)
    kb = state.the_call.kb
    parts = []
    if channel in kb.channels:
        parts.append(word("by", state.language, channel=one_line(say(state, kb.channels[channel].name))))
    if charge in kb.charges and not (remedy and remedy.verdict == "advice"):
        parts.append(word("pays", state.language, charge=one_line(say(state, kb.charges[charge].name))))
    return " · ".join(parts)


def held_for(call: Call) -> str:
    """Why the call waits, or waited until just now, and for whom; empty where nothing was said of it."""
    for event in reversed(call.events):
        if isinstance(event, Held):
            return one_line(event.reason)
        if isinstance(event, HandedOver):
            return one_line(" – ".join(words for words in (f"→ {event.to}", event.reason) if words))
        if not isinstance(event, Resumed | Noted | Renewed):
            break
    return ""


def call_name(call: Call, language: str) -> str:
    """Handset and programme."""
    return " · ".join(
        one_line(x)
        for x in (handset_name(call.kb), call.kb.programme and call.kb.programme.name.say(language))
        if x
    )


def handset_name(kb: KnowledgeBase) -> str:
    """Brand and model."""
    return full_name(kb.handset.brand, kb.handset.name)


def try_words(state: State, remedy: Remedy) -> tuple[str, ...]:
    """What to read out, one after the other: what comes beforehand, its steps; without any, its words.

    The words of a remedy speak of it as the verdict, which it is not yet: the first here say it is a try.
    """
    said = remedy.steps and (*remedy.prepare, *remedy.steps)
    words = [one_line(say(state, t)) for t in said or (remedy.say,) if t]
    tries = state.the_call.findings.tries
    before = any(tried != remedy.id and came != "before" for tried, came in tries)
    opening = word("try.another" if before else "try.opening", state.language)
    return tuple([f"{opening} {words[0]}", *words[1:]] if words else ())

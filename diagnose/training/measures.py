"""What each criterion of a rubric looks at: evidence in, the share that was earned and why out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from diagnose.consultation.closing import ways
from diagnose.knowledge.model import UNKNOWN, KnowledgeBase
from diagnose.reasoning.assess import Ask
from diagnose.terminal.phrases import clock
from diagnose.training.evidence import Evidence
from diagnose.training.words import say

Figures = Mapping[str, float]
REFUSALS = ("gave_in", "firm", "refused")
"""How a refusal of the caller may end."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was earned, 0..1, None when it cannot be seen in this transcript; and why, in one line."""

    share: float | None
    comment: str


def measure(name: str, evidence: Evidence, figures: Figures, language: str) -> Finding:
    """What the measure of that name finds."""
    return _MEASURES[name](evidence, figures, language)


def auto_fail(name: str, evidence: Evidence, language: str) -> str:
    """Why the call has failed by this item; empty when it has not."""
    return _FAILS[name](evidence, language)


def _name(kb: KnowledgeBase, symptom: str, language: str) -> str:
    known = kb.symptoms[symptom]
    return (known.name or known.ask).say(language)


def _names(kb: KnowledgeBase, symptoms: list[str], language: str) -> str:
    return ", ".join(_name(kb, s, language) for s in dict.fromkeys(symptoms))


def safety_due(evidence: Evidence) -> tuple[str, ...]:
    """Questions of safety that were due: proposed at some moment, or a sign that the true fault shows."""
    due: dict[str, None] = {}
    for m in evidence.found:
        step = m.call.assessment.next
        if isinstance(step, Ask) and evidence.kb.symptoms[step.symptom].kind == "safety":
            due[step.symptom] = None
    known = {f.symptom for f in evidence.call.findings.answers}
    if evidence.truth is not None and evidence.kb.classes[evidence.fault_class].danger:
        shown = [s for s, _ in evidence.kb.faults[evidence.fault].shows]
        signs = [s for s in shown if s in evidence.kb.symptoms and evidence.kb.symptoms[s].kind == "safety"]
        if not known & set(signs):
            due.update(dict.fromkeys(signs))
    return tuple(due)


def _safety_asked(evidence: Evidence, _: Figures, language: str) -> Finding:
    due = safety_due(evidence)
    if not due:
        return Finding(1.0, say("safety.none", language))
    known = {f.symptom for f in evidence.call.findings.answers}
    missed = [s for s in due if s not in known]
    if not missed:
        return Finding(1.0, say("safety.all", language, names=_names(evidence.kb, list(due), language)))
    names = _names(evidence.kb, missed, language)
    return Finding(1 - len(missed) / len(due), say("safety.missed", language, names=names))


def _right(evidence: Evidence, figures: Figures, language: str, *, whole: bool) -> Finding:
    if evidence.solved:
        return Finding(1.0, say("right.solved", language))
    if not evidence.decided:
        return Finding(0.0, say("right.none", language))
    verdict, remedy = evidence.given
    right = evidence.right
    wanted = right.name.say(language) if whole else say(f"verdict.{right.verdict}", language)
    was = (remedy.name.say(language) if remedy else "–") if whole else say(f"verdict.{verdict}", language)
    good = (remedy is not None and remedy.id == right.id) if whole else verdict == right.verdict
    if good:
        return Finding(1.0, say("right.yes", language, was=was))
    if evidence.instead:
        share = 1.0 if evidence.instead == "firm" else figures["misled"]
        return Finding(share, say("right.refused", language, was=was, wanted=wanted))
    if evidence.truth is not None and evidence.as_good_as_known:
        return Finding(figures["misled"], say("right.misled", language, was=was, wanted=wanted))
    return Finding(0.0, say("right.no", language, was=was, wanted=wanted))


def _right_verdict(evidence: Evidence, figures: Figures, language: str) -> Finding:
    return _right(evidence, figures, language, whole=False)


def _right_remedy(evidence: Evidence, figures: Figures, language: str) -> Finding:
    return _right(evidence, figures, language, whole=True)


def _talk_time(evidence: Evidence, figures: Figures, language: str) -> Finding:
    target, zero = figures["target"], max(figures["zero_at"], figures["target"] + 1)
    seconds = evidence.elapsed
    share = max(0.0, min(1.0, (zero - seconds) / (zero - target)))
    return Finding(share, say("talk", language, took=clock(seconds), target=clock(target)))


def _needless(evidence: Evidence, figures: Figures, language: str) -> Finding:
    needless = [
        j.step.id
        for j in evidence.steps
        if j.step.kind == "ask" and not j.again and j.euros >= max(figures["euros"], 1e-9)
    ]
    if not needless:
        return Finding(1.0, say("needless.none", language))
    names = _names(evidence.kb, needless, language)
    share = max(0.0, 1 - figures["each"] * len(needless))
    return Finding(share, say("needless.some", language, count=len(needless), names=names))


def _asked_twice(evidence: Evidence, figures: Figures, language: str) -> Finding:
    told = set(evidence.head.memory.unasked) if evidence.head else set()
    twice = [j.step.id for j in evidence.steps if j.step.kind == "ask" and j.again]
    seen: set[str] = set()
    for event in evidence.asked:
        if event.symptom in told and event.symptom not in seen and event.symptom not in twice:
            twice.append(event.symptom)
        seen.add(event.symptom)
    if not twice:
        return Finding(1.0, say("twice.none", language))
    names = _names(evidence.kb, twice, language)
    return Finding(max(0.0, 1 - figures["each"] * len(twice)), say("twice.some", language, names=names))


def _heard(evidence: Evidence, _: Figures, language: str) -> Finding:
    if evidence.head is None:
        return Finding(None, say("unseen", language))
    kb, written = evidence.kb, evidence.call.findings
    asked = {e.symptom for e in evidence.asked}
    told = {
        s: a for s, a in evidence.head.memory.said.items() if s in asked or s in evidence.head.memory.unasked
    }
    wrong = [s for s, a in told.items() if (written.answer_to(s) or UNKNOWN) != a and s in kb.symptoms]
    tries = evidence.misheard
    if not wrong and not tries:
        return Finding(1.0, say("heard.all", language))
    remedies = [kb.remedies[r].name.say(language) for r in tries if r in kb.remedies]
    names = ", ".join(x for x in (_names(kb, wrong, language), *remedies) if x)
    share = 1 - (len(wrong) + len(tries)) / (len(told) + len(evidence.tries))
    return Finding(share, say("heard.wrong", language, names=names))


def _promise(evidence: Evidence, _: Figures, language: str) -> Finding:
    if not evidence.decided:
        return Finding(0.0, say("right.none", language))
    verdict, remedy = evidence.given
    if verdict == "advice" or evidence.solved:
        return Finding(1.0, say("promise.none", language))
    step = evidence.call.assessment.next
    if isinstance(step, Ask) and evidence.kb.symptoms[step.symptom].kind in ("entitlement", "history"):
        name = _name(evidence.kb, step.symptom, language)
        return Finding(0.0, say("promise.open", language, name=name))
    if remedy is None or not evidence.ruling.allows(remedy):
        return Finding(0.0, say("promise.outside", language))
    return Finding(1.0, say("promise.kept", language))


def _refusal(evidence: Evidence, _: Figures, language: str) -> Finding:
    if evidence.head is None:
        return Finding(None, say("unseen", language))
    refused = evidence.refused
    if not refused:
        return Finding(1.0, say("refusal.none", language))
    ends = {end: [ground for ground, how in refused.items() if how == end] for end in REFUSALS}
    comments = [
        say(f"refusal.{end}", language, names=", ".join(say(f"because.{g}", language) for g in grounds))
        for end, grounds in ends.items()
        if grounds
    ]
    return Finding(1 - len(ends["refused"]) / len(refused), "; ".join(comments))


def _words_read(evidence: Evidence, _: Figures, language: str) -> Finding:
    head = evidence.head
    if head is None:
        return Finding(None, say("unseen", language))
    parts = [1.0 if a in head.read else 0.0 for a in head.alerts]
    parts += [seen / of for _, seen, of in head.steps if of]
    if not parts:
        return Finding(1.0, say("read.none", language))
    share = sum(parts) / len(parts)
    return Finding(share, say("read.all" if share > 0.999 else "read.some", language))


def _wrap_up(evidence: Evidence, _: Figures, language: str) -> Finding:
    head = evidence.head
    if head is None:
        return Finding(None, say("unseen", language))
    if not evidence.decided:
        return Finding(0.0, say("right.none", language))
    if not head.wrap_up:
        return Finding(1.0, say("wrap.none", language))
    done = [line for line in head.wrap_up if line in head.ticked]
    return Finding(
        len(done) / len(head.wrap_up), say("wrap.some", language, done=len(done), of=len(head.wrap_up))
    )


_MEASURES: Mapping[str, Callable[[Evidence, Figures, str], Finding]] = {
    "safety_asked": _safety_asked,
    "right_verdict": _right_verdict,
    "right_remedy": _right_remedy,
    "talk_time": _talk_time,
    "needless_questions": _needless,
    "asked_twice": _asked_twice,
    "heard": _heard,
    "promise": _promise,
    "refusal": _refusal,
    "words_read": _words_read,
    "wrap_up": _wrap_up,
}


def _safety_missed(evidence: Evidence, language: str) -> str:
    if not evidence.decided or evidence.solved:
        return ""
    step = evidence.call.assessment.next
    if (
        isinstance(step, Ask)
        and step.reason == "rule"
        and evidence.kb.symptoms[step.symptom].kind == "safety"
    ):
        return say("fail.safety_open", language, name=_name(evidence.kb, step.symptom, language))
    _, remedy = evidence.given
    danger = evidence.truth is not None and evidence.kb.classes[evidence.fault_class].danger
    if danger and (remedy is None or not evidence.cures(remedy)):
        fault = evidence.kb.faults[evidence.fault].name.say(language)
        return say("fail.safety_missed", language, fault=fault)
    return ""


def _exchange_outside_policy(evidence: Evidence, language: str) -> str:
    verdict, remedy = evidence.given
    if not evidence.decided or evidence.solved or verdict != "exchange":
        return ""
    if remedy is not None and evidence.ruling.allows(remedy):
        return ""
    if remedy is None and "exchange" not in evidence.ruling.forbidden:
        return ""
    fault_class = evidence.kb.classes[evidence.fault_class].name.say(language)
    return say("fail.exchange", language, fault_class=fault_class)


def _unsafe_by_carrier(evidence: Evidence, language: str) -> str:
    if not evidence.decided or not evidence.danger:
        return ""
    way, _ = ways(evidence.call)
    channel = evidence.kb.channels.get(way)
    if channel is None or not channel.carrier:
        return ""
    return say("fail.carrier", language, channel=channel.name.say(language))


_FAILS: Mapping[str, Callable[[Evidence, str], str]] = {
    "safety_missed": _safety_missed,
    "exchange_outside_policy": _exchange_outside_policy,
    "unsafe_battery_by_carrier": _unsafe_by_carrier,
}

"""The report of one call as plain values, ready to be written out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from diagnose.consultation.closing import given
from diagnose.consultation.events import Accepted, Answered, Opened, Overruled, Tried
from diagnose.knowledge.model import UNKNOWN
from diagnose.reasoning.open_question import ANYTHING_ELSE
from diagnose.reasoning.spoken import percent, spoken_date
from diagnose.record.moments import Judged, Moment
from diagnose.record.showing import happened
from diagnose.terminal.phrases import answer_of, clock, euros, handset_name, try_words
from diagnose.terminal.replaying.story import Story
from diagnose.terminal.replaying.views import best_words, step_words
from diagnose.terminal.state import State
from diagnose.training import drawing
from diagnose.training.evidence import Evidence
from diagnose.training.head import CALLER, OPERATOR
from diagnose.training.score import Score, Scored
from diagnose.training.showing import given_line, points, regret_line, total_line, truth_line
from diagnose.training.words import say

MOST_FAULTS = 5


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the dialogue: who said what, and what was written down.

    ``wrong``: what he had said instead, and what is so in truth; ``bad``: what would have been better;
    ``good``: that nothing would.
    """

    number: int
    time: str
    said: tuple[tuple[str, str], ...]
    noted: str
    wrong: tuple[str, ...] = ()
    bad: str = ""
    good: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One criterion of the score, or one kind of fault, ready to be shown."""

    name: str
    points: str
    share: float | None
    svg: str
    comment: str


@dataclass(frozen=True, slots=True)
class Believed:
    """A line of the chart of belief by its name: its colour, where it ended, whether it was the truth."""

    name: str
    percent: str
    colour: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Traced:
    """One entry of the trace: the rules that fired with where they are written, and what was in front."""

    number: int
    time: str
    event: str
    rules: tuple[str, ...]
    front: str
    remedy: str


@dataclass(frozen=True, slots=True)
class CallReport:
    """A call as it is reported. The drawings are SVG."""

    language: str
    title: str
    file: str
    trainee: str
    when: str
    truth: str
    given: str
    total: str
    passed: bool
    fails: tuple[str, ...]
    regret: str
    ring: str
    talk: str
    belief: str
    believed: tuple[Believed, ...]
    turns: tuple[Turn, ...]
    rows: tuple[Row, ...]
    trace: tuple[Traced, ...]


def call_report(proof: Evidence, scored: Score, language: str) -> CallReport:
    """The report of one call."""
    kb, head = proof.kb, proof.head
    story = Story(proof.file.name, kb, tuple(m.event for m in proof.found))
    opened = proof.found[0].event
    assert isinstance(opened, Opened)
    programme = kb.programme.name.say(language) if kb.programme else ""
    seconds = (clock(scored.seconds), say("report.target", language, target=clock(scored.target)))
    trainee = head.trainee if head else opened.operator
    chart, believed = belief_chart(story, language, proof.truth.fault if proof.truth else "")
    return CallReport(
        language=language,
        title=" · ".join(x for x in (handset_name(kb), programme) if x),
        file=proof.file.name,
        trainee=trainee,
        when=f"{spoken_date(proof.call.findings.on, language)}, {opened.at[11:16]}",
        truth=truth_line(proof, language),
        given=given_line(proof, language),
        total=total_line(scored, language),
        passed=scored.passed,
        fails=tuple(why for _, why in scored.fails),
        regret=regret_line(proof.regret, language),
        ring=drawing.ring(
            scored.total / 100, f"{scored.total:.0f}", scored.passed, say("report.score", language)
        ),
        talk=drawing.against_target(scored.seconds, scored.target, seconds, say("report.talk", language)),
        belief=chart,
        believed=believed,
        turns=tuple(_turns(proof, story, language)),
        rows=tuple(_row(s.criterion.text.say(language), s, language) for s in scored.criteria),
        trace=tuple(_traced(m, story, i, language) for i, m in enumerate(proof.found)),
    )


def _row(name: str, scored: Scored, language: str) -> Row:
    svg = "" if scored.share is None else drawing.bar(scored.share, percent(scored.share, language))
    comment = f"{scored.comment} ({say('report.hand', language)})" if scored.by_hand else scored.comment
    return Row(name, points(scored, language), scored.share, svg, comment)


def belief_chart(story: Story, language: str, truth: str = "") -> tuple[str, tuple[Believed, ...]]:
    """How the faults in front moved through the call, as SVG and their names; ``truth``: the one it was."""
    moved = [
        (story.into[i], dict(m.call.assessment.belief.ranked()), m)
        for i, m in enumerate(story.moments)
        if isinstance(m.event, (Opened, Answered, Tried))
    ]
    peak: dict[str, float] = {}
    for _, belief, _ in moved[1:] or moved:
        for fault, p in belief.items():
            peak[fault] = max(peak.get(fault, 0.0), p)
    last = moved[-1][1]
    chosen = sorted(peak, key=lambda f: (f != truth, -round(peak[f], 9), f))[:MOST_FAULTS]
    chosen.sort(key=lambda f: (-round(last.get(f, 0.0), 9), f))
    end = story.into[-1]
    lines = [
        drawing.Line(
            (*((x, belief.get(f, 0.0)) for x, belief, _ in moved), (end, last.get(f, 0.0))),
            f == truth,
        )
        for f in chosen
    ]
    marks = [(x, str(m.n)) for x, _, m in moved[1:]]
    spoken = partial(percent, language=language)
    named = tuple(
        Believed(story.kb.faults[f].name.say(language), spoken(last.get(f, 0.0)), colour, f == truth)
        for f, colour in zip(chosen, drawing.COLOURS, strict=False)
    )
    return drawing.belief(lines, marks, clock(end), say("report.belief", language), spoken), named


def _turns(proof: Evidence, story: Story, language: str) -> list[Turn]:
    said: dict[int, list[tuple[str, str]]] = {}
    for count, who, line in proof.head.dialogue if proof.head else ():
        said.setdefault(count, []).append((who, say("quote", language, line=line) if who == CALLER else line))
    turns = []
    for i, moment in enumerate(proof.found):
        before = story.screen_at(max(0, i - 1), language)
        spoken = tuple(said.get(moment.n - 1, ())) if i else ()
        if proof.head is None and (read := _spoken(proof, moment, before, language)):
            spoken = ((OPERATOR, read),)
        judged = moment.judged
        turn = Turn(
            moment.n,
            clock(story.into[i]),
            spoken,
            step_words(before, moment.event, language) if i else "",
            _otherwise(proof, moment, before, language),
            _better(judged, story, i, language),
            judged is not None and judged.good,
        )
        if turn.said or turn.noted:
            turns.append(turn)
    last = proof.found[-1].n
    if rest := tuple(said.get(last, ())):
        turns.append(Turn(last + 1, clock(story.into[-1]), rest, ""))
    return turns


def _otherwise(proof: Evidence, moment: Moment, before: State, language: str) -> tuple[str, ...]:
    """Where what was written down is not what the caller said, or what he said is not so."""
    head, event = proof.head, moment.event
    if head is None:
        return ()
    if isinstance(event, Tried) and event.remedy in proof.misheard:
        return (say("report.not_so", language),)
    known = moment.call.kb.symptoms
    if not isinstance(event, Answered) or event.symptom not in known or event.symptom == ANYTHING_ELSE:
        return ()
    symptom, said = known[event.symptom], head.memory.said.get(event.symptom)
    found = []
    if said is not None and said != event.answer:
        found.append(say("report.he_said", language, answer=answer_of(before, symptom, said)))
    truth = head.truth.get(event.symptom)
    if proof.truth is not None and truth is not None and said not in (None, UNKNOWN, truth):
        found.append(say("report.in_truth", language, answer=answer_of(before, symptom, truth)))
    return tuple(found)


def _spoken(proof: Evidence, moment: Moment, before: State, language: str) -> str:
    """What the operator read out before an event; nothing where he only listened."""
    kb, audience = proof.kb, moment.call.opened.audience
    match moment.event:
        case Opened():
            return kb.programme.greeting.say(language, audience) if kb.programme else ""
        case Answered(volunteered=False, symptom=symptom) if symptom in kb.symptoms:
            return kb.symptoms[symptom].ask.say(language, audience)
        case Tried(remedy=remedy, outcome=outcome) if outcome != "before":
            return " ".join(try_words(before, kb.remedies[remedy]))
        case Accepted() | Overruled():
            _, remedy_given = given(moment.call)
            return remedy_given.say.say(language, audience) if remedy_given else ""
    return ""


def _better(judged: Judged | None, story: Story, at: int, language: str) -> str:
    if judged is None or judged.good:
        return ""
    before = story.screen_at(max(0, at - 1), language)
    what = best_words(before, judged.best, language)
    return say(
        "report.better",
        language,
        what=what,
        euros=euros(judged.euros, language),
        seconds=f"{judged.seconds:.0f}",
    )


def _traced(moment: Moment, story: Story, at: int, language: str) -> Traced:
    now = moment.call.assessment
    before = {f.rule.id for f in moment.before.assessment.firings} if moment.before else set()
    new = tuple(f"{f.rule.id} ({f.rule.origin.place})" for f in now.firings if f.rule.id not in before)
    audience = moment.call.opened.audience
    fault, p = now.belief.ranked()[0]
    return Traced(
        moment.n,
        clock(story.into[at]),
        happened(story.kb, moment.event, language, audience),
        new,
        f"{percent(p, language)} {story.kb.faults[fault].name.say(language)}",
        now.outcome.remedy.name.say(language),
    )

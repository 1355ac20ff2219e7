"""Scores, courses and progress as text for a terminal."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from diagnose.knowledge.model import VERDICTS, Remedy
from diagnose.record.moments import Regret
from diagnose.terminal.clean import clean
from diagnose.terminal.phrases import clock, euros
from diagnose.terminal.views.belief import bar
from diagnose.training.course import Course, kind_of
from diagnose.training.evidence import Evidence
from diagnose.training.names import Names
from diagnose.training.progress import Done, Spot
from diagnose.training.rubric import Rubric
from diagnose.training.score import Score, Scored
from diagnose.training.words import say


def text(words: str, style: str = "") -> Text:
    """Words as they are: nothing in them is taken for markup, nothing moves the cursor."""
    return Text(clean(words), style=style)


def score_lines(evidence: Evidence, scored: Score, regret: Regret, language: str) -> RenderableType:
    """A score: who called about what, each criterion with its points and why, what failed it, the total."""
    parts: list[RenderableType] = [
        text(truth_line(evidence, language), "bold"),
        text(given_line(evidence, language), "bold"),
    ]
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold", style="dim")
    for s in scored.criteria:
        shown = bar(s.share, 6) if s.share is not None else ""
        comment = f"{s.comment} ✎" if s.by_hand else s.comment
        table.add_row(
            points(s, language),
            Text(shown, style=_colour(s.share)),
            text(s.criterion.text.say(language)),
            comment,
        )
    parts.append(table)
    parts += [text(f"✗ {why}", "bold red") for _, why in scored.fails]
    parts.append(text(regret_line(regret, language), "dim"))
    parts.append(text(total_line(scored, language), "bold green" if scored.passed else "bold red"))
    return Group(*parts)


def rubric_lines(rubric: Rubric, language: str) -> RenderableType:
    """A rubric: for which calls, its criteria by weight, its pass mark, what fails a call at once."""
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold", style="dim")
    for c in rubric.criteria:
        table.add_row(
            f"{c.weight:g}", text(c.text.say(language)), "" if c.measure else say("by_hand", language)
        )
    calls = ", ".join(say(f"verdict.{c}" if c in VERDICTS else f"kind.{c}", language) for c in rubric.calls)
    name = f"{rubric.name.say(language)} ({rubric.id})"
    fails = ", ".join(say(f"item.{item}", language) for item in rubric.auto_fail)
    return Group(
        text(name, "bold"),
        text(say("rubric.calls", language, calls=calls), "dim"),
        table,
        text(say("rubric.mark", language, mark=f"{rubric.pass_mark:g}")),
        text(f"{say('rubric.fails', language, fails=fails)}\n" if fails else ""),
    )


def truth_line(evidence: Evidence, language: str) -> str:
    """Which fault it was, or was in front at the end, and what was right."""
    right, fault = evidence.right, evidence.kb.faults[evidence.fault]
    key = "was" if evidence.truth else "in_front"
    return say(key, language, fault=fault.name.say(language), right=_verdict(right.verdict, right, language))


def given_line(evidence: Evidence, language: str) -> str:
    """What the caller was given, and whether the operator decided that himself."""
    if not evidence.decided:
        return say("given.none", language)
    what = _verdict(*evidence.given, language)
    if evidence.solved:
        return say("given.solved", language, what=what)
    if evidence.call.overruled is None:
        return say("given", language, what=what)
    guided = evidence.head is None or evidence.head.exercise.guided
    return say("given.own" if guided else "given.alone", language, what=what)


def _verdict(verdict: str, remedy: Remedy | None, language: str) -> str:
    name = remedy.name.say(language) if remedy else ""
    return " · ".join(x for x in (say(f"verdict.{verdict}", language), name) if x)


def points(scored: Scored, language: str) -> str:
    """ "7.5/10" or "7,5/10"; a dash for what could not be judged."""
    if scored.points is None:
        return "–"
    words = f"{scored.points:.1f}/{scored.criterion.weight:g}"
    return words.replace(".", ",") if language == "fr" else words


def total_line(scored: Score, language: str) -> str:
    """ "82 of 100 (Advice, pass mark 70): passed"."""
    if scored.fails:
        return say("total.failed", language, points=f"{scored.points:.0f}")
    key = "total.passed" if scored.passed else "total.short"
    name = scored.rubric.name.say(language)
    return say(key, language, points=f"{scored.points:.0f}", mark=f"{scored.rubric.pass_mark:g}", name=name)


def regret_line(regret: Regret, language: str) -> str:
    """What better steps would have saved."""
    if regret.euros < 0.005 and regret.seconds < 0.5:
        return say("regret.none", language)
    return say("regret", language, euros=euros(regret.euros, language), seconds=f"{regret.seconds:.0f}")


def _colour(share: float | None) -> str:
    if share is None:
        return "dim"
    return "green" if share > 0.85 else "yellow" if share > 0.4 else "red"


def course_table(
    course: Course, done: Sequence[Done], waiting: Collection[str], named: Names, language: str
) -> RenderableType:
    """The exercises of a course, and how each went last; ``waiting``: those left before their end."""
    table = Table.grid(padding=(0, 2))
    for _ in range(6):
        table.add_column(overflow="fold")
    own = {d.exercise: d for d in done if d.course == course.id}
    for lesson in course.lessons:
        e = lesson.exercise
        last = own.get(e.id)
        mark = " " if last is None else "✓" if last.passed else "✗"
        how = "" if last is None else f"{last.score:.0f}, {clock(last.seconds)}"
        if e.id in waiting:
            mark, how = "▌▌", f"{how} {say('waiting', language)}".strip()
        kind = named.kind(kind_of(lesson, done), language)
        source = lesson.transcript.name if lesson.transcript else named.handset(e.handset)
        hard = "" if lesson.transcript else say(f"difficulty.{e.difficulty}", language)
        table.add_row(mark, text(e.id), text(source), text(hard), text(kind), how)
    return Group(text(course.name.say(language), "bold"), table)


def spots_table(found: Sequence[Spot], named: Names, language: str) -> RenderableType:
    """Kinds of faults, the weakest first."""
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(no_wrap=True)
    table.add_column(justify="right")
    table.add_column()
    for s in found:
        tries = say("tries", language, tries=s.tries, passed=s.passed)
        table.add_row(
            text(named.kind(s.kind, language)),
            Text(bar(s.mean / 100), style="blue"),
            f"{s.mean:.0f}",
            text(tries),
        )
    return Group(text(say("spots", language), "bold"), table)

"""The report of a trainee, or of several as a class, as plain values ready to be written out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from diagnose.record.moments import Regret
from diagnose.terminal.phrases import clock
from diagnose.training import drawing
from diagnose.training.names import Names
from diagnose.training.progress import Done, Spot, spots
from diagnose.training.report import Row
from diagnose.training.shapes import AUTO_FAILS
from diagnose.training.showing import regret_line
from diagnose.training.words import say


@dataclass(frozen=True, slots=True)
class Lesson:
    """One exercise that was taken, in words."""

    when: str
    exercise: str
    about: str
    score: str
    passed: bool
    seconds: str
    fails: str


@dataclass(frozen=True, slots=True)
class Person:
    """One trainee of a report, with drawings as SVG.

    ``by_kind``: for each kind of fault of the report the mean score and how good it is; ``done``: as it
    is kept.
    """

    name: str
    taken: int
    passed: int
    mean: str
    regret: str
    curve: str
    talk: str
    spark: str
    spots: tuple[Row, ...]
    by_kind: tuple[tuple[str, str], ...]
    lessons: tuple[Lesson, ...]
    done: tuple[Done, ...]


@dataclass(frozen=True, slots=True)
class PeopleReport:
    """A trainee, or a class with all its trainees."""

    language: str
    title: str
    whole: tuple[Row, ...]
    kinds: tuple[str, ...]
    people: tuple[Person, ...]


def person(
    name: str, done: Sequence[Done], kinds: Sequence[str], named: Names, language: str, mark: float = 70.0
) -> Person:
    """What a trainee has done, drawn; ``kinds``: the kinds of faults of the whole report, by id."""
    ordered = tuple(done)
    mean = sum(d.score for d in ordered) / len(ordered) if ordered else 0.0
    labels = [d.exercise or named.kind(d.fault_class, language) for d in ordered]
    scores = [(label, d.score, d.passed) for label, d in zip(labels, ordered, strict=True)]
    target = max((d.target for d in ordered), default=180.0)
    loss = Regret(sum(d.regret_euros for d in ordered), sum(d.regret_seconds for d in ordered))
    found = spots(ordered)
    means = {s.kind: s.mean for s in found}
    return Person(
        name,
        len(ordered),
        sum(d.passed for d in ordered),
        f"{mean:.0f}",
        regret_line(loss, language),
        drawing.curve(scores, mark, say("report.curve", language)),
        drawing.talk(
            [(label, d.seconds, clock(d.seconds)) for label, d in zip(labels, ordered, strict=True)],
            target,
            say("report.target", language, target=clock(target)),
            say("report.talk", language),
        ),
        drawing.spark(scores, mark, say("report.curve", language)),
        spot_rows(found, named, language),
        tuple((f"{means[k]:.0f}", drawing.grade(means[k])) if k in means else ("", "") for k in kinds),
        tuple(_lesson(d, named, language) for d in ordered),
        ordered,
    )


def _lesson(done: Done, named: Names, language: str) -> Lesson:
    return Lesson(
        done.at[:16].replace("T", " "),
        " · ".join(x for x in (done.course, done.exercise) if x),
        f"{named.handset(done.handset)} · {named.kind(done.fault_class, language)}",
        f"{done.score:.0f}",
        done.passed,
        clock(done.seconds),
        ", ".join(say(f"item.{item}", language) if item in AUTO_FAILS else item for item in done.fails),
    )


def spot_rows(found: Sequence[Spot], named: Names, language: str) -> tuple[Row, ...]:
    """Kinds of faults, the weakest first."""
    return tuple(
        Row(
            named.kind(s.kind, language),
            f"{s.mean:.0f}",
            s.mean / 100,
            drawing.bar(s.mean / 100, f"{s.mean:.0f}", drawing.ENOUGH / 100),
            say("tries", language, tries=s.tries, passed=s.passed),
        )
        for s in sorted(found, key=lambda s: (s.mean, s.kind))
    )


def people_report(
    everybody: Sequence[tuple[str, Sequence[Done]]], named: Names, language: str
) -> PeopleReport:
    """The report of one trainee, or of several as a class."""
    together = spots([d for _, done in everybody for d in done])
    kinds = [s.kind for s in together]
    people = tuple(person(name, done, kinds, named, language) for name, done in everybody)
    whole = spot_rows(together, named, language) if len(people) > 1 else ()
    title = people[0].name if len(people) == 1 else say("report.class", language, count=len(people))
    return PeopleReport(language, title, whole, tuple(named.kind(k, language) for k in kinds), people)

"""Reports written out: HTML and Markdown by templates, CSV. Every text is escaped for where it stands."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from diagnose.terminal.clean import clean, one_line
from diagnose.training.class_report import PeopleReport
from diagnose.training.head import CALLER, OPERATOR
from diagnose.training.progress import Done
from diagnose.training.report import CallReport
from diagnose.training.words import say

TEMPLATES = Path(__file__).parent / "templates"
FORMATS = ("html", "md", "csv")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#])")
_APART = re.compile(r"(?<=\d) (?=[%€])|(?<=«) | (?=[:;?!»])")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def environment() -> Environment:
    """The templates; HTML is escaped, a name that is missing is an error."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(("html.j2",), default_for_string=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_glued,
    )
    made.filters["drawn"] = Markup
    made.filters["md"] = lambda words: _MARKDOWN.sub(r"\\\1", one_line(str(words)))
    made.globals["say"] = say
    return made


def _glued(value: object) -> object:
    """A text harmless to who looks at it; a sign that French sets apart stays with what it belongs to."""
    return _APART.sub("\N{NARROW NO-BREAK SPACE}", clean(value)) if type(value) is str else value


def written(report: CallReport | PeopleReport, form: str) -> str:
    """A report in one of ``FORMATS``."""
    if form == "csv":
        return call_csv(report) if isinstance(report, CallReport) else people_csv(report)
    name = "call" if isinstance(report, CallReport) else "people"
    return environment().get_template(f"{name}.{form}.j2").render(report=report, language=report.language)


def _csv(rows: Sequence[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return out.getvalue()


def _cell(value: object) -> object:
    """A text that a spreadsheet would take for a formula is put behind an apostrophe."""
    if not isinstance(value, str):
        return value
    return f"'{clean(value)}" if value.startswith(_FORMULA) else clean(value)


def call_csv(report: CallReport) -> str:
    """The turns of a call."""
    head = ("n", "time", "operator", "caller", "noted", "otherwise", "better")
    rows = [
        (
            t.number,
            t.time,
            *(" / ".join(line for who, line in t.said if who == speaker) for speaker in (OPERATOR, CALLER)),
            t.noted,
            " / ".join(t.wrong),
            t.bad,
        )
        for t in report.turns
    ]
    return _csv([head, *rows])


def people_csv(report: PeopleReport) -> str:
    """Every exercise of everybody."""
    head = (
        "trainee", "at", "course", "exercise", "handset", "fault_class", "fault", "difficulty", "seed",
        "score", "passed", "fails", "seconds", "target", "regret_euros", "regret_seconds",
    )  # fmt: skip
    return _csv([head, *(_done_row(p.name, d) for p in report.people for d in p.done)])


def _done_row(name: str, d: Done) -> tuple[object, ...]:
    return (
        name, d.at, d.course, d.exercise, d.handset, d.fault_class, d.fault, d.difficulty, d.seed,
        d.score, int(d.passed), " ".join(d.fails), d.seconds, d.target, d.regret_euros, d.regret_seconds,
    )  # fmt: skip

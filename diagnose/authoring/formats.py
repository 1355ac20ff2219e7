"""Problems as people and programs read them: text with the line and a caret, JSON, JUnit, SARIF, GitHub."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from xml.etree import ElementTree as Xml

from diagnose import __version__
from diagnose.knowledge.problems import CODES, Problem
from diagnose.record.printable import clean, escaped

from .places import in_sight

DOCUMENT = "docs/problems.md"
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_WORD = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'|[^\s,:\[\]{}]+|.")
_NOT_XML = re.compile(
    "[^\t\n\x20-\x7e\xa0-\u200d\u2010-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """A problem with the path by which its reader knows the file, and the line it is on."""

    problem: Problem
    path: str
    line: str = ""

    @property
    def at(self) -> str:
        """``path:line:column``."""
        return f"{self.path}:{self.problem.place.line}:{self.problem.place.column}"


def shown(
    problems: Iterable[Problem], path: Callable[[str], str], text: Callable[[str], str]
) -> tuple[Shown, ...]:
    """The problems with their paths and lines; ``path`` and ``text`` of a file are asked for once each."""
    lines: dict[str, list[str]] = {}
    found = []
    for problem in problems:
        file, number = problem.place.file, problem.place.line
        if file not in lines:
            lines[file] = text(file).split("\n")
        line = lines[file][number - 1] if 0 < number <= len(lines[file]) else ""
        said = replace(problem, message=in_sight(problem.message, path), mend=in_sight(problem.mend, path))
        found.append(Shown(said, path(file), line))
    return tuple(found)


def as_text(problems: Sequence[Shown]) -> str:
    """Each problem on a line, then the line it is on with a caret below; empty when there is none."""
    return "\n".join(line for one in problems for line in _text(one))


def _text(one: Shown) -> Iterator[str]:
    problem = one.problem
    mark = "warning: " if problem.severity == "warning" else ""
    tail = f"; {problem.mend}" if problem.mend else ""
    yield " ".join(clean(f"{one.at}: {problem.code} {mark}{problem.message}{tail}").split())
    if one.line.strip():
        number = f"{problem.place.line:>5} | "
        before = one.line[: problem.place.column - 1]
        word = _WORD.match(one.line, len(before))
        width = len(word[0]) if word else 1
        yield "".join(c if c == "\t" else clean(c) for c in number + one.line.rstrip())
        # A tab is as wide below as it is above.
        blank = "".join("\t" if c == "\t" else " " for c in before)
        yield " " * (len(number) - 2) + "| " + blank + "^" * width


def as_json(problems: Sequence[Shown]) -> str:
    """A list of objects, in the order of the text."""
    return escaped(json.dumps([_object(one) for one in problems], indent=2, ensure_ascii=False))


def _object(one: Shown) -> Json:
    problem = one.problem
    return {
        "file": one.path,
        "line": problem.place.line,
        "column": problem.place.column,
        "at": one.at,
        "code": problem.code,
        "severity": problem.severity,
        "message": problem.message,
        "mend": problem.mend,
        "about": CODES.get(problem.code, ""),
    }


def as_github(problems: Sequence[Shown]) -> str:
    """Workflow commands: annotations at the lines of a pull request."""
    return "\n".join(_annotation(one) for one in problems)


def _annotation(one: Shown) -> str:
    problem = one.problem
    message = problem.message + (f"; {problem.mend}" if problem.mend else "")
    escaped = message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    file = one.path.replace("%", "%25").replace(",", "%2C").replace(":", "%3A")
    place = problem.place
    at = f"file={file},line={place.line},col={place.column}"
    return f"::{problem.severity} {at},title={problem.code}::{escaped}"


def as_sarif(problems: Sequence[Shown]) -> str:
    """One SARIF 2.1.0 run, with the codes that occur as its rules."""
    codes = sorted({one.problem.code for one in problems})
    rules = [
        {
            "id": code,
            "shortDescription": {"text": CODES.get(code, code)},
            "helpUri": f"{DOCUMENT}#{code.lower()}",
        }
        for code in codes
    ]
    results = [
        {
            "ruleId": one.problem.code,
            "ruleIndex": codes.index(one.problem.code),
            "level": one.problem.severity,
            "message": {"text": one.problem.message + (f"; {one.problem.mend}" if one.problem.mend else "")},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": one.path.replace("\\", "/")},
                        "region": {
                            "startLine": one.problem.place.line,
                            "startColumn": one.problem.place.column,
                        },
                    }
                }
            ],
        }
        for one in problems
    ]
    driver = {"name": "diagnose", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    log = {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}
    return escaped(json.dumps(log, indent=2, ensure_ascii=False))


@dataclass(frozen=True, slots=True)
class Tested:
    """One line of a JUnit report: what was tested, and how it failed (empty: it did not)."""

    suite: str
    name: str
    failure: str = ""
    details: str = ""
    seconds: float = 0.0
    kind: str = "failure"


def problems_junit(problems: Sequence[Shown], files: Iterable[str]) -> str:
    """A suite of files: each a test that fails with its problems."""
    by_file: dict[str, list[Shown]] = {file: [] for file in files}
    for one in problems:
        by_file.setdefault(one.path, []).append(one)
    tested = []
    for file, found in by_file.items():
        first = f"{found[0].problem.code} {found[0].problem.message}" if found else ""
        tested.append(Tested("diagnose check", file, first, as_text(found), kind="problem"))
    return as_junit(tested)


def as_junit(tested: Sequence[Tested]) -> str:
    """The report as JUnit writes it, a suite for each name of one."""
    suites: dict[str, list[Tested]] = {}
    for one in tested:
        suites.setdefault(one.suite, []).append(one)
    root = Xml.Element("testsuites", _counted(tested))
    for name, members in suites.items():
        suite = Xml.SubElement(root, "testsuite", {"name": _xml(name), **_counted(members)})
        for one in members:
            head = {"classname": _xml(name), "name": _xml(one.name), "time": f"{one.seconds:.3f}"}
            case = Xml.SubElement(suite, "testcase", head)
            if one.failure:
                what = {"message": _xml(one.failure), "type": one.kind}
                Xml.SubElement(case, "failure", what).text = _xml(one.details)
    Xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode")


def _counted(tested: Sequence[Tested]) -> dict[str, str]:
    failed = sum(bool(one.failure) for one in tested)
    seconds = sum(one.seconds for one in tested)
    return {"tests": str(len(tested)), "failures": str(failed), "errors": "0", "time": f"{seconds:.3f}"}


def _xml(text: str) -> str:
    """What XML 1.0 can carry of a text, and a terminal can bear."""
    return _NOT_XML.sub("\ufffd", text)


WRITERS: Mapping[str, Callable[[Sequence[Shown]], str]] = {
    "text": as_text,
    "json": as_json,
    "sarif": as_sarif,
    "github": as_github,
}
"""Every form but JUnit, which also names the files that are fine."""

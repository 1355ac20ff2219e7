"""Reports: whole in one file, harmless, and drawn."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import xml.dom.minidom
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from markupsafe import escape
from rich.console import Console

from diagnose.training.class_report import people_report
from diagnose.training.evidence import Evidence
from diagnose.training.names import Names, names
from diagnose.training.report import call_report
from diagnose.training.rubric import rubrics
from diagnose.training.score import score
from diagnose.training.showing import score_lines
from diagnose.training.writing import FORMATS, _glued, written
from tests.training.test_course import DONE
from tests.training.test_scoring import overruled

NASTY = "<script>alert(1)</script>\"'&|`*=1+1\x1b[2J\x9b31m\u202egnp"
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")
"""What moves a cursor or turns the direction of writing."""
CHROMIUM = next(
    (p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None
)


@pytest.fixture(scope="module", params=["en", "fr"])
def page(request: pytest.FixtureRequest, knowledge: Path, guided: Evidence) -> str:
    rubric = rubrics(knowledge).for_call(guided.kind)
    assert rubric is not None
    return written(call_report(guided, score(guided, rubric, request.param), request.param), "html")


def test_a_page_fetches_nothing_and_runs_nothing(page: str):
    assert re.findall(r"(?:src|href)\s*=|url\(|@import|<script|<link|<iframe", page) == []
    assert "default-src 'none'" in page
    assert set(re.findall(r"https?://[^\"' ]+", page)) <= {"http://www.w3.org/2000/svg"}


def test_a_page_has_the_dialogue_the_belief_the_score_and_the_trace(page: str, guided: Evidence):
    assert guided.head is not None
    assert all(str(escape(_glued(line))) in page for _, _, line in guided.head.dialogue)
    assert page.count("<svg") == 3 + page.count('<td class="bar"><svg')
    rules = [f.rule.id for f in guided.call.assessment.firings]
    assert all(rule in page for rule in rules)


def test_every_drawing_is_well_formed(page: str):
    drawings = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert drawings
    for svg in drawings:
        xml.dom.minidom.parseString(svg)


def test_hostile_words_stay_words(knowledge: Path, guided: Evidence):
    assert guided.head is not None
    rubric = rubrics(knowledge).for_call(guided.kind)
    assert rubric is not None
    head = replace(guided.head, trainee=NASTY, dialogue=((1, "caller", NASTY),))
    proof = replace(guided, head=head)
    report = call_report(proof, score(proof, rubric, "en"), "en")
    assert "<script" not in written(report, "html")
    assert "<script" not in written(report, "md").replace("\\<script", "")
    done = replace(DONE, trainee=NASTY, exercise="=cmd()", fault_class=NASTY)
    people = people_report([(NASTY, [done])], Names(), "en")
    assert "<script" not in written(people, "html")
    rows = list(csv.reader(io.StringIO(written(people, "csv"))))
    assert rows[1][3] == "'=cmd()"
    for form in FORMATS:
        assert not RAW.search(written(report, form)) and not RAW.search(written(people, form))


def test_a_class_has_everybody(knowledge: Path):
    report = people_report(
        [
            ("anna", [DONE, replace(DONE, score=20.0, passed=False, fails=("safety_missed",))]),
            ("bruno", [DONE]),
        ],
        names(knowledge),
        "fr",
    )
    page = written(report, "html")
    assert "anna" in page and "bruno" in page and "Une classe de 2" in page
    assert len(list(csv.reader(io.StringIO(written(report, "csv"))))) == 4
    text = written(report, "md")
    assert "| 2026-11-23 10:00 |" in text
    kind = names(knowledge).kind("use", "fr")
    for shown in (page, text):
        assert kind in shown and "Philips Genie" in shown and "sécurité oubliée" in shown
        assert "safety_missed" not in shown and "philips-genie" not in shown


def test_every_line_of_the_belief_has_its_name_and_the_true_fault_stands_out(
    knowledge: Path, guided: Evidence
):
    rubric = rubrics(knowledge).for_call(guided.kind)
    assert rubric is not None
    report = call_report(guided, score(guided, rubric, "en"), "en")
    assert report.belief.count("<path") == len(report.believed) > 1
    assert all(one.colour in report.belief for one in report.believed)
    (true,) = (one for one in report.believed if one.marked)
    assert true.name == guided.kb.faults[guided.fault].name.say("en")
    assert f'stroke="{true.colour}" stroke-width="4"' in report.belief


def test_a_report_of_the_same_call_is_the_same_page(knowledge: Path, guided: Evidence):
    rubric = rubrics(knowledge).for_call(guided.kind)
    assert rubric is not None
    one, two = (written(call_report(guided, score(guided, rubric, "en"), "en"), "html") for _ in range(2))
    assert one == two


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
def test_a_page_is_drawn_and_printed_by_a_browser(page: str, tmp_path: Path):
    (tmp_path / "call.html").write_text(page, "utf-8")
    common = [
        str(CHROMIUM),
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path}/p",
    ]
    url = (tmp_path / "call.html").as_uri()
    subprocess.run([*common, f"--screenshot={tmp_path}/call.png", url], check=True, capture_output=True)
    subprocess.run([*common, f"--print-to-pdf={tmp_path}/call.pdf", url], check=True, capture_output=True)
    dom = subprocess.run([*common, "--dump-dom", url], check=True, capture_output=True, text=True).stdout
    assert (tmp_path / "call.png").read_bytes()[:4] == b"\x89PNG"
    assert (tmp_path / "call.pdf").read_bytes()[:4] == b"%PDF"
    assert dom.count("<svg") == page.count("<svg")


def test_a_french_page_has_its_figures_in_french(page: str):
    if '<html lang="fr">' in page:
        assert not re.search(
            r"\d%|\d\.\d+/\d|€\d", re.sub(r"<style>.*?</style>|<svg.*?>", "", page, flags=re.DOTALL)
        )
        assert re.search(r"\d\N{NARROW NO-BREAK SPACE}%", page)
    else:
        assert re.search(r"\d%", page) and not re.search(r"\d\s%", page)


def test_what_the_operator_decided_himself_is_said_wherever_it_is_shown(knowledge: Path, guided: Evidence):
    proof = overruled(replace(guided, head=None), "repair", "workshop_repair")
    rubric = rubrics(knowledge).for_call(proof.kind)
    assert rubric is not None
    scored = score(proof, rubric, "en")
    shown = [written(call_report(proof, scored, "en"), form) for form in ("html", "md")]
    console = Console(width=200, file=io.StringIO())
    console.print(score_lines(proof, scored, proof.regret, "en"))
    assert isinstance(console.file, io.StringIO)
    for text in (*shown, console.file.getvalue()):
        assert "operator's own decision" in unescape(text)
        assert "repair · " + proof.kb.remedies["workshop_repair"].name.say("en") in text

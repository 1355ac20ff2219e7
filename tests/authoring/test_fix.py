"""diagnose check --fix: what has one mend is mended, and nothing else is touched."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diagnose.authoring.checking import fixing
from diagnose.authoring.checking.check import check
from diagnose.authoring.checking.mending import MENDERS
from diagnose.authoring.checking.rechecking import Kept
from diagnose.authoring.checking.typed import words_of
from diagnose.cli.group import diagnose
from diagnose.knowledge.problems import Problem, did_you_mean

if TYPE_CHECKING:
    from conftest import Bench

PROBLEMS = Path(__file__).parents[2] / "docs" / "problems.md"
SAMPLE = Path(__file__).parent / "sample"
HEAD = "kind: part\nsource: estimate\n"
MORE = "parts/more.yaml"
FIRST = "programmes/first.yaml"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(diagnose, ["check", *map(str, arguments)])


SYMPTOM = (
    "symptoms: {bars: {kind: check, seconds: 5, background: rarely, answers: %s, ask: {en: A?, fr: A ?}}}\n"
)
LOOKS = "rules: {looks: {when: {bars: yes}, then: {forbid: [exchange]}}}\n"
RULE = "rules: {r: {when: {cuts_out: yes}, then: {%s}}}\n"
MENDS = [
    ("K103", "# a\x07b\x07c\n", "# abc\n"),
    ("K201", "change: {faults: {contacts: {per1000: 30}}}\n", "change: {faults: {contacts: {per_1000: 30}}}\n"),
    ("K201", "change:\n  faults:\n    contacts:\n     \xa0per_1000: 30\n", "change:\n  faults:\n    contacts:\n      per_1000: 30\n"),
    ("K201", "change: {faults: {contacts: {'perx_1000': 30}}}\n", "change: {faults: {contacts: {'per_1000': 30}}}\n"),
    ("K203", "change: {faults: {contacts: {per_1000: '30'}}}\n", "change: {faults: {contacts: {per_1000: 30}}}\n"),
    ("K203", "change: {faults: {contacts: {name: {en: 3310, fr: Contacts}}}}\n", "change: {faults: {contacts: {name: {en: \"3310\", fr: Contacts}}}}\n"),
    ("K203", "change:\n  faults:\n    contacts:\n      per_1000: 3,5  # of them\n", "change:\n  faults:\n    contacts:\n      per_1000: 3.5  # of them\n"),
    ("K203", RULE % "forbid: exchange", RULE % "forbid: [exchange]"),
    ("K203", "change: {symptoms: {dull: {ends_call: yes}}}\n", "change: {symptoms: {dull: {ends_call: true}}}\n"),
    ("K204", "change: {remedies: {clean: {verdict: repar}}}\n", "change: {remedies: {clean: {verdict: repair}}}\n"),
    ("K302", "include: [parts/pwer.yaml]\n", "include: [parts/power.yaml]\n"),
    ("K305", "weights: {contatcs: 2}\n", "weights: {contacts: 2}\n"),
    ("K401", RULE % "ask: [dulll]", RULE % "ask: [dull]"),
    ("K402", RULE.replace("yes", "unknwon") % "forbid: [exchange]", RULE.replace("yes", "unknown") % "forbid: [exchange]"),
    ("K403", RULE % "rule_out: [bord]", RULE % "rule_out: [board]"),
    ("K404", RULE % "forbid: [claen]", RULE % "forbid: [clean]"),
    ("K404", RULE.replace("cuts_out: yes", "tried.claen: not_cured") % "forbid: [clean]", RULE.replace("cuts_out: yes", "tried.clean: not_cured") % "forbid: [clean]"),
    ("K405", "change: {faults: {board: {class: hardwear}, contacts: {class: hardwar}}}\n", "change: {faults: {board: {class: hardwear}, contacts: {class: hardware}}}\n"),
    ("K406", "alerts: {burn: {say: {en: A., fr: A.}, do: {en: A., fr: A.}}}\n" + RULE % "alert: bunr", "alerts: {burn: {say: {en: A., fr: A.}, do: {en: A., fr: A.}}}\n" + RULE % "alert: burn"),
    ("K407", RULE % "channel: carier", RULE % "channel: carrier"),
    ("K408", RULE % "charge: fre", RULE % "charge: free"),
    ("K409", "promises: {soon: {days: 1, say: {en: '{day}', fr: '{day}'}}}\n" + RULE % "promise: soom", "promises: {soon: {days: 1, say: {en: '{day}', fr: '{day}'}}}\n" + RULE % "promise: soon"),
    ("K410", "change: {faults: {contacts: {shows: {cuts_out: oftne}}}}\n", "change: {faults: {contacts: {shows: {cuts_out: often}}}}\n"),
    ("K410", "change: {faults: {contacts: {shows: {cuts_out: 50%}}}}\n", "change: {faults: {contacts: {shows: {cuts_out: 0.5}}}}\n"),
    ("K411", SYMPTOM % "yes_noo" + LOOKS, SYMPTOM % "yes_no" + LOOKS),
    ("K413", RULE.replace("cuts_out: yes", "programme.month: 12, dull: yes") % "forbid: [exchange]", RULE.replace("cuts_out: yes", "programme.months: 12, dull: yes") % "forbid: [exchange]"),
    ("K414", RULE.replace("cuts_out", "cuts-ou") % "forbid: [exchange]", RULE.replace("cuts_out", "cuts_out") % "forbid: [exchange]"),
    ("K517", "# diagnose: allow K512 because of old\n" + RULE % "forbid: [exchange]", RULE % "forbid: [exchange]"),
    ("K517", "# kept  # diagnose: allow K512 because of old\n" + RULE % "forbid: [exchange]", "# kept\n" + RULE % "forbid: [exchange]"),
    ("K519", "# first\n# yaml-language-server: $schema=../schema/family.json\n", "# first\n# yaml-language-server: $schema=../schema/part.json\n"),
]  # fmt: skip
"""Code, a part with the problem, and as it is mended; one that has neither is put before its head."""


USED = "# board, burn, carrier, free, soon, months, yes_no and bars are spelt so elsewhere too\n"


def part(text: str) -> str:
    return text + HEAD if "$schema" in text else HEAD + text + USED


@pytest.mark.parametrize(("code", "before", "after"), MENDS)
def test_what_has_one_mend_is_mended_and_the_rest_of_the_file_stays(
    bench: Bench, code: str, before: str, after: str
) -> None:
    (bench.root / MORE).write_text(part(before), encoding="utf-8")
    told = Counter(c for c, _, _ in bench.told())
    assert code in told
    outcome = run("--fix", bench.root)
    mended = [line for line in outcome.output.splitlines() if " mended: " in line]
    assert re.match(rf"\S*parts/more\.yaml:\d+:\d+: {code} mended: ", mended[0])
    assert (bench.root / MORE).read_text("utf-8") == part(after)
    if code != "K405":  # whose example has another that is two slips away
        assert Counter(c for c, _, _ in bench.told())[code] == 0
    assert " mended: " not in run("--fix", bench.root).output


def test_every_code_that_is_mended_is_tried_and_its_section_says_so() -> None:
    assert {code for code, _, _ in MENDS} == MENDERS.keys()
    sections = re.split(r"(?m)^## (?=[KE]\d{3}:)", PROBLEMS.read_text("utf-8"))[1:]
    assert {s[:4] for s in sections if "`--fix`" in s} == MENDERS.keys()


@pytest.mark.parametrize(
    "text",
    [
        RULE % "ask: [cuts_in]",  # two letters off
        RULE.replace("yes", "on") % "forbid: [exchange]",  # "no" swapped, but as well "yes" meant
        "change: {faults: {contacts: {per_1000: '1,500'}}}\n",  # one and a half, or fifteen hundred
        "change: {remedies: {clean: {say: {en: Clean it.}}}}\n",
        "weights: {contacts: 2, contatcs: 3}\n",  # would be there twice
        "weights:\n  contacts: 2\n  contacts: 3\n",
        "change: {faults: {contacts: {shows: {cuts_out: usualy}, per_1000: thirty}, bord: {per_1000: 34}}}\n".replace("bord", "contact"),
        "change: {faults: {contacts: {per_1000: 10 s}}}\n",
        "change: {faults: {contacts: {shows: {cuts_out: 0.usualy}}}}\n",
        # the definition has the slip: all that use it are told, or nobody uses it otherwise
        "symptoms: {damp: {kind: history, seconds: 5, background: rarely, ask: {en: A?, fr: A ?}}}\n"
        "rules: {r: {when: {dampp: yes}, then: {forbid: [exchange]}}, s: {when: {dampp: no}, then: {ask: [dull]}}}\n",
        "alerts: {brun: {say: {en: A., fr: A.}, do: {en: A., fr: A.}}}\n" + RULE % "alert: burn",
        "# a\u2028b\n",
    ],
)  # fmt: skip
def test_what_could_be_meant_otherwise_or_would_bring_something_new_is_left(bench: Bench, text: str) -> None:
    (bench.root / MORE).write_text(HEAD + text, encoding="utf-8")
    before = bench.told()
    assert before
    assert " mended: " not in run("--fix", bench.root).output
    assert bench.told() == before


def test_where_two_names_come_into_question_both_are_told() -> None:
    assert did_you_mean("vol_ok", ["vol2_ok", "vol1_ok", "other"]) == "did you mean 'vol2_ok' or 'vol1_ok'?"
    assert did_you_mean("volu_ok", ["volum_ok", "other"]) == "did you mean 'volum_ok'?"


def test_line_ends_a_byte_order_mark_and_comments_are_as_they_were(bench: Bench) -> None:
    text = "\ufeff" + HEAD + "# é\nweights: {contatcs: 2}   # a remark\n# no end of line"
    (bench.root / MORE).write_bytes(text.replace("\n", "\r\n").encode("utf-8"))
    (bench.root / MORE).chmod(0o640)
    run("--fix", bench.root)
    wanted = text.replace("contatcs", "contacts").replace("\n", "\r\n").encode("utf-8")
    assert (bench.root / MORE).read_bytes() == wanted
    assert (bench.root / MORE).stat().st_mode & 0o777 == 0o640
    assert not list(bench.root.rglob("*.part"))


def test_a_mend_that_brings_another_to_light_is_made_with_it(bench: Bench) -> None:
    # an entry whose fields are wrong is not linked: only then does its answer show
    bench.part("change: {symptoms: {dull: {ends_call: yes, background: ofen}}}\n")
    told = run("--fix", bench.root).output
    assert [line.split(": ")[1].split(" ")[0] for line in told.splitlines()] == ["K203", "K410"]
    assert bench.told() == []


def test_the_comment_that_leads_to_the_schema_is_added_where_there_is_one(bench: Bench) -> None:
    assert bench.told() == []
    CliRunner().invoke(diagnose, ["schema", "--write", str(bench.root / "schema")])
    assert {c for c, _, _ in bench.told()} == {"K519"}
    run("--fix", bench.root)
    assert bench.told() == []
    first = [path.read_text("utf-8").splitlines()[0] for path in sorted(bench.root.rglob("*.yaml"))]
    assert first[0] == "# yaml-language-server: $schema=../schema/cases.json"
    assert first[-1] == "# yaml-language-server: $schema=schema/words.json"
    elsewhere = bench.root / MORE
    elsewhere.write_text("# yaml-language-server: $schema=https://example.org/part.json\n" + HEAD)
    assert bench.told() == []


def test_the_diff_shows_what_would_be_written_and_writes_nothing(bench: Bench) -> None:
    text = HEAD + "weights: {contatcs: 2}"
    (bench.root / MORE).write_text(text, encoding="utf-8")
    outcome = run("--diff", bench.root)
    assert outcome.exit_code == 1
    assert (
        "-weights: {contatcs: 2}\n\\ No newline at end of file\n+weights: {contacts: 2}\n" in outcome.output
    )
    assert (bench.root / MORE).read_text("utf-8") == text
    run("--fix", bench.root)
    again = run("--diff", bench.root)
    assert (again.exit_code, again.output) == (0, "")


def test_only_the_files_that_are_named_are_mended(bench: Bench) -> None:
    bench.part("weights: {contatcs: 2}\n")
    bench.replace("parts/power.yaml", "background: rarely", "background: rarly")
    run("--fix", bench.root / MORE)
    assert "contatcs" not in (bench.root / MORE).read_text("utf-8")
    assert "rarly" in (bench.root / "parts/power.yaml").read_text("utf-8")


def test_what_a_program_reads_is_not_mixed_with_what_was_mended(bench: Bench) -> None:
    bench.part("weights: {contatcs: 2, nothing: 3}\n")
    outcome = run("--fix", "--json", bench.root)
    assert [p["code"] for p in json.loads(outcome.stdout)] == ["K305"]
    assert "K305 mended: contatcs is now contacts" in outcome.stderr


def test_a_file_written_by_somebody_else_meanwhile_is_not_overwritten(bench: Bench) -> None:
    path = bench.root / MORE
    with pytest.raises(OSError, match="somebody else"):
        fixing.write(path, b"what was read", b"what would be written")
    assert path.read_bytes() == HEAD.encode()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_said_in_one_line(bench: Bench) -> None:
    bench.part("weights: {contatcs: 2}\n")
    (bench.root / "parts").chmod(0o500)
    outcome = run("--fix", bench.root)
    (bench.root / "parts").chmod(0o700)
    assert isinstance(outcome.exception, OSError)


def slip(word: str, at: int, how: int) -> str:
    at %= len(word)
    return (word[:at] + word[at + 1 :], word[:at] + "q" + word[at:], word[:at] + "q" + word[at + 1 :])[how]


@given(file=st.sampled_from(["parts/power.yaml", FIRST]), picks=st.lists(
    st.tuples(st.integers(0, 500), st.integers(0, 30), st.integers(0, 2)), min_size=1, max_size=4))  # fmt: skip
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_was_slipped_is_mended_to_what_it_was_or_not_at_all_and_brings_nothing_new(
    tmp_path_factory: pytest.TempPathFactory, file: str, picks: list[tuple[int, int, int]]
) -> None:
    root = tmp_path_factory.mktemp("slips") / "knowledge"
    shutil.copytree(SAMPLE, root)
    original = (root / file).read_text("utf-8")
    lines = original.split("\n")
    for number, at, how in picks:
        words = [w for w in words_of("\n".join(lines)) if w.whole and w.text]
        word = words[number % len(words)]
        line = lines[word.line - 1]
        lines[word.line - 1] = line[: word.column - 1] + slip(word.raw, at, how) + line[word.end - 1 :]
    (root / file).write_text("\n".join(lines), encoding="utf-8")

    def said(problems: Iterable[Problem]) -> Counter[tuple[str, str, str, str]]:
        words = ((p, re.sub(r":\d+:\d+", "", p.message)) for p in problems)
        return Counter((p.place.file, p.severity, p.code, message) for p, message in words)

    before = said(check(root).problems)
    outcome = fixing.mend_folder(Kept.of(root))
    for name, after in outcome.after.items():
        fixing.write(root / name, outcome.before[name], after)
    left = said(check(root).problems)
    new = [problem for problem in left - before if problem[0] == file or problem[1] == "error"]
    assert new == []
    assert bool(outcome.mends) == bool(before - left)
    assert left == said(outcome.report.problems)
    assert fixing.mend_folder(Kept.of(root)).mends == ()
    versions = [words_of(t) for t in (original, "\n".join(lines), (root / file).read_text("utf-8"))]
    if len({len(words) for words in versions}) == 1:  # a slip may also part a word, or leave none of it
        for was, slipped, now in zip(*versions, strict=True):
            assert now.raw in (was.raw, slipped.raw)

"""What an edit changes: in words, in cases, in past calls, for virtual callers; and the bump that follows."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from diagnose.authoring.diffing.calls import Head, head_of
from diagnose.authoring.diffing.diffing import Wish, diff
from diagnose.cases import Case, Given, run_case
from diagnose.cli.group import diagnose
from diagnose.consultation.trace import trace
from diagnose.knowledge.catalogue import load
from diagnose.knowledge.model import NOWHERE
from diagnose.record.transcript import Keeping, Writer

NOW = datetime.fromisoformat("1998-03-02T10:00:00+01:00")
SWAPPED = "class: use\n    remedy: clean", "class: use\n    remedy: swap"
CHEAPER = "wrong: {advice: 25, exchange: 45}", "wrong: {advice: 250, exchange: 45}"


@pytest.fixture(autouse=True)
def no_key_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIAGNOSE_KEY", str(tmp_path / "desk.key"))
    monkeypatch.setenv("DIAGNOSE_KNOWN_KEYS", str(tmp_path / "known-keys"))


@pytest.fixture
def old(bench, tmp_path) -> Path:
    """The knowledge as it was; ``bench`` is what is edited."""
    return Path(shutil.copytree(bench.root, tmp_path / "old"))


def recorded(root: Path, path: Path, **answers: str) -> Path:
    kb = load(root, "acme-one").knowledge
    assert kb is not None
    case = Case(
        path.stem, "acme-one", complaint=tuple(Given(k, v, NOWHERE, NOWHERE) for k, v in answers.items())
    )
    events = run_case(kb, case, NOW).events
    with Writer.create(path, Keeping(knowledge=root)) as writer:
        for event, entry in zip(events, trace(kb, events), strict=True):
            writer.append(event, entry)
    return path


def test_the_same_knowledge_has_no_diff(bench, old):
    made = diff(old, bench.root, Wish())
    assert (made.changes, made.changed, made.bump) == ((), (), "none")


def test_words_alone_are_a_patch_and_touch_no_call(bench, old, tmp_path):
    recorded(old, tmp_path / "calls" / "one.jsonl", cuts_out="yes")
    bench.replace(
        "parts/power.yaml", "Clean the contacts with a dry cloth.", "Rub the contacts with a dry cloth."
    )
    made = diff(old, bench.root, Wish(calls=tmp_path / "calls"))
    ((change, pairs),) = made.changes
    assert (change.section, change.id, change.field, change.words) == ("remedies", "clean", "say", True)
    assert pairs == (("acme-one", "first"),)
    assert made.calls is not None
    assert (made.calls.checked, made.calls.skipped, made.calls.parted) == (1, 1, ())
    assert made.bump == "patch"


def test_each_field_that_changed_is_told_by_the_name_its_author_gave_it(bench, old):
    bench.replace("parts/power.yaml", "per_1000: 34", "per_1000: 40")
    bench.replace(
        "parts/power.yaml", "{cuts_out: usually, dull: usually}", "{cuts_out: usually, dull: often}"
    )
    bench.replace("parts/power.yaml", "background: rarely", "background: sometimes")
    bench.replace("programmes/first.yaml", "bought.months: {at_least: 24}", "bought.months: {at_least: 30}")
    bench.part("rules:\n  look: {when: {cuts_out: yes}, then: {ask: [dull]}}\n")
    told = {(c.section, c.id, c.field, c.old, c.new) for c, _ in diff(old, bench.root, Wish()).changes}
    assert told == {
        ("faults", "contacts", "per_1000", "34", "40"),
        ("faults", "contacts", "shows dull", "0.85 0.15", "0.6 0.4"),
        ("symptoms", "dull", "answer yes background", "0.08", "0.3"),
        ("symptoms", "dull", "answer no background", "0.92", "0.7"),
        ("rules", "look", "", None, ""),
        (
            "rules",
            "old-is-not",
            "when",
            "[{fault.class: hardware, bought.months: {at_least: 24}}]",
            "[{fault.class: hardware, bought.months: {at_least: 30}}]",
        ),
    }


def test_what_decides_but_changes_no_covered_end_is_minor(bench, old):
    bench.replace("parts/power.yaml", "per_1000: 34", "per_1000: 35")
    made = diff(old, bench.root, Wish())
    assert (made.cases, made.parted, made.bump) == (2, (), "minor")


def test_a_written_case_that_ends_differently_is_major_with_the_step_where_they_part(bench, old):
    bench.replace("parts/power.yaml", *SWAPPED)
    made = diff(old, bench.root, Wish())
    assert [(p.name, p.then, p.now) for p in made.parted] == [
        ("dirty-contacts", "advice, clean, free", "exchange, swap, carrier, estimate"),
        ("broken-board", "exchange, swap, carrier, free", "exchange, swap, carrier, estimate"),
    ]
    assert made.bump == "major"


def test_a_handset_more_is_minor_and_one_less_is_major(bench, old):
    text = (bench.root / "handsets/acme-one.yaml").read_text("utf-8")
    bench.write("handsets/acme-two.yaml", text.replace("One", "Two"))
    assert diff(old, bench.root, Wish()).bump == "minor"
    assert diff(bench.root, old, Wish()).bump == "major"


def test_a_past_call_that_ends_differently_is_told_with_step_and_cost(bench, old, tmp_path):
    path = recorded(old, tmp_path / "calls" / "one.jsonl", cuts_out="yes", dull="yes")
    bench.replace("parts/power.yaml", *SWAPPED)
    made = diff(old, bench.root, Wish(calls=tmp_path / "calls"))
    assert made.calls is not None
    (call,) = made.calls.parted
    assert (call.file, call.then["remedy"], call.now["remedy"]) == (str(path), "clean", "swap")
    assert call.at is not None
    assert call.at.n <= 4
    assert call.euros is not None
    assert call.euros < 0, "by the new knowledge the old advice cures nothing"


def test_a_call_of_another_handset_is_not_read_beyond_its_head(bench, old, tmp_path):
    path = recorded(old, tmp_path / "calls" / "one.jsonl", cuts_out="yes")
    assert head_of(path) == Head(("acme-one", "first"), load(old, "acme-one").knowledge.revision)
    head, _, rest = path.read_text("utf-8").partition("\n")
    path.write_text(head.replace("acme-one", "acme-two") + "\nnot a transcript " + rest[:40], "utf-8")
    bench.replace("families/gsm.yaml", *CHEAPER)
    made = diff(old, bench.root, Wish(calls=tmp_path / "calls"))
    assert made.calls is not None
    assert (made.calls.skipped, made.calls.unreadable) == (1, ())


def test_a_rule_that_fires_nowhere_in_a_call_cannot_bear_on_it(bench, old, tmp_path):
    recorded(old, tmp_path / "calls" / "one.jsonl", cuts_out="yes")
    recorded(old, tmp_path / "calls" / "two.jsonl", cuts_out="yes", dull="no")
    bench.part("rules:\n  look: {when: {dull: no}, then: {rule_out: [contacts]}}\n")
    made = diff(old, bench.root, Wish(calls=tmp_path / "calls"))
    assert made.calls is not None
    assert (made.calls.checked, made.calls.skipped) == (2, 1)


def test_a_rule_that_derives_bears_on_what_is_asked_though_it_never_fired(bench, old, tmp_path):
    recorded(old, tmp_path / "calls" / "one.jsonl", cuts_out="yes")
    bench.part("rules:\n  look: {when: {dull: no}, then: {derive: {looked_at: yes}}}\n")
    made = diff(old, bench.root, Wish(calls=tmp_path / "calls"))
    assert made.calls is not None
    assert made.calls.skipped == 0


def test_a_broken_transcript_is_named_and_stops_nothing(bench, old, tmp_path):
    (tmp_path / "calls").mkdir()
    (tmp_path / "calls" / "bad.jsonl").write_text("no\n", "utf-8")
    bench.replace("families/gsm.yaml", *CHEAPER)
    made = diff(old, bench.root, Wish(calls=tmp_path / "calls"))
    assert made.calls is not None
    assert [Path(name).name for name in made.calls.unreadable] == ["bad.jsonl"]


def test_the_same_virtual_callers_are_consulted_on_both(bench, old):
    bench.replace("families/gsm.yaml", *CHEAPER)
    made = diff(old, bench.root, Wish(callers=60, on=date(1998, 3, 2)))
    ((pair, one),) = made.callers
    assert (pair, one.callers) == (("acme-one", "first"), 60)
    assert one.differing
    for d in one.differing:
        assert d.then.remedy != d.now.remedy
        assert d.at >= 1
    assert one.euros < 0, "the new knowledge serves its own prices better"


def test_what_the_old_knowledge_does_not_know_its_callers_do_not_say(bench, old):
    bench.part(
        """
        symptoms:
          burnt: {kind: check, seconds: 9, background: never,
                  ask: {en: "Does it smell burnt?", fr: "Sent-il le brûlé ?"}}
        change:
          faults: {board: {shows: {burnt: always}}}
        remove: {symptoms: [dull]}
        """
    )
    bench.replace("parts/power.yaml", "dull: never", "cuts_out: often")
    bench.replace("parts/power.yaml", "{cuts_out: often, cuts_out: often}", "{cuts_out: often}")
    bench.replace("parts/power.yaml", "{cuts_out: usually, dull: usually}", "{cuts_out: usually}")
    made = diff(old, bench.root, Wish(callers=20))
    assert made.problems == ((), ())
    assert made.callers is not None
    assert made.callers[0][1].callers == 20


def test_a_git_revision_is_compared_with_the_folder_of_today(bench, tmp_path):
    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.org"]
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    bench.replace("parts/power.yaml", "per_1000: 34", "per_1000: 35")
    arguments = ["diff", "HEAD", str(bench.root), "--json", "--knowledge", str(bench.root)]
    run = CliRunner().invoke(diagnose, arguments)
    assert run.exit_code == 0, run.stderr
    made = json.loads(run.stdout)
    assert (made["bump"], [c["sentence"] for c in made["changes"]]) == (
        "minor",
        ["faults contacts: per_1000 34 -> 35"],
    )
    run = CliRunner().invoke(diagnose, ["diff", "nowhere", str(bench.root), "--knowledge", str(bench.root)])
    assert run.exit_code == 2
    assert "'nowhere' is neither a folder nor a git revision" in run.stderr


def test_the_text_ends_with_the_bump(bench, old, tmp_path):
    recorded(old, tmp_path / "calls" / "one.jsonl", cuts_out="yes", dull="yes")
    bench.replace("parts/power.yaml", *SWAPPED)
    arguments = [
        "diff",
        str(old),
        str(bench.root),
        "--calls",
        str(tmp_path / "calls"),
        "--simulate",
        "5",
        "-j",
        "1",
    ]
    run = CliRunner().invoke(diagnose, arguments)
    assert run.exit_code == 0, run.stderr
    lines = run.stdout.splitlines()
    place = f"{bench.root}/parts/power.yaml:16:3"
    assert lines[0] == f"{place}: faults contacts: remedy clean -> swap [acme-one under first]"
    assert "1 past calls, 0 cannot be touched, 1 end differently" in run.stdout
    assert lines[-1] == "version bump: major"

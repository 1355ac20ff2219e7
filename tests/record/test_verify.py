"""Verification: whatever is done to a sealed call or to its folder is found, and nothing else is."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from diagnose.cli.export import export
from diagnose.cli.key import key
from diagnose.cli.redact import redact
from diagnose.cli.replay import replay
from diagnose.cli.verify import verify
from diagnose.consultation.call import after, open_call
from diagnose.consultation.events import Answered, Closed, Event, Identified, Noted, Opened, Renewed
from diagnose.consultation.trace import trace
from diagnose.knowledge.catalogue import load
from diagnose.record import index, keys
from diagnose.record import redact as redacting
from diagnose.record.chain import canonical, chained, hash_of
from diagnose.record.findings import CODES, STATES
from diagnose.record.redact import redact as redacted
from diagnose.record.transcript import Keeping, Writer, read
from diagnose.record.verify import Trust, check_bytes, check_folder
from tests.record.folder import edit

START = datetime.fromisoformat("1998-03-02T10:00:00+01:00")
FAST = Trust(derive=False)


def events(name: str, handset: str = "acme-one", revision: str = "r") -> tuple[Event, ...]:
    def at(n: int) -> str:
        return (START + timedelta(seconds=10 * n)).isoformat()

    return (
        Opened(at(0), name, handset, "desk", revision, "0.1.0"),
        Answered(at(1), "no_ring", "yes", volunteered=True, words="it went silent"),
        Identified(at(2), "name", "Camille Exemple"),
        Answered(at(3), "hazard", "no"),
        Noted(at(4), "rings back at noon"),
        Closed(at(5), "advice/unmute"),
    )


def record(folder: Path, path: Path, some: tuple[Event, ...] | None = None, **keeping: object) -> Path:
    kb = load(folder, "acme-one").knowledge
    assert kb is not None
    happened = some or events(path.stem, revision=kb.revision)
    with Writer.create(path, Keeping(knowledge=folder, **keeping)) as writer:  # type: ignore[arg-type]
        for event, entry in zip(happened, trace(kb, happened), strict=True):
            writer.append(event, entry)
    return path


@pytest.fixture
def calls(folder: Path, tmp_path: Path) -> Path:
    """A folder with three sealed calls."""
    for name in ("a", "b", "c"):
        record(folder, tmp_path / "calls" / f"{name}.jsonl")
    return tmp_path / "calls"


def found(folder: Path, trust: Trust = FAST) -> list[str]:
    """``file: code`` of everything, the codes of the folder itself without a file."""
    checked = check_folder(folder, trust)
    return [f"{c.path.stem}: {f.code}" for c in checked.calls for f in c.findings] + [
        f.code for f in checked.findings
    ]


def lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def rechained(raws: list[bytes]) -> bytes:
    """The work of somebody who has the program, but no key: every hash made right again."""
    before, out = "0" * 64, []
    for n, raw in enumerate(raws, 1):
        line = json.loads(raw)
        line["n"], line["before"] = n, before
        if "seal" in line:
            line["seal"]["events"] = n - 1
        line["hash"] = before = hash_of(line)
        out.append(canonical(line) + b"\n")
    return b"".join(out)


def reindexed(day: Path, *paths: Path) -> bytes:
    """The work of the same on the index of a day: it says of these calls what they are now, unsigned."""
    hashes = {path.name: [json.loads(raw)["hash"] for raw in lines(path)] for path in paths}
    entries = []
    for raw in lines(day):
        entry = json.loads(raw) | {"key": None}
        entry.pop("signature", None)
        if entry["file"] in hashes:
            said = "reached" if "line" in entry else "sealed"
            entry[said] = hashes[entry["file"]][entry.get("line", 0) - 1]
        entries.append(canonical(entry))
    return rechained(entries)


def run(command: object, *arguments: object) -> Result:
    return CliRunner().invoke(command, [str(a) for a in arguments], catch_exceptions=False)  # type: ignore[arg-type]


def test_what_was_recorded_is_intact_and_its_trace_is_derived_again(calls: Path):
    checked = check_folder(calls, Trust())
    assert [(c.state, c.proven, c.events) for c in checked.calls] == [("intact", True, 6)] * 3
    assert checked.findings == ()
    assert run(verify, calls).exit_code == 0


def test_every_code_has_a_state():
    assert set(CODES) == set(STATES)


@pytest.mark.parametrize("signed", [False, True])
def test_one_flipped_byte_anywhere_in_a_sealed_file_is_found(folder: Path, tmp_path: Path, signed: bool):
    if signed:
        keys.new_key(keys.key_path())
    path = record(folder, tmp_path / "calls" / "a.jsonl")
    trust = replace(FAST, keys={k.public: "desk"} if (k := keys.desk_key()) else {})
    whole = bytearray(path.read_bytes())
    assert check_bytes(path, bytes(whole), trust).state == "intact"
    missed = []
    for i in range(len(whole)):
        bit = 1 << (i % 8)
        # any bit, and the one that changes the case of a letter
        for flip in (bit,) if signed else (bit, 0x20):
            whole[i] ^= flip
            if check_bytes(path, bytes(whole), trust).state == "intact":
                missed.append((i, flip))
            whole[i] ^= flip
    assert missed == []


def test_one_flipped_byte_anywhere_in_a_redacted_file_is_found(calls: Path):
    path = calls / "a.jsonl"
    redacted(path)
    whole = bytearray(path.read_bytes())
    assert check_bytes(path, bytes(whole), FAST).state == "intact"
    for i in range(len(whole)):
        whole[i] ^= 1 << (i % 8)
        assert check_bytes(path, bytes(whole), FAST).state != "intact", i
        whole[i] ^= 1 << (i % 8)


def test_one_byte_more_or_less_anywhere_is_found(calls: Path):
    path = calls / "a.jsonl"
    whole = path.read_bytes()
    for i in range(0, len(whole), 3):
        assert check_bytes(path, whole[:i] + whole[i + 1 :], FAST).state != "intact", i
        assert check_bytes(path, whole[:i] + b" " + whole[i:], FAST).state != "intact", i


def test_one_flipped_byte_anywhere_in_the_index_is_found(calls: Path):
    (day,) = index.days(calls)
    whole = bytearray(day.read_bytes())
    for i in range(0, len(whole), 2):
        whole[i] ^= 1
        day.write_bytes(whole)
        assert found(calls), i
        whole[i] ^= 1


def swapped(path: Path) -> None:
    one, two, three, *rest = lines(path)
    path.write_bytes(b"".join([one, three, two, *rest]))


def without_a_line(path: Path) -> None:
    one, _, *rest = lines(path)
    path.write_bytes(b"".join([one, *rest]))


def doubled(path: Path) -> None:
    one, two, *rest = lines(path)
    path.write_bytes(b"".join([one, two, two, *rest]))


def cut(path: Path) -> None:
    path.write_bytes(b"".join(lines(path)[:-2]))


def unsealed(path: Path) -> None:
    path.write_bytes(b"".join(lines(path)[:-1]))


def torn(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def by_hand(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"no_ring"', b'"on_ring"'))


def other_note(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"rings back at noon", b"threatened to sue"))


def blank_line(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"\n", b"\n\n", 1))


def emptied(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize(
    ("how", "state", "codes"),
    [
        (swapped, "reordered", {"V102"}),
        (without_a_line, "altered", {"V103"}),
        (doubled, "altered", {"V103"}),
        (cut, "cut short", {"V113", "V104"}),
        (unsealed, "cut short", {"V104"}),
        (torn, "cut short", {"V104"}),
        (by_hand, "altered", {"V101"}),
        (other_note, "altered", {"V105"}),
        (blank_line, "altered", {"V101"}),
        (emptied, "cut short", {"V112", "V104"}),
        (Path.unlink, "missing", {"V203"}),
    ],
)
def test_what_is_done_to_a_call_is_named(
    how: Callable[[Path], None], state: str, codes: set[str], calls: Path
):
    how(calls / "b.jsonl")
    checked = check_folder(calls, FAST)
    here = [c for c in checked.calls if c.path.stem == "b"]
    assert {f.code for c in here for f in c.findings} | {f.code for f in checked.findings} == codes
    assert [c.state for c in here] == ([] if state == "missing" else [state])
    assert all(c.state == "intact" for c in checked.calls if c.path.stem != "b")
    assert run(verify, calls, "--no-trace").exit_code == 1


def test_a_finding_names_the_line(calls: Path):
    by_hand(calls / "b.jsonl")
    out = run(verify, calls / "b.jsonl", "--no-trace").stdout
    assert f"{calls / 'b.jsonl'}:2:1: V101" in out
    assert "does not fit its hash" in out


def test_a_script_that_makes_every_hash_right_is_caught_by_the_index(calls: Path):
    path = calls / "b.jsonl"
    path.write_bytes(rechained([raw.replace(b'"hazard"', b'"wizard"') for raw in lines(path)]))
    assert check_folder(calls, FAST, [path]).calls[0].state == "altered"
    assert "b: V205" in found(calls)


def test_and_by_the_signature_where_there_is_no_index(folder: Path, tmp_path: Path):
    key_ = keys.new_key(keys.key_path())
    path = record(folder, tmp_path / "calls" / "a.jsonl")
    shutil.rmtree(path.parent / "index")
    trust = replace(FAST, keys={key_.public: "desk"})
    path.write_bytes(rechained([raw.replace(b'"hazard"', b'"wizard"') for raw in lines(path)]))
    assert {f.code for f in check_folder(path.parent, trust, [path]).calls[0].findings} == {"V107"}


def test_and_so_is_a_script_that_takes_the_signatures_away_and_rewrites_the_index(
    folder: Path, tmp_path: Path
):
    key_ = keys.new_key(keys.key_path())
    path = record(folder, tmp_path / "calls" / "a.jsonl")
    trust = replace(FAST, keys={key_.public: "desk"})
    raws = []
    for raw in lines(path):
        line = json.loads(raw)
        line.pop("signature", None)
        line.pop("key", None)
        if "seal" in line:
            line["seal"]["key"] = None
        raws.append(canonical(line))
    path.write_bytes(rechained(raws))
    (day,) = index.days(path.parent)
    day.write_bytes(reindexed(day, path))
    assert found(path.parent, trust) == ["a: V109", "V206", "V206", "V209"]
    (path.parent / "index" / "lock").unlink()
    assert found(path.parent, trust) == ["a: V109", "V206", "V206"]


def test_whose_key_it_was_is_said_of_a_signature_that_fits_only(folder: Path, tmp_path: Path):
    key_ = keys.new_key(keys.key_path())
    path = record(folder, tmp_path / "calls" / "a.jsonl")
    trust = replace(FAST, keys={key_.public: "desk 7"})
    assert check_bytes(path, path.read_bytes(), trust).signer == "desk 7"
    data = rechained([raw.replace(b'"hazard"', b'"wizard"') for raw in lines(path)])
    assert check_bytes(path, data, trust).signer == ""


def test_a_call_that_somebody_put_in_without_a_seal_is_sealed_by_mending_and_shows_as_late(
    folder: Path, calls: Path, tmp_path: Path
):
    """Who may write into the folder can have his own call sealed by the desk, but not as if it had been there."""
    path = record(folder, tmp_path / "elsewhere" / "d.jsonl")
    (calls / "d.jsonl").write_bytes(b"".join(lines(path)[:-1]))
    result = run(verify, calls, "--mend", "--no-trace")
    assert result.exit_code == 0
    assert [line for line in result.stdout.splitlines() if "entered late" in line] == [
        f"{calls / 'd.jsonl'}: intact (6 events, entered late)"
    ]


def test_a_call_signed_by_a_key_that_nobody_knows_says_so(folder: Path, tmp_path: Path):
    keys.new_key(keys.key_path())
    record(folder, tmp_path / "calls" / "a.jsonl")
    assert found(tmp_path / "calls", replace(FAST, keys={"0" * 64: "other"})) == ["a: V108", "V108"]


def test_a_whole_call_removed_with_its_line_of_the_index_shows(calls: Path):
    (day,) = index.days(calls)
    (calls / "b.jsonl").unlink()
    *one, _, _, opened, sealed = lines(day)
    day.write_bytes(b"".join([*one, opened, sealed]))
    assert found(calls) == ["V202", "V202"]


def test_a_whole_day_removed_shows_in_the_next(folder: Path, tmp_path: Path):
    for name, day in (("a", "02"), ("b", "03"), ("c", "04")):
        happened = tuple(replace(e, at=e.at.replace("03-02", f"03-{day}")) for e in events(name))
        record(folder, tmp_path / "calls" / f"{name}.jsonl", happened)
    assert found(tmp_path / "calls") == []
    (tmp_path / "calls" / "b.jsonl").unlink()
    (tmp_path / "calls" / "index" / "1998-03-03.jsonl").unlink()
    assert found(tmp_path / "calls") == ["V207"]


def test_a_day_written_after_the_clock_was_set_back_cannot_be_removed_unseen(folder: Path, tmp_path: Path):
    """It stands before the others by its name, and in the middle of the chain."""
    calls = tmp_path / "calls"
    for name, day in (("a", "1998-03-02"), ("b", "1997-01-01"), ("c", "1998-03-02"), ("d", "1998-03-03")):
        happened = tuple(replace(e, at=e.at.replace("1998-03-02", day)) for e in events(name))
        record(folder, calls / f"{name}.jsonl", happened)
    assert found(calls) == []
    (calls / "b.jsonl").unlink()
    (calls / "index" / "1997-01-01.jsonl").unlink()
    assert found(calls) == ["V207"]


def last_call_removed(calls: Path) -> None:
    """The last call, and its lines of the index with it."""
    (calls / "c.jsonl").unlink()
    (day,) = index.days(calls)
    day.write_bytes(b"".join(lines(day)[:-2]))


def test_the_last_call_removed_with_its_line_shows_by_the_end_that_was_said(calls: Path):
    last_call_removed(calls)
    assert found(calls) == ["V209"]


def test_that_something_was_removed_is_not_covered_up_by_the_calls_that_follow(folder: Path, calls: Path):
    """The next who writes finds another end than was said, and says so in his line, for good."""
    last_call_removed(calls)
    for name in ("d", "e"):
        record(folder, calls / f"{name}.jsonl")
    assert found(calls) == ["V209"]
    (day,) = index.days(calls)
    assert f"{day}:5:1: V209 before this line the index went on to" in run(verify, calls).stdout


@pytest.mark.parametrize("said", ["", "1998-03-02 and no hash", "line before"])
def test_an_end_that_a_crash_left_unsaid_is_no_alarm(said: str, folder: Path, calls: Path):
    """The line is on the disk before the end is said: what is said may be behind, and is then made good."""
    (day,) = index.days(calls)
    behind = f"1998-03-02 {json.loads(lines(day)[-2])['hash']}\n"
    (calls / "index" / "lock").write_text(behind if said == "line before" else said)
    assert found(calls) == []
    record(folder, calls / "d.jsonl")
    assert found(calls) == []
    assert (calls / "index" / "lock").read_text() == f"1998-03-02 {json.loads(lines(day)[-1])['hash']}\n"


def test_and_by_an_end_that_was_written_down_elsewhere_when_the_lock_file_is_gone_too(
    calls: Path, tmp_path: Path
):
    held = tmp_path / "desk-log"
    said = [line for line in run(verify, calls, "--no-trace").stdout.splitlines() if "ends with" in line]
    assert len(said) == 2
    held.write_text("Monday, read out to the shift manager:\n" + said[-1] + "\n")
    assert run(verify, calls, "--no-trace", "--ends", held).exit_code == 0
    last_call_removed(calls)
    (calls / "index" / "lock").unlink()
    assert found(calls) == []
    result = run(verify, calls, "--no-trace", "--ends", held)
    assert result.exit_code == 1
    assert f"{held}:2:" in result.stdout and "V209" in result.stdout


def test_an_end_written_down_in_the_middle_of_the_day_still_holds_at_its_end(folder: Path, tmp_path: Path):
    calls = tmp_path / "calls"
    record(folder, calls / "a.jsonl", events("a"))
    held = tmp_path / "held"
    held.write_text(check_folder(calls, FAST).end)
    record(folder, calls / "b.jsonl", events("b"))
    assert run(verify, calls, "--no-trace", "--ends", held).exit_code == 0


def test_whoever_recomputes_everything_without_a_key_is_caught_by_what_is_held_elsewhere_only(
    calls: Path, tmp_path: Path
):
    """Calls that nobody signed: every hash of a call, the index and the lock file made anew by a script."""
    held = tmp_path / "held"
    held.write_text(check_folder(calls, FAST).end)
    path = calls / "b.jsonl"
    path.write_bytes(rechained([raw.replace(b'"hazard"', b'"wizard"') for raw in lines(path)]))
    (day,) = index.days(calls)
    day.write_bytes(reindexed(day, path))
    end = json.loads(lines(day)[-1])["hash"]
    (calls / "index" / "lock").write_text(f"1998-03-02 {end}\n")
    assert found(calls) == []
    assert run(verify, calls, "--no-trace", "--ends", held).exit_code == 1


@pytest.mark.parametrize("text", ["", "no hash here\n", f"{'a' * 63}\n", f"{'A' * 64}\n"])
def test_a_file_of_ends_without_one_is_refused(text: str, calls: Path, tmp_path: Path):
    (tmp_path / "held").write_text(text)
    assert run(verify, calls, "--ends", tmp_path / "held").exit_code == 2
    assert run(verify, calls, "--ends", tmp_path / "nothing").exit_code == 2


def test_a_line_put_into_the_index_shows(calls: Path):
    (day,) = index.days(calls)
    other = json.loads(lines(day)[1]) | {"n": 1, "file": "z.jsonl"}
    before = other.pop("before")
    del other["hash"]
    (calls / "index" / "1998-03-03.jsonl").write_bytes(canonical(chained(other, before)) + b"\n")
    assert "V207" in found(calls)


def test_a_sealed_call_that_was_put_into_the_folder_shows(folder: Path, calls: Path, tmp_path: Path):
    shutil.copy(record(folder, tmp_path / "elsewhere" / "d.jsonl"), calls)
    assert found(calls) == ["d: V204"]


def test_two_calls_that_changed_names_show(calls: Path):
    (calls / "a.jsonl").rename(calls / "x")
    (calls / "b.jsonl").rename(calls / "a.jsonl")
    (calls / "x").rename(calls / "b.jsonl")
    assert found(calls) == ["a: V205", "b: V205"]


def test_without_the_index_every_call_of_the_folder_is_missing_from_it(calls: Path):
    shutil.rmtree(calls / "index")
    assert found(calls) == ["a: V204", "b: V204", "c: V204"]
    assert run(verify, calls / "a.jsonl", "--no-trace").exit_code == 0


def test_a_clock_that_jumps_back_leaves_everything_intact(folder: Path, tmp_path: Path):
    first = record(folder, tmp_path / "calls" / "a.jsonl")
    back = tuple(replace(e, at=e.at.replace("1998", "1997")) for e in events("b"))
    record(folder, tmp_path / "calls" / "b.jsonl", back)
    happened = list(events("c"))
    happened[3] = replace(happened[3], at="1998-03-01T00:00:00+01:00")
    record(folder, tmp_path / "calls" / "c.jsonl", tuple(happened))
    assert found(first.parent) == []


def test_a_clock_that_jumps_back_in_a_call_is_said_once_in_both_languages(tmp_path: Path):
    happened = list(events("a"))
    happened[2] = replace(happened[2], at="1998-03-01T00:00:00+01:00")
    with Writer.create(tmp_path / "a.jsonl") as writer:
        for event in happened:
            writer.append(event, {})
        (warning,) = writer.warnings
    assert warning.say("en").startswith("the computer's clock went back, from 1998-03-02T")
    assert warning.say("fr").startswith("l'horloge de l'ordinateur a reculé, de 1998-03-02T")


def test_a_trace_that_does_not_follow_from_the_events_is_found(folder: Path, tmp_path: Path):
    """Whoever holds the key can seal what he likes, but not a reasoning that was never reasoned."""
    kb = load(folder, "acme-one").knowledge
    assert kb is not None
    happened = events("a", revision=kb.revision)
    entries = trace(kb, happened)
    entries[1]["faults"][0]["probability"] = 0.5
    path = tmp_path / "calls" / "a.jsonl"
    with Writer.create(path, Keeping(knowledge=folder)) as writer:
        for event, entry in zip(happened, entries, strict=True):
            writer.append(event, entry)
    assert found(path.parent) == []
    assert found(path.parent, Trust()) == ["a: V110"]


def test_kept_knowledge_that_was_altered_is_made_anew_by_the_next_call(folder: Path, calls: Path):
    (file,) = (calls / "knowledge").iterdir()
    file.write_bytes(b"nonsense")
    record(folder, calls / "d.jsonl")
    assert found(calls, Trust()) == []


def hashless(path: Path) -> None:
    out = []
    for raw in lines(path):
        line = json.loads(raw)
        del line["hash"]
        out.append(canonical(line) + b"\n")
    path.write_bytes(b"".join(out))


@pytest.mark.parametrize("how", [blank_line, hashless, emptied])
def test_what_is_not_sealed_as_it_should_be_is_left_alone_by_redaction_and_named(
    how: Callable[[Path], None], calls: Path
):
    how(calls / "b.jsonl")
    before = (calls / "b.jsonl").read_bytes()
    result = run(redact, calls)
    assert result.exit_code == 1
    assert (calls / "b.jsonl").read_bytes() == before
    assert "b.jsonl" in result.stderr and result.stdout.count("taken out, 0 left") == 2


TAKING = """
import sys
from pathlib import Path
from diagnose.record.transcript import CannotRecord, Writer
try:
    Writer.resume(Path(sys.argv[1]), take_over=True)[0].close()
except CannotRecord:
    sys.exit(3)
"""


def test_a_call_cannot_be_taken_over_while_it_is_redacted(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """What the other one recorded would be replaced by what was read before."""
    path = record(folder, tmp_path / "calls" / "a.jsonl", events("a")[:4])
    other: list[subprocess.Popen[bytes]] = []
    without = redacting._without

    def slowly(*given: object) -> object:
        other.append(subprocess.Popen([sys.executable, "-c", TAKING, str(path)]))
        assert other[0].wait(60) == 3  # it loses patience before we let go
        return without(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(redacting, "_without", slowly)
    redacted(path)
    assert len(other) == 1
    assert read(path).marks == () and read(path).redacted > 0


@pytest.mark.parametrize("how", ["gone", "altered"])
def test_kept_knowledge_that_is_gone_or_altered_is_named(how: str, calls: Path):
    (file,) = (calls / "knowledge").iterdir()
    if how == "gone":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:-20])
    assert found(calls, Trust()) == ["a: V111", "b: V111", "c: V111"]


def test_an_old_call_replays_on_what_the_operator_had(
    folder: Path, calls: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DIAGNOSE_KNOWLEDGE", str(folder))
    edit(folder, "families/gsm.yaml", "per_1000: 50", "per_1000: 0.01")
    assert run(replay, calls / "a.jsonl").exit_code == 1
    shutil.rmtree(folder)
    result = run(replay, calls / "a.jsonl", "--as-recorded")
    assert result.exit_code == 0
    assert "Same on the knowledge of the call" in result.stdout
    assert run(verify, calls).exit_code == 0
    assert run(replay, calls / "a.jsonl", "--as-recorded", "--knowledge", calls).exit_code == 2


def renewed(folder: Path, path: Path, named: int = 1) -> Path:
    """A call that was opened on one knowledge and went on with another; ``named``: which of the two it says."""
    kb = load(folder, "acme-one").knowledge
    assert kb is not None
    *first, _, _, end = events("a", revision=kb.revision)
    record(folder, path, tuple(first))
    edit(folder, "families/gsm.yaml", "per_1000: 50", "per_1000: 20")
    other = load(folder, "acme-one").knowledge
    assert other is not None
    renewal = Renewed(end.at, (kb, other)[named].revision)
    *_, entry, last = trace((kb, other), (*first, renewal, end))
    writer, _ = Writer.resume(path, Keeping(knowledge=folder))
    with writer:
        writer.renew(renewal, entry, other.sources)
        writer.append(end, last)
    return path


def test_a_call_that_went_on_with_other_knowledge_is_proven_on_both(folder: Path, tmp_path: Path):
    path = renewed(folder, tmp_path / "calls" / "a.jsonl")
    assert len(set(read(path).grounds)) == 2
    assert found(path.parent, Trust()) == []
    assert run(replay, path, "--as-recorded").exit_code == 0


def test_knowledge_that_a_renewal_did_not_take_over_is_found_in_its_place(folder: Path, tmp_path: Path):
    path = renewed(folder, tmp_path / "calls" / "a.jsonl", named=0)
    assert found(path.parent, Trust()) == ["a: V111"]
    (store,) = path.parent.glob(f"knowledge/{read(path).grounds[1]}*")
    store.unlink()
    assert found(path.parent, Trust()) == ["a: V111"]


def test_how_a_later_product_names_the_same_knowledge_is_no_fault_of_an_older_call(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = renewed(folder, tmp_path / "calls" / "a.jsonl", named=0)
    monkeypatch.setattr("diagnose.record.checking.__version__", "99.0")
    assert found(path.parent, Trust()) == []


def test_what_only_stands_on_another_line_by_now_is_proven_beside_what_was_before(
    folder: Path, tmp_path: Path
):
    kb = load(folder, "acme-one").knowledge
    assert kb is not None
    record(folder, tmp_path / "calls" / "a.jsonl", events("a", revision=kb.revision))
    file = folder / "families/gsm.yaml"
    file.write_text("# a line more\n" + file.read_text("utf-8"), "utf-8")
    record(folder, tmp_path / "calls" / "b.jsonl", events("b", revision=kb.revision))
    places = [read(tmp_path / "calls" / f"{name}.jsonl").entries[1]["fired"][0]["at"] for name in "ab"]
    first, second = (int(place.split(":")[1]) for place in places)
    assert second == first + 1
    assert found(tmp_path / "calls", Trust()) == []


def test_a_call_under_way_is_open_and_no_fault_when_that_is_said(folder: Path, tmp_path: Path):
    path = record(folder, tmp_path / "calls" / "a.jsonl", events("a")[:3])
    assert check_folder(path.parent, FAST).calls[0].state == "open"
    assert run(verify, path.parent, "--no-trace").exit_code == 1
    assert run(verify, path.parent, "--no-trace", "--open").exit_code == 0


def test_an_old_transcript_without_hashes_is_unproven(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(
        b'{"n":1,"event":{"event":"opened","at":"1998-03-02T10:00:00","call":"a","handset":"b","programme":null,'
        b'"revision":"r","product":"p"},"trace":{}}\n'
        b'{"n":2,"event":{"event":"closed","at":"1998-03-02T10:01:00","disposition":""},"trace":{}}\n'
    )
    assert read(path).problems == ()
    (checked,) = check_folder(tmp_path, FAST).calls
    assert (checked.state, [f.code for f in checked.findings]) == ("unproven", ["V112"])


def test_verify_says_everything_to_a_program(calls: Path):
    swapped(calls / "b.jsonl")
    (data,) = json.loads(run(verify, calls, "--json", "--no-trace").stdout)
    assert [c["state"] for c in data["calls"]] == ["intact", "reordered", "intact"]
    assert data["calls"][1]["findings"][0]["at"] == f"{calls / 'b.jsonl'}:2:1"
    assert data["days"][0]["calls"] == 3


def test_verify_names_what_is_not_there(tmp_path: Path):
    result = run(verify, tmp_path / "nowhere.jsonl")
    assert (result.exit_code, "no such file" in result.stderr) == (2, True)
    assert run(verify, tmp_path, "--keys", tmp_path / "none").exit_code == 2


def test_redaction_takes_it_out_for_good_and_the_chain_holds(calls: Path):
    path = calls / "a.jsonl"
    seal = json.loads(lines(path)[-1])["hash"]
    assert run(redact, path).stdout.strip() == f"{path}: 3 taken out, 0 left"
    data = path.read_bytes()
    assert not any(words in data for words in (b"Camille", b"noon", b"silent"))
    assert json.loads(lines(path)[-1])["hash"] == seal
    checked = check_folder(calls, Trust())
    assert checked.findings == ()
    first = checked.calls[0]
    assert (first.state, first.redacted, first.proven) == ("intact", 3, True)
    assert path.stat().st_mode & 0o777 == 0o600
    assert not list(calls.glob(".*"))


def test_only_what_is_named_is_taken_out(calls: Path):
    run(redact, calls / "a.jsonl", "--only", "name")
    data = (calls / "a.jsonl").read_bytes()
    assert b"Camille" not in data and b"noon" in data


def test_calls_older_than_so_many_days_are_redacted(folder: Path, calls: Path):
    now = datetime.now().astimezone()
    young = tuple(replace(e, at=now.isoformat(timespec="seconds")) for e in events("young"))
    record(folder, calls / "young.jsonl", young)
    assert len(run(redact, calls, "--older-than", "90d", "--dry-run").stdout.splitlines()) == 3
    assert run(redact, calls, "--older-than", "90d").exit_code == 0
    assert [c.redacted for c in check_folder(calls, FAST).calls] == [3, 3, 3, 0]
    assert run(redact, calls, "--older-than", "soon").exit_code == 2
    assert run(redact).exit_code == 2


def test_a_call_under_way_or_altered_is_not_redacted(folder: Path, calls: Path):
    writer = Writer.create(calls / "w.jsonl")
    writer.append(events("w")[0], {})
    assert run(redact, calls / "w.jsonl").exit_code == 1
    writer.close()
    by_hand(calls / "a.jsonl")
    before = (calls / "a.jsonl").read_bytes()
    assert run(redact, calls / "a.jsonl").exit_code == 1
    assert (calls / "a.jsonl").read_bytes() == before


def test_a_link_is_not_redacted_for_what_it_leads_to_would_stay_as_it_was(calls: Path, tmp_path: Path):
    elsewhere = (calls / "a.jsonl").rename(tmp_path / "a.jsonl")
    before = elsewhere.read_bytes()
    (calls / "a.jsonl").symlink_to(elsewhere)
    result = run(redact, calls / "a.jsonl")
    assert (result.exit_code, "a.jsonl: not redacted: is a link" in result.stderr) == (1, True)
    assert (calls / "a.jsonl").is_symlink() and elsewhere.read_bytes() == before


def test_a_file_that_is_no_transcript_at_all_is_named_in_a_few_lines(calls: Path):
    (calls / "a.jsonl").write_text("root:x:0:0\n" * 500)
    checked = check_folder(calls, FAST).calls[0]
    assert checked.state == "altered"
    assert [f.code for f in checked.findings] == ["V101", "V104", "V112", "V101", "V101", "V101"]
    assert "497 lines more cannot be read" in checked.findings[-1].message
    assert "no line of it is one of a transcript" in checked.findings[2].message


def test_of_a_call_that_is_too_large_to_look_at_nothing_else_is_claimed(calls: Path):
    (calls / "a.jsonl").write_bytes(b"".join(lines(calls / "a.jsonl")) + b"x" * 2_000_000 + b"\n")
    assert found(calls) == ["a: V114"]


def test_a_held_call_that_was_redacted_goes_on_and_is_intact(folder: Path, tmp_path: Path):
    kb = load(folder, "acme-one").knowledge
    assert kb is not None
    happened = events("a", revision=kb.revision)
    path = record(folder, tmp_path / "calls" / "a.jsonl", happened[:5])
    redacted(path)
    writer, recording = Writer.resume(path, Keeping(knowledge=folder))
    call = open_call(kb, happened[0])  # type: ignore[arg-type]
    for event in recording.events[1:]:
        call = after(call, event)
    with writer:
        writer.append(happened[5], trace(kb, happened)[-1])
    assert found(path.parent, Trust()) == []


def test_export_as_json_has_everything(calls: Path):
    result = run(export, "a", "--transcripts", calls)
    data = json.loads(result.stdout)
    assert result.exit_code == 0
    assert data["events"][2]["value"] == "Camille Exemple"
    assert (data["check"]["state"], data["check"]["trace"]) == ("intact", True)
    assert len(data["trace"]) == 6


def test_export_without_what_is_personal(calls: Path):
    for form in ("--json", "--html"):
        out = run(export, "a", "--transcripts", calls, form, "--without-personal").stdout
        assert "Camille" not in out and "noon" not in out and "went silent" not in out
        assert "[redacted]" in out


def test_the_page_stands_alone_and_escapes_whatever_was_recorded(folder: Path, tmp_path: Path):
    nasty = '<script>alert("x")</script>\x1b[31m & <img src=http://x>'
    kb = load(folder, "acme-one").knowledge
    assert kb is not None
    plain = events("a", revision=kb.revision)
    happened = (
        replace(plain[0], operator=nasty),
        replace(plain[1], words=nasty),
        Identified(plain[2].at, "name", nasty),
        Noted(plain[4].at, nasty),
        replace(plain[5], disposition=nasty),
    )
    path = record(folder, tmp_path / "calls" / "a.jsonl", happened)
    page = run(export, path, "--html").stdout
    assert "<script" not in page and "<img" not in page and "\x1b" not in page
    assert page.count("&lt;script&gt;") == 5
    assert "default-src" in page and "Does it fail to ring?" in page
    assert "Sonnerie" in run(export, path, "--html", "--lang", "fr").stdout


def test_the_page_of_an_altered_call_says_so(calls: Path):
    by_hand(calls / "a.jsonl")
    result = run(export, "a", "--transcripts", calls, "--html")
    assert result.exit_code == 1
    assert "NOT INTACT" in result.stdout and "V101" in result.stdout


def test_an_export_is_for_its_owners_eyes(calls: Path, tmp_path: Path):
    run(export, "a", "--transcripts", calls, "--html", "-o", tmp_path / "page.html")
    assert (tmp_path / "page.html").stat().st_mode & 0o777 == 0o600


def test_also_where_another_file_stood_that_everybody_could_read(calls: Path, tmp_path: Path):
    (tmp_path / "page.html").write_text("old")
    (tmp_path / "page.html").chmod(0o644)
    assert run(export, "a", "--transcripts", calls, "-o", tmp_path / "page.html").exit_code == 0
    assert (tmp_path / "page.html").stat().st_mode & 0o777 == 0o600
    assert json.loads((tmp_path / "page.html").read_text())["check"]["state"] == "intact"


def test_a_copy_of_a_call_under_another_name_shows(calls: Path):
    shutil.copy(calls / "a.jsonl", calls / "z.jsonl")
    assert found(calls) == ["z: V204"]
    assert "called a.jsonl in the index" in run(verify, calls, "--no-trace").stdout


@pytest.mark.parametrize("name", ["../calls/a.jsonl", "nobody", "", "*", "../../etc/passwd\0"])
def test_a_name_never_leads_out_of_the_folder(name: str, calls: Path):
    inside = calls / "inside"
    inside.mkdir()
    result = run(export, name, "--transcripts", inside)
    assert (result.exit_code, result.stdout) == (2, "")


def test_key_new_show_and_trust(tmp_path: Path):
    assert run(key, "show").exit_code == 1
    made = run(key, "new", "--name", "desk 7")
    public = made.stdout.split()[0]
    assert run(key, "new").exit_code == 2
    assert keys.known_keys() == {public: "desk 7"}
    data = json.loads(run(key, "show", "--json").stdout)
    assert data["public"] == public
    assert run(key, "trust", "a" * 64, "other").exit_code == 0
    assert run(key, "trust", "xyz", "other").exit_code == 2
    assert "private" not in made.stdout + made.stderr + run(key, "show").stdout


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable to root")
def test_a_transcript_that_cannot_be_read_is_one_finding(calls: Path):
    (calls / "a.jsonl").chmod(0)
    assert "a: V208" in found(calls)

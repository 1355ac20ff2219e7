"""Hostile input: whatever is in a file, a name or a note, it harms nobody."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diagnose.cli.replay import replay as replay_command
from diagnose.cli.verify import verify
from diagnose.consultation.events import (
    Answered,
    Closed,
    HandedOver,
    Held,
    Identified,
    Noted,
    Opened,
    Overruled,
    Resumed,
    Tried,
    to_json,
)
from diagnose.knowledge.catalogue import Loaded, find, handsets, load
from diagnose.knowledge.model import KnowledgeBase, Promise, Text
from diagnose.record import kept
from diagnose.record.chain import canonical
from diagnose.record.reading import MAX_LINE, MOST_LINES, read, recording
from diagnose.record.replay import replay
from diagnose.record.transcript import Keeping, Writer, path_for, unfinished
from diagnose.record.verify import Trust, check_bytes, check_file, check_folder
from diagnose.terminal.plain import converse
from tests.record.folder import write_folder
from tests.reliability.hostile import (
    CONTROL,
    NASTY,
    TRACE,
    calls,
    chained_bytes,
    folds,
    loads,
    names,
    survives,
    values,
)
from tests.terminal.position import position, telephone

AT = "1998-03-02T10:15:00+01:00"
OPENED = Opened(AT, "a", "acme-one", "desk", "r", "p")
SHORT = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def kb(root: Path) -> KnowledgeBase:
    known = load(root, "acme-one").knowledge
    assert known is not None
    return known


@pytest.fixture(scope="module")
def whole(root: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A transcript as it should be."""
    path = tmp_path_factory.mktemp("calls") / "a.jsonl"
    with Writer.create(path, Keeping(key=lambda: None)) as writer:
        for event in (OPENED, Answered(AT, "no_ring", "yes", True, "mute"), Noted(AT, "x"), Closed(AT)):
            writer.append(event, TRACE)
    return path.read_bytes()


@SHORT
@given(calls())
def test_any_events_at_all_are_a_call_or_are_refused(kb: KnowledgeBase, some: list):
    folds(kb, some)


@SHORT
@given(calls(), values)
def test_a_transcript_of_any_events_is_shown_and_exported_harmlessly(
    kb: KnowledgeBase, root: Path, some: list, value: object
):
    lines = [{"event": to_json(e), "trace": {**TRACE, "alerts": value, "verdict": value}} for e in some]
    lines[-1]["trace"] = {"faults": value, "next": value, "verdict": {"kind": NASTY, "promise": value}}
    survives(Path("a.jsonl"), chained_bytes(lines), root, kb)


@SHORT
@given(
    st.lists(
        st.dictionaries(st.sampled_from(["event", "trace", "mark", "seal", "head", "personal", "x"]), values)
    )
)
def test_lines_of_anything_with_right_hashes_harm_nobody(kb: KnowledgeBase, root: Path, some: list):
    survives(Path("a.jsonl"), chained_bytes([{"event": to_json(OPENED), "trace": {}}, *some]), root, kb)


@SHORT
@given(st.integers(min_value=0), st.integers(min_value=0), st.binary(max_size=40))
def test_a_transcript_with_bytes_replaced_harms_nobody(
    kb: KnowledgeBase, root: Path, whole: bytes, at: int, length: int, new: bytes
):
    at %= len(whole)
    survives(Path("a.jsonl"), whole[:at] + new + whole[at + length % 200 :], root, kb)


@pytest.mark.parametrize("depth", [30, 100, 300, 900, 990, 2_000, 100_000])
def test_brackets_however_deep_are_no_transcript(depth: int, kb: KnowledgeBase, root: Path, whole: bytes):
    first = whole.split(b"\n")[0]
    deep = first.replace(b'"trace":{', b'"trace":{"deep":' + b"[" * depth + b"]" * depth + b",")
    survives(Path("a.jsonl"), deep + b"\n", root, kb)


@pytest.mark.parametrize(
    "line",
    [
        b'{"n":1e999,"event":{},"trace":{}}', b'{"n":NaN,"seal":{}}', b'{"n":2,"mark":{"mark":[]},"hash":7,"before":{}}',
        b'{"n":2,"seal":{"key":{},"events":[]},"hash":[],"signature":{}}', b'{"n":2,"event":[],"trace":[]}',
        b'{"n":2,"event":{"event":{}},"trace":{}}', b'{"n":2,"event":{"event":"noted","at":"x","text":{"commitment":{}}},'
        b'"trace":{},"personal":{"text":{"salt":[],"value":{}}}}', b'{"n":' + b"9" * 5_000 + b"}", b"\xff\xfe", b"\x00" * 99,
    ],
    ids=range(10),
)  # fmt: skip
def test_lines_made_on_purpose_harm_nobody(line: bytes, kb: KnowledgeBase, root: Path, whole: bytes):
    survives(Path("a.jsonl"), whole.split(b"\n")[0] + b"\n" + line + b"\n", root, kb)


@SHORT
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["n", "before", "hash", "file", "sealed", "key", "signature", "at"]), values
        ),
        max_size=6,
    ),
    st.binary(max_size=100),
    st.binary(max_size=20),
)
def test_a_call_is_sealed_and_entered_whatever_the_index_holds(
    tmp_path_factory: pytest.TempPathFactory, some: list, other: bytes, end: bytes
):
    calls = tmp_path_factory.mktemp("calls")
    (calls / "index").mkdir()
    (calls / "index" / "1998-03-02.jsonl").write_bytes(b"".join(canonical(line) + b"\n" for line in some))
    (calls / "index" / "1998-03-01.jsonl").write_bytes(other)
    (calls / "index" / "lock").write_bytes(end)
    with Writer.create(calls / "a.jsonl", Keeping(key=lambda: None)) as writer:
        writer.append(OPENED, TRACE)
        writer.append(Closed(AT), TRACE)
        assert writer.warnings == []
    checked = check_folder(calls, Trust(derive=False))
    assert [c.state for c in checked.calls] == ["intact"]


def note(n: int) -> dict:
    return {"event": to_json(Noted(AT, f"{n}")), "trace": {}}


def test_a_huge_number_of_events_is_not_replayed(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(chained_bytes([{"event": to_json(OPENED), "trace": {}}, *map(note, range(20_000))]))
    recording = read(path)
    assert recording.problems[0].code == "T110"
    assert len(recording.events) <= MOST_LINES + 20
    assert [f.code for f in check_file(path, Trust(derive=False)).findings] == ["V114"]


def test_a_giant_line_is_not_read(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    first = chained_bytes([{"event": to_json(OPENED), "trace": {}}])
    path.write_bytes(first + b'{"n":2,"x":"' + b"x" * (2 * MAX_LINE) + b'"}\n')
    assert [p.code for p in read(path).problems] == ["T110"]
    assert [f.code for f in check_file(path, Trust(derive=False)).findings] == ["V114"]


def test_a_file_without_end_is_read_to_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for module in ("reading", "checking"):
        monkeypatch.setattr(f"diagnose.record.{module}.MAX_BYTES", 100_000)
    endless = tmp_path / "a.jsonl"
    with endless.open("wb") as file:
        file.truncate(1 << 40)
    assert "T110" in [p.code for p in read(endless).problems]
    assert [f.code for f in check_file(endless, Trust(derive=False)).findings] == ["V114"]


def test_a_folder_of_devices_pipes_and_links_has_no_transcripts(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.jsonl")
    (tmp_path / "zero.jsonl").symlink_to("/dev/zero")
    (tmp_path / "gone.jsonl").symlink_to(tmp_path / "nowhere")
    (tmp_path / "folder.jsonl").mkdir()
    assert unfinished(tmp_path) == []
    assert check_folder(tmp_path, Trust()).calls == ()


def test_kept_knowledge_that_unpacks_without_end_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    import gzip

    monkeypatch.setattr(kept, "MAX_BYTES", 20_000)
    with gzip.open(tmp_path / f"{'a' * 64}.json.gz", "wb") as out:
        out.write(b" " * 10_000_000)
    with pytest.raises(kept.NotKept, match="does not fit"):
        kept.kept(tmp_path, "a" * 64)


@pytest.mark.parametrize(
    "name", ["../evil.yaml", "/etc/evil.yaml", "parts/../../evil.yaml", "handsets/.x/../a.yaml"]
)
def test_kept_knowledge_is_not_unpacked_outside_its_folder(name: str, tmp_path: Path):
    import gzip
    from hashlib import sha256

    content = json.dumps({"files": {name: "x"}}).encode()
    address = sha256(content).hexdigest()
    with gzip.open(tmp_path / f"{address}.json.gz", "wb") as out:
        out.write(content)
    with pytest.raises(kept.NotKept, match="no knowledge file"), kept.unpacked(tmp_path, address):
        pass


@SHORT
@given(names, names)
def test_a_transcript_is_in_its_folder_whatever_the_call_is_called(call: str, at: str):
    opened = replace(OPENED, call=call, at=at)
    path = path_for(Path("/calls"), opened)
    assert path.parent == Path("/calls")
    assert set(path.name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "acme-one/../acme-one", "", ".", "a\0b", NASTY]
)
def test_a_handset_or_a_programme_leads_out_of_no_folder(name: str, root: Path):
    assert load(root, name).knowledge is None
    assert load(root, "acme-one", name or "../desk").knowledge is None
    assert find(root, f"{name} nothing like it") == ()


@pytest.mark.parametrize(
    "include", ["../outside.yaml", "/etc/hostname", "parts/../../outside.yaml", "parts/none.yaml"]
)
def test_an_include_leads_out_of_no_folder(include: str, tmp_path: Path):
    root = write_folder(tmp_path)
    (tmp_path / "outside.yaml").write_text("kind: part\n")
    file = root / "handsets" / "acme-one.yaml"
    file.write_text(file.read_text() + f"include: [{include}]\n")
    loaded = load(root, "acme-one")
    assert loaded.knowledge is None
    assert loaded.problems[0].code in ("K207", "K302")


@pytest.mark.parametrize(
    "at", ["9999-12-31T23:59:59-23:59", "9999-12-30T10:00:00", "0001-01-01T00:00:00+23:59"]
)
def test_a_time_for_which_nothing_can_be_promised_harms_nobody(at: str, root: Path):
    known = replace(telephone(), promises={"soon": Promise("soon", Text.of(en="{day}"), days=3)})
    some = [
        replace(OPENED, at=at),
        Answered(at, "no_ring", "yes"),
        Answered(at, "mute_icon", "no"),
        Closed(at),
    ]
    some[1:1] = [Answered(at, s, "unknown") for s in known.symptoms if s not in ("no_ring", "mute_icon")]
    data = chained_bytes([{"event": to_json(e), "trace": {}} for e in some])
    whole, _ = recording(Path("a.jsonl"), data)
    replay(root, whole, lambda *_: Loaded(known))
    trust = Trust(root=root, bases={(str(root), "acme-one", "desk"): known})
    assert {f.code for f in check_bytes(Path("a.jsonl"), data, trust).findings} >= {"V110"}


BOMB = "a: &a [x,x]\n" + "\n".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)},*{chr(97 + n)}]" for n in range(20)
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("kind: !!python/object/apply:os.system [echo]\n", "K108"),
        ("kind: !<tag:yaml.org,2002:python/name:os.system> x\n", "K108"),
        (BOMB, "K109"),
        ("kind: " + "[" * 100_000, "K105"),
        ("{" * 60 + "}" * 60, "K105"),
        ("x" * 50_000_000, "K104"),
        ("kind: handset\n" + "# much\n" * 8_000_000, "K104"),
        ("kind: handset\nname: \x1b[31m\n", "K103"),
        ("<<: {kind: handset}\n", "K110"),
        ("kind: handset\nkind: handset\n", "K107"),
    ],
    ids=["tag", "verbatim tag", "aliases", "deep", "deep flow", "50 MB", "56 MB", "escape", "merge", "twice"],
)
def test_yaml_that_means_harm_is_a_problem_with_a_code(text: str, code: str, tmp_path: Path):
    root = write_folder(tmp_path)
    (root / "handsets" / "acme-one.yaml").write_text(text)
    loaded = load(root, "acme-one")
    assert not loaded.fine
    assert code in {p.code for p in loaded.problems}
    assert len(handsets(root)) == 1


FRAGMENTS = [
    "kind: handset\n", "extends: gsm\n", "programmes: [desk]\n", "attributes: {x: 1}\n", "- ", "? ", ": ", "&a ", "*a ",
    "!!str ", "!x ", "{", "}", "[", "]", "'", '"', "|\n", ">\n", "\n", "  ", "#", "%YAML 1.1\n", "---\n", "...\n", "<<: ",
    "symptoms:\n", "  no_ring: {seconds: 1e9}\n", "change:\n", "remove: {symptoms: [no_ring]}\n", "null", "1:30", "0x1f",
    "rules:\n  r: {when: {no_ring: yes}, then: {forbid: [exchange]}}\n", "\u2028", "é", "\U0001f4f1", "\ufeff", "\t",
]  # fmt: skip


@SHORT
@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=5), max_size=40))
def test_any_yaml_is_loaded_or_its_problems_are_said(root: Path, some: list[str]):
    for file in ("handsets/acme-one.yaml", "words.yaml"):
        loads(root, file, "".join(some).encode("utf-8", "surrogatepass"))


def lines_typed() -> Iterator[str]:
    yield ""
    yield f"m {NASTY}"
    yield f"i name {NASTY}"
    yield f"name {NASTY}"
    yield f"/{NASTY}"
    yield NASTY
    yield "h"
    yield "q"
    yield "2"


def test_what_is_typed_reaches_the_terminal_without_its_escapes():
    terminal, out = position("en", complaint=True), StringIO()
    converse(terminal, StringIO("\n".join(lines_typed()) + "\n"), out)
    assert not CONTROL.search(out.getvalue())


@pytest.fixture
def nasty(root: Path, tmp_path: Path) -> Path:
    """A sealed call whose every free text is hostile."""
    path = tmp_path / "calls" / "a.jsonl"
    opened = replace(OPENED, operator=NASTY, desk=NASTY, product=NASTY, revision=NASTY)
    with Writer.create(path, Keeping(knowledge=root)) as writer:
        for event in (
            opened,
            Answered(AT, "no_ring", "yes", True, NASTY),
            Tried(AT, NASTY, "cured"),
            Noted(AT, NASTY),
            Identified(AT, NASTY, NASTY),
            Held(AT, NASTY),
            Resumed(AT, NASTY),
            HandedOver(AT, NASTY, NASTY),
            Overruled(AT, NASTY, NASTY, NASTY),
            Closed(AT, NASTY),
        ):
            writer.append(event, {**TRACE, "alerts": [NASTY], "verdict": {"kind": NASTY, "remedy": NASTY}})
    return path


@pytest.mark.parametrize("command", [replay_command, verify])
def test_what_was_recorded_reaches_the_terminal_without_its_escapes(
    command: object, nasty: Path, root: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DIAGNOSE_KNOWLEDGE", str(root))
    result = CliRunner().invoke(command, [str(nasty)], catch_exceptions=False)  # type: ignore[arg-type]
    assert result.exit_code == 1
    assert not CONTROL.search(result.output)


def test_nor_does_the_name_of_a_file(nasty: Path):
    path = nasty.rename(nasty.with_name(f"{NASTY.replace('/', '')}.jsonl"))
    result = CliRunner().invoke(verify, [str(path)], catch_exceptions=False)
    assert result.exit_code == 1
    assert not CONTROL.search(result.output)

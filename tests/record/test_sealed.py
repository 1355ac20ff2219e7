"""Sealed transcripts: the chain, the seal, the signature, the kept knowledge, the day's index."""

from __future__ import annotations

import errno
import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from diagnose.consultation.events import (
    Abandoned,
    Answered,
    Closed,
    Event,
    HandedOver,
    Held,
    Identified,
    Noted,
    Opened,
    Overruled,
    Resumed,
)
from diagnose.knowledge.catalogue import load
from diagnose.record import index, kept, keys
from diagnose.record.chain import canonical, hash_of, plain
from diagnose.record.mend import mend
from diagnose.record.personal import REDACTED
from diagnose.record.transcript import AlreadyOpen, CannotRecord, Keeping, TakenOver, Writer, read
from diagnose.record.verify import Trust, check_folder
from tests.record.folder import edit

AT = "1998-03-02T10:15:00+01:00"
OPENED = Opened(AT, "k7m29xqd", "acme-one", "desk", "r1", "0.1.0", language="fr")
RINGS = Answered(AT, "no_ring", "yes", volunteered=True, words="elle reste muette")
CALL: tuple[Event, ...] = (OPENED, RINGS, Noted(AT, "calls from the car"), Closed(AT, "advice/unmute"))
QUIET = Keeping(key=lambda: None)


def written(path: Path, events: tuple[Event, ...] = CALL, keeping: Keeping = QUIET) -> Path:
    with Writer.create(path, keeping) as writer:
        for event in events:
            writer.append(event, {"event": type(event).__name__})
    return path


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_each_line_holds_the_hash_of_the_line_before_and_its_own(tmp_path: Path):
    before = "0" * 64
    for n, line in enumerate(lines(written(tmp_path / "a.jsonl")), 1):
        assert (line["n"], line["before"], line["hash"]) == (n, before, hash_of(line))
        before = line["hash"]


def test_a_line_is_the_canonical_form_of_what_it_says(tmp_path: Path):
    for raw in written(tmp_path / "a.jsonl").read_bytes().splitlines():
        assert canonical(json.loads(raw)) == raw


def test_the_head_names_product_revision_clock_and_language(tmp_path: Path):
    head = read(written(tmp_path / "a.jsonl")).head
    assert head is not None
    assert head["product"].startswith("diagnose ")
    assert (head["revision"], head["clock"], head["language"], head["format"]) == ("r1", AT, "fr", 1)


@pytest.mark.parametrize("end", [Closed(AT), Abandoned(AT, "hung up")])
def test_the_last_event_seals_the_call_and_nothing_can_follow(end: Event, tmp_path: Path):
    path = tmp_path / "a.jsonl"
    with Writer.create(path, QUIET) as writer:
        writer.append(OPENED, {})
        assert read(path).seal is None
        writer.append(end, {})
        seal = read(path).seal
        assert seal is not None and (seal["seal"]["call"], seal["seal"]["events"]) == ("k7m29xqd", 2)
        with pytest.raises(CannotRecord, match="sealed"):
            writer.append(Noted(AT, "late"), {})


def test_words_of_two_surrogate_halves_come_back_as_the_character(tmp_path: Path):
    path = written(tmp_path / "a.jsonl", (OPENED, replace(RINGS, words="\ud83d\ude00 \ud800"), Closed(AT)))
    recording = read(path)
    assert recording.problems == ()
    assert recording.events[1] == replace(RINGS, words="\U0001f600 \ud800")
    assert plain({"a": "\ud83d\ude00"}) == {"a": "\U0001f600"}


def test_a_signature_is_that_of_the_desks_key(tmp_path: Path):
    key = keys.new_key(keys.key_path())
    path = written(tmp_path / "calls" / "a.jsonl", keeping=Keeping())
    seal = read(path).seal
    assert seal is not None and seal["seal"]["key"] == key.public
    assert keys.signed_by(key.public, seal["signature"], "seal", seal["hash"])
    assert not keys.signed_by(key.public, seal["signature"], "index", seal["hash"])
    assert not keys.signed_by("0" * 64, seal["signature"], "seal", seal["hash"])
    assert stat.S_IMODE(keys.key_path().stat().st_mode) == 0o600
    assert key.private not in repr(key)


def test_a_key_is_never_overwritten_and_a_broken_one_stops_the_call_at_its_beginning(tmp_path: Path):
    keys.new_key(keys.key_path())
    with pytest.raises(FileExistsError):
        keys.new_key(keys.key_path())
    keys.key_path().write_text("nonsense")
    with pytest.raises(CannotRecord, match="diagnose key new"):
        Writer.create(tmp_path / "a.jsonl")
    assert not (tmp_path / "a.jsonl").exists()


def test_a_key_that_cannot_be_written_whole_is_not_there_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Half of one would stop every call; the next attempt must find the place free."""

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = tmp_path / "keys" / "desk.key"
    known = tmp_path / "known"
    keys.trust("a" * 64, "one", known)
    with monkeypatch.context() as disk:
        disk.setattr(os, "write", full)
        with pytest.raises(OSError, match="No space") as raised:
            keys.new_key(path)
        assert raised.value.filename == str(path)
        with pytest.raises(OSError, match="No space"):
            keys.trust("b" * 64, "two", known)
    assert list(path.parent.iterdir()) == []
    assert keys.desk_key(path) is None and keys.known_keys(known) == {"a" * 64: "one"}
    assert keys.new_key(path) == keys.desk_key(path)


def test_known_keys_are_read_leniently_and_added_once(tmp_path: Path):
    file = tmp_path / "known"
    file.write_text("# a remark\n" + "a" * 64 + " one")
    keys.trust("b" * 64, "two\nthree", file)
    keys.trust("b" * 64, "again", file)
    assert keys.known_keys(file) == {"a" * 64: "one", "b" * 64: "two three"}
    with pytest.raises(ValueError, match="64"):
        keys.trust("B" * 64, "x", file)


def test_what_is_personal_stands_beside_the_line_and_not_in_it(tmp_path: Path):
    events: tuple[Event, ...] = (
        OPENED,
        RINGS,
        Noted(AT, "SECRET note"),
        Identified(AT, "name", "SECRET name"),
        Held(AT, "SECRET hold"),
        Resumed(AT),
        HandedOver(AT, "desk-2", "SECRET passing"),
        Resumed(AT),
        Overruled(AT, "advice", "", "SECRET reason"),
        Abandoned(AT, "SECRET end"),
    )
    path = written(tmp_path / "a.jsonl", events)
    assert read(path).events == events
    for line in lines(path):
        line.pop("personal", None)
        assert "SECRET" not in json.dumps(line) and "muette" not in json.dumps(line)


def test_equal_values_have_unequal_commitments(tmp_path: Path):
    same = (OPENED, Noted(AT, "x"), Noted(AT, "x"), Closed(AT))
    found = [line["event"]["text"]["commitment"] for line in lines(written(tmp_path / "a.jsonl", same))[1:3]]
    assert len(set(found)) == 2


def test_what_is_left_out_from_the_start_is_never_written_but_committed_to(tmp_path: Path):
    path = written(tmp_path / "a.jsonl", CALL[:3], replace(QUIET, personal=False))
    assert b"car" not in path.read_bytes() and b"muette" not in path.read_bytes()
    writer, recording = Writer.resume(path, QUIET)
    with writer:
        writer.append(Noted(AT, "and again"), {})
    assert recording.redacted == 2
    assert b"again" not in path.read_bytes()
    assert read(path).events[-1] == Noted(AT, REDACTED)


def test_knowledge_is_kept_once_by_what_it_says(folder: Path, tmp_path: Path):
    store = tmp_path / "store"
    first = kept.keep(store, folder)
    assert kept.keep(store, folder) == first
    assert len(list(store.iterdir())) == 1
    assert kept.kept(store, first) == kept.texts(folder)
    edit(folder, "families/gsm.yaml", "per_1000: 50", "per_1000: 51")
    assert kept.keep(store, folder) != first
    assert len(list(store.iterdir())) == 2
    with kept.unpacked(store, first) as copy:
        assert "per_1000: 50\n" in (copy / "families" / "gsm.yaml").read_text("utf-8")


def test_of_the_handsets_only_those_are_kept_on_which_the_knowledge_hung(folder: Path, tmp_path: Path):
    (folder / "handsets" / "another.yaml").write_text("kind: handset\n", "utf-8")
    kb = load(folder, "acme-one").knowledge
    assert kb is not None
    address = kept.keep(tmp_path, folder, kb.sources)
    handsets = [name for name in kept.kept(tmp_path, address) if name.startswith("handsets/")]
    assert handsets == ["handsets/acme-one.yaml"]
    with kept.unpacked(tmp_path, address) as copy:
        again = load(copy, "acme-one").knowledge
    assert again is not None and again.revision == kb.revision


@pytest.mark.parametrize("address", ["", "../../etc/passwd", "0" * 64, None, 7, "G" * 64])
def test_an_address_that_is_none_leads_nowhere(address: object, tmp_path: Path):
    with pytest.raises(kept.NotKept):
        kept.kept(tmp_path, address)


def test_every_change_of_the_kept_knowledge_is_found(folder: Path, tmp_path: Path):
    address = kept.keep(tmp_path / "store", folder)
    (file,) = (tmp_path / "store").iterdir()
    whole = file.read_bytes()
    for cut in (0, 5, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:cut])
        with pytest.raises(kept.NotKept):
            kept.kept(tmp_path / "store", address)


def test_the_index_of_the_day_chains_the_sealed_calls_and_the_days(tmp_path: Path):
    for name, at in (("a", "1998-03-02"), ("b", "1998-03-02"), ("c", "1998-03-03")):
        written(tmp_path / f"{name}.jsonl", (replace(OPENED, call=name), Closed(f"{at}T10:00:00+01:00")))
    first, second = index.days(tmp_path)
    entries = sorted((*lines(first), *lines(second)), key=lambda e: e["call"])
    assert [entry["call"] for entry in entries] == ["a", "a", "b", "b", "c", "c"]
    assert [("line" if "line" in entry else "sealed") for entry in entries] == ["line", "sealed"] * 3
    assert len(lines(first)) == 5  # the last call was opened on the first day
    assert [e["before"] for e in entries] == ["0" * 64, *(e["hash"] for e in entries[:-1])]


def test_the_chain_of_the_index_goes_on_where_it_ended_whatever_the_clock_says(tmp_path: Path):
    """Also after the lock file was lost, or names a line that never came to the disk."""
    lock = tmp_path / "index" / "lock"
    hashes = []
    for n, (day, said) in enumerate(
        (
            ("1998-03-02", None),
            ("1997-01-01", None),
            ("1998-03-02", ""),
            ("1999-01-01", f"1999-01-01 {'0' * 64}\n"),
        )
    ):
        if said is not None:
            lock.write_text(said)
        at = f"{day}T10:00:00+01:00"
        written(tmp_path / f"{n}.jsonl", (replace(OPENED, call=str(n), at=at), Closed(at)))
        opening, seal = (e for p in index.days(tmp_path) for e in lines(p) if e["call"] == str(n))
        assert opening["before"] == (hashes[-1] if hashes else "0" * 64)
        assert seal["before"] == opening["hash"]
        hashes.append(seal["hash"])
    checked = check_folder(tmp_path, Trust(derive=False))
    assert (checked.findings, checked.end) == ((), hashes[-1])


def test_half_a_line_in_the_index_is_cut_off_by_the_next_call(tmp_path: Path):
    written(tmp_path / "a.jsonl", (OPENED, Closed(AT)))
    (day,) = index.days(tmp_path)
    with day.open("ab") as file:
        file.write(b'{"n":2,"ca')
    written(tmp_path / "b.jsonl", (replace(OPENED, call="b"), Closed(AT)))
    assert [(line["n"], line["call"]) for line in lines(day)] == list(
        enumerate([OPENED.call] * 2 + ["b"] * 2, 1)
    )


def test_a_call_stands_though_the_index_cannot_be_written_and_mending_enters_it(tmp_path: Path):
    (tmp_path / "index").write_text("in the way")
    with Writer.create(tmp_path / "a.jsonl", QUIET) as writer:
        writer.append(OPENED, {})
        writer.append(Closed(AT), {})
    for warning in writer.warnings:
        assert "not entered in the day's index (a file is in the way" in warning.say("en")
        assert "pas inscrit à l'index du jour (un fichier tient la place" in warning.say("fr")
    at_the_opening, at_the_end = (("verify --mend" in w.say("fr")) for w in writer.warnings)
    assert (at_the_opening, at_the_end) == (False, True)
    (tmp_path / "index").unlink()
    assert mend(tmp_path) == ((tmp_path / "a.jsonl", "entered in the index"),)
    assert mend(tmp_path) == ()
    (day,) = index.days(tmp_path)
    assert lines(day)[0]["late"] is True


def test_a_call_whose_seal_was_lost_with_the_power_is_sealed_by_mending(tmp_path: Path):
    path = written(tmp_path / "a.jsonl")
    whole = path.read_bytes()
    index.days(tmp_path)[0].unlink()
    path.write_bytes(whole[:-30])
    assert [what for _, what in mend(tmp_path)] == ["sealed"]
    assert path.read_bytes() == whole
    assert check_folder(tmp_path, Trust(derive=False)).calls[0].state == "intact"


def test_a_call_that_never_began_leaves_nothing_behind(tmp_path: Path):
    with Writer.create(tmp_path / "a.jsonl", QUIET):
        pass
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_of_a_process_that_was_killed_is_removed_by_mending(tmp_path: Path):
    """Unless somebody has it open, or the index knows that something was in it."""
    (tmp_path / "a.jsonl").touch()
    written(tmp_path / "b.jsonl").write_bytes(b"")
    with Writer.create(tmp_path / "c.jsonl", QUIET) as writer:
        assert mend(tmp_path) == ((tmp_path / "a.jsonl", "removed: nothing was recorded in it"),)
        writer.append(OPENED, {})
    assert sorted(p.name for p in tmp_path.glob("*.jsonl")) == ["b.jsonl", "c.jsonl"]


def test_a_day_that_could_not_be_begun_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with Writer.create(tmp_path / "a.jsonl", QUIET) as writer, monkeypatch.context() as disk:

        def full(file: int, data: bytes) -> int:
            if b"reached" in bytes(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return len(data)

        disk.setattr(os, "write", full)
        writer.append(OPENED, {})
        (warning,) = writer.warnings
    assert "le disque est plein" in warning.say("fr")
    assert index.days(tmp_path) == []


def test_nothing_altered_is_sealed_by_mending(tmp_path: Path):
    path = written(tmp_path / "a.jsonl")
    data = path.read_bytes().replace(b"no_ring", b"no_rang")
    path.write_bytes(b"\n".join(data.split(b"\n")[:-2]) + b"\n")
    before = path.read_bytes()
    mend(tmp_path)
    assert path.read_bytes() == before


def test_a_call_is_taken_over_on_purpose_and_that_is_written_down(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    first = Writer.create(path, QUIET)
    first.append(OPENED, {})
    with pytest.raises(AlreadyOpen):
        Writer.resume(path, QUIET)
    second, recording = Writer.resume(path, replace(QUIET, clock=lambda: "NOW"), take_over=True, by="op-2")
    assert recording.marks == ({"mark": "taken over", "at": "NOW", "by": "op-2"},)
    with pytest.raises(TakenOver, match="taken over"):
        first.append(RINGS, {})
    with pytest.raises(AlreadyOpen):
        Writer.resume(path, QUIET)
    second.append(RINGS, {})
    second.append(Closed(AT), {})
    first.close()
    second.close()
    assert read(path).events == (OPENED, RINGS, Closed(AT))
    assert check_folder(tmp_path, Trust(derive=False)).calls[0].state == "intact"


def test_taking_over_what_nobody_has_open_is_going_on_with_it(tmp_path: Path):
    path = written(tmp_path / "a.jsonl", CALL[:2])
    writer, recording = Writer.resume(path, QUIET, take_over=True)
    writer.close()
    assert recording.marks == ()


def test_a_transcript_that_was_taken_away_is_not_written_into_the_void(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    with Writer.create(path, QUIET) as writer:
        writer.append(OPENED, {})
        path.unlink()
        with pytest.raises(CannotRecord, match="moved or deleted"):
            writer.append(RINGS, {})


def test_an_altered_call_does_not_go_on(tmp_path: Path):
    path = written(tmp_path / "a.jsonl", CALL[:3])
    path.write_bytes(path.read_bytes().replace(b"no_ring", b"no_rang"))
    with pytest.raises(CannotRecord, match="altered"):
        Writer.resume(path, QUIET)


def test_a_call_has_an_end_even_when_it_has_too_many_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("diagnose.record.writing.MOST_LINES", 3)
    path = tmp_path / "a.jsonl"
    with Writer.create(path, QUIET) as writer:
        for event in CALL[:3]:
            writer.append(event, {})
        with pytest.raises(CannotRecord, match="3 lines at most"):
            writer.append(Noted(AT, "x"), {})
        writer.append(Closed(AT), {})
    assert read(path).over


def test_more_at_once_than_a_line_may_hold_is_refused_and_the_call_goes_on(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    with Writer.create(path, QUIET) as writer:
        writer.append(OPENED, {})
        with pytest.raises(CannotRecord, match="in parts"):
            writer.append(Noted(AT, "x" * 2_000_000), {})
        writer.append(Noted(AT, "x"), {})
    assert len(read(path).events) == 2

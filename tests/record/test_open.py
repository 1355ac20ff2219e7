"""A call that is not sealed yet: what the index and the signatures hold of it while it waits."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from diagnose.consultation.events import Closed, Event, HandedOver, Held, Noted, Resumed
from diagnose.record import index, keys
from diagnose.record.chain import canonical
from diagnose.record.transcript import CannotRecord, Keeping, Writer, read, spoken
from diagnose.record.verify import check_folder
from tests.record.test_verify import FAST, events, found, lines, rechained

WAITS = (
    Held("1998-03-02T10:01:00+01:00", "looks for the receipt"),
    HandedOver("1998-03-02T10:01:00+01:00", "b"),
)


def waiting(folder: Path, end: Event | None = WAITS[0]) -> Path:
    """A call of four events that waits; with None, one whose process was killed."""
    path = folder / "calls" / "a.jsonl"
    with Writer.create(path) as writer:
        for event in (*events("a")[:4], *((end,) if end else ())):
            writer.append(event, {})
    return path


def rewritten(path: Path) -> None:
    path.write_bytes(rechained([raw.replace(b'"hazard"', b'"wizard"') for raw in lines(path)]))


def cut(path: Path) -> None:
    path.write_bytes(b"".join(lines(path)[:3]))


@pytest.mark.parametrize("end", WAITS)
@pytest.mark.parametrize(("how", "code"), [(rewritten, "V205"), (cut, "V104")])
def test_a_call_that_waits_cannot_be_changed_or_cut_unseen_though_nobody_signs(
    how: Callable[[Path], None], code: str, end: Event, tmp_path: Path
):
    path = waiting(tmp_path, end)
    assert found(path.parent) == ["a: V113"]
    how(path)
    assert found(path.parent) == ["a: V113", f"a: {code}"] or found(path.parent) == [f"a: {code}", "a: V113"]


@pytest.mark.parametrize("how", [rewritten, cut])
def test_and_nobody_goes_on_with_it(how: Callable[[Path], None], tmp_path: Path):
    path = waiting(tmp_path)
    how(path)
    data = path.read_bytes()
    for take_over in (False, True):
        with pytest.raises(CannotRecord, match="start a new call") as refused:
            Writer.resume(path, take_over=take_over)
        assert "ouvrir un nouvel appel" in spoken(refused.value, "fr")
    assert path.read_bytes() == data


def test_it_goes_on_while_it_is_what_it_was_and_is_held_again(tmp_path: Path):
    path = waiting(tmp_path)
    for n in (5, 7):
        assert len(read(path).events) == n
        writer, _ = Writer.resume(path)
        with writer:
            writer.append(Resumed(WAITS[0].at), {})
            writer.append(WAITS[0], {})
    writer, _ = Writer.resume(path)
    with writer:
        writer.append(Closed(WAITS[0].at), {})
    (checked,) = check_folder(path.parent, FAST).calls
    assert (checked.state, checked.late) == ("intact", False)


def test_one_that_was_thrown_away_and_begun_anew_under_the_same_name_goes_on_and_shows(tmp_path: Path):
    waiting(tmp_path).unlink()
    path = tmp_path / "calls" / "a.jsonl"
    with Writer.create(path) as writer:
        writer.append(replace(events("a")[0], operator="another"), {})
        writer.append(WAITS[0], {})
    Writer.resume(path)[0].close()
    assert "a: V205" in found(path.parent)


@pytest.mark.parametrize("how", [rewritten, cut])
def test_what_is_changed_under_the_hands_of_its_operator_shows(how: Callable[[Path], None], tmp_path: Path):
    """His program goes on from the line that it wrote itself."""
    path = tmp_path / "calls" / "a.jsonl"
    with Writer.create(path) as writer:
        for event in events("a")[:4]:
            writer.append(event, {})
        how(path)
        writer.append(Noted(WAITS[0].at, "nothing noticed"), {})
        writer.append(Closed(WAITS[0].at), {})
    assert check_folder(path.parent, FAST).calls[0].state == "altered"


def test_a_call_that_was_opened_and_is_removed_is_missing(tmp_path: Path):
    waiting(tmp_path, None).unlink()
    assert found(tmp_path / "calls") == ["V203"]


def test_what_was_sealed_after_it_was_changed_while_it_waited_is_not_well(tmp_path: Path):
    """Also where whoever changed it has a program that does not look into the index."""
    path = waiting(tmp_path)
    rewritten(path)
    (day,) = index.days(path.parent)
    whole = day.read_bytes()
    day.unlink()
    writer, _ = Writer.resume(path)
    day.write_bytes(whole)
    with writer:
        writer.append(Closed(WAITS[0].at), {})
    assert "a: V205" in found(path.parent)


def test_a_call_whose_opening_nobody_entered_shows_as_late(tmp_path: Path):
    path = tmp_path / "calls" / "a.jsonl"
    with Writer.create(path) as writer:
        for event in events("a")[:4]:
            writer.append(event, {})
        (path.parent / "index" / "1998-03-02.jsonl").unlink()
        (path.parent / "index" / "lock").unlink()
        writer.append(Closed(WAITS[0].at), {})
    (checked,) = check_folder(path.parent, FAST).calls
    assert (checked.state, checked.late) == ("intact", True)


@pytest.fixture
def key(tmp_path: Path) -> keys.DeskKey:
    return keys.new_key(keys.key_path())


def test_every_line_is_signed_by_the_desks_key_also_that_of_a_taking_over(key: keys.DeskKey, tmp_path: Path):
    path = waiting(tmp_path)
    first, _ = Writer.resume(path)
    second, _ = Writer.resume(path, take_over=True)
    with first, second:
        second.append(Noted(WAITS[0].at, "here now"), {})
        second.append(Closed(WAITS[0].at), {})
    *said, seal = map(json.loads, lines(path))
    assert [keys.signed_by(key.public, s["signature"], "line", s["hash"]) for s in said] == [True] * 8
    assert keys.signed_by(key.public, seal["signature"], "seal", seal["hash"])
    trust = replace(FAST, keys={key.public: "desk 7"})
    assert found(path.parent, trust) == []
    assert check_folder(path.parent, trust).calls[0].signer == "desk 7"


def stripped(path: Path) -> None:
    """The signatures taken away as if there never had been a key."""
    bare = [{k: v for k, v in json.loads(r).items() if k not in ("key", "signature")} for r in lines(path)]
    path.write_bytes(rechained([canonical(line) for line in bare]))


@pytest.mark.parametrize(("how", "code"), [(rewritten, "V107"), (stripped, "V109")])
def test_a_call_that_was_cut_off_by_a_crash_cannot_be_changed_without_the_key(
    how: Callable[[Path], None], code: str, key: keys.DeskKey, tmp_path: Path
):
    path = waiting(tmp_path, None)
    trust = replace(FAST, keys={key.public: "desk 7"})
    assert found(path.parent, trust) == ["a: V113"]
    how(path)
    assert f"a: {code}" in found(path.parent, trust)


def test_signed_lines_are_not_swapped_between_calls_by_their_signatures(key: keys.DeskKey, tmp_path: Path):
    """The signature of one line fits no other."""
    path = waiting(tmp_path, None)
    one, two, *rest = map(json.loads, lines(path))
    two["signature"] = one["signature"]
    path.write_bytes(b"".join(canonical(line) + b"\n" for line in (one, two, *rest)))
    trust = replace(FAST, keys={key.public: "desk 7"})
    assert "a: V107" in found(path.parent, trust)


def test_a_key_that_others_may_read_stops_a_call_at_its_beginning(key: keys.DeskKey, tmp_path: Path):
    keys.key_path().chmod(0o640)
    with pytest.raises(CannotRecord, match="chmod 600") as refused:
        Writer.create(tmp_path / "calls" / "a.jsonl", Keeping())
    assert "d'autres peuvent lire cette clé" in spoken(refused.value, "fr")

"""The way in: which folder, which handsets, and finding one by part of its name."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diagnose.knowledge import catalogue
from diagnose.knowledge.catalogue import closest, find, full_name, handsets, load, meant, root
from diagnose.knowledge.layers import Shelf
from diagnose.knowledge.model import Place

if TYPE_CHECKING:
    from conftest import Folder


@pytest.fixture
def shop(folder: Folder) -> Folder:
    for id_, brand, name in (
        ("acme-one-plus", "Acme", "One Plus"),
        ("nébula-etoile", "Nébula", "Étoile 85"),
        ("bolt-x13", "Bolt", "X 13"),
    ):
        folder.write(f"handsets/{id_}.yaml", f"kind: handset\nbrand: {brand}\nname: {name}\nextends: gsm\n")
    return folder


def test_the_folder_is_the_one_named_then_the_environment_then_what_is_shipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(catalogue.VARIABLE, str(tmp_path / "env"))
    assert root(tmp_path / "named") == tmp_path / "named"
    assert root() == tmp_path / "env"
    monkeypatch.delenv(catalogue.VARIABLE)
    package = tmp_path / "site" / "diagnose"
    (package / "knowledge").mkdir(parents=True)
    monkeypatch.setattr(catalogue, "__file__", str(package / "knowledge" / "catalogue.py"))
    assert root() == tmp_path / "site" / "knowledge"
    (package / "shipped").mkdir()
    assert root() == package / "shipped"


def test_handsets_are_listed_by_the_heads_of_their_files(folder: Folder) -> None:
    folder.extend("handsets/acme-one.yaml", "symptoms: [this, is, not: read\n")
    (found,) = handsets(folder.root)
    assert (found.id, found.brand, found.name, found.family) == ("acme-one", "Acme", "One", "gsm")
    assert found.programmes == ("first", "second")
    assert found.place == Place("handsets/acme-one.yaml", 1, 1)


def test_a_file_that_cannot_be_read_is_listed_by_its_name(folder: Folder) -> None:
    folder.write("handsets/broken.yaml", "[")
    assert [(h.id, h.brand) for h in handsets(folder.root)] == [("acme-one", "Acme"), ("broken", "")]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("one", "acme-one"),
        ("ACME one", "acme-one"),
        ("acme-one-plus", "acme-one-plus"),
        ("one plus", "acme-one-plus"),
        ("plus acme", "acme-one-plus"),
        ("etoile", "nébula-etoile"),
        ("ÉTOILE 85", "nébula-etoile"),
        ("nebula", "nébula-etoile"),
        ("x13", "bolt-x13"),
        ("toile", "nébula-etoile"),
        ("etiole 85", "nébula-etoile"),
    ],
)
def test_a_handset_is_found_by_part_of_its_name(shop: Folder, words: str, first: str) -> None:
    assert find(shop.root, words)[:1] == (first,)


def test_without_words_every_handset_is_found_and_with_nonsense_none(shop: Folder) -> None:
    assert len(find(shop.root, "")) == 4
    assert find(shop.root, "zzzzzz") == ()


@pytest.mark.parametrize(
    ("words", "fit"),
    [
        ("one", ("acme-one",)),
        ("acme one", ("acme-one",)),
        ("acme", ("acme-one", "acme-one-plus")),
        ("x-13", ("bolt-x13",)),
        ("zzzzzz", ()),
    ],
)
def test_of_what_is_found_the_very_name_is_meant_and_otherwise_all_that_fit_as_well(
    shop: Folder, words: str, fit: tuple[str, ...]
) -> None:
    assert meant(shop.root, words) == fit


def test_a_name_that_begins_with_the_brand_does_not_say_it_twice() -> None:
    assert full_name("Fairphone", "Fairphone 5") == "Fairphone 5"
    assert full_name("Acme", "One") == "Acme One"
    assert full_name("Acme", "Acmeone") == "Acme Acmeone"


def test_the_id_most_like_a_misspelt_one(shop: Folder) -> None:
    assert closest(shop.root, "acme-won") == "acme-one"
    assert closest(shop.root, "acme_one_plus") == "acme-one-plus"
    assert closest(shop.root, "qqqq") is None


def test_a_shelf_for_many_gives_the_same_as_one_for_each(folder: Folder) -> None:
    shelf = Shelf(folder.root)
    for programme in (None, "first", "second"):
        alone = load(folder.root, "acme-one", programme)
        together = load(folder.root, "acme-one", programme, shelf)
        assert alone.problems == together.problems == ()
        assert alone.knowledge == together.knowledge


SPOILT = [
    "",
    "null",
    "5",
    "-1",
    "yes",
    "true",
    "[]",
    "{}",
    "[a]",
    "{a: 1}",
    "{not: 3}",
    "{at_least: 1}",
    "[{a: b}]",
]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_slip_of_an_author_raises(folder: Folder, data: st.DataObject) -> None:
    file = data.draw(
        st.sampled_from(sorted(p.relative_to(folder.root).as_posix() for p in folder.root.rglob("*.yaml")))
    )
    before = (folder.root / file).read_text("utf-8")
    values = list(re.finditer(r"(?<=: )\S.*$|(?<=: )[^,{}\[\]\n]+(?=[,}])", before, re.MULTILINE))
    spot = data.draw(st.sampled_from(values))
    (folder.root / file).write_text(
        before[: spot.start()] + data.draw(st.sampled_from(SPOILT)) + before[spot.end() :], "utf-8"
    )
    loaded = folder.load()
    (folder.root / file).write_text(before, "utf-8")
    assert loaded.knowledge is not None or loaded.problems
    assert all(problem.message and problem.place.line > 0 for problem in loaded.problems)


def test_the_hash_seed_changes_neither_revision_nor_problems(folder: Folder) -> None:
    folder.extend(
        "handsets/acme-one.yaml", "rules: {r: {when: {cut_out: yes, x.y: no}, then: {alert: x, ask: [z]}}}\n"
    )
    script = (
        "import sys; from pathlib import Path; from diagnose.knowledge.catalogue import load;"
        "loaded = load(Path(sys.argv[1]), 'acme-one');"
        "print(loaded.knowledge.revision, loaded.problems)"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script, str(folder.root)],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(catalogue.__file__).parents[2])},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outputs) == 1


SHIPPED = root()


@pytest.mark.parametrize("handset", [h.id for h in handsets(SHIPPED)])
def test_the_shipped_knowledge_can_be_made(handset: str) -> None:
    knowledge = load(SHIPPED, handset).knowledge
    assert knowledge is not None and knowledge.handset.id == handset
    for fault in knowledge.faults.values():
        assert fault.remedy in knowledge.remedies and fault.fault_class in knowledge.classes
        for symptom, shares in fault.shows:
            assert len(shares) == len(knowledge.symptoms[symptom].answers)
            assert sum(shares) == pytest.approx(1)
    for symptom in knowledge.symptoms.values():
        if symptom.answers:
            assert sum(a.background for a in symptom.answers) == pytest.approx(1)

"""The way in: which folder, which handsets, and finding one by part of its name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from diagnose.knowledge import catalogue
from diagnose.knowledge.catalogue import closest, find, handsets, load, root
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

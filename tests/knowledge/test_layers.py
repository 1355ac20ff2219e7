"""Layers: which files are read, and how a family's knowledge becomes a handset's."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from diagnose.knowledge.catalogue import load
from diagnose.knowledge.layers import Shelf
from diagnose.knowledge.model import Place
from diagnose.knowledge.problems import show

if TYPE_CHECKING:
    from conftest import Folder

Write = Callable[[str], "Folder"]
ONE = "handsets/acme-one.yaml"


def test_a_handset_has_what_its_family_and_their_parts_say(folder: Folder) -> None:
    knowledge = folder.good()
    assert list(knowledge.symptoms) == ["cuts_out"]
    assert knowledge.faults["contacts"].origin.place == Place("parts/power.yaml", 11, 3)
    assert knowledge.faults["contacts"].origin.layer == "gsm"
    assert knowledge.handset.lineage == ("gsm",) and knowledge.handset.family == "gsm"
    assert knowledge.programme is not None and knowledge.programme.id == "first"


def test_only_the_files_that_are_needed_are_read(folder: Folder) -> None:
    folder.write("handsets/other.yaml", "kind: [").write("programmes/second.yaml", "{")
    assert folder.good().sources == (
        "words.yaml",
        "parts/power.yaml",
        "families/gsm.yaml",
        "handsets/acme-one.yaml",
        "programmes/first.yaml",
        "retailers/shop.yaml",
    )


def test_families_extend_one_another_root_first_and_the_last_attribute_wins(folder: Folder) -> None:
    folder.write(
        "families/acme.yaml",
        """
        kind: family
        name: {en: Acme, fr: Acme}
        extends: gsm
        attributes: {folds: true, lid: round, bars: null}
        """,
    ).replace(ONE, "extends: gsm", "extends: acme\nattributes: {lid: square}")
    handset = folder.good().handset
    assert handset.lineage == ("gsm", "acme") and handset.family == "acme"
    assert dict(handset.attributes) == {"folds": True, "lid": "square"}


def test_a_family_that_extends_itself_is_told_with_the_whole_ring(folder: Folder) -> None:
    folder.write("families/b.yaml", "kind: family\nname: {en: B, fr: B}\nextends: gsm\n")
    folder.replace("families/gsm.yaml", "source:", "extends: b\nsource:")
    assert folder.the_problem("K303").startswith(
        "families/b.yaml:3:10: K303 a family extends itself: gsm -> b -> gsm"
    )


def test_a_parent_a_part_a_programme_and_a_retailer_that_are_not_there(folder: Folder) -> None:
    folder.replace(ONE, "extends: gsm", "extends: gms").replace(ONE, "[first", "[frist")
    folder.replace("programmes/first.yaml", "[shop]", "[shp]")
    assert [show(p) for p in folder.problems()] == [
        "handsets/acme-one.yaml:4:10: K302 there is no family 'gms'; did you mean 'gsm'?",
        "handsets/acme-one.yaml:6:14: K302 there is no programme 'frist'; did you mean 'first'?",
    ]
    folder.replace(ONE, "extends: gms", "extends: gsm").replace(ONE, "[frist", "[first")
    folder.replace("families/gsm.yaml", "parts/power.yaml", "parts/pwr.yaml")
    assert [show(p) for p in folder.problems()] == [
        "families/gsm.yaml:5:11: K302 there is no part 'parts/pwr.yaml'; did you mean 'parts/power.yaml'?",
        "programmes/first.yaml:5:13: K302 there is no retailer 'shp'; did you mean 'shop'?",
    ]
    assert folder.load().knowledge is None


def test_an_unknown_handset_is_a_problem_too(folder: Folder) -> None:
    loaded = folder.load("acme-won")
    assert loaded.knowledge is None
    assert [show(p) for p in loaded.problems] == [
        "handsets/acme-won.yaml:1:1: K302 there is no handset 'acme-won'; did you mean 'acme-one'?"
    ]
    assert [p.code for p in folder.load("../words").problems] == ["K302"]


def test_a_programme_that_the_handset_does_not_have(folder: Folder) -> None:
    folder.replace(ONE, "[first, second]", "[first]")
    assert [show(p) for p in folder.load(programme="second").problems] == [
        "handsets/acme-one.yaml:6:13: K306 acme-one does not have the programme 'second'; it has first"
    ]
    assert "did you mean 'first'?" in show(folder.load(programme="frst").problems[0])


def test_the_programme_named_is_the_one_used(folder: Folder) -> None:
    programme = folder.good(programme="second").programme
    assert programme is not None and programme.attributes == (("visits", True),)


def test_a_handset_may_have_no_programme(folder: Folder) -> None:
    assert folder.replace(ONE, "programmes: [first, second]\n", "").good().programme is None


def test_a_file_of_another_kind(folder: Folder) -> None:
    folder.replace("families/gsm.yaml", "kind: family", "kind: handset")
    assert folder.the_problem("K301").startswith(
        "families/gsm.yaml:1:7: K301 this is a handset, a family is needed here"
    )


def test_a_kind_that_does_not_exist(folder: Folder) -> None:
    folder.replace("families/gsm.yaml", "kind: family", "kind: familly")
    assert "families/gsm.yaml:1:7: K204 'familly' is not possible here" in folder.the_problem("K204")


def test_a_part_is_put_in_once_however_often_it_is_named(folder: Folder) -> None:
    folder.extend(ONE, "include: [parts/power.yaml, parts/power.yaml]\n")
    assert list(folder.good().faults) == ["contacts"]


def test_parts_may_include_parts_even_in_a_ring(folder: Folder) -> None:
    folder.write("parts/x.yaml", "kind: part\ninclude: [parts/power.yaml]\n")
    folder.replace("parts/power.yaml", "kind: part", "kind: part\ninclude: [parts/x.yaml]")
    assert "parts/x.yaml" in folder.good().sources


def test_a_folder_that_is_not_there(folder: Folder) -> None:
    loaded = load(folder.root / "none", "acme-one")
    assert loaded.knowledge is None
    assert "K101 there is no knowledge folder" in show(loaded.problems[0])


def test_words_that_are_wrong_are_not_blamed_on_those_who_use_them(folder: Folder) -> None:
    folder.replace("words.yaml", "usually: 0.85", "usually: a lot")
    assert folder.the_problem("K203").startswith("words.yaml:2:")
    assert folder.load().knowledge is None


def test_problems_of_several_files_are_told_together_in_their_order(folder: Folder) -> None:
    folder.replace("words.yaml", "kind: words", "kind: words\nx: 1")
    folder.replace("parts/power.yaml", "seconds: 8", "seconds: eight").extend(ONE, "y: 1\n")
    folder.extend("programmes/first.yaml", "z: 1\n")
    assert [str(p.place) for p in folder.problems()] == [
        "handsets/acme-one.yaml:7:1",
        "parts/power.yaml:6:14",
        "programmes/first.yaml:6:1",
        "words.yaml:2:1",
    ]


def test_an_id_that_an_earlier_layer_has_is_refused(part: Write) -> None:
    folder = part(
        """
        charges:
          free: {name: {en: Free, fr: Gratuit}, free: true}
        faults:
          contacts: {name: {en: C, fr: C}, per_1000: 1, class: use, remedy: clean}
        """
    )
    assert folder.the_problem("K304") == (
        "handsets/acme-one.yaml:10:3: K304 'contacts' is in faults already, at parts/power.yaml:11:3;"
        " to replace fields of it, write them under change:"
    )


def test_a_change_replaces_fields_and_remembers_who_changed_them(part: Write) -> None:
    fault = part("change:\n  faults:\n    contacts: {per_1000: 50, also: [swap]}\n").good().faults["contacts"]
    assert (fault.per_1000, fault.also, fault.remedy) == (50, ("swap",), "clean")
    assert fault.origin.layer == "gsm" and fault.origin.place.file == "parts/power.yaml"
    assert fault.origin.changed == (("acme-one", Place(ONE, 9, 5)),)


def test_a_change_of_shows_goes_key_by_key_and_null_takes_one_out(part: Write) -> None:
    folder = part(
        """
        symptoms:
          buzz: {kind: check, seconds: 5, background: rarely, ask: {en: B?, fr: B ?}}
        change:
          faults: {contacts: {shows: {buzz: often}}}
        """
    )
    assert [s for s, _ in folder.good().faults["contacts"].shows] == ["cuts_out", "buzz"]
    folder.replace(ONE, "{buzz: often}", "{cuts_out: null, buzz: often}")
    assert [s for s, _ in folder.good().faults["contacts"].shows] == ["buzz"]


def test_a_change_of_any_takes_the_place_of_when(folder: Folder) -> None:
    folder.extend(
        "parts/power.yaml",
        """
        rules:
          r: {when: {cuts_out: yes}, then: {forbid: [exchange]}}
        """,
    ).extend(ONE, "change: {rules: {r: {any: [{cuts_out: yes}, {cuts_out: no}]}}}\n")
    assert len(folder.good().rules[0].alternatives) == 2


def test_null_in_a_change_takes_an_optional_field_out_but_not_a_needed_one(part: Write) -> None:
    folder = part("change: {remedies: {clean: {try: null}}}\n")
    assert folder.good().remedies["clean"].trial is None
    folder.replace(ONE, "try: null", "euros: null")
    assert [p.code for p in folder.problems()] == ["K209"]


def test_a_change_has_the_shape_of_what_it_changes(part: Write) -> None:
    text = "change: {faults: {contacts: {per_1000: many}}}\n"
    assert part(text).the_problem("K203").startswith("handsets/acme-one.yaml:7:40: K203")


def test_what_is_removed_is_gone_and_so_is_every_reference_to_it(part: Write) -> None:
    knowledge = part("remove: {symptoms: [cuts_out]}\n").good()
    assert not knowledge.symptoms and knowledge.faults["contacts"].shows == ()


def test_what_is_removed_may_be_written_anew(part: Write) -> None:
    folder = part(
        """
        remove: {faults: [contacts]}
        faults:
          contacts: {name: {en: C, fr: C}, per_1000: 1, class: use, remedy: swap}
        """
    )
    assert folder.good().faults["contacts"].origin.place == Place(ONE, 9, 3)


def test_change_remove_and_weights_of_what_nobody_wrote(part: Write) -> None:
    folder = part(
        """
        change: {faults: {contact: {per_1000: 1}}}
        remove: {symptoms: [cut_out]}
        weights: {contcts: 2}
        """
    )
    assert [show(p).split(": ", 1)[1] for p in folder.problems()] == [
        "K305 change: 'contact' is not in faults, no earlier layer wrote it; did you mean 'contacts'?",
        "K305 remove: 'cut_out' is not in symptoms, no earlier layer wrote it; did you mean 'cuts_out'?",
        "K305 weights: 'contcts' is not in faults, no earlier layer wrote it; did you mean 'contacts'?",
    ]


def test_weights_of_several_layers_multiply(folder: Folder) -> None:
    folder.extend("families/gsm.yaml", "weights: {contacts: 2}\n").extend(ONE, "weights: {contacts: 0.5}\n")
    assert folder.good().faults["contacts"].per_1000 == 34
    folder.replace(ONE, "0.5", "1.5")
    assert folder.good().faults["contacts"].per_1000 == 102


def test_costs_of_layers_are_put_together_and_changed_key_by_key(folder: Folder) -> None:
    folder.extend(
        "families/gsm.yaml", "costs: {talk_per_hour: 40, wrong: {visit: 50}, remedies: {swap: 60}}\n"
    )
    folder.extend(
        ONE, "costs: {wrong: {repair: 35}}\nchange: {costs: {remedies: {swap: 70}, talk_per_hour: 30}}\n"
    )
    costs = folder.good().costs
    assert costs.talk_per_hour == 30 and costs.remedies == (("swap", 70),)
    assert costs.wrong == (("repair", 35), ("visit", 50))


def test_a_cost_that_an_earlier_layer_has_is_refused(folder: Folder) -> None:
    folder.extend("families/gsm.yaml", "costs: {wrong: {visit: 50}}\n").extend(
        ONE, "costs: {wrong: {visit: 60}}\n"
    )
    assert folder.the_problem("K304").startswith("handsets/acme-one.yaml:7:17: K304 the cost wrong.visit")


def test_rules_are_numbered_root_first_parts_before_their_file(folder: Folder) -> None:
    rule = "  {}: {{when: {{cuts_out: yes}}, then: {{forbid: [exchange]}}}}\n"
    folder.extend("programmes/first.yaml", "rules:\n" + rule.format("d"))
    folder.extend(ONE, "rules:\n" + rule.format("c"))
    folder.extend("families/gsm.yaml", "rules:\n" + rule.format("b"))
    folder.extend("parts/power.yaml", "rules:\n" + rule.format("a"))
    assert [(r.id, r.number, r.origin.layer) for r in folder.good().rules] == [
        ("a", 0, "gsm"),
        ("b", 1, "gsm"),
        ("c", 2, "acme-one"),
        ("d", 3, "first"),
    ]


def test_one_shelf_reads_a_file_once(folder: Folder) -> None:
    shelf = Shelf(folder.root)
    first = shelf.document("families/gsm.yaml", "family")
    folder.write("families/gsm.yaml", "")
    assert shelf.document("families/gsm.yaml", "family") is first

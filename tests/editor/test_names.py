"""What the words of a file name, and the outline of a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagnose.authoring.checking.typed import words_of
from diagnose.authoring.folder import files_of
from diagnose.editor.names import Names
from diagnose.editor.outline import outline
from diagnose.editor.roles import Name, Role, name, role
from diagnose.knowledge.catalogue import load
from diagnose.knowledge.layers import Shelf

SHIPPED = Path(__file__).parents[2] / "knowledge"
PART = """\
symptoms:
  dull:
    kind: check
    background: rarely
    needs: {cuts_out: yes}
faults:
  board: {class: hardware, remedy: swap, shows: {dull: {yes: often}}}
rules:
  old:
    any: [{bought.months: {at_least: 3}, tried.clean: [not_cured, declined]}, {fault.class: {not: use}}]
    then: {derive: {worn: yes}, forbid: [exchange, swap], ask: [dull]}
change:
  faults: {board: {per_1000: 3}}
remove: {rules: [old]}
attributes: {folds: true}
"""


def test_every_name_is_seen_where_it_stands() -> None:
    found = [(m.key, m.line, m.defines) for m in Names("parts/x.yaml", "part", PART).all]
    assert found == [
        (("symptoms", "dull"), 2, True),
        (("frequencies", "rarely"), 4, False),
        (("symptoms", "cuts_out"), 5, False),
        (("answers", "cuts_out=yes"), 5, False),
        (("faults", "board"), 7, True),
        (("classes", "hardware"), 7, False),
        (("remedies", "swap"), 7, False),
        (("symptoms", "dull"), 7, False),
        (("answers", "dull=yes"), 7, False),
        (("frequencies", "often"), 7, False),
        (("rules", "old"), 9, True),
        (("symptoms", "bought"), 10, False),
        (("remedies", "clean"), 10, False),
        (("answers", "tried.clean=not_cured"), 10, False),
        (("answers", "tried.clean=declined"), 10, False),
        (("classes", "use"), 10, False),
        (("symptoms", "worn"), 11, True),
        (("remedies", "swap"), 11, False),
        (("symptoms", "dull"), 11, False),
        (("faults", "board"), 13, False),
        (("rules", "old"), 14, False),
        (("attributes", "part.folds"), 15, True),
    ]


def test_a_name_is_the_part_of_the_word_that_names() -> None:
    names = Names("parts/x.yaml", "part", PART)
    line = PART.split("\n")[9]
    months, tried = names.at(10, line.index("bought") + 3), names.at(10, line.index("tried.clean") + 8)
    assert months is not None and line[months.column - 1 : months.end - 1] == "bought"
    assert tried is not None and line[tried.column - 1 : tried.end - 1] == "clean"
    assert names.at(10, line.index("fault.class") + 2) is None
    assert names.at(1, 40) is None


@pytest.mark.parametrize(
    ("kind", "path", "key", "expected"),
    [
        ("cases", ("cases", "a", "complaint"), True, Role("symptoms")),
        ("cases", ("cases", "a", "answers", "wet"), False, Role("answers", "wet")),
        ("cases", ("cases", "a", "expect", "not_asked", "[]"), False, Role("symptoms")),
        ("cases", ("cases", "a", "handset"), False, Role("handsets")),
        ("family", ("attributes",), True, Role("attributes", "handset", True)),
        ("words", ("answer_sets", "yes_no"), True, Role("answers of a set", "yes_no", True)),
        ("part", ("always", "a", "outcome", "remedy", "not", "[]"), False, Role("remedies")),
        ("part", ("change", "symptoms", "a", "answers"), True, Role("answers", "a", False)),
        ("part", ("symptoms", "a", "ask", "en"), False, None),
        ("part", ("symptoms", "a", "nonsense", "b"), False, None),
    ],
)
def test_keys_say_what_a_word_names(
    kind: str, path: tuple[str, ...], key: bool, expected: Role | None
) -> None:
    assert role(kind, path, key) == expected


def test_a_verdict_and_the_class_in_front_are_no_names() -> None:
    assert name(Role("outcomes"), "exchange") is None
    assert name(Role("facts"), "fault.class") is None
    assert name(Role("facts"), "programme.months") == Name("attributes", "programme.months", 0, 16)


@pytest.mark.parametrize(("handset", "programme"), [("philips-genie", None), ("fairphone-5", None)])
def test_of_the_shipped_files_every_entry_is_defined_where_loading_found_it(
    handset: str, programme: str | None
) -> None:
    kb = load(SHIPPED, handset, programme).knowledge
    assert kb is not None
    kinds = files_of(SHIPPED, Shelf(SHIPPED))
    seen = {
        (*m.key, m.file, m.line, m.column)
        for file in kb.sources
        for m in Names(file, kinds[file], (SHIPPED / file).read_text("utf-8")).all
        if m.defines
    }
    for section in ("symptoms", "faults", "remedies", "alerts", "channels", "charges", "promises"):
        for id_, entry in getattr(kb, section).items():
            place = entry.origin.place
            assert (section, id_, place.file, place.line, place.column) in seen
    for rule in kb.rules:
        place = rule.origin.place
        assert ("rules", rule.id, place.file, place.line, place.column) in seen


def test_the_outline_has_the_sections_and_their_entries() -> None:
    symbols = outline(words_of(PART))
    assert [(s.name, [c.name for c in s.children]) for s in symbols] == [
        ("symptoms", ["dull"]),
        ("faults", ["board"]),
        ("rules", ["old"]),
        ("change", ["faults"]),
        ("remove", []),
        ("attributes", []),
    ]
    assert [c.name for c in symbols[3].children[0].children] == ["board"]
    assert (symbols[0].line, symbols[0].last) == (1, 5)
    assert outline(()) == ()

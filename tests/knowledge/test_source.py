"""Reading YAML: strict values, exact places, and a problem instead of an exception."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnose.knowledge import source
from diagnose.knowledge.model import Place
from diagnose.knowledge.problems import show
from diagnose.knowledge.source import parse, read


def value(text: str) -> object:
    node, problems = parse(text, "a.yaml")
    assert node is not None and problems == ()
    return plain(node)


def plain(node: source.Node) -> object:
    if isinstance(node.value, dict):
        return {k: plain(v) for k, v in node.value.items()}
    if isinstance(node.value, list):
        return [plain(v) for v in node.value]
    return node.value


def complaints(text: str) -> list[str]:
    return [show(p) for p in parse(text, "a.yaml")[1]]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("0", 0),
        ("1.10", 1.1),
        ("-0.5", -0.5),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("off", "off"),
        ("True", "True"),
        ("NULL", "NULL"),
        ("~", "~"),
        ("1:30", "1:30"),
        ("007", "007"),
        ("1e5", "1e5"),
        ("0x1F", "0x1F"),
        (".inf", ".inf"),
        ("1_000", "1_000"),
        ("2026-11-23", "2026-11-23"),
        ('"12"', "12"),
        ("'true'", "true"),
        ("=", "="),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_a_word_is_text_unless_it_is_true_false_null_or_a_number(written: str, meant: object) -> None:
    found = value(f"key: {written}\n")
    assert found == {"key": meant}
    assert type(found["key"]) is type(meant)  # type: ignore[index]


def test_keys_are_read_as_their_text() -> None:
    assert value("yes: a\n1: b\n1.10: c\nnull: d\n") == {"yes": "a", "1": "b", "1.10": "c", "null": "d"}


def test_every_value_and_every_key_knows_its_line_and_column() -> None:
    node, _ = parse("a:\n  é: [x, {b: 1}]\n", "f/g.yaml")
    assert node is not None
    inner = node.entries["a"]
    assert node.key_place("a") == Place("f/g.yaml", 1, 1)
    assert inner.key_place("é") == Place("f/g.yaml", 2, 3)
    assert inner.entries["é"].place == Place("f/g.yaml", 2, 6)
    assert inner.entries["é"].items[0].place == Place("f/g.yaml", 2, 7)
    assert inner.entries["é"].items[1].entries["b"].place == Place("f/g.yaml", 2, 14)


def test_a_number_keeps_how_it_was_written() -> None:
    node, _ = parse("a: 1.10", "a.yaml")
    assert node is not None and node.entries["a"].text == "1.10"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            "a: 1\nb: 2\na: 3\n",
            "a.yaml:3:1: K107 key 'a' is written twice, first at a.yaml:1:1; keep one of the two",
        ),
        ("a: !!str 1", "a.yaml:1:4: K108 tag 'tag:yaml.org,2002:str' is not used here; take it out"),
        ("a: !python/object:os.system x", "a.yaml:1:4: K108 tag '!python/object:os.system' is not used here"),
        ("a: &x {b: 1}", "a.yaml:1:4: K109 anchor 'x' is not used here; write the text out"),
        ("a: *x", "a.yaml:1:4: K109 alias 'x' is not used here"),
        ("a:\n  <<: {b: 1}", "a.yaml:2:3: K110 merge keys are not used here"),
        ("? [a, b]\n: c", "a.yaml:1:3: K111 a key must be a word"),
        ("'': c", "a.yaml:1:1: K111 a key must be a word"),
        ("b: 1\na: [1, 2", "a.yaml:2:4: K106 not YAML"),
        ("a: b: c", "a.yaml:1:5: K106 not YAML"),
        ("a: 1\n  b: 2", "a.yaml:2:4: K106 not YAML"),
        ("a: 'x", "a.yaml:1:4: K106 not YAML"),
        ("a: x\x07y", "a.yaml:1:5: K103 control character U+0007"),
        ("a: 1\r\nb: x\u2028y", "a.yaml:2:5: K103 control character U+2028"),
        ("a: \ud800", "a.yaml:1:4: K103 control character U+D800"),
        ("", "a.yaml:1:1: K112 nothing in this file"),
        ("# only a comment\n", "a.yaml:1:1: K112 nothing in this file"),
        ("a: 1\n---\nb: 2\n", "a.yaml:2:1: K113 a second document begins here"),
        ("x" * (source.MAX_BYTES + 1), "a.yaml:1:1: K104 larger than 2000000 bytes"),
        ("[" * 60, "a.yaml:1:51: K105 nested more than 50 deep"),
    ],
)
def test_what_is_refused_is_a_problem_at_its_place(text: str, complaint: str) -> None:
    assert [c for c in complaints(text) if c.startswith(complaint)], complaints(text)


def test_fifty_levels_are_still_read() -> None:
    node, problems = parse("[" * 50 + "]" * 50, "a.yaml")
    assert node is not None and problems == ()


def test_of_a_duplicate_the_first_is_kept_and_both_are_named() -> None:
    node, problems = parse("a: 1\na: 2\na: 3\n", "a.yaml")
    assert node is not None and node.entries["a"].value == 1
    assert [p.place.line for p in problems] == [2, 3]


def test_all_refusals_of_a_file_are_told_at_once() -> None:
    text = "a: &x 1\nb: *x\nc: !t 2\n<<: 3\n"
    assert [c.split()[1] for c in complaints(text)] == ["K109", "K109", "K108", "K110"]


def test_a_missing_file_a_folder_and_bad_bytes_are_problems(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes("kind: part\nname: é".encode("latin-1"))
    (tmp_path / "folder.yaml").mkdir()
    codes = {
        f: show(read(tmp_path, f)[1][0]) for f in ("none.yaml", "folder.yaml", "latin.yaml", "nul\0.yaml")
    }
    assert codes["none.yaml"].startswith("none.yaml:1:1: K101 cannot be read: No such file")
    assert codes["folder.yaml"].startswith("folder.yaml:1:1: K101 cannot be read")
    assert codes["latin.yaml"] == "latin.yaml:2:7: K102 not UTF-8; save the file as UTF-8"
    assert "K101" in codes["nul\0.yaml"]


def test_a_large_file_is_not_even_read(tmp_path: Path) -> None:
    (tmp_path / "big.yaml").write_bytes(b"#" * (source.MAX_BYTES + 1))
    assert [p.code for p in read(tmp_path, "big.yaml")[1]] == ["K104"]


def test_a_byte_order_mark_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "bom.yaml").write_bytes(b"\xef\xbb\xbfa: 1\n")
    node, problems = read(tmp_path, "bom.yaml")
    assert problems == () and node is not None and node.key_place("a") == Place("bom.yaml", 1, 1)


def test_reading_stops_once_the_head_is_there() -> None:
    node, problems = parse("a: 1\nb: {c: 2}\nd: [not, : YAML\n", "a.yaml", until=("b", "a"))
    assert problems == () and node is not None and list(node.entries) == ["a", "b"]


YAML_LIKE = st.text(st.sampled_from(list("ab:-[]{},#&*!|>'\"%@`?~<=.01 \n\t\r")), max_size=60)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=80), YAML_LIKE))
def test_no_text_whatever_raises(text: str) -> None:
    node, problems = parse(text, "a.yaml")
    assert node is not None or problems
    for problem in problems:
        assert 1 <= problem.place.line <= text.count("\n") + text.count("\r") + 2


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=80))
def test_no_bytes_whatever_raise(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    (folder / "a.yaml").write_bytes(data)
    node, problems = read(folder, "a.yaml")
    assert node is not None or problems


@pytest.mark.parametrize(
    "text", ["a: 1\nb: [x, 'y', 1.5]\n", "a: {b: 1, b: 2}", "a: &x 1", "[" * 60, "a: [1, 2"]
)
def test_without_the_c_library_it_reads_the_same(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    quick, quick_problems = parse(text, "a.yaml")
    monkeypatch.setattr(source, "LOADER", source.yaml.SafeLoader)
    slow, slow_problems = parse(text, "a.yaml")
    assert quick == slow
    assert [p.code for p in quick_problems] == [p.code for p in slow_problems]

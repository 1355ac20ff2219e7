"""Input that means harm: random, and made on purpose. Each check says what was wrong, or nothing."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from io import StringIO
from pathlib import Path

from hypothesis import strategies as st
from rich.console import Console

from diagnose.consultation.call import Refused
from diagnose.consultation.events import KINDS, Event, Opened
from diagnose.consultation.trace import trace
from diagnose.knowledge.catalogue import Loaded, load
from diagnose.knowledge.model import KnowledgeBase
from diagnose.record.chain import NOTHING, canonical, hash_of
from diagnose.record.export import Export, export_json
from diagnose.record.page import export_page
from diagnose.record.reading import recording
from diagnose.record.replay import replay, replay_json
from diagnose.record.showing import show
from diagnose.record.verify import Trust, check_bytes

counted: Counter[str] = Counter()
NASTY = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e<script>alert(1)</script>{{7*7}}"
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
TRACE = {"event": "x", "faults": [{"id": "f", "probability": 0.5}], "next": {"do": "ask", "symptom": "x"}}

times = st.sampled_from(
    [
        "1998-03-02T10:15:00+01:00", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59",
        "1998-03-02T10:15:00", "9999-12-31T23:59:59", "0001-01-01T00:00:00", "1998-02-30T10:00:00", "", "x" * 300,
        "1998-03-02T25:00:00", "2026-03-29T02:30:00+99:99", NASTY,
    ]
)  # fmt: skip
names = st.one_of(
    st.sampled_from(
        [
            "acme-one", "desk", "no_ring", "hazard", "mute_icon", "proof", "unmute", "swap", "yes", "no", "unknown",
            "cured", "not_cured", "before", "declined", "advice", "exchange", "../../etc/passwd", NASTY, "en", "fr",
            "", "\ud800", "%s{0}", "9999-12-31", "x" * 3000,
        ]
    ),
    st.text(max_size=20),
)  # fmt: skip


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Any event with any words in its fields."""
    kind = KINDS[draw(st.sampled_from(sorted(KINDS)))]
    values = {}
    for name in kind.__dataclass_fields__:
        if name == "volunteered":
            values[name] = draw(st.booleans())
        else:
            values[name] = draw(times if name == "at" else names)
    return kind(**values)


@st.composite
def calls(draw: st.DrawFn) -> list[Event]:
    """A call that is opened properly, more or less, and then anything."""
    opened = Opened(draw(times), draw(names), "acme-one", draw(st.sampled_from(["desk", None])), "r", "p")
    opened = replace(opened, language=draw(names), operator=draw(names), audience=draw(names))
    return [opened, *draw(st.lists(events(), max_size=12))]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


def chained_bytes(lines: list[dict[str, object]]) -> bytes:
    """These contents as a transcript whose hashes are right: only what it says is hostile."""
    before, out = NOTHING, []
    for n, content in enumerate(lines, 1):
        line = {**content, "n": n, "before": before}
        line["hash"] = before = hash_of(line)
        out.append(canonical(line) + b"\n")
    return b"".join(out)


def survives(path: Path, data: bytes, root: Path, kb: KnowledgeBase) -> None:
    """Whatever reads transcripts reads these bytes: no exception, nothing raw on the screen or in the page."""
    counted["transcripts"] += 1
    whole, _ = recording(path, data)
    checked = check_bytes(path, data, Trust(root=root))
    result = replay(root, whole, lambda *_: Loaded(kb))
    json.dumps(replay_json(result))
    for language in ("en", "fr"):
        out = StringIO()
        Console(file=out, width=200, color_system=None).print(show(result, language))
        assert not CONTROL.search(out.getvalue()), "a control character reached the screen"
    made = Export(whole, (kb,), checked)
    json.dumps(export_json(made))
    page = export_page(made, "en")
    assert not CONTROL.search(page) and "<script" not in page and "49" not in page.partition("Nasty")[2]


def folds(kb: KnowledgeBase, some: list[Event]) -> None:
    """A call is taken or refused; nothing else happens."""
    counted["calls"] += 1
    try:
        trace(kb, some)
    except Refused:
        counted["refused"] += 1


def loads(folder: Path, file: str, text: bytes) -> None:
    """A knowledge file is loaded, or its problems are said in lines that can be printed."""
    counted["yaml"] += 1
    path = folder / file
    before = path.read_bytes()
    try:
        path.write_bytes(text)
        loaded = load(folder, "acme-one")
    finally:
        path.write_bytes(before)
    for problem in loaded.problems:
        assert problem.code and problem.place.line >= 1

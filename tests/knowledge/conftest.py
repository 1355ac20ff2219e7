"""A small knowledge folder that tests write what they are about into."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from diagnose.knowledge.catalogue import Loaded, load
from diagnose.knowledge.model import KnowledgeBase
from diagnose.knowledge.problems import Problem, show

BASE = {
    "words.yaml": """
        kind: words
        frequencies: {always: 0.98, usually: 0.85, often: 0.60, sometimes: 0.30, rarely: 0.08, never: 0.01}
        answer_sets:
          yes_no: {yes: {en: "Yes", fr: "Oui"}, no: {en: "No", fr: "Non"}}
          level: {low: {en: Low, fr: Bas}, mid: {en: Middle, fr: Moyen}, high: {en: High, fr: Haut}}
        classes:
          use: {name: {en: Use, fr: Usage}, sound: true}
          hardware: {name: {en: Hardware, fr: Matériel}}
        """,
    "families/gsm.yaml": """
        kind: family
        name: {en: GSM, fr: GSM}
        source: estimate
        attributes: {folds: false, bars: 4}
        include: [parts/power.yaml]
        """,
    "parts/power.yaml": """
        kind: part
        source: estimate
        symptoms:
          cuts_out:
            kind: complaint
            seconds: 8
            background: never
            ask: {en: "Does it switch itself off?", fr: "S'éteint-il tout seul ?"}
            said: {en: [dies on me], fr: [me lâche]}
        faults:
          contacts:
            name: {en: Contacts dirty, fr: Contacts encrassés}
            per_1000: 34
            class: use
            remedy: clean
            shows: {cuts_out: usually}
        remedies:
          clean:
            verdict: advice
            name: {en: Clean, fr: Nettoyer}
            say: {en: Clean the contacts., fr: Nettoyez les contacts.}
            try: {seconds: 60, cures: usually}
            euros: 0
          swap:
            verdict: exchange
            name: {en: Exchange, fr: Échange}
            say: {en: We exchange it., fr: Nous l'échangeons.}
            euros: 65
        """,
    "programmes/first.yaml": """
        kind: programme
        name: {en: First, fr: Premier}
        source: estimate
        attributes: {guarantee_months: 12}
        retailers: [shop]
        """,
    "programmes/second.yaml": """
        kind: programme
        name: {en: Second, fr: Second}
        source: estimate
        attributes: {visits: true}
        """,
    "retailers/shop.yaml": """
        kind: retailer
        name: The Shop
        source: estimate
        attributes: {after_sales: keeps}
        """,
    "retailers/stall.yaml": """
        kind: retailer
        name: The Stall
        source: estimate
        """,
    "handsets/acme-one.yaml": """
        kind: handset
        brand: Acme
        name: One
        extends: gsm
        source: estimate
        programmes: [first, second]
        """,
}


class Folder:
    """A knowledge folder of its own: ``write`` replaces or adds files, ``extend`` appends to one."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for file, text in BASE.items():
            self.write(file, text)

    def write(self, file: str, text: str) -> Folder:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        return self

    def extend(self, file: str, text: str) -> Folder:
        before = (self.root / file).read_text(encoding="utf-8")
        return self.write(file, before + textwrap.dedent(text).lstrip("\n"))

    def replace(self, file: str, old: str, new: str) -> Folder:
        before = (self.root / file).read_text(encoding="utf-8")
        assert old in before
        return self.write(file, before.replace(old, new))

    def load(self, handset: str = "acme-one", programme: str | None = None) -> Loaded:
        return load(self.root, handset, programme)

    def good(self, programme: str | None = None) -> KnowledgeBase:
        """The knowledge base; there must be no problem at all."""
        loaded = self.load(programme=programme)
        assert [show(p) for p in loaded.problems] == []
        assert loaded.knowledge is not None
        return loaded.knowledge

    def problems(self, code: str = "") -> list[Problem]:
        """What is wrong, of this code only when one is given."""
        return [p for p in self.load().problems if p.code.startswith(code)]

    def the_problem(self, code: str) -> str:
        """What is shown; there must be this one problem and no other."""
        loaded = self.load()
        assert [p.code for p in loaded.problems] == [code], [show(p) for p in loaded.problems]
        return show(loaded.problems[0])


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def part(folder: Folder) -> Callable[[str], Folder]:
    """The folder with the handset's own sections taken from this text."""

    def write(text: str) -> Folder:
        return folder.extend("handsets/acme-one.yaml", text)

    return write

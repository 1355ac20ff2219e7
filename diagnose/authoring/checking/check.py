"""``diagnose check``: everything that is wrong or doubtful in a knowledge folder, all at once.

Reading, shape, layers and links are checked by the loader itself, once for every handset under every
programme; what knowledge *means* is checked here on what loads. A check of meaning waits where an error
would make it tell what is not so: a fault that shows nothing because what it shows is misspelt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from diagnose.authoring.casefile import case_problems, written_cases
from diagnose.authoring.folder import Base, Folder, open_folder, strays
from diagnose.authoring.meaning import contradiction, evidence, rulework, spoken, unreached
from diagnose.authoring.meaning.finding import Check, Finding, Sieve, Subject, subjects, warning
from diagnose.knowledge.layers import Document
from diagnose.knowledge.model import Place
from diagnose.knowledge.problems import Problem, errors, in_order
from diagnose.knowledge.shape import ENTRIES
from diagnose.record.printable import clean

from .modeline import modeline_problems
from .silence import silenced

_ALL = frozenset((*ENTRIES, "costs"))
_DIALOGUE = frozenset(("symptoms", "faults", "rules"))
CHECKS: tuple[tuple[Check, frozenset[str]], ...] = (
    (evidence.silent_faults, _DIALOGUE),
    (evidence.idle_symptoms, _DIALOGUE | {"remedies", "wrap_up"}),
    (evidence.twins, _DIALOGUE),
    (rulework.never_firing, frozenset(("symptoms", "rules", "remedies"))),
    (rulework.needless, frozenset(("symptoms", "rules", "remedies"))),
    (rulework.circles, frozenset()),
    (contradiction.required_otherwise, frozenset(("symptoms", "rules", "remedies"))),
    (contradiction.at_odds, frozenset(("symptoms", "rules"))),
    (unreached.unreached_remedies, frozenset(("faults", "rules"))),
    (unreached.unused, _ALL - {"costs"}),
    (unreached.phrases_said_twice, frozenset()),
)
"""Every check of meaning, with the sections in which an error makes it wait."""


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """What was checked, and what was found, in the order of the text.

    ``waiting``: how many knowledge bases have errors that some checks of meaning wait for.
    """

    folder: Folder
    problems: tuple[Problem, ...]
    silenced: tuple[Problem, ...] = ()
    waiting: int = 0


def check(root: Path) -> Report:
    """Everything wrong with the knowledge folder. Never raises for what an author wrote."""
    return check_folder(open_folder(root))


def check_folder(folder: Folder, meanings: Iterable[Meaning | None] | None = None) -> Report:
    """The same, of a folder that has been read. ``meanings``: of each of its bases, if they are known."""
    known = [meaning_of(base) for base in folder.bases] if meanings is None else meanings
    meaning, waiting = _sifted(known)
    found = [*_loading(folder.bases), *meaning, *_files(folder), *_cases(folder)]
    texts = {file: folder.text(file) for file in folder.files}
    left, gone = silenced(_once(found), texts)
    return Report(folder, in_order(left), in_order(gone), waiting)


def loading(bases: Iterable[Base]) -> tuple[Problem, ...]:
    """What is wrong with knowledge bases as far as loading tells: the quicker part of a check."""
    return _once(_loading(bases))


def _loading(bases: Iterable[Base]) -> Iterator[Problem]:
    for base in bases:
        yield from base.loaded.problems
        yield from base.idle


def _once(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once, though its words differ from handset to handset."""
    first: dict[tuple[Place, str], Problem] = {}
    several: set[Problem] = set()
    for problem in in_order(problems):
        # Places are of single words, but two rules may contradict a third there, or two keys be missing.
        if problem.code in _NAMING_A_HANDSET:
            first.setdefault((problem.place, problem.code), problem)
        else:
            several.add(problem)
    return in_order([*first.values(), *several])


_NAMING_A_HANDSET = ("K402", "K412", "K415", "K501", "K504", "K505", "K511")
"""Codes whose message may speak of one handset or programme among many."""


@dataclass(frozen=True, slots=True, eq=False)
class Meaning:
    """What the checks of meaning find in one knowledge base, which has these entries.

    ``waits``: some of them wait until an error is mended.
    """

    findings: tuple[Finding, ...]
    present: frozenset[Subject]
    waits: bool


def meaning_of(base: Base) -> Meaning | None:
    """What a knowledge base means, as far as it is doubtful; None when there is none."""
    kb = base.loaded.knowledge
    if kb is None:
        return None
    spoilt = _spoilt(base)
    ready = [run for run, needs in CHECKS if not spoilt & needs]
    findings = tuple(finding for run in ready for finding in run(kb))
    return Meaning(findings, frozenset(subjects(kb)), len(ready) < len(CHECKS))


def _sifted(meanings: Iterable[Meaning | None]) -> tuple[list[Problem], int]:
    sieve = Sieve()
    waiting = 0
    for meaning in meanings:
        waiting += meaning is None or meaning.waits
        if meaning is not None:
            sieve.add(meaning.findings, meaning.present)
    return list(sieve.problems()), waiting


def _spoilt(base: Base) -> frozenset[str]:
    """The sections in which a knowledge base has errors; all of them when an error is in none."""
    assert base.layers is not None
    documents = {d.file: d for d in base.layers.documents}
    spoilt: set[str] = set()
    for problem in errors(base.loaded.problems):
        document = documents.get(problem.place.file)
        section = section_at(document, problem.place.line) if document is not None else ""
        if section not in ENTRIES and section != "costs":
            return _ALL
        spoilt.add(section)
    return frozenset(spoilt)


def section_at(document: Document, line: int) -> str:
    """The section that a line belongs to, also under ``change:``; empty when it is in none."""
    node, name = document.node, ""
    while True:
        above = [(at, key) for key, at in node.keys.items() if at[0] <= line]
        if not above:
            return name
        name = max(above)[1]
        if name == "weights":
            return "faults"
        if name not in ("change", "remove"):
            return name
        inner = node.get(name)
        if inner is None:
            return name
        node = inner


def _files(folder: Folder) -> Iterator[Problem]:
    """What is wrong in files by themselves, also in those that no handset uses."""
    used = {d.file for base in folder.bases if base.layers is not None for d in base.layers.documents}
    complete = all(base.layers is not None and base.layers.complete for base in folder.bases)
    for file, kind in folder.files.items():
        document = folder.document(file)
        yield from document.problems
        yield from modeline_problems(folder.root, file, kind, folder.text(file))
        if kind != "cases":
            yield from spoken.too_long(document.node)
        if complete and file not in used and kind not in ("cases", "handset", "words"):
            message = f"nothing uses this {kind}: no handset leads to it"
            mend = {
                "part": "name it under include:",
                "family": "let a family or handset extend it",
                "programme": "name it under programmes: of a handset",
                "retailer": "name it under retailers: of a programme",
            }[kind]
            yield warning(Place(file, 1, 1), "K515", message, mend)
    for file in strays(folder.root, folder.files):
        message = "nothing reads this file: it is in none of the places where files are looked for"
        mend = "families/, handsets/, programmes/, retailers/ or parts/ with .yaml, cases/ with .cases.yaml"
        yield warning(Place(clean(file), 1, 1), "K515", message, mend)


def _cases(folder: Folder) -> Iterator[Problem]:
    bases = {(base.handset, base.programme): base for base in folder.bases}
    for file, kind in folder.files.items():
        if kind == "cases":
            for one in written_cases(folder.document(file)):
                yield from case_problems(bases, one)

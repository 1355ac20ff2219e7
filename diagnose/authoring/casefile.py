"""Files of written cases: ``kind: cases``, and under ``cases:`` a name for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from diagnose import cases
from diagnose.authoring.meaning.finding import warning
from diagnose.cases import Case
from diagnose.knowledge.layers import Document
from diagnose.knowledge.model import KnowledgeBase, Place
from diagnose.knowledge.problems import Problem, did_you_mean
from diagnose.knowledge.shape import CASE, ID
from diagnose.knowledge.source import Node, read

from .folder import Base


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A case with its name and the place of that; ``problems``: what is wrong with it beyond its form."""

    name: str
    place: Place
    case: Case
    problems: tuple[Problem, ...] = ()


def written_cases(document: Document) -> Iterator[Written]:
    """The well-formed cases of a file, in the order of the text."""
    listed = document.node.get("cases")
    for name, node in listed.entries.items() if listed is not None else ():
        assert listed is not None
        if ID.check(Node(name, document.file, 1, 1, name), []) and CASE.check(node, []):
            case, problems = cases.case_of(node, document.file)
            if case is not None:
                yield Written(name, listed.key_place(name), case, problems)


def single_case(path: Path) -> tuple[tuple[Written, ...], tuple[Problem, ...]] | None:
    """The one case of a file that is nothing but a case; None when it is a file of another kind."""
    node, found = read(Path(), str(path))
    if node is None:
        return (), found
    if node.get("kind") is not None:
        return None
    case, problems = cases.read_case(path)
    return (() if case is None else (Written(path.stem, node.place, case),)), problems


Bases = Mapping[tuple[str, str | None], Base]


def find_base(bases: Bases, case: Case) -> Base | Problem:
    """The knowledge base that a case is about, or what is wrong with what it names."""
    named = [key for key in bases if key[0] == case.handset]
    if not named:
        mend = did_you_mean(case.handset, {handset for handset, _ in bases})
        return Problem(case.place("handset"), "K302", f"there is no handset {case.handset!r}", mend)
    if case.programme is None:
        return bases[named[0]]
    if (case.handset, case.programme) not in bases:
        mend = did_you_mean(case.programme, [p for _, p in named if p is not None])
        message = f"{case.handset} does not have the programme {case.programme!r}"
        return Problem(case.place("programme"), "K306", message, mend)
    return bases[case.handset, case.programme]


def looked_up(kb: KnowledgeBase, case: Case) -> tuple[Problem, ...]:
    """What a case names that its knowledge base does not have."""
    return cases.linked(kb, case)[1]


def case_problems(bases: Bases, one: Written) -> Iterator[Problem]:
    """What is wrong with a well-formed case; what it names waits until its knowledge base has no error."""
    yield from one.problems
    if not one.case.expect:
        message = f"case {one.name!r} expects nothing, and so proves nothing"
        yield warning(one.place, "K518", message, "add expect:")
    found = find_base(bases, one.case)
    if isinstance(found, Problem):
        yield found
    elif found.loaded.knowledge is not None and found.loaded.fine:
        yield from looked_up(found.loaded.knowledge, one.case)

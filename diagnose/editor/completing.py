"""What may be written at a place: by the shape of the file, and by what there is to name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from diagnose.authoring.checking.typed import ITEM, Path, Spot
from diagnose.knowledge.conditions import BELIEF, TRIED
from diagnose.knowledge.model import UNKNOWN, VERDICTS, KnowledgeBase
from diagnose.knowledge.shape import FILES, ByForm, Flag, ListOf, MapOf, OneOf, Record, Shape
from diagnose.knowledge.shape.forms import Frequency

from .names import Key, Names
from .roles import FREQUENCY, Role, role


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something to write; ``about`` says what it is; a key is followed by a colon."""

    label: str
    about: str = ""
    key: bool = False


@dataclass(frozen=True, slots=True)
class Around:
    """What can be named from a file: the names of the files that go with it, and the knowledge they make."""

    names: Mapping[str, Names]
    files: tuple[str, ...]
    bases: tuple[KnowledgeBase, ...]
    words: Mapping[str, tuple[str, ...]]
    """What is named by its file: families, handsets, programmes, retailers, parts."""


def complete(kind: str, spot: Spot, around: Around, present: Iterable[str] = ()) -> tuple[Candidate, ...]:
    """What may be written there, each once, in the order of the text; ``present``: keys that are there."""
    found: list[Candidate] = []
    if spot.key:
        taken = frozenset(present) - {spot.begun}
        found += (c for c in _keys(kind, spot.path, around) if c.label not in taken)
    if spot.value:
        found += _values(kind, spot.path, around)
    return tuple({(c.label, c.key): c for c in reversed(found)}.values())[::-1]


def _keys(kind: str, path: Path, around: Around) -> Iterator[Candidate]:
    shape = _mapping(_shape(kind, path))
    if isinstance(shape, Record):
        for field, about in shape.fields.items():
            yield Candidate(field, about.about, key=True)
    found = role(kind, path, key=True)
    if found is not None and not found.defines:
        for candidate in _named(found, around):
            if found.what != "answers" or candidate.label != UNKNOWN:  # which no fault shows
                yield Candidate(candidate.label, candidate.about, key=True)


def _values(kind: str, path: Path, around: Around) -> Iterator[Candidate]:
    shape = _scalar(_shape(kind, path))
    if isinstance(shape, OneOf):
        yield from (Candidate(word) for word in shape.words)
    elif isinstance(shape, Flag):
        yield from (Candidate("true"), Candidate("false"))
    elif isinstance(shape, Frequency):
        yield from _named(Role(FREQUENCY), around)
        return
    found = role(kind, path, key=False)
    if found is not None:
        yield from _named(found, around)


def _shape(kind: str, path: Path) -> Shape | None:
    """The shape of the value at these keys."""
    shape: Shape | None = FILES.get(kind)
    for part in path:
        if isinstance(shape, ByForm):
            shape = shape.items if part == ITEM else shape.mapping
        if isinstance(shape, Record):
            field = shape.fields.get(part)
            shape = field.shape if field is not None else None
        elif isinstance(shape, MapOf) or (isinstance(shape, ListOf) and part == ITEM):
            shape = shape.item
        else:
            return None
    return shape


def _mapping(shape: Shape | None) -> Shape | None:
    return shape.mapping if isinstance(shape, ByForm) else shape


def _scalar(shape: Shape | None) -> Shape | None:
    return shape.scalar if isinstance(shape, ByForm) else shape


def _named(found: Role, around: Around) -> Iterator[Candidate]:
    """Everything that a word with this role may name."""
    if found.what == "answers":
        yield from answers(found.owner, around)
    elif found.what == "outcomes":
        yield from (Candidate(verdict, "verdict") for verdict in VERDICTS)
        yield from _ids("remedies", around)
    elif found.what == "facts":
        yield from _facts(around)
    elif found.what in around.words:
        yield from (Candidate(id_) for id_ in around.words[found.what])
    elif found.what == FREQUENCY:
        for mention in _defined(FREQUENCY, around):
            yield Candidate(mention[1], "frequency")
    elif found.what == "answer_sets":
        yield from _ids("answer_sets", around)
        yield from (Candidate(word, "typed by the operator") for word in ("date", "text", "retailers"))
    else:
        yield from _ids(found.what, around)


def _defined(what: str, around: Around) -> Iterator[Key]:
    for file in around.files:
        names = around.names.get(file)
        for mention in names.all if names is not None else ():
            if mention.defines and mention.key[0] == what:
                yield mention.key


def _ids(what: str, around: Around) -> Iterator[Candidate]:
    for _, id_ in dict.fromkeys(_defined(what, around)):
        yield Candidate(id_, title(what, id_, around.bases))


def title(what: str, id_: str, bases: Iterable[KnowledgeBase]) -> str:
    """What an entry is called, in English; empty when no knowledge base has it."""
    for kb in bases:
        entry = getattr(kb, what, {})
        if isinstance(entry, Mapping) and id_ in entry:
            named = getattr(entry[id_], "name", None) or getattr(entry[id_], "ask", None)
            named = named or getattr(entry[id_], "say", None)
            return named.say("en") if named is not None else ""
    return ""


def _facts(around: Around) -> Iterator[Candidate]:
    derived = (id_ for what, id_ in _defined("symptoms", around))
    for id_ in dict.fromkeys(derived):
        yield Candidate(id_, title("symptoms", id_, around.bases))
    dates = dict.fromkeys(
        s.id for kb in around.bases for s in kb.symptoms.values() if s.answer_type == "date"
    )
    yield from (Candidate(f"{id_}.{unit}", f"age in {unit}") for id_ in dates for unit in ("days", "months"))
    yield from (Candidate(id_, "attribute") for _, id_ in dict.fromkeys(_defined("attributes", around)))
    for candidate in _ids("remedies", around):
        yield Candidate(f"tried.{candidate.label}", f"what came of: {candidate.about}")
    yield Candidate(BELIEF, "class of the fault in front")


def answers(fact: str, around: Around) -> Iterator[Candidate]:
    """The values that a fact may have."""
    owner, _, rest = fact.partition(".")
    if fact == BELIEF:
        yield from _ids("classes", around)
    elif owner == "tried" and rest:
        yield from (Candidate(word) for word in TRIED)
    elif rest:
        yield from _attribute_values(owner, rest, around)
    else:
        for kb in around.bases:
            symptom = kb.symptoms.get(fact)
            if symptom is not None and symptom.answers:
                yield from (Candidate(a.id, a.text.say("en")) for a in symptom.answers)
                yield Candidate(UNKNOWN, "the caller did not know")
            for rule in kb.rules:
                for derived, value in rule.then.derive:
                    if derived == fact and symptom is None:
                        yield Candidate(_written(value), f"derived by {rule.id}")


def _attribute_values(owner: str, attribute: str, around: Around) -> Iterator[Candidate]:
    for kb in around.bases:
        owners = {"handset": (kb.handset,), "programme": (kb.programme,), "retailer": kb.retailers.values()}
        for one in owners.get(owner, ()):
            for known, value in one.attributes if one is not None else ():
                if known == attribute:
                    yield Candidate(_written(value), f"of {one.id}" if one is not None else "")


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

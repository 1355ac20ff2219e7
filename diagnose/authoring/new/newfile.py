"""New files of knowledge: correct, commented, and checked by the loader before they are kept.

Each function says what the file would hold; nothing is written here but by :func:`write`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from diagnose.authoring.checking.modeline import modeline
from diagnose.authoring.folder import text_of
from diagnose.knowledge.layers import FOLDERS, Document, Kind, Shelf
from diagnose.knowledge.layers import WORDS as WORDS_FILE

from .words import PROGRAMME, RUNS, STARTER, WORDS

COMMON = "parts/common/border.yaml"
"""Where it is there, the border that all programmes share is included instead of written anew."""
_ATTRIBUTE = re.compile(r"\bhandset\.([a-z0-9_-]+)")


class NotWritten(Exception):
    """The file is there already, or is not sound; the message says which."""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to be written: its path below the knowledge folder, and its text."""

    file: str
    text: str


def write(root: Path, new: NewFile) -> Path:
    """The file, and ``words.yaml`` where there is none yet; what has come to be written.

    Raises:
        NotWritten: when there is one already.
        OSError: when it cannot be written.
    """
    path = root / new.file
    if path.exists():
        raise NotWritten(f"{path} is there already; name another, or edit it")
    words = root / WORDS_FILE
    if not words.exists():
        words.parent.mkdir(parents=True, exist_ok=True)
        words.write_text(WORDS, "utf-8")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(new.text, "utf-8")
    return path


def handset(
    root: Path, id_: str, brand: str, name: str, family: str, programmes: Sequence[str], source: str
) -> NewFile:
    """A handset: its head, and as comments the attributes that its family looks at and what may follow."""
    lines = [
        *_modeline("handset"),
        f"# {brand} {name}: what differs from its family.",
        "kind: handset",
        f"brand: {_quoted(brand)}",
        f"name: {_quoted(name)}",
        f"extends: {family}",
        f"programmes: [{', '.join(programmes)}]   # the first is used unless one is named",
        f"source: {_quoted(source)}   # of every figure below that names none; a reference, or estimate",
        "",
        "# Facts about this model; those of its family hold unless given here.",
    ]
    known = attributes_of(root, family)
    if known:
        lines += ["attributes: {}", "# attributes:"]
        for attribute, (value, where) in known.items():
            lines.append(
                f"#   {attribute}: {value}" + (f"   # as in {where}" if where else "   # not given yet")
            )
    else:
        lines.append("attributes: {}")
    lines += [
        "",
        "# More or fewer calls about a fault than the family has: fault -> factor.",
        "# weights: {fault_id: 1.5}",
        "",
        "# What differs from the family, field by field; null takes a field out.",
        "# change:",
        "#   faults: {fault_id: {per_1000: 20, shows: {symptom_id: often}}}",
        "# remove: {faults: [fault_id]}",
        "",
        "# What only this model has: symptoms:, faults:, remedies:, rules: as in docs/knowledge.md.",
    ]
    return NewFile(f"handsets/{id_}.yaml", "\n".join(lines) + "\n")


def attributes_of(root: Path, family: str) -> dict[str, tuple[str, str]]:
    """Attributes of handsets that a family gives or looks at: value as written, and the file giving it."""
    shelf = Shelf(root)
    given: dict[str, tuple[str, str]] = {}
    looked_at: dict[str, None] = {}
    for document in _family_documents(shelf, family):
        attributes = document.head("attributes")
        for key, node in attributes.entries.items() if attributes is not None else ():
            if node.value is not None:
                given[key] = node.text, document.file
        looked_at.update(dict.fromkeys(_ATTRIBUTE.findall(text_of(root / document.file))))
    wanted = [*given, *(a for a in looked_at if a not in given and a not in ("id", "brand"))]
    return {a: given.get(a, ("?", "")) for a in wanted}


def _family_documents(shelf: Shelf, family: str) -> Iterable[Document]:
    """The files of a family and of its ancestors, root first, parts before those that include them."""
    chain: list[Document] = []
    name: str | None = family
    while name in shelf.listing("family") and all(d.id != name for d in chain):
        chain.append(shelf.document(f"{FOLDERS['family']}/{name}.yaml", "family"))
        parent = chain[-1].head("extends")
        name = parent.text if parent is not None else None
    seen: set[str] = set()
    for document in reversed(chain):
        yield from _with_parts(shelf, document, seen)


def _with_parts(shelf: Shelf, document: Document, seen: set[str]) -> Iterable[Document]:
    include = document.head("include")
    for item in include.items if include is not None else ():
        if item.text not in seen and item.text in shelf.listing("part"):
            seen.add(item.text)
            yield from _with_parts(shelf, shelf.document(item.text, "part"), seen)
    yield document


def family(root: Path, id_: str, name_en: str, name_fr: str, extends: str, source: str) -> NewFile:
    """A family. One that extends none starts with a few questions, faults and remedies of its own."""
    lines = [
        *_modeline("family"),
        "# What handsets of this kind share.",
        "kind: family",
        f"name: {{en: {_quoted(name_en)}, fr: {_quoted(name_fr)}}}",
        *([f"extends: {extends}"] if extends else []),
        f"source: {_quoted(source)}   # of every entry below that names none",
        "",
        "# Facts about its handsets, as handset.X in premises.",
        "attributes: {}",
        "",
    ]
    if extends:
        lines += [
            "# What differs from the family above, and what is added to it; see docs/knowledge.md.",
            "# symptoms: {}",
            "# faults: {}",
            "# rules: {}",
            "# change: {}",
            "# remove: {}",
        ]
        return NewFile(f"families/{id_}.yaml", "\n".join(lines) + "\n")
    defect, danger = classes_of(root)
    starter = STARTER.replace("HARDWARE", defect).replace("DANGER", danger)
    return NewFile(f"families/{id_}.yaml", "\n".join(lines) + "\n" + starter)


def classes_of(root: Path) -> tuple[str, str]:
    """The class of defects and that of dangers, by the words of the folder."""
    shelf = Shelf(root)
    found: dict[str, Mapping[str, object]] = {}
    if (root / WORDS_FILE).exists():
        classes = shelf.document(WORDS_FILE, "words").head("classes")
        for id_, node in classes.entries.items() if classes is not None else ():
            found[id_] = {k: n.value for k, n in node.entries.items()}
    plain = [c for c, f in found.items() if not f.get("sound") and not f.get("danger")]
    defect = "hardware" if "hardware" in plain else next(iter(plain), "hardware")
    return defect, next((c for c, f in found.items() if f.get("danger")), "safety")


def programme(
    root: Path,
    id_: str,
    name_en: str,
    name_fr: str,
    months: int,
    covered: str,
    retailers: Sequence[str],
    source: str,
) -> NewFile:
    """A programme whose policy is complete: ``covered`` is the verdict for a defect inside the guarantee."""
    head = [
        *_modeline("programme"),
        "# Who answers for the handset: policy rules, ways, charges, promises.",
        "kind: programme",
        f"name: {{en: {_quoted(name_en)}, fr: {_quoted(name_fr)}}}",
        f"attributes: {{guarantee_months: {months}}}",
        *([f"retailers: [{', '.join(retailers)}]"] if retailers else []),
        "calendar: {country: FR, closed: [saturday, sunday]}",
        f"source: {_quoted(source)}   # of every entry below that names none",
    ]
    body = _shared(root, id_, months, covered) if (root / COMMON).exists() else _own(root, months, covered)
    return NewFile(f"programmes/{id_}.yaml", "\n".join(head) + "\n" + body)


_NAMES = {"exchange": "exchange_unit", "repair": "workshop_repair", "visit": "home_visit"}


_PARTS = ("channels", "charges", "costs", "entitlement", "twelve-months", "promises", "safety", "border")
_GATES = ("stolen", "area", "far-away", "wrap-up")
"""What belongs to any programme, where the folder has it: the register of the stolen, the place, the end."""


def _shared(root: Path, id_: str, months: int, covered: str) -> str:
    """Over the parts that all programmes of the folder share."""
    here = [p for p in _GATES if (root / f"parts/common/{p}.yaml").exists()]
    parts = [p for p in (*_PARTS, *here) if p != "twelve-months" or months == 12]
    others = [_NAMES[v] for v in ("exchange", "visit") if v != covered]
    lines = ["include:", *(f"  - parts/common/{p}.yaml" for p in parts), ""]
    far = ["# To islands and overseas (far_away: yes) it takes longer: promise more days there by a rule."]
    lines += [*(far if "far-away" in here else []), "promises:", *_promise(f"{id_}-promise", covered)]
    lines += ["", "rules:"]
    if months != 12:
        lines += _guarantee(months)
    lines += [
        f"  {id_}-covered:",
        "    when:",
        "      fault.class: hardware",
        "      in_guarantee: yes",
        "      proof: [yes, unknown]",
        "      accident: no",
        "      wet: [no, unknown]",
        "      repaired: [no, unknown]",
        f"    then: {{require: {_NAMES[covered]}, charge: free, promise: {id_}-promise}}",
        "    because:",
        '      en: "A defect inside the guarantee, and nothing against it."',
        '      fr: "Un défaut sous garantie, et rien ne s\'y oppose."',
        f"  {id_}-nothing-else:",
        f"    when: {{programme.id: {id_}}}",
        f"    then: {{forbid: [{', '.join(others)}]}}",
        "    because:",
        '      en: "This programme does it in one way."',
        '      fr: "Ce programme procède d\'une seule façon."',
    ]
    lines += [
        "",
        "# What must hold of every outcome: diagnose prove goes through all combinations of facts.",
        "never:",
        f"  {id_}-free-without-guarantee:",
        "    when: {in_guarantee: no, fault.class: hardware}",
        "    outcome: {free: true, verdict: {not: advice}}",
        "    because: nothing is free when the guarantee is over",
    ]
    return "\n".join(lines) + "\n"


def _promise(id_: str, covered: str) -> list[str]:
    en, fr = {
        "exchange": ("You have the other phone", "Vous avez l'autre téléphone"),
        "repair": ("Your phone is back", "Votre téléphone vous revient"),
        "visit": ("The technician is with you", "Le technicien est chez vous"),
    }[covered]
    return [
        f"  {id_}:",
        f"    days: {10 if covered == 'repair' else 1}   # working days after the order",
        '    by: "18:00"',
        '    cut_off: "16:00"',
        f'    say: {{en: "{en} {{day}}, before {{hour}}.", fr: "{fr} {{day}}, avant {{hour}}."}}',
        "    source: estimate",
    ]


def _guarantee(months: int) -> list[str]:
    return Template(RUNS).substitute(months=months, last=months - 1).splitlines()


def _own(root: Path, months: int, covered: str) -> str:
    """All on its own, for a folder without shared parts."""
    defect, danger = classes_of(root)
    return Template(PROGRAMME).substitute(
        promises="\n".join(_promise("covered_by", covered)),
        guarantee="\n".join(_guarantee(months)),
        danger=danger,
        defect=defect,
        covered=covered,
    )


def case(
    name: str,
    handset_: str,
    programme_: str,
    on: str,
    complaint: Mapping[str, str],
    answers: Mapping[str, str],
    expect: Mapping[str, str],
    *,
    single: str = "",
) -> NewFile:
    """A written case: in a file of cases, or with ``single`` (a path) as a file of its own."""
    body = [
        f"handset: {handset_}",
        *([f"programme: {programme_}"] if programme_ else []),
        f"on: {on}   # the day of the call",
        f"complaint: {_flow(complaint)}   # what the caller says of himself",
        f"answers: {_flow(answers)}   # what he would say if asked; anything else he does not know",
    ]
    if expect:
        body.append("# What came out when this was written: check that it is right.")
        body.append(f"expect: {_flow(expect)}")
    if single:
        return NewFile(single, "\n".join(["# A caller; nobody real.", *body]) + "\n")
    text = [*_modeline("cases"), "# Callers; nobody is real.", "kind: cases", "cases:", f"  {name}:"]
    return NewFile(f"cases/{name}.cases.yaml", "\n".join([*text, *(f"    {line}" for line in body)]) + "\n")


def _flow(values: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{k}: {v}" for k, v in values.items()) + "}"


def _modeline(kind: str) -> list[str]:
    return [modeline(f"{FOLDERS.get(kind, kind)}/new.yaml", kind)]


def _quoted(text: str) -> str:
    """Text as YAML reads it back, in quotes only where it must be."""
    plain = re.fullmatch(r"[A-Za-zÀ-ÿ][\wÀ-ÿ .'/()-]*", text) and not text.endswith(" ")
    words = ("true", "false", "null", "yes", "no", "on", "off", "none", "nan", "inf")
    return text if plain and text.casefold() not in words else json.dumps(text, ensure_ascii=False)


KINDS: tuple[Kind, ...] = ("handset", "family", "programme")

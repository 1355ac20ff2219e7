"""From merged sections to a knowledge base: references resolved, frequencies made probabilities.

What the author wrote for other handsets falls away here: entries whose ``needs`` name an attribute that
does not hold, and every reference to them. What exists nowhere is a problem.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar, cast

from . import probability
from .conditions import BELIEF, Facts, premises
from .layers import Kind, Layers, Shelf
from .merge import Entry, Merged
from .model import (
    VERDICTS,
    Alert,
    Answer,
    AnswerType,
    Calendar,
    Callers,
    Channel,
    Charge,
    Condition,
    Costs,
    Effects,
    Fault,
    FaultClass,
    Handset,
    KnowledgeBase,
    Origin,
    Place,
    Premises,
    Programme,
    Promise,
    Remedy,
    Retailer,
    Rule,
    Scalar,
    Symptom,
    Text,
    Trial,
    WrapUp,
    satisfied,
)
from .probability import Frequency
from .problems import Problem, did_you_mean
from .revision import revised
from .shape import WEEKDAYS
from .source import Node

Attributes = tuple[tuple[str, Scalar], ...]
Said = tuple[tuple[str, tuple[str, ...]], ...]
T = TypeVar("T")

UNKNOWN_CODES: Mapping[str, str] = {
    "symptoms": "K401",
    "faults": "K403",
    "remedies": "K404",
    "alerts": "K406",
    "channels": "K407",
    "charges": "K408",
    "promises": "K409",
}
_SINGULAR = {"symptoms": "symptom", "faults": "fault", "remedies": "remedy", "alerts": "alert"} | {
    "channels": "channel",
    "charges": "charge",
    "promises": "promise",
}
POLICY_EFFECTS = ("forbid", "require", "channel", "forbid_channel", "charge", "promise")
_TYPED = ("date", "text")
_RETAILERS = "retailers"
_OTHER = Text.of(en="Another shop", fr="Un autre magasin")
_STATIC = ("handset.", "programme.")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}?")


def link(layers: Layers, merged: Merged, shelf: Shelf) -> tuple[KnowledgeBase, tuple[Problem, ...]]:
    """The knowledge base, and what is wrong in what it is made of; entries with an error are left out."""
    return _Linker(layers, merged, shelf).link()


class _Linker:
    """One linking; what is wrong on the way is kept."""

    def __init__(self, layers: Layers, merged: Merged, shelf: Shelf) -> None:
        self.layers = layers
        self.merged = merged
        self.shelf = shelf
        self.out: list[Problem] = []
        words = layers.words
        self.scale = {k: float(cast(float, n.value)) for k, n in _entries(words.head("frequencies"))}
        self.sets = dict(_entries(words.head("answer_sets")))
        self.classes = {
            id_: FaultClass(id_, text(n.get("name")), flag(n, "sound"), flag(n, "danger"))
            for id_, n in _entries(words.head("classes"))
        }
        self.handset = self._handset()
        self.programme = self._programme()
        self.retailers = {r.id: r for r in self._retailers()}
        self.facts = self._facts()
        self.present: dict[str, set[str]] = {s: set(e) for s, e in merged.sections.items()}
        self.needs: dict[tuple[str, str], Premises] = {}

    def link(self) -> tuple[KnowledgeBase, tuple[Problem, ...]]:
        self._apply_needs()
        symptoms = self._all("symptoms", self._symptom)
        self.present["symptoms"] = set(symptoms)
        self.symptoms = symptoms
        self._former_ids("symptoms")
        self._former_ids("faults")
        remedies = self._all("remedies", self._remedy)
        self.present["remedies"] = set(remedies)
        faults = self._all("faults", self._fault)
        self.present["faults"] = set(faults)
        promises = self._all("promises", self._promise)
        self.present["promises"] = set(promises)
        rules = self._all("rules", self._rule).values()
        words = self.layers.words
        knowledge = KnowledgeBase(
            revision="",
            handset=self.handset,
            programme=self.programme,
            symptoms=symptoms,
            faults=faults,
            remedies=remedies,
            rules=tuple(_numbered(rules)),
            alerts=self._all("alerts", _alert),
            channels=self._all("channels", _channel),
            charges=self._all("charges", _charge),
            promises=promises,
            wrap_up=tuple(self._all("wrap_up", self._wrap_up).values()),
            classes=self.classes,
            retailers=self.retailers,
            costs=self._costs(),
            callers=Callers(**{k: float(cast(float, n.value)) for k, n in _entries(words.head("callers"))}),
            sources=tuple(dict.fromkeys(d.file for d in self.layers.documents)),
        )
        return revised(knowledge), tuple(self.out)

    # --- what is said about handset, programme and retailers ----------------------------------------

    def _handset(self) -> Handset:
        document = self.layers.handset
        families = [layer.own for layer in self.layers.layers if layer.kind == "family"]
        attributes = _attributes(d.head("attributes") for d in (*families, document))
        programmes = tuple(dict.fromkeys(_strings(document.head("programmes"))))
        return Handset(
            document.id,
            document.text("brand"),
            document.text("name"),
            families[-1].id if families else "",
            tuple(d.id for d in families),
            attributes,
            programmes,
            self._file_source(document.text("source"), document.node),
            Origin(document.node.place, document.id),
        )

    def _programme(self) -> Programme | None:
        document = self.layers.programme
        if document is None:
            return None
        calendar = document.head("calendar")
        return Programme(
            document.id,
            text(document.head("name")),
            _attributes([document.head("attributes")]),
            Calendar() if calendar is None else _calendar(calendar),
            text(document.head("greeting")),
            self._file_source(document.text("source"), document.node),
            Origin(document.node.place, document.id),
        )

    def _retailers(self) -> Iterator[Retailer]:
        for document in self.layers.retailers:
            yield Retailer(
                document.id,
                document.text("name"),
                _attributes([document.head("attributes")]),
                self._file_source(document.text("source"), document.node),
                Origin(document.node.place, document.id),
            )

    def _file_source(self, source: str, node: Node) -> str:
        if not source:
            self._no_source(node.place, "this file")
        return source

    def _facts(self) -> Facts:
        answers: dict[str, tuple[str, ...] | None] = dict.fromkeys(self.merged.known["symptoms"])
        dates, retailers = set(), set()
        for id_, entry in self.merged.sections["symptoms"].items():
            written = entry.node.get("answers")
            name = "yes_no" if written is None else str(written.value)
            if written is not None and isinstance(written.value, dict):
                answers[id_] = tuple(written.entries)
            elif name == _RETAILERS:
                answers[id_] = (*self.retailers, "other")
                retailers.add(id_)
            elif name in self.sets:
                answers[id_] = tuple(self.sets[name].entries)
            elif name == "date":
                dates.add(id_)
        derived: dict[str, list[Scalar]] = {}
        for entry in self.merged.sections["rules"].values():
            for fact, node in _entries(entry.node.entries["then"].get("derive")):
                derived.setdefault(fact, []).append(cast(Scalar, node.value))
        handset, programme = self.handset, self.programme
        own: dict[str, dict[str, tuple[Scalar, ...]]] = {
            "handset": {"id": (handset.id,), "brand": (handset.brand,)}
            | {k: (v,) for k, v in handset.attributes},
            "programme": {}
            if programme is None
            else {"id": (programme.id,)} | {k: (v,) for k, v in programme.attributes},
            "retailer": {"id": tuple(self.retailers)},
        }
        for retailer in self.retailers.values():
            for key, value in retailer.attributes:
                own["retailer"][key] = (*own["retailer"].get(key, ()), value)
        self.static: dict[str, Scalar] = {
            f"{owner}.{key}": values[0]
            for owner in ("handset", "programme")
            for key, values in own[owner].items()
        }
        return Facts(
            answers,
            frozenset(dates),
            self.merged.known["remedies"],
            tuple(self.classes),
            {fact: tuple(values) for fact, values in derived.items()},
            own,
            frozenset(self.shelf.listing("retailer")) if retailers else frozenset(),
            frozenset(retailers),
            self._elsewhere,
            self._all_attributes,
        )

    def _elsewhere(self, owner: str, name: str) -> bool:
        if owner != "handset":
            kind: Kind = "programme" if owner == "programme" else "retailer"
            return name == "id" or name in self.shelf.attributes(kind, name)
        return name in self.shelf.attributes("family", name) or name in self.shelf.attributes("handset", name)

    def _all_attributes(self, owner: str) -> Iterable[str]:
        if owner != "handset":
            known = self.shelf.attributes("programme" if owner == "programme" else "retailer")
            return known | {"id"}
        return self.shelf.attributes("family") | self.shelf.attributes("handset") | {"id", "brand"}

    # --- what applies to this handset ---------------------------------------------------------------

    def _apply_needs(self) -> None:
        """Leave out what can never apply: it needs an attribute that does not hold, or what is left out."""
        for section in ("symptoms", "faults", "remedies", "wrap_up"):
            for id_, entry in self.merged.sections[section].items():
                node = entry.node.get("needs")
                if node is None:
                    continue
                compiled = premises(node, self.facts, self.out)
                if compiled is None:
                    self.present[section].discard(id_)
                    continue
                static = [c for c in compiled if c.fact.startswith(_STATIC)]
                if satisfied(static, self.static):
                    self.needs[section, id_] = tuple(c for c in compiled if not c.fact.startswith(_STATIC))
                else:
                    self.present[section].discard(id_)
        again = True
        while again:
            again = False
            for (section, id_), needs in self.needs.items():
                if id_ in self.present[section] and self._never(needs):
                    self.present[section].discard(id_)
                    again = True

    def _never(self, needs: Iterable[Condition]) -> bool:
        """Whether one of the premises is about a symptom or remedy that is not here."""
        return any(self._gone(c.fact) for c in needs)

    def _gone(self, fact: str) -> bool:
        owner, _, name = fact.partition(".")
        if owner == "tried" and name:
            return name not in self.present["remedies"]
        return (
            owner in self.merged.known["symptoms"]
            and owner not in self.present["symptoms"]
            and fact not in self.facts.derived
        )

    def _all(self, section: str, make: Callable[[Entry], T | None]) -> dict[str, T]:
        """Every entry that is here and could be made, in the order of the text."""
        made: dict[str, T] = {}
        present = self.present[section]
        for id_, entry in self.merged.sections[section].items():
            if id_ in present:
                value = make(entry)
                if value is not None:
                    made[id_] = value
        return made

    # --- references -----------------------------------------------------------------------------------

    def _reference(self, section: str, node: Node | None, place: Place | None = None) -> str:
        """The id that this text names; empty when it is not here, which is wrong only if it is nowhere."""
        if node is None:
            return ""
        id_ = str(node.value)
        if id_ in self.present[section]:
            return id_
        if id_ not in self.merged.known[section]:
            self._unknown(section, id_, place or node.place)
        return ""

    def _references(self, section: str, node: Node | None) -> tuple[str, ...]:
        found = (self._reference(section, item) for item in (node.items if node is not None else ()))
        return tuple(dict.fromkeys(id_ for id_ in found if id_))

    def _unknown(self, section: str, id_: str, place: Place, more: Iterable[str] = ()) -> None:
        what = _SINGULAR[section]
        mend = did_you_mean(id_, [*self.merged.known[section], *more], f"write it under {section}:")
        self.out.append(Problem(place, UNKNOWN_CODES[section], f"there is no {what} {id_!r}", mend))

    def _outcome(self, node: Node | None) -> str:
        """A verdict or a remedy."""
        if node is None or node.value in VERDICTS:
            return "" if node is None else str(node.value)
        if node.value not in self.merged.known["remedies"]:
            self._unknown("remedies", str(node.value), node.place, VERDICTS)
            return ""
        return self._reference("remedies", node)

    def _class(self, node: Node) -> str:
        if node.value in self.classes:
            return str(node.value)
        mend = did_you_mean(str(node.value), self.classes)
        self.out.append(Problem(node.place, "K405", f"there is no fault class {node.value!r}", mend))
        return ""

    def _frequency(self, node: Node) -> Frequency | None:
        value = node.value
        if isinstance(value, (int, float)):
            return probability.number(value)
        if value in self.scale:
            return Frequency(self.scale[str(value)])
        mend = did_you_mean(str(value), self.scale)
        self.out.append(Problem(node.place, "K410", f"there is no frequency {value!r}", mend))
        return None

    def _source(self, entry: Entry) -> str:
        own = entry.node.get("source")
        source = str(own.value) if own is not None else entry.default_source
        if not source:
            self._no_source(entry.origin.place, repr(entry.id))
        return source

    def _no_source(self, place: Place, what: str) -> None:
        mend = "write source: a reference, or estimate, on it or at the top of the file"
        self.out.append(Problem(place, "K417", f"{what} has no source", mend))

    def _former_ids(self, section: str) -> None:
        """An id that was somebody's before is nobody else's now."""
        owners: dict[str, str] = {}
        for id_, entry in self.merged.sections[section].items():
            formerly = entry.node.get("formerly")
            for item in formerly.items if formerly is not None else ():
                former = str(item.value)
                if former in self.merged.sections[section] or former in owners:
                    whose = owners.get(former, former)
                    message = f"{former!r} cannot be what {id_!r} was formerly: it belongs to {whose!r}"
                    self.out.append(Problem(item.place, "K422", message, "take one of them out"))
                owners.setdefault(former, id_)

    # --- symptoms -------------------------------------------------------------------------------------

    def _symptom(self, entry: Entry) -> Symptom | None:
        node = entry.node
        written = node.get("answers")
        name = "yes_no" if written is None else str(written.value)
        answer_type: AnswerType = "choice"
        answers: tuple[Answer, ...] | None = ()
        if written is not None and isinstance(written.value, dict):
            answers = self._answers(written, entry)
        elif name in _TYPED:
            answer_type = cast(AnswerType, name)
            self._not_with(entry, ("background", "said"), f"answers: {name}")
        elif name == _RETAILERS:
            answers = self._retailer_answers(entry)
        elif name in self.sets:
            answers = self._answers(self.sets[name], entry)
        else:
            mend = did_you_mean(name, [*self.sets, *_TYPED, _RETAILERS])
            place = written.place if written is not None else entry.origin.place
            self.out.append(Problem(place, "K411", f"there is no answer set {name!r}", mend))
            answers = None
        pattern = self._pattern(entry, answer_type)
        source = self._source(entry)
        if answers is None or pattern is None:
            return None
        return Symptom(
            entry.id,
            cast(Any, node.entries["kind"].value),
            number(node, "seconds"),
            text(node.get("ask")),
            answers,
            text(node.get("name")),
            answer_type,
            text(node.get("hint")),
            self.needs.get(("symptoms", entry.id), ()),
            flag(node, "ends_call"),
            pattern,
            _strings(node.get("formerly")),
            source,
            entry.origin,
        )

    def _not_with(self, entry: Entry, names: Iterable[str], other: str) -> None:
        for name in names:
            if entry.node.get(name) is not None:
                place = entry.node.key_place(name)
                message = f"{name}: does not go with {other}"
                self.out.append(Problem(place, "K208", message, "it belongs to each answer, or nowhere"))

    def _pattern(self, entry: Entry, answer_type: AnswerType) -> str | None:
        node = entry.node.get("pattern")
        if node is None:
            return ""
        if answer_type != "text":
            self.out.append(
                Problem(
                    entry.node.key_place("pattern"),
                    "K208",
                    "pattern: goes with answers: text only",
                    "take it out, or write answers: text",
                )
            )
        try:
            re.compile(str(node.value))
        except (re.error, RecursionError, OverflowError) as error:
            self.out.append(Problem(node.place, "K421", f"not a regular expression: {error}"))
            return None
        return str(node.value)

    def _answers(self, answers: Node, entry: Entry) -> tuple[Answer, ...] | None:
        node = entry.node
        own = [n.get("background") for n in answers.entries.values()]
        if _is_yes_no(answers.entries) and not any(own):
            return self._yes_no(answers, entry)
        self._not_with(entry, ("background", "said"), "answers that are not yes or no")
        given: list[Frequency] = []
        for id_, background in zip(answers.entries, own, strict=True):
            if background is None and any(own):
                message = f"answer {id_!r} has no background, others have one"
                place = answers.key_place(id_)
                self.out.append(Problem(place, "K418", message, "give each answer one"))
                return None
            frequency = Frequency(1.0) if background is None else self._frequency(background)
            if frequency is None:
                return None
            given.append(frequency)
        if not given:
            place = node.key_place("answers")
            self.out.append(Problem(place, "K209", f"{entry.id!r} has no answers", "name at least two"))
            return None
        if all(f.p == 0 for f in given):
            message = f"every answer of {entry.id!r} has background 0"
            self.out.append(Problem(answers.place, "K418", message, "one of them is given by somebody"))
        shares = probability.background(given)
        return tuple(
            Answer(id_, text(n), share, said(n.get("said")))
            for (id_, n), share in zip(answers.entries.items(), shares, strict=True)
        )

    def _yes_no(self, answers: Node, entry: Entry) -> tuple[Answer, ...] | None:
        background = entry.node.get("background")
        if background is None:
            message = f"{entry.id!r} has no background: P(yes) when the fault has no bearing on it"
            self.out.append(Problem(entry.origin.place, "K418", message, "add background:"))
            return None
        frequency = self._frequency(background)
        if frequency is None:
            return None
        yes = probability.clip(frequency)
        own = said(entry.node.get("said"))
        return tuple(
            Answer(id_, text(n), yes, own or said(n.get("said")))
            if id_ == "yes"
            else Answer(id_, text(n), 1 - yes, said(n.get("said")))
            for id_, n in answers.entries.items()
        )

    def _retailer_answers(self, entry: Entry) -> tuple[Answer, ...]:
        self._not_with(entry, ("background", "said"), "answers: retailers")
        share = 1 / (len(self.retailers) + 1)
        shops = [Answer(r.id, Text.of(en=r.name, fr=r.name), share) for r in self.retailers.values()]
        own = self.sets.get(_RETAILERS)
        other = own.get("other") if own is not None else None
        return (*shops, Answer("other", _OTHER if other is None else text(other), share))

    # --- faults ---------------------------------------------------------------------------------------

    def _fault(self, entry: Entry) -> Fault | None:
        node = entry.node
        fault_class = self._class(node.entries["class"])
        also = self._references("remedies", node.get("also"))
        shows = self._shows(node.get("shows"))
        source = self._source(entry)
        remedy, also = self._fault_remedy(entry, also)
        if not fault_class or not remedy:
            return None
        per_1000 = number(node, "per_1000")
        for weight in self.merged.weights:
            if weight.fault == entry.id:
                per_1000 *= weight.factor
        return Fault(
            entry.id,
            text(node.get("name")),
            per_1000,
            fault_class,
            remedy,
            also,
            shows,
            self.needs.get(("faults", entry.id), ()),
            _strings(node.get("formerly")),
            source,
            entry.origin,
        )

    def _fault_remedy(self, entry: Entry, also: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
        """The remedy of a fault; where its own is not in this handset's knowledge, the next that cures it."""
        written = entry.node.get("remedy")
        if written is None:
            message, place = f"fault {entry.id!r} has no remedy", entry.origin.place
            self.out.append(Problem(place, "K412", message, "add remedy:"))
            return "", also
        remedy = self._reference("remedies", written)
        known = self.merged.known["remedies"]
        if remedy or written.value not in known or ("remedies", written.value) in self.merged.broken:
            return remedy, tuple(a for a in also if a != remedy)
        if also:
            return also[0], also[1:]
        why = f"{written.value!r} does not apply to {self.handset.id}"
        message = f"fault {entry.id!r} has no remedy here: {why}"
        mend = "name one that does under also:, or give the fault the same needs:"
        self.out.append(Problem(written.place, "K412", message, mend))
        return "", ()

    def _shows(self, node: Node | None) -> tuple[tuple[str, tuple[float, ...]], ...]:
        shows: list[tuple[str, tuple[float, ...]]] = []
        for symptom, frequency in _entries(node):
            assert node is not None
            place = node.key_place(symptom)
            id_ = self._reference("symptoms", Node(symptom, place.file, place.line, place.column, symptom))
            if not id_:
                continue
            shares = self._shown(self.symptoms[id_], frequency, place)
            if shares is not None:
                shows.append((id_, shares))
        return tuple(shows)

    def _shown(self, symptom: Symptom, node: Node, place: Place) -> tuple[float, ...] | None:
        if symptom.answer_type != "choice":
            message = f"{symptom.id!r} is answered by a {symptom.answer_type} and says nothing of faults"
            self.out.append(Problem(place, "K415", message, "take it out"))
            return None
        ids = [a.id for a in symptom.answers]
        yes_no = _is_yes_no(ids)
        if not isinstance(node.value, dict):
            frequency = self._frequency(node)
            if not yes_no:
                message = f"{symptom.id!r} has several answers, this is one frequency"
                self.out.append(Problem(node.place, "K203", message, f"write {{{ids[0]}: {node.text}}}"))
                return None
            if frequency is None:
                return None
            yes = probability.clip(frequency)
            return tuple(yes if id_ == "yes" else 1 - yes for id_ in ids)
        given: dict[int, Frequency] = {}
        for answer, own in node.entries.items():
            frequency = self._frequency(own)
            if answer in ids:
                if frequency is not None:
                    given[ids.index(answer)] = frequency
            elif not (symptom.id in self.facts.asks_retailer and answer in self.facts.retailers):
                mend = did_you_mean(answer, ids)
                message = f"{symptom.id!r} has no answer {answer!r}"
                self.out.append(Problem(node.key_place(answer), "K402", message, mend))
        if not given:
            return None
        total = sum(f.p for f in given.values())
        # Words are vague: usually and sometimes may stand side by side, usually twice may not.
        vague = any(isinstance(own.value, str) for own in node.entries.values())
        if total > (1.5 if vague else 1.0001):
            message = f"the frequencies of {symptom.id!r} add up to {total:.2f}"
            mend = "they are scaled down to 1: write lower ones"
            self.out.append(Problem(node.place, "K419", message, mend, "warning"))
        return probability.shown(given, [a.background for a in symptom.answers])

    # --- remedies, rules and the rest -----------------------------------------------------------------

    def _remedy(self, entry: Entry) -> Remedy | None:
        node = entry.node
        trial: Trial | None = None
        written = node.get("try")
        if written is not None:
            cures = self._frequency(written.entries["cures"])
            if cures is None:
                return None
            trial = Trial(number(written, "seconds"), cures.p)
        classes = [self._class(item) for item in _items(node.get("cures"))]
        return Remedy(
            entry.id,
            cast(Any, node.entries["verdict"].value),
            text(node.get("name")),
            text(node.get("say")),
            number(node, "euros"),
            tuple(text(n) for n in _items(node.get("steps"))),
            tuple(text(n) for n in _items(node.get("prepare"))),
            trial,
            tuple(dict.fromkeys(c for c in classes if c)),
            self.needs.get(("remedies", entry.id), ()),
            self._source(entry),
            entry.origin,
        )

    def _rule(self, entry: Entry) -> Rule | None:
        node = entry.node
        source = self._source(entry)
        when, either, then = node.get("when"), node.get("any"), node.entries["then"]
        if (when is None) is (either is None):
            mend = "write when: or any:" if when is None else "write one of the two"
            has = "neither when: nor any:" if when is None else "both when: and any:"
            self.out.append(Problem(entry.origin.place, "K208", f"rule {entry.id!r} has {has}", mend))
        count = len(self.out)
        effects = self._effects(then)
        alternatives: list[Premises] = []
        for mapping in [*([when] if when is not None else []), *_items(either)]:
            compiled = premises(mapping, self.facts, self.out, policy=True)
            if compiled is not None:
                alternatives.append(compiled)
        if any(c.fact == BELIEF for alternative in alternatives for c in alternative):
            self._only_policy(entry.id, then)
        if not any(value.value not in (None, [], {}) for value in then.entries.values()):
            message = f"rule {entry.id!r} does nothing"
            self.out.append(Problem(then.place, "K420", message, "say what follows"))
        possible = tuple(a for a in alternatives if not self._never(a))
        if len(self.out) > count or not possible or effects == Effects():
            return None
        return Rule(
            entry.id,
            possible,
            effects,
            text(node.get("because")),
            int(number(node, "salience")),
            0,
            source,
            entry.origin,
        )

    def _only_policy(self, rule: str, then: Node) -> None:
        for name in then.entries:
            if name not in POLICY_EFFECTS and then.get(name) is not None:
                message = f"rule {rule!r} asks for {BELIEF} and cannot {name}"
                mend = f"a policy rule may only {', '.join(POLICY_EFFECTS)}"
                self.out.append(Problem(then.key_place(name), "K416", message, mend))

    def _effects(self, then: Node) -> Effects:
        get = then.get
        return Effects(
            derive=self._derived(get("derive")),
            rule_out=self._references("faults", get("rule_out")),
            confirm=self._reference("faults", get("confirm")),
            ask=self._references("symptoms", get("ask")),
            skip=self._references("symptoms", get("skip")),
            alert=self._reference("alerts", get("alert")),
            forbid=tuple(dict.fromkeys(o for o in map(self._outcome, _items(get("forbid"))) if o)),
            require=self._outcome(get("require")),
            channel=self._reference("channels", get("channel")),
            forbid_channel=self._references("channels", get("forbid_channel")),
            charge=self._reference("charges", get("charge")),
            promise=self._reference("promises", get("promise")),
        )

    def _derived(self, node: Node | None) -> tuple[tuple[str, Scalar], ...]:
        derived: list[tuple[str, Scalar]] = []
        for fact, value in _entries(node):
            answers = self.facts.answers.get(fact)
            if fact in self.facts.answers:
                if (
                    answers is not None
                    and value.text not in answers
                    and not (fact in self.facts.asks_retailer and value.text in self.facts.retailers)
                ):
                    mend = did_you_mean(value.text, answers)
                    message = f"{fact!r} has no answer {value.text!r}"
                    self.out.append(Problem(value.place, "K402", message, mend))
                derived.append((fact, value.text))
            else:
                derived.append((fact, cast(Scalar, value.value)))
        return tuple(derived)

    def _promise(self, entry: Entry) -> Promise | None:
        node = entry.node
        fine = True
        for words in node.entries["say"].entries.values():
            for name in _PLACEHOLDER.findall(str(words.value)):
                if name not in ("day", "hour"):
                    fine = False
                    message = f"{{{name}}} is not filled in"
                    self.out.append(Problem(words.place, "K423", message, "there are {day} and {hour}"))
        if not fine:
            return None
        given = {k: str(n.value) for k in ("by", "cut_off") if (n := node.get(k)) is not None}
        days = int(number(node, "days"))
        return Promise(entry.id, text(node.get("say")), days, **given, origin=entry.origin)

    def _wrap_up(self, entry: Entry) -> WrapUp:
        needs = self.needs.get(("wrap_up", entry.id), ())
        return WrapUp(entry.id, text(entry.node.get("text")), _verdicts(entry.node), needs, entry.origin)

    def _costs(self) -> Costs:
        plain: dict[str, Any] = {}
        for name, price in self.merged.costs.items():
            if isinstance(price, Node):
                plain[name] = float(cast(float, price.value))
            elif name == "remedies":
                for id_, node in price.items():
                    if id_ not in self.merged.known["remedies"]:
                        self._unknown("remedies", id_, node.place)
                plain[name] = _prices((k, n) for k, n in price.items() if k in self.present["remedies"])
            else:
                plain[name] = _prices((v, price[v]) for v in VERDICTS if v in price)
        return Costs(**plain)


# --- plain readers of nodes whose shape has been checked ----------------------------------------------------


def text(node: Node | None) -> Text:
    """The sentence in every language that is given."""
    versions = (
        (k, str(n.value)) for k, n in _entries(node) if k.startswith(("en", "fr")) and n.value is not None
    )
    return Text(tuple(sorted(versions)))


def said(node: Node | None) -> Said:
    """Lay phrases per language, in the order of the languages' names."""
    return tuple((language, _strings(phrases)) for language, phrases in sorted(_entries(node)))


def number(node: Node, name: str) -> float:
    """A number of an entry, 0 when it is not given."""
    found = node.get(name)
    return float(found.value) if found is not None and isinstance(found.value, (int, float)) else 0.0


def flag(node: Node, name: str) -> bool:
    """Whether a field is true."""
    found = node.get(name)
    return found is not None and found.value is True


def _entries(node: Node | None) -> Iterable[tuple[str, Node]]:
    return node.entries.items() if node is not None else ()


def _items(node: Node | None) -> list[Node]:
    return node.items if node is not None else []


def _strings(node: Node | None) -> tuple[str, ...]:
    return tuple(str(item.value) for item in _items(node))


def _is_yes_no(answers: Iterable[str]) -> bool:
    return set(answers) == {"yes", "no"}


def _attributes(mappings: Iterable[Node | None]) -> Attributes:
    """Later mappings win key by key, null takes a key out; in the order of the names, not of the text."""
    merged: dict[str, Scalar] = {}
    for mapping in mappings:
        for key, node in _entries(mapping):
            if node.value is None:
                merged.pop(key, None)
            else:
                merged[key] = cast(Scalar, node.value)
    return tuple(sorted(merged.items()))


def _calendar(node: Node) -> Calendar:
    default = Calendar()
    country, closed, subdivision = node.get("country"), node.get("closed"), node.get("subdivision")
    return Calendar(
        default.country if country is None else str(country.value),
        default.closed
        if closed is None
        else tuple(sorted({WEEKDAYS.index(day) + 1 for day in _strings(closed)})),
        "" if subdivision is None else str(subdivision.value),
    )


def _verdicts(node: Node) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(_strings(node.get("verdicts"))))


def _prices(items: Iterable[tuple[str, Node]]) -> tuple[tuple[Any, float], ...]:
    return tuple((key, float(cast(float, node.value))) for key, node in items)


def _alert(entry: Entry) -> Alert:
    node, severity = entry.node, entry.node.get("severity")
    return Alert(
        entry.id,
        text(node.get("say")),
        text(node.get("do")),
        "danger" if severity is None else cast(Any, severity.value),
        entry.origin,
    )


def _channel(entry: Entry) -> Channel:
    node = entry.node
    return Channel(entry.id, text(node.get("name")), flag(node, "carrier"), _verdicts(node), entry.origin)


def _charge(entry: Entry) -> Charge:
    return Charge(entry.id, text(entry.node.get("name")), flag(entry.node, "free"), entry.origin)


def _numbered(rules: Iterable[Rule]) -> Iterator[Rule]:
    """Each rule with its place in the order of the text."""
    for place, rule in enumerate(rules):
        yield Rule(
            rule.id,
            rule.alternatives,
            rule.then,
            rule.because,
            rule.salience,
            place,
            rule.source,
            rule.origin,
        )

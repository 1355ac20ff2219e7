"""What is known, as frozen values: the product of loading and the input of reasoning.

A :class:`KnowledgeBase` is everything that one handset under one programme needs. Every part of it
knows its :class:`Place` in the author's text and the layer (family, handset, programme) it came from.
Probabilities are in 0..1, durations in seconds of talk, money in euros.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Language = Literal["en", "fr"]
Audience = Literal["consumer", "dealer"]
LANGUAGES: tuple[Language, ...] = ("en", "fr")

Verdict = Literal["advice", "repair", "exchange", "visit"]
VERDICTS: tuple[Verdict, ...] = ("advice", "repair", "exchange", "visit")

SymptomKind = Literal["complaint", "observation", "check", "history", "safety", "entitlement"]
SYMPTOM_KINDS: tuple[SymptomKind, ...] = (
    "complaint",
    "observation",
    "check",
    "history",
    "safety",
    "entitlement",
)

AnswerType = Literal["choice", "date", "text"]

UNKNOWN = "unknown"
"""The answer "don't know": known to have been asked, carries no evidence."""

Scalar = str | int | float | bool
"""The value of a fact: an answer id, a handset attribute, a number of days."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something is written: file relative to the knowledge folder, line and column from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


NOWHERE = Place("-", 1, 1)


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence in each language, and where it differs in the dealer's wording (``fr-dealer``)."""

    versions: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, **versions: str) -> Text:
        """``Text.of(en=..., fr=..., fr_dealer=...)``."""
        return cls(tuple(sorted((k.replace("_", "-"), v) for k, v in versions.items())))

    def say(self, language: str, audience: str = "consumer") -> str:
        """The wording for this language and audience; the other language rather than nothing."""
        table = dict(self.versions)
        for key in (f"{language}-{audience}", language, "en", "fr"):
            if key in table:
                return table[key]
        return next(iter(table.values()), "")

    def __bool__(self) -> bool:
        return bool(self.versions)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a part was first written, by which layer, and which layers changed it since."""

    place: Place = NOWHERE
    layer: str = ""
    changed: tuple[tuple[str, Place], ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """One ground premise: a fact by name, and the values or the range of numbers that satisfy it.

    ``values`` non-empty: the fact has one of them (``negated``: is known and has none of them).
    Otherwise the fact is a number within ``at_least`` .. ``at_most`` (both inclusive).
    """

    fact: str
    values: tuple[Scalar, ...] = ()
    negated: bool = False
    at_least: float | None = None
    at_most: float | None = None
    place: Place = field(default=NOWHERE, compare=False)

    def holds_for(self, value: Scalar) -> bool:
        """Whether the fact with this value satisfies the premise."""
        if self.values:
            return any(same(value, v) for v in self.values) is not self.negated
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return False
        return (self.at_least is None or value >= self.at_least) and (
            self.at_most is None or value <= self.at_most
        )


def same(a: Scalar, b: Scalar) -> bool:
    """Equality of fact values; ``True`` is not ``1``."""
    return isinstance(a, bool) is isinstance(b, bool) and a == b


Premises = tuple[Condition, ...]
"""All of them must hold; empty: always."""


def satisfied(premises: Iterable[Condition], facts: Mapping[str, Scalar]) -> bool:
    """Whether every premise is met by a known fact."""
    return all(c.fact in facts and c.holds_for(facts[c.fact]) for c in premises)


@dataclass(frozen=True, slots=True)
class Answer:
    """One possible answer; ``background`` is P(answer) when the fault at hand has no bearing on it.

    ``said``: per language, lay phrases by which a caller volunteers it ("dies on me").
    """

    id: str
    text: Text
    background: float
    said: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Symptom:
    """A question: what the operator reads out, what may be answered, what it costs.

    ``answer_type`` ``date`` and ``text`` take a typed value and carry no evidence on faults.
    ``ends_call``: the check cannot be done while talking on the very handset.
    ``formerly``: ids it had before; old cases and transcripts may still use them.
    """

    id: str
    kind: SymptomKind
    seconds: float
    ask: Text
    answers: tuple[Answer, ...]
    name: Text = Text()
    answer_type: AnswerType = "choice"
    hint: Text = Text()
    needs: Premises = ()
    ends_call: bool = False
    pattern: str = ""
    formerly: tuple[str, ...] = ()
    source: str = ""
    origin: Origin = Origin()

    def answer(self, answer: str) -> Answer | None:
        """The answer with that id, if there is one."""
        return next((a for a in self.answers if a.id == answer), None)


@dataclass(frozen=True, slots=True)
class FaultClass:
    """What sort of fault: ``sound`` when nothing is wrong with the handset itself."""

    id: str
    name: Text
    sound: bool = False
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """A cause of trouble. ``per_1000``: of 1000 calls, how many have it (handset weight included).

    ``shows``: symptom id -> P(answer | fault) in the order of the symptom's answers; a symptom that
    is not listed is answered by its background.
    """

    id: str
    name: Text
    per_1000: float
    fault_class: str
    remedy: str
    also: tuple[str, ...] = ()
    shows: tuple[tuple[str, tuple[float, ...]], ...] = ()
    needs: Premises = ()
    formerly: tuple[str, ...] = ()
    source: str = ""
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True)
class Trial:
    """A remedy tried on the phone: seconds it takes, and P(cured | a fault this remedy is for).

    ``check``: the yes/no symptom that is the same act; its ``yes`` is that the try worked. Either
    then answers the other. ``ends_call``: it cannot be done while talking on the very handset, as
    its ``check`` cannot.
    """

    seconds: float
    cures: float
    check: str = ""
    ends_call: bool = False


@dataclass(frozen=True, slots=True)
class Remedy:
    """What is done about a fault; it belongs to exactly one verdict.

    ``euros``: what it costs the desk when it is right. ``cures``: classes of fault that it also
    cures, beside the faults that name it.
    """

    id: str
    verdict: Verdict
    name: Text
    say: Text
    euros: float
    steps: tuple[Text, ...] = ()
    prepare: tuple[Text, ...] = ()
    trial: Trial | None = None
    cures: tuple[str, ...] = ()
    needs: Premises = ()
    source: str = ""
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True)
class Alert:
    """Words for a danger: read to the caller at once (``say``), and what the operator does."""

    id: str
    say: Text
    do: Text
    severity: Literal["danger", "warning"] = "danger"
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True)
class Effects:
    """What a rule does when it fires. ``forbid``/``require`` name verdicts or remedies."""

    derive: tuple[tuple[str, Scalar], ...] = ()
    rule_out: tuple[str, ...] = ()
    confirm: str = ""
    ask: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    alert: str = ""
    forbid: tuple[str, ...] = ()
    require: str = ""
    channel: str = ""
    forbid_channel: tuple[str, ...] = ()
    charge: str = ""
    promise: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """WHEN all premises of one alternative hold THEN the effects, BECAUSE.

    ``number`` is the rule's place in the total order of its knowledge base (after salience).
    """

    id: str
    alternatives: tuple[Premises, ...]
    then: Effects
    because: Text = Text()
    salience: int = 0
    number: int = 0
    source: str = ""
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True)
class Channel:
    """The way a handset or a person travels; ``carrier``: handed to a parcel carrier.

    ``say``: what the caller hears of it with the verdict; nothing unless given.
    """

    id: str
    name: Text
    carrier: bool = False
    verdicts: tuple[Verdict, ...] = ()
    say: Text = Text()
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True)
class Charge:
    """Who pays: ``free`` to the caller or not; ``say``: what the caller hears of it, nothing unless given."""

    id: str
    name: Text
    free: bool = False
    say: Text = Text()
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True)
class Promise:
    """A dated promise: so many working days after the order, until an hour of that day.

    ``cut_off`` and ``by`` are "HH:MM" local time; an order after the cut-off, or on a closed day,
    counts as the next working day's. ``days`` 0 is the same working day.
    """

    id: str
    say: Text
    days: int
    by: str = "18:00"
    cut_off: str = "16:00"
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working days of a programme: ISO weekdays off (6 Saturday, 7 Sunday), and a country's holidays."""

    country: str = "FR"
    closed: tuple[int, ...] = (6, 7)
    subdivision: str = ""


@dataclass(frozen=True, slots=True)
class WrapUp:
    """One line of the list that the operator goes through before closing.

    ``verdicts``, ``remedies``, ``channels``: with these only; empty: with all. ``promised``: only when a
    day is promised.
    """

    id: str
    text: Text
    verdicts: tuple[Verdict, ...] = ()
    remedies: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    promised: bool = False
    needs: Premises = ()
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True)
class Costs:
    """Prices in euros. ``remedies`` override a remedy's own; ``wrong`` is paid when the remedy does
    not cure; ``needless`` on top when nothing was wrong with the handset; ``unproven`` when a remedy
    that could have proved itself on the phone is only told."""

    talk_per_hour: float = 36.0
    second_best: float = 20.0
    missed_safety: float = 2000.0
    unproven: float = 0.0
    remedies: tuple[tuple[str, float], ...] = ()
    wrong: tuple[tuple[Verdict, float], ...] = ()
    needless: tuple[tuple[Verdict, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Callers:
    """How callers answer: shares of questions they cannot answer or answer wrongly, and how readily
    they complain of a sign that the fault does not show, against one that it does. ``temperature``:
    above 1, answers are taken to tell less than the frequencies say (they are not independent)."""

    dont_know: float = 0.07
    misreport: float = 0.02
    bystander: float = 0.1
    temperature: float = 1.0


@dataclass(frozen=True, slots=True)
class Retailer:
    """A shop; its attributes are facts ``retailer.X`` once the caller has named it."""

    id: str
    name: Text
    attributes: tuple[tuple[str, Scalar], ...] = ()
    source: str = ""
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True)
class Programme:
    """Who answers for the handset and how; its attributes are facts ``programme.X``."""

    id: str
    name: Text
    attributes: tuple[tuple[str, Scalar], ...] = ()
    calendar: Calendar = Calendar()
    greeting: Text = Text()
    source: str = ""
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True)
class Handset:
    """A model; its attributes (its family's included) are facts ``handset.X``."""

    id: str
    brand: str
    name: str
    family: str
    lineage: tuple[str, ...] = ()
    attributes: tuple[tuple[str, Scalar], ...] = ()
    programmes: tuple[str, ...] = ()
    source: str = ""
    origin: Origin = Origin()


@dataclass(frozen=True, eq=False)
class KnowledgeBase:
    """Everything about one handset under one programme; ``revision`` is a hash of its content.

    Mappings keep the order of the author's text, and are not to be changed. Two knowledge bases
    are the same when their revisions are.
    """

    revision: str
    handset: Handset
    programme: Programme | None
    symptoms: Mapping[str, Symptom]
    faults: Mapping[str, Fault]
    remedies: Mapping[str, Remedy]
    rules: tuple[Rule, ...]
    alerts: Mapping[str, Alert]
    channels: Mapping[str, Channel]
    charges: Mapping[str, Charge]
    promises: Mapping[str, Promise]
    wrap_up: tuple[WrapUp, ...]
    classes: Mapping[str, FaultClass]
    retailers: Mapping[str, Retailer]
    costs: Costs
    callers: Callers = Callers()
    sources: tuple[str, ...] = ()
    """The files that it was read from, relative to the knowledge folder; also others' files, if something
    hung on what is in them."""

    def __hash__(self) -> int:
        return hash(self.revision)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KnowledgeBase) and other.revision == self.revision

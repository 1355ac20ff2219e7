"""Written cases: who calls about what, and what he would answer; run as a call that nobody attends.

A case is YAML: ``handset``, and as wanted ``programme``, ``retailer``, ``on``, ``language``, ``facts``,
``complaint``, ``answers``, ``tries`` and ``expect``. It is read with the same strictness as knowledge,
and what is wrong with it are the same problems with the same codes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, get_args

from diagnose import __version__
from diagnose.consultation.call import Call, Refused, after, answer_problem, find_symptom, moment, open_call
from diagnose.consultation.events import Accepted, Answered, Closed, Opened, Tried, TryResult
from diagnose.consultation.trace import verdict_json
from diagnose.knowledge import catalogue
from diagnose.knowledge.model import LANGUAGES, UNKNOWN, VERDICTS, KnowledgeBase, Place, Remedy
from diagnose.knowledge.problems import Problem, did_you_mean
from diagnose.knowledge.source import Node, read
from diagnose.reasoning.assess import Ask, Conclude, Try
from diagnose.reasoning.open_question import ANYTHING_ELSE, NOTHING, SOMETHING
from diagnose.reasoning.tables import can_be_volunteered

MOST_STEPS = 200
TIME_OF_DAY = "10:00:00"
"""When a case calls that gives a day only."""
FIELDS = (
    "handset",
    "programme",
    "retailer",
    "on",
    "language",
    "facts",
    "complaint",
    "answers",
    "tries",
    "expect",
)
SINGLE = ("verdict", "remedy", "fault", "channel", "charge", "promise")
"""Expected values of which there is one; a list means: one of these."""
LISTED = ("alerts", "asked", "not_asked", "rules")
"""``alerts``: these and no others; ``asked``, ``not_asked``, ``rules`` (that fired): at least these."""
EXPECTED = (*SINGLE, *LISTED)
_ON = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2})(:[0-9]{2})?([+-][0-9]{2}:[0-9]{2}|Z)?)?"
)


@dataclass(frozen=True, slots=True)
class Given:
    """A symptom's answer, or a remedy's outcome, with its place in the case."""

    id: str
    value: str
    place: Place
    value_place: Place


@dataclass(frozen=True, slots=True)
class Expected:
    """What a case says must come out: a key of ``EXPECTED`` and its values."""

    what: str
    values: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Case:
    """A written case. ``on``: as the time of an event, or empty; ``places``: of its fields.

    ``facts``: what the desk knows from the start. ``complaint``: what the caller says of himself.
    ``answers``: what he would say if asked, anything else he does not know.
    """

    file: str
    handset: str
    programme: str | None = None
    retailer: str = ""
    on: str = ""
    language: str = "en"
    facts: tuple[Given, ...] = ()
    complaint: tuple[Given, ...] = ()
    answers: tuple[Given, ...] = ()
    tries: tuple[Given, ...] = ()
    expect: tuple[Expected, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict, compare=False)

    def place(self, name: str) -> Place:
        """Where a field is written; the start of the file when it is not."""
        return self.places.get(name, Place(self.file, 1, 1))


@dataclass(frozen=True, slots=True)
class Mismatch:
    """What a case expected, and what came out instead."""

    what: str
    expected: str
    got: str
    place: Place


def read_case(path: Path) -> tuple[Case | None, tuple[Problem, ...]]:
    """The case in a file and what is wrong with it; None when it names no handset or cannot be read.

    Symptoms and answers are not looked up here: see :func:`prepare`.
    """
    node, found = read(Path(), str(path))
    if node is None:
        return None, found
    if not isinstance(node.value, dict):
        wrong = Problem(node.place, "K203", "a case is a mapping", "begin with handset: and its id")
        return None, (*found, wrong)
    case, problems = case_of(node, str(path))
    return case, (*found, *problems)


def case_of(node: Node, file: str) -> tuple[Case | None, tuple[Problem, ...]]:
    """The case that a mapping says, and what is wrong with it; None when it names no handset."""
    reading = _Reading(node)
    return reading.case(file), tuple(reading.problems)


def time_of_call(text: str) -> str:
    """A day, or a day and a time, as the time of an event; empty when it is neither."""
    found = _ON.fullmatch(text)
    if not found:
        return ""
    day, minute, second, zone = found.groups()
    hour = f"{minute}{second or ':00'}" if minute else TIME_OF_DAY
    at = f"{day}T{hour}{'+00:00' if zone == 'Z' else zone or ''}"
    try:
        moment(at)
    except Refused:
        return ""
    return at


class _Reading:
    """One reading of a case; what is wrong on the way is kept."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.problems: list[Problem] = []

    def complain(self, place: Place, code: str, message: str, mend: str = "") -> None:
        self.problems.append(Problem(place, code, message, mend))

    def case(self, file: str) -> Case | None:
        for key in self.node.entries:
            if key not in FIELDS:
                mend = did_you_mean(key, FIELDS)
                self.complain(self.node.key_place(key), "K201", f"a case has no field {key!r}", mend)
        handset = self.word("handset")
        if not handset:
            if self.node.get("handset") is None:
                self.complain(self.node.place, "K202", "handset is missing", "write handset: and its id")
            return None
        language = self.word("language") or "en"
        if language not in LANGUAGES:
            self.complain(self.place("language"), "K204", f"{language!r} is no language here", "en or fr")
            language = "en"
        return Case(
            file,
            handset,
            self.word("programme") or None,
            self.word("retailer"),
            self.time("on"),
            language,
            self.pairs("facts"),
            self.pairs("complaint"),
            self.pairs("answers"),
            self.tries(),
            self.expect(),
            {key: self.place(key) for key in self.node.entries},
        )

    def place(self, key: str) -> Place:
        node = self.node.get(key)
        return node.place if node is not None else self.node.key_place(key)

    def word(self, key: str) -> str:
        node = self.node.get(key)
        if node is None:
            return ""
        if not isinstance(node.value, str) or not node.value.strip():
            self.complain(node.place, "K203", f"{key} is a word")
            return ""
        return node.value

    def time(self, key: str) -> str:
        text = self.word(key)
        at = time_of_call(text)
        if text and not at:
            mend = "write 1998-03-02 or 1998-03-02T10:15"
            self.complain(self.place(key), "K207", f"{text!r} is not a date", mend)
        return at

    def pairs(self, key: str) -> tuple[Given, ...]:
        node = self.node.get(key)
        if node is None:
            return ()
        if not isinstance(node.value, dict):
            self.complain(node.place, "K203", f"{key} is a mapping", "write one line for each: name: value")
            return ()
        pairs = []
        for id_, value in node.entries.items():
            text = _said(value)
            if text is None:
                self.complain(value.place, "K203", f"{id_} needs one answer", "a word, or unknown")
            else:
                pairs.append(Given(id_, text, node.key_place(id_), value.place))
        return tuple(pairs)

    def tries(self) -> tuple[Given, ...]:
        outcomes = get_args(TryResult)
        good = []
        for given in self.pairs("tries"):
            if given.value in outcomes:
                good.append(given)
            else:
                mend = did_you_mean(given.value, outcomes)
                self.complain(given.value_place, "K204", f"{given.value!r} is no outcome of a try", mend)
        return tuple(good)

    def expect(self) -> tuple[Expected, ...]:
        node = self.node.get("expect")
        if node is None:
            return ()
        if not isinstance(node.value, dict):
            self.complain(node.place, "K203", "expect is a mapping", "write verdict: and the rest below it")
            return ()
        expected = []
        for what, value in node.entries.items():
            if what not in EXPECTED:
                mend = did_you_mean(what, EXPECTED)
                self.complain(node.key_place(what), "K201", f"nothing called {what!r} can be expected", mend)
                continue
            texts = [_said(item) for item in (value.items if isinstance(value.value, list) else [value])]
            words = tuple(text for text in texts if text is not None)
            if len(words) < len(texts) or (what in SINGLE and not words):
                self.complain(value.place, "K203", f"{what} needs a word, or a list of words")
            else:
                expected.append(Expected(what, words, value.place))
        return tuple(expected)


def _said(node: Node) -> str | None:
    """A scalar as an answer: true and false are yes and no."""
    if isinstance(node.value, bool):
        return "yes" if node.value else "no"
    if node.value is None or isinstance(node.value, (dict, list)):
        return None
    return node.text if node.text.strip() else None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A case with the knowledge that it needs, and what is wrong with either.

    ``kb`` is None when the handset or the programme does not exist, or cannot be used.
    """

    kb: KnowledgeBase | None
    case: Case
    problems: tuple[Problem, ...] = ()
    knowledge_problems: tuple[Problem, ...] = ()


def prepare(root: Path, case: Case, load: Callable[..., catalogue.Loaded] = catalogue.load) -> Prepared:
    """Loads the knowledge of a case, and looks up what the case names. Never raises for either text."""
    listed = {h.id: h for h in catalogue.handsets(root)}
    if listed and case.handset not in listed:
        mend = did_you_mean(case.handset, listed)
        wrong = Problem(case.place("handset"), "K302", f"there is no handset {case.handset!r}", mend)
        return Prepared(None, case, (wrong,))
    programmes = listed[case.handset].programmes if listed else ()
    if listed and case.programme is not None and case.programme not in programmes:
        message = f"{case.handset} does not have the programme {case.programme!r}"
        mend = did_you_mean(case.programme, programmes)
        return Prepared(None, case, (Problem(case.place("programme"), "K306", message, mend),))
    loaded = load(root, case.handset, case.programme)
    kb = loaded.knowledge
    if kb is None or not kb.faults or not kb.remedies:
        return Prepared(None, case, (), loaded.problems)
    case, problems = linked(kb, case)
    return Prepared(kb, case, problems, loaded.problems)


def linked(kb: KnowledgeBase, case: Case) -> tuple[Case, tuple[Problem, ...]]:
    """The case by today's ids, without what the knowledge base does not know; that is a problem each."""
    problems: list[Problem] = []
    facts = case.facts
    if case.retailer and "retailer" in kb.symptoms and all(g.id != "retailer" for g in facts):
        place = case.place("retailer")
        facts = (Given("retailer", case.retailer, place, place), *facts)
    case = replace(
        case,
        facts=_linked(kb, facts, problems),
        complaint=_linked(kb, case.complaint, problems),
        answers=_linked(kb, case.answers, problems),
        tries=tuple(g for g in case.tries if _can_be_tried(kb, g, problems)),
    )
    known: dict[str, tuple[str, Iterable[str]]] = {
        "verdict": ("K204", VERDICTS),
        "remedy": ("K404", kb.remedies),
        "fault": ("K403", kb.faults),
        "channel": ("K407", kb.channels),
        "charge": ("K408", kb.charges),
        "alerts": ("K406", kb.alerts),
        "asked": ("K401", kb.symptoms),
        "not_asked": ("K401", kb.symptoms),
        "rules": ("K201", [r.id for r in kb.rules]),
    }
    for expected in case.expect:
        code, ids = known.get(expected.what, ("", ()))
        for value in expected.values if code else ():
            if value not in ids and value != "none":
                message = f"expect {expected.what}: there is no {value!r}"
                problems.append(Problem(expected.place, code, message, did_you_mean(value, ids)))
    return case, tuple(problems)


def _linked(kb: KnowledgeBase, given: tuple[Given, ...], problems: list[Problem]) -> tuple[Given, ...]:
    good: dict[str, Given] = {}
    for one in given:
        symptom = find_symptom(kb, one.id)
        if symptom is None:
            mend = did_you_mean(one.id, kb.symptoms)
            problems.append(Problem(one.place, "K401", f"there is no symptom {one.id!r}", mend))
        elif code := answer_problem(symptom, one.value):
            mend = did_you_mean(one.value, [a.id for a in symptom.answers])
            message = (
                f"{one.value!r} is not a date"
                if code == "bad-date"
                else (f"{one.value!r} is no answer to {symptom.id}")
            )
            problems.append(Problem(one.value_place, "K402", message, mend))
        elif symptom.id in good:
            message = f"{one.id!r} is {symptom.id!r}, answered already at {good[symptom.id].place}"
            problems.append(Problem(one.place, "K107", message, "keep one of the two"))
        else:
            good[symptom.id] = replace(one, id=symptom.id)
    return tuple(good.values())


def _can_be_tried(kb: KnowledgeBase, given: Given, problems: list[Problem]) -> bool:
    tried = [r.id for r in kb.remedies.values() if r.trial is not None]
    if given.id in tried:
        return True
    known = given.id in kb.remedies
    message = f"{given.id!r} cannot be tried on the phone" if known else f"there is no remedy {given.id!r}"
    problems.append(Problem(given.place, "K404", message, "" if known else did_you_mean(given.id, tried)))
    return False


def run_case(kb: KnowledgeBase, case: Case, now: datetime) -> Call:
    """The call that a case makes: complaint, what the desk knows, then whatever the dialogue asks for.

    ``now`` is when a case calls that has no ``on``. Each event's time is the beginning plus the talk
    reckoned so far, so that the same case gives the same bytes. A try that the case does not speak of
    is answered by the question that asks for the same, or else declined; the open question by the
    signs among the answers, or that there is nothing else. The call stays open when it has not ended
    after ``MOST_STEPS`` steps.
    """
    case, _ = linked(kb, case)
    start = moment(case.on or now.isoformat(timespec="seconds"))
    programme = kb.programme.id if kb.programme else None

    def at(seconds: float = 0.0) -> str:
        return (start + timedelta(seconds=round(seconds))).isoformat(timespec="seconds")

    name = re.sub(r"[^A-Za-z0-9_-]", "_", Path(case.file).stem)
    opened = Opened(at(), name, kb.handset.id, programme, kb.revision, __version__, case.language)
    call = open_call(kb, opened)
    for given in (*case.complaint, *case.facts):
        call = after(call, Answered(at(call.seconds), given.id, given.value, volunteered=True))
    answers = {g.id: g.value for g in (*case.complaint, *case.facts, *case.answers)}
    tries = {g.id: g.value for g in case.tries}
    for _ in range(MOST_STEPS):
        step = call.assessment.next
        if isinstance(step, Conclude):
            call = after(call, Accepted(at(call.seconds)))
            return after(call, Closed(at(call.seconds)))
        if isinstance(step, Ask):
            said = answers.get(step.symptom)
            if said is None and step.symptom == ANYTHING_ELSE:
                for given in (told := _comes_to_mind(call, case)):
                    call = after(call, Answered(at(call.seconds), given.id, given.value, volunteered=True))
                said = SOMETHING if told else NOTHING
            call = after(call, Answered(at(call.seconds), step.symptom, said or UNKNOWN))
        elif isinstance(step, Try):
            outcome: Any = tries.get(step.remedy) or _came_of(kb.remedies[step.remedy], answers)
            call = after(call, Tried(at(call.seconds), step.remedy, outcome))
    return call


def _comes_to_mind(call: Call, case: Case) -> tuple[Given, ...]:
    """What the caller of a case says when asked what else strikes him: the signs among his answers."""
    return tuple(
        given
        for given in case.answers
        if call.findings.answer_to(given.id) is None
        and can_be_volunteered(call.kb.symptoms[given.id], given.value)
    )


def _came_of(remedy: Remedy, answers: Mapping[str, str]) -> str:
    """What came of a try that the case does not speak of: by the question that asks for the same, if any."""
    check = remedy.trial.check if remedy.trial else ""
    return {"yes": "cured", "no": "not_cured"}.get(answers.get(check, ""), "declined")


def mismatches(call: Call, case: Case) -> tuple[Mismatch, ...]:
    """Where a call came out other than its case expects, in the order of the case."""
    found = []
    for expected in case.expect:
        got = outcome_of(call, expected.what)
        if not _meets(expected, got):
            wanted = ", ".join(expected.values) or "none"
            found.append(Mismatch(expected.what, wanted, ", ".join(got) or "none", expected.place))
    return tuple(found)


def _meets(expected: Expected, got: tuple[str, ...]) -> bool:
    values = set(expected.values) - {"none"}
    if expected.what == "alerts":
        return values == set(got)
    if expected.what == "not_asked":
        return not values & set(got)
    if expected.what in ("asked", "rules"):
        return values <= set(got)
    return got[0] in expected.values if got else "none" in expected.values


def outcome_of(call: Call, what: str) -> tuple[str, ...]:
    """What came out of a call under a key of ``EXPECTED``; nothing at all is no value."""
    now = call.assessment
    if what == "fault":
        front = now.outcome.fault if now.outcome.solved else now.belief.ranked()[0][0]
        return (front,)
    if what == "alerts":
        return now.alerts
    if what in ("asked", "not_asked"):
        return tuple(
            dict.fromkeys(d.symptom for d in call.deeds if isinstance(d, Answered) and not d.volunteered)
        )
    if what == "rules":
        return tuple(dict.fromkeys(f.rule.id for f in (*now.firings, *now.outcome.ruling.firings)))
    key = "kind" if what == "verdict" else what
    value = verdict_json(call)[key]
    return (str(value),) if value else ()

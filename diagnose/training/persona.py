"""The virtual caller speaking: what he says to each question, try and verdict, and when his patience ends.

Every line and every whim is drawn from the seed and from what it is about, so that the same exercise with
the same steps is the same dialogue.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from diagnose.consultation.events import TryResult
from diagnose.knowledge.model import UNKNOWN, KnowledgeBase, Language, Remedy, Symptom
from diagnose.reasoning.open_question import ANYTHING_ELSE, NOTHING, SOMETHING
from diagnose.reasoning.tables import can_be_volunteered, tables
from diagnose.simulation.callers import Caller
from diagnose.training import lay
from diagnose.training.voices import Difficulty, Voices

LONG = 60.0
"""Seconds from which a caller may decline to try something, or to look."""
CROSS = 1.5
"""How often his patience has to be over for a caller to be cross, and to do nothing long any more."""
SAME_PHONE = 0.5
"""Share of callers who speak on the very handset: they cannot do what cannot be done while speaking on it."""
_WAYS: Mapping[str, str] = {
    "safety": "_looks",
    "observation": "_looks",
    "check": "_tests",
    "history": "_recalls",
    "entitlement": "_recalls",
}
"""How he comes by the answer to a kind of question: the ending of the occasion."""


@dataclass
class Memory:
    """What a caller has said and done.

    ``said``: per symptom what he let be known, also that he does not know; ``unasked``: symptoms that he
    spoke of himself; ``tried``: what came of each remedy; ``grumbled``: how often his patience ran out;
    ``used``: lines drawn so far for each occasion. ``refused``: by ground how it stands with his refusal:
    ``refused``, ``gave_in`` or, explained in vain, ``firm``; ``unwanted``: the remedies that he refused.
    """

    said: dict[str, str] = field(default_factory=dict)
    unasked: list[str] = field(default_factory=list)
    tried: dict[str, TryResult] = field(default_factory=dict)
    grumbled: int = 0
    used: dict[str, int] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    unwanted: list[str] = field(default_factory=list)


@dataclass
class Persona:
    """One caller on the line. Only what he remembers changes; all else is as it was drawn."""

    kb: KnowledgeBase
    caller: Caller
    voices: Voices
    difficulty: Difficulty
    language: Language
    seed: int
    memory: Memory = field(default_factory=Memory)

    def opens(self) -> tuple[str, ...]:
        """The first words: the complaint as a layman puts it."""
        opening = self.caller.opening
        if opening is None:
            return (self._line("hello_vague"),)
        return (self._tells("hello", *opening),)

    def returns(self) -> str:
        """When a call that waited goes on."""
        return self._line("back")

    def replies(self, symptom: Symptom, elapsed: float) -> tuple[str, ...]:
        """To a question, so many seconds into the call. What he lets be known is remembered."""
        said = self.memory.said
        if symptom.id == ANYTHING_ELSE:
            return self._whatever_else()
        lines = [self._line("again")] if symptom.id in said else []
        if symptom.id not in said:
            refusal = self._refuses_to_look(symptom, elapsed)
            if refusal:
                said[symptom.id] = UNKNOWN
                return (self._line(refusal),)
        answer = said.setdefault(symptom.id, self.caller.says.get(symptom.id, UNKNOWN))
        lines.append(self._answer(symptom, answer))
        if self._chance(f"volunteers {symptom.id}") < self.difficulty.volunteers:
            lines += self._volunteers()
        return tuple(lines)

    def waits(self) -> str:
        """While the operator looks something up himself."""
        return self._line("waits")

    def knows(self, symptom: str) -> str:
        """What the desk finds when it looks a symptom up: it does not err as a caller does."""
        return self.memory.said.setdefault(symptom, self.caller.truth.get(symptom, UNKNOWN))

    def tries(self, remedy: Remedy, elapsed: float) -> tuple[TryResult, str]:
        """Whether he does it, and what comes of it."""
        memory, trial = self.memory, remedy.trial
        if memory.tried.get(remedy.id, "declined") != "declined":
            return "before", self._line("tried_before")
        # what he was asked already he knows the outcome of: it was the same act
        known = memory.said.get(trial.check, UNKNOWN) if trial else UNKNOWN
        cured = self.caller.cured.get(remedy.id, False) if known == UNKNOWN else known == "yes"
        if not cured and self._chance(f"did {remedy.id}") < self.difficulty.did_before:
            memory.tried[remedy.id] = "before"
            return "before", self._line("done_before")
        refusal = ""
        if trial is not None and trial.ends_call and self._on_this_phone:
            refusal = "not_here"
        elif self._too_long(remedy.id, trial.seconds if trial else 0.0, elapsed):
            refusal = "refuse_try"
        if refusal:
            memory.tried[remedy.id] = "declined"
            return "declined", self._line(refusal)
        memory.tried[remedy.id] = "cured" if cured else "not_cured"
        if trial is not None and trial.check:
            memory.said[trial.check] = "yes" if cured else "no"
        return memory.tried[remedy.id], self._line(memory.tried[remedy.id])

    def does(self) -> str:
        """To a step of a try that is not the last."""
        return self._line("doing")

    def refuses(self, remedy: str, grounds: tuple[str, ...]) -> str:
        """The ground on which he refuses a verdict with that remedy; empty when he takes it."""
        memory = self.memory
        for ground in grounds:
            stands = memory.refused.get(ground, "")
            if stands == "gave_in" or (ground == "data" and self._has_saved):
                continue
            if stands or self._chance(f"objects {ground}") < self.difficulty.objects:
                memory.refused.setdefault(ground, "refused")
                memory.unwanted += [remedy] if remedy not in memory.unwanted else []
                return ground
        return ""

    def is_told_why(self, ground: str, elapsed: float) -> tuple[bool, str]:
        """Whether the explanation moves him, and what he says to it; somebody who is cross stays firm."""
        willing = self._chance(f"gives in {ground}") < self.difficulty.gives_in
        moved = willing and not self._cross(elapsed)
        self.memory.refused[ground] = "gave_in" if moved else "firm"
        return moved, self._line("gives_in" if moved else "insists")

    def resigns(self) -> str:
        """When his refusal is taken as it is."""
        return self._line("resigned")

    def hears_verdict(self, verdict: str, *, pays: bool, solved: bool, refused: str = "") -> tuple[str, ...]:
        """To the verdict: that he will not have it, on that ground; else what it costs him, how long he is
        without the phone, and that he agrees."""
        if solved:
            return (self._line("thanks"),)
        if refused:
            return (self._line(f"refuse_{refused}"),)
        lines = [self._line("pays")] if pays else []
        if verdict in ("repair", "exchange"):
            lines.append(self._line("sent_away"))
        return (*lines, self._line("thanks"))

    def loses_patience(self, elapsed: float) -> str:
        """What he says when his patience has run out, once for each time it does; mostly nothing."""
        turns = int(elapsed / self.difficulty.patience) if self.difficulty.patience else 0
        if turns <= self.memory.grumbled:
            return ""
        self.memory.grumbled = turns
        return self._line("cross" if self._cross(elapsed) else "grumbles")

    def hangs_up(self, elapsed: float) -> bool:
        """Whether he has had enough."""
        return bool(self.difficulty.hangs_up) and elapsed >= self.difficulty.hangs_up

    def leaves(self) -> str:
        """His last words when he hangs up."""
        return self._line("hangs_up")

    @property
    def _has_saved(self) -> bool:
        saved = self.voices.saved
        return "yes" in (self.memory.said.get(saved), self.caller.truth.get(saved))

    @property
    def _on_this_phone(self) -> bool:
        return self._chance("same phone") < SAME_PHONE

    def _cross(self, elapsed: float) -> bool:
        return elapsed > CROSS * self.difficulty.patience

    def _too_long(self, what: str, seconds: float, elapsed: float) -> bool:
        unwilling = self._chance(f"refuses {what}") < self.difficulty.refuses
        return seconds >= LONG and (unwilling or self._cross(elapsed))

    def _refuses_to_look(self, symptom: Symptom, elapsed: float) -> str:
        """The occasion of a refusal; empty when he looks."""
        if symptom.ends_call and self._on_this_phone:
            return "not_here"
        return "refuse_test" if self._too_long(symptom.id, symptom.seconds, elapsed) else ""

    def _whatever_else(self) -> tuple[str, ...]:
        """All that comes to his mind and was not said yet; asked again, nothing more does."""
        told = [(s, a) for s, a in self.caller.comes_to_mind if s not in self.memory.said]
        self.memory.said.setdefault(ANYTHING_ELSE, SOMETHING if told else NOTHING)
        if not told:
            return (self._line("nothing_else"),)
        occasions = ("something_else", *("and_also" for _ in told[1:]))
        return tuple(self._tells(occasion, *sign) for occasion, sign in zip(occasions, told, strict=True))

    def _volunteers(self) -> list[str]:
        """One more thing that is so, that a caller would mention, and that he has not said yet."""
        t = tables(self.kb)
        fault = t.index[self.caller.fault]
        known: list[tuple[str, str]] = []
        for symptom in self.kb.symptoms.values():
            answer = self.caller.truth.get(symptom.id, UNKNOWN)
            row = t.row_of.get((symptom.id, answer))
            if symptom.id in self.memory.said or row is None or not can_be_volunteered(symptom, answer):
                continue
            if lay.phrases_of(self.kb, symptom.id, answer, self.language) and t.reason[row][fault] > 0:
                known.append((symptom.id, answer))
        if not known:
            return []
        chosen = known[int(self._chance(f"thing {len(self.memory.unasked)}") * len(known))]
        return [self._tells("volunteer", *chosen)]

    def _tells(self, occasion: str, symptom: str, answer: str) -> str:
        """Something that he says unasked, and remembers."""
        self.memory.said[symptom] = answer
        self.memory.unasked.append(symptom)
        return self._line(occasion, said=self._lay(symptom, answer))

    def _answer(self, symptom: Symptom, answer: str) -> str:
        way = _WAYS.get(symptom.kind, "")
        if answer == UNKNOWN:
            return self._line("dont_know", way)
        if symptom.answer_type == "date":
            return self._line("date", date=lay.day(answer, self.language))
        if answer in ("yes", "no") and len(symptom.answers) == 2:
            return self._line(answer, way)
        looks = "_looks" if way in ("_looks", "_tests") else ""
        return lay.sentence(self._line("answer", looks, answer=self._spoken(symptom, answer)))

    def _spoken(self, symptom: Symptom, answer: str) -> str:
        own = self.voices.answers.get((self.language, f"{symptom.id}.{answer}"), ())
        phrases = own or lay.phrases_of(self.kb, symptom.id, answer, self.language)
        if phrases:
            return phrases[int(self._chance(f"lay {symptom.id}") * len(phrases))]
        known = symptom.answer(answer)
        return lay.read_off(known.text.say(self.language)) if known else answer

    def _lay(self, symptom: str, answer: str) -> str:
        """A sign in lay words; where nobody has written any, as the question is named."""
        phrases = lay.phrases_of(self.kb, symptom, answer, self.language)
        if phrases:
            return phrases[int(self._chance(f"lay {symptom}") * len(phrases))]
        known = self.kb.symptoms[symptom]
        name = lay.read_off((known.name or known.ask).say(self.language))
        said = known.answer(answer)
        if answer == "yes" or said is None:
            return name
        return f"{name}, {lay.read_off(said.text.say(self.language))}"

    def _line(self, occasion: str, way: str = "", **data: str) -> str:
        """The next line of an occasion, and of that for the way in which he comes by an answer."""
        occasions = (occasion, f"{occasion}{way}") if way else (occasion,)
        count = self.memory.used.get(occasions[-1], 0)
        self.memory.used[occasions[-1]] = count + 1
        line = self.voices.line(occasions, self.language, self.seed, count)
        for key, value in data.items():
            line = line.replace(f"{{{key}}}", value)
        return line

    def _chance(self, what: str) -> float:
        return float(np.random.default_rng((self.seed, zlib.crc32(what.encode()))).random())

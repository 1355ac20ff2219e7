"""The virtual caller speaking: what he says to each question, try and verdict, and when his patience ends.

Every line and every whim is drawn from the seed and from what it is about, so that the same exercise with
the same steps is the same dialogue.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from diagnose.consultation.events import TryResult
from diagnose.knowledge.model import UNKNOWN, KnowledgeBase, Language, Remedy, Symptom
from diagnose.reasoning.belief import can_be_volunteered, tables
from diagnose.simulation.callers import Caller
from diagnose.terminal.phrases import date_of
from diagnose.training.voices import Difficulty, Voices

LONG_TRY = 60.0
"""Seconds from which a caller may decline to try something."""
CROSS = 1.5
"""How often his patience has to be over for a caller to be cross, and to try nothing long any more."""
SAME_PHONE = 0.5
"""Share of callers who speak on the very handset: they cannot do what cannot be done while speaking on it."""


@dataclass
class Persona:
    """One caller on the line. It remembers what it has said; all else is as it was drawn."""

    kb: KnowledgeBase
    caller: Caller
    voices: Voices
    difficulty: Difficulty
    language: Language
    seed: int
    said: dict[str, str] = field(default_factory=dict)
    unasked: list[str] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    grumbled: int = 0
    _used: dict[str, int] = field(default_factory=dict)

    def opens(self) -> tuple[str, ...]:
        """The first words: the complaint as a layman puts it."""
        opening = self.caller.opening
        if opening is None:
            return (self._line("hello_vague"),)
        self.said[opening[0]] = opening[1]
        self.unasked.append(opening[0])
        return (self._line("hello", said=self._lay(*opening)),)

    def replies(self, symptom: Symptom) -> tuple[str, ...]:
        """To a question. What he lets be known is kept in ``said``, also that he does not know."""
        lines = [self._line("again")] if symptom.id in self.said else []
        if symptom.ends_call and self._chance("same phone") < SAME_PHONE:
            self.said.setdefault(symptom.id, UNKNOWN)
            return (*lines, self._line("not_here"))
        answer = self.said.get(symptom.id) or self.caller.says.get(symptom.id, UNKNOWN)
        self.said[symptom.id] = answer
        lines.append(self._answer(symptom, answer))
        if self._chance(f"volunteers {symptom.id}") < self.difficulty.volunteers:
            lines += self._volunteers()
        return tuple(lines)

    def answers_now(self, symptom: str) -> str | None:
        """What he has let be known of a symptom."""
        return self.said.get(symptom)

    def tries(self, remedy: Remedy, elapsed: float) -> tuple[TryResult, str]:
        """Whether he does it, and what comes of it."""
        if remedy.id in self.tried:
            return "before", self._line("tried_before")
        seconds = remedy.trial.seconds if remedy.trial else 0.0
        unwilling = self._chance(f"refuses {remedy.id}") < self.difficulty.refuses
        if seconds >= LONG_TRY and (unwilling or elapsed > CROSS * self.difficulty.patience):
            return "declined", self._line("refuse_try")
        self.tried.append(remedy.id)
        if self.caller.cured.get(remedy.id):
            return "cured", self._line("cured")
        return "not_cured", self._line("not_cured")

    def does(self) -> str:
        """To a step of a try that is not the last."""
        return self._line("doing")

    def hears_verdict(self, verdict: str, *, pays: bool, solved: bool) -> tuple[str, ...]:
        """To the verdict: what it costs him, how long he is without the phone, and that he agrees."""
        if solved:
            return (self._line("thanks"),)
        lines = [self._line("pays")] if pays else []
        if verdict in ("repair", "exchange"):
            lines.append(self._line("sent_away"))
        return (*lines, self._line("thanks"))

    def loses_patience(self, elapsed: float) -> str:
        """What he says when his patience has run out, once for each time it does; mostly nothing."""
        turns = int(elapsed / self.difficulty.patience) if self.difficulty.patience else 0
        if turns <= self.grumbled:
            return ""
        self.grumbled = turns
        return self._line("grumbles" if elapsed < CROSS * self.difficulty.patience else "cross")

    def hangs_up(self, elapsed: float) -> bool:
        """Whether he has had enough."""
        return bool(self.difficulty.hangs_up) and elapsed >= self.difficulty.hangs_up

    def leaves(self) -> str:
        """His last words when he hangs up."""
        return self._line("hangs_up")

    def _volunteers(self) -> list[str]:
        """One more thing that is so, that a caller would mention, and that he has not said yet."""
        t = tables(self.kb)
        fault = t.index[self.caller.fault]
        known: list[tuple[str, str]] = []
        for symptom in self.kb.symptoms.values():
            answer = self.caller.truth.get(symptom.id, UNKNOWN)
            row = t.row_of.get((symptom.id, answer))
            if symptom.id in self.said or row is None or not can_be_volunteered(symptom, answer):
                continue
            if self._phrases(symptom.id, answer) and t.reason[row][fault] > 0:
                known.append((symptom.id, answer))
        if not known:
            return []
        symptom_id, answer = known[int(self._chance(f"thing {len(self.unasked)}") * len(known))]
        self.said[symptom_id] = answer
        self.unasked.append(symptom_id)
        return [self._line("volunteer", said=self._lay(symptom_id, answer))]

    def _answer(self, symptom: Symptom, answer: str) -> str:
        if answer == UNKNOWN:
            return self._line("dont_know")
        if symptom.answer_type == "date":
            return self._line("date", date=date_of(date.fromisoformat(answer), self.language))
        if answer in ("yes", "no") and len(symptom.answers) == 2:
            return self._line(answer)
        known = symptom.answer(answer)
        return self._line("answer", answer=known.text.say(self.language) if known else answer)

    def _phrases(self, symptom: str, answer: str) -> tuple[str, ...]:
        known = self.kb.symptoms[symptom].answer(answer)
        return dict(known.said).get(self.language, ()) if known else ()

    def _lay(self, symptom: str, answer: str) -> str:
        """A sign in lay words; where nobody has written any, as the question is named."""
        phrases = self._phrases(symptom, answer)
        if phrases:
            return phrases[int(self._chance(f"lay {symptom}") * len(phrases))]
        known = self.kb.symptoms[symptom]
        name = (known.name or known.ask).say(self.language)
        said = known.answer(answer)
        return name if answer == "yes" or said is None else f"{name}: {said.text.say(self.language)}"

    def _line(self, occasion: str, **data: str) -> str:
        count = self._used.get(occasion, 0)
        self._used[occasion] = count + 1
        line = self.voices.line(occasion, self.language, self.seed, count)
        for key, value in data.items():
            line = line.replace(f"{{{key}}}", value)
        return line

    def _chance(self, what: str) -> float:
        return float(np.random.default_rng((self.seed, zlib.crc32(what.encode()))).random())

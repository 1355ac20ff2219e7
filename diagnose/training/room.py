"""An exercise on the operator's own terminal: the caller is virtual, call and transcript are ordinary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from diagnose.consultation.call import TOLD_SECONDS
from diagnose.consultation.closing import closing, given
from diagnose.consultation.events import Abandoned, Answered, Tried
from diagnose.knowledge.model import Symptom
from diagnose.terminal.commands import run
from diagnose.terminal.phrases import answer_of, try_words
from diagnose.terminal.picking import remedy_given, verdict_pick
from diagnose.terminal.session import Session
from diagnose.terminal.start import CannotStart
from diagnose.terminal.state import (
    Entry,
    Leaving,
    Notice,
    Option,
    Overlay,
    Page,
    Pick,
    asked,
    at_verdict,
    tried,
    wrap_up,
)
from diagnose.terminal.terminal import Terminal
from diagnose.training.clock import Clock
from diagnose.training.head import CALLER, OPERATOR, Head, Standing
from diagnose.training.persona import Persona
from diagnose.training.refusing import (
    EXPLAIN,
    EXPLAIN_SECONDS,
    NEXT_BEST,
    grounds,
    next_best,
    refusal_pick,
)
from diagnose.training.words import say

VERDICT_SECONDS = 10.0
"""Talk for the verdict and what the caller says to it."""
MOST_LINES = 6
GIVES_AWAY = ("why", "why_not", "change")
"""What only the guide knows: not to be had where nothing is proposed."""


class Alone:
    """The opener of a terminal whose call is there already."""

    def handsets(self, words: str) -> tuple[Option, ...]:  # noqa: ARG002 - as its protocol has it
        """None: there is nothing to choose."""
        return ()

    def programmes(self, handset: str) -> tuple[Option, ...]:  # noqa: ARG002 - as its protocol has it
        """None either."""
        return ()

    def begin(self, handset: str, programme: str | None, language: str, audience: str) -> Session:  # noqa: ARG002 - as its protocol has it
        """There is no other call."""
        raise CannotStart(say("one_call", language))


@dataclass
class TrainingTerminal(Terminal):
    """The operator's position with a caller who is heard; ``clock`` goes on by what is said.

    ``keep`` is given the head whenever the caller has said something new.
    """

    persona: Persona | None = None
    clock: Clock | None = None
    begun: Head | None = None
    keep: Callable[[Head], None] = lambda _: None
    line_by_line: bool = False
    dialogue: list[tuple[int, str, str]] = field(default_factory=list)
    steps: dict[str, tuple[int, int]] = field(default_factory=dict)
    hung_up: bool = False
    standing: Standing = field(default_factory=Standing)

    def goes_on(self, head: Head) -> None:
        """The caller of an exercise that waited is on the line again."""
        assert self.persona is not None
        self.standing = head.standing
        self.dialogue = [*head.dialogue]
        self.steps = {r: (seen, of) for r, seen, of in head.steps}
        self.state = replace(self.state, read=head.read, ticked=head.ticked)
        self._say((self.persona.returns(),), after=head.standing.heard)
        self._point_out_refusal()

    def clocked(self) -> None:
        """A key was pressed, or a second has passed: the caller reacts to what stands on the screen."""
        super().clocked()
        if self.session is None or self.state.leaving is not None or self.state.call is None:
            return
        self._listen()
        super().clocked()

    def show(self, overlay: Overlay | None) -> None:
        """As at the desk, but what only the guide knows is not to be had where nothing is proposed."""
        hidden = isinstance(overlay, (Page, Pick)) and overlay.purpose in GIVES_AWAY
        if hidden and not self.state.guided:
            self.state = replace(self.state, overlay=None)
            self.tell("unguided", bad=True)
            return
        super().show(overlay)

    def leave(self, status: int, *lines: str) -> None:  # noqa: ARG002 - as its protocol has it
        """The exercise is over: what is left behind is its score, not the way to resume the call."""
        self.state = replace(self.state, leaving=Leaving(status))

    def _listen(self) -> None:
        state, persona = self.state, self.persona
        assert persona is not None
        call = state.the_call
        if call.status != "open":
            return
        entry = state.overlay
        if isinstance(entry, Entry) and entry.purpose == "complaint":
            programme = call.kb.programme
            greeting = programme.greeting.say(state.language, state.audience) if programme else ""
            self._heard(("complaint",), greeting, persona.opens, TOLD_SECONDS)
        elif entry is not None:
            return
        elif at_verdict(state):
            self._verdict(persona)
        elif tried(state) is not None:
            self._try(persona)
        elif (symptom := asked(state)) is not None:
            times = sum(isinstance(e, Answered) and e.symptom == symptom.id for e in call.events)
            self._ask(persona, symptom, times)
        self._impatient(persona)

    def _ask(self, persona: Persona, symptom: Symptom, times: int) -> None:
        before = len(persona.memory.unasked)
        situation = ("ask", symptom.id, times)
        ask = symptom.ask.say(self.state.language, self.state.audience)
        self._heard(situation, ask, lambda: self._replies(persona, symptom), symptom.seconds)
        if self.clock is not None:
            self.clock.talk += TOLD_SECONDS * (len(persona.memory.unasked) - before)

    def _replies(self, persona: Persona, symptom: Symptom) -> tuple[str, ...]:
        """What is no question to the caller the operator looks up himself: he is told what he finds."""
        if "?" in symptom.ask.say(self.state.language):
            return persona.replies(symptom, self.state.elapsed)
        found = answer_of(self.state, symptom, persona.knows(symptom.id))
        return persona.waits(), say("looked_up", self.state.language, answer=found)

    def _verdict(self, persona: Persona) -> None:
        call = self.state.the_call
        verdict, remedy = given(call)
        situation = ("verdict", verdict, remedy.id if remedy else "")
        if situation == self.standing.situation:
            return
        solved = call.overruled is None and call.assessment.outcome.solved
        at_stake = () if solved else grounds(call, persona.voices.erased_by)
        refused = persona.refuses(situation[-1], at_stake)
        self._heard(
            situation,
            closing(call, self.state.language, self.state.audience),
            lambda: persona.hears_verdict(verdict, pays="pay" in at_stake, solved=solved, refused=refused),
            VERDICT_SECONDS,
            refusal=refused,
        )
        self._point_out_refusal()

    def _point_out_refusal(self) -> None:
        if self.standing.refusal:
            self.state = replace(self.state, notice=Notice(say("refusal", self.state.language), bad=True))

    def may_end(self) -> bool:
        """Not while the caller refuses the verdict: what can be done about it is shown."""
        ground, persona = self.standing.refusal, self.persona
        if not ground or persona is None:
            return True
        memory = persona.memory
        explained = memory.refused.get(ground) == "firm"
        self.show(refusal_pick(self.state, ground, explained=explained, unwanted=memory.unwanted))
        return False

    def chose(self, pick: Pick, value: str) -> None:
        """What is done about a refusal."""
        assert self.persona is not None and self.session is not None
        ground, language = pick.subject, self.state.language
        because = say(f"because.{ground}", language)
        self.show(None)
        if value == EXPLAIN:
            moved, line = self.persona.is_told_why(ground, self.session.elapsed)
            self.standing = replace(self.standing, refusal="" if moved else ground)
            read = say(f"explain.{ground}", language)
            self.dialogue.append((len(self.state.the_call.events), OPERATOR, read))
            self._say((line,))
            if self.clock is not None:
                self.clock.talk += EXPLAIN_SECONDS
        elif value == NEXT_BEST:
            other = next_best(self.state.the_call, self.persona.memory.unwanted)
            if other is None or not self.state.guided:
                self.show(verdict_pick(self.state))
            else:
                subject = f"{other.verdict}/{other.id}"
                self.show(Entry("overrule", subject, because, len(because)))
        else:
            words = say("refusal.noted", language, remedy=remedy_given(self.state), because=because)
            if self.do(lambda s: s.note(words)):
                self.standing = replace(self.standing, refusal="")
                self._say((self.persona.resigns(),))
                run(self, "accept")

    def _try(self, persona: Persona) -> None:
        state = self.state
        remedy = tried(state)
        assert remedy is not None
        words = try_words(state, remedy)
        count = max(1, len(words))
        times = sum(isinstance(e, Tried) and e.remedy == remedy.id for e in state.the_call.events)
        begun = ("try", remedy.id, times)
        if self.standing.situation[:3] != begun:
            self.standing = replace(self.standing, trying=persona.tries(remedy, state.elapsed))
            self.steps[remedy.id] = (0, count)
        result, line = self.standing.trying
        step = count - 1 if self.line_by_line else min(state.step, count - 1)
        seen = max(step + 1, self.steps.get(remedy.id, (0, 0))[0])
        if result in ("declined", "before"):
            self.steps.pop(remedy.id, None)
            self._heard((*begun, -1), " ".join(words[:1]), lambda: (line,), TOLD_SECONDS)
            return
        self.steps[remedy.id] = (seen, count)
        seconds = (remedy.trial.seconds if remedy.trial else 0.0) / count
        if self.line_by_line:
            seconds *= count
        last = step == count - 1
        read = " ".join(words) if self.line_by_line else "".join(words[step : step + 1])
        self._heard((*begun, step), read, lambda: (line,) if last else (persona.does(),), seconds)

    def _heard(
        self,
        situation: tuple[str | int, ...],
        read: str,
        lines: Callable[[], tuple[str, ...]],
        seconds: float,
        refusal: str = "",
    ) -> None:
        """What is said in a new situation, once, to what is read to him; it takes its time."""
        if situation == self.standing.situation:
            return
        self.standing = replace(self.standing, situation=situation, refusal=refusal)
        if read:
            self.dialogue.append((len(self.state.the_call.events), OPERATOR, read))
        self._say(tuple(line for line in lines() if line))
        if self.clock is not None:
            self.clock.talk += seconds

    def _say(self, lines: tuple[str, ...], *, after: tuple[str, ...] = ()) -> None:
        """The caller is heard; ``after``: what is still on the screen of what he said before."""
        count = len(self.state.the_call.events)
        self.dialogue.extend((count, CALLER, line) for line in lines)
        self.standing = replace(self.standing, heard=(*after, *lines)[-MOST_LINES:])
        self.state = replace(self.state, heard=self.standing.heard)
        self.keep(self.head())

    def _impatient(self, persona: Persona) -> None:
        assert self.session is not None
        elapsed = self.session.elapsed
        cured = self.standing.trying[0] == "cured" and tried(self.state) is not None
        if at_verdict(self.state) or cured:
            return
        if persona.hangs_up(elapsed):
            self._say((persona.leaves(),))
            self.hung_up = True
            self.do(lambda s: s.abandon(say("hung_up", self.state.language)))
            self.leave(0)
            return
        line = persona.loses_patience(elapsed)
        if line:
            self._say((line,), after=self.state.heard)

    def head(self) -> Head:
        """The head as it stands now."""
        assert self.persona is not None and self.begun is not None
        call = self.state.the_call
        abandoned = any(isinstance(e, Abandoned) for e in call.events)
        return replace(
            self.begun,
            memory=self.persona.memory,
            standing=self.standing,
            dialogue=tuple(self.dialogue),
            wrap_up=() if abandoned else tuple(line.id for line in wrap_up(call)),
            ticked=self.state.ticked,
            alerts=call.assessment.alerts,
            read=self.state.read,
            steps=tuple((r, seen, of) for r, (seen, of) in self.steps.items()),
            hung_up=self.hung_up,
            finished=call.over,
        )

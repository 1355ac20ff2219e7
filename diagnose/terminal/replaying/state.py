"""What the replay shows, as one frozen value, and what each key makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from diagnose.consultation.events import Answered
from diagnose.knowledge.model import UNKNOWN
from diagnose.record.moments import Moment
from diagnose.terminal.phrases import answer_of, name_of
from diagnose.terminal.replaying.story import Story, what_if
from diagnose.terminal.replaying.words import say

Shown = Literal["", "jump", "why", "best", "what_if", "compare", "help"]
LISTS: tuple[Shown, ...] = ("jump", "what_if")
SPEEDS = (1, 2, 4, 8, 16, 32, 64)
SCROLLED = 5


@dataclass(frozen=True)
class Replaying:
    """``ways``: the recording and what was made of it; ``at``: the moment shown, from 0.

    ``beside``: the way that ``way`` is compared with.

    ``shown``: what stands before the screen of the call; ``cursor``: the line of its list. ``played``:
    seconds into the call while playing. ``leaving``: how the screen is left.
    """

    ways: tuple[Story, ...]
    way: int = 0
    beside: int = 0
    at: int = 0
    language: str = "en"
    shown: Shown = ""
    cursor: int = 0
    scroll: int = 0
    playing: bool = False
    speed: int = 1
    played: float = 0.0
    notice: str = ""
    leaving: Literal["", "quit", "fork"] = ""

    @property
    def story(self) -> Story:
        """The way that is looked at."""
        return self.ways[self.way]

    @property
    def moment(self) -> Moment:
        """Where the call stands."""
        return self.story.moments[self.at]

    @property
    def next(self) -> Moment | None:
        """What happened then."""
        found = self.story.moments
        return found[self.at + 1] if self.at + 1 < len(found) else None


Command = Callable[[Replaying], Replaying]
COMMANDS: dict[str, Command] = {}


def command(function: Command) -> Command:
    """Enter a function into the table, by its own name."""
    COMMANDS[function.__name__.rstrip("_")] = function
    return function


def run(state: Replaying, name: str) -> Replaying:
    """The state after a key."""
    return COMMANDS[name](replace(state, notice=""))


def _to(state: Replaying, at: int) -> Replaying:
    at = max(0, min(len(state.story.moments) - 1, at))
    return replace(state, at=at, scroll=0, shown="", played=state.story.into[at])


@command
def forward(state: Replaying) -> Replaying:
    """The next event."""
    return _to(replace(state, playing=False), state.at + 1)


@command
def back(state: Replaying) -> Replaying:
    """The event before."""
    return _to(replace(state, playing=False), state.at - 1)


@command
def next_regret(state: Replaying) -> Replaying:
    """Before the next step that could have been better."""
    found = state.story.moments
    for i in range(state.at + 2, len(found)):
        judged = found[i].judged
        if judged is not None and not judged.good:
            return _to(replace(state, playing=False), i - 1)
    return replace(state, notice=say("good", state.language))


@command
def first(state: Replaying) -> Replaying:
    """The beginning."""
    return _to(replace(state, playing=False), 0)


@command
def last(state: Replaying) -> Replaying:
    """The end."""
    return _to(replace(state, playing=False), len(state.story.moments))


@command
def play(state: Replaying) -> Replaying:
    """Play, or stop."""
    begun = _to(state, 0) if state.next is None and not state.playing else state
    return replace(begun, playing=not state.playing, shown="")


@command
def faster(state: Replaying) -> Replaying:
    """Twice as fast."""
    return replace(state, speed=min(SPEEDS[-1], state.speed * 2))


@command
def slower(state: Replaying) -> Replaying:
    """Half as fast, never slower than the call."""
    return replace(state, speed=max(SPEEDS[0], state.speed // 2))


def passed(state: Replaying, seconds: float) -> Replaying:
    """So many seconds have passed before the screen: while playing, the call goes on."""
    if not state.playing:
        return state
    played = state.played + seconds * state.speed
    into = state.story.into
    at = max(state.at, max((i for i, at in enumerate(into) if at <= played), default=0))
    return replace(state, played=played, at=at, playing=at + 1 < len(into))


def _open(state: Replaying, shown: Shown, cursor: int = 0) -> Replaying:
    closed = state.shown == shown
    return replace(state, shown="" if closed else shown, cursor=cursor, scroll=0, playing=False)


@command
def jump(state: Replaying) -> Replaying:
    """A list of all events."""
    return _open(state, "jump", state.at)


@command
def why(state: Replaying) -> Replaying:
    """Why this question."""
    return _open(state, "why")


@command
def best(state: Replaying) -> Replaying:
    """All that could be done next."""
    return _open(state, "best")


@command
def help_(state: Replaying) -> Replaying:
    """Every key."""
    return _open(state, "help")


@command
def compare(state: Replaying) -> Replaying:
    """Two ways side by side."""
    if len(state.ways) < 2:
        return replace(state, notice=say("no_fork", state.language))
    return _open(state, "compare")


@command
def other_way(state: Replaying) -> Replaying:
    """The next way."""
    way = (state.way + 1) % len(state.ways)
    if len(state.ways) < 2:
        return replace(state, notice=say("no_fork", state.language))
    shown = state.shown if state.shown == "compare" else ""
    return replace(_to(replace(state, way=way, playing=False), state.at), shown=shown)


@command
def other_side(state: Replaying) -> Replaying:
    """Compared with the next way."""
    if len(state.ways) < 3:
        return replace(state, notice=say("no_third", state.language))
    others = [i for i in range(len(state.ways)) if i != state.way]
    following = next((i for i in others if i > state.beside), others[0])
    return replace(state, beside=following, shown="compare", playing=False)


@command
def fork(state: Replaying) -> Replaying:
    """Take the call from here."""
    if state.moment.call.over:
        return replace(state, notice=say("over", state.language))
    return replace(state, leaving="fork", playing=False)


@command
def quit_(state: Replaying) -> Replaying:
    """Leave."""
    return replace(state, leaving="quit")


@command
def language(state: Replaying) -> Replaying:
    """The other language."""
    return replace(state, language="en" if state.language == "fr" else "fr")


def alternatives(state: Replaying) -> tuple[tuple[str, str], ...]:
    """The other answers to the question that was put next, with their words."""
    following = state.next
    if following is None or not isinstance(following.event, Answered):
        return ()
    symptom = state.moment.call.kb.symptoms.get(following.event.symptom)
    if symptom is None:
        return ()
    shown = state.story.screen_at(state.at, state.language)
    ids = (*(a.id for a in symptom.answers), UNKNOWN)
    return tuple((a, answer_of(shown, symptom, a)) for a in ids if a != following.event.answer)


@command
def what_if_(state: Replaying) -> Replaying:
    """Another answer to the next question."""
    if not alternatives(state):
        return replace(state, notice=say("no_answer", state.language))
    return _open(state, "what_if")


COMMANDS["what_if"] = what_if_


@command
def up(state: Replaying) -> Replaying:
    """The line above."""
    return _moved(state, -1)


@command
def down(state: Replaying) -> Replaying:
    """The line below."""
    return _moved(state, 1)


def _moved(state: Replaying, by: int) -> Replaying:
    size = len(state.story.moments) if state.shown == "jump" else len(alternatives(state))
    return replace(state, cursor=(state.cursor + by) % size) if size else state


@command
def choose(state: Replaying) -> Replaying:
    """Take the line under the cursor."""
    if state.shown == "jump":
        return _to(state, state.cursor)
    others = alternatives(state)
    following = state.next
    if state.shown != "what_if" or not others or following is None:
        return replace(state, shown="")
    answer, words = others[min(state.cursor, len(others) - 1)]
    assert isinstance(following.event, Answered)
    symptom = state.moment.call.kb.symptoms[following.event.symptom]
    name = f"{name_of(state.story.screen_at(state.at, state.language), symptom)}: {words}"
    other = what_if(state.story, state.at + 1, answer, say("what_if", state.language, what=name))
    return with_way(replace(state, shown=""), other)


def with_way(state: Replaying, story: Story) -> Replaying:
    """The state with one more way, which is then looked at, side by side with the first."""
    ways = (*state.ways, story)
    at = min(state.at + 1, len(story.moments) - 1)
    return replace(state, ways=ways, way=len(ways) - 1, at=at, shown="compare", scroll=0, leaving="")


@command
def cancel(state: Replaying) -> Replaying:
    """Back to the call."""
    return replace(state, shown="", scroll=0)


@command
def scroll_down(state: Replaying) -> Replaying:
    """Further down."""
    return replace(state, scroll=state.scroll + SCROLLED)


@command
def scroll_up(state: Replaying) -> Replaying:
    """Further up."""
    return replace(state, scroll=max(0, state.scroll - SCROLLED))

"""A call scored by a rubric: points and a comment per criterion, the total, and what fails it at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from diagnose.training.evidence import Evidence
from diagnose.training.measures import Finding, auto_fail, measure
from diagnose.training.rubric import Criterion, Rubric
from diagnose.training.words import say

Json = dict[str, Any]
ByHand = Mapping[str, Finding]
"""An evaluator's own findings by criterion; they stand instead of what was measured."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One criterion of a scored call; ``share`` is None when it could not be judged."""

    criterion: Criterion
    share: float | None
    comment: str
    by_hand: bool = False

    @property
    def points(self) -> float | None:
        """Its part of the hundred."""
        return None if self.share is None else self.share * self.criterion.weight


@dataclass(frozen=True, slots=True)
class Score:
    """``points``: of 100, over the criteria that could be judged. ``fails``: auto-fail items and why.

    ``seconds`` on the line against the ``target`` of the rubric.
    """

    rubric: Rubric
    kind: str
    criteria: tuple[Scored, ...]
    points: float
    fails: tuple[tuple[str, str], ...]
    seconds: float
    target: float

    @property
    def total(self) -> float:
        """The points, nought when something fails the call."""
        return 0.0 if self.fails else self.points

    @property
    def passed(self) -> bool:
        """Whether the mark is reached and nothing fails the call."""
        return not self.fails and self.points >= self.rubric.pass_mark - 1e-9


def score(evidence: Evidence, rubric: Rubric, language: str, by_hand: ByHand | None = None) -> Score:
    """The score of a call; comments in that language."""
    scored = tuple(_scored(evidence, c, language, by_hand or {}) for c in rubric.criteria)
    weight = sum(s.criterion.weight for s in scored if s.share is not None)
    earned = sum(s.points for s in scored if s.points is not None)
    fails = tuple((name, why) for name in rubric.auto_fail if (why := auto_fail(name, evidence, language)))
    target = next((c.figures["target"] for c in rubric.criteria if c.measure == "talk_time"), 180.0)
    points = round(100 * earned / weight, 1) if weight else 0.0
    return Score(rubric, evidence.kind, scored, points, fails, evidence.elapsed, target)


def _scored(evidence: Evidence, criterion: Criterion, language: str, by_hand: ByHand) -> Scored:
    own = by_hand.get(criterion.id)
    if own is not None:
        return Scored(criterion, own.share, own.comment, by_hand=True)
    if not criterion.measure:
        return Scored(criterion, None, say("by_hand", language))
    found = measure(criterion.measure, evidence, criterion.figures, language)
    return Scored(criterion, found.share, found.comment)


def score_json(file: str, scored: Score, language: str) -> Json:
    """A score as plain JSON values."""
    return {
        "file": file,
        "rubric": scored.rubric.id,
        "kind": scored.kind,
        "score": scored.total,
        "points": scored.points,
        "pass_mark": scored.rubric.pass_mark,
        "passed": scored.passed,
        "auto_fail": [{"item": name, "why": why} for name, why in scored.fails],
        "seconds": scored.seconds,
        "criteria": [
            {
                "id": s.criterion.id,
                "name": s.criterion.text.say(language),
                "weight": s.criterion.weight,
                "share": None if s.share is None else round(s.share, 4),
                "points": None if s.points is None else round(s.points, 2),
                "comment": s.comment,
                "by_hand": s.by_hand,
            }
            for s in scored.criteria
        ],
    }


def rubric_json(rubric: Rubric, language: str) -> Json:
    """A rubric as plain JSON values."""
    return {
        "rubric": rubric.id,
        "name": rubric.name.say(language),
        "calls": list(rubric.calls),
        "pass_mark": rubric.pass_mark,
        "criteria": [
            {"id": c.id, "name": c.text.say(language), "weight": c.weight, "by_hand": not c.measure}
            for c in rubric.criteria
        ],
        "auto_fail": list(rubric.auto_fail),
    }

"""What an evaluator found by hand, and how far evaluators agree."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from diagnose.knowledge.model import Place
from diagnose.knowledge.problems import Problem, did_you_mean, errors
from diagnose.training.measures import Finding
from diagnose.training.rubric import Rubric
from diagnose.training.score import Scored
from diagnose.training.text import Reading, open_file

Json = dict[str, Any]
ROUNDED = 4
"""Shares are compared to a quarter for kappa, which knows categories only."""


class NoLibrary(Exception):
    """The library that computes agreement is not installed; the text is one line."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One evaluator's findings, by call (the name of its transcript without the suffix) and criterion."""

    evaluator: str
    calls: Mapping[str, Mapping[str, Finding]]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far evaluators agree on one criterion, or on all. None where it is not defined.

    ``kappa``: Cohen's, the mean over pairs when there are more than two; shares rounded to a quarter.
    ``alpha``: Krippendorff's, interval. ``calls``: judged by two at least.
    """

    criterion: str
    calls: int
    same: float | None
    kappa: float | None
    alpha: float | None


def read_evaluation(
    file: Path, criteria: Collection[str] = (), judged: Collection[str] = ()
) -> tuple[Evaluation | None, tuple[Problem, ...]]:
    """The evaluation in a file, and what is wrong with it; None when it cannot be used.

    ``criteria``, ``judged``: those of the rubrics, and the calls it is for; what is neither is warned of.
    """
    reading, problems = open_file(Path(), str(file), "evaluation")
    if reading is None:
        return None, tuple(problems)
    calls = {
        name.removesuffix(".jsonl"): {criterion: _finding(part, criterion) for criterion in part.node.entries}
        for name, part in reading.parts("calls")
    }
    if errors(problems):
        return None, tuple(problems)
    for name, part in reading.parts("calls"):
        if judged and name.removesuffix(".jsonl") not in judged:
            problems.append(_idle(part.node.place, f"no call {name!r} is judged here", name, judged))
        for criterion, node in part.node.entries.items():
            if criteria and criterion not in criteria:
                message = f"no rubric has a criterion {criterion!r}"
                problems.append(_idle(node.place, message, criterion, criteria))
    return Evaluation(reading.word("evaluator"), calls), tuple(problems)


def _idle(place: Place, message: str, name: str, known: Collection[str]) -> Problem:
    return Problem(place, "E111", message, did_you_mean(name, known), "warning")


def _finding(part: Reading, criterion: str) -> Finding:
    inner = part.part(criterion)
    if inner is not None:
        return Finding(inner.number("share"), inner.word("comment"))
    return Finding(part.number(criterion), "")


def sheet(evaluator: str, scored: Sequence[tuple[str, Rubric, Sequence[Scored]]]) -> str:
    """An evaluation to be corrected: what was measured stands there, what was not is a comment to fill in."""
    lines = ["kind: evaluation", f"evaluator: {evaluator}", "calls:"]
    for call, _, criteria in scored:
        lines.append(f"  {call}:")
        for s in criteria:
            if s.share is None:
                lines.append(f'    # {s.criterion.id}: {{share: , comment: ""}}')
                continue
            share = f"{s.share:g}" if s.share in (0, 1) else f"{s.share:.2f}"
            comment = s.comment.replace('"', "'").replace("\\", "/")
            lines.append(f'    {s.criterion.id}: {{share: {share}, comment: "{comment}"}}')
    return "\n".join(lines) + "\n"


def agreement(evaluations: Sequence[Evaluation]) -> tuple[Agreement, ...]:
    """How far evaluators agree, on each criterion in the order of first use, then on all together.

    Raises:
        NoLibrary: when the extra ``calibration`` is not installed.
    """
    criteria = dict.fromkeys(c for e in evaluations for found in e.calls.values() for c in found)
    whole = [
        (str(n), f"{call}/{criterion}", finding.share)
        for n, e in enumerate(evaluations)
        for call, found in e.calls.items()
        for criterion, finding in found.items()
        if finding.share is not None
    ]
    parts = [
        (c, [(who, item, share) for who, item, share in whole if item.rpartition("/")[2] == c])
        for c in criteria
    ]
    return tuple(_agreement(name, rows) for name, rows in (*parts, ("", whole)) if rows)


def _agreement(name: str, rows: Sequence[tuple[str, str, float]]) -> Agreement:
    judged: dict[str, list[float]] = {}
    for _, item, share in rows:
        judged.setdefault(item, []).append(share)
    both = {item for item, shares in judged.items() if len(shares) > 1}
    kept = [(who, item, share) for who, item, share in rows if item in both]
    if not kept:
        return Agreement(name, 0, None, None, None)
    same = sum(len(set(judged[item])) == 1 for item in both) / len(both)
    return Agreement(name, len(both), same, _kappa(kept), _alpha(kept))


def _task(rows: Sequence[tuple[str, str, Any]], distance: Any = None) -> Any:
    try:
        from nltk.metrics.agreement import AnnotationTask
    except ImportError:
        raise NoLibrary("agreement needs the extra: pip install 'diagnose[calibration]'") from None
    return AnnotationTask(list(rows), distance) if distance else AnnotationTask(list(rows))


def _kappa(rows: Sequence[tuple[str, str, float]]) -> float | None:
    """Cohen's kappa, the mean over pairs of what both judged; None when nothing could have differed."""
    labels: dict[str, dict[str, str]] = {}
    for who, item, share in rows:
        labels.setdefault(who, {})[item] = str(round(share * ROUNDED) / ROUNDED)
    found = [k for a, b in combinations(labels, 2) if (k := _kappa_of_two(labels[a], labels[b])) is not None]
    return sum(found) / len(found) if found else None


def _kappa_of_two(one: Mapping[str, str], other: Mapping[str, str]) -> float | None:
    both = [item for item in one if item in other]
    if len({label for item in both for label in (one[item], other[item])}) < 2:
        return None
    rows = [(who, item, labels[item]) for who, labels in (("1", one), ("2", other)) for item in both]
    return float(_task(rows).kappa())


def _alpha(rows: Sequence[tuple[str, str, float]]) -> float | None:
    """Krippendorff's alpha for shares; None when nothing could have differed."""
    if len({share for _, _, share in rows}) < 2:
        return None
    from nltk.metrics.distance import interval_distance

    try:
        return float(_task(rows, interval_distance).alpha())
    except (ZeroDivisionError, ValueError):
        return None


def agreement_json(found: Agreement) -> Json:
    """An agreement as plain JSON values."""
    return {
        "criterion": found.criterion or "all",
        "judged_by_both": found.calls,
        "same": None if found.same is None else round(found.same, 4),
        "cohen_kappa": None if found.kappa is None else round(found.kappa, 4),
        "krippendorff_alpha": None if found.alpha is None else round(found.alpha, 4),
    }

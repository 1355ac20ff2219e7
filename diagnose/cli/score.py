"""``diagnose score``: calls judged by a rubric, and how far evaluators agree."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from diagnose.cli import common

if TYPE_CHECKING:
    from diagnose.training.evaluation import Evaluation
    from diagnose.training.rubric import Shelf


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE...]")
@click.option("--rubric", metavar="ID|FILE", help="By which rubric; else that of the kind of call.")
@click.option(
    "--evaluation", type=click.Path(path_type=Path), metavar="FILE.yaml",
    help="What an evaluator found by hand: it stands instead of what is measured.",
)  # fmt: skip
@click.option("--sheet", metavar="NAME", help="Print an evaluation for this evaluator to fill in.")
@click.option(
    "--calibrate", multiple=True, type=click.Path(path_type=Path), metavar="FILE.yaml",
    help="How far this evaluation agrees with the others, and with what is measured if calls are named.",
)  # fmt: skip
@common.knowledge_option
@common.language_option
@common.json_option
def score(
    files: tuple[Path, ...],
    rubric: str | None,
    evaluation: Path | None,
    sheet: str | None,
    calibrate: tuple[Path, ...],
    knowledge: Path | None,
    lang: str | None,
    as_json: bool,
) -> None:
    """Score recorded calls and exercises: points and a comment per criterion, and what fails them.

    Without FILE: the rubrics themselves, and what is wrong with them.

    Exit status 1 when a call has not passed, 2 when one cannot be judged.
    """
    from diagnose.training.rubric import rubrics

    root = common.knowledge_folder(knowledge)
    language = common.language(lang)
    shelf = rubrics(root, rubric or "")
    unusable = common.complain(shelf.problems)
    if not shelf.rubrics:
        raise common.Unusable("there is no rubric that can be used")
    if not files and not calibrate:
        _rubrics(shelf, language, as_json)
        common.finish(2 if unusable else 0)
    by_hand = _evaluation(evaluation, shelf, files) if evaluation is not None else None
    judged, status = _judge(root, files, shelf, by_hand, language)
    status = max(status, 2 if unusable else 0)
    if calibrate:
        _calibrate(calibrate, judged, shelf, language, as_json)
        common.finish(status if status == 2 else 0)
    elif sheet is not None:
        from diagnose.training.evaluation import sheet as written

        rows = [(file.stem, scored.rubric, scored.criteria) for file, _, scored in judged]
        click.echo(written(sheet, rows), nl=False)
        common.finish(status if status == 2 else 0)
    else:
        _print(judged, language, as_json)
        common.finish(status)


def _rubrics(shelf: Shelf, language: str, as_json: bool) -> None:
    from diagnose.training.score import rubric_json
    from diagnose.training.showing import rubric_lines

    if as_json:
        common.say_json([rubric_json(rubric, language) for rubric in shelf.rubrics])
    else:
        common.say(*(rubric_lines(rubric, language) for rubric in shelf.rubrics))


def _judge(
    root: Path, files: tuple[Path, ...], shelf: Shelf, by_hand: Evaluation | None, language: str
) -> tuple[list[Any], int]:
    from diagnose.training.lesson import read_evidence
    from diagnose.training.score import score as scored_by

    judged: list[Any] = []
    status = 0
    for file in files:
        try:
            proof, problems = read_evidence(root, file)
        except OSError as error:
            common.tell(f"{file}:1:1: cannot be read: {error.strerror or error}", err=True)
            status = 2
            continue
        common.complain(problems)
        if proof is None:
            status = 2
            continue
        rubric = shelf.for_call(proof.kind)
        if rubric is None:
            common.tell(f"{file}: there is no rubric for calls of the kind {proof.kind!r}", err=True)
            status = 2
            continue
        own = by_hand.calls.get(file.stem) if by_hand is not None else None
        scored = scored_by(proof, rubric, language, own)
        judged.append((file, proof, scored))
        status = max(status, int(not scored.passed))
    return judged, status


def _print(judged: list[Any], language: str, as_json: bool) -> None:
    from diagnose.training.score import score_json
    from diagnose.training.showing import score_lines

    if as_json:
        common.say_json([score_json(str(file), scored, language) for file, _, scored in judged])
        return
    for i, (file, proof, scored) in enumerate(judged):
        if i:
            click.echo()
        common.tell(f"{file}")
        common.say(score_lines(proof, scored, proof.regret, language))


def _figure(value: float, language: str) -> str:
    return f"{value:.2f}".replace(".", ",") if language == "fr" else f"{value:.2f}"


def _evaluation(file: Path, shelf: Shelf, files: tuple[Path, ...] = ()) -> Evaluation:
    from diagnose.training.evaluation import read_evaluation

    criteria = [c.id for rubric in shelf.rubrics for c in rubric.criteria]
    found, problems = read_evaluation(file, criteria, [f.stem for f in files])
    common.complain(problems)
    if found is None:
        raise common.Unusable(f"{file}: this evaluation cannot be used")
    return found


def _calibrate(
    files: tuple[Path, ...], judged: list[Any], shelf: Shelf, language: str, as_json: bool
) -> None:
    from rich.table import Table

    from diagnose.reasoning.spoken import percent
    from diagnose.training.evaluation import Evaluation, NoLibrary, agreement, agreement_json
    from diagnose.training.measures import Finding
    from diagnose.training.words import say

    evaluations = [_evaluation(file, shelf) for file in files]
    if judged:
        calls = {
            file.stem: {s.criterion.id: Finding(s.share, s.comment) for s in scored.criteria}
            for file, _, scored in judged
        }
        evaluations.append(Evaluation("diagnose", calls))
    if len(evaluations) < 2:
        raise click.UsageError("two evaluations at least, or one and the calls that it is about")
    try:
        found = agreement(evaluations)
    except NoLibrary as missing:
        raise common.Unusable(str(missing)) from None
    if as_json:
        evaluators = [e.evaluator for e in evaluations]
        common.say_json({"evaluators": evaluators, "agreement": [agreement_json(a) for a in found]})
        return
    names = {c.id: c.text.say(language) for rubric in shelf.rubrics for c in rubric.criteria}
    table = Table(box=None, padding=(0, 2), pad_edge=False)
    for key in ("criterion", "both", "same", "kappa", "alpha"):
        table.add_column(say(f"agree.{key}", language), justify="left" if key == "criterion" else "right")
    for a in found:
        figures = ("–" if f is None else _figure(f, language) for f in (a.kappa, a.alpha))
        name = names.get(a.criterion, a.criterion) or say("agree.all", language)
        table.add_row(name, str(a.calls), "–" if a.same is None else percent(a.same, language), *figures)
    common.say(", ".join(e.evaluator for e in evaluations), table)

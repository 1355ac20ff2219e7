"""``diagnose train``: an exercise with a virtual caller."""

from __future__ import annotations

from pathlib import Path

import click

from diagnose.cli import common

NEWEST = ""
"""What ``--resume`` means when it names no call."""


@click.command()
@click.argument("handset", required=False)
@click.option("--programme", metavar="ID", help="Who answers for the handset; else its first.")
@click.option("--fault", "kind", metavar="KIND", help="A class of faults, or one fault; else any.")
@click.option("--seed", type=click.IntRange(0, 2**31), help="Same seed, same caller; else at random.")
@click.option(
    "--difficulty", type=click.Choice(["easy", "medium", "hard"]), default="medium", show_default=True,
    help="How well he knows, how often he errs, how soon he loses patience.",
)  # fmt: skip
@click.option("--free", is_flag=True, help="Nothing is proposed: you pick the questions and decide alone.")
@click.option(
    "--from", "recording", type=click.Path(path_type=Path), metavar="FILE",
    help="The caller of a recorded call, instead of one that is drawn.",
)  # fmt: skip
@click.option("--course", metavar="ID", help="The next exercise of a course.")
@click.option(
    "--resume", is_flag=False, flag_value=NEWEST, metavar="[CALL]",
    help="Go on with an exercise that was left before its end; without CALL the last one.",
)  # fmt: skip
@click.option("--trainee", metavar="NAME", help="Whose progress it is; else the operator of the settings.")
@click.option("--folder", type=click.Path(path_type=Path), metavar="DIR", help="Folder for the training.")
@click.option("--rubric", metavar="ID|FILE", help="What it is scored by; else that of the kind of call.")
@click.option("--plain", is_flag=True, help="Line by line: for a pipe or a screen reader.")
@click.option("--no-clock", is_flag=True, help="The time that you take to think does not count.")
@click.option("--on", metavar="TIME", help="When the caller rings: 1998-03-02T10:00:00+01:00.")
@common.knowledge_option
@common.language_option
def train(
    handset: str | None,
    programme: str | None,
    kind: str | None,
    seed: int | None,
    difficulty: str,
    free: bool,
    recording: Path | None,
    course: str | None,
    resume: str | None,
    trainee: str | None,
    folder: Path | None,
    rubric: str | None,
    plain: bool,
    no_clock: bool,
    on: str | None,
    knowledge: Path | None,
    lang: str | None,
) -> None:
    """Practise on a virtual caller with a hidden fault about HANDSET (an id or part of a name; else any).

    The call is an ordinary one with an ordinary transcript; afterwards it is scored.
    """
    import secrets

    from diagnose import settings
    from diagnose.record.transcript import CannotRecord, spoken
    from diagnose.terminal.start import CannotStart
    from diagnose.training import lesson
    from diagnose.training.exercise import Exercise
    from diagnose.training.taking import any_handset

    if sum(x is not None for x in (handset, recording, course, resume)) > 1:
        raise click.UsageError("HANDSET, --from, --course and --resume exclude each other")
    root = common.knowledge_folder(knowledge)
    chosen, problems = settings.load()
    for problem in problems:
        common.tell(problem.say(lang or chosen.language), err=True)
    desk = lesson.Desk(
        root=root,
        folder=lesson.training_folder(folder),
        trainee=trainee or chosen.operator or "trainee",
        plain=plain,
        colour=chosen.colour,
        thinking=not no_clock,
        audience=chosen.audience,
        rubric=rubric or "",
    )
    seed = secrets.randbelow(10**6) if seed is None else seed
    language = lang or chosen.language
    try:
        if recording is None and course is None and resume is None and handset is None:
            handset = any_handset(root, programme, seed)
        exercise = Exercise(
            handset or "", programme, kind or "", seed, difficulty, language, not free, on or ""
        )
        if resume is not None:
            result = lesson.go_on(desk, resume)
        else:
            result = lesson.give(desk, exercise, recording, course)
    except (CannotStart, CannotRecord, lesson.CannotTeach) as failure:
        raise common.Unusable(spoken(failure, language)) from None
    for line in result.problems:
        click.echo(line, err=True)
    common.say(*result.shown)
    common.finish(result.status)

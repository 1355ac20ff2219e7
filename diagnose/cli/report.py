"""``diagnose report``: a page for each call, and for a trainee or a class."""

from __future__ import annotations

from pathlib import Path

import click

from diagnose.cli import common


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE...]")
@click.option("--trainee", "trainees", multiple=True, metavar="NAME", help="What this trainee has done.")
@click.option("--class", "everybody", is_flag=True, help="What all trainees have done.")
@click.option("--format", "form", type=click.Choice(["html", "md", "csv"]), default="html", show_default=True)
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), metavar="FILE|DIR", help="Else beside the call."
)
@click.option("--rubric", metavar="ID|FILE", help="By which rubric; else that of the kind of call.")
@click.option("--folder", type=click.Path(path_type=Path), metavar="DIR", help="Folder of the training.")
@common.knowledge_option
@common.language_option
def report(
    files: tuple[Path, ...],
    trainees: tuple[str, ...],
    everybody: bool,
    form: str,
    output: Path | None,
    rubric: str | None,
    folder: Path | None,
    knowledge: Path | None,
    lang: str | None,
) -> None:
    """Write a report of each call: the dialogue, the belief as it moved, the score, the trace.

    With --trainee or --class: scores over time, weak spots, talk time. One file each, nothing outside it.
    """
    if not files and not trainees and not everybody:
        raise click.UsageError("name calls, or --trainee NAME, or --class")
    language = common.language(lang)
    if files:
        status = _calls(common.knowledge_folder(knowledge), files, form, output, rubric or "", language)
    else:
        status = _people(common.knowledge_folder(knowledge), folder, trainees, form, output, language)
    common.finish(status)


def _calls(
    root: Path, files: tuple[Path, ...], form: str, output: Path | None, rubric: str, lang: str
) -> int:
    from diagnose.training.lesson import judge, read_evidence
    from diagnose.training.report import call_report
    from diagnose.training.rubric import rubrics
    from diagnose.training.writing import written

    shelf = rubrics(root, rubric)
    status = 2 if common.complain(shelf.problems) else 0
    for file in files:
        try:
            proof, problems = read_evidence(root, file)
        except OSError as error:
            common.tell(f"{file}:1:1: cannot be read: {error.strerror or error}", err=True)
            status = 2
            continue
        status = 2 if common.complain(problems) else status
        judged = judge(proof, shelf, lang) if proof is not None else None
        if proof is None or judged is None:
            if proof is not None:
                common.tell(f"{file}: there is no rubric for calls of the kind {proof.kind!r}", err=True)
            status = 2
            continue
        name = file.name.removesuffix(".jsonl")
        _write(
            _target(output, file.parent, name, form, len(files) > 1),
            written(call_report(*judged, lang), form),
        )
    return status


def _people(
    root: Path, folder: Path | None, trainees: tuple[str, ...], form: str, output: Path | None, lang: str
) -> int:
    from diagnose.training import progress
    from diagnose.training.class_report import people_report
    from diagnose.training.lesson import training_folder
    from diagnose.training.names import names
    from diagnose.training.writing import written

    base = training_folder(folder)
    status = 0
    found = []
    for name in trainees or progress.everybody(base):
        done, problems = progress.read(progress.trainee_folder(base, name))
        common.complain(problems)
        if done:
            found.append((name if trainees else done[-1].trainee or name, done))
        else:
            common.tell(f"{base}: nothing is kept of {name!r}", err=True)
            status = 2
    if not found:
        raise common.Unusable(f"{base}: nobody has been trained there")
    title = progress.trainee_folder(base, found[0][0]).name if len(found) == 1 else "class"
    page = written(people_report(found, names(root), lang), form)
    _write(_target(output, Path(), f"report-{title}", form, False), page)
    return status


def _target(output: Path | None, beside: Path, name: str, form: str, several: bool) -> Path:
    """The file to write: the one named, or of its own name in the folder named or beside the call."""
    if output is None:
        return beside / f"{name}.{form}"
    if several or output.is_dir():
        output.mkdir(parents=True, exist_ok=True)
        return output / f"{name}.{form}"
    return output


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    common.tell(f"{path}")

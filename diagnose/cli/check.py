"""``diagnose check``: what is wrong or doubtful in knowledge."""

from __future__ import annotations

from pathlib import Path

import click

from diagnose.cli import common

FORMATS = ("text", "json", "junit", "sarif", "github")


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@common.knowledge_option
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="How to say it.")
@common.json_option
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@click.option("--silenced", is_flag=True, help="Also tell the warnings that comments allow.")
def check(
    paths: tuple[Path, ...], knowledge: Path | None, form: str, as_json: bool, strict: bool, silenced: bool
) -> None:
    """Check knowledge folders, or what concerns the files named: every handset under every programme, every
    case, and the trainer's rubrics, courses and voices.

    Silent when all is well. Exit status 1 on errors (with --strict also on warnings), 2 when there is
    nothing to check. A warning is silenced by a comment on its line or above: `# diagnose: allow K512
    because ...`. Every code is explained in docs/problems.md.
    """
    from diagnose.authoring import check as checking
    from diagnose.authoring import formats, places
    from diagnose.knowledge.problems import errors, in_order
    from diagnose.training.checking import check_training

    targets, outside = places.targets(paths, Path() if paths else common.knowledge_folder(knowledge))
    for path in outside:
        what = "is in no knowledge folder" if path.exists() else "is not there"
        raise common.Unusable(f"{path} {what}: name a folder with words.yaml and handsets/, or a file of one")
    found: list[formats.Shown] = []
    files: list[str] = []
    waiting = 0
    for target in targets:
        if not target.root.is_dir() or not places.is_knowledge(target.root):
            raise common.Unusable(f"{target.root} is no knowledge folder: no words.yaml, no handsets/")
        report = checking.check(target.root)
        bases = [b.loaded.knowledge for b in report.folder.bases if b.loaded.knowledge is not None]
        trained = check_training(target.root, bases)
        every = (*report.problems, *trained.problems, *(report.silenced if silenced else ()))
        problems = [p for p in in_order(every) if target.means(p.place.file)]
        found += formats.shown(problems, target.path, report.folder.text)
        files += [target.path(f) for f in (*report.folder.files, *trained.files) if target.means(f)]
        waiting += report.waiting
    form = "json" if as_json else form
    if form == "junit":
        click.echo(formats.problems_junit(found, files))
    elif found or form != "text":
        click.echo(formats.WRITERS[form](found))
    wrong = errors(one.problem for one in found)
    if form == "text" and wrong and waiting:
        click.echo("some checks of meaning (K5xx) wait until the errors are mended", err=True)
    common.finish(int(bool(found if strict else wrong)))

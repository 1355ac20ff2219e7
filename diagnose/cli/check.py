"""``diagnose check``: what is wrong or doubtful in knowledge."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from diagnose.cli import common

if TYPE_CHECKING:
    from diagnose.authoring.checking.check import Report
    from diagnose.authoring.places import Target

FORMATS = ("text", "json", "junit", "sarif", "github")


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@common.knowledge_option
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="How to say it.")
@common.json_option
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@click.option("--silenced", is_flag=True, help="Also tell the warnings that comments allow.")
@click.option("--fix", is_flag=True, help="Mend in place what has exactly one mend, and tell what is left.")
@click.option("--diff", "dry", is_flag=True, help="Show what --fix would change, and write nothing.")
def check(
    paths: tuple[Path, ...],
    knowledge: Path | None,
    form: str,
    as_json: bool,
    strict: bool,
    silenced: bool,
    fix: bool,
    dry: bool,
) -> None:
    """Check knowledge folders, or what concerns the files named: every handset under every programme, every
    case, and the trainer's rubrics, courses and voices.

    Silent when all is well. Exit status 1 on errors (with --strict also on warnings; with --diff when there
    is something to mend), 2 when there is nothing to check. A warning is silenced by a comment on its line or
    above: `# diagnose: allow K512 because ...`. Every code is explained in docs/problems.md, which also says
    what --fix mends.
    """
    from diagnose.authoring import formats, places
    from diagnose.authoring.checking import check as checking
    from diagnose.knowledge.problems import errors, in_order
    from diagnose.training.checking import check_training

    targets, outside = places.targets(paths, Path() if paths else common.knowledge_folder(knowledge))
    for path in outside:
        what = "is in no knowledge folder" if path.exists() else "is not there"
        raise common.Unusable(f"{path} {what}: name a folder with words.yaml and handsets/, or a file of one")
    for target in targets:
        if not target.root.is_dir() or not places.is_knowledge(target.root):
            raise common.Unusable(f"{target.root} is no knowledge folder: no words.yaml, no handsets/")
    form = "json" if as_json else form
    if dry:
        common.finish(int(_differences(targets)))
    found: list[formats.Shown] = []
    files: list[str] = []
    waiting = 0
    for target in targets:
        report = _mended(target, form != "text") if fix else checking.check(target.root)
        bases = [b.loaded.knowledge for b in report.folder.bases if b.loaded.knowledge is not None]
        trained = check_training(target.root, bases)
        every = (*report.problems, *trained.problems, *(report.silenced if silenced else ()))
        problems = [p for p in in_order(every) if target.means(p.place.file)]
        found += formats.shown(problems, target.path, report.folder.text)
        files += [target.path(f) for f in (*report.folder.files, *trained.files) if target.means(f)]
        waiting += report.waiting
    if form == "junit":
        click.echo(formats.problems_junit(found, files))
    elif found or form != "text":
        click.echo(formats.WRITERS[form](found))
    wrong = errors(one.problem for one in found)
    if form == "text" and wrong and waiting:
        click.echo("some checks of meaning (K5xx) wait until the errors are mended", err=True)
    common.finish(int(bool(found if strict else wrong)))


def _mended(target: Target, apart: bool) -> Report:
    """What is left after mending; what was mended is told, ``apart`` from what a program reads."""
    from diagnose.authoring.checking import fixing
    from diagnose.authoring.checking.rechecking import Kept
    from diagnose.authoring.places import located

    outcome = fixing.mend_folder(Kept.of(target.root), target.means)
    for file, after in outcome.after.items():
        if after != outcome.before[file]:
            fixing.write(target.root / file, outcome.before[file], after)
    at = located(target.path)
    for mend in outcome.mends:
        common.tell(f"{at(mend.problem.place)}: {mend.problem.code} mended: {mend.what}", err=apart)
    return outcome.report


def _differences(targets: Iterable[Target]) -> bool:
    """Whether there is something to mend, which is shown."""
    from diagnose.authoring.checking import fixing
    from diagnose.authoring.checking.rechecking import Kept

    found = False
    for target in targets:
        outcome = fixing.mend_folder(Kept.of(target.root), target.means)
        for file, after in sorted(outcome.after.items()):
            if after != outcome.before[file]:
                click.echo(fixing.difference(target.path(file), outcome.before[file], after), nl=False)
                found = True
    return found

"""``diagnose coverage``: what the cases show of the knowledge, and what they would not notice."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from diagnose.cli import common

if TYPE_CHECKING:
    from diagnose.authoring.covering.coverage import Coverage
    from diagnose.authoring.covering.mutation_score import Verdicts
    from diagnose.authoring.places import Target

MUTANTS = {
    "drop": "conditions dropped",
    "flip": "answers flipped",
    "shift": "frequencies shifted",
    "turn": "frequencies turned over",
}
UNJUDGED = "goes otherwise without failing"


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@common.knowledge_option
@common.json_option
@click.option(
    "--threshold", type=click.FloatRange(0, 100), metavar="PERCENT", help="Least share of every kind."
)
@click.option("--html", "page", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@click.option(
    "--mutants", metavar="N|all", help="Spoil the knowledge in N ways drawn by the seed, or in all."
)
@click.option("--seed", type=int, default=1, help="Which mutants are drawn.")
@click.option("--jobs", "-j", type=click.IntRange(1), default=1, help="Processes to run the cases in.")
def coverage(
    paths: tuple[Path, ...],
    knowledge: Path | None,
    as_json: bool,
    threshold: float | None,
    page: Path | None,
    mutants: str | None,
    seed: int,
    jobs: int,
) -> None:
    """Tell what the cases cover: rules, conditions, faults, answers and policy rows, by file and line.

    Exit status 1 when a kind is below the threshold. With --mutants also the mutation score: how many
    small changes of the knowledge (of the files named) some case notices.
    """
    from rich.console import Console
    from rich.progress import Progress

    from diagnose.authoring import places
    from diagnose.authoring.casefile import written_cases
    from diagnose.authoring.covering import coverage as covering
    from diagnose.authoring.covering import page as coverage_page
    from diagnose.authoring.covering.mutation_score import score
    from diagnose.authoring.covering.playing import about, play
    from diagnose.authoring.folder import open_folder

    targets, outside = places.targets(paths, Path() if paths else common.knowledge_folder(knowledge))
    if outside or len(targets) != 1:
        raise common.Unusable("name one knowledge folder, or files of one")
    target = targets[0]
    wanted = _wanted(mutants)
    folder = open_folder(target.root)
    now = datetime.now().astimezone()
    cases = [
        w for f, kind in folder.files.items() if kind == "cases" for w in written_cases(folder.document(f))
    ]
    cases = about(folder, cases, target.means)
    plays = play(folder.root, cases, now, jobs)
    found = covering.coverage(folder, (p.covers for played in plays.values() for p in played))
    hits = {item: n for item, n in found.hits.items() if target.means(item.place.file)}
    found = covering.Coverage(hits, found.cases)
    verdicts = None
    if mutants is not None:
        with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
            task = bar.add_task("mutants", total=None)
            verdicts = score(
                *(folder, plays, now, wanted, seed, jobs, target.means),
                done=lambda through, of: bar.update(task, completed=through, total=of),
            )
    if page is not None:
        page.write_text(coverage_page.page(folder, found), encoding="utf-8")
    if as_json:
        common.say_json(_object(target, found, verdicts))
    else:
        _say(target, found, verdicts)
    low = threshold is not None and any(found.share(kind) < threshold for kind in covering.KINDS)
    common.finish(int(low))


def _wanted(mutants: str | None) -> int | None:
    """How many mutants are asked for; None for all.

    Raises:
        Unusable: when it is neither a number nor ``all``.
    """
    if mutants is None or mutants == "all":
        return None
    if not mutants.isdecimal():
        raise common.Unusable(f"--mutants {mutants!r} is neither a number nor all")
    return int(mutants)


def _object(target: Target, found: Coverage, verdicts: Verdicts | None) -> dict[str, Any]:
    from diagnose.authoring.covering.coverage import KINDS

    kinds: dict[str, Any] = {}
    for kind in KINDS:
        done, of = found.counted(kind)
        kinds[kind] = {"covered": done, "of": of, "percent": round(found.share(kind), 1)}
    result: dict[str, Any] = {
        "cases": found.cases,
        "percent": round(found.share(), 1),
        **kinds,
        "items": [
            {
                "kind": item.kind,
                "file": target.path(item.place.file),
                "line": item.place.line,
                "column": item.place.column,
                "what": item.what,
                "cases": hits,
            }
            for item, hits in found.hits.items()
        ],
    }
    if verdicts is not None:
        result["mutants"] = {
            "noticed": len(verdicts.noticed),
            "of": len(verdicts.noticed) + len(verdicts.unnoticed),
            "score": round(verdicts.score, 1),
            "kinds": {
                kind: {
                    "noticed": seen,
                    "unjudged": verdicts.unjudged_of(kind),
                    "of": of,
                    "score": round(percent, 1),
                }
                for kind in MUTANTS
                for seen, of, percent in [verdicts.counted(kind)]
            },
            "files": {
                target.path(file): {
                    kind: {"noticed": seen, "of": of} for kind, (seen, of, _) in kinds.items()
                }
                for file, kinds in verdicts.by_file().items()
            },
            "unnoticed": [
                {
                    "file": target.path(m.place.file),
                    "line": m.place.line,
                    "kind": m.kind,
                    "what": m.words,
                    "case": sight.case if sight else None,
                    "otherwise": sight.what if sight else None,
                }
                for m in verdicts.unnoticed
                for sight in [verdicts.unjudged.get(m)]
            ],
        }
    return result


def _say(target: Target, found: Coverage, verdicts: Verdicts | None) -> None:
    from diagnose.authoring.covering.coverage import KINDS, uncovered

    for item in uncovered(found):
        at = f"{target.path(item.place.file)}:{item.place.line}:{item.place.column}"
        click.echo(f"{at}: no case covers {item.kind.replace('_', ' ').removesuffix('s')} {item.what}")
    for kind in KINDS:
        done, of = found.counted(kind)
        click.echo(f"{kind.replace('_', ' '):24} {done:5} of {of:5}  {found.share(kind):5.1f} %")
    if verdicts is not None:
        for mutant in verdicts.unnoticed:
            at = f"{target.path(mutant.place.file)}:{mutant.place.line}:{mutant.place.column}"
            sight = verdicts.unjudged.get(mutant)
            but = f"; {sight.case} {UNJUDGED}: {sight.what}" if sight else ""
            click.echo(f"{at}: no case notices: {mutant.words}{but}")
        for file, kinds in verdicts.by_file().items():
            told = ", ".join(f"{seen} of {of} {MUTANTS[kind]}" for kind, (seen, of, _) in kinds.items())
            click.echo(f"{target.path(file)}: {told}")
        for kind, words in MUTANTS.items():
            seen, of, percent = verdicts.counted(kind)
            more = verdicts.unjudged_of(kind)
            but = f", {more} more change a call without failing it" if more else ""
            click.echo(f"{words:24} {seen:5} of {of:5}  {percent:5.1f} %{but}")
        every = len(verdicts.noticed) + len(verdicts.unnoticed)
        click.echo(f"{'mutants noticed':24} {len(verdicts.noticed):5} of {every:5}  {verdicts.score:5.1f} %")

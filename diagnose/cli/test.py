"""``diagnose test``: the written cases beside the knowledge."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from diagnose.cli import common

if TYPE_CHECKING:
    from diagnose.authoring.casefile import Written
    from diagnose.authoring.places import Target
    from diagnose.authoring.testing.running import Memory, Result


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@common.knowledge_option
@click.option("--format", "form", type=click.Choice(("text", "json", "junit")), default="text")
@common.json_option
@click.option("--jobs", "-j", type=click.IntRange(1), help="Processes; else as many as there are cores.")
@click.option("--only", "pattern", metavar="TEXT", default="", help="Cases whose name has this in it.")
@click.option("--watch", is_flag=True, help="Run again what a saved file touches, until interrupted.")
def test(
    paths: tuple[Path, ...],
    knowledge: Path | None,
    form: str,
    as_json: bool,
    jobs: int | None,
    pattern: str,
    watch: bool,
) -> None:
    """Run the cases of knowledge folders, or the case files named, and say why one comes out otherwise.

    Exit status 1 when a case fails, 2 when there is none, or one cannot be read.
    """
    from diagnose.authoring import places
    from diagnose.authoring.testing import running, watching

    targets, outside = places.targets(paths, Path() if paths else common.knowledge_folder(knowledge))
    default = common.knowledge_folder(knowledge) if outside else None
    if default is not None:
        targets.append(places.Target(default, frozenset()))
    before = watching.stamps(targets[0].root)
    now = datetime.now().astimezone()
    jobs = jobs or os.cpu_count() or 1
    failed = ran = passed_over = 0
    unreadable = False
    form = "json" if as_json else form
    everything: list[tuple[Target, Memory, tuple[Result, ...]]] = []
    for target in targets:
        found, bad = _cases(target, outside if target.root == default else [])
        unreadable = unreadable or bad
        chosen = [w for w in found if pattern in w.name]
        passed_over += len(found) - len(chosen)
        memory_at = running.memory_path(target.root)
        memory = running.remembered(memory_at)
        results = running.run(target.root, chosen, now, jobs)
        everything.append((target, memory, results))
        running.remember(memory_at, memory, results)
        failed += sum(not r.passed for r in results)
        ran += len(results)
    if not ran and passed_over:
        raise common.Unusable(f"none of the {passed_over} cases has {pattern!r} in its name")
    if not ran and not unreadable:
        raise common.Unusable("there are no cases: write some into cases/NAME.cases.yaml")
    _say(everything, form)
    if watch:
        watching.watch(targets[0], everything[0][2], before, jobs, pattern, click.echo)
    common.finish(2 if unreadable else int(failed > 0))


def _cases(target: Target, outside: Sequence[Path]) -> tuple[list[Written], bool]:
    """The cases that are meant, of the folder and of files elsewhere; whether some cannot be read."""
    from diagnose.authoring.casefile import single_case, written_cases
    from diagnose.knowledge.layers import Shelf

    shelf = Shelf(target.root)
    found: list[Written] = []
    bad = False
    for file in shelf.listing("cases"):
        if target.means(file) or (target.files is not None and not _names_cases(target)):
            document = shelf.document(file, "cases")
            bad = common.complain(document.problems, target.path) or bad
            found += written_cases(document)
    for path in (p.absolute() for p in outside):  # a file is told from the folder on, unless it is absolute
        read = single_case(path)
        if read is None:
            document = Shelf(Path()).document(str(path), "cases")
            bad = common.complain(document.problems) or bad
            found += written_cases(document)
        else:
            bad = common.complain(read[1]) or bad
            found += read[0]
    return found, bad


def _names_cases(target: Target) -> bool:
    """Whether files of cases are named; else the files named are knowledge, and all cases are meant."""
    return any(f.startswith("cases") for f in target.files or ()) or target.files == frozenset()


def _say(everything: Sequence[tuple[Target, Memory, tuple[Result, ...]]], form: str) -> None:
    from diagnose.authoring import formats
    from diagnose.authoring.testing import telling

    if form == "json":
        common.say_json(
            [_object(target, memory, r) for target, memory, results in everything for r in results]
        )
        return
    if form == "junit":
        tested = []
        for target, memory, results in everything:
            for r in results:
                lines = [] if r.passed else list(telling.told(r, memory, target.path))
                first = lines[1].strip() if len(lines) > 1 else ""
                tested.append(formats.Tested(target.path(r.file), r.name, first, "\n".join(lines), r.seconds))
        click.echo(formats.as_junit(tested))
        return
    for target, memory, results in everything:
        teller = telling.Telling(target.path, memory)
        for r in results:
            for line in teller.ran(r):
                click.echo(line)
    ran = [r for _, _, results in everything for r in results]
    if ran:
        click.echo(telling.counted(ran))


def _object(target: Target, memory: Memory, result: Result) -> dict[str, Any]:
    from diagnose.authoring.places import in_sight, located
    from diagnose.authoring.testing import telling

    at = located(target.path)
    return {
        "file": target.path(result.file),
        "case": result.name,
        "line": result.place.line,
        "handset": result.handset,
        "programme": result.programme,
        "revision": result.revision,
        "passed": result.passed,
        "asked": list(result.asked),
        "got": result.got,
        "missed": [
            {
                "at": at(m.place),
                "what": m.what,
                "expected": m.expected,
                "got": m.got,
                "blame": [in_sight(line, target.path) for line in m.blame],
            }
            for m in result.missed
        ],
        "problems": common.problems_json(result.problems, target.path),
        "difference": "" if result.passed else telling.first_difference(result, memory),
        "seconds": round(result.seconds, 3),
    }

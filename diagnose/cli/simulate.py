"""``diagnose simulate``: whole consultations with virtual callers, held against the truth."""

from __future__ import annotations

import sys
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from diagnose.cli import common

if TYPE_CHECKING:
    from diagnose.knowledge.model import KnowledgeBase

MODERN, MODERN_DAY = 2005, date(2026, 3, 2)
"""From that year on handsets are called about on that day, older ones a year after they came out; a
fixed day, because the same seed is to give the same figures."""


@click.command()
@click.argument("handset")
@click.option("--programme", metavar="ID", help="Who answers for the handset; else its first.")
@click.option("-n", "calls", type=click.IntRange(1), default=1000, show_default=True, help="So many callers.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Same seed, same figures.")
@click.option("--dont-know", type=click.FloatRange(0, 0.9), default=0.07, show_default=True)
@click.option("--misreport", type=click.FloatRange(0, 0.4), default=0.02, show_default=True)
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Processes.")
@click.option("--on", metavar="YYYY-MM-DD", help="Day of the calls; else one of the handset's own time.")
@click.option(
    "--plain", "own_only", is_flag=True, help="Without bounds and baselines: about four times faster."
)
@click.option(
    "--keep", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="Keep each call as a transcript in this folder, in one process and without figures.",
)  # fmt: skip
@common.knowledge_option
@common.json_option
def simulate(
    handset: str,
    programme: str | None,
    calls: int,
    seed: int,
    dont_know: float,
    misreport: float,
    jobs: int,
    on: str | None,
    own_only: bool,
    keep: Path | None,
    knowledge: Path | None,
    as_json: bool,
) -> None:
    """Draw callers from the knowledge of HANDSET and run whole consultations with them.

    Prints talk, questions, how often verdict, remedy and fault were right, needless returns and
    dangers missed, the mean cost, and beside them greedy information gain, answering every
    question, and somebody who knows everything.
    """
    from rich.console import Console
    from rich.progress import Progress

    from diagnose.simulation.report import Plan
    from diagnose.simulation.report import simulate as simulated

    folder = common.knowledge_folder(knowledge)
    common.known_handset(folder, handset, programme)
    kb = _load(folder, handset, programme)
    if keep is not None:
        _keep(
            folder, kb, keep, as_json, calls=calls, seed=seed, on=_day(on, kb), rates=(dont_know, misreport)
        )
        return
    plan = Plan(calls, seed, _day(on, kb), dont_know, misreport, jobs, not own_only)
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(handset, total=calls)
        figures, _ = simulated(
            partial(_load, folder, handset, programme), plan, lambda done: bar.advance(task, done)
        )
    if as_json:
        common.say_json(figures)
        return
    for name, value in figures.items():
        _print(name, value, "")


def _keep(
    folder: Path,
    kb: KnowledgeBase,
    keep: Path,
    as_json: bool,
    *,
    calls: int,
    seed: int,
    on: date,
    rates: tuple[float, float],
) -> None:
    from rich.console import Console
    from rich.progress import track

    from diagnose.record.transcript import CannotRecord
    from diagnose.training.samples import samples

    dont_know, misreport = rates
    made = samples(folder, kb, keep, calls=calls, seed=seed, on=on, dont_know=dont_know, misreport=misreport)
    shown = Console(stderr=True)
    try:
        paths = [
            *track(made, kb.handset.id, calls, console=shown, transient=True, disable=not shown.is_terminal)
        ]
    except CannotRecord as failure:
        raise common.Unusable(str(failure)) from None
    if as_json:
        common.say_json([str(p) for p in paths])
    else:
        common.tell(f"{keep}: {len(paths)} calls")


def _load(folder: Path, handset: str, programme: str | None) -> KnowledgeBase:
    """The knowledge base, in this process.

    Raises:
        Unusable: when it has errors.
    """
    from diagnose.authoring.places import under
    from diagnose.knowledge.catalogue import load
    from diagnose.knowledge.problems import errors

    loaded = load(folder, handset, programme)
    if loaded.knowledge is None or errors(loaded.problems):
        common.complain(loaded.problems, under(folder))
        raise common.Unusable(f"the knowledge of {handset} has errors; mend them first")
    return loaded.knowledge


def _day(on: str | None, kb: KnowledgeBase) -> date:
    """The day asked for; else a day on which such handsets were called about.

    Raises:
        Unusable: when it is not a day.
    """
    from diagnose.reasoning.facts import day

    if on is not None:
        asked = day(on)
        if asked is None:
            raise common.Unusable(f"{on!r} is not a day; write it YYYY-MM-DD")
        return asked
    year = dict(kb.handset.attributes).get("year")
    if isinstance(year, int) and year < MODERN:
        return date(year + 1, 3, 2)
    return MODERN_DAY


def _print(name: str, value: object, indent: str) -> None:
    if isinstance(value, dict):
        click.echo(f"{indent}{name}")
        for key, inner in value.items():
            _print(key, inner, indent + "  ")
    else:
        click.echo(f"{indent}{name:<24} {value}")

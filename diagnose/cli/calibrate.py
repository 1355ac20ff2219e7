"""``diagnose calibrate``: one temperature per family from calls whose fault came out."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from diagnose.cli import common

if TYPE_CHECKING:
    from diagnose.authoring.calibrate import Known
    from diagnose.knowledge.problems import Problem


@click.command()
@click.argument("transcripts", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option(
    "--outcomes",
    required=True,
    type=click.Path(path_type=Path),
    metavar="CSV",
    help="Two columns with a heading, call,fault: the call's id or file name, and what the workshop found.",
)
@common.knowledge_option
@common.json_option
def calibrate(transcripts: tuple[Path, ...], outcomes: Path, knowledge: Path | None, as_json: bool) -> None:
    """Fit how much callers' answers tell, per family, on recorded calls of known outcome.

    Prints the temperature to write under `callers:` in the family, and the log loss with and without it.
    """
    from diagnose.authoring.calibrate import fit

    folder = common.knowledge_folder(knowledge)
    by_family: dict[str, list[Known]] = {}
    for known in _known(folder, transcripts, _outcomes(outcomes)):
        lineage = known.kb.handset.lineage
        by_family.setdefault(lineage[0] if lineage else known.kb.handset.family, []).append(known)
    if not by_family:
        raise common.Unusable(f"{outcomes}: names none of these calls; its columns are call,fault")
    results = []
    for family, calls in sorted(by_family.items()):
        plain, best = fit(calls)
        results.append(
            {
                "family": family,
                "calls": len(calls),
                "temperature": round(best.temperature, 2),
                "log_loss": {"plain": round(plain.log_loss, 4), "fitted": round(best.log_loss, 4)},
                "over_sure": {"plain": round(plain.over_sure, 4), "fitted": round(best.over_sure, 4)},
                "fault_right": round(best.right, 4),
            }
        )
        if not as_json:
            click.echo(
                f"{family}: {len(calls)} calls; temperature {best.temperature:.2f}, log loss "
                f"{plain.log_loss:.3f} -> {best.log_loss:.3f}, over-sure by {plain.over_sure:+.1%} -> "
                f"{best.over_sure:+.1%}; write callers: {{temperature: {best.temperature:.2f}}} in the family"
            )
    if as_json:
        common.say_json(results)


def _outcomes(path: Path) -> dict[str, str]:
    """Call -> fault.

    Raises:
        Unusable: with the line, when it is not such a table.
    """
    from diagnose.knowledge.disk import contents

    try:
        rows = list(csv.DictReader(contents(path).decode("utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise common.Unusable(f"{path}: {error}") from None
    found = {}
    for number, row in enumerate(rows, start=2):
        if not row.get("call") or not row.get("fault"):
            raise common.Unusable(
                f"{path}:{number}:1: a call and a fault are needed; the heading is call,fault"
            )
        found[row["call"].strip()] = row["fault"].strip()
    return found


def _known(folder: Path, transcripts: tuple[Path, ...], outcomes: dict[str, str]) -> Iterator[Known]:
    """The calls that can be learnt from; what is wrong with the others is said."""
    from diagnose.authoring.calibrate import Known
    from diagnose.authoring.places import under
    from diagnose.knowledge.catalogue import load
    from diagnose.knowledge.layers import Shelf
    from diagnose.record.replay import replay
    from diagnose.record.transcript import read

    shelf = Shelf(folder)
    told: set[Problem] = set()
    for path in transcripts:
        recording = read(path)
        common.complain(recording.problems)
        opened = recording.opened
        fault = (
            outcomes.get(path.name) or outcomes.get(path.stem) or outcomes.get(opened.call if opened else "")
        )
        if opened is None or fault is None:
            continue
        replayed = replay(folder, recording, load=lambda r, h, p: load(r, h, p, shelf))
        common.complain((p for p in replayed.knowledge_problems if p not in told), under(folder))
        told.update(replayed.knowledge_problems)
        if replayed.call is None:
            common.complain(replayed.problems[len(recording.problems) :])
        elif fault not in replayed.call.kb.faults:
            common.tell(f"{path}: {opened.handset} has no fault {fault!r}; left out", err=True)
        else:
            yield Known(replayed.call.kb, replayed.call.findings, fault)

"""``diagnose prove``: what holds of every outcome that the policy leaves, over all combinations of facts.

With ``--against``: whether it is what another version of the knowledge leaves (:mod:`.prove_against`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from diagnose.cli import common

if TYPE_CHECKING:
    from diagnose.authoring.proving.prove import Proof
    from diagnose.authoring.proving.subject import Failure, Subject
    from diagnose.knowledge.model import Place


FEW = 4
"""Pairs that are gone through before other processes would have started."""


@click.command()
@click.argument("handset", nargs=-1)
@click.option("--programme", metavar="ID", help="This programme only; else all that each handset has.")
@click.option("--against", metavar="OLD", help="Whether it says the same as this folder or git revision.")
@common.knowledge_option
@common.json_option
@click.option("--jobs", "-j", type=click.IntRange(1), help="Processes; else as many as there are cores.")
def prove(
    handset: tuple[str, ...],
    programme: str | None,
    against: str | None,
    knowledge: Path | None,
    as_json: bool,
    jobs: int | None,
) -> None:
    """Prove the policy of HANDSETs (without any: of all) over every combination of facts.

    A remedy is left for every fault, no two rules require different ones, nothing unsafe travels by carrier,
    no exchange without its gates, nothing free that must not be, every rule can fire, and what always: and
    never: demand. Each failure comes with the smallest case. Exit status 1 when something fails.

    With --against it is asked instead whether every combination of facts may end as on OLD: the same, wider
    (all that OLD allowed and more), narrower or otherwise, each difference with its smallest case. Exit
    status 0 when all is the same, 1 when not.
    """
    from diagnose.authoring.places import located, under
    from diagnose.authoring.proving.prove import prove as proved
    from diagnose.authoring.proving.prove import seen_in, subject_of
    from diagnose.knowledge import catalogue
    from diagnose.knowledge.layers import Shelf

    folder = common.knowledge_folder(knowledge)
    jobs = jobs or os.cpu_count() or 1
    if against is not None:
        from diagnose.cli.prove_against import prove_against

        prove_against(against, folder, handset, programme, jobs, as_json)
    unsound = False

    shelf = Shelf(folder)
    chosen = list(_pairs(folder, handset, programme))

    def subjects() -> Iterator[Subject]:
        nonlocal unsound
        told: set[object] = set()
        for id_, name in chosen:
            loaded = catalogue.load(folder, id_, name, shelf)
            unsound = common.complain((p for p in loaded.problems if p not in told), under(folder)) or unsound
            told.update(loaded.problems)
            subject = subject_of(loaded)
            if subject is not None:
                yield subject

    at = located(under(folder))

    def others() -> Iterator[Subject]:
        for pair in _pairs(folder, (), None):
            loaded = catalogue.load(folder, *pair, shelf) if pair not in chosen else None
            subject = subject_of(loaded) if loaded is not None else None
            if subject is not None:
                yield subject

    looked = seen_in(folder, chosen, jobs) if jobs > 1 and len(chosen) > FEW else None
    proof = proved(subjects(), others(), looked)
    if as_json:
        common.say_json(proof_json(proof, at))
    else:
        for failure in proof.failures:
            for line in _lines(failure, at):
                click.echo(line)
        pairs = len(proof.pairs)
        click.echo(
            f"{proof.combinations} combinations of facts for {pairs} pair{'s' * (pairs != 1)} of handset and "
            f"programme: {_count(len(proof.failures))}",
            err=bool(proof.failures),
        )
    if not proof.pairs:
        common.finish(2)
    common.finish(int(unsound or bool(proof.failures)))


def _pairs(
    folder: Path, handsets: tuple[str, ...], programme: str | None
) -> Iterator[tuple[str, str | None]]:
    """Handsets and programmes to prove.

    Raises:
        Unusable: when one of them is not there.
    """
    from diagnose.knowledge import catalogue
    from diagnose.knowledge.problems import did_you_mean

    listed = {h.id: h for h in catalogue.handsets(folder)}
    programmes = dict.fromkeys(p for h in listed.values() for p in h.programmes)
    if programme is not None and programme not in programmes:
        raise common.Unusable(f"there is no programme {programme!r}; {did_you_mean(programme, programmes)}")
    for id_ in handsets:
        common.known_handset(folder, id_, programme)
    for id_ in handsets or listed:
        own = listed[id_].programmes
        chosen: tuple[str | None, ...] = own or (None,)
        yield from ((id_, p) for p in chosen if programme is None or p == programme)


def _count(failures: int) -> str:
    return f"{failures} failure{'s' * (failures != 1)}" if failures else "all proved"


def _lines(failure: Failure, at: Callable[[Place], str]) -> Iterator[str]:
    more = len(failure.handsets) - 1
    whose = failure.handsets[0] + (f" and {more} more" if more else "")
    under = f" under {failure.programme}" if failure.programme else ""
    yield f"{at(failure.place)}: {failure.code} {failure.message} ({whose}{under})"
    if failure.case:
        yield f"    case: {', '.join(f'{k}: {_shown(v)}' for k, v in failure.case)}"
    for rule, place in failure.rules:
        yield f"    rule: {rule} ({at(place)})"
    if failure.mend:
        yield "    add, where the programme or a part it includes later can change the rule:"
        yield from (f"      {line}" for line in failure.mend.splitlines())


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def proof_json(proof: Proof, at: Callable[[Place], str]) -> dict[str, Any]:
    """A proof as plain JSON values: ``checked`` counts combinations; ``at`` tells a place to the reader."""
    return {
        "checked": proof.combinations,
        "pairs": [{"handset": h, "programme": p or None} for h, p in proof.pairs],
        "failures": [
            {
                "code": f.code,
                "subject": f.subject,
                "programme": f.programme or None,
                "handsets": list(f.handsets),
                "message": f.message,
                "at": at(f.place),
                "case": dict(f.case),
                "rules": [{"rule": rule, "at": at(place)} for rule, place in f.rules],
                "mend": f.mend,
            }
            for f in proof.failures
        ],
    }

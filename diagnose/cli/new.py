"""``diagnose new``: a correct, commented file of knowledge from a few answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from diagnose.cli import asking, common

if TYPE_CHECKING:
    from diagnose.authoring.new.newfile import NewFile

TO = "How it is known; a reference, or estimate."


@click.group()
@click.pass_context
def new(context: click.Context) -> None:
    """Write a new file of knowledge: asks what is not given as an option; answers may come from a pipe."""
    # what was said before the command holds for those below it too
    above = context.default_map or {}
    context.default_map = {name: dict(above) for name in new.commands}


def _common(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--knowledge",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Knowledge folder, made if it is not there; else DIAGNOSE_KNOWLEDGE, else the shipped one.",
    )(command)


@new.command()
@click.argument("id_", metavar="ID")
@click.option("--brand", help="Who made it.")
@click.option("--name", help="What it is called, without the brand.")
@click.option("--family", help="The family that it belongs to.")
@click.option("--programme", "programmes", multiple=True, help="Who answers for it; may be given again.")
@click.option("--source", help=TO)
@_common
def handset(
    id_: str,
    brand: str | None,
    name: str | None,
    family: str | None,
    programmes: tuple[str, ...],
    source: str | None,
    knowledge: Path | None,
) -> None:
    """Write handsets/ID.yaml; ID is the brand and the model, as in philips-genie."""
    from diagnose.authoring.new import newfile
    from diagnose.knowledge.layers import Shelf

    root = _root(knowledge)
    _good_id(id_)
    shelf = Shelf(root)
    first, _, rest = id_.partition("-")
    families, known = shelf.listing("family"), shelf.listing("programme")
    if not families:
        raise common.Unusable(f"{root} has no family yet: begin with diagnose new family")
    brand = asking.asked("brand", "Who made it", brand, first.capitalize())
    name = asking.asked("name", "What is it called", name, rest.replace("-", " ").title() or id_)
    family = asking.one_of("family", "Which family", family, families)
    chosen = asking.several("programme", "Which programmes, the usual one first", known, programmes)
    source = asking.asked("source", "Where is this known from", source, "estimate")
    made = newfile.handset(root, id_, brand, name, family, chosen, source)
    _keep(root, made, [(id_, p) for p in chosen or (None,)])


@new.command()
@click.argument("id_", metavar="ID")
@click.option("--name-en", help="What it is called in English.")
@click.option("--name-fr", help="What it is called in French.")
@click.option("--extends", help="The family whose knowledge it has too; none: it stands on its own.")
@click.option("--source", help=TO)
@_common
def family(
    id_: str,
    name_en: str | None,
    name_fr: str | None,
    extends: str | None,
    source: str | None,
    knowledge: Path | None,
) -> None:
    """Write families/ID.yaml; one that extends none starts with questions, faults and remedies."""
    from diagnose.authoring.new import newfile
    from diagnose.knowledge.layers import Shelf

    root = _root(knowledge)
    _good_id(id_)
    families = (*Shelf(root).listing("family"), "none")
    title = id_.replace("-", " ").title()
    name_en = asking.asked("name-en", "Its name in English", name_en, title)
    name_fr = asking.asked("name-fr", "Its name in French", name_fr, title)
    extends = asking.one_of("extends", "Which family does it extend", extends, families, "none")
    source = asking.asked("source", "Where is this known from", source, "estimate")
    made = newfile.family(root, id_, name_en, name_fr, "" if extends == "none" else extends, source)
    _keep(root, made, [])


@new.command()
@click.argument("id_", metavar="ID")
@click.option("--name-en", help="What it is called in English.")
@click.option("--name-fr", help="What it is called in French.")
@click.option("--months", type=click.IntRange(1, 240), help="How long the guarantee runs.")
@click.option("--covered", type=click.Choice(("exchange", "repair", "visit")), help="For a covered defect.")
@click.option("--retailer", "retailers", multiple=True, help="A shop that takes part; may be given again.")
@click.option("--source", help=TO)
@_common
def programme(
    id_: str,
    name_en: str | None,
    name_fr: str | None,
    months: int | None,
    covered: str | None,
    retailers: tuple[str, ...],
    source: str | None,
    knowledge: Path | None,
) -> None:
    """Write programmes/ID.yaml with a whole policy: what a defect gets inside the guarantee, and outside."""
    from diagnose.authoring.new import newfile
    from diagnose.knowledge.layers import Shelf

    root = _root(knowledge)
    _good_id(id_)
    title = id_.replace("-", " ").title()
    name_en = asking.asked("name-en", "Its name in English", name_en, title)
    name_fr = asking.asked("name-fr", "Its name in French", name_fr, title)
    if months is None:
        question = "For how many months does the guarantee run"
        months = int(asking.asked("months", question, None, "12", _not_months))
    ways = ("exchange", "repair", "visit")
    covered = asking.one_of(
        "covered", "What does a defect inside the guarantee get", covered, ways, "exchange"
    )
    shops = Shelf(root).listing("retailer")
    for retailer in retailers:
        asking.one_of("retailer", "", retailer, shops)
    chosen = retailers or (shops if (root / newfile.COMMON).exists() else ())
    source = asking.asked("source", "Where is this known from", source, "estimate")
    made = newfile.programme(root, id_, name_en, name_fr, months, covered, chosen, source)
    _keep(root, made, [])


@new.command()
@click.argument("id_", metavar="ID")
@click.option("--handset", "handset_", metavar="ID", help="The handset of the caller.")
@click.option("--programme", "programme_", metavar="ID", help="Who answers for it; else its first.")
@click.option("--on", metavar="YYYY-MM-DD", help="The day of the call; today unless given.")
@click.option("--complaint", multiple=True, metavar="SYMPTOM=ANSWER", help="What the caller says of himself.")
@click.option(
    "--answer", "answers", multiple=True, metavar="SYMPTOM=ANSWER", help="What he would say if asked."
)
@click.option("--single", type=click.Path(path_type=Path), metavar="FILE", help="As a file of its own, here.")
@_common
def case(
    id_: str,
    handset_: str | None,
    programme_: str | None,
    on: str | None,
    complaint: tuple[str, ...],
    answers: tuple[str, ...],
    single: Path | None,
    knowledge: Path | None,
) -> None:
    """Write cases/ID.cases.yaml: a caller, what he says, and as expected what comes out today."""
    from diagnose import cases
    from diagnose.authoring.new import newfile
    from diagnose.knowledge import catalogue
    from diagnose.knowledge.problems import show

    root = _root(knowledge)
    _good_id(id_)
    listed = [h.id for h in catalogue.handsets(root)]
    if not listed:
        raise common.Unusable(f"{root} has no handset yet: begin with diagnose new handset")
    handset_ = asking.one_of("handset", "Which handset", handset_, listed)
    common.known_handset(root, handset_, programme_)
    today = datetime.now().date().isoformat()
    on = asking.asked("on", "On what day is the call", on, today, _not_a_day)
    known = partial(_answers, root, handset_, programme_)
    said = asking.pairs("complaint", "What does the caller say, as symptom=answer", complaint, known)
    told = asking.pairs("answer", "What would he answer, as symptom=answer", answers, known)

    def made(expect: dict[str, str]) -> NewFile:
        path = str(single.absolute()) if single is not None else ""
        return newfile.case(id_, handset_, programme_ or "", on, said, told, expect, single=path)

    given = [cases.Given(k, v, *[_nowhere()] * 2) for k, v in said.items()]
    asked = [cases.Given(k, v, *[_nowhere()] * 2) for k, v in told.items()]
    draft = cases.Case(
        id_, handset_, programme_, on=cases.time_of_call(on), complaint=tuple(given), answers=tuple(asked)
    )
    ready = cases.prepare(root, draft)
    if ready.kb is None or ready.problems:
        why = [f"{p.message}; {p.mend}" for p in ready.problems] or [
            show(p) for p in ready.knowledge_problems
        ]
        raise common.Unusable(why[0] if why else f"{handset_} cannot be used")
    call = cases.run_case(ready.kb, ready.case, datetime.now().astimezone())
    expect = {w: cases.outcome_of(call, w)[0] for w in ("verdict", "remedy", "fault")}
    path = newfile.write(root, made(expect))
    click.echo(f"{path}: {', '.join(f'{k} {v}' for k, v in expect.items())}; check that it is right")


def _not_months(typed: str) -> str:
    fine = typed.isdecimal() and 1 <= int(typed) <= 240
    return "" if fine else f"{typed!r} is not a number of months"


def _not_a_day(typed: str) -> str:
    from diagnose import cases

    fine = cases.time_of_call(typed)
    return "" if fine else f"{typed!r} is not a date; write 1998-03-02 or 1998-03-02T10:15"


def _answers(root: Path, handset: str, programme: str | None) -> Sequence[str]:
    """Everything that a caller may say of a handset, as ``symptom=answer``."""
    from diagnose.knowledge import catalogue

    kb = catalogue.load(root, handset, programme).knowledge
    return [f"{s.id}={a.id}" for s in kb.symptoms.values() for a in s.answers] if kb is not None else []


def _nowhere() -> Any:
    from diagnose.knowledge.model import NOWHERE

    return NOWHERE


def _root(knowledge: Path | None) -> Path:
    """The knowledge folder, which may yet have to be made."""
    from diagnose.knowledge import catalogue

    root = catalogue.root(knowledge)
    if root.exists() and not root.is_dir():
        raise common.Unusable(f"{root} is not a folder")
    return root


def _good_id(id_: str) -> None:
    import re

    from diagnose.knowledge.shape import ID

    if not re.fullmatch(ID.pattern, id_):
        raise common.Unusable(f"{id_!r} is not an id: {ID.form}")


def _keep(root: Path, made: NewFile, pairs: Sequence[tuple[str, str | None]]) -> None:
    """Writes the file; takes it away again when the loader finds anything wrong with it.

    Raises:
        Unusable: when it is there already, or not sound.
    """
    from diagnose.authoring.new import newfile
    from diagnose.knowledge import catalogue
    from diagnose.knowledge.layers import FOLDERS, Shelf
    from diagnose.knowledge.problems import show

    try:
        path = newfile.write(root, made)
    except newfile.NotWritten as why:
        raise common.Unusable(str(why)) from None
    kind = next(k for k, folder in FOLDERS.items() if folder == made.file.partition("/")[0])
    found = list(Shelf(root).document(made.file, kind).problems)  # type: ignore[arg-type]
    for handset_, programme_ in pairs:
        found += catalogue.load(root, handset_, programme_).problems
    if found:
        path.unlink()
        raise common.Unusable(f"not written: {show(found[0])}")
    click.echo(str(path))

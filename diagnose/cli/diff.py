"""``diagnose diff``: what an edit of the knowledge changes, in words, in cases and in calls."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from diagnose.cli import common

if TYPE_CHECKING:
    from diagnose.authoring.diffing.calls import Calls
    from diagnose.authoring.diffing.diffing import Diff
    from diagnose.authoring.folder import Pair
    from diagnose.authoring.places import Named

MOST_TOLD = 10


@click.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--handset", metavar="ID", help="This handset only.")
@click.option(
    "--calls",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="FOLDER",
    help="Past calls: the transcripts below this folder.",
)
@click.option("--simulate", type=click.IntRange(0), default=0, help="Virtual callers per changed pair.")
@click.option("--on", metavar="YYYY-MM-DD", default="2000-01-01", help="The day on which they call.")
@click.option("--jobs", "-j", type=click.IntRange(1), help="Processes; else as many as there are cores.")
@common.knowledge_option
@common.json_option
def diff(
    old: str,
    new: str,
    handset: str | None,
    calls: Path | None,
    simulate: int,
    on: str,
    jobs: int | None,
    knowledge: Path | None,
    as_json: bool,
) -> None:
    """Compare two versions of the knowledge: folders, or git revisions of the knowledge folder.

    What changed, part by part; which written cases, which past calls and which virtual callers now end
    differently, where they part, and what that costs; and the version bump that follows: patch (words only),
    minor (new outcomes), major (a case or a call that was covered ends differently).
    """
    from diagnose.authoring.diffing import diffing
    from diagnose.authoring.diffing.sources import NoKnowledge, opened

    try:
        day = date.fromisoformat(on)
    except ValueError:
        raise common.Unusable(f"{on!r} is not a date; write YYYY-MM-DD") from None
    here = common.knowledge_folder(knowledge) if not (Path(old).is_dir() and Path(new).is_dir()) else Path()
    wish = diffing.Wish(handset, calls, simulate, day, jobs or os.cpu_count() or 1)
    try:
        with opened(old, here) as before, opened(new, here) as after:
            _known(handset, before.folder, after.folder)
            made = diffing.diff(before.folder, after.folder, wish)
    except NoKnowledge as error:
        raise common.Unusable(str(error)) from None
    names = before.named, after.named
    unsound = [common.complain(some, name) for some, name in zip(made.problems, names, strict=True)]
    if as_json:
        common.say_json({"old": old, "new": new, **diffing.diff_json(made, *names)})
    else:
        for line in _lines(made, *names):
            click.echo(line)
    common.finish(int(any(unsound)))


def _known(handset: str | None, before: Path, after: Path) -> None:
    from diagnose.knowledge import catalogue

    known = {h.id for root in (before, after) for h in catalogue.handsets(root)}
    if not known:
        raise common.Unusable(f"there are no handsets in {before} nor in {after}")
    if handset is not None and handset not in known:
        from diagnose.knowledge.problems import did_you_mean

        raise common.Unusable(f"there is no handset {handset!r}; {did_you_mean(handset, known)}")


def _lines(made: Diff, old: Named, new: Named) -> Iterator[str]:
    from diagnose.authoring.diffing.diffing import told_at

    for verb, pairs in (("added", made.added), ("removed", made.removed)):
        for pair in pairs:
            yield f"{verb}: {_pair(pair)}"
    for change, pairs in made.changes:
        words = " (words only)" if change.words else ""
        yield f"{told_at(change, old, new)}: {change.sentence}{words} [{_pairs(pairs)}]"
    if made.cases:
        yield f"{made.cases} written cases may be touched, {len(made.parted)} end differently"
    for case in made.parted:
        yield f"  {old(case.file)} {case.name}: {case.then} -> {case.now}; they part at: {case.at}"
    if made.calls is not None:
        yield from _call_lines(made.calls)
    for pair, one in made.callers or ():
        yield (
            f"{one.callers} callers of {_pair(pair)}: {len(one.differing)} end differently, "
            f"{one.euros:+.2f} euros and {one.seconds:+.1f} seconds a call"
        )
        for d in one.differing[:MOST_TOLD]:
            ends = f"{d.then.remedy} -> {d.now.remedy}"
            yield f"  caller {d.number} ({d.fault}): {ends}; they part at step {d.at}"
    yield f"version bump: {made.bump}"


def _call_lines(calls: Calls) -> Iterator[str]:
    from diagnose.authoring.diffing.diffing import in_words

    yield (
        f"{calls.checked} past calls, {calls.skipped} cannot be touched, {len(calls.parted)} end differently"
    )
    for name in calls.unreadable[:MOST_TOLD]:
        yield f"  {name} cannot be read"
    for p in calls.parted[:MOST_TOLD]:
        yield f"  {p.file}: {in_words(p.then.get('remedy'))} -> {in_words(p.now.get('remedy'))}"
        if p.at is not None:
            yield f"    step {p.at.n}, {p.at.what}: {in_words(p.at.then)} -> {in_words(p.at.now)}"
        euros = "not to be had any more" if p.euros is None else f"{p.euros:+.2f} euros"
        yield f"    {euros}, {p.seconds:+.0f} seconds"
    if len(calls.parted) > MOST_TOLD:
        yield f"  and {len(calls.parted) - MOST_TOLD} more (see --json)"
    if calls.parted:
        total = sum(p.euros or 0.0 for p in calls.parted)
        yield f"  together {total:+.2f} euros and {sum(p.seconds for p in calls.parted):+.0f} seconds"


def _pair(pair: Pair) -> str:
    return f"{pair[0]} under {pair[1]}" if pair[1] else pair[0]


def _pairs(pairs: tuple[Pair, ...]) -> str:
    more = len(pairs) - 1
    return _pair(pairs[0]) + (f" and {more} more" if more else "")

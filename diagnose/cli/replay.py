"""``diagnose replay``: recorded calls on today's knowledge, or on the knowledge that the operator had."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from diagnose.cli import common

if TYPE_CHECKING:
    from diagnose.record.many import Replayed

SHOWN_ONE_BY_ONE = 20
"""More calls than this are summed up in a table, unless they are to be read by a program."""


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE...]")
@click.option("--as-recorded", is_flag=True, help="On the knowledge that was kept with the call.")
@click.option("--plain", is_flag=True, help="Print the call instead of opening the screen.")
@click.option("--summary", is_flag=True, help="One line for each call, and the sum.")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, help="Processes for many calls.")
@click.option(
    "--against", type=click.Path(path_type=Path), metavar="DIR|recorded",
    help="Compare with another knowledge folder, or with the knowledge kept with the call.",
)  # fmt: skip
@click.option("--compare", is_flag=True, help="Two calls beside each other: two operators, the same caller.")
@click.option("--forks", type=click.Path(path_type=Path), metavar="DIR", help="Folder for calls taken up.")
@common.knowledge_option
@common.language_option
@common.json_option
def replay(
    files: tuple[Path, ...],
    as_recorded: bool,
    plain: bool,
    summary: bool,
    jobs: int,
    against: Path | None,
    compare: bool,
    forks: Path | None,
    knowledge: Path | None,
    lang: str | None,
    as_json: bool,
) -> None:
    """Look at recorded calls step by step, and whether today's knowledge takes them the same way.

    On a terminal one call opens on a full screen: forward, back, what was best, take it up from any step.
    Without FILE: the calls of the transcripts folder. Exit status 1 when one goes another way or is broken,
    2 when one cannot be read at all.
    """
    if as_recorded and knowledge is not None:
        raise click.UsageError("--as-recorded takes the knowledge kept with the call: name no other")
    root = None if as_recorded else common.knowledge_folder(knowledge)
    chosen = files or _of_the_desk()
    if compare or against is not None:
        _compare(root, chosen, against, compare, lang, as_json)
        return
    interactive = not (plain or summary or as_json) and sys.stdin.isatty() and sys.stdout.isatty()
    if len(chosen) == 1 and interactive:
        common.finish(_screen(root, chosen[0], forks, lang))
        return
    _print(root, chosen, lang, as_json=as_json, summary=summary or len(chosen) > SHOWN_ONE_BY_ONE, jobs=jobs)


def _of_the_desk() -> tuple[Path, ...]:
    from diagnose import settings

    folder = settings.load()[0].transcripts
    found = tuple(sorted(folder.glob("*.jsonl"))) if folder.is_dir() else ()
    if not found:
        raise common.Unusable(f"{folder}: no transcripts there: name a FILE")
    return found


def _print(
    root: Path | None, files: tuple[Path, ...], lang: str | None, *, as_json: bool, summary: bool, jobs: int
) -> None:
    from rich.console import Console
    from rich.progress import track

    from diagnose.authoring.places import under
    from diagnose.record.many import many
    from diagnose.record.showing import show

    results: list[Replayed] = []
    found = many(root, files, jobs, whole=not (summary or as_json))
    if len(files) > 1 and (summary or as_json) and sys.stderr.isatty():
        found = iter(track(found, "replay", len(files), console=Console(stderr=True), transient=True))
    for i, result in enumerate(found):
        for line in result.complaints:
            common.tell(line, err=True)
        common.complain(result.knowledge_problems, str if root is None else under(root))
        results.append(result)
        if result.replay is not None and not as_json:
            if i:
                click.echo()
            if len(files) > 1:
                common.tell(f"{result.path}")
            common.say(show(result.replay, lang))
    if as_json:
        common.say_json([r.found for r in results if r.found is not None])
    elif summary:
        common.say(*_summary(results, common.language(lang)))
    common.finish(max((r.status for r in results), default=0))


def _summary(results: list[Replayed], lang: str) -> list[Any]:
    from rich.table import Table

    from diagnose.record.showing import word
    from diagnose.terminal.phrases import euros

    table = Table(box=None, padding=(0, 1), pad_edge=False)
    table.add_column("appel" if lang == "fr" else "call", overflow="fold")
    table.add_column("=", no_wrap=True)
    table.add_column("verdict", overflow="fold")
    table.add_column("regret", justify="right", no_wrap=True)
    table.add_column("s", justify="right", no_wrap=True)
    # a file of which nothing could be replayed is neither the same nor otherwise
    found = [r for r in results if r.found is not None and r.found["revision"]]
    for r in results:
        if r not in found:
            table.add_row(r.path.name, "!", "–", "–", "–")
            continue
        data = r.found or {}
        verdict = data.get("verdict") or {}
        known = data.get("regret_euros")
        own = word("own", lang) if verdict.get("overruled") else ""
        table.add_row(
            r.path.name,
            "✓" if data["same"] else "≠",
            " · ".join(x for x in (_kind(verdict, lang) or "–", verdict.get("remedy") or "", own) if x),
            "–" if known is None else euros(known, lang),
            "–" if known is None else f"{data['regret_seconds']:.0f}",
        )
    french = lang == "fr"
    sums = Table(box=None, padding=(0, 2), pad_edge=False)
    heads = ("verdict", "appels", "identiques", "regret moyen", "s") if french else (
        "verdict", "calls", "the same", "mean regret", "s"
    )  # fmt: skip
    for head in heads:
        sums.add_column(head, justify="left" if head == "verdict" else "right")
    kinds = Counter(_verdict(r, lang) for r in found)
    for kind, count in sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0])):
        sums.add_row(kind or "–", str(count), *_means([r for r in found if _verdict(r, lang) == kind], lang))
    sums.add_row("total", str(len(found)), *_means(found, lang), style="bold")
    unusable = len(results) - len(found)
    line = f"{unusable} inutilisables" if french else f"{unusable} unusable"
    return [table, "", sums, *([line] if unusable else [])]


def _verdict(result: Replayed, lang: str) -> str:
    return _kind((result.found or {}).get("verdict") or {}, lang)


def _kind(verdict: dict[str, Any], lang: str) -> str:
    from diagnose.record.showing import word

    return word(str(verdict["kind"]), lang) if "kind" in verdict else ""


def _means(results: list[Replayed], lang: str) -> tuple[str, str, str]:
    """How many went the same way, and the mean regret in euros and in seconds."""
    from diagnose.terminal.phrases import euros

    found = [r.found for r in results if r.found is not None]
    known = [(f["regret_euros"], f["regret_seconds"]) for f in found if f["regret_euros"] is not None]
    same = str(sum(bool(f["same"]) for f in found))
    if not known:
        return same, "–", "–"
    lost, seconds = (sum(column) / len(known) for column in zip(*known, strict=True))
    return same, euros(lost, lang), f"{seconds:.0f}"


def _screen(root: Path | None, path: Path, forks: Path | None, lang: str | None) -> int:
    from diagnose import settings
    from diagnose.authoring.places import under
    from diagnose.knowledge import catalogue
    from diagnose.record import kept
    from diagnose.record.replay import kept_editions
    from diagnose.record.transcript import read
    from diagnose.terminal.replaying.app import ReplayScreen
    from diagnose.terminal.replaying.state import Replaying
    from diagnose.terminal.replaying.story import Story
    from diagnose.terminal.replaying.words import say
    from diagnose.training.head import heard

    recording = read(path)
    common.complain(recording.problems)
    opened = recording.opened
    if opened is None:
        return 2
    if root is None:
        try:
            found = kept_editions(recording)
        except kept.NotKept as gone:
            raise common.Unusable(str(gone)) from None
    else:
        found = (catalogue.load(root, opened.handset, opened.programme),)
    editions = tuple(
        x.knowledge for x in found if x.knowledge and x.knowledge.faults and x.knowledge.remedies
    )
    if len(editions) < len(found):
        for loaded in found:
            common.complain(loaded.problems, str if root is None else under(root))
        raise common.Unusable(f"{path}: there is no usable knowledge of {opened.handset} today")
    language = lang or opened.language
    name = f"{path.stem} – {say('recording', language)}"
    story = Story(name, editions[-1], recording.events, 0, editions, heard(path))
    if not story.moments:
        raise common.Unusable(f"{path}: nothing of it can be replayed")
    chosen = settings.load()[0]
    folder = forks or chosen.transcripts / "forks"
    return ReplayScreen(Replaying((story,), language=language), folder, colour=chosen.colour).show()


def _compare(
    root: Path | None,
    files: tuple[Path, ...],
    against: Path | None,
    two: bool,
    lang: str | None,
    as_json: bool,
) -> None:
    from diagnose.training import compare

    language = common.language(lang)
    if root is None:
        raise click.UsageError("--as-recorded is what --against recorded compares with")
    try:
        if two:
            if len(files) != 2:
                raise click.UsageError("--compare takes two calls")
            found = [compare.operators(root, files[0], files[1], language)]
        else:
            assert against is not None
            found = [compare.revisions(root, against, file, language) for file in files]
    except compare.CannotCompare as failure:
        raise common.Unusable(str(failure)) from None
    if as_json:
        common.say_json([c.data for c in found])
    else:
        common.say(*(part for c in found for part in c.shown))
    common.finish(int(any(not c.same for c in found)))

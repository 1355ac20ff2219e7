"""``diagnose replay``: recorded calls on today's knowledge, or on the knowledge that the operator had."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from diagnose.cli import common


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--as-recorded", is_flag=True, help="On the knowledge that was kept with the call.")
@common.knowledge_option
@common.language_option
@common.json_option
def replay(
    files: tuple[Path, ...], as_recorded: bool, knowledge: Path | None, lang: str | None, as_json: bool
) -> None:
    """Show recorded calls step by step, and whether today's knowledge takes them the same way.

    Exit status 1 when one goes another way or is broken, 2 when one cannot be read at all.
    """
    from diagnose.record import replay as replaying
    from diagnose.record.showing import show
    from diagnose.record.transcript import read

    if as_recorded and knowledge is not None:
        raise click.UsageError("--as-recorded takes the knowledge kept with the call: name no other")
    folder = common.knowledge_folder(knowledge) if not as_recorded else Path()
    results: list[dict[str, Any]] = []
    worst = 0
    for i, path in enumerate(files):
        try:
            recording = read(path)
        except OSError as error:
            click.echo(f"{path}:1:1: cannot be read: {error.strerror or error}", err=True)
            worst = 2
            continue
        result = replaying.as_recorded(recording) if as_recorded else replaying.replay(folder, recording)
        common.complain(result.problems)
        unsound = common.complain(result.knowledge_problems)
        worst = max(worst, int(not result.same or unsound))
        results.append(replaying.replay_json(result))
        if not as_json:
            if i:
                click.echo()
            if len(files) > 1:
                click.echo(f"{path}")
            common.say(show(result, lang))
    if as_json:
        common.say_json(results)
    common.finish(worst)

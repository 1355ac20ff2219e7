"""``diagnose consult``: a written case run as a call that nobody attends."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from diagnose.cli import common

if TYPE_CHECKING:
    from diagnose.consultation.call import Call


@click.command()
@click.argument("cases", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="CASE.yaml...")
@common.knowledge_option
@common.language_option
@common.json_option
def consult(cases: tuple[Path, ...], knowledge: Path | None, lang: str | None, as_json: bool) -> None:
    """Run written cases: the questions asked, the verdict, the trace.

    Exit status 1 when a case comes out other than its `expect` says, 2 when one cannot be read.
    """
    folder = common.knowledge_folder(knowledge)
    results: list[dict[str, Any]] = []
    worst = 0
    for i, path in enumerate(cases):
        if i and not as_json:
            click.echo()
        if len(cases) > 1 and not as_json:
            common.tell(f"{path}")
        status, result = _one(folder, path, lang, as_json)
        worst = max(worst, status)
        results.append({"case": str(path), **result} if len(cases) > 1 else result)
    if as_json:
        common.say_json(results if len(cases) > 1 else results[0])
    common.finish(worst)


def _one(folder: Path, path: Path, lang: str | None, as_json: bool) -> tuple[int, dict[str, Any]]:
    """The exit status of one case and its result as JSON; as text it is printed."""
    from diagnose import cases
    from diagnose.authoring.places import under
    from diagnose.consultation.trace import result_json, trace

    case, problems = cases.read_case(path)
    if case is None:
        common.complain(problems)
        return 2, {"problems": common.problems_json(problems)}
    ready = cases.prepare(folder, case)
    problems = (*problems, *ready.problems)
    unreadable = common.complain(problems)
    unsound = common.complain(ready.knowledge_problems, under(folder))
    if ready.kb is None or unreadable:
        told = common.problems_json(ready.knowledge_problems, under(folder))
        return 2, {"problems": [*common.problems_json(problems), *told]}
    call = cases.run_case(ready.kb, ready.case, datetime.now().astimezone())
    entries = trace(ready.kb, call.events)
    missed = cases.mismatches(call, ready.case)
    lines = [f"{m.place}: expected {m.what} {m.expected}, got {m.got}" for m in missed]
    if not call.over:
        lines.append(f"{path}: the call did not come to an end in {cases.MOST_STEPS} steps")
    result = result_json(call, entries)
    if ready.case.expect:
        result["unexpected"] = [
            {"at": str(m.place), "what": m.what, "expected": m.expected, "got": m.got} for m in missed
        ]
    if not as_json:
        _print(call, entries, lang or ready.case.language)
    for line in lines:
        common.tell(line, err=True)
    return int(bool(lines or unsound)), result


def _print(call: Call, entries: list[dict[str, Any]], lang: str) -> None:
    from diagnose.record.replay import last_verdict
    from diagnose.record.showing import said_line, steps, verdict_line

    verdict = last_verdict(call.events, entries)
    words = said_line(call, lang)
    common.say(
        steps(call.kb, call.events, entries, lang),
        verdict_line(call.kb, verdict, lang, call.agreed),
        *([words] if words else []),
    )

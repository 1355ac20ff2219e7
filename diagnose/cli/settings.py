"""``diagnose settings``: where the settings are and what they say."""

from __future__ import annotations

from dataclasses import fields

import click

from diagnose.cli import common


@click.command()
@click.option("--write", is_flag=True, help="Write a commented file with the defaults, unless there is one.")
@common.json_option
def settings(write: bool, as_json: bool) -> None:
    """Show the settings file and the values that hold."""
    from diagnose import settings as store

    path = store.settings_path()
    if write:
        try:
            store.write_default(path)
        except FileExistsError as error:
            raise common.Unusable(f"{error}: edit it, or move it away first") from None
    chosen, problems = store.load(path)
    values = {f.name: getattr(chosen, f.name) for f in fields(chosen)}
    plain = {k: v if isinstance(v, (bool, str)) else str(v) for k, v in values.items()}
    if as_json:
        common.say_json({"path": str(path), "exists": path.exists(), "settings": plain})
    else:
        common.tell(f"{path}" if path.exists() else f"{path} (not there: defaults hold)")
        for name, value in plain.items():
            common.tell(f"{name} = {str(value).lower() if isinstance(value, bool) else value}")
    for problem in problems:
        common.tell(problem.say(chosen.language), err=True)
    common.finish(int(bool(problems)))

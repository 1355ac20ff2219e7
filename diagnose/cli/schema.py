"""``diagnose schema``: what each kind of file looks like, for editors."""

from __future__ import annotations

import json
from pathlib import Path

import click

from diagnose.cli import common


@click.command()
@click.argument("kind", required=False, default="")
@click.option(
    "--write",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write KIND.json into this folder, for every kind unless one is named.",
)
def schema(kind: str, folder: Path | None) -> None:
    """Print the JSON Schema (draft 7) of a KIND of file; without it, list the kinds.

    An editor that knows YAML completes and checks by it once a file begins with
    `# yaml-language-server: $schema=` and the path of the schema.
    """
    from diagnose.knowledge import shape
    from diagnose.knowledge.problems import did_you_mean
    from diagnose.training import shapes

    files = {**shape.FILES, **shapes.FILES}
    if kind and kind not in files:
        raise common.Unusable(f"there is no kind {kind!r}; {did_you_mean(kind, files)}")
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        for name in [kind] if kind else files:
            text = written(shape.schema_of(files[name]))
            (folder / f"{name}.json").write_text(text, encoding="utf-8", newline="\n")
    elif kind:
        common.say_json(shape.schema_of(files[kind]))
    else:
        for name in files:
            click.echo(name)


def written(value: object) -> str:
    """A schema as it stands in its file."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"

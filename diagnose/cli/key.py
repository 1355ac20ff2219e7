"""``diagnose key``: the key that signs the calls of a desk."""

from __future__ import annotations

from pathlib import Path

import click

from diagnose.cli import common


@click.group()
def key() -> None:
    """Make and show the key that signs the calls of this desk, and trust those of others."""


@key.command()
@click.option("--name", default="this desk", help="What the key is called where calls are verified.")
def new(name: str) -> None:
    """Make this desk's key. From then on, every call that ends here is signed."""
    from diagnose.record import keys

    path = keys.key_path()
    try:
        made = keys.new_key(path)
    except FileExistsError:
        raise common.Unusable(f"{path}: there is a key already; move it away first, and keep it") from None
    keys.trust(made.public, name)
    common.tell(f"{made.public} {name}")
    click.echo(f"kept in {path}: give the line above to whoever verifies, the file to nobody", err=True)


@key.command()
@common.json_option
def show(as_json: bool) -> None:
    """Show this desk's public key and the keys that are known. Exit status 1 when the desk has none."""
    from diagnose.record import keys

    try:
        own = keys.desk_key()
    except keys.KeyUnusable as error:
        raise common.Unusable(str(error)) from None
    known = keys.known_keys()
    if as_json:
        common.say_json(
            {
                "path": str(keys.key_path()),
                "public": own.public if own else None,
                "known": [{"public": k, "name": n} for k, n in known.items()],
            }
        )
    else:
        click.echo(f"{keys.key_path()}: {own.public if own else 'no key: calls are sealed, not signed'}")
        for public, name in known.items():
            common.tell(f"{public} {name}")
    common.finish(int(own is None))


@key.command()
@click.argument("public")
@click.argument("name")
@click.option(
    "--keys",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Known keys; else beside the settings.",
)
def trust(public: str, name: str, file: Path | None) -> None:
    """Trust the calls signed by the key PUBLIC (64 hexadecimal digits), called NAME."""
    from diagnose.record import keys

    try:
        keys.trust(public, name, file)
    except ValueError as error:
        raise common.Unusable(str(error)) from None

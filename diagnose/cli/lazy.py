"""A group of commands each of which is imported when it is called for."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """The commands called ``names``: each is the function of that name, with _ for -, in its module."""

    def __init__(self, *arguments: Any, names: tuple[str, ...] = (), **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.names = names

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        """Their names in alphabetical order."""
        return sorted(self.names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name; None when there is none."""
        if cmd_name not in self.names:
            return None
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(import_module(f"diagnose.cli.{name}"), name)
        return command

"""Everything a key does, by its name. A command takes the terminal and an argument, often empty.

The argument is the key itself where the key table says so; in the line mode, what follows the word.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from diagnose.terminal.terminal import Terminal

Command = Callable[[Terminal, str], None]
COMMANDS: dict[str, Command] = {}


def command(function: Command) -> Command:
    """Enter a function into the table, by its own name."""
    COMMANDS[function.__name__.rstrip("_")] = function
    return function


def run(terminal: Terminal, name: str, argument: str = "") -> None:
    """Do what a key does."""
    terminal.state = replace(terminal.state, notice=None)
    COMMANDS[name](terminal, argument)
    terminal.mention()
    terminal.clocked()

"""The command line: one module per command, each thin over the library.

Only click is imported to start; what a command needs is imported when it runs.
"""

from diagnose.cli.group import diagnose, main

__all__ = ["diagnose", "main"]

"""What the operator can do: answer and try, digress, conclude, see to the call, choose and type."""

from diagnose.terminal.commands import answering, calling, choosing, concluding, digressing, typing
from diagnose.terminal.commands.table import COMMANDS, run

__all__ = ["COMMANDS", "answering", "calling", "choosing", "concluding", "digressing", "run", "typing"]

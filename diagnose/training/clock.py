"""The time on the line of a call that nobody rang for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta


class Clock:
    """The time on the line: when the caller rang, the talk so far, and what the trainee took to think."""

    def __init__(self, began: datetime, thinking: Callable[[], float] | None = None) -> None:
        self.began = began
        self.talk = 0.0
        self._thinking = thinking or (lambda: 0.0)
        self._since = self._thinking()

    def __call__(self) -> datetime:
        """Now, to the second."""
        seconds = self.talk + self._thinking() - self._since
        return self.began + timedelta(seconds=int(seconds))

"""Several processes for one piece of work; Ctrl-C ends them without a word."""

from __future__ import annotations

import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.context import BaseContext
from typing import Any


def processes(
    jobs: int,
    begin: Callable[..., None] | None = None,
    given: tuple[Any, ...] = (),
    way: BaseContext | None = None,
) -> ProcessPoolExecutor:
    """So many processes, each of which begins by ``begin(*given)``; ``way``: how they are started."""
    return ProcessPoolExecutor(jobs, mp_context=way, initializer=_begin, initargs=(begin, given))


def _begin(begin: Callable[..., None] | None, given: tuple[Any, ...]) -> None:
    # Whoever interrupts the command means all of it: only the command itself has something to say to that.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if begin is not None:
        begin(*given)

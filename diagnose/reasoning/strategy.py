"""Conflict resolution for experta: a total order, so that the same facts always fire the same way."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from contextlib import suppress
from operator import attrgetter
from typing import Any

from diagnose.reasoning._experta import Strategy

_KEY = attrgetter("key")


class TotalOrder(Strategy):  # type: ignore[misc]
    """The activation whose rule has the lowest ``rank`` fires first; no two rules share a rank.

    experta's own strategies leave rules of equal salience in the order of a set, which differs from
    process to process, and can miss a removed activation among equals.
    """

    def update_agenda(self, agenda: Any, added: Iterable[Any], removed: Iterable[Any]) -> None:
        """What experta calls; its own version looks each time whether anybody wants a log."""
        if added or removed:
            self._update_agenda(agenda, added, removed)

    def _update_agenda(self, agenda: Any, added: Iterable[Any], removed: Iterable[Any]) -> None:
        waiting = agenda.activations  # the rightmost is the next to fire
        for activation in removed:
            activation.key = -activation.rule.rank
            with suppress(ValueError):
                waiting.remove(activation)
        for activation in added:
            activation.key = -activation.rule.rank
            insort(waiting, activation, key=_KEY)

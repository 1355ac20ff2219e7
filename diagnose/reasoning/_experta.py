"""The one place where experta is imported: what it spoils on the way in is put right here.

experta 1.9.4 needs ``collections.Mapping`` (gone since Python 3.10) while it is being imported, and
installs a handler on the root logger. Neither is left behind, and its watchers start out silent.
"""

from __future__ import annotations

import collections
import collections.abc
import logging

_handlers = list(logging.root.handlers)
_borrowed = not hasattr(collections, "Mapping")
if _borrowed:
    collections.Mapping = collections.abc.Mapping  # type: ignore[attr-defined]
try:
    from experta import Fact, InitialFact, KnowledgeEngine, L, P, Rule, unwatch
    from experta.abstract import Matcher, Strategy
    from experta.activation import Activation
    from experta.factlist import FactList
    from experta.matchers import ReteMatcher
finally:
    if _borrowed:
        del collections.Mapping  # type: ignore[attr-defined]
    for _handler in [h for h in logging.root.handlers if h not in _handlers]:
        logging.root.removeHandler(_handler)

# Otherwise a program that logs at INFO would have every firing written over its screen.
unwatch()

__all__ = [
    "Activation",
    "Fact",
    "FactList",
    "InitialFact",
    "KnowledgeEngine",
    "L",
    "Matcher",
    "P",
    "ReteMatcher",
    "Rule",
    "Strategy",
]

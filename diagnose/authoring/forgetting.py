"""What is remembered of knowledge bases, dropped: for who looks at thousands of them once each."""

from __future__ import annotations

import sys

REMEMBER = ("diagnose.reasoning.", "diagnose.consultation.")
"""The packages whose functions remember what they came to; all of it can be reckoned again."""


def forget() -> None:
    """Drops what reasoning and consultation remember of every knowledge base."""
    for name, module in list(sys.modules.items()):
        if name.startswith(REMEMBER):
            for value in list(vars(module).values()):
                clear = getattr(value, "cache_clear", None)
                if clear is not None:
                    clear()

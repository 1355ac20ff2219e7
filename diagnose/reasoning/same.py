"""What to remember a result by that hangs on parts of a knowledge base alone.

Linking a folder anew makes new knowledge bases of parts that are, but for what was written otherwise, the
very same objects; what was made of those alone is still good.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

T = TypeVar("T")


class Same(Generic[T]):
    """Values in their order; equal to others when each is the very same object."""

    __slots__ = ("_hash", "values")

    def __init__(self, values: Iterable[T]) -> None:
        self.values = tuple(values)
        self._hash = hash(tuple(map(id, self.values)))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Same)
            and len(self.values) == len(other.values)
            and all(a is b for a, b in zip(self.values, other.values, strict=True))
        )

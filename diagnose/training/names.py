"""What kinds of faults and handsets are called, for pages that need none of the knowledge besides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from diagnose.knowledge.catalogue import full_name, handsets
from diagnose.knowledge.model import Text
from diagnose.knowledge.source import read
from diagnose.training.text import Reading


@dataclass(frozen=True, slots=True)
class Names:
    """Names by id; what is not there, or not any more, is called by its id."""

    kinds: Mapping[str, Text] = field(default_factory=dict)
    handsets: Mapping[str, str] = field(default_factory=dict)

    def kind(self, id_: str, language: str) -> str:
        """A class of faults."""
        known = self.kinds.get(id_)
        return (known.say(language) if known else "") or id_

    def handset(self, id_: str) -> str:
        """A handset with its maker."""
        return self.handsets.get(id_, id_)


def names(root: Path) -> Names:
    """The names in a knowledge folder, as far as they can be read."""
    node, _ = read(root, "words.yaml")
    classes = Reading(node).parts("classes") if node is not None and isinstance(node.value, dict) else ()
    return Names(
        {id_: part.text("name") for id_, part in classes},
        {h.id: full_name(h.brand, h.name) for h in handsets(root)},
    )

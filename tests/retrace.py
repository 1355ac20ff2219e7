"""The traces of all recorded calls, derived again from their events, as one line of JSON each.

``python tests/retrace.py transcripts/*.jsonl``: same knowledge and events, same bytes, on every Python
and under every hash seed; tests/same_bytes.sh compares them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from diagnose.consultation.trace import trace
from diagnose.knowledge.catalogue import load, root
from diagnose.record.transcript import read


def main(paths: list[str]) -> None:
    """Print one line per transcript."""
    for path in paths:
        recording = read(Path(path))
        opened = recording.events[0]
        loaded = load(root(None), opened.handset, opened.programme)  # type: ignore[attr-defined]
        assert loaded.knowledge is not None, loaded.problems
        entries = trace(loaded.knowledge, recording.events)
        sys.stdout.write(json.dumps([Path(path).name, entries], ensure_ascii=True) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])

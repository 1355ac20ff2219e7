"""What an edit cannot bear on is not run again: a call that is left out would have been the same."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime

import pytest

from diagnose.authoring.bearing import asks_alike, bearing
from diagnose.authoring.casefile import written_cases
from diagnose.authoring.changes import changes
from diagnose.authoring.covering.mutants import mutants, spoilt
from diagnose.authoring.folder import files_of
from diagnose.authoring.testing.running import Result, pair_of, run_one
from diagnose.knowledge.catalogue import Loaded, load, root
from diagnose.knowledge.layers import Shelf

SHIPPED = root()
NOW = datetime.fromisoformat("2026-03-02T10:00:00+01:00")


def came(result: Result) -> object:
    """All that a case may expect."""
    return result.asked, result.got, [(m.what, m.got) for m in result.missed]


@pytest.mark.parametrize(("handset", "cases", "edits"), [("ericsson-t28", 3, 25), ("fairphone-4", 3, 25)])
def test_a_case_that_is_left_out_comes_out_as_before(handset: str, cases: int, edits: int) -> None:
    """Mutants of rules, drawn by chance, against a run of every case that they are said not to touch."""
    shelf = Shelf(SHIPPED)
    files = [f for f, kind in files_of(SHIPPED, shelf).items() if kind == "cases"]
    written = [w for f in files for w in written_cases(shelf.document(f, "cases"))]
    own = [w for w in written if w.case.handset == handset]
    chance = random.Random(5)
    said: Counter[str] = Counter()
    looked_at = 0
    for one in chance.sample(own, len(own)):
        kb = load(SHIPPED, *pair_of(one), shelf).knowledge
        assert kb is not None
        before = run_one(Loaded(kb), one, NOW)
        if before.met is None:  # an answer was set aside on the way: such a case is always run anew
            continue
        rules = [m for m in mutants(kb, ()) if m.kind != "shift"]
        for mutant in chance.sample(rules, edits):
            other = spoilt(kb, mutant, {})
            assert other is not None
            bears = bearing(kb, other, changes(kb, other), before.met)
            said[bears] += 1
            if bears == "nothing" or (bears == "questions" and asks_alike(other, before.met)):
                assert came(run_one(Loaded(other), one, NOW)) == came(before), mutant.words
        looked_at += 1
        if looked_at == cases:
            break
    assert looked_at == cases and said["nothing"] > 0

"""A process killed in the middle of a call has recorded everything that it had acknowledged."""

from __future__ import annotations

import random
from pathlib import Path

from tests.record.folder import write_folder
from tests.reliability.desk import kill_once

KILLS = 20


def test_every_acknowledged_event_is_there_after_a_kill_and_the_call_goes_on(tmp_path: Path):
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    knowledge = write_folder(tmp_path)
    outcomes = [kill_once(knowledge, tmp_path / str(n) / "calls", seed + n) for n in range(KILLS)]
    assert [(n, o.wrong) for n, o in enumerate(outcomes) if o.wrong] == []
    assert sum(o.acknowledged for o in outcomes) > 0, "no kill hit a call under way"

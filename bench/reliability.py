"""Long campaigns of what the tests do shortly: ``python -m bench.reliability CAMPAIGN [COUNT] [--seed N]``.

Each prints its seed and its counts, and ends with status 1 when something went wrong. The tests' own helpers
do the work (``tests/reliability``), so that a campaign and CI cannot drift apart.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import itertools
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

DEFAULTS = {"kills": 300, "flips": 0, "fuzz": 2_000, "laws": 2_000, "atheris": 200_000}


def kills(count: int, seed: int, work: Path) -> Counter[str]:
    """``kill -9`` of a real process with a call under way, at random moments; then another goes on."""
    desk = importlib.import_module("tests.reliability.desk")
    knowledge = importlib.import_module("tests.record.folder").write_folder(work)
    counts: Counter[str] = Counter()
    for n in range(count):
        folder = work / str(n)
        folder.mkdir()
        outcome = desk.kill_once(knowledge, folder / "calls", seed + n)
        counts["kills"] += 1
        counts["in the middle of the call"] += 0 < outcome.recorded < outcome.planned
        counts["events acknowledged"] += outcome.acknowledged
        counts["events recorded"] += outcome.recorded
        counts["torn lines"] += outcome.torn
        counts["gone on with"] += outcome.resumed
        for wrong in outcome.wrong:
            counts["WRONG"] += 1
            print(f"kill {n}: {wrong}")
        if n % 25 == 24:
            print(dict(counts), flush=True)
    return counts


def flips(_: int, __: int, work: Path) -> Counter[str]:
    """Every bit of every byte of every recorded call, signed and unsigned, and of a redacted one."""
    tests = importlib.import_module("tests.record.test_verify")
    keys = importlib.import_module("diagnose.record.keys")
    redacting = importlib.import_module("diagnose.record.redact")
    verify = importlib.import_module("diagnose.record.verify")
    knowledge = importlib.import_module("tests.record.folder").write_folder(work)
    key = keys.new_key(work / "key")
    counts: Counter[str] = Counter()
    for name, signer in (("unsigned", None), ("signed", key), ("redacted", key)):
        path = tests.record(knowledge, work / name / "a.jsonl", key=lambda signer=signer: signer)
        if name == "redacted":
            redacting.redact(path)
        trust = replace(tests.FAST, keys={key.public: "desk"} if signer else {})
        whole = bytearray(path.read_bytes())
        assert verify.check_bytes(path, bytes(whole), trust).state == "intact"
        for i in range(len(whole)):
            for bit in range(8):
                whole[i] ^= 1 << bit
                counts[f"bits of the {name} call"] += 1
                if verify.check_bytes(path, bytes(whole), trust).state == "intact":
                    counts["WRONG"] += 1
                    print(f"{name}: bit {bit} of byte {i} is not seen")
                whole[i] ^= 1 << bit
    return counts


def fuzz(count: int, seed: int, work: Path) -> Counter[str]:
    """Random events, transcripts and YAML: ``count`` inputs of each of five kinds."""
    from hypothesis import HealthCheck, given, settings
    from hypothesis import seed as with_seed
    from hypothesis import strategies as st

    hostile = importlib.import_module("tests.reliability.hostile")
    cases = importlib.import_module("tests.reliability.test_hostile")
    root = importlib.import_module("tests.record.folder").write_folder(work)
    kb = importlib.import_module("diagnose.knowledge.catalogue").load(root, "acme-one").knowledge
    path = Path("a.jsonl")
    sample = importlib.import_module("tests.record.test_verify").record(root, work / "calls" / "s.jsonl")
    whole = sample.read_bytes()
    many = settings(max_examples=count, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    opened = {"event": cases.to_json(cases.OPENED), "trace": {}}
    line = st.dictionaries(
        st.sampled_from(["event", "trace", "mark", "seal", "head", "personal"]), hostile.values
    )

    def folded(some: list[Any]) -> None:
        hostile.folds(kb, some)

    def said(some: list[Any], value: object) -> None:
        lines = [{"event": cases.to_json(e), "trace": {"alerts": value, "verdict": value}} for e in some]
        hostile.survives(path, hostile.chained_bytes(lines), root, kb)

    def anything(some: list[Any]) -> None:
        hostile.survives(path, hostile.chained_bytes([opened, *some]), root, kb)

    def replaced(at: int, length: int, new: bytes) -> None:
        at %= len(whole)
        hostile.survives(path, whole[:at] + new + whole[at + length % 200 :], root, kb)

    def written(some: list[str], file: str) -> None:
        hostile.loads(root, file, "".join(some).encode("utf-8", "surrogatepass"))

    files = st.sampled_from(["handsets/acme-one.yaml", "words.yaml", "families/gsm.yaml"])
    numbers = st.integers(min_value=0)
    on: Any = given  # it cannot say what it makes of a function whose strategies are unknown
    checks: list[Callable[..., Any]] = [
        on(hostile.calls())(folded),
        on(hostile.calls(), hostile.values)(said),
        on(st.lists(line, max_size=6))(anything),
        on(numbers, numbers, st.binary(max_size=40))(replaced),
        on(st.lists(st.sampled_from(cases.FRAGMENTS) | st.text(max_size=5), max_size=40), files)(written),
    ]
    for check in checks:
        with_seed(seed)(many(check))()
    return Counter(hostile.counted)


def laws(count: int, seed: int, _: Path) -> Counter[str]:
    """So many consultations on random knowledge, with an operator who does anything."""
    from hypothesis import HealthCheck, settings
    from hypothesis import seed as with_seed
    from hypothesis.stateful import run_state_machine_as_test

    machine = importlib.import_module("tests.reliability.laws")
    many = settings(
        max_examples=count,
        stateful_step_count=40,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    law: Any = with_seed(seed)(machine.Consultation)
    run_state_machine_as_test(law, settings=many)
    return Counter(machine.counted)


def guided(count: int, seed: int, work: Path) -> Counter[str]:
    """Fuzzing guided by coverage (needs the package atheris): transcripts, the index, YAML, by turns."""
    atheris = importlib.import_module("atheris")
    included = ["diagnose.record", "diagnose.knowledge.source"]
    # it names every module on stderr
    with contextlib.redirect_stderr(io.StringIO()), atheris.instrument_imports(include=included):
        verify = importlib.import_module("diagnose.record.verify")
        reading = importlib.import_module("diagnose.record.reading")
        source = importlib.import_module("diagnose.knowledge.source")
    trust = verify.Trust(derive=False)
    folder = work / "calls"
    (folder / "index").mkdir(parents=True)
    day = folder / "index" / "1998-03-02.jsonl"
    done = itertools.count(1)

    def one(data: bytes) -> None:
        kind, rest = data[:1], data[1:]
        if kind < b"\x60":
            reading.recording(Path("a.jsonl"), rest)
            verify.check_bytes(Path("a.jsonl"), rest, trust)
        elif kind < b"\xa0":
            source.parse(rest.decode("utf-8", "replace"), "a.yaml")
        else:
            day.write_bytes(rest)
            verify.check_folder(folder, trust)
        if next(done) == count:  # the process ends itself after that
            print(f"inputs: {count}, nothing raised", flush=True)

    corpus = work / "corpus"
    corpus.mkdir()
    tests = importlib.import_module("tests.record.test_verify")
    folders = importlib.import_module("tests.record.folder")
    sample = tests.record(folders.write_folder(work), work / "sample" / "a.jsonl")
    (corpus / "call").write_bytes(b"\x00" + sample.read_bytes())
    (corpus / "yaml").write_bytes(b"\x80" + folders.FILES["handsets/acme-one.yaml"].encode())
    index = next((work / "sample" / "index").glob("*.jsonl"))
    (corpus / "index").write_bytes(b"\xff" + index.read_bytes())
    arguments = ["atheris", f"-runs={count}", f"-seed={seed % 2**31}", "-max_len=20000", "-verbosity=0"]
    arguments.append(str(corpus))
    atheris.Setup(arguments, one)
    atheris.Fuzz()  # ends the process: status 0 when nothing was raised
    return Counter()


CAMPAIGNS = {"kills": kills, "flips": flips, "fuzz": fuzz, "laws": laws, "atheris": guided}


def main() -> int:
    """Run one campaign; 1 when something went wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench.reliability")
    parser.add_argument("campaign", choices=sorted(CAMPAIGNS))
    parser.add_argument("count", type=int, nargs="?", help=f"how many: {DEFAULTS}")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    chosen = parser.parse_args()
    count = DEFAULTS[chosen.campaign] if chosen.count is None else chosen.count
    print(f"{chosen.campaign}: seed {chosen.seed}", flush=True)
    random.seed(chosen.seed)
    with tempfile.TemporaryDirectory(prefix="reliability-") as work:
        counts = CAMPAIGNS[chosen.campaign](count, chosen.seed, Path(work))
    for what, number in counts.items():
        print(f"{what}: {number}")
    return int(counts["WRONG"] > 0)


if __name__ == "__main__":
    sys.exit(main())

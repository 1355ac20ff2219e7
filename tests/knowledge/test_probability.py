"""Laws of frequencies: whatever an author writes, probabilities sum to 1 and nothing is impossible by accident."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnose.knowledge.probability import FLOOR, Frequency, background, clip, number, shown

FREQUENCIES = st.one_of(
    st.sampled_from([0.98, 0.85, 0.6, 0.3, 0.08, 0.01]).map(Frequency),
    st.floats(0, 1, allow_subnormal=False).map(number),
)
SEVERAL = st.lists(FREQUENCIES, min_size=1, max_size=8)


@given(SEVERAL)
def test_backgrounds_sum_to_one_and_only_a_written_zero_is_zero(given_: list[Frequency]) -> None:
    shares = background(given_)
    assert sum(shares) == pytest.approx(1)
    if any(f.p > 0 for f in given_):
        for share, frequency in zip(shares, given_, strict=True):
            assert share == 0 if frequency == (0, True) else share >= FLOOR * 0.999


@given(SEVERAL, st.data())
def test_what_a_fault_shows_sums_to_one(given_: list[Frequency], data: st.DataObject) -> None:
    backgrounds = background(given_)
    named = data.draw(st.dictionaries(st.integers(0, len(given_) - 1), FREQUENCIES, min_size=1))
    shares = shown(named, backgrounds)
    assert len(shares) == len(backgrounds)
    assert sum(shares) == pytest.approx(1)
    assert all(0 <= share <= 1 for share in shares)


@given(SEVERAL.filter(lambda several: len(several) > 1), st.floats(0.01, 0.9))
def test_an_answer_that_is_named_gets_its_frequency(given_: list[Frequency], p: float) -> None:
    shares = shown({0: Frequency(p)}, background(given_))
    assert shares[0] == pytest.approx(p, abs=FLOOR * len(given_))


def test_a_frequency_is_clipped_unless_it_is_exactly_nought_or_one() -> None:
    assert [clip(f) for f in (number(0), number(1), number(0.0), number(1.0))] == [0, 1, 0, 1]
    assert [clip(f) for f in (number(0.0001), number(0.99999), Frequency(1.0))] == [
        FLOOR,
        1 - FLOOR,
        1 - FLOOR,
    ]

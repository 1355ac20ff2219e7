"""Dates as operators type them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnose.terminal.dates import read_date

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-03-14", date(2026, 3, 14)),
        ("14/03/2026", date(2026, 3, 14)),
        ("14.3.26", date(2026, 3, 14)),
        ("14-3-98", date(1998, 3, 14)),
        ("1er mars 2026", date(2026, 3, 1)),
        ("3 août 2025", date(2025, 8, 3)),
        ("14 March 2026", date(2026, 3, 14)),
        ("mars 2026", date(2026, 3, 31)),
        ("févr. 2024", date(2024, 2, 29)),
        ("03/2026", date(2026, 3, 31)),
        ("juin 2026", date(2026, 6, 30)),
        ("juil. 2026", date(2026, 7, 31)),
        ("november 2026", TODAY),
    ],
)
def test_a_date_is_read_as_it_is_said(typed: str, meant: date):
    assert read_date(typed, TODAY) == meant


@pytest.mark.parametrize(
    "typed", ["", "soon", "32/01/2026", "14/03", "24/11/2026", "31.2.26", "13/2025", "2026"]
)
def test_what_is_no_date_or_not_yet_is_none(typed: str):
    assert read_date(typed, TODAY) is None


@given(st.dates(date(1950, 1, 1), TODAY))
def test_a_day_written_out_comes_back(day: date):
    assert read_date(day.isoformat(), TODAY) == day
    assert read_date(f"{day.day}/{day.month}/{day.year}", TODAY) == day


@given(st.text(max_size=20))
def test_nothing_typed_fails_or_lies_in_the_future(typed: str):
    found = read_date(typed, TODAY)
    assert found is None or found <= TODAY

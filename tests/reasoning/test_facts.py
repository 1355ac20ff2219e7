"""Answers as facts: the age of a date on the day of the call."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnose.knowledge.model import UNKNOWN
from diagnose.reasoning.facts import age_facts, facts_of_answer
from tests.make import ringer

DAYS = st.dates(date(1990, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("then", "on", "months"),
    [
        ("1998-03-02", date(1998, 3, 2), 0),
        ("1997-03-03", date(1998, 3, 2), 11),
        ("1997-03-02", date(1998, 3, 2), 11),
        ("1997-03-01", date(1998, 3, 2), 12),
        ("2024-11-24", date(2026, 11, 23), 23),
        ("2024-11-23", date(2026, 11, 23), 23),
        ("2024-11-22", date(2026, 11, 23), 24),
        ("2024-02-29", date(2026, 2, 28), 23),
        ("2024-02-29", date(2026, 3, 1), 24),
        ("1997-08-31", date(1998, 2, 28), 5),
        ("1997-08-31", date(1998, 3, 1), 6),
    ],
)
def test_a_month_is_over_the_day_after_its_last(then, on, months):
    assert age_facts("bought", then, on)["bought.months"] == months


@given(DAYS, DAYS)
def test_a_later_call_never_finds_a_younger_handset(first, second):
    bought, (sooner, later) = date(1990, 1, 1).isoformat(), sorted((first, second))
    ages = [age_facts("bought", bought, on)["bought.months"] for on in (sooner, later)]
    assert ages == sorted(ages)


def test_a_date_that_is_still_to_come_is_as_good_as_not_known():
    facts = facts_of_answer(ringer(), "bought", "1998-03-03", date(1998, 3, 2))
    assert facts == {"bought": UNKNOWN}

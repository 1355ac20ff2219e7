"""A promise is kept on working days, and said the way people say dates."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnose.knowledge.model import Calendar, Promise, Text
from diagnose.reasoning.promise import (
    counts_as,
    is_working_day,
    next_working_day,
    promised,
)
from diagnose.reasoning.spoken import percent, spoken_date, spoken_day, spoken_hour

FRANCE = Calendar("FR", (6, 7))
NEXT_DAY = Promise("next_day", Text.of(en="by {day} at {hour}"), days=1, by="18:00", cut_off="16:00")
SAME_DAY = Promise("same_day", Text.of(en="by {day} at {hour}"), days=0, by="12:00", cut_off="16:00")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    "day",
    [
        "1998-04-13",  # Easter Monday
        "1998-05-01",
        "1998-05-08",
        "1998-05-21",  # Ascension
        "1998-06-01",  # Whit Monday
        "1998-07-14",
        "1998-11-11",
        "2026-04-06",  # Easter Monday
        "2026-05-14",  # Ascension
        "2026-05-25",  # Whit Monday
        "2027-01-01",
    ],
)
def test_nobody_works_on_a_french_public_holiday(day: str) -> None:
    assert not is_working_day(FRANCE, date.fromisoformat(day))
    assert is_working_day(Calendar("", ()), date.fromisoformat(day))


@pytest.mark.parametrize(
    ("ordered", "kept"),
    [
        ("1998-11-23T10:00", "1998-11-24T18:00"),  # a plain Monday
        ("1998-11-23T16:00", "1998-11-24T18:00"),  # the very minute of the cut-off
        ("1998-11-23T16:01", "1998-11-25T18:00"),
        ("1998-11-20T15:00", "1998-11-23T18:00"),  # Friday in time: Monday
        ("1998-11-20T17:00", "1998-11-24T18:00"),  # Friday after the cut-off: Tuesday
        ("1998-11-21T09:00", "1998-11-24T18:00"),  # Saturday counts as Monday
        ("1998-04-30T10:00", "1998-05-04T18:00"),  # over 1 May and a weekend
        ("1998-04-10T10:00", "1998-04-14T18:00"),  # Good Friday is worked, Easter Monday is not
        ("1998-05-20T10:00", "1998-05-22T18:00"),  # over Ascension
        ("1998-05-29T17:00", "1998-06-03T18:00"),  # Friday late before Whit Monday
        ("1998-07-13T10:00", "1998-07-15T18:00"),
        ("2026-05-22T10:00", "2026-05-26T18:00"),
        ("1998-12-31T10:00", "1999-01-04T18:00"),  # over the end of the year
        ("1998-12-24T17:00", "1998-12-29T18:00"),
    ],
)
def test_within_24_hours_means_the_next_working_day(ordered: str, kept: str) -> None:
    assert promised(NEXT_DAY, FRANCE, at(ordered)) == at(kept)


def test_good_friday_is_a_holiday_in_moselle_only() -> None:
    moselle = Calendar("FR", (6, 7), "57")
    assert not is_working_day(moselle, date(1998, 4, 10))
    assert is_working_day(FRANCE, date(1998, 4, 10))


def test_a_shop_that_opens_on_saturday_keeps_its_promise_then() -> None:
    assert promised(NEXT_DAY, Calendar("FR", (7,)), at("1998-11-20T10:00")) == at("1998-11-21T18:00")


def test_a_same_day_promise_is_kept_the_same_day_while_its_hour_is_to_come() -> None:
    assert promised(SAME_DAY, FRANCE, at("1998-11-23T09:00")) == at("1998-11-23T12:00")


def test_a_same_day_promise_never_names_an_hour_that_has_gone_by() -> None:
    assert promised(SAME_DAY, FRANCE, at("1998-11-23T13:00")) == at("1998-11-24T12:00")


def test_the_promise_stays_in_the_time_zone_of_the_order() -> None:
    paris = timezone(timedelta(hours=1))
    kept = promised(NEXT_DAY, FRANCE, datetime(1998, 11, 23, 10, tzinfo=paris))
    assert kept.isoformat(timespec="minutes") == "1998-11-24T18:00+01:00"


def test_a_calendar_without_working_days_is_refused() -> None:
    with pytest.raises(ValueError, match="all seven days"):
        promised(NEXT_DAY, Calendar("FR", (1, 2, 3, 4, 5, 6, 7)), at("1998-11-23T10:00"))


def test_an_unknown_country_is_refused() -> None:
    with pytest.raises(ValueError, match="'XX'"):
        promised(NEXT_DAY, Calendar("XX"), at("1998-11-23T10:00"))


ORDERS = st.datetimes(datetime(1996, 1, 1), datetime(2030, 12, 31))
HOURS = st.times().map(lambda t: f"{t.hour:02d}:{t.minute:02d}")
PROMISES = st.builds(
    lambda days, by, cut_off: Promise("p", Text(), days, by, cut_off), st.integers(0, 12), HOURS, HOURS
)
CALENDARS = st.builds(
    lambda closed: Calendar("FR", tuple(sorted(closed))), st.sets(st.integers(1, 7), max_size=6)
)


@given(PROMISES, CALENDARS, ORDERS)
def test_a_promised_day_is_always_a_working_day(promise: Promise, calendar: Calendar, now: datetime) -> None:
    assert is_working_day(calendar, promised(promise, calendar, now).date())


@given(PROMISES, CALENDARS, ORDERS)
def test_a_promise_is_never_earlier_than_the_order_and_its_days(
    promise: Promise, calendar: Calendar, now: datetime
) -> None:
    kept = promised(promise, calendar, now)
    assert kept >= now
    assert kept.date() >= now.date() + timedelta(days=promise.days)


@given(PROMISES, CALENDARS, ORDERS, st.timedeltas(timedelta(0), timedelta(days=10)))
def test_a_later_order_is_never_promised_earlier(
    promise: Promise, calendar: Calendar, now: datetime, later: timedelta
) -> None:
    assert promised(promise, calendar, now) <= promised(promise, calendar, now + later)


@given(PROMISES, CALENDARS, ORDERS)
def test_between_the_order_and_the_promise_lie_just_its_working_days(
    promise: Promise, calendar: Calendar, now: datetime
) -> None:
    """One more only when the hour of a same-day promise has gone by."""
    start, end = counts_as(promise, calendar, now), promised(promise, calendar, now).date()
    between = sum(
        is_working_day(calendar, start + timedelta(days=i)) for i in range(1, (end - start).days + 1)
    )
    hour_gone_by = promise.days == 0 and start == now.date() and end > start
    assert between == promise.days + hour_gone_by


@given(CALENDARS, ORDERS)
def test_no_working_day_is_skipped(calendar: Calendar, now: datetime) -> None:
    day, following = now.date(), next_working_day(calendar, now.date())
    passed_over = [day + timedelta(days=i) for i in range(1, (following - day).days)]
    assert not any(is_working_day(calendar, d) for d in passed_over)


@given(ORDERS)
def test_fifteen_working_days_always_fit_into_thirty_calendar_days(now: datetime) -> None:
    """The legal time for a repair is counted in calendar days, a promise in working days."""
    repair = Promise("within_30_days", Text(), 15, "18:00", "16:00")
    assert promised(repair, FRANCE, now).date() <= now.date() + timedelta(days=30)


@pytest.mark.parametrize(
    ("when", "language", "said"),
    [
        ("1998-11-23T18:00", "en", "today, Monday 23 November"),
        ("1998-11-24T18:00", "en", "tomorrow, Tuesday 24 November"),
        ("1998-11-25T18:00", "en", "Wednesday 25 November"),
        ("1999-01-04T18:00", "en", "Monday 4 January 1999"),
        ("1998-11-23T18:00", "fr", "aujourd'hui, lundi 23 novembre"),
        ("1998-11-24T18:00", "fr", "demain, mardi 24 novembre"),
        ("1998-12-01T18:00", "fr", "mardi 1er décembre"),
        ("1999-01-04T18:00", "fr", "lundi 4 janvier 1999"),
    ],
)
def test_a_day_is_said_as_people_say_it(when: str, language: str, said: str) -> None:
    assert spoken_day(at(when), at("1998-11-23T10:00"), language) == said


@pytest.mark.parametrize(
    ("day", "en", "fr"),
    [
        (date(1997, 10, 1), "1 October 1997", "1er octobre 1997"),
        (date(2026, 3, 14), "14 March 2026", "14 mars 2026"),
    ],
)
def test_a_date_is_said_with_its_year_and_the_first_of_a_month_as_the_french_say_it(
    day: date, en: str, fr: str
) -> None:
    assert (spoken_date(day, "en"), spoken_date(day, "fr")) == (en, fr)


@pytest.mark.parametrize(
    ("p", "en", "fr"),
    [
        (0.44, "44%", "44 %"),
        (0.001, "<1%", "<1 %"),
        (0.999, ">99%", ">99 %"),
        (1.0, "100%", "100 %"),
        (0.0, "0%", "0 %"),
    ],
)
def test_a_probability_is_never_said_to_be_certain_when_it_is_not(p: float, en: str, fr: str) -> None:
    assert (percent(p, "en"), percent(p, "fr")) == (en, fr)


@pytest.mark.parametrize(
    ("hour", "en", "fr"),
    [
        ("18:00", "6 pm", "18 heures"),
        ("09:30", "9:30 am", "9 h 30"),
        ("12:00", "noon", "midi"),
        ("12:15", "12:15 pm", "12 h 15"),
        ("00:00", "midnight", "minuit"),
        ("00:05", "12:05 am", "0 h 05"),
        ("01:00", "1 am", "1 heure"),
    ],
)
def test_an_hour_is_said_as_people_say_it(hour: str, en: str, fr: str) -> None:
    when = at(f"1998-11-23T{hour}")
    assert (spoken_hour(when, "en"), spoken_hour(when, "fr")) == (en, fr)


@pytest.mark.parametrize("now", ["9999-12-31T15:00:00+01:00", "9999-12-31T23:59:59-12:00"])
def test_no_day_is_left_at_the_end_of_time(now: str):
    with pytest.raises(OverflowError):
        promised(NEXT_DAY, FRANCE, at(now))

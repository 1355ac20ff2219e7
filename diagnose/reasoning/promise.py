"""A dated promise: which working day, until what hour.

A promise such as "within 24 hours" is kept on working days: an order taken before the cut-off hour
of a working day counts as that day's, any other as the next working day's; from there the promise's
working days are counted. All hours are local time, in the time zone of the order.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from diagnose.knowledge.model import Calendar, Promise

_ONE_DAY = timedelta(days=1)
_WEEK = frozenset(range(1, 8))


def promised(promise: Promise, calendar: Calendar, now: datetime) -> datetime:
    """The day and hour that can be promised for an order taken ``now``, in the time zone of ``now``.

    Never before ``now``, always on a working day of the calendar.

    Raises:
        OverflowError: when no working day is left before the year 10000.
        ValueError: when the calendar has no working day, or its country is not known, or an hour
            of the promise is not HH:MM.
    """
    until = time.fromisoformat(promise.by)
    day = counts_as(promise, calendar, now)
    for _ in range(promise.days):
        day = next_working_day(calendar, day)
    when = datetime.combine(day, until, now.tzinfo)
    # a same-day promise whose hour has gone by although the cut-off has not
    return when if when >= now else datetime.combine(next_working_day(calendar, day), until, now.tzinfo)


def counts_as(promise: Promise, calendar: Calendar, now: datetime) -> date:
    """The working day that an order taken ``now`` counts for; the minute of the cut-off is still in time."""
    today = now.date()
    late = now.time().replace(second=0, microsecond=0) > time.fromisoformat(promise.cut_off)
    if late or not is_working_day(calendar, today):
        return next_working_day(calendar, today)
    return today


@lru_cache(maxsize=4096)
def is_working_day(calendar: Calendar, day: date) -> bool:
    """Whether the calendar works on that day: no weekday off, no public holiday.

    Raises:
        ValueError: when the country of the calendar is not known.
    """
    holiday = _holiday(calendar.country, calendar.subdivision)
    return day.isoweekday() not in calendar.closed and not holiday(day)


def next_working_day(calendar: Calendar, day: date) -> date:
    """The first working day after ``day``.

    Raises:
        OverflowError: when none is left before the year 10000.
        ValueError: when every weekday is closed.
    """
    if set(calendar.closed) >= _WEEK:
        raise ValueError("a calendar that is closed on all seven days can keep no promise")
    day += _ONE_DAY
    while not is_working_day(calendar, day):
        day += _ONE_DAY
    return day


@lru_cache(maxsize=16)
def _holiday(country: str, subdivision: str) -> Callable[[date], bool]:
    """Whether a date is a public holiday there; an empty country has none."""
    if not country:
        return lambda _: False
    import holidays

    try:
        table = holidays.country_holidays(country, subdiv=subdivision or None)
    except NotImplementedError:
        where = f"{country}-{subdivision}" if subdivision else country
        raise ValueError(f"no public holidays are known for {where!r}") from None
    return lambda day: day in table

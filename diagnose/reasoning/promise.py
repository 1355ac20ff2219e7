"""A dated promise: which working day, until what hour, and the words for it.

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
_WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
}
_MONTHS = {
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    "fr": (
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ),
}
_NEAR = {"en": ("today", "tomorrow"), "fr": ("aujourd'hui", "demain")}


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


def spoken_day(when: datetime, now: datetime, language: str = "en") -> str:
    """The day as it is said: "tomorrow, Tuesday 24 November"; the year only when it is another one."""
    lang = "fr" if language == "fr" else "en"
    number = "1er" if lang == "fr" and when.day == 1 else str(when.day)
    said = f"{_WEEKDAYS[lang][when.weekday()]} {number} {_MONTHS[lang][when.month - 1]}"
    if when.year != now.year:
        said += f" {when.year}"
    away = (when.date() - now.date()).days
    return f"{_NEAR[lang][away]}, {said}" if away in (0, 1) else said


def spoken_hour(when: datetime, language: str = "en") -> str:
    """The hour as it is said: "6 pm", "6:30 pm", "noon"; "18 heures", "18 h 30", "midi"."""
    hour, minute = when.hour, when.minute
    if language == "fr":
        if minute == 0 and hour in (0, 12):
            return "midi" if hour else "minuit"
        if minute == 0:
            return f"{hour} heure" if hour == 1 else f"{hour} heures"
        return f"{hour} h {minute:02d}"
    if minute == 0 and hour in (0, 12):
        return "noon" if hour else "midnight"
    half = "am" if hour < 12 else "pm"
    return f"{hour % 12 or 12}:{minute:02d} {half}" if minute else f"{hour % 12} {half}"

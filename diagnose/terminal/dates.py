"""A date as an operator types it: 2026-03-14, 14/03/2026, 14.3.26, 14 mars 2026, mars 2026, 03/2026."""

from __future__ import annotations

import calendar
import re
import unicodedata
from datetime import date

_MONTHS = (
    ("jan",),
    ("fev", "feb"),
    ("mar",),
    ("avr", "apr"),
    ("mai", "may"),
    ("juin", "jun"),
    ("juil", "jul"),
    ("aou", "aug"),
    ("sep",),
    ("oct",),
    ("nov",),
    ("dec",),
)


def read_date(typed: str, today: date) -> date | None:
    """The day that was typed; None when it is none, or not yet.

    Two digits of a year mean the latest such year that is not to come. Without a day it is the last
    of that month (or today, should that be earlier).
    """
    words = _folded(typed)
    found = re.fullmatch(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})", words)
    if found:
        return _day(int(found[1]), int(found[2]), int(found[3]), today)
    found = re.fullmatch(
        r"(?:(\d{1,2})(?:er|st|nd|rd|th)?[-/. ]+)?(\d{1,2}|[a-z]+)\.?[-/. ]+(\d{4}|\d{2})", words
    )
    if not found:
        return None
    month = int(found[2]) if found[2].isdigit() else _month(found[2])
    year = int(found[3])
    if len(found[3]) == 2:
        year += today.year // 100 * 100
        year -= 100 if year > today.year else 0
    if found[1]:
        return _day(year, month, int(found[1]), today)
    if len(found[3]) == 2 and found[2].isdigit():
        return None  # "14/03" and "03/14" could be a day and a month
    return _end_of(year, month, today)


def _day(year: int, month: int, day: int, today: date) -> date | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if found <= today else None


def _end_of(year: int, month: int, today: date) -> date | None:
    first = _day(year, month, 1, today)
    return min(date(year, month, calendar.monthrange(year, month)[1]), today) if first else None


def _month(word: str) -> int:
    """1..12, 0 when it is none; French and English, shortened to three letters or more."""
    for number, stems in enumerate(_MONTHS, 1):
        if any(word.startswith(stem) for stem in stems):
            return number
    return 0


def _folded(typed: str) -> str:
    plain = unicodedata.normalize("NFKD", typed.strip().lower())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())

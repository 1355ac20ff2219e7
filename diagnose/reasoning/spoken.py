"""Days, hours and probabilities as they are said, in English and French."""

from __future__ import annotations

from datetime import date, datetime

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


def spoken_date(when: date, language: str = "en") -> str:
    """A date with its year, the day first in both: "14 March 2026", "1er mars 2026"."""
    return f"{_day_and_month(when, 'fr' if language == 'fr' else 'en')} {when.year}"


def _day_and_month(when: date, lang: str) -> str:
    number = "1er" if lang == "fr" and when.day == 1 else str(when.day)
    return f"{number} {_MONTHS[lang][when.month - 1]}"


def spoken_day(when: datetime, now: datetime, language: str = "en") -> str:
    """The day as it is said: "tomorrow, Tuesday 24 November"; the year only when it is another one."""
    lang = "fr" if language == "fr" else "en"
    said = f"{_WEEKDAYS[lang][when.weekday()]} {_day_and_month(when, lang)}"
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


def percent(p: float, language: str = "en") -> str:
    """62 % or 62%; <1 and >99 for what is not quite nought or certain."""
    whole = round(100 * p)
    sign = "<" if p and whole < 1 else ">" if p < 1 and whole > 99 else ""
    number = f"{sign}{min(99, max(1, whole))}" if sign else f"{whole}"
    return f"{number} %" if language == "fr" else f"{number}%"

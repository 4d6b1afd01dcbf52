"""Reckoning with days: weekdays to come, days that exist, days as people read them; pure."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
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
)
_SHORT_DAYS = tuple(name[:3] for name in WEEKDAYS)
_SHORT_MONTHS = tuple(name[:3] for name in MONTHS)
FARTHEST_YEARS = 100
"""A date in words farther away is a slip of the finger."""
FIRST_YEAR, LAST_YEAR = 1970, 9000
"""What every database and clock can hold."""


class Impossible(Exception):
    """Words that look like a date and are none; the message says why."""


def name_of(day: date) -> str:
    """Return the day as `Fri 27 Nov 2026`, in no locale but English."""
    return f"{_SHORT_DAYS[day.weekday()]} {day.day} {_SHORT_MONTHS[day.month - 1]} {day.year}"


def weekday_called(name: str) -> int:
    """Return 0 for Monday, whether in full or short, in any case."""
    return next(at for at, full in enumerate(WEEKDAYS) if full.lower().startswith(name[:3].lower()))


def month_called(name: str) -> int:
    """Return 1 for January, whether in full or short, in any case."""
    start = name[:3].lower()
    return next(at for at, full in enumerate(MONTHS, 1) if full.lower().startswith(start))


def days_in(year: int, month: int) -> int:
    """Return how many days the month has; Impossible where there is no such month."""
    if not 1 <= month <= len(MONTHS):
        raise Impossible(f"There is no month {month}.")
    if not FIRST_YEAR <= year < LAST_YEAR:
        raise Impossible(f"The year {year} is out of reach.")
    return monthrange(year, month)[1]


def on(year: int, month: int, day: int) -> date:
    """Return the day; Impossible when the calendar has none such."""
    last = days_in(year, month)
    if not 1 <= day <= last:
        raise Impossible(f"{MONTHS[month - 1]} {year} has {last} days: there is no {day}.")
    return date(year, month, day)


def end_of_month(year: int, month: int) -> date:
    """Return the last day of the month."""
    return on(year, month, days_in(year, month))


def shift(today: date, days: int) -> date:
    """Return the day so many days away; Impossible when absurdly far."""
    if abs(days) > FARTHEST_YEARS * 366:
        raise Impossible(f"That is more than {FARTHEST_YEARS} years away.")
    return today + timedelta(days)


def coming(today: date, weekday: int) -> date:
    """Return the first such weekday after today."""
    return shift(today, (weekday - today.weekday() - 1) % 7 + 1)


def coming_or_today(today: date, weekday: int) -> date:
    """Return the first such weekday, today included."""
    return shift(today, (weekday - today.weekday()) % 7)


def of_next_week(today: date, weekday: int, *, first: int) -> date:
    """Return that weekday of the week after this one, where weeks begin on `first`."""
    return coming_or_today(coming(today, first), weekday)


def months_later(today: date, months: int) -> tuple[date, ...]:
    """Return the same day of a later month; where it has none, its last day and the one after."""
    if months > FARTHEST_YEARS * 12:
        raise Impossible(f"That is more than {FARTHEST_YEARS} years away.")
    years, month = divmod(today.month - 1 + months, 12)
    end = end_of_month(today.year + years, month + 1)
    return (end.replace(day=today.day),) if today.day <= end.day else (end, shift(end, 1))


def next_occurrence(today: date, month: int, day: int) -> date:
    """Return that day of this year, or of the next where it is past."""
    year = today.year + ((month, day) < (today.month, today.day))
    if (month, day) == (2, 29) and days_in(year, 2) < day:
        leap = next(later for later in range(year, year + 9) if days_in(later, 2) == day)
        raise Impossible(
            f"February {year} has 28 days; the next 29 February is in {leap}: write 29 Feb {leap}."
        )
    return on(year, month, day)

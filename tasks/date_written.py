"""Days written out: 27 nov, 27.11., 2026-11-27, and 9/12, which is two days; pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TypeAlias

from tasks.calendar_days import MONTHS, Impossible, month_called, next_occurrence, on

Days: TypeAlias = tuple[date, ...]
Rule: TypeAlias = Callable[[re.Match[str], date], Days]
"""From the words matched and today to every day they can mean; Impossible when none."""

_TWO_DIGITS = 2
_CENTURY = 2000

_MONTH = (
    "(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = "(?P<day>[0-9]{1,2})"
_NUMBER = "(?P<month>[0-9]{1,2})"
_YEAR = "(?P<year>[0-9]{4})"
_SHORT_YEAR = "(?P<year>[0-9]{4}|[0-9]{2})"
_TH = "(?:st|nd|rd|th)"


def _year(digits: str) -> int:
    return int(digits) + (_CENTURY if len(digits) == _TWO_DIGITS else 0)


def _of_year(year: str | None, month: int, day: int, today: date) -> Days:
    if year:
        return (on(_year(year), month, day),)
    return (next_occurrence(today, month, day),)


def _named(match: re.Match[str], today: date) -> Days:
    return _of_year(match["year"], month_called(match["month"]), int(match["day"]), today)


def _numbered(match: re.Match[str], today: date) -> Days:
    return _of_year(match["year"], int(match["month"]), int(match["day"]), today)


def _any_order(match: re.Match[str], today: date) -> Days:
    """Read 9/12 both ways; a way that the calendar has no day for is none."""
    one, two, year = int(match["one"]), int(match["two"]), match["year"]
    ways = [(year, two, one), (year, one, two)]
    if year and len(year) == _TWO_DIGITS and _CENTURY + one >= today.year:
        ways.append((match["one"], two, int(year)))  # 26/11/27 may begin with the year
    if not any(1 <= month <= len(MONTHS) for _, month, _ in ways):
        raise Impossible(f"Neither {one} nor {two} is a month.")
    days: list[date] = []
    why: list[Impossible] = []
    for its_year, month, day in ways:
        if not 1 <= month <= len(MONTHS):
            continue
        try:
            days += _of_year(its_year, month, day, today)
        except Impossible as reason:
            why.append(reason)
    if not days:
        raise why[0]
    return tuple(days)


def _of_month(match: re.Match[str], today: date) -> Days:
    """Read `the 5th` as that of this month, or of the next where it is past."""
    day = int(match["day"])
    later, month = divmod(today.month - 1 + (day < today.day), 12)
    return (on(today.year + later, month + 1, day),)


WRITTEN: tuple[tuple[str, Rule], ...] = (
    (f"{_YEAR}(?P<mark>[-/.]){_NUMBER}(?P=mark){_DAY}", _numbered),
    (rf"{_DAY}\.{_NUMBER}(?:\.{_SHORT_YEAR}?)?", _numbered),
    (f"(?P<one>[0-9]{{1,2}})/(?P<two>[0-9]{{1,2}})(?:/{_SHORT_YEAR})?", _any_order),
    (f"(?P<one>[0-9]{{1,2}})-(?P<two>[0-9]{{1,2}})-{_SHORT_YEAR}", _any_order),
    (rf"(?:the )?{_DAY}(?:{_TH}|\.)? ?(?:of )?{_MONTH}(?: {_YEAR})?", _named),
    (f"{_MONTH} ?(?:the )?{_DAY}{_TH}?(?: {_YEAR})?", _named),
    (f"(?:the )?{_DAY}{_TH}", _of_month),
)
_BARE = re.compile("(?P<day>[1-9]|[12][0-9]|3[01])")


def read_bare_number(words: str) -> Callable[[date], Days] | None:
    """Read a number alone as the day of this month, or of the next."""
    match = _BARE.fullmatch(words)
    return partial(_of_month, match) if match else None

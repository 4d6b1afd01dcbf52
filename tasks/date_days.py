"""Days in words. Every day that the words can mean is given, none is picked; pure."""

from __future__ import annotations

import re
from calendar import FRIDAY, MONDAY, SATURDAY, SUNDAY
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TypeAlias

from tasks.calendar_days import (
    WEEKDAYS,
    Impossible,
    coming,
    coming_or_today,
    end_of_month,
    months_later,
    name_of,
    of_next_week,
    on,
    shift,
    weekday_called,
)
from tasks.date_counts import COUNT, DAYS, count
from tasks.date_written import WRITTEN, Days, Rule

DayReader: TypeAlias = Callable[[date], Days]
"""Given today, the days that the words can mean; Impossible when none."""

WEEKDAY = (
    "(?P<weekday>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:s|nesday)?|thu(?:rs?(?:day)?)?"
    "|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
)
_DAYS_PER = {"d": 1, "w": 7, "f": 14}
_MONTHS_PER = {"m": 1, "y": 12}


def _away(days: int, _: re.Match[str], today: date) -> Days:
    return (shift(today, days),)


def _weekday(match: re.Match[str], today: date) -> Days:
    """`friday`, said on a Friday, means today to some and next week to others."""
    wanted = weekday_called(match["weekday"])
    return tuple({coming_or_today(today, wanted), coming(today, wanted)})


def _next_weekday(match: re.Match[str], today: date) -> Days:
    """Give the first to come and that of the week after this one, which begins on two days."""
    wanted = weekday_called(match["weekday"])
    return (
        coming(today, wanted),
        of_next_week(today, wanted, first=MONDAY),
        of_next_week(today, wanted, first=SUNDAY),
    )


def _this_weekday(match: re.Match[str], today: date) -> Days:
    wanted = weekday_called(match["weekday"])
    of_this_week = shift(today, wanted - today.weekday())
    return (of_this_week, coming_or_today(today, wanted))


def _later(match: re.Match[str], today: date) -> Days:
    number, unit = count(match["count"]), match["unit"][0]
    if unit in _DAYS_PER:
        return (shift(today, number * _DAYS_PER[unit]),)
    return months_later(today, number * _MONTHS_PER[unit])


def _end_of_week(_: re.Match[str], today: date) -> Days:
    """Friday at work, Sunday in the calendar."""
    return coming_or_today(today, FRIDAY), coming_or_today(today, SUNDAY)


def _next_week(_: re.Match[str], today: date) -> Days:
    monday = coming(today, MONDAY)
    return monday, coming(monday, FRIDAY)


def _weekend(_: re.Match[str], today: date) -> Days:
    return coming_or_today(today, SATURDAY), coming_or_today(today, SUNDAY)


def _end_of_month(_: re.Match[str], today: date) -> Days:
    return (end_of_month(today.year, today.month),)


def _next_month(_: re.Match[str], today: date) -> Days:
    first = shift(end_of_month(today.year, today.month), 1)
    return first, end_of_month(first.year, first.month)


def _end_of_year(_: re.Match[str], today: date) -> Days:
    return (on(today.year, 12, 31),)


_IN_WORDS: tuple[tuple[str, Rule], ...] = (
    ("today|tonight", partial(_away, 0)),
    ("tomorrow|tmrw", partial(_away, 1)),
    ("(?:the )?day after tomorrow", partial(_away, 2)),
    ("yesterday", partial(_away, -1)),
    (WEEKDAY, _weekday),
    (f"next {WEEKDAY}", _next_weekday),
    (f"this {WEEKDAY}", _this_weekday),
    (f"(?:in )?(?P<count>{COUNT}) ?(?P<unit>{DAYS})", _later),
    ("(?:the )?end of (?:the |this )?week|eow|this week", _end_of_week),
    ("next week", _next_week),
    ("(?:the |this )?weekend", _weekend),
    ("(?:the )?end of (?:the |this )?month|eom", _end_of_month),
    ("next month", _next_month),
    ("(?:the )?end of (?:the |this )?year|eoy", _end_of_year),
)
_RULES = tuple((re.compile(words), rule) for words, rule in _IN_WORDS + WRITTEN)
_WITH_WEEKDAY = re.compile(f"{WEEKDAY} (?P<rest>.+)")


def read_day(words: str) -> DayReader | None:
    """Return what the words (lower case, single spaces) mean as a day; None when they are none."""
    for pattern, rule in _RULES:
        if match := pattern.fullmatch(words):
            return partial(rule, match)
    match = _WITH_WEEKDAY.fullmatch(words)
    if match and (written := _read_written(match["rest"])):
        return partial(_fitting, weekday_called(match["weekday"]), written)
    return None


def _read_written(words: str) -> DayReader | None:
    for pattern, rule in _RULES[len(_IN_WORDS) :]:
        if match := pattern.fullmatch(words):
            return partial(rule, match)
    return None


def _fitting(wanted: int, reader: DayReader, today: date) -> Days:
    days = reader(today)
    fitting = tuple(day for day in days if day.weekday() == wanted)
    if not fitting:
        real = " and ".join(sorted({name_of(day) for day in days}))
        raise Impossible(f"The date and the weekday differ: it is {real}, no {WEEKDAYS[wanted]}.")
    return fitting

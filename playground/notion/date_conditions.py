"""Date conditions: per minute against a date-time, whole days against a date or a named period."""

import operator
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from playground.notion.checks import a_string, mismatch
from playground.notion.conditions import EMPTINESS, Condition, Test
from playground.notion.times import Moment, months_from, parse_moment

_NAMED_DAYS: dict[str, Callable[[date], date]] = {
    "today": lambda day: day,
    "tomorrow": lambda day: day + timedelta(days=1),
    "yesterday": lambda day: day - timedelta(days=1),
    "one_week_ago": lambda day: day - timedelta(days=7),
    "one_week_from_now": lambda day: day + timedelta(days=7),
    "one_month_ago": lambda day: months_from(day, -1),
    "one_month_from_now": lambda day: months_from(day, 1),
}


def _this_week(day: date) -> tuple[date, date]:
    # Weeks begin on Sunday: Notion's default; recordings do not tell.
    first = day - timedelta(days=day.isoweekday() % 7)
    return first, first + timedelta(days=6)


# Both ends count, today too: recorded for every `past_` and `next_` period.
_PERIODS: dict[str, Callable[[date], tuple[date, date]]] = {
    "past_week": lambda day: (day - timedelta(days=7), day),
    "past_month": lambda day: (months_from(day, -1), day),
    "past_year": lambda day: (months_from(day, -12), day),
    "next_week": lambda day: (day, day + timedelta(days=7)),
    "next_month": lambda day: (day, months_from(day, 1)),
    "next_year": lambda day: (day, months_from(day, 12)),
    "this_week": _this_week,
}


def _wanted(argument: object, path: str, now: datetime) -> Moment:
    text = a_string(argument, path)
    named = _NAMED_DAYS.get(text)
    if named is not None:
        return Moment(day=named(now.astimezone(UTC).date()), instant=None)
    try:
        return parse_moment(text)
    except ValueError:
        raise mismatch(path, "a valid ISO 8601 date string", argument) from None


def _comparison(compare: Callable[[Any, Any], bool], now: datetime) -> Condition:
    def condition(argument: object, path: str) -> Test:
        wanted = _wanted(argument, path, now)

        def test(value: Moment | None) -> bool:
            if value is None:
                return False
            if wanted.instant is None:
                return compare(value.day, wanted.day)
            return compare(value.start, wanted.start)

        return test

    return condition


def _period(span: Callable[[date], tuple[date, date]], now: datetime) -> Condition:
    def condition(argument: object, path: str) -> Test:
        if argument != {}:
            raise mismatch(path, "an empty object", argument)
        first, last = span(now.astimezone(UTC).date())
        return lambda value: value is not None and first <= value.day <= last

    return condition


def date_conditions(now: datetime) -> dict[str, Condition]:
    """Return the operators on a Moment or None, relative ones seen from `now`."""
    compared: dict[str, Callable[[Any, Any], bool]] = {
        "equals": operator.eq,
        "before": operator.lt,
        "after": operator.gt,
        "on_or_before": operator.le,
        "on_or_after": operator.ge,
    }
    return {
        **EMPTINESS,
        **{name: _comparison(compare, now) for name, compare in compared.items()},
        **{name: _period(span, now) for name, span in _PERIODS.items()},
    }

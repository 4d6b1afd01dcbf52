"""Times of day in words. Every time that the words can mean is given, none is picked; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time, timedelta
from typing import TypeAlias

from tasks.date_counts import COUNT, HOURS, MINUTES, count


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A time of the day that is meant, or of the one after it."""

    time: time | None
    """None: the day as a whole."""
    days_on: int = 0
    """1 for the midnight at the end of the day."""


Clocks: TypeAlias = tuple[Clock, ...]

_NOON = 12
_DAY_END = Clock(time=time(0), days_on=1)
_MIDNIGHTS = (Clock(time=time(0)), _DAY_END)
_NAMED: dict[str, Clocks] = {
    "eod": (Clock(time=None),),
    "end of day": (Clock(time=None),),
    "end of the day": (Clock(time=None),),
    "noon": (Clock(time=time(_NOON)),),
    "midday": (Clock(time=time(_NOON)),),
    "midnight": _MIDNIGHTS,  # of the day before, to some; and 12am is no clearer
}
_VAGUE = {"morning": 9, "afternoon": 15, "evening": 18}
"""Never taken: offered beside the whole day when it is asked back."""
EVENING = 17
"""The hour at which `tonight` begins."""

_HALF = re.compile(r"([0-9]{1,2})(?:[:.]([0-5][0-9]))? ?([ap])\.?m\.?")
_FULL = re.compile(r"([0-9]{1,2}):([0-5][0-9])(?::[0-5][0-9](?:\.[0-9]+)?)?")
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-5][0-9])")
_HOUR = re.compile("[0-9]{1,2}")
_ELAPSED = re.compile(
    f"(?:in )?(?:(?P<hours>{COUNT}) ?{HOURS})?(?: ?(?:and )?(?P<minutes>{COUNT}) ?{MINUTES})?"
)
_PART = re.compile("(?:in the |this )?(morning|afternoon|evening)")


def read_time(words: str) -> Clocks | None:
    """Return what the words (lower case, single spaces) mean as a time; None when they are none."""
    words = words.removeprefix("at ")
    if words in _NAMED:
        return _NAMED[words]
    if match := _PART.fullmatch(words):
        return (Clock(time=None), Clock(time=time(_VAGUE[match[1]])))
    if match := _HALF.fullmatch(words):
        return _half_day(int(match[1]), int(match[2] or 0), match[3])
    if match := _FULL.fullmatch(words) or _DOTTED.fullmatch(words):
        return _full_day(int(match[1]), int(match[2]))
    return _hour_alone(int(words)) if _HOUR.fullmatch(words) else None


def _half_day(hour: int, minute: int, half: str) -> Clocks | None:
    if not 1 <= hour <= _NOON:
        return None
    if hour == _NOON and half == "a" and not minute:
        return _MIDNIGHTS
    return (Clock(time=time(hour % _NOON + (_NOON if half == "p" else 0), minute)),)


def _full_day(hour: int, minute: int) -> Clocks | None:
    if (hour, minute) == (24, 0):
        return (_DAY_END,)
    return (Clock(time=time(hour, minute)),) if hour < 24 else None  # noqa: PLR2004  # of the day


def _hour_alone(hour: int) -> Clocks | None:
    """Read 9 as nine in the morning or in the evening: nobody said."""
    if 1 <= hour < _NOON:
        return (Clock(time=time(hour)), Clock(time=time(hour + _NOON)))
    if hour == _NOON:
        return (Clock(time=time(_NOON)), *_MIDNIGHTS)
    return _full_day(hour, 0)


def read_time_tonight(words: str) -> Clocks | None:
    """Read a time that was said with `tonight`, 9 being 21:00; empty where it is no evening's."""
    match = _FULL.fullmatch(words.removeprefix("at "))
    if match and EVENING - _NOON <= int(match[1]) < _NOON:
        return _full_day(int(match[1]) + _NOON, int(match[2]))
    clocks = read_time(words)
    if clocks is None:
        return None
    return tuple(c for c in clocks if c.time is None or c.days_on or c.time.hour >= EVENING)


def read_elapsed(words: str) -> timedelta | None:
    """Read `in 2h`, `5 minutes`, `1h30m`; None for anything else."""
    if words in ("half an hour", "in half an hour"):
        return timedelta(minutes=30)
    match = _ELAPSED.fullmatch(words)
    if not match or not (match["hours"] or match["minutes"]):
        return None
    return timedelta(hours=count(match["hours"] or "0"), minutes=count(match["minutes"] or "0"))

"""The words after `every`, brought into one form; pure."""

from __future__ import annotations

import re

from tasks.calendar_days import WEEKDAYS, weekday_called
from tasks.date_counts import COUNT, count
from tasks.date_days import WEEKDAY
from tasks.date_times import read_time

_WEEKDAY = WEEKDAY.replace("?P<weekday>", "?:")
_DAYS = re.compile(f"{_WEEKDAY}(?:(?:,? and |, ?| ){_WEEKDAY})*")
_PERIOD = re.compile(
    f"(?:(?P<count>{COUNT}|other|second|third) )?"
    "(?P<unit>hour|day|weekday|workday|week|weekend|fortnight|month|quarter|year|morning|evening"
    "|night)s?"
)
_OTHER = re.compile(f"(?P<which>other|second|third) (?P<day>{_WEEKDAY})")
_ORDINAL = "(?P<which>first|second|third|fourth|last|[0-9]{1,2}(?:st|nd|rd|th))"
_OF_MONTH = re.compile(
    f"(?:the )?{_ORDINAL}(?: (?P<day>day|weekday|workday|{_WEEKDAY}))?"
    "(?: (?:of|in) (?:the|each|every) month)?"
)
_NUMBERS = {"other": 2, "second": 2, "third": 3}


def read(words: str) -> str | None:
    """Return `month`, `2 weeks`, `monday, friday at 17:00`; None where it is no repetition."""
    text = " ".join(words.lower().split()).removesuffix(".")
    if whole := _rhythm(text):
        return whole
    parts = text.split()
    for cut in (len(parts) - 1, len(parts) - 2, len(parts) - 3):
        if cut < 1:
            break
        rhythm, clocks = _rhythm(" ".join(parts[:cut])), read_time(" ".join(parts[cut:]))
        if rhythm and clocks and len(clocks) == 1 and (at := clocks[0].time):
            return f"{rhythm} at {at:%H:%M}"
    return None


def _rhythm(text: str) -> str | None:
    if match := _PERIOD.fullmatch(text):
        return _period(match["count"], match["unit"])
    if _DAYS.fullmatch(text):
        return ", ".join(_day(name) for name in re.findall(_WEEKDAY, text))
    if match := _OTHER.fullmatch(text):
        return f"{match['which']} {_day(match['day'])}"
    if match := _OF_MONTH.fullmatch(text):
        if not match["day"] and not match["which"][0].isdecimal():
            return None  # "first" alone says nothing
        return " ".join(filter(None, (match["which"], match["day"] and _day(match["day"]))))
    return None


def _period(number: str | None, unit: str) -> str | None:
    many = _NUMBERS.get(number or "") or count(number or "a")
    if many == 0:
        return None
    return unit if many == 1 else f"{many} {unit}s"


def _day(name: str) -> str:
    if name in ("day", "weekday", "workday"):
        return name
    return WEEKDAYS[weekday_called(name)].lower()

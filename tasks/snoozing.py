"""Until when a task is put off: what people type, and what they are offered; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from tasks import dates
from tasks.errors import DateInDoubt
from tasks.model import Due

MORNING = time(9)
"""When a day begins for whoever says no time."""
AFTERNOON = time(15)
EVENING = time(18)
MONDAY = 0
_TONIGHT = ("tonight", "this evening")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """An instant that is offered, by a name that does not change."""

    name: str
    words: str
    until: Due


def read(words: str, *, now: datetime) -> Due:
    """Return the instant that is meant on a clock that shows `now`. DateInDoubt, NotADate.

    A day without a time is its morning. Of several readings those that are over are not meant;
    where all are, the last one is returned.
    """
    zone = _zone(now)
    if " ".join(words.casefold().split()) in _TONIGHT:
        return _at(now, EVENING, zone)
    try:
        return instant(dates.read(words, now=now), zone)
    except DateInDoubt as doubt:
        read = (instant(dates.read(one, now=now), zone) for one in doubt.readings)
        found = sorted(dict.fromkeys(read), key=lambda due: due.marker)
        ahead = [due for due in found if due.marker > now]
        if len(ahead) > 1:
            raise DateInDoubt(words, tuple(dates.say(due) for due in ahead)) from None
        return ahead[0] if ahead else found[-1]


def instant(due: Due, zone: ZoneInfo) -> Due:
    """Return the instant of a due date: of a day its morning."""
    if due.at is not None:
        return due
    return Due.local(datetime.combine(due.day, MORNING, zone), zone.key)


def presets(now: datetime) -> tuple[Preset, ...]:
    """Return what is offered to somebody whose clock shows `now`; nothing that is over."""
    zone = _zone(now)
    tomorrow = now + timedelta(days=1)
    monday = now + timedelta(days=(MONDAY - now.weekday()) % 7 or 7)
    offered = (
        Preset(name="hour", words="In 1 hour", until=Due.local(now + timedelta(hours=1), zone.key)),
        Preset(name="afternoon", words="This afternoon", until=_at(now, AFTERNOON, zone)),
        Preset(name="tomorrow", words="Tomorrow", until=_at(tomorrow, MORNING, zone)),
        Preset(name="monday", words="Monday", until=_at(monday, MORNING, zone)),
    )
    seen: dict[datetime, Preset] = {}
    for one in offered:
        if one.until.marker > now:
            seen.setdefault(one.until.marker, one)
    return tuple(seen.values())


def _at(day: datetime, clock: time, zone: ZoneInfo) -> Due:
    return Due.local(datetime.combine(day.date(), clock, zone), zone.key)


def _zone(now: datetime) -> ZoneInfo:
    if not isinstance(now.tzinfo, ZoneInfo):
        raise TypeError("`now` carries the person's ZoneInfo")
    return now.tzinfo

"""Times as Notion writes them, and what it does to the dates it is given."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DATE_ONLY = re.compile(r"\d{4}-\d{2}-\d{2}")


def floored(moment: datetime) -> datetime:
    """Return the start of the minute, in UTC."""
    there = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return there.replace(second=0, microsecond=0)


def minute_stamp(moment: datetime) -> str:
    """Write a timestamp as all objects but databases carry it: `2026-06-27T17:01:00.000Z`."""
    return floored(moment).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def exact_stamp(moment: datetime) -> str:
    """Write a timestamp as databases carry it: `2026-06-27T17:01:16.064+00:00`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A day, or an instant cut to the minute (`instant` None: a whole day)."""

    day: date
    instant: datetime | None

    @property
    def start(self) -> datetime:
        """The instant, or the first minute of the day in UTC."""
        return self.instant or datetime(self.day.year, self.day.month, self.day.day, tzinfo=UTC)


def parse_moment(text: str, zone: str | None = None) -> Moment:
    """Read an ISO date or date-time, without offset in `zone` or UTC; ValueError if it is none."""
    try:
        return _parsed(text, zone)
    except OverflowError as error:
        message = f"out of the calendar: {text}"
        raise ValueError(message) from error


def _parsed(text: str, zone: str | None) -> Moment:
    if _DATE_ONLY.fullmatch(text):
        return Moment(day=date.fromisoformat(text), instant=None)
    instant = datetime.fromisoformat(text)
    if zone is not None:
        instant = _in_zone(instant, zone)
    elif instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    cut = instant.replace(second=0, microsecond=0)
    return Moment(day=cut.astimezone(UTC).date(), instant=cut)


def _in_zone(instant: datetime, zone: str) -> datetime:
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        message = f"no such time zone: {zone}"
        raise ValueError(message) from error
    return instant.replace(tzinfo=place) if instant.tzinfo is None else instant.astimezone(place)


def stored_text(text: str, zone: str | None) -> str:
    """Return the date as Notion gives it back: cut to the minute, the zone turned into an offset.

    >>> stored_text("2026-07-21T18:58:04.659", "Europe/Berlin")
    '2026-07-21T18:58:00.000+02:00'
    """
    moment = parse_moment(text, zone)
    if moment.instant is None:
        return text
    return moment.instant.isoformat(timespec="milliseconds")


def months_from(day: date, months: int) -> date:
    """Move a day by calendar months, to the last day of a shorter month."""
    first = day.replace(day=1)
    index = first.year * 12 + first.month - 1 + months
    target = date(index // 12, index % 12 + 1, 1)
    following = date((index + 1) // 12, (index + 1) % 12 + 1, 1)
    last = (following - timedelta(days=1)).day
    return target.replace(day=min(day.day, last))

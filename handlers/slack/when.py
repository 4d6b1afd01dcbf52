"""Dates as the sender means them: in their zone, never guessed, never silently over."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.slack.again import Leave
from handlers.slack.incoming import Sender
from handlers.slack.troubles import InThePast, Usage
from tasks import dates, snoozing
from tasks.model import Due
from tasks.ports import Now, People

UTC_SAID = (
    "Your time zone is not known to me, so I read the time as UTC: change it if you meant another."
)


class Dates:
    """Reads dates; the sender's zone is asked for only when there is one to read."""

    def __init__(self, *, people: People, now: Now) -> None:
        self._people = people
        self._now = now

    async def zone_of(self, sender: Sender) -> ZoneInfo | None:
        """Return the sender's zone, if it can be had."""
        profile = await self._people.profile(sender.team, sender.user)
        return zone_called(profile.zone) if profile and profile.zone else None

    async def now_for(self, sender: Sender) -> tuple[datetime, bool]:
        """Return what the sender's clock shows, and whether their zone is known."""
        zone = await self.zone_of(sender)
        return self._now().astimezone(zone or ZoneInfo("UTC")), zone is not None

    async def until(self, words: str, sender: Sender, leave: Leave) -> tuple[Due, tuple[str, ...]]:
        """Return the instant until which is meant, and what to say. DateInDoubt, NotADate, Usage.

        One that is over puts nothing off: unlike a due date it cannot be meant.
        """
        now, known = await self.now_for(sender)
        due = snoozing.read(leave.due or words, now=now)
        if due.marker <= now:
            raise Usage(
                f"{dates.say(due)} is over: type `/task snooze T-12 2h`, `tomorrow` or "
                "`monday 9:00`."
            )
        return due, () if known else (UTC_SAID,)

    async def read(self, words: str, sender: Sender, leave: Leave) -> tuple[Due, tuple[str, ...]]:
        """Return the date and what to say about it. DateInDoubt, NotADate, InThePast."""
        now, known = await self.now_for(sender)
        due = dates.read(leave.due or words, now=now)
        if due.is_over(now) and not leave.past:
            raise InThePast(due)
        return due, (UTC_SAID,) if due.at is not None and not known else ()


def zone_called(name: str) -> ZoneInfo | None:
    """Return a zone by its IANA name, None where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None

"""Tells a channel of rows made in Notion: a card for each, one message where they are many."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from notifications.posts import NotPosted, Posts, PostUnknown
from tasks.model import Task
from tasks.ports import Announcements, Place, Sharing, Turns
from tasks.ports import News as Row

ONE_BY_ONE = 5
"""So many in a minute have a message each."""
GATHERED = timedelta(minutes=1)
"""How long a burst is waited for, to be one message."""
ORPHANED = timedelta(hours=1)
"""After which a row without a task will not have one."""
AT_ONCE = 500
LEASE = timedelta(minutes=2)
WORK = "news"
LEAD = "New in Notion:"
CHANNEL_LOST = ("channel_not_found", "is_archived", "not_in_channel", "restricted_action")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Announces, one instance for all; a message that may have been posted is not repeated."""

    announcements: Announcements
    turns: Turns
    posts: Posts
    card: Callable[[Task], Awaitable[Mapping[str, Any]]]
    summary: Callable[[Sequence[Task]], Awaitable[Mapping[str, Any]]]
    every: timedelta
    gathered: timedelta = GATHERED
    sharing: Sharing | None = None
    """Keeps right what is announced on a card of its own; None: nobody does."""

    async def once(self, team: str) -> None:
        """Announce what is new, if it is this instance's turn. StoreError, LeaseLost."""
        turn = await self.turns.take(team, WORK, lease=LEASE)
        if turn is None:
            return
        again = self.every
        try:
            again = max(again, await self._announce(team))
        finally:
            await self.turns.end(turn, turn.state, again=again)

    async def _announce(self, team: str) -> timedelta:
        """Announce; return how long Slack wants to be left alone."""
        if lost := await self.announcements.lost(team):
            log.warning("perhaps announced", extra={"action": "announce", "rows": lost})
        rows = await self.announcements.news(team, limit=AT_ONCE)
        channel = await self.announcements.channel(team) if rows else None
        if not rows:
            return timedelta()
        stale = [r.row_id for r in rows if channel is None or _is_over(r)]
        if stale:
            await self.announcements.sent(team, stale)
        ready = [row for row in rows if row.task is not None and row.row_id not in stale]
        if channel is None or not ready:
            return timedelta()
        lately = await self.announcements.told_lately(team)
        if len(ready) + lately <= ONE_BY_ONE:
            for row in ready:
                if wait := await self._send(team, channel, [row]):
                    return wait
            return timedelta()
        if ready[0].age < self.gathered and len(rows) < AT_ONCE:
            return timedelta()
        return await self._send(team, channel, ready)

    async def _send(self, team: str, channel: str, rows: Sequence[Row]) -> timedelta:
        """Send one message; return how long to wait where Slack has us wait."""
        ids, tasks = [row.row_id for row in rows], [row.task for row in rows if row.task]
        body = await (self.card(tasks[0]) if len(tasks) == 1 else self.summary(tasks))
        await self.announcements.sending(team, ids)
        try:
            ts = await self.posts.post(team, channel, body)
        except NotPosted as refused:
            await self.announcements.not_sent(team, ids)
            return _patience(refused)
        except PostUnknown:
            log.warning("perhaps announced", extra={"action": "announce", "rows": len(ids)})
        else:
            if ts and self.sharing is not None and len(tasks) == 1:
                place = Place(key=f"{channel}/{ts}", channel=channel, ts=ts, lead=LEAD)
                await self.sharing.carries(tasks[0], place)
        await self.announcements.sent(team, ids)
        return timedelta()


def _is_over(row: Row) -> bool:
    """Tell whether there is nothing to announce any more."""
    return row.task.deleted if row.task is not None else row.age > ORPHANED


def _patience(refused: NotPosted) -> timedelta:
    log.warning("not announced", extra={"action": "announce", "error_code": refused.code})
    if refused.code in CHANNEL_LOST:
        return timedelta(minutes=10)  # somebody has to let the bot in, or to choose another
    return timedelta(seconds=max(refused.wait_seconds, 5.0))

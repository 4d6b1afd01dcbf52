"""Tells a channel of rows made in Notion: a card for each, one message where they are many."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from notifications.posts import NotPosted
from notifications.said_once import SENDING, Kept, NotYet, SaidOnce
from tasks.model import Task
from tasks.ports import Announcements, Place, Sharing, Turn, Turns
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
ROWS = "rows"
"""The key under which a turn's state has the rows of what is being sent."""
LEAD = "New in Notion:"
CHANNEL_LOST = ("channel_not_found", "is_archived", "not_in_channel", "restricted_action")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Announces, one instance for all; what is about to be sent is kept with the turn."""

    announcements: Announcements
    turns: Turns
    said: SaidOnce
    card: Callable[[Task], Awaitable[Mapping[str, Any]]]
    summary: Callable[[Sequence[Task]], Awaitable[Mapping[str, Any]]]
    every: timedelta
    gathered: timedelta = GATHERED
    lease: timedelta = LEASE
    sharing: Sharing | None = None
    """Keeps right what is announced on a card of its own; None: nobody does."""

    async def once(self, team: str) -> None:
        """Announce what is new, if it is this instance's turn. StoreError, LeaseLost."""
        turn = await self.turns.take(team, WORK, lease=self.lease)
        if turn is None:
            return
        again, kept = self.every, dict(turn.state)
        try:
            again = max(again, await self._announce(turn, kept))
        finally:
            await self.turns.end(turn, kept, again=again)

    async def _announce(self, turn: Turn, kept: Kept) -> timedelta:
        """Announce; return how long Slack wants to be left alone."""
        if kept.get(SENDING) and (wait := await self._again(turn, kept)):
            return wait
        return await self._announce_new(turn, kept)

    async def _announce_new(self, turn: Turn, kept: Kept) -> timedelta:
        team = turn.team
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
                if wait := await self._send(turn, kept, channel, [row]):
                    return wait
            return timedelta()
        if ready[0].age < self.gathered and len(rows) < AT_ONCE:
            return timedelta()
        return await self._send(turn, kept, channel, ready)

    async def _again(self, turn: Turn, kept: Kept) -> timedelta:
        """Go on with what may have been sent, and to where that was; return how long to wait."""
        sending, ids = kept[SENDING], kept.get(ROWS)
        known = ids if isinstance(ids, list) else []
        rows = await self.announcements.news(turn.team, limit=AT_ONCE)
        left = [row for row in rows if row.row_id in known and row.task is not None]
        if not isinstance(sending, dict) or not left:
            kept.clear()  # they were noted as announced, or are deleted
            return timedelta()
        return await self._send(turn, kept, sending["to"], left, name=sending["name"])

    async def _send(
        self, turn: Turn, kept: Kept, channel: str, rows: Sequence[Row], *, name: str = ""
    ) -> timedelta:
        """Send one message; return how long to wait where Slack has us wait."""
        ids, tasks = [row.row_id for row in rows], [row.task for row in rows if row.task]
        body = await (self.card(tasks[0]) if len(tasks) == 1 else self.summary(tasks))
        kept[ROWS] = ids
        try:
            ts = await self.said.say(
                turn, kept, name=name or _name(turn, ids), to=channel, body=body
            )
        except NotPosted as refused:
            kept.clear()
            return _patience(refused)
        except NotYet as later:
            return later.wait
        if ts and self.sharing is not None and len(tasks) == 1:
            place = Place(key=f"{channel}/{ts}", channel=channel, ts=ts, lead=LEAD)
            await self.sharing.carries(tasks[0], place)
        await self.announcements.sent(turn.team, ids)
        kept.clear()
        return timedelta()


def _name(turn: Turn, ids: Sequence[str]) -> str:
    return f"news/{turn.fence}/{sha256(' '.join(ids).encode()).hexdigest()[:16]}"


def _is_over(row: Row) -> bool:
    """Tell whether there is nothing to announce any more."""
    return row.task.deleted if row.task is not None else row.age > ORPHANED


def _patience(refused: NotPosted) -> timedelta:
    log.warning("not announced", extra={"action": "announce", "error_code": refused.code})
    if refused.code in CHANNEL_LOST:
        return timedelta(minutes=10)  # somebody has to let the bot in, or to choose another
    return timedelta(seconds=max(refused.wait_seconds, 5.0))

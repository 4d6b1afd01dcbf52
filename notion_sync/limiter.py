"""Spends the shared budget of calls before each of them, and waits where that is short."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeAlias

from notion_sync.errors import Throttled
from tasks.ports import Budget, Lane, Now

Sleep: TypeAlias = Callable[[float], Awaitable[object]]
"""Wait that many seconds; handed in, so that a test takes no time."""

HORIZON = timedelta(minutes=10)


class Limiter:
    """The one way to a call: no token from the budget, no request."""

    def __init__(self, *, budget: Budget, sleep: Sleep, most_waiting: int = 2) -> None:
        self._budget = budget
        self._sleep = sleep
        self._most_waiting = most_waiting
        self._waiting: Counter[tuple[str, Lane]] = Counter()
        self._in_line: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def spend(
        self, connection: str, *, lane: Lane, patience: timedelta, in_any_case: bool = False
    ) -> None:
        """Return once a call may be sent. Throttled: that takes longer than `patience`.

        Only few of a lane wait for one connection at a time, so that a busy one leaves workers to
        others; `in_any_case` one that follows another call is among them. A backfill stands in
        line instead: its calls go at an even pace, and each is soon there.
        """
        if lane is not Lane.BACKFILL:
            await self._spend(connection, lane, patience, in_any_case=in_any_case)
            return
        async with self._in_line[connection]:
            await self._spend(connection, lane, patience, in_any_case=True)

    async def _spend(
        self, connection: str, lane: Lane, patience: timedelta, *, in_any_case: bool
    ) -> None:
        while wait := await self._budget.take(connection, lane=lane):
            are_many = self._waiting[connection, lane] >= self._most_waiting
            if wait > patience or (are_many and not in_any_case):
                raise Throttled(wait)
            self._waiting[connection, lane] += 1
            try:
                await self._sleep(wait.total_seconds())
            finally:
                self._waiting[connection, lane] -= 1

    async def pause(
        self, connection: str, *, wait: timedelta, reason: str, learn: bool = False
    ) -> None:
        """Let nobody spend before `wait` has passed; `learn`: and fewer for a while after it."""
        await self._budget.pause(connection, wait=wait, reason=reason, learn=learn)


class Spread:
    """Gives those who must come back a moment each, as far apart as the budget allows calls.

    Without it a backlog behind a pause would all come due at its end, and again and again.
    """

    def __init__(self, *, now: Now, spacing: timedelta) -> None:
        self._now = now
        self._spacing = spacing
        self._next: dict[str, datetime] = {}

    def wait(self, key: str, at_least: timedelta) -> timedelta:
        """Return how long this one should stay away: at least so long, and after the one before."""
        now = self._now()
        earliest = now + at_least
        slot = max(self._next.get(key, earliest), earliest)
        if slot > earliest + HORIZON:
            slot = earliest  # a second round: those who still find no room are spread again
        self._next[key] = slot + self._spacing
        return slot - now

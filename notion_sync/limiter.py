"""Spends the shared budget of calls before each of them, and waits where that is short."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeAlias

from notion_sync.errors import Throttled
from tasks.ports import Budget, Lane, Now

Keep: TypeAlias = Callable[[], Awaitable[None]]
Sleep: TypeAlias = Callable[[float], Awaitable[object]]
"""Wait that many seconds; handed in, so that a test takes no time."""

HORIZON = timedelta(minutes=10)
MOST_GOING_ON = 3
"""So many who have begun wait for one connection: there are workers left for others."""
KEEP_EVERY = timedelta(seconds=15)
"""How often who waits renews what its call is for."""


async def _at_once() -> None:
    """Stand in where nothing has to be kept."""


class Limiter:
    """The one way to a call: no token from the budget, no request."""

    def __init__(self, *, budget: Budget, sleep: Sleep, most_waiting: int = 2) -> None:
        self._budget = budget
        self._sleep = sleep
        self._most_waiting = most_waiting
        self._waiting: Counter[tuple[str, Lane]] = Counter()
        self._begun: defaultdict[str, dict[object, tuple[Lane, timedelta]]] = defaultdict(dict)
        """Who waits for a connection that has begun, in which lane, and for how long."""
        self._in_line: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def spend(
        self,
        connection: str,
        *,
        lane: Lane,
        patience: timedelta,
        has_begun: bool = False,
        keep: Keep = _at_once,
    ) -> None:
        """Return once a call may be sent. Throttled: that takes longer than `patience`.

        Only few of a lane wait for one connection at a time, so that a busy one leaves workers to
        others. A backfill stands in line instead: its calls go at an even pace, and each is soon
        there. Who `has_begun` waits in any case, and nobody of its lane or below begins meanwhile;
        `keep` is awaited every few seconds, and ends the wait by what it raises.
        """
        if has_begun:
            await self._go_on(connection, lane, patience, keep)
        elif lane is Lane.BACKFILL:
            async with self._in_line[connection]:
                await self._begin(connection, lane, patience, in_any_case=True)
        else:
            await self._begin(connection, lane, patience, in_any_case=False)

    async def _begin(
        self, connection: str, lane: Lane, patience: timedelta, *, in_any_case: bool
    ) -> None:
        self._give_way(connection, lane)
        while wait := await self._budget.take(connection, lane=lane):
            are_many = self._waiting[connection, lane] >= self._most_waiting
            if wait > patience or (are_many and not in_any_case):
                raise Throttled(wait)
            self._waiting[connection, lane] += 1
            try:
                await self._sleep(wait.total_seconds())
            finally:
                self._waiting[connection, lane] -= 1
            self._give_way(connection, lane)

    def _give_way(self, connection: str, lane: Lane) -> None:
        """Raise Throttled while somebody waits who has begun, and is not below."""
        order = list(Lane)
        before = [
            wait
            for of, wait in self._begun[connection].values()
            if order.index(of) <= order.index(lane)
        ]
        if before:
            raise Throttled(max(before))

    async def _go_on(self, connection: str, lane: Lane, patience: timedelta, keep: Keep) -> None:
        waiting, who = self._begun[connection], object()
        try:
            while wait := await self._budget.take(connection, lane=lane):
                if wait > patience or len(waiting.keys() - {who}) >= MOST_GOING_ON:
                    raise Throttled(wait)
                waiting[who] = lane, wait
                await self._wait(wait, keep)
        finally:
            waiting.pop(who, None)

    async def _wait(self, wait: timedelta, keep: Keep) -> None:
        while wait > timedelta(0):
            nap = min(wait, KEEP_EVERY)
            await self._sleep(nap.total_seconds())
            wait -= nap
            await keep()

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

"""Budget in memory."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from storage.budget import AHEAD, BURST, LEAST, RECOVERY, SLOWER, WINDOW, limit_of
from tasks.ports import Budget, Lane, Now, Pause

MILLISECOND = timedelta(milliseconds=1)


class MemoryBudget(Budget):
    """The calls of each connection in a list, judged by a clock that is handed in."""

    def __init__(self, *, now: Now, requests_per_minute: int = 180) -> None:
        self._now = now
        self._budget = requests_per_minute
        self._spent: dict[str, list[datetime]] = {}
        self._paced: dict[tuple[str, Lane], datetime] = {}
        self._learnt: dict[str, tuple[float, datetime]] = {}
        self._pauses: dict[str, Pause] = {}

    async def take(self, connection: str, *, lane: Lane) -> timedelta:
        now = self._now()
        spent = [at for at in self._spent.get(connection, ()) if at > now - WINDOW]
        pause = await self.paused(connection)
        wait = timedelta(0) if pause is None else pause.until - now
        limit = limit_of(lane, self._budget, allowed=math.floor(self._allowed(connection)))
        if len(spent) >= limit:
            wait = max(wait, spent[len(spent) - limit] + WINDOW - now)
        spacing = WINDOW / limit
        paced = max(now, self._paced.get((connection, lane), now)) + spacing
        if lane in AHEAD:
            wait = max(wait, paced - now - max(AHEAD[lane], BURST * spacing))
        if not wait:
            spent.append(now)
            self._paced[connection, lane] = paced
        self._spent[connection] = spent
        return MILLISECOND * math.ceil(wait / MILLISECOND)

    async def pause(
        self, connection: str, *, wait: timedelta, reason: str, learn: bool = False
    ) -> None:
        now = self._now()
        if learn and await self.paused(connection) is None:
            slower = max(1, self._budget * LEAST, math.floor(self._allowed(connection)) * SLOWER)
            self._learnt[connection] = slower, now
        until = now + wait
        before = self._pauses.get(connection)
        if before is None or until > before.until:
            self._pauses[connection] = Pause(until=until, reason=reason)

    def _allowed(self, connection: str) -> float:
        learnt, at = self._learnt.get(connection, (self._budget, self._now()))
        back = (self._now() - at) / timedelta(minutes=1) * self._budget * RECOVERY
        return min(self._budget, learnt + back)

    async def paused(self, connection: str) -> Pause | None:
        pause = self._pauses.get(connection)
        return pause if pause is not None and pause.until > self._now() else None

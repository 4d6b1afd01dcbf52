"""Budget in memory."""

from __future__ import annotations

from datetime import datetime, timedelta

from storage.budget import WINDOW, limit_of
from tasks.ports import Budget, Lane, Now, Pause


class MemoryBudget(Budget):
    """The calls of each connection in a list, judged by a clock that is handed in."""

    def __init__(self, *, now: Now, requests_per_minute: int = 180) -> None:
        self._now = now
        self._budget = requests_per_minute
        self._spent: dict[str, list[datetime]] = {}
        self._pauses: dict[str, Pause] = {}

    async def take(self, connection: str, *, lane: Lane) -> timedelta:
        now = self._now()
        spent = [at for at in self._spent.get(connection, ()) if at > now - WINDOW]
        pause = await self.paused(connection)
        wait = timedelta(0) if pause is None else pause.until - now
        limit = limit_of(lane, self._budget)
        if len(spent) >= limit:
            wait = max(wait, spent[len(spent) - limit] + WINDOW - now)
        if not wait:
            spent.append(now)
        self._spent[connection] = spent
        return wait

    async def pause(self, connection: str, *, wait: timedelta, reason: str) -> None:
        until = self._now() + wait
        before = self._pauses.get(connection)
        if before is None or until > before.until:
            self._pauses[connection] = Pause(until=until, reason=reason)

    async def paused(self, connection: str) -> Pause | None:
        pause = self._pauses.get(connection)
        return pause if pause is not None and pause.until > self._now() else None

"""ApiKeys in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from tasks.api_keys import ApiKey
from tasks.errors import StoreError
from tasks.ports import ApiKeys


class MemoryApiKeys(ApiKeys):
    """Keys in a dictionary; `fault` is raised by every operation while it is set."""

    def __init__(self, keys: Iterable[ApiKey] = ()) -> None:
        self.kept = {key.id: key for key in keys}
        self.fault: StoreError | None = None
        self.uses_written = 0

    async def find(self, key_id: str) -> ApiKey | None:
        self._before()
        return self.kept.get(key_id)

    async def add(self, key: ApiKey) -> None:
        self._before()
        self.kept[key.id] = key

    async def of(self, team: str) -> tuple[ApiKey, ...]:
        self._before()
        own = (key for key in self.kept.values() if key.team == team)
        return tuple(sorted(own, key=lambda key: (key.created_at, key.id)))

    async def expire(self, team: str, key_id: str, *, at: datetime) -> ApiKey | None:
        self._before()
        key = self.kept.get(key_id)
        if key is None or key.team != team:
            return None
        end = at if key.expires_at is None else min(at, key.expires_at)
        self.kept[key_id] = replace(key, expires_at=end)
        return self.kept[key_id]

    async def used(self, key: ApiKey, *, at: datetime) -> None:
        self._before()
        kept = self.kept.get(key.id)
        if kept is None:
            return
        if kept.last_used_at is None or at - kept.last_used_at >= timedelta(minutes=1):
            self.kept[key.id] = replace(kept, last_used_at=at)
            self.uses_written += 1

    def _before(self) -> None:
        if self.fault is not None:
            raise self.fault

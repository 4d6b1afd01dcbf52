"""The keys that let programs in."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from tasks.api_keys import ApiKey


class ApiKeys(Protocol):
    """The keys that let programs in, of all teams; only digests of their tokens are kept."""

    async def find(self, key_id: str) -> ApiKey | None:
        """Return a key by its id, which is how its team is learned."""

    async def add(self, key: ApiKey) -> None:
        """Keep a new key; returns once a majority holds it."""

    async def of(self, team: str) -> tuple[ApiKey, ...]:
        """Return all keys of a team, the oldest first, those that open nothing any more too."""

    async def expire(self, team: str, key_id: str, *, at: datetime) -> ApiKey | None:
        """Let a key end at `at`, never later than before; None where the team has none such."""

    async def used(self, key: ApiKey, *, at: datetime) -> None:
        """Remember a use, but at most one a minute."""

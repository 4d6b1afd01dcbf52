"""Which token a request is answered with; no call to Slack, and seldom one to the database."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize

from tasks.errors import StoreError
from tasks.ports import Installation, Installations

TTL_SECONDS = 60.0
CACHE_SIZE = 4096


class StoredAuthorize(AsyncAuthorize):
    """Looks up the installation of the request's own team; without one there is no token."""

    def __init__(
        self,
        installations: Installations,
        *,
        ttl: float = TTL_SECONDS,
        size: int = CACHE_SIZE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._installations = installations
        self._ttl = ttl
        self._size = size
        self._clock = clock
        self._cache: OrderedDict[tuple[str | None, str | None], tuple[float, Installation]] = (
            OrderedDict()
        )

    def forget(self, *, team: str | None, enterprise: str | None) -> None:
        """Drop what is cached: after install, uninstall, rotation, a dead token."""
        stale = [
            key
            for key in self._cache
            if (team is not None and key[1] == team)
            or (team is None and enterprise is not None and key[0] == enterprise)
        ]
        for key in stale:
            del self._cache[key]

    async def __call__(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None, **_: Any
    ) -> AuthorizeResult:
        """Return the team's bot; tokenless where it is not installed. StoreError."""
        bot = await self.installation(team=team_id, enterprise=enterprise_id)
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,  # the request's own, whatever the installation spans
            user_id=user_id,
            bot_token=bot.bot_token if bot else None,
            bot_id=bot.bot_id if bot else None,
            bot_user_id=bot.bot_user if bot else None,
            bot_scopes=list(bot.scopes) if bot else None,
        )

    async def installation(
        self, *, team: str | None, enterprise: str | None
    ) -> Installation | None:
        """Return a team's installation, from the cache for a minute. StoreError."""
        key, now = (enterprise, team), self._clock()
        hit = self._cache.get(key)
        if hit is not None and hit[0] > now:
            return hit[1]
        try:
            found = await self._installations.find(team=team, enterprise=enterprise)
        except StoreError:
            if hit is not None:
                return hit[1]  # fails open: an old token serves better than none
            raise
        if found is None:
            self._cache.pop(key, None)
            return None
        self._cache[key] = (now + self._ttl, found)
        self._cache.move_to_end(key)
        while len(self._cache) > self._size:
            self._cache.popitem(last=False)
        return found

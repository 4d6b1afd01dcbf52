"""Slack's rate limits: a window of a minute per method and workspace."""

import math
from collections import deque

from playground.slack.errors import RateLimited
from playground.slack.wire import Now

WINDOW_SECONDS = 60.0
CHANNEL_SECONDS = 1.0
TIERS = {"t1": 1, "t2": 20, "t3": 50, "t4": 100, "special": 600}


class RateLimits:
    """Counts calls; a refused call does not count."""

    def __init__(self, *, now: Now) -> None:
        self._now = now
        self._calls: dict[tuple[str, str], deque[float]] = {}
        self._posts: dict[tuple[str, str], float] = {}
        self.enabled = True

    def spend(self, method: str, *, tier: str, team_id: str) -> None:
        """Count one call; RateLimited when the minute is full."""
        if not self.enabled:
            return
        now = self._now()
        calls = self._calls.setdefault((method, team_id), deque())
        while calls and calls[0] <= now - WINDOW_SECONDS:
            calls.popleft()
        if len(calls) >= TIERS[tier]:
            raise RateLimited(math.ceil(calls[0] + WINDOW_SECONDS - now))
        calls.append(now)

    def post(self, *, team_id: str, channel_id: str) -> None:
        """Count one message; RateLimited when the channel had one within the second."""
        if not self.enabled:
            return
        now = self._now()
        last = self._posts.get((team_id, channel_id))
        if last is not None and now - last < CHANNEL_SECONDS:
            raise RateLimited(math.ceil(CHANNEL_SECONDS - (now - last)))
        self._posts[team_id, channel_id] = now

"""Goes on with long work through limits, pauses and hiccups, keeping its turn meanwhile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from notion_sync.errors import SyncError
from notion_sync.limiter import Sleep
from notion_sync.retry import GiveUp, Park, RetryIn, backoff, decide
from tasks.errors import StoreError

RENEW = timedelta(seconds=15)
"""How long it waits at a time; its turn is renewed in between."""
LONGEST_WAIT = timedelta(minutes=10)
"""After which it is better to end, and to be started again."""
TRIES = 10
WORTH_SAYING = timedelta(seconds=3)

Answer = TypeVar("Answer")


class Stopped(Exception):
    """It cannot go on now; the message says why in a sentence. What was done stays."""


class Steady:
    """Repeats a step until it is done; every step handed in can be repeated."""

    def __init__(
        self,
        *,
        renew: Callable[[], Awaitable[None]],
        tell: Callable[[str | None], None],
        sleep: Sleep,
        jitter: Callable[[], float],
    ) -> None:
        self._renew = renew
        self._tell = tell
        self._sleep = sleep
        self._jitter = jitter

    async def do(self, step: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return what the step returns. Stopped: it failed for good, or for too long."""
        failures = 0
        while True:
            try:
                return await step()
            except (SyncError, StoreError) as error:
                verdict = self._verdict(error, failures + 1)
                if not verdict.paced:
                    failures += 1
                if failures >= TRIES or verdict.wait > LONGEST_WAIT:
                    raise Stopped(_sentence(error, verdict)) from error
                await self._wait(verdict)

    def _verdict(self, error: Exception, attempts: int) -> RetryIn:
        if isinstance(error, StoreError):
            wait = backoff(attempts, jitter=self._jitter)
            return RetryIn(wait=wait, reason="The database does not answer.")
        match verdict := decide(error, attempts=attempts, jitter=self._jitter):
            case RetryIn():
                return verdict
            case Park():
                raise Stopped(verdict.sentence) from error
            case GiveUp():
                raise Stopped(verdict.reason) from error

    async def _wait(self, verdict: RetryIn) -> None:
        left = verdict.wait
        while left > timedelta(0):
            if verdict.wait > WORTH_SAYING:
                reason = verdict.reason or "Notion's limit of calls is reached"
                self._tell(f"{reason.rstrip('.')}: {left.total_seconds():.0f} s")
            nap = min(left, RENEW)
            await self._sleep(nap.total_seconds())
            left -= nap
            await self._renew()
        self._tell(None)


def _sentence(error: Exception, verdict: RetryIn) -> str:
    if verdict.paced:
        minutes = verdict.wait.total_seconds() / 60
        return f"Notion has the bot wait for {minutes:.0f} minutes."
    return verdict.reason or str(error)

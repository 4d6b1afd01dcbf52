"""A Notion client for one command of the command line, outside of a running bot."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta

import httpx

from bot.clock_and_ids import utc_now
from bot.config import Settings
from notion_sync.client import NotionClient
from notion_sync.limiter import Limiter
from tasks.ports import Budget, Lane, Pause


class OneCommand(Budget):
    """Lets the few calls of one command go: the shared budget needs a database."""

    async def take(self, connection: str, *, lane: Lane) -> timedelta:  # noqa: ARG002  # the port's
        """Let it go."""
        return timedelta()

    async def pause(
        self, connection: str, *, wait: timedelta, reason: str, learn: bool = False
    ) -> None:
        """Keep nothing: the command ends with the refusal."""

    async def paused(self, connection: str) -> Pause | None:  # noqa: ARG002  # the port's
        """Return none."""
        return None


@asynccontextmanager
async def notion_client(settings: Settings) -> AsyncIterator[NotionClient]:
    """Give a client while the context lasts."""
    with _said_by_the_command():
        async with httpx.AsyncClient(trust_env=False) as http:
            yield NotionClient(
                http=http,
                api_url=settings.notion_api_url,
                limiter=Limiter(budget=OneCommand(), sleep=asyncio.sleep),
                now=utc_now,
                monotonic=time.monotonic,
            )


@contextmanager
def _said_by_the_command() -> Iterator[None]:
    """Log no refusal of Notion's: the command says it, in one sentence."""
    log = logging.getLogger("notion_sync")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)

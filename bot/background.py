"""Work that runs beside the requests for as long as the bot does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tasks.errors import TaskError

RETRY_SECONDS = 5.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stoppable:
    """Work that ends by itself once it is asked to."""

    stop: Callable[[], None]
    task: asyncio.Task[None]


class Background:
    """Holds running work; what ends by an exception is logged, and all ends with the context."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    @classmethod
    @asynccontextmanager
    async def running(cls) -> AsyncIterator[Background]:
        """Run work while the context lasts, then cancel what is left."""
        background = cls()
        try:
            yield background
        finally:
            for task in background._running:
                task.cancel()
            await asyncio.gather(*background._running, return_exceptions=True)

    def start(self, name: str, work: Coroutine[None, None, None]) -> None:
        """Run something until it ends."""
        _ = self.task(name, work)

    def task(self, name: str, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Run something, and return it to be waited for."""
        task = asyncio.create_task(self._watched(name, work), name=name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    def until_done(self, name: str, attempt: Callable[[], Awaitable[object]]) -> None:
        """Try something until it succeeds, for what the start must not wait for."""
        self.start(name, _retried(name, attempt))

    async def _watched(self, name: str, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except Exception:
            log.exception("background_work_failed", extra={"work": name})


async def _retried(name: str, attempt: Callable[[], Awaitable[object]]) -> None:
    said = ""
    while True:
        try:
            await attempt()
        except TaskError as error:
            if str(error) != said:  # once for each reason, not every five seconds
                said = str(error)
                log.warning("start_waits", extra={"work": name, "reason": said})
            await asyncio.sleep(RETRY_SECONDS)
        else:
            return


async def every(seconds: float, do: Callable[[], Awaitable[object]], *, name: str) -> None:
    """Do something again and again, until cancelled; a failure is logged and waits its turn."""
    while True:
        try:
            await do()
        except Exception:
            log.exception("background_work_failed", extra={"work": name})
        await asyncio.sleep(seconds)

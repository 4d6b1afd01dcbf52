"""Work that runs beside the requests for as long as the bot does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tasks.errors import TaskError

RETRY_SECONDS = 5.0
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
"""How long a worker that broke waits before it goes on: 1, 2, 4 … 60 s."""
CALM_SECONDS = 300.0
"""A worker that went well for so long begins with the shortest pause again."""

LEAVE_SECONDS = 5.0
"""How long cancelled work may take to end; longer only where it waits for what never comes."""

Sleep = Callable[[float], Awaitable[object]]

log = logging.getLogger(__name__)


def _nobody_counts() -> None:
    """Stand in where nobody counts."""


@dataclass(frozen=True, slots=True)
class Stoppable:
    """Work that ends by itself once it is asked to."""

    stop: Callable[[], None]
    task: asyncio.Task[None]


class Background:
    """Holds running work; what ends by an exception is logged, and all ends with the context."""

    def __init__(self, *, broke: Callable[[], object] = _nobody_counts) -> None:
        """Take what counts the times that a worker broke."""
        self._running: set[asyncio.Task[None]] = set()
        self._broke = broke

    @classmethod
    @asynccontextmanager
    async def running(
        cls, *, broke: Callable[[], object] = _nobody_counts
    ) -> AsyncIterator[Background]:
        """Run work while the context lasts, then cancel what is left."""
        background = cls(broke=broke)
        try:
            yield background
        finally:
            await background._end()

    def start(self, name: str, work: Coroutine[None, None, None]) -> None:
        """Run something until it ends."""
        _ = self.task(name, work)

    def task(self, name: str, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Run something, and return it to be waited for."""
        task = asyncio.create_task(self._watched(name, work), name=name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    def worker(self, name: str, run: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
        """Run work that goes on until it is stopped: whatever breaks in it, it is begun anew."""
        return self.task(name, surviving(name, run, broke=self._broke))

    def until_done(self, name: str, attempt: Callable[[], Awaitable[object]]) -> None:
        """Try something until it succeeds, for what the start must not wait for."""
        self.start(name, _retried(name, attempt))

    async def _end(self) -> None:
        left = set(self._running)
        for task in left:
            task.cancel()
        if left:
            _, stuck = await asyncio.wait(left, timeout=LEAVE_SECONDS)
            for task in stuck:
                log.error("background_work_stuck", extra={"work": task.get_name()})

    async def _watched(self, name: str, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except Exception:
            log.exception("background_work_failed", extra={"work": name})


async def surviving(
    name: str,
    run: Callable[[], Awaitable[None]],
    *,
    broke: Callable[[], object] = _nobody_counts,
    sleep: Sleep = asyncio.sleep,
) -> None:
    """Run a worker until it ends by itself; an error nobody foresaw is logged, and it goes on."""
    clock, pause = asyncio.get_running_loop().time, FIRST_PAUSE_SECONDS
    while True:
        begun = clock()
        try:
            await run()
        except Exception:  # a worker that has ended is worse than one that complains
            log.exception("background_worker_broke", extra={"work": name})
            broke()
        else:
            return
        if clock() - begun > CALM_SECONDS:
            pause = FIRST_PAUSE_SECONDS
        await sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


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
        except TaskError as error:  # the database is away, say: said by others at length
            log.warning("background_work_waits", extra={"work": name, "reason": str(error)})
        except Exception:
            log.exception("background_work_failed", extra={"work": name})
        await asyncio.sleep(seconds)

"""Takes work from a queue, a few pieces at a time, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Generic, TypeVar

from notion_sync.limiter import Sleep
from tasks.errors import StoreError

log = logging.getLogger(__name__)

Piece = TypeVar("Piece")

WORKERS = 4
POLL = timedelta(seconds=1)
"""How often an idle process looks whether another one has left work."""
SHORTEST_NAP = timedelta(milliseconds=50)
GRACE_SECONDS = 10.0
"""How long `stop` lets calls under way end."""


class Worker(Generic[Piece]):
    """One loop of a process; any number of processes may run one each."""

    def __init__(
        self,
        name: str,
        *,
        claim: Callable[[], Awaitable[Piece | None]],
        next_due: Callable[[], Awaitable[timedelta | None]],
        work: Callable[[Piece], Awaitable[object]],
        sleep: Sleep,
        workers: int = WORKERS,
        grace_seconds: float = GRACE_SECONDS,
    ) -> None:
        """Take what claims a piece of work, tells when the next is due, and does one."""
        self._name = name
        self._claim = claim
        self._next_due = next_due
        self._work = work
        self._sleep = sleep
        self._workers = workers
        self._grace_seconds = grace_seconds
        self._awake = asyncio.Event()
        self._stopped = asyncio.Event()
        self._jobs: set[asyncio.Task[object]] = set()

    def wake(self) -> None:
        """Look for work now; called where a task has changed."""
        self._awake.set()

    async def run(self) -> None:
        """Work until `stop`; cancelled, give everything back at once."""
        log.info("following", extra={"action": "start", "work": self._name})
        try:
            while not self._stopped.is_set():
                if len(self._jobs) >= self._workers:
                    await self._first_of(*self._jobs)
                elif (piece := await self._next()) is not None:
                    job = asyncio.create_task(self._do(piece))
                    self._jobs.add(job)
                    job.add_done_callback(self._ended)
            await self._finish(self._grace_seconds)
        finally:
            await self._finish(0)
            log.info("stopped", extra={"action": "stop", "work": self._name})

    def stop(self) -> None:
        """Claim nothing more; `run` returns once the calls under way have ended."""
        self._stopped.set()

    async def drain(self) -> int:
        """Do all that is due, one after the other; return how much it was."""
        count = 0
        while (piece := await self._claim()) is not None:
            await self._work(piece)
            count += 1
        return count

    async def _do(self, piece: Piece) -> object:
        return await self._work(piece)  # a coroutine, which a task wants

    async def _next(self) -> Piece | None:
        """Return a piece of work; None after a nap, when it is time to look again."""
        self._awake.clear()
        try:
            piece = await self._claim()
            if piece is not None or self._stopped.is_set():
                return piece
            due = await self._next_due()
        except StoreError:
            log.warning(
                "the database cannot be asked", extra={"action": "claim", "work": self._name}
            )
            due = None
        except Exception:  # a follower that has ended is worse than one that complains
            log.exception("unforeseen", extra={"action": "claim", "work": self._name})
            due = None
        await self._nap(POLL if due is None else min(POLL, max(due, SHORTEST_NAP)))
        return None

    async def _nap(self, wait: timedelta) -> None:
        nap = asyncio.ensure_future(self._sleep(wait.total_seconds()))
        woken = asyncio.create_task(self._awake.wait())
        try:
            await self._first_of(nap, woken)
        finally:
            await _cancelled(nap, woken)

    async def _first_of(self, *under_way: asyncio.Future[Any]) -> None:
        """Return when one of them is done, or `stop` is asked for."""
        stopped = asyncio.create_task(self._stopped.wait())
        try:
            await asyncio.wait({*under_way, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _cancelled(stopped)

    def _ended(self, job: asyncio.Task[object]) -> None:
        self._jobs.discard(job)
        if not job.cancelled() and (error := job.exception()):
            log.error("a job broke", extra={"action": self._name}, exc_info=error)

    async def _finish(self, within_seconds: float) -> None:
        if self._jobs and within_seconds:
            await asyncio.wait(set(self._jobs), timeout=within_seconds)
        left = set(self._jobs)
        for job in left:
            job.cancel()
        if left:
            await asyncio.wait(left)


async def _cancelled(*tasks: asyncio.Future[Any]) -> None:
    for each in tasks:
        each.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

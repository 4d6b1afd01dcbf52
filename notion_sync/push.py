"""The follower that keeps Notion's rows up to date with the tasks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from notion_sync.errors import SyncError, UnknownOutcome
from notion_sync.limiter import Sleep, Spread
from notion_sync.observer import Observer
from notion_sync.retry import Failures, GiveUp, Park, RetryIn, Verdict, backoff, decide
from notion_sync.rows import Rows
from notion_sync.trouble import Troubles
from observability.tracing import span
from tasks.errors import LeaseLost, StoreError
from tasks.ports import Claim, Connection, Connections, Now, SyncQueue

log = logging.getLogger(__name__)

WORKERS = 4
POLL = timedelta(seconds=1)
"""How often an idle process looks whether another one has left work."""
SHORTEST_NAP = timedelta(milliseconds=50)
OFF = timedelta(minutes=10)
"""How long the tasks of a team without a connection are left alone."""
GRACE_SECONDS = 10.0
"""How long `stop` lets calls under way end."""


class Pusher:
    """Claims tasks that are behind, a few at a time, and brings their rows up to date."""

    def __init__(
        self,
        *,
        queue: SyncQueue,
        connections: Connections,
        rows: Rows,
        troubles: Troubles,
        spread: Spread,
        observer: Observer,
        now: Now,
        sleep: Sleep,
        jitter: Callable[[], float],
        workers: int = WORKERS,
        grace_seconds: float = GRACE_SECONDS,
    ) -> None:
        self._queue = queue
        self._connections = connections
        self._rows = rows
        self._troubles = troubles
        self._spread = spread
        self._observer = observer
        self._now = now
        self._sleep = sleep
        self._jitter = jitter
        self._workers = workers
        self._grace_seconds = grace_seconds
        self._awake = asyncio.Event()
        self._stopped = asyncio.Event()
        self._jobs: set[asyncio.Task[None]] = set()
        self._failures = Failures()

    def wake(self) -> None:
        """Look for work now; called where a task has changed."""
        self._awake.set()

    def trouble(self, team: str) -> str | None:
        """Return what the team's installer should know about its connection, as a sentence."""
        return self._troubles.of(team)

    async def run(self) -> None:
        """Work until `stop`; cancelled, give everything back at once."""
        log.info("following", extra={"action": "start"})
        try:
            while not self._stopped.is_set():
                if len(self._jobs) >= self._workers:
                    await self._first_of(*self._jobs)
                elif (claim := await self._next()) is not None:
                    job = asyncio.create_task(self._work(claim))
                    self._jobs.add(job)
                    job.add_done_callback(self._ended)
            await self._finish(self._grace_seconds)
        finally:
            await self._finish(0)
            log.info("stopped", extra={"action": "stop"})

    def stop(self) -> None:
        """Claim nothing more; `run` returns once the calls under way have ended."""
        self._stopped.set()

    async def drain(self) -> int:
        """Do all that is due, one after the other; return how much it was."""
        count = 0
        while (claim := await self._queue.claim()) is not None:
            await self._work(claim)
            count += 1
        return count

    async def _next(self) -> Claim | None:
        """Return a claim; None after a nap, when it is time to look again."""
        self._awake.clear()
        try:
            claim = await self._queue.claim()
            if claim is not None or self._stopped.is_set():
                return claim
            due = await self._queue.next_due()
        except StoreError:
            log.warning("the database cannot be asked", extra={"action": "claim"})
            due = None
        except Exception:  # a follower that has ended is worse than one that complains
            log.exception("unforeseen", extra={"action": "claim"})
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

    def _ended(self, job: asyncio.Task[None]) -> None:
        self._jobs.discard(job)
        if not job.cancelled() and (error := job.exception()):
            log.error("a job broke", extra={"action": "push"}, exc_info=error)

    async def _finish(self, within_seconds: float) -> None:
        if self._jobs and within_seconds:
            await asyncio.wait(set(self._jobs), timeout=within_seconds)
        left = set(self._jobs)
        for job in left:
            job.cancel()
        if left:
            await asyncio.wait(left)

    async def _work(self, claim: Claim) -> None:
        """Do one claim; whatever happens, it is completed, given back, or left to its lease."""
        try:
            with span("push task", team=claim.task.team, task=claim.task.id):
                result = await self._done(claim)
        except LeaseLost:
            result = "lease_lost"
        except StoreError:
            result = "failed"  # nothing can be recorded: the lease will end by itself
        except asyncio.CancelledError:
            self._observer.job("released")
            with suppress(LeaseLost, StoreError):
                await self._queue.release(claim)
            raise
        self._observer.job(result)
        log.info(
            "pushed" if result == "done" else "not pushed",
            extra={
                "action": "push",
                "result": result,
                "team": claim.task.team,
                "task": claim.task.id,
                "rev": claim.task.rev,
            },
        )

    async def _done(self, claim: Claim) -> str:
        team = claim.task.team
        try:
            connection = await self._connections.of(team)
        except StoreError:
            raise
        except Exception as error:  # nothing of this task's doing: it is not set aside for it
            log.warning("no connection to be had", extra={"action": "connect"}, exc_info=error)
            wait = backoff(claim.attempts, jitter=self._jitter)
            await self._queue.postpone(claim, wait=wait)
            return "postponed"
        if connection is None:
            # Not set aside: once connected, everything must flow by itself.
            await self._queue.postpone(claim, wait=self._spread.wait(f"off {team}", OFF))
            return "postponed"
        if hold := self._troubles.hold(connection, new=claim.row.id is None):
            return await self._wait(claim, connection, hold, self._troubles.of(team))
        try:
            await self._rows.bring_up_to_date(claim, connection)
        except (LeaseLost, StoreError):
            raise
        except Exception as error:  # noqa: BLE001  # every failure has a verdict
            return await self._failed(claim, connection, error)
        self._failures.forget(claim.task.id)
        self._observer.attempted("ok")
        self._observer.lag(max(timedelta(0), self._now() - claim.task.updated_at))
        return "done"

    async def _failed(self, claim: Claim, connection: Connection, error: Exception) -> str:
        verdict = self._verdict(claim, error)
        self._observer.attempted(_kind(error, verdict))
        match verdict:
            case GiveUp():
                await self._queue.set_aside(claim, state=verdict.state, reason=verdict.reason)
                return "set_aside"
            case Park():
                log.warning("connection parked", extra={"action": "park", "team": connection.team})
                wait = self._troubles.park(
                    connection, verdict.sentence, probe=verdict.probe, only_new=verdict.only_new
                )
                return await self._wait(claim, connection, wait, verdict.sentence)
            case RetryIn(paced=True):
                return await self._wait(claim, connection, verdict.wait, None)
            case RetryIn():
                await self._queue.postpone(claim, wait=verdict.wait, reason=verdict.reason)
                return "postponed"

    def _verdict(self, claim: Claim, error: Exception) -> Verdict:
        task, foreseen = claim.task.id, isinstance(error, SyncError)
        if not foreseen:
            log.error("unforeseen", extra={"action": "push"}, exc_info=error)
        attempts = self._failures.so_far(task, foreseen=foreseen) + 1
        verdict = decide(error, attempts=attempts, jitter=self._jitter)
        if isinstance(verdict, GiveUp):
            self._failures.forget(task)
        elif isinstance(verdict, RetryIn) and not verdict.paced:
            self._failures.add(task, foreseen=foreseen)
        return verdict

    async def _wait(
        self, claim: Claim, connection: Connection, at_least: timedelta, reason: str | None
    ) -> str:
        wait = self._spread.wait(connection.key, at_least)
        await self._queue.postpone(claim, wait=wait, reason=reason)
        return "postponed"


def _kind(error: Exception, verdict: Verdict) -> str:
    if isinstance(verdict, RetryIn) and verdict.paced:
        return "paused"
    if isinstance(error, UnknownOutcome):
        return "ambiguous"
    return "refused" if isinstance(verdict, GiveUp) else "no_effect"


async def _cancelled(*tasks: asyncio.Future[Any]) -> None:
    for each in tasks:
        each.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

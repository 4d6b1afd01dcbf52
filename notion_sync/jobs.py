"""One claim from end to end: whatever fails, it is completed, given back or set aside."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from notion_sync.errors import SyncError, UnknownOutcome
from notion_sync.limiter import Keep, Spread
from notion_sync.observer import Observer
from notion_sync.retry import Failures, GiveUp, Park, RetryIn, Verdict, backoff, decide
from notion_sync.rows import Rows
from notion_sync.trail import calls_noted, requests_behind
from notion_sync.trouble import Troubles
from observability.logs import request_context
from observability.tracing import span
from tasks.errors import LeaseLost, StoreError
from tasks.model import Source, SyncState, Task
from tasks.ports import Claim, Connection, Connections, Lane, Now, SyncQueue

log = logging.getLogger(__name__)

OFF = timedelta(minutes=10)
"""How long the tasks of a team without a connection are left alone."""


FRESH = timedelta(minutes=2)
"""How long after a change somebody is taken to wait for it."""
BROKEN_OFF_MAX = 5
"""So many processes in a row may die over one task; more rarely than so it is their own end."""
BROKEN_OFF = (
    "The transfer broke off again and again, with the bot itself: its log may say why. "
    "Change the task, or try again."
)


class Jobs:
    """Works claims off, and gives every failure its verdict."""

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
        jitter: Callable[[], float],
    ) -> None:
        self._queue = queue
        self._connections = connections
        self._rows = rows
        self._troubles = troubles
        self._spread = spread
        self._observer = observer
        self._now = now
        self._jitter = jitter
        self._failures = Failures()

    async def do(
        self,
        claim: Claim,
        *,
        look: bool = False,
        lane: Lane | None = None,
        keep: Keep | None = None,
    ) -> str:
        """Do one claim and return how it ended; with `look` the row is read in any case.

        Without a `lane` it is told by who waits for it. `keep`: see `Rows`.
        """
        lane = lane or lane_of(claim.task, now=self._now())
        asked = requests_behind(claim)
        about = {"team": claim.task.team, "task": claim.task.id}
        with (
            request_context(team_id=claim.task.team, task=claim.task.id),
            calls_noted() as calls,
            span("push task", caused_by=asked, **about),
        ):
            result = await self._ended(claim, look=look, lane=lane, keep=keep)
            self._observer.job(result)
            log.info(
                "pushed" if result == "done" else "not pushed",
                extra={
                    "action": "look" if look else "push",
                    "result": result,
                    **about,
                    "rev": claim.task.rev,
                    "request_ids": asked,
                    "notion_request_ids": calls,
                },
            )
        return result

    async def _ended(self, claim: Claim, *, look: bool, lane: Lane, keep: Keep | None) -> str:
        try:
            return await self._done(claim, look=look, lane=lane, keep=keep)
        except LeaseLost:
            return "lease_lost"
        except StoreError:
            return "failed"  # nothing can be recorded: the lease will end by itself
        except asyncio.CancelledError:
            self._observer.job("released")
            with suppress(LeaseLost, StoreError):
                await self._queue.release(claim)
            raise

    async def _done(self, claim: Claim, *, look: bool, lane: Lane, keep: Keep | None) -> str:
        team = claim.task.team
        if claim.broken_off >= BROKEN_OFF_MAX:
            log.error("set aside unseen", extra={"action": "push", "broken_off": claim.broken_off})
            await self._queue.set_aside(claim, state=SyncState.STALLED, reason=BROKEN_OFF)
            return "set_aside"
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
            return await self._parked(claim, connection, hold, self._troubles.of(team))
        try:
            await self._rows.bring_up_to_date(claim, connection, look=look, lane=lane, keep=keep)
        except (LeaseLost, StoreError):
            raise
        except Exception as error:  # noqa: BLE001  # every failure has a verdict
            return await self._failed(claim, connection, error, lane)
        self._failures.forget(claim.task.id)
        self._observer.attempted("ok")
        if claim.row.rev < claim.task.rev:
            self._observer.lag(max(timedelta(0), self._now() - claim.task.updated_at))
        return "done"

    async def _failed(
        self, claim: Claim, connection: Connection, error: Exception, lane: Lane
    ) -> str:
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
                return await self._parked(claim, connection, wait, verdict.sentence)
            case RetryIn(paced=True):
                wait = self._spread.wait(f"{connection.key} {lane}", verdict.wait)
                await self._queue.postpone(claim, wait=wait, paced=True)
                return "postponed"
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

    async def _parked(
        self, claim: Claim, connection: Connection, at_least: timedelta, reason: str | None
    ) -> str:
        wait = self._spread.wait(connection.key, at_least)
        await self._queue.postpone(claim, wait=wait, reason=reason)
        return "postponed"


def lane_of(task: Task, *, now: datetime) -> Lane:
    """Return how urgently a task's changes are to be brought to Notion.

    A person waits who has just changed it; a script, or Notion itself, does so by the thousand;
    and what is older is a backlog.
    """
    if now - task.updated_at > FRESH:
        return Lane.BACKFILL
    by = task.changes[-1].by.source if task.changes else Source.SYSTEM
    return Lane.PERSON if by is Source.SLACK else Lane.WEBHOOK


def _kind(error: Exception, verdict: Verdict) -> str:
    if isinstance(verdict, RetryIn) and verdict.paced:
        return "paused"
    if isinstance(error, UnknownOutcome):
        return "ambiguous"
    return "refused" if isinstance(verdict, GiveUp) else "no_effect"

"""Looks at rows that may have changed in Notion, one mark of the inbox after the other."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial

from notion_sync.arrivals import Arrivals
from notion_sync.client import Caller, Errand
from notion_sync.errors import SyncError
from notion_sync.jobs import OFF, Jobs
from notion_sync.limiter import Sleep
from notion_sync.retry import GiveUp, Park, backoff, decide
from notion_sync.trouble import Troubles
from notion_sync.worker import WORKERS, Worker
from tasks.errors import LeaseHeld, LeaseLost, StoreError
from tasks.ports import Connection, Connections, Inbox, Mark, SyncQueue

log = logging.getLogger(__name__)

BUSY = timedelta(seconds=1)
"""How long a row is left to whoever works on it at the moment."""


class Looks:
    """What a mark of the inbox asks for: hints are never believed, the row itself is read."""

    def __init__(
        self,
        *,
        inbox: Inbox,
        queue: SyncQueue,
        connections: Connections,
        jobs: Jobs,
        arrivals: Arrivals,
        troubles: Troubles,
        jitter: Callable[[], float],
    ) -> None:
        self._inbox = inbox
        self._queue = queue
        self._connections = connections
        self._jobs = jobs
        self._arrivals = arrivals
        self._troubles = troubles
        self._jitter = jitter

    async def look(self, mark: Mark) -> None:
        """Look at one row; whatever happens, the mark is done, given back, or left to its lease."""
        with suppress(LeaseLost, StoreError):
            again = await self._again(mark)
            if again is None:
                await self._inbox.done(mark)
            else:
                await self._inbox.later(mark, wait=again)

    async def _again(self, mark: Mark) -> timedelta | None:
        """Look; return how long to wait before another look, None where all is done."""
        try:
            claim = await self._queue.claim_row(mark.team, mark.row_id)
        except LeaseHeld:
            return BUSY
        if claim is None:
            return await self._arrival(mark)
        keep = partial(self._kept, mark)
        result = await self._jobs.do(claim, look=True, lane=mark.lane, keep=keep)
        if result in {"done", "set_aside"}:
            return None
        return max(BUSY, backoff(mark.attempts, jitter=self._jitter))

    async def _arrival(self, mark: Mark) -> timedelta | None:
        connection = await self._connections.of(mark.team)
        if connection is None:
            return OFF
        if hold := self._troubles.hold(connection, new=False):
            return hold
        try:
            errand = Errand(keep=partial(self._kept, mark))
            caller = Caller(connection=connection, lane=mark.lane, errand=errand)
            await self._arrivals.meet(mark, caller)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001  # every failure has a verdict
            return self._verdict(mark, connection, error)
        return None

    async def _kept(self, mark: Mark) -> None:
        """Let the mark's lease begin anew; once it is lost, another looks as well, and no harm."""
        with suppress(LeaseLost, StoreError):
            await self._inbox.renew(mark)

    def _verdict(self, mark: Mark, connection: Connection, error: Exception) -> timedelta | None:
        if not isinstance(error, SyncError):
            log.error("unforeseen", extra={"action": "look"}, exc_info=error)
        match verdict := decide(error, attempts=mark.attempts, jitter=self._jitter):
            case GiveUp():
                log.warning("row left out", extra={"action": "look", "reason": verdict.reason})
                return None
            case Park():
                return self._troubles.park(
                    connection, verdict.sentence, probe=verdict.probe, only_new=verdict.only_new
                )
            case _:
                return verdict.wait


class Puller(Worker[Mark]):
    """Works the inbox off, a few rows at a time."""

    def __init__(self, *, inbox: Inbox, looks: Looks, sleep: Sleep, workers: int = WORKERS) -> None:
        super().__init__(
            "pull",
            claim=inbox.claim,
            next_due=inbox.next_due,
            work=looks.look,
            sleep=sleep,
            workers=workers,
        )

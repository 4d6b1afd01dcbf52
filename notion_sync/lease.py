"""A claim at work: asked for anew right before each call to Notion."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from notion_sync.errors import OutOfTime
from tasks.errors import LeaseLost
from tasks.ports import Claim, Row, SyncQueue

WORK_SECONDS = 25.0
"""How old a claim may be when a call is sent; with the call's own 30 s it ends within a lease."""
FRESH_SECONDS = 5.0
"""How old an answer of the queue may be; a process that was frozen meanwhile asks again."""


class Lease:
    """The right to write one row, and the row as it is known by now."""

    def __init__(self, *, queue: SyncQueue, claim: Claim, monotonic: Callable[[], float]) -> None:
        self._queue = queue
        self._monotonic = monotonic
        self._began = monotonic()
        self.claim = claim

    @property
    def row(self) -> Row:
        """The row as last recorded."""
        return self.claim.row

    async def assure(self) -> None:
        """Return while the lease still runs. LeaseLost: another instance may be at it.

        OutOfTime: a call could outlast it, and arrive after that of the next owner.
        """
        if self._monotonic() - self._began > WORK_SECONDS:
            raise OutOfTime(timedelta(milliseconds=1))
        while True:
            asked = self._monotonic()
            if not await self._queue.still_held(self.claim):
                raise LeaseLost
            if self._monotonic() - asked < FRESH_SECONDS:
                return

    async def intend(self) -> None:
        """Remember that a creation is about to be sent, then see that it still may."""
        await self.assure()
        self.claim = await self._queue.intend(self.claim)
        await self.assure()

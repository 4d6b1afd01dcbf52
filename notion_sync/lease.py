"""A claim at work: asked for anew right before each call to Notion."""

from __future__ import annotations

from collections.abc import Callable

from tasks.errors import LeaseLost
from tasks.ports import Claim, Row, SyncQueue

FRESH_SECONDS = 5.0
"""How old an answer of the queue may be; a process that was frozen meanwhile asks again."""


class Lease:
    """The right to write one row, and the row as it is known by now."""

    def __init__(self, *, queue: SyncQueue, claim: Claim, monotonic: Callable[[], float]) -> None:
        self._queue = queue
        self._monotonic = monotonic
        self.claim = claim

    @property
    def row(self) -> Row:
        """The row as last recorded."""
        return self.claim.row

    async def assure(self) -> None:
        """Return while the lease still runs. LeaseLost: another instance may be at it."""
        while True:
            asked = self._monotonic()
            if not await self._queue.still_held(self.claim):
                raise LeaseLost
            if self._monotonic() - asked < FRESH_SECONDS:
                return

    async def intend(self) -> None:
        """Remember that a creation is about to be sent, then see that it still may."""
        self.claim = await self._queue.intend(self.claim)
        await self.assure()

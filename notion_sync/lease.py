"""A claim at work: asked for anew right before each call to Notion."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tasks.errors import LeaseLost
from tasks.ports import Claim, Row, SyncQueue

WORK_SECONDS = 25.0
"""How old a lease may be when a call is sent; with the call's own 30 s it ends within it."""
FRESH_SECONDS = 5.0
"""How old an answer of the queue may be; a process that was frozen meanwhile asks again."""


class Lease:
    """The right to write one row, and the row as it is known by now."""

    def __init__(
        self,
        *,
        queue: SyncQueue,
        claim: Claim,
        monotonic: Callable[[], float],
        keep: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Take what else is to be kept with it."""
        self._keep = keep
        self._queue = queue
        self._monotonic = monotonic
        self._began = monotonic()
        self.claim = claim

    @property
    def row(self) -> Row:
        """The row as last recorded."""
        return self.claim.row

    async def assure(self) -> None:
        """Return while the lease runs, and outlasts a call. LeaseLost: another may be at it."""
        while True:
            asked = self._monotonic()
            if asked - self._began > WORK_SECONDS:
                await self.keep()
            elif not await self._queue.still_held(self.claim):
                raise LeaseLost
            if self._monotonic() - asked < FRESH_SECONDS:
                return

    async def keep(self) -> None:
        """Let the lease begin anew: its holder lives, and waits. LeaseLost."""
        began = self._monotonic()
        if not await self._queue.renew(self.claim):
            raise LeaseLost
        self._began = began
        if self._keep is not None:
            await self._keep()

    async def intend(self) -> None:
        """Remember that a creation is about to be sent, then see that it still may."""
        await self.assure()
        self.claim = await self._queue.intend(self.claim)
        await self.assure()

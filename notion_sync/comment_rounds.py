"""The safety net under the webhooks of comments: pages that were lately talked about."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from tasks.errors import TaskError
from tasks.ports import Connections, Inbox, Lane, RowBook, TaskStore, Threads, Turn, Turns

TICK_SECONDS = 10.0
LEASE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Net:
    """How often the pages of which tasks are looked at, beside the webhooks."""

    work: str
    every: timedelta
    within: timedelta
    """How long ago they may have been talked about."""
    limit: int
    lane: Lane


NETS = (
    Net(
        work="comments",
        every=timedelta(minutes=5),
        within=timedelta(days=1),
        limit=30,
        lane=Lane.POLL,
    ),
    Net(
        work="comments_daily",
        every=timedelta(days=1),
        within=timedelta(days=90),
        limit=500,
        lane=Lane.BACKFILL,
    ),
)


class CommentRounds:
    """Marks pages in their turn, one instance for all."""

    def __init__(
        self,
        *,
        connections: Connections,
        turns: Turns,
        threads: Threads,
        tasks: TaskStore,
        rows: RowBook,
        inbox: Inbox,
        monotonic: Callable[[], float],
        nets: tuple[Net, ...] = NETS,
        tick_seconds: float = TICK_SECONDS,
    ) -> None:
        self._connections = connections
        self._turns = turns
        self._threads = threads
        self._tasks = tasks
        self._rows = rows
        self._inbox = inbox
        self._monotonic = monotonic
        self._nets = {net.work: net for net in nets}
        self._tick_seconds = tick_seconds
        self._next = 0.0

    async def claim(self) -> Turn | None:
        """Take a turn that is due; every few seconds only."""
        if self._monotonic() < self._next:
            return None
        with suppress(TaskError):
            for connection in await self._connections.all():
                for net in self._nets.values():
                    turn = await self._turns.take(connection.team, net.work, lease=LEASE)
                    if turn is not None:
                        return turn
        self._next = self._monotonic() + self._tick_seconds
        return None

    async def next_due(self) -> timedelta | None:
        """Return None: the turns know it, and are asked every few seconds."""
        return None

    async def run(self, turn: Turn) -> None:
        """Mark the pages; the first turn of all is not due at the first contact."""
        net = self._nets[turn.work]
        with suppress(TaskError):
            if turn.state:
                await self._mark(turn.team, net)
            await self._turns.end(turn, {"began": True}, again=net.every)

    async def _mark(self, team: str, net: Net) -> None:
        for number in await self._threads.lively(team, within=net.within, limit=net.limit):
            with suppress(TaskError):
                task = await self._tasks.get(team, number)
                row = await self._rows.by_key(team, task.id)
                if row is not None and row.id is not None and not task.deleted:
                    await self._inbox.mark(team, [row.id], lane=net.lane)

"""The follower that keeps Notion's rows up to date with the tasks."""

from __future__ import annotations

import asyncio
from functools import partial

from notion_sync.jobs import Jobs
from notion_sync.limiter import Sleep
from notion_sync.trouble import Troubles
from notion_sync.worker import WORKERS, Worker
from tasks.ports import Claim, SyncQueue

FRESH_WORKERS = 2


class Pusher:
    """Claims tasks that are behind, a few at a time, and brings their rows up to date.

    Some of its workers take only what is fresh: however long the backlog, and however slow Notion
    is, somebody who has just changed a task finds one of them free.
    """

    def __init__(
        self,
        *,
        queue: SyncQueue,
        jobs: Jobs,
        troubles: Troubles,
        sleep: Sleep,
        workers: int = WORKERS,
    ) -> None:
        self._any = Worker[Claim](
            "push",
            claim=queue.claim,
            next_due=queue.next_due,
            work=jobs.do,
            sleep=sleep,
            workers=workers,
        )
        self._fresh = Worker[Claim](
            "push what is fresh",
            claim=partial(queue.claim, fresh=True),
            next_due=partial(queue.next_due, fresh=True),
            work=jobs.do,
            sleep=sleep,
            workers=FRESH_WORKERS,
        )
        self._troubles = troubles

    def wake(self) -> None:
        """Look for work now; called where a task has changed."""
        self._any.wake()
        self._fresh.wake()

    async def run(self) -> None:
        """Work until `stop`; cancelled, give everything back at once."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._any.run())
            group.create_task(self._fresh.run())

    def stop(self) -> None:
        """Claim nothing more; `run` returns once the calls under way have ended."""
        self._any.stop()
        self._fresh.stop()

    async def drain(self) -> int:
        """Do all that is due, one after the other; return how much it was."""
        return await self._any.drain()

    def trouble(self, team: str) -> str | None:
        """Return what the team's installer should know about its connection, as a sentence."""
        return self._troubles.of(team)

"""The follower that keeps Notion's rows up to date with the tasks."""

from __future__ import annotations

from notion_sync.jobs import Jobs
from notion_sync.limiter import Sleep
from notion_sync.trouble import Troubles
from notion_sync.worker import WORKERS, Worker
from tasks.ports import Claim, SyncQueue


class Pusher(Worker[Claim]):
    """Claims tasks that are behind, a few at a time, and brings their rows up to date."""

    def __init__(
        self,
        *,
        queue: SyncQueue,
        jobs: Jobs,
        troubles: Troubles,
        sleep: Sleep,
        workers: int = WORKERS,
    ) -> None:
        super().__init__(
            "push",
            claim=queue.claim,
            next_due=queue.next_due,
            work=jobs.do,
            sleep=sleep,
            workers=workers,
        )
        self._troubles = troubles

    def trouble(self, team: str) -> str | None:
        """Return what the team's installer should know about its connection, as a sentence."""
        return self._troubles.of(team)

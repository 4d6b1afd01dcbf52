"""What waits for Notion, asked every few seconds: for /health, the gauges and the cards."""

from __future__ import annotations

import time
from collections.abc import Callable

from observability.backlog import backlog_probe, with_inbox
from observability.checks import Aged, Check, Finding, Status
from observability.metrics import Metrics
from tasks.ports import Inbox, Now, SyncQueue

ASK_SECONDS = 2.0
OFF = "Sync is off: tasks get their rows once a database is chosen."


class Backlogged:
    """The queue's backlog; what a card shows of it is never asked while a person waits."""

    name = "sync"

    def __init__(
        self,
        queue: SyncQueue,
        inbox: Inbox,
        metrics: Metrics,
        *,
        now: Now,
        seconds: float,
        is_on: Callable[[], bool],
    ) -> None:
        """Take what tells whether a database is chosen: until then nobody works or waits."""
        behind = backlog_probe("notion", queue.backlog, now=now, metrics=metrics)

        async def probe() -> Finding:
            if not is_on():
                for follower in ("notion", "notion_in"):
                    metrics.pending(follower, behind=0, oldest=None, set_aside=0)
                return Finding(status=Status.OK, detail=OFF)
            found, waiting = await behind(), await inbox.waiting()
            metrics.pending("notion_in", behind=waiting.behind, oldest=waiting.oldest, set_aside=0)
            return with_inbox(found, waiting, now())

        self._check = Check(
            self.name, probe, ttl=seconds, timeout=ASK_SECONDS, clock=time.monotonic
        )
        self._waiting: int | None = None

    async def ask(self) -> Aged:
        """Return how far the follower is behind; the gauges follow."""
        found = await self._check.ask()
        waiting = found.finding.facts.get("waiting")
        self._waiting = int(waiting) if waiting is not None else None
        return found

    def ahead(self, team: str) -> int | None:  # noqa: ARG002  # one connection, so one team waits
        """Return how many others wait beside one that does, as last asked; None if not known."""
        return None if self._waiting is None else max(0, self._waiting - 1)

    async def close(self) -> None:
        """End the question under way."""
        await self._check.close()

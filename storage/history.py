"""The worker that moves the older changes of a task to the collection `history`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from storage.change import CHANGES_KEPT, CHANGES_MAX
from storage.client import Database
from storage.codec import Document
from storage.operations import WORKER, within
from tasks.errors import StoreError

IDLE_SECONDS = 30.0
"""How often it looks for tasks with too many changes."""

_BATCH = 50
_LONG: Document = {"history_at": {"$exists": True}}

log = logging.getLogger(__name__)


class HistoryWorker:
    """Keeps task documents short; any number of instances may run it at once."""

    def __init__(
        self, database: Database, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._tasks = database.tenants("tasks")
        self._all = database.across_tenants("tasks")
        self._history = database.tenants("history")
        self._sleep = sleep
        self._stopped = asyncio.Event()

    async def run(self) -> None:
        """Move changes until stopped; a database that is away is tried again."""
        while not self._stopped.is_set():
            try:
                await self.drain()
            except StoreError as error:
                log.warning("history_waits", extra={"reason": str(error)})
            await self._pause()

    def stop(self) -> None:
        """Let `run` end after the task at hand."""
        self._stopped.set()

    async def drain(self) -> int:
        """Shorten all tasks that are too long; return how many they were."""
        done = 0
        while tasks := await self._too_long():
            for task in tasks:
                await self._shorten(task)
                done += 1
                if self._stopped.is_set():
                    return done
        return done

    async def _pause(self) -> None:
        sleeping = asyncio.ensure_future(self._sleep(IDLE_SECONDS))
        stopping = asyncio.ensure_future(self._stopped.wait())
        try:
            await asyncio.wait({sleeping, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            stopping.cancel()

    async def _too_long(self) -> list[Document]:
        with within(WORKER):
            return await self._all.find(
                "history.find",
                _LONG,
                sort=[("history_at", 1)],
                limit=_BATCH,
                projection={"team_id": 1, "changes": 1},
            )

    async def _shorten(self, task: Document) -> None:
        moved = task["changes"][:-CHANGES_KEPT]
        documents: list[Document] = [
            {
                "team_id": task["team_id"],
                "task_id": task["_id"],
                "rev": change["rev"],
                "change": change,
            }
            for change in moved
        ]
        with within(WORKER):
            # First there, then not here any more: a crash between the two doubles nothing.
            if documents:
                history = self._history.of(task["team_id"])
                await history.insert_missing("history.keep", documents)
            last = max((change["rev"] for change in moved), default=0)
            tasks = self._tasks.of(task["team_id"])
            await tasks.update_one("history.shorten", {"_id": task["_id"]}, _without(last))


def _without(last: int) -> list[Document]:
    kept = {"$filter": {"input": "$changes", "as": "one", "cond": {"$gt": ["$$one.rev", last]}}}
    too_long = {"$gt": [{"$size": "$changes"}, CHANGES_MAX]}
    return [
        {"$set": {"changes": kept}},
        {"$set": {"history_at": {"$cond": [too_long, "$history_at", "$$REMOVE"]}}},
    ]

"""The worker that removes for good what nobody can want back any more.

For 30 days a deleted task is its own tombstone, and can be restored with all that it was: its
history, its threads, and what was said in them. Mappings that were replaced go with the same round.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from storage.client import Database
from storage.codec import LONG_AGO, Document
from storage.old_mappings import OldMappings
from storage.operations import WORKER, within
from tasks.errors import LeaseLost, StoreError
from tasks.model import SyncState
from tasks.ports import Turn, Turns

RESTORABLE = timedelta(days=30)
"""As long as Notion keeps a page in its trash."""
EVERY = timedelta(days=1)
LOOK_SECONDS = 3600.0
WORK = "tombstones"
DELETED: Document = {"state": "deleted"}
"""The words of the partial index."""
_LEASE = timedelta(minutes=5)
_BATCH = 50
_SETTLED: Document = {
    "notion.next_attempt_at": {"$exists": False},  # else Notion does not know of it yet
    "notion.state": {"$ne": SyncState.STALLED.value},
}

log = logging.getLogger(__name__)


class TombstoneWorker:
    """Works in small steps, for each team once a day, one of all instances."""

    def __init__(
        self,
        database: Database,
        *,
        turns: Turns,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._all = database.across_tenants("tasks")
        self._tasks = database.tenants("tasks")
        self._history = database.tenants("history")
        self._threads = database.tenants("threads")
        self._copies = database.tenants("copies")
        self._mappings = OldMappings(database)
        self._turns = turns
        self._sleep = sleep
        self._stopped = asyncio.Event()

    async def run(self) -> None:
        """Look every hour until stopped; a database that is away is tried again."""
        stopping = asyncio.create_task(self._stopped.wait())
        try:
            while not self._stopped.is_set():
                try:
                    await self.drain()
                    await self._mappings.drain()
                except StoreError as error:
                    log.warning("tombstones_wait", extra={"reason": str(error)})
                nap = asyncio.ensure_future(self._sleep(LOOK_SECONDS))
                await asyncio.wait({nap, stopping}, return_when=asyncio.FIRST_COMPLETED)
                nap.cancel()
        finally:
            stopping.cancel()

    def stop(self) -> None:
        """Let `run` end after the step at hand."""
        self._stopped.set()

    async def drain(self) -> int:
        """Remove all that is due; return how many tasks it was."""
        done, after, turns = 0, LONG_AGO, dict[str, Turn | None]()
        try:
            while (batch := await self._old(after)) and not self._stopped.is_set():
                for team in dict.fromkeys(one["team_id"] for one in batch):
                    if team not in turns:
                        turns[team] = await self._turn(team)
                    if (turn := turns[team]) is not None:
                        numbers = {
                            one["_id"]: one["number"] for one in batch if one["team_id"] == team
                        }
                        done += await self._bury(turn, numbers)
                after = batch[-1]["updated_at"]
        except LeaseLost:
            log.info("tombstones_elsewhere")
        finally:
            for turn in turns.values():
                if turn is not None:
                    await self._turns.end(turn, {}, again=EVERY)
        if done:
            log.info("tombstones_removed", extra={"tasks": done})
        return done

    async def _turn(self, team: str) -> Turn | None:
        turn = await self._turns.take(team, WORK, lease=_LEASE)
        left = turn.state.get("burying") if turn else None
        if turn is not None and isinstance(left, dict):
            await self._forget(team, left)  # whoever began it has died
        return turn

    async def _old(self, after: datetime) -> list[Document]:
        """Return the next tasks that nobody can restore any more, the oldest first."""
        age = {"$subtract": ["$$NOW", "$updated_at"]}
        with within(WORKER):
            found = await self._all.find(
                "tombstones.find",
                {**DELETED, "updated_at": {"$gt": after}},
                sort=[("updated_at", 1)],
                limit=_BATCH,
                projection={"team_id": 1, "updated_at": 1, "number": 1, "age": age},
            )
        bound = RESTORABLE // timedelta(milliseconds=1)
        return [one for one in found if one["age"] > bound]

    async def _bury(self, turn: Turn, numbers: Mapping[str, int]) -> int:
        # First the note of it: after a crash what is left of a task that is gone is found by it.
        await self._turns.save(turn, {"burying": dict(numbers)})
        where = {"_id": {"$in": list(numbers)}, **DELETED, **_SETTLED}
        with within(WORKER):
            count = await self._tasks.of(turn.team).delete_all("tombstones.remove", where)
        await self._forget(turn.team, numbers)
        return count

    async def _forget(self, team: str, numbers: Mapping[str, int]) -> None:
        """Remove what is left of those that are gone: history, threads, and what was said there."""
        ids = list(numbers)
        with within(WORKER):
            there = await self._tasks.of(team).find(
                "tombstones.left",
                {"_id": {"$in": ids}},
                sort=[("_id", 1)],
                limit=len(ids) or 1,
                projection={"_id": 1},
            )
            kept = {one["_id"] for one in there}
            gone = [one for one in ids if one not in kept]
            of_them = {"number": {"$in": [numbers[one] for one in gone]}}
            # First the threads: what is said in one from now on is nobody's.
            await self._threads.of(team).delete_all("tombstones.threads", of_them)
            await self._copies.of(team).delete_all("tombstones.copies", of_them)
            await self._history.of(team).delete_all(
                "tombstones.history", {"task_id": {"$in": gone}}
            )

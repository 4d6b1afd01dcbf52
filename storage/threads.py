"""Threads on MongoDB: one small document per thread that belongs to a task."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from pymongo.errors import DuplicateKeyError

from storage.client import Database
from storage.codec import Document
from storage.follower import later
from storage.operations import REQUEST, WORKER
from storage.operations import within as patience
from tasks.ports import Thread, Threads

MOST = 20
"""So many threads of one task are followed."""


class MongoThreads(Threads):
    """Bindings in `threads`, never taken back."""

    def __init__(self, database: Database) -> None:
        self._threads = database.tenants("threads")

    async def bind(self, team: str, channel: str, ts: str, number: int) -> None:
        """Let a thread belong to a task; see the port."""
        first: Document = {
            "team_id": {"$literal": team},
            "channel": {"$ifNull": ["$channel", {"$literal": channel}]},
            "ts": {"$ifNull": ["$ts", {"$literal": ts}]},
            "number": {"$ifNull": ["$number", number]},
            "since": {"$ifNull": ["$since", "$$NOW"]},
            "talked_at": {"$ifNull": ["$talked_at", "$$NOW"]},
        }
        with patience(REQUEST), suppress(DuplicateKeyError):  # another bound it at the same moment
            await self._threads.of(team).find_one_and_update(
                "threads.bind", _where(team, channel, ts), [{"$set": first}], upsert=True
            )

    async def task_of(self, team: str, channel: str, ts: str) -> int | None:
        """Return the task of a thread; see the port."""
        with patience(REQUEST):
            found = await self._threads.of(team).find_one(
                "threads.task_of", _where(team, channel, ts)
            )
        return None if found is None else int(found["number"])

    async def of_task(self, team: str, number: int) -> tuple[Thread, ...]:
        """Return the threads of a task; see the port."""
        with patience(WORKER):
            found = await self._threads.of(team).find(
                "threads.of_task", {"number": number}, sort=[("since", 1), ("_id", 1)], limit=MOST
            )
        return tuple(
            Thread(channel=one["channel"], ts=one["ts"], since=one["since"]) for one in found
        )

    async def talked(self, team: str, number: int) -> None:
        """Note that something was said; see the port."""
        with patience(REQUEST):
            await self._threads.of(team).update_all(
                "threads.talked", {"number": number}, [{"$set": {"talked_at": "$$NOW"}}]
            )

    async def lively(self, team: str, *, within: timedelta, limit: int) -> tuple[int, ...]:
        """Return the tasks that were talked about last; see the port."""
        lately = {"$expr": {"$gte": ["$talked_at", later(-within)]}}
        with patience(WORKER):
            found = await self._threads.of(team).find(
                "threads.lively", lately, sort=[("talked_at", -1)], limit=limit
            )
        return tuple(dict.fromkeys(one["number"] for one in found))


def _where(team: str, channel: str, ts: str) -> Document:
    return {"_id": f"{team}|{channel}|{ts}"}

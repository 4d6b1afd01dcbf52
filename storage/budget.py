"""Budget on MongoDB: the calls of one connection, shared by all instances.

A connection's document holds when each call of the last 61.5 s was spent, by the database's
clock. A call is spent only while fewer than the budget are in there, so no window of 60 s, wherever
it begins, ever holds more; and up to 97 % of the budget can be used without end.
"""

from __future__ import annotations

from datetime import timedelta

from pymongo.errors import DuplicateKeyError

from storage.client import Database
from storage.codec import Document
from storage.collections import Pipeline
from storage.operations import WORKER, within
from tasks.errors import NotSaved
from tasks.ports import Budget, Lane, Pause

WINDOW = timedelta(milliseconds=61_500)
"""Notion's 60 s, and what calls can bunch up by on their way."""
RESERVED = {Lane.PERSON: 0.0, Lane.WEBHOOK: 0.05, Lane.POLL: 0.10, Lane.BACKFILL: 0.20}
"""Which part of the budget a lane leaves to those before it, so that people can burst."""

_WINDOW_MS = WINDOW // timedelta(milliseconds=1)
_NOW_MS = {"$toLong": "$$NOW"}


def limit_of(lane: Lane, requests_per_minute: int) -> int:
    """Return below how many calls in the window a lane may add one."""
    return max(1, requests_per_minute - round(requests_per_minute * RESERVED[lane]))


class MongoBudget(Budget):
    """One document per connection in `budgets`; a connection can serve several teams."""

    def __init__(self, database: Database, *, requests_per_minute: int) -> None:
        self._budgets = database.across_tenants("budgets")
        self._budget = requests_per_minute

    async def take(self, connection: str, *, lane: Lane) -> timedelta:
        """Spend one call or return how long to wait; see the port."""
        spend = _spend(limit_of(lane, self._budget))
        budget = await self._update("budget.take", connection, spend)
        return timedelta(milliseconds=budget["wait_ms"])

    async def pause(self, connection: str, *, wait: timedelta, reason: str) -> None:
        """Let nobody spend for a while; see the port."""
        await self._update("budget.pause", connection, _pause(wait, reason))

    async def paused(self, connection: str) -> Pause | None:
        """Return the pause in force; see the port."""
        lasts = {"$expr": {"$gt": ["$blocked_until", "$$NOW"]}}
        with within(WORKER):
            found = await self._budgets.find_one("budget.paused", {"_id": connection, **lasts})
        if found is None:
            return None
        return Pause(until=found["blocked_until"], reason=found["reason"])

    async def _update(self, name: str, connection: str, pipeline: Pipeline) -> Document:
        with within(WORKER):
            for _ in range(2):
                try:
                    updated = await self._budgets.find_one_and_update(
                        name, {"_id": connection}, pipeline, upsert=True, projection={"spent": 0}
                    )
                except DuplicateKeyError:
                    continue  # another made the document at the same moment
                if updated is not None:
                    return updated
        raise NotSaved


def _spend(limit: int) -> list[Document]:
    """Add a call to the window if a lane's limit allows and no pause is on; else say the wait."""
    begins = {"$subtract": [_NOW_MS, _WINDOW_MS]}
    in_window = {
        "$filter": {
            "input": {"$ifNull": ["$spent", []]},
            "as": "at",
            "cond": {"$gt": ["$$at", begins]},
        }
    }
    used = {"$size": "$spent"}
    # Once the call at this place has left the window, one less than the limit is in there.
    in_the_way = {"$arrayElemAt": ["$spent", {"$subtract": [used, limit]}]}
    until_free = {"$subtract": [{"$add": [in_the_way, _WINDOW_MS]}, _NOW_MS]}
    full = {"$cond": [{"$gte": [used, limit]}, until_free, 0]}
    blocked = {"$subtract": ["$blocked_until", "$$NOW"]}
    spent = {"$concatArrays": ["$spent", [_NOW_MS]]}
    return [
        {"$set": {"spent": in_window}},
        {"$set": {"wait_ms": {"$max": [0, full, blocked]}}},
        {"$set": {"spent": {"$cond": [{"$eq": ["$wait_ms", 0]}, spent, "$spent"]}}},
    ]


def _pause(wait: timedelta, reason: str) -> list[Document]:
    until = {"$add": ["$$NOW", wait // timedelta(milliseconds=1)]}
    longer = {"$gt": [until, "$blocked_until"]}
    return [
        {
            "$set": {
                "blocked_until": {"$max": ["$blocked_until", until]},
                "reason": {"$cond": [longer, {"$literal": reason}, "$reason"]},
            }
        }
    ]

"""Budget on MongoDB: the calls of one connection, shared by all instances.

A connection's document holds when each call of the last 61 s was spent, by the database's clock.
A call is spent only while fewer than the budget are in there, so no window of 60 s, wherever it
begins, ever holds more. Work that nobody waits for goes at an even pace and leaves a few calls of
each window alone: so it has 95 % of the budget without end, and yet a person who comes along has
a call at once, and each further one as soon as the next call of such work leaves the window.
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

WINDOW = timedelta(seconds=61)
"""Notion's 60 s, and what calls can bunch up by on their way."""
RESERVED = {Lane.PERSON: 0.0, Lane.WEBHOOK: 0.01, Lane.POLL: 0.0175, Lane.BACKFILL: 0.025}
"""Which part of the budget a lane leaves to those before it: they go first, it gets the rest."""
AHEAD = {
    Lane.WEBHOOK: timedelta(seconds=20),
    Lane.POLL: timedelta(seconds=10),
    Lane.BACKFILL: timedelta(seconds=2),
}
"""How far a lane may run ahead of an even pace; a window that was used up at once would open at
once, too, and until then people would wait. People themselves may use it as it comes."""
BURST = 4
"""So many calls at once a lane has in any case, however small the budget."""
SLOWER = 0.8
"""What of the budget is used after Notion met a limit that we thought we kept."""
LEAST = 0.25
"""Which part of the budget is used in any case."""
RECOVERY = 0.05
"""Which part of the budget comes back with each minute."""

_WINDOW_MS = WINDOW // timedelta(milliseconds=1)
_NOW_MS = {"$toLong": "$$NOW"}
_MINUTE_MS = 60_000


def limit_of(lane: Lane, requests_per_minute: int, *, allowed: int | None = None) -> int:
    """Return below how many calls in the window a lane may add one; `allowed` is what was learnt.

    A lower lane leaves at least one call more than the one before it.
    """
    return max(1, (allowed or requests_per_minute) - reserve_of(lane, requests_per_minute))


def reserve_of(lane: Lane, requests_per_minute: int) -> int:
    """Return how many calls in the window a lane leaves to those before it."""
    share = round(requests_per_minute * RESERVED[lane])
    return max(list(Lane).index(lane), share)


class MongoBudget(Budget):
    """One document per connection in `budgets`; a connection can serve several teams."""

    def __init__(self, database: Database, *, requests_per_minute: int) -> None:
        self._budgets = database.across_tenants("budgets")
        self._budget = requests_per_minute

    async def take(self, connection: str, *, lane: Lane) -> timedelta:
        """Spend one call or return how long to wait; see the port."""
        spend = _spend(lane, self._budget)
        budget = await self._update("budget.take", connection, spend)
        return timedelta(milliseconds=budget["wait_ms"])

    async def pause(
        self, connection: str, *, wait: timedelta, reason: str, learn: bool = False
    ) -> None:
        """Let nobody spend for a while; see the port."""
        slower = _slower(self._budget) if learn else []
        await self._update("budget.pause", connection, [*slower, *_pause(wait, reason)])

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


def _spend(lane: Lane, budget: int) -> list[Document]:
    """Add a call to the window if a lane may and no pause is on; else say the wait."""
    begins = {"$subtract": [_NOW_MS, _WINDOW_MS]}
    in_window = {
        "$filter": {
            "input": {"$ifNull": ["$spent", []]},
            "as": "at",
            "cond": {"$gt": ["$$at", begins]},
        }
    }
    limit = {"$max": [1, {"$subtract": [_allowed(budget), reserve_of(lane, budget)]}]}
    used = {"$size": "$spent"}
    # Once the call at this place has left the window, one less than the limit is in there.
    in_the_way = {"$arrayElemAt": ["$spent", {"$subtract": [used, "$limit"]}]}
    until_free = {"$subtract": [{"$add": [in_the_way, _WINDOW_MS]}, _NOW_MS]}
    full = {"$cond": [{"$gte": [used, "$limit"]}, until_free, 0]}
    blocked = {"$subtract": ["$blocked_until", "$$NOW"]}
    is_free = {"$eq": ["$wait_ms", 0]}
    kept: Document = {"spent": {"$concatArrays": ["$spent", [_NOW_MS]]}}
    too_early: Document | int = 0
    if lane in AHEAD:
        kept[f"pace.{lane.value}"] = _paced(lane)
        too_early = {"$subtract": [_paced(lane), _furthest(lane)]}
    return [
        {"$set": {"spent": in_window, "limit": limit}},
        {"$set": {"wait_ms": {"$ceil": {"$max": [0, full, blocked, too_early]}}}},
        {"$set": {name: {"$cond": [is_free, new, f"${name}"]} for name, new in kept.items()}},
        {"$unset": "limit"},
    ]


_SPACING = {"$divide": [_WINDOW_MS, "$limit"]}


def _paced(lane: Lane) -> Document:
    """Return up to when a lane's calls reach at an even pace, one more of them counted."""
    return {"$add": [{"$max": [_NOW_MS, f"$pace.{lane.value}"]}, _SPACING]}


def _furthest(lane: Lane) -> Document:
    """Return up to when they may reach: with a tiny budget even a few calls reach far."""
    ahead_ms = AHEAD[lane] // timedelta(milliseconds=1)
    return {"$add": [_NOW_MS, {"$max": [ahead_ms, {"$multiply": [BURST, _SPACING]}]}]}


def _allowed(budget: int) -> Document:
    """Return how many calls a window may hold by what was learnt; the whole budget after a time."""
    since = {"$subtract": [_NOW_MS, {"$ifNull": ["$learnt_at", _NOW_MS]}]}
    back = {"$multiply": [since, budget * RECOVERY / _MINUTE_MS]}
    return {"$floor": {"$min": [budget, {"$add": [{"$ifNull": ["$learnt", budget]}, back]}]}}


def _slower(budget: int) -> list[Document]:
    """Allow fewer calls from now on; those that were on their way together count once."""
    is_paused = {"$gt": ["$blocked_until", "$$NOW"]}
    fewer = {"$max": [1, budget * LEAST, {"$multiply": [_allowed(budget), SLOWER]}]}
    return [
        {
            "$set": {
                "learnt": {"$cond": [is_paused, "$learnt", fewer]},
                "learnt_at": {"$cond": [is_paused, "$learnt_at", _NOW_MS]},
            }
        }
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

"""Attention on MongoDB: by two small indexes that hold nothing but tasks in need."""

from __future__ import annotations

from storage.client import Database
from storage.codec import Document, from_document
from storage.follower import BACKLOG_BOUND, IN_ORDER, WAITS
from storage.operations import REQUEST, within
from tasks.model import PersonId
from tasks.ports import Attention, InNeed, Mine, Need

CONFLICTED: Document = {"notion.conflicts.rev": {"$gt": 0}}
"""The words of a partial index; a list that is empty again is not in it."""
ASIDE: Document = {"notion.state": {"$exists": True}}
"""As above."""
_WHICH = {Need.CONFLICTS: CONFLICTED, Need.ASIDE: ASIDE}
_SEEN = 500
"""Of each end of the queue: claims come from both."""


class MongoAttention(Attention):
    """Tasks of one team at a time."""

    def __init__(self, database: Database) -> None:
        self._tasks = database.tenants("tasks")
        self._all = database.across_tenants("tasks")

    async def page(self, team: str, need: Need, *, after: int, limit: int) -> InNeed:
        """Return those with numbers above `after`; see the port."""
        with within(REQUEST):
            found = await self._tasks.of(team).find(
                "attention.page",
                {**_WHICH[need], "audience": None, "number": {"$gt": after}},
                sort=[("number", 1)],
                limit=limit + 1,
                projection={"changes": 0, "applied": 0, "notion.base": 0},
                hint=need.value,
            )
        tasks = tuple(from_document(one) for one in found[:limit])
        return InNeed(tasks=tasks, after=tasks[-1].number if len(found) > limit else None)

    async def count(self, team: str, need: Need) -> int:
        """Return how many there are; see the port."""
        stages: list[Document] = [
            {"$match": {"team_id": team, "audience": None, **_WHICH[need]}},
            {"$limit": BACKLOG_BOUND},
            {"$count": "tasks"},
        ]
        with within(REQUEST):
            found = await self._all.aggregate("attention.count", stages)
        return int(found[0]["tasks"]) if found else 0

    async def mine(self, team: str, person: PersonId) -> Mine:
        """Return how a person's own changes wait; see the port."""
        with within(REQUEST):
            first = await self._waiting(team, 1)
            last = await self._waiting(team, -1) if len(first) == _SEEN else []
        known = {one["_id"] for one in first}
        last = [one for one in last if one["_id"] not in known]
        order = [*first, *reversed(last)]
        mine = [n for n, one in enumerate(order) if person in (one.get("touched_by") or ())]
        # In turn one of those due longest and one of those due last.
        ahead = min((2 * min(n, len(order) - 1 - n) for n in mine), default=0)
        return Mine(waiting=len(mine), ahead=min(ahead, len(order) - len(mine)))

    async def _waiting(self, team: str, direction: int) -> list[Document]:
        ((key, _),) = IN_ORDER
        return await self._tasks.of(team).find(
            "attention.mine",
            WAITS,
            sort=[(key, direction)],
            limit=_SEEN,
            projection={"touched_by": 1},
        )

"""Inbox on MongoDB: one document for each row that may have changed.

It is due where `due_at` is there, which is also when a lease ends, judged by the database's clock.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import timedelta

from pymongo.errors import DuplicateKeyError

from storage.client import Database
from storage.codec import Document
from storage.collections import Pipeline
from storage.follower import BACKLOG_BOUND, LEASE, later
from storage.operations import REQUEST, WORKER, within
from tasks.errors import LeaseLost, NotSaved
from tasks.ports import Backlog, Inbox, Lane, Mark

DEBOUNCE = timedelta(milliseconds=200)
"""How long a hint waits for the next one, so that a burst becomes one look."""
WAITING: Document = {"due_at": {"$exists": True}}
"""The words of the partial index."""
_IS_DUE: Document = {**WAITING, "$expr": {"$lte": ["$due_at", "$$NOW"]}}
_CANDIDATES = 20
_LANES = list(Lane)


class MongoInbox(Inbox):
    """Marks in `inbox`, changed only under the fence of their claim once they are claimed."""

    def __init__(
        self,
        database: Database,
        *,
        collection: str = "inbox",
        lease: timedelta = LEASE,
        shuffle: Callable[[list[Document]], None] = random.shuffle,
    ) -> None:
        self._marks = database.tenants(collection)
        self._all = database.across_tenants(collection)
        self._lease = lease
        self._shuffle = shuffle

    async def mark(
        self, team: str, row_ids: Sequence[str], *, lane: Lane, place: str | None = None
    ) -> None:
        """Keep hints; see the port."""
        with within(REQUEST):
            for row_id in row_ids:
                await self._mark(team, row_id, _hinted(team, row_id, lane, place))

    async def _mark(self, team: str, row_id: str, hint: Pipeline) -> None:
        for _ in range(2):
            try:
                await self._marks.of(team).find_one_and_update(
                    "inbox.mark", {"_id": _id(team, row_id)}, hint, upsert=True
                )
            except DuplicateKeyError:
                continue  # another made the document at the same moment
            return
        raise NotSaved

    async def claim(self) -> Mark | None:
        """Take a mark that is due; see the port."""
        with within(WORKER):
            due = await self._all.find(
                "inbox.due",
                _IS_DUE,
                sort=[("due_at", 1)],
                limit=_CANDIDATES,
                projection={"team_id": 1},
            )
            self._shuffle(due)
            for candidate in due:
                taken = await self._marks.of(candidate["team_id"]).find_one_and_update(
                    "inbox.claim", {"_id": candidate["_id"], **_IS_DUE}, _claimed(self._lease)
                )
                if taken is not None:
                    return _decoded(taken)
        return None

    async def done(self, mark: Mark) -> None:
        """Forget the mark, unless a hint came since; see the port."""
        hinted = {"$gt": ["$hints", "$claimed_hints"]}
        again = {
            "due_at": {"$cond": [hinted, "$$NOW", "$$REMOVE"]},
            "since": {"$cond": [hinted, "$claimed_at", "$$REMOVE"]},
            "attempts": 0,
        }
        await self._settle("inbox.done", mark, [{"$set": again}])
        idle = {"_id": _id(mark.team, mark.row_id), "due_at": {"$exists": False}}
        with within(WORKER):
            await self._marks.of(mark.team).delete_one("inbox.forget", idle)

    async def renew(self, mark: Mark) -> None:
        """Let the lease begin anew; see the port."""
        await self._settle("inbox.renew", mark, [{"$set": {"due_at": later(self._lease)}}])

    async def later(self, mark: Mark, *, wait: timedelta) -> None:
        """Give it back; see the port."""
        await self._settle("inbox.later", mark, [{"$set": {"due_at": later(wait)}}])

    async def _settle(self, name: str, mark: Mark, update: Pipeline) -> None:
        where = {"_id": _id(mark.team, mark.row_id), "fence": mark.fence}
        with within(WORKER):
            if not await self._marks.of(mark.team).update_one(name, where, update):
                raise LeaseLost

    async def next_due(self) -> timedelta | None:
        """Return how long until something is due; see the port."""
        wait = {"$subtract": ["$due_at", "$$NOW"]}
        with within(WORKER):
            first = await self._all.find(
                "inbox.next",
                WAITING,
                sort=[("due_at", 1)],
                limit=1,
                projection={"_id": 0, "wait": wait},
            )
        return timedelta(milliseconds=max(0, first[0]["wait"])) if first else None

    async def waiting(self) -> Backlog:
        """Return how many marks wait; see the port."""
        oldest = {"_id": None, "behind": {"$sum": 1}, "oldest": {"$min": "$since"}}
        with within(WORKER):
            found = await self._all.aggregate(
                "inbox.waiting",
                [{"$match": WAITING}, {"$limit": BACKLOG_BOUND}, {"$group": oldest}],
            )
        if not found:
            return Backlog(behind=0, oldest=None, set_aside=0)
        return Backlog(behind=found[0]["behind"], oldest=found[0]["oldest"], set_aside=0)


def _id(team: str, row_id: str) -> str:
    return f"{team}|{row_id}"


def _hinted(team: str, row_id: str, lane: Lane, place: str | None) -> list[Document]:
    rank = _LANES.index(lane)
    given: Document = {} if place is None else {"place": {"$literal": place}}
    return [
        {
            "$set": {
                "team_id": {"$literal": team},
                "row_id": {"$literal": row_id},
                "hints": {"$add": [{"$ifNull": ["$hints", 0]}, 1]},
                "rank": {"$cond": [{"$gt": ["$due_at", None]}, {"$min": ["$rank", rank]}, rank]},
                "since": {"$ifNull": ["$since", "$$NOW"]},
                "due_at": {"$ifNull": ["$due_at", later(DEBOUNCE)]},
                **given,
            }
        }
    ]


def _claimed(lease: timedelta) -> list[Document]:
    return [
        {
            "$set": {
                "fence": {"$add": [{"$ifNull": ["$fence", 0]}, 1]},
                "attempts": {"$add": [{"$ifNull": ["$attempts", 0]}, 1]},
                "claimed_hints": "$hints",
                "claimed_at": "$$NOW",
                "due_at": later(lease),
            }
        }
    ]


def _decoded(taken: Document) -> Mark:
    return Mark(
        team=taken["team_id"],
        row_id=taken["row_id"],
        lane=_LANES[taken["rank"]],
        place=taken.get("place"),
        fence=taken["fence"],
        attempts=taken["attempts"],
    )

"""SyncQueue on MongoDB: claims on the tasks whose row is behind."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from storage import follower, notices
from storage.attention import ASIDE, CONFLICTED
from storage.client import Database
from storage.codec import Document, decode_row, from_document
from storage.collections import Pipeline
from storage.follower import (
    BACKLOG_BOUND,
    IN_ORDER,
    IS_DUE,
    IS_DUE_FRESH,
    IS_FREE,
    LAST_FIRST,
    WAITS,
    WAITS_FRESH,
)
from storage.operations import REQUEST, WORKER, within
from tasks.errors import LeaseHeld, LeaseLost, NoSuchTask
from tasks.model import SyncState, Task
from tasks.ports import Backlog, Claim, Row, SyncQueue

_CANDIDATES = 20  # seen at once; each instance tries them in an order of its own
_NEWEST = 50  # the very last first: somebody waits for it


class MongoSyncQueue(SyncQueue):
    """The follower's block of each task, changed only under the fence of its claim."""

    def __init__(
        self,
        database: Database,
        *,
        lease: timedelta = follower.LEASE,
        shuffle: Callable[[list[Document]], None] = random.shuffle,
    ) -> None:
        self._tasks = database.tenants("tasks")
        self._all = database.across_tenants("tasks")
        self._lease = lease
        self._shuffle = shuffle

    async def claim(self, *, fresh: bool = False) -> Claim | None:
        """Take a task that is due; see the port."""
        # In two steps: on a sharded cluster only a write that names the team is atomic.
        with within(WORKER):
            due = await (self._changed_lately() if fresh else self._due_longest())
            for candidate in due:
                taken = await self._tasks.of(candidate["team_id"]).find_one_and_update(
                    "queue.claim",
                    {"_id": candidate["_id"], **IS_DUE},
                    follower.claimed(self._lease),
                )
                if taken is not None:
                    return _claim(taken)
        return None

    async def _due_longest(self) -> list[Document]:
        asked_for = {"$lte": ["$notion.next_attempt_at", follower.LONG_AGO]}
        due = await self._all.find(
            "queue.due",
            IS_DUE,
            sort=IN_ORDER,
            limit=_CANDIDATES,
            projection={"team_id": 1, "asked_for": asked_for},
        )
        self._shuffle(due)
        return sorted(due, key=lambda one: not one["asked_for"])

    async def _changed_lately(self) -> list[Document]:
        """Return what became due just now because somebody changed it, the latest first.

        What comes back from a wait became due just now, too: it is left to the others.
        """
        changed = {"$gte": ["$updated_at", follower.later(-follower.FRESH)]}
        found = await self._all.find(
            "queue.fresh",
            IS_DUE_FRESH,
            sort=LAST_FIRST,
            limit=_NEWEST,
            projection={"team_id": 1, "is_new": changed},
        )
        return [one for one in found if one["is_new"]]

    async def claim_row(self, team: str, row_id: str) -> Claim | None:
        """Take the task of a row; see the port."""
        tasks, where = self._tasks.of(team), {"notion.page_id": row_id}
        with within(WORKER):
            taken = await tasks.find_one_and_update(
                "queue.claim_row", {**where, **IS_FREE}, follower.claimed(self._lease)
            )
            if taken is not None:
                return _claim(taken)
            if await tasks.find_one("queue.has_row", where, projection={"_id": 1}) is not None:
                raise LeaseHeld
        return None

    async def next_due(self, *, fresh: bool = False) -> timedelta | None:
        """Return how long until something is due; see the port."""
        wait = {"$subtract": ["$notion.next_attempt_at", "$$NOW"]}
        with within(WORKER):
            first = await self._all.find(
                "queue.next",
                WAITS_FRESH if fresh else WAITS,
                sort=IN_ORDER,
                limit=1,
                projection={"_id": 0, "wait": wait},
            )
        return timedelta(milliseconds=max(0, first[0]["wait"])) if first else None

    async def still_held(self, claim: Claim) -> bool:
        """Tell whether the lease still runs; see the port."""
        runs = {"$expr": {"$gt": ["$notion.lease_until", "$$NOW"]}}
        with within(WORKER):
            found = await self._tasks.of(claim.task.team).find_one(
                "queue.held", {**_mine(claim), **runs}, projection={"_id": 1}
            )
        return found is not None

    async def renew(self, claim: Claim) -> bool:
        """Let a lease begin anew; see the port."""
        runs = {"$expr": {"$gt": ["$notion.lease_until", "$$NOW"]}}
        with within(WORKER):
            return await self._tasks.of(claim.task.team).update_one(
                "queue.renew", {**_mine(claim), **runs}, follower.renewed(self._lease)
            )

    async def intend(self, claim: Claim) -> Claim:
        """Remember a creation before it is sent; see the port."""
        with within(WORKER):
            noted = await self._tasks.of(claim.task.team).find_one_and_update(
                "queue.intend", _mine(claim), follower.intended(), projection={"notion": 1}
            )
        if noted is None:
            raise LeaseLost
        return replace(claim, row=decode_row(noted["notion"]))

    async def complete(self, claim: Claim, row: Row) -> None:
        """Record the row for the rev it shows; see the port."""
        await self._settle("queue.complete", claim, _shown(row, follower.completed(row)))

    async def adopt(self, claim: Claim, row: Row) -> None:
        """Record that the row exists; see the port."""
        await self._settle("queue.adopt", claim, _shown(row, follower.adopted(row)))

    async def postpone(
        self, claim: Claim, *, wait: timedelta, reason: str | None = None, paced: bool = False
    ) -> None:
        """Give it back for later; see the port."""
        postponed = follower.postponed(wait, reason, paced=paced)
        await self._settle("queue.postpone", claim, postponed)

    async def release(self, claim: Claim) -> None:
        """Give it back as it was; see the port."""
        await self._settle("queue.release", claim, follower.released())

    async def set_aside(self, claim: Claim, *, state: SyncState, reason: str) -> None:
        """Stop trying; see the port."""
        aside = follower.put_aside(rev=claim.task.rev, state=state, reason=reason)
        await self._settle("queue.set_aside", claim, notices.before(aside, {"$literal": True}))

    async def _settle(self, name: str, claim: Claim, update: Pipeline) -> None:
        with within(WORKER):
            held = await self._tasks.of(claim.task.team).update_one(name, _mine(claim), update)
        if not held:
            raise LeaseLost

    async def requeue(self, team: str, number: int) -> Task:
        """Make a task due again at once; see the port."""
        with within(REQUEST):
            found = await self._tasks.of(team).find_one_and_update(
                "queue.requeue",
                {"number": number, "audience": None},
                notices.before(follower.requeued(), notices.IS_ASIDE),
            )
            if found is None:  # gone, or private: that has no row, and gets none
                found = await self._tasks.of(team).find_one("queue.unmirrored", {"number": number})
        if found is None:
            raise NoSuchTask(number)
        return from_document(found)

    async def settle(self, team: str, number: int) -> Task:
        """Close a task's open conflicts; see the port."""
        with within(REQUEST):
            found = await self._tasks.of(team).find_one_and_update(
                "queue.settle",
                {"number": number},
                notices.before(follower.settled(), notices.IS_CONFLICTED),
            )
        if found is None:
            raise NoSuchTask(number)
        return from_document(found)

    async def backlog(self, team: str | None = None) -> Backlog:
        """Return how far behind one team is, or all; see the port."""
        whose: Document = {} if team is None else {"team_id": team}
        oldest = {"_id": None, "behind": {"$sum": 1}, "oldest": {"$min": "$notion.pending_since"}}
        with within(WORKER):
            waiting = await self._all.aggregate(
                "queue.backlog",
                [{"$match": whose | WAITS}, {"$limit": BACKLOG_BOUND}, {"$group": oldest}],
            )
            # The indexes begin with the team: something must be said of it, or they are not used.
            teams = whose or {"team_id": {"$gt": ""}}
            aside = await self._counted("queue.set_aside_count", {**teams, **ASIDE})
            open_ = await self._counted("queue.conflicts_count", {**teams, **CONFLICTED})
        return Backlog(
            behind=waiting[0]["behind"] if waiting else 0,
            oldest=waiting[0]["oldest"] if waiting else None,
            set_aside=aside,
            conflicts=open_,
        )

    async def _counted(self, name: str, where: Document) -> int:
        found = await self._all.aggregate(
            name, [{"$match": where}, {"$limit": BACKLOG_BOUND}, {"$count": "tasks"}]
        )
        return int(found[0]["tasks"]) if found else 0


def _shown(row: Row, update: list[Document]) -> list[Document]:
    """Let cards follow where there is a page to be opened now, or the row is right again."""
    first = [notices.NO_ROW_YET] if row.url else []
    return notices.before(update, *first, notices.IS_ASIDE)


def _mine(claim: Claim) -> Document:
    return {"_id": claim.task.id, "notion.fence": claim.fence}


def _claim(taken: Document) -> Claim:
    block = taken["notion"]
    return Claim(
        task=from_document(taken),
        row=decode_row(block),
        fence=block["fence"],
        attempts=block["attempts"],
        at=block["claimed_at"],
        broken_off=block.get("broken_off") or 0,
    )

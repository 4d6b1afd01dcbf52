"""Places on MongoDB: part of the document of their task, changed by writes of their own."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import timedelta

from storage import notices
from storage.client import Database
from storage.codec import Document, from_document
from storage.collections import Pipeline
from storage.follower import LEASE
from storage.notices import IN_ORDER, IS_DUE, WAITS
from storage.operations import REQUEST, WORKER, within
from tasks.errors import LeaseLost, NoSuchTask
from tasks.ports import Intended, Place, Places, PlacesClaim

_CANDIDATES = 20  # seen at once; each instance tries them in an order of its own


class MongoPlaces(Places):
    """`places` and `notices` of each task, settled only under the fence of their claim."""

    def __init__(
        self,
        database: Database,
        *,
        lease: timedelta = LEASE,
        shuffle: Callable[[list[Document]], None] = random.shuffle,
    ) -> None:
        self._tasks = database.tenants("tasks")
        self._all = database.across_tenants("tasks")
        self._lease = lease
        self._shuffle = shuffle

    async def intend(
        self, team: str, number: int, place: Place, *, settled_after: timedelta
    ) -> Intended:
        """Remember a message that is about to be posted; see the port."""
        where = {"number": number, "places.key": {"$ne": place.key}}
        update = notices.intended(place, settled_after)
        with within(REQUEST):
            tasks = self._tasks.of(team)
            found = await tasks.find_one_and_update("places.intend", where, update)
            if found is not None:
                let_go = found["notices"].get("let_go") or None  # nobody was told there yet
                return Intended(is_new=True, task=from_document(found), let_go=let_go)
            found = await tasks.find_one("places.task", {"number": number})
        if found is None:
            raise NoSuchTask(number)
        return Intended(is_new=False, task=from_document(found))

    async def keep(self, team: str, number: int, place: Place, *, rev: int) -> None:
        """Remember a message that is there; see the port."""
        await self._change("places.keep", team, _unknown(number, place), notices.kept(place, rev))

    async def hurry(self, team: str, number: int, place: Place) -> None:
        """Make the places due now; see the port."""
        with_it = [*notices.added(place), *notices.hurried()]
        if not await self._change("places.hurry", team, _unknown(number, place), with_it):
            await self._change("places.hurry", team, {"number": number}, notices.hurried())

    async def posted(
        self, team: str, number: int, key: str, *, ts: str, shown: str, rev: int
    ) -> None:
        """Record the message of an intent; see the port."""
        await self._change(
            "places.posted", team, {"number": number}, notices.posted(key, ts, shown, rev)
        )

    async def unsent(self, team: str, number: int, key: str) -> None:
        """Take the latest posting back; see the port."""
        await self._change("places.unsent", team, {"number": number}, notices.unsent(key))

    async def forget(self, team: str, number: int, key: str) -> None:
        """Let a place go; see the port."""
        await self._change(
            "places.forget", team, {"number": number}, notices.forgotten(frozenset((key,)))
        )

    async def _change(self, name: str, team: str, where: Document, update: Pipeline) -> bool:
        with within(REQUEST):
            return await self._tasks.of(team).update_one(name, where, update)

    async def claim(self) -> PlacesClaim | None:
        """Take what is due; see the port."""
        # In two steps: on a sharded cluster only a write that names the team is atomic.
        with within(WORKER):
            due = await self._all.find(
                "places.due", IS_DUE, sort=IN_ORDER, limit=_CANDIDATES, projection={"team_id": 1}
            )
            self._shuffle(due)
            for candidate in due:
                taken = await self._tasks.of(candidate["team_id"]).find_one_and_update(
                    "places.claim",
                    {"_id": candidate["_id"], **IS_DUE},
                    notices.claimed(self._lease),
                )
                if taken is not None:
                    return notices.decode_claim(taken)
        return None

    async def next_due(self) -> timedelta | None:
        """Return how long until something is due; see the port."""
        wait = {"$subtract": ["$notices.next_attempt_at", "$$NOW"]}
        with within(WORKER):
            first = await self._all.find(
                "places.next", WAITS, sort=IN_ORDER, limit=1, projection={"_id": 0, "wait": wait}
            )
        return timedelta(milliseconds=max(0, first[0]["wait"])) if first else None

    async def still_held(self, claim: PlacesClaim) -> bool:
        """Tell whether the lease still runs; see the port."""
        runs = {"$expr": {"$gt": ["$notices.lease_until", "$$NOW"]}}
        with within(WORKER):
            found = await self._tasks.of(claim.task.team).find_one(
                "places.held", {**_mine(claim), **runs}, projection={"_id": 1}
            )
        return found is not None

    async def sending(self, claim: PlacesClaim, key: str) -> None:
        """Remember that a message is about to be sent; see the port."""
        await self._settle("places.sending", claim, notices.sending(key))

    async def settle(
        self,
        claim: PlacesClaim,
        *,
        shown: Mapping[str, str],
        gone: frozenset[str] = frozenset(),
        unsent: frozenset[str] = frozenset(),
        again: timedelta | None = None,
    ) -> None:
        """Record what places show, and give the claim back; see the port."""
        settled = notices.settled(claim, shown=shown, gone=gone, unsent=unsent, again=again)
        await self._settle("places.settle", claim, settled)

    async def _settle(self, name: str, claim: PlacesClaim, update: Pipeline) -> None:
        with within(WORKER):
            if not await self._tasks.of(claim.task.team).update_one(name, _mine(claim), update):
                raise LeaseLost


def _mine(claim: PlacesClaim) -> Document:
    return {"_id": claim.task.id, "notices.fence": claim.fence}


def _unknown(number: int, place: Place) -> Document:
    """Match the task where it has no place of that message."""
    message = {"channel": place.channel, "ts": place.ts}
    return {"number": number, "places": {"$not": {"$elemMatch": message}}}

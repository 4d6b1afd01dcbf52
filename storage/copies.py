"""Copies on MongoDB: one document for each remark and its copy on the other side.

It is due where `due_at` is there, which is also when a lease ends, judged by the database's clock.
What was said is kept until the copy says it too; then only its digest stays.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from storage.client import Database
from storage.codec import Document
from storage.collections import Pipeline
from storage.copy_codec import decode_claim, decode_copy, digest_of, encode_said
from storage.follower import LEASE, later
from storage.operations import REQUEST, WORKER, within
from tasks.errors import LeaseLost, NotSaved
from tasks.model import Source
from tasks.ports import Copies, Copy, CopyClaim, Remark, Said

WAITING: Document = {"due_at": {"$exists": True}}
"""The words of the partial index."""
IS_COPY: Document = {"copy_id": {"$gt": ""}}
"""The same."""
MOST = 5000
"""So many remarks of one task are followed."""
_IS_DUE: Document = {**WAITING, "$expr": {"$lte": ["$due_at", "$$NOW"]}}
_CANDIDATES = 20
BEHIND = timedelta(milliseconds=50)
"""How long after the one before it a copy that waits for it comes back."""
_MS = timedelta(milliseconds=1)


class MongoCopies(Copies):
    """Documents in `copies`, changed only under the fence of their claim once claimed."""

    def __init__(
        self,
        database: Database,
        *,
        lease: timedelta = LEASE,
        shuffle: Callable[[list[Document]], None] = random.shuffle,
    ) -> None:
        self._copies = database.tenants("copies")
        self._all = database.across_tenants("copies")
        self._lease = lease
        self._shuffle = shuffle

    async def say(self, remark: Remark, said: Said | None, *, version: str, order: str) -> bool:
        """Keep what the original says now; see the port."""
        update = _said(remark, said, version, order)
        with within(REQUEST):
            for _ in range(2):
                try:
                    kept = await self._copies.of(remark.team).find_one_and_update(
                        "copies.say", {"_id": remark.id}, update, upsert=True
                    )
                except DuplicateKeyError:
                    continue  # another made the document at the same moment
                return kept is not None and bool(kept["news"])
        raise NotSaved

    async def claim(self, of: Source) -> CopyClaim | None:
        """Take one that is due and may be made; see the port."""
        with within(WORKER):
            due = await self._all.find(
                "copies.due", {"of": of.value, **_IS_DUE}, sort=[("due_at", 1)], limit=_CANDIDATES
            )
            self._shuffle(due)
            for candidate in sorted(due, key=lambda one: str(one["order"])):
                if await self._is_behind(candidate):
                    continue
                taken = await self._copies.of(candidate["team_id"]).find_one_and_update(
                    "copies.claim", {"_id": candidate["_id"], **_IS_DUE}, _claimed(self._lease)
                )
                if taken is not None:
                    return decode_claim(taken)
        return None

    async def _is_behind(self, one: Document) -> bool:
        """Tell whether an earlier one has to be made first, and let this one wait for it."""
        copies = self._copies.of(one["team_id"])
        earlier = {**_stream(one), **WAITING, "order": {"$lt": one["order"]}}
        first = await copies.find_one("copies.earlier", earlier, projection={"due_at": 1})
        if first is None:
            return False
        after: Document = {
            "due_at": {"$add": [{"$max": [{"$literal": first["due_at"]}, "$$NOW"]}, BEHIND // _MS]},
            "is_blocked": True,
        }
        where = {"_id": one["_id"], "fence": one["fence"], "rev": one["rev"], **_IS_DUE}
        await copies.update_one("copies.blocked", where, [{"$set": after}])
        return True

    async def next_due(self, of: Source) -> timedelta | None:
        """Return how long until one is due; see the port."""
        with within(WORKER):
            first = await self._all.find(
                "copies.next",
                {"of": of.value, **WAITING},
                sort=[("due_at", 1)],
                limit=1,
                projection={"_id": 0, "wait": {"$subtract": ["$due_at", "$$NOW"]}},
            )
        return max(0, first[0]["wait"]) * _MS if first else None

    async def still_held(self, claim: CopyClaim) -> bool:
        """Tell whether the lease still runs; see the port."""
        where = {**_held(claim), "$expr": {"$gt": ["$lease_until", "$$NOW"]}}
        with within(WORKER):
            found = await self._copies.of(claim.remark.team).find_one(
                "copies.held", where, projection={"_id": 1}
            )
        return found is not None

    async def intend(self, claim: CopyClaim) -> CopyClaim:
        """Remember that a creation is about to be sent; see the port."""
        return decode_claim(
            await self._settle(
                "copies.intend", claim, {"sends": {"$add": ["$sends", 1]}, "last_sent_at": "$$NOW"}
            )
        )

    async def unsent(self, claim: CopyClaim) -> None:
        """Take the latest intent back; see the port."""
        await self._settle("copies.unsent", claim, {"sends": {"$subtract": ["$sends", 1]}})

    async def complete(self, claim: CopyClaim, *, copy_id: str | None) -> None:
        """Record that the copy is up to date; see the port."""
        is_news = {"$gt": ["$rev", claim.rev]}
        done: Document = {
            "copy_id": {"$ifNull": [{"$literal": copy_id}, "$copy_id"]},
            "sends": 0,
            "attempts": 0,
            "done_rev": claim.rev,
            "due_at": {"$cond": [is_news, "$$NOW", "$$REMOVE"]},
            "said": {"$cond": [is_news, "$said", "$$REMOVE"]},
            "lease_until": "$$REMOVE",
            "error": "$$REMOVE",
        }
        await self._go_on(await self._settle("copies.complete", claim, done))

    async def postpone(self, claim: CopyClaim, *, wait: timedelta) -> None:
        """Give it back for a while; see the port."""
        await self._settle(
            "copies.postpone", claim, {"due_at": later(wait), "lease_until": "$$REMOVE"}
        )

    async def give_up(self, claim: CopyClaim, *, reason: str) -> None:
        """Stop trying; see the port."""
        is_news = {"$gt": ["$rev", claim.rev]}
        ended: Document = {
            "due_at": {"$cond": [is_news, "$$NOW", "$$REMOVE"]},
            "said": {"$cond": [is_news, "$said", "$$REMOVE"]},
            "lease_until": "$$REMOVE",
            "error": {"$literal": reason},
        }
        await self._go_on(await self._settle("copies.give_up", claim, ended))

    async def of_task(self, team: str, number: int) -> tuple[Copy, ...]:
        """Return all of a task; see the port."""
        with within(WORKER):
            found = await self._copies.of(team).find(
                "copies.of_task",
                {"number": number},
                sort=[("order", 1)],
                limit=MOST,
                projection={"said": 0},
            )
        return tuple(decode_copy(one) for one in found)

    async def is_copy(self, team: str, copy_id: str) -> bool:
        """Tell whether it is a copy of ours; see the port."""
        with within(REQUEST):
            found = await self._copies.of(team).find_one(
                "copies.is_copy", {"copy_id": copy_id}, projection={"_id": 1}
            )
        return found is not None

    async def _settle(self, name: str, claim: CopyClaim, fields: Document) -> Document:
        with within(WORKER):
            found = await self._copies.of(claim.remark.team).find_one_and_update(
                name, _held(claim), [{"$set": fields}]
            )
        if found is None:
            raise LeaseLost
        return found

    async def _go_on(self, done: Document) -> None:
        """Let those that waited for this one go on; killed before, they do so by themselves."""
        waiting = {**_stream(done), "is_blocked": True, **WAITING}
        free: list[Document] = [{"$set": {"due_at": "$$NOW", "is_blocked": "$$REMOVE"}}]
        with within(WORKER):
            await self._copies.of(done["team_id"]).update_all("copies.go_on", waiting, free)


def _held(claim: CopyClaim) -> Document:
    return {"_id": claim.remark.id, "fence": claim.fence}


def _stream(one: Document) -> Document:
    """Return what a copy shares with those whose order counts: the page, or the thread."""
    shared: Document = {"number": one["number"], "of": one["of"]}
    if one["of"] == Source.NOTION.value:
        shared |= {"channel": one["channel"], "thread": one["thread"]}
    return shared


def _said(remark: Remark, said: Said | None, version: str, order: str) -> Pipeline:
    digest = digest_of(said)
    news = {
        "$and": [
            {"$gte": [{"$literal": version}, {"$ifNull": ["$version", ""]}]},
            {"$ne": [{"$literal": digest}, {"$ifNull": ["$digest", None]}]},
        ]
    }
    is_leased = {"$gt": [{"$ifNull": ["$lease_until", "$$NOW"]}, "$$NOW"]}
    fixed: dict[str, Any] = {
        "team_id": remark.team,
        "number": remark.number,
        "of": remark.of.value,
        "channel": remark.channel,
        "thread": remark.thread,
        "original": remark.original,
        "order": order,
    }
    first = {name: {"$ifNull": [f"${name}", {"$literal": value}]} for name, value in fixed.items()}
    zero = {name: {"$ifNull": [f"${name}", 0]} for name in ("rev", "fence", "attempts", "sends")}
    return [
        {"$set": {**first, **zero, "news": news}},
        {
            "$set": {
                "version": _if_news({"$literal": version}, "$version"),
                "digest": _if_news({"$literal": digest}, "$digest"),
                "said": _if_news(
                    "$$REMOVE" if said is None else {"$literal": encode_said(said)}, "$said"
                ),
                "is_deleted": _if_news(said is None, "$is_deleted"),
                "rev": _if_news({"$add": ["$rev", 1]}, "$rev"),
                "due_at": _if_news({"$cond": [is_leased, "$lease_until", "$$NOW"]}, "$due_at"),
                "is_blocked": _if_news("$$REMOVE", "$is_blocked"),
            }
        },
    ]


def _if_news(then: object, otherwise: object) -> Document:
    return {"$cond": ["$news", then, otherwise]}


def _claimed(lease: timedelta) -> list[Document]:
    return [
        {
            "$set": {
                "fence": {"$add": ["$fence", 1]},
                "attempts": {"$add": ["$attempts", 1]},
                "claimed_at": "$$NOW",
                "lease_until": later(lease),
                "due_at": later(lease),
                "is_blocked": "$$REMOVE",
            }
        }
    ]

"""Announcements on MongoDB: one document for each row in `announcements`, a channel in `places`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from pymongo.errors import DuplicateKeyError

from storage.client import Database
from storage.codec import Document, from_document
from storage.follower import later
from storage.operations import REQUEST, WORKER, within
from tasks.ports import Announcements, News
from tasks.ports.announcements import LATELY

KEPT_FOR = timedelta(days=7)
"""How long it is known that a row was announced."""
_NEW, _SENT = "new", "sent"


class MongoAnnouncements(Announcements):
    """Rows are `new` or `sent`."""

    def __init__(self, database: Database) -> None:
        self._rows = database.tenants("announcements")
        self._places = database.tenants("places")
        self._tasks = database.tenants("tasks")

    async def channel(self, team: str) -> str | None:
        """Return where the team is told; see the port."""
        with within(REQUEST):
            found = await self._places.of(team).find_one("places.get", {"_id": team})
        return None if found is None else found.get("channel")

    async def choose(self, team: str, channel: str | None) -> None:
        """Tell the team there from now on; see the port."""
        place: Document = {"_id": team, "team_id": team, "channel": channel}
        with within(REQUEST):
            await self._places.of(team).replace_one("places.choose", {"_id": team}, place)

    async def note(self, team: str, row_id: str) -> None:
        """Keep that the row is news; see the port."""
        if await self.channel(team) is None:
            return
        new: Document = {
            "team_id": {"$literal": team},
            "row_id": {"$literal": row_id},
            "state": {"$ifNull": ["$state", _NEW]},
            "at": {"$ifNull": ["$at", "$$NOW"]},
            "expires_at": {"$ifNull": ["$expires_at", later(KEPT_FOR)]},
        }
        with within(WORKER):
            try:
                await self._rows.of(team).find_one_and_update(
                    "announcements.note", {"_id": _id(team, row_id)}, [{"$set": new}], upsert=True
                )
            except DuplicateKeyError:
                return  # another noted it at the same moment

    async def news(self, team: str, *, limit: int) -> tuple[News, ...]:
        """Return what is to be announced; see the port."""
        age = {"$subtract": ["$$NOW", "$at"]}
        with within(WORKER):
            found = await self._rows.of(team).find(
                "announcements.news",
                {"state": _NEW},
                sort=[("at", 1)],
                limit=limit,
                projection={"row_id": 1, "at": 1, "age": age},
            )
            if not found:
                return ()
            made = await self._tasks.of(team).find(
                "announcements.tasks",
                {"notion.page_id": {"$in": [one["row_id"] for one in found]}},
                sort=[("notion.page_id", 1)],
                limit=limit,
            )
        tasks = {one["notion"]["page_id"]: from_document(one) for one in made}
        return tuple(
            News(
                row_id=one["row_id"],
                at=one["at"],
                age=timedelta(milliseconds=one["age"]),
                task=tasks.get(one["row_id"]),
            )
            for one in found
        )

    async def told_lately(self, team: str) -> int:
        """Return how many rows were announced a moment ago; see the port."""
        since = {"$subtract": ["$$NOW", LATELY // timedelta(milliseconds=1)]}
        lately = {"state": _SENT, "$expr": {"$gt": ["$at", since]}}
        with within(WORKER):
            return await self._rows.of(team).count("announcements.lately", lately)

    async def sent(self, team: str, row_ids: Sequence[str]) -> None:
        """Note that these were sent; see the port."""
        where: Document = {"_id": {"$in": [_id(team, row_id) for row_id in row_ids]}}
        with within(WORKER):
            await self._rows.of(team).update_all(
                "announcements.sent", where, [{"$set": {"state": _SENT, "at": "$$NOW"}}]
            )


def _id(team: str, row_id: str) -> str:
    return f"{team}|{row_id}"

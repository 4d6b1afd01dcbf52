"""Marks on MongoDB: a small document each, forgotten by a TTL index."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pymongo.errors import DuplicateKeyError

from storage.client import Database
from storage.operations import REQUEST, within
from tasks.ports import Marks


class MongoMarks(Marks):
    """Documents in `marks`."""

    def __init__(self, database: Database) -> None:
        self._marks = database.tenants("marks")

    async def set(self, team: str, name: str, *, lasts: timedelta) -> bool:
        """Set a mark; see the port."""
        mark = {
            "_id": f"{team}|{name}",
            "team_id": team,
            "expires_at": datetime.now(UTC) + lasts,  # some minutes more or less do not matter
        }
        with within(REQUEST):
            try:
                await self._marks.of(team).insert_one("marks.set", mark)
            except DuplicateKeyError:
                return False
        return True

"""Columns on MongoDB."""

from __future__ import annotations

from collections.abc import Mapping

from storage.client import Database
from storage.codec import Document
from storage.operations import WORKER, within
from tasks.ports import Columns


class MongoColumns(Columns):
    """One document per team and database in `columns`."""

    def __init__(self, database: Database) -> None:
        self._columns = database.tenants("columns")

    async def load(self, team: str, database: str) -> Mapping[str, str] | None:
        """Return column ids by field; see the port."""
        with within(WORKER):
            found = await self._columns.of(team).find_one("columns.load", _where(team, database))
        return None if found is None else dict(found["columns"])

    async def save(self, team: str, database: str, columns: Mapping[str, str]) -> None:
        """Keep them; see the port."""
        kept: Document = {
            "team_id": {"$literal": team},
            "columns": {"$literal": dict(columns)},
            "saved_at": "$$NOW",
        }
        with within(WORKER):
            await self._columns.of(team).find_one_and_update(
                "columns.save", _where(team, database), [{"$set": kept}], upsert=True
            )


def _where(team: str, database: str) -> Document:
    return {"_id": f"{team}|{database}"}

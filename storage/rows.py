"""RowBook on MongoDB: the rows of a team's tasks, in the tasks' own documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from storage import notices
from storage.client import Database
from storage.codec import Document, decode_row
from storage.follower import rechecked
from storage.operations import WORKER, Patience, within
from tasks.model import SyncState
from tasks.ports import KnownRow, Row, RowBook

HAS_ROW: Document = {"notion.page_id": {"$gt": ""}}
"""The words of the partial index."""
ALL_OF_A_TEAM = Patience(each_seconds=600.0, whole_seconds=600.0, tries=1)
"""Every task of a team is written; nobody waits for it."""
_NOT_GONE: Document = {"notion.state": {"$ne": SyncState.GONE.value}}
_EXPECTED: Document = {
    **HAS_ROW,
    **_NOT_GONE,
    "deleted": {"$ne": True},
    "notion.base.in_trash": {"$ne": True},
}


class MongoRowBook(RowBook):
    """Finds tasks by their rows."""

    def __init__(self, database: Database) -> None:
        self._tasks = database.tenants("tasks")

    async def known(self, team: str, row_ids: Sequence[str]) -> Mapping[str, KnownRow]:
        """Return those of the rows that belong to tasks; see the port."""
        with within(WORKER):
            found = await self._tasks.of(team).find(
                "rows.known",
                {"notion.page_id": {"$in": list(row_ids)}},
                sort=[("notion.page_id", 1)],
                limit=max(1, len(row_ids)),
                projection={"notion": 1},
            )
        return {one["notion"]["page_id"]: _known(one["notion"]) for one in found}

    async def number_of(self, team: str, row_id: str) -> int | None:
        """Return the number of a row's task; see the port."""
        with within(WORKER):
            found = await self._tasks.of(team).find_one(
                "rows.number_of", {"notion.page_id": row_id}, projection={"number": 1}
            )
        return None if found is None else int(found["number"])

    async def by_key(self, team: str, task_id: str) -> Row | None:
        """Return the row of a task; see the port."""
        with within(WORKER):
            found = await self._tasks.of(team).find_one(
                "rows.by_key", {"_id": task_id}, projection={"notion": 1}
            )
        return None if found is None else decode_row(found.get("notion") or {})

    async def meet(self, team: str, row_ids: Sequence[str], *, sweep: int) -> None:
        """Note that a sweep has met these rows; see the port."""
        where = {"notion.page_id": {"$in": list(row_ids)}}
        with within(WORKER):
            await self._tasks.of(team).update_all(
                "rows.meet", where, [{"$set": {"notion.met_by": sweep}}]
            )

    async def missed(self, team: str, *, sweep: int, limit: int) -> tuple[str, ...]:
        """Return rows that the sweep has not met; see the port."""
        with within(WORKER):
            found = await self._tasks.of(team).find(
                "rows.missed",
                {**_EXPECTED, "notion.met_by": {"$ne": sweep}},
                sort=[("notion.page_id", 1)],
                limit=limit,
                projection={"notion.page_id": 1},
            )
        return tuple(one["notion"]["page_id"] for one in found)

    async def expected(self, team: str) -> int:
        """Return how many rows should be there; see the port."""
        with within(WORKER):
            return await self._tasks.of(team).count("rows.expected", _EXPECTED)

    async def recheck(self, team: str, *, anew: bool = False) -> None:
        """Make every task due; see the port."""
        with within(ALL_OF_A_TEAM):
            await self._tasks.of(team).update_all(
                "rows.recheck",
                {} if anew else _NOT_GONE,
                notices.before(rechecked(anew=anew), notices.IS_ASIDE),
            )


def _known(block: Document) -> KnownRow:
    return KnownRow(row=decode_row(block), is_gone=block.get("state") == SyncState.GONE.value)

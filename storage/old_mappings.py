"""Removes mappings of columns that a team has replaced, once nobody can be working by them."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from storage.client import Database
from storage.codec import LONG_AGO, Document
from storage.operations import WORKER, within

KEPT_FOR = timedelta(days=30)
_BATCH = 500


class OldMappings:
    """Documents in `columns` beside the one that the team's choice names."""

    def __init__(self, database: Database) -> None:
        self._all = database.across_tenants("columns")
        self._columns = database.tenants("columns")
        self._choices = database.tenants("choices")

    async def drain(self) -> int:
        """Remove all that is due; return how many. A team that has chosen nothing keeps its own."""
        done, known = 0, defaultdict[str, int](int)
        after = ""
        while batch := await self._next(after):
            for one in batch:
                known[one["team_id"]] += 1
            after = batch[-1]["_id"]
        for team in (team for team, count in known.items() if count > 1):
            done += await self._clean(team)
        return done

    async def _next(self, after: str) -> list[Document]:
        with within(WORKER):
            return await self._all.find(
                "columns.all",
                {"_id": {"$gt": after}},
                sort=[("_id", 1)],
                limit=_BATCH,
                projection={"team_id": 1},
            )

    async def _clean(self, team: str) -> int:
        with within(WORKER):
            choice = await self._choices.of(team).find_one("columns.choice", {"_id": team})
            if choice is None or not choice.get("mapping"):
                return 0
            current = f"{team}|{choice['database']}#{choice['mapping']}"
            age = {"$subtract": ["$$NOW", {"$ifNull": ["$saved_at", LONG_AGO]}]}
            is_old = {"$gt": [age, KEPT_FOR // timedelta(milliseconds=1)]}
            return await self._columns.of(team).delete_all(
                "columns.remove",
                {"_id": {"$gt": f"{team}|", "$lt": f"{team}}}", "$ne": current}, "$expr": is_old},
            )

"""Confined on MongoDB: one small question to a small index, every few seconds, for all teams."""

from __future__ import annotations

from typing import ClassVar

from storage.client import Database
from storage.collections import Pipeline
from storage.operations import WORKER, within
from tasks.ports import Confined

REFRESH_SECONDS = 10.0
"""How long another instance's first private task of a workspace can stay hidden from lists."""


class MongoConfined(Confined):
    """Remembers the teams; before the first `refresh` there are none, so nothing is shown."""

    PIPELINE: ClassVar[Pipeline] = [
        {"$match": {"team_id": {"$gt": ""}, "members_only": True}},
        {"$sort": {"team_id": 1}},  # so that each team costs one look at the index
        {"$group": {"_id": "$team_id", "first": {"$first": "$team_id"}}},
    ]

    def __init__(self, database: Database) -> None:
        self._tasks = database.across_tenants("tasks")
        self._noted: set[str] = set()

    def has_any(self, team: str) -> bool:
        """Tell it from memory; see the port."""
        return team in self._noted

    def note(self, team: str) -> None:
        """Take in that there is one now."""
        self._noted.add(team)

    async def refresh(self) -> None:
        """Ask which teams have any. StoreError."""
        with within(WORKER):
            found = await self._tasks.aggregate(
                "confined.teams",
                self.PIPELINE,
            )
        self._noted.update(team["_id"] for team in found)

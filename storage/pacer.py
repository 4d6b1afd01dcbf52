"""Pacer on MongoDB: when the next message may go to a channel, by the database's clock."""

from __future__ import annotations

from datetime import timedelta

from pymongo.errors import DuplicateKeyError

from storage.client import Database
from storage.codec import Document
from storage.follower import later
from storage.operations import WORKER, within
from tasks.ports import Pacer

SPACING = timedelta(milliseconds=1100)
"""Slack takes about one message per second and channel; a little more, as two can bunch up."""
EDITS_SPACING = timedelta(milliseconds=1500)
EDITS_BURST = 10
"""Of what Slack takes 50 times a minute and workspace: ten at once, then one every 1.5 s."""
_MS = timedelta(milliseconds=1)


class MongoPacer(Pacer):
    """One document per channel in `paces`."""

    def __init__(self, database: Database, *, spacing: timedelta = SPACING, burst: int = 1) -> None:
        """Let one go every `spacing`, and up to `burst` at once after a rest."""
        self._paces = database.tenants("paces")
        self._spacing = spacing
        self._slack = spacing * (burst - 1)

    async def wait(self, team: str, channel: str) -> timedelta:
        """Take the next moment, or say how long to wait; see the port."""
        next_at = {"$ifNull": ["$next_at", "$$NOW"]}
        left = {"$subtract": [next_at, later(self._slack)]}
        spent = {"$add": [{"$max": ["$next_at", "$$NOW"]}, self._spacing // _MS]}
        taken: list[Document] = [
            {"$set": {"team_id": {"$literal": team}, "left": {"$max": [0, left]}}},
            {"$set": {"next_at": {"$cond": [{"$eq": ["$left", 0]}, spent, "$next_at"]}}},
        ]
        found = await self._update("paces.wait", team, channel, taken)
        return self._spacing if found is None else int(found["left"]) * _MS

    async def hold(self, team: str, channel: str, *, wait: timedelta) -> None:
        """Let nobody post for a while; see the port."""
        held = {
            "team_id": {"$literal": team},
            "next_at": {"$max": ["$next_at", later(wait + self._slack)]},
        }
        await self._update("paces.hold", team, channel, [{"$set": held}])

    async def _update(
        self, name: str, team: str, channel: str, update: list[Document]
    ) -> Document | None:
        with within(WORKER):
            for _ in range(2):
                try:
                    return await self._paces.of(team).find_one_and_update(
                        name, {"_id": f"{team}|{channel}"}, update, upsert=True
                    )
                except DuplicateKeyError:
                    continue  # another made the document at the same moment
        return None

"""ChannelSettings on MongoDB: one small document per channel that has ever switched something."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pymongo.errors import DuplicateKeyError

from storage.client import Database
from storage.codec import Document
from storage.operations import REQUEST, within
from tasks.errors import NotSaved
from tasks.model import PersonId
from tasks.ports import ChannelSettings, Feature

_KNOWN = {feature.value for feature in Feature}


class MongoChannelSettings(ChannelSettings):
    """Since when each feature is on, in `channels`."""

    def __init__(self, database: Database) -> None:
        self._channels = database.tenants("channels")

    async def of(self, team: str, channel: str) -> Mapping[Feature, datetime]:
        """Return what is on; see the port."""
        with within(REQUEST):
            found = await self._channels.of(team).find_one("channels.of", _where(team, channel))
        kept: Document = (found or {}).get("on") or {}
        return {Feature(name): since for name, since in kept.items() if name in _KNOWN}

    async def switch(
        self, team: str, channel: str, wanted: Mapping[Feature, bool], *, by: PersonId
    ) -> None:
        """Switch what is named; see the port."""
        switched = {
            f"on.{feature.value}": (
                {"$ifNull": [f"$on.{feature.value}", "$$NOW"]} if is_on else "$$REMOVE"
            )
            for feature, is_on in wanted.items()
        }
        kept: Document = {
            "team_id": {"$literal": team},
            "channel": {"$literal": channel},
            "by": {"$literal": by},
            "at": "$$NOW",
            **switched,
        }
        with within(REQUEST):
            for _ in range(2):
                try:
                    await self._channels.of(team).find_one_and_update(
                        "channels.switch", _where(team, channel), [{"$set": kept}], upsert=True
                    )
                except DuplicateKeyError:
                    continue  # another made the document at the same moment
                return
        raise NotSaved


def _where(team: str, channel: str) -> Document:
    return {"_id": f"{team}|{channel}"}

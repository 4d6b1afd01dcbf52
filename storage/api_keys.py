"""ApiKeys in MongoDB: one small document per key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from storage.client import Database
from storage.codec import Document, to_milliseconds
from storage.operations import REQUEST, WORKER, within
from tasks.api_keys import ApiKey, Role
from tasks.ports import ApiKeys

COLLECTION = "api_keys"
KEYS_MAX = 1000
"""Most keys of one team that are listed."""

_MINUTE = timedelta(minutes=1)


class MongoApiKeys(ApiKeys):
    """The keys of all teams."""

    def __init__(self, database: Database) -> None:
        self._all = database.across_tenants(COLLECTION)
        self._tenants = database.tenants(COLLECTION)

    async def find(self, key_id: str) -> ApiKey | None:
        """Return a key by its id; see the port."""
        # The one question without a team: its answer is what tells the team.
        with within(REQUEST):
            found = await self._all.find_one("api_keys.find", {"_id": key_id})
        return None if found is None else from_document(found)

    async def add(self, key: ApiKey) -> None:
        """Keep a new key; see the port."""
        with within(REQUEST):
            await self._tenants.of(key.team).insert_one("api_keys.add", to_document(key))

    async def of(self, team: str) -> tuple[ApiKey, ...]:
        """Return a team's keys; see the port."""
        with within(REQUEST):
            found = await self._tenants.of(team).find(
                "api_keys.list", {}, sort=[("created_at", 1), ("_id", 1)], limit=KEYS_MAX
            )
        return tuple(map(from_document, found))

    async def expire(self, team: str, key_id: str, *, at: datetime) -> ApiKey | None:
        """Let a key end; see the port."""
        end = to_milliseconds(at)
        earliest = {"$min": [{"$ifNull": ["$expires_at", end]}, end]}
        with within(REQUEST):
            found = await self._tenants.of(team).find_one_and_update(
                "api_keys.expire", {"_id": key_id}, [{"$set": {"expires_at": earliest}}]
            )
        return None if found is None else from_document(found)

    async def used(self, key: ApiKey, *, at: datetime) -> None:
        """Remember a use; see the port."""
        at = to_milliseconds(at)
        # Judged here and not by the caller: of many instances one writes.
        not_lately = {"$or": [{"last_used_at": None}, {"last_used_at": {"$lte": at - _MINUTE}}]}
        with within(WORKER):
            await self._tenants.of(key.team).update_one(
                "api_keys.used", {"_id": key.id, **not_lately}, [{"$set": {"last_used_at": at}}]
            )


def to_document(key: ApiKey) -> Document:
    """Return the document of a key."""
    return {
        "_id": key.id,
        "team_id": key.team,
        "role": key.role.value,
        "name": key.name,
        "digest": key.digest,
        "created_at": to_milliseconds(key.created_at),
        "last_used_at": key.last_used_at and to_milliseconds(key.last_used_at),
        "expires_at": key.expires_at and to_milliseconds(key.expires_at),
    }


def from_document(document: Mapping[str, Any]) -> ApiKey:
    """Return the key of a document."""
    return ApiKey(
        id=document["_id"],
        team=document["team_id"],
        role=Role(document["role"]),
        name=document["name"],
        digest=document["digest"],
        created_at=document["created_at"],
        last_used_at=document.get("last_used_at"),
        expires_at=document.get("expires_at"),
    )

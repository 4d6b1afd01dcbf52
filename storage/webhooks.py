"""What the other side's webhooks leave: ids of events, and the token they are signed with."""

from __future__ import annotations

from datetime import timedelta

from pymongo.errors import DuplicateKeyError

from storage.client import Database
from storage.codec import Document
from storage.operations import REQUEST, WORKER, within
from storage.sealing import KeyRing
from tasks.ports import Deliveries, VerificationTokens

KEPT_FOR = timedelta(hours=72)
"""Notion's eight attempts are spread over a day; ids older than 48 h need not be known."""
_TOKEN = {"_id": "notion"}
BOUND_TO = "webhook|notion|verification_token"


class MongoDeliveries(Deliveries):
    """One document per event in `deliveries`, forgotten by an index that expires."""

    def __init__(self, database: Database) -> None:
        self._deliveries = database.across_tenants("deliveries")

    async def seen(self, event_id: str) -> bool:
        """Tell whether it was received before; see the port."""
        with within(REQUEST):
            found = await self._deliveries.find_one("deliveries.seen", {"_id": event_id})
        return found is not None

    async def remember(self, event_id: str) -> None:
        """Keep its id; see the port."""
        with within(REQUEST):
            try:
                await self._deliveries.update_one(
                    "deliveries.remember",
                    {"_id": event_id},
                    [{"$set": {"at": {"$ifNull": ["$at", "$$NOW"]}}}],
                    upsert=True,
                )
            except DuplicateKeyError:
                return  # another copy came at the same moment


class MongoVerificationTokens(VerificationTokens):
    """One sealed token in `webhooks`: the subscription is of the whole installation."""

    def __init__(self, database: Database, *, keys: KeyRing) -> None:
        self._webhooks = database.across_tenants("webhooks")
        self._keys = keys

    async def load(self) -> str | None:
        """Return the token; see the port."""
        with within(REQUEST):
            found = await self._webhooks.find_one("webhooks.load", _TOKEN)
        return None if found is None else self._keys.open(found["token"], bound_to=BOUND_TO)

    async def offer(self, token: str) -> bool:
        """Keep it unless a verified one is kept; see the port."""
        sealed = self._keys.seal(token, bound_to=BOUND_TO)
        with within(REQUEST):
            try:
                await self._webhooks.replace_one(
                    "webhooks.offer",
                    {**_TOKEN, "verified": {"$ne": True}},
                    {**_TOKEN, "token": sealed},
                )
            except DuplicateKeyError:
                return False  # there is a verified one
        return True

    async def verified(self) -> None:
        """Note that a request was signed with it; see the port."""
        noted: list[Document] = [{"$set": {"verified": True}}]
        with within(WORKER):
            await self._webhooks.update_one("webhooks.verified", _TOKEN, noted)

    async def forget(self) -> None:
        """Drop the token; see the port."""
        with within(WORKER):
            await self._webhooks.delete_one("webhooks.forget", _TOKEN)

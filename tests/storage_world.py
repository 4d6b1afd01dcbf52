"""The storage ports over memory or over a real mongod, so that one test speaks to both."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias

from pymongo import MongoClient
from pymongo.database import Database as SyncDatabase

from storage.client import Database, Driver, connect
from storage.codec import Document
from storage.indexes import ensure_indexes
from storage.sealing import KeyRing
from storage.stores import Stores, open_stores
from tasks.ports import (
    Announcements,
    Attention,
    Budget,
    ChannelSettings,
    Choices,
    Columns,
    Copies,
    Deletions,
    Deliveries,
    Inbox,
    Installations,
    Lane,
    Pacer,
    Places,
    RowBook,
    SyncQueue,
    TaskStore,
    Threads,
    Turns,
    VerificationTokens,
)
from tests.fakes.clock import FakeClock
from tests.fakes.stores import MemoryStores, memory_stores

REQUESTS_PER_MINUTE = 20
KEYS = KeyRing([b"k" * 32])

_BLOCK_INSTANTS = (
    *("pending_since", "next_attempt_at", "lease_until", "claimed_at", "not_before"),
    *("pushed_at", "last_sent_at"),
)
_NOTICES_INSTANTS = (*("pending_since", "next_attempt_at", "lease_until", "claimed_at", "told_at"),)
_INSTANTS = {
    "inbox": ("due_at", "since", "claimed_at"),
    "turns": ("due_at", "lease_until"),
    "comment_inbox": ("due_at", "since", "claimed_at"),
    "copies": ("due_at", "lease_until", "claimed_at", "last_sent_at"),
    "threads": ("since", "talked_at"),
    "paces": ("next_at",),
    "deletions": ("at",),
    "announcements": ("at",),
}

RawDatabase: TypeAlias = SyncDatabase[dict[str, Any]]


class World(ABC):
    """Every port of the storage, and time that a test lets pass."""

    tasks: TaskStore
    queue: SyncQueue
    budget: Budget
    columns: Columns
    choices: Choices
    installations: Installations
    rows: RowBook
    inbox: Inbox
    attention: Attention
    deletions: Deletions
    announcements: Announcements
    turns: Turns
    comment_inbox: Inbox
    copies: Copies
    threads: Threads
    channels: ChannelSettings
    pacer: Pacer
    edits: Pacer
    places: Places
    deliveries: Deliveries
    webhook_tokens: VerificationTokens

    def _comments(self, stores: Stores | MemoryStores) -> None:
        self.comment_inbox, self.copies = stores.comment_inbox, stores.copies
        self.threads, self.channels, self.pacer = stores.threads, stores.channels, stores.pacer
        self.edits, self.places = stores.edits, stores.places

    @abstractmethod
    async def elapse(self, by: timedelta) -> None:
        """Let time pass, for leases, pauses and budgets."""

    @abstractmethod
    async def move_history(self) -> None:
        """Let the history worker do what it has to do."""


class MemoryWorld(World):
    """The fakes."""

    def __init__(self) -> None:
        self._clock = FakeClock()
        stores: MemoryStores = memory_stores(
            now=self._clock, requests_per_minute=REQUESTS_PER_MINUTE
        )
        self.tasks, self.queue, self.budget = stores.tasks, stores.queue, stores.budget
        self.columns, self.installations = stores.columns, stores.installations
        self.choices = stores.choices
        self.rows, self.inbox, self.turns = stores.rows, stores.inbox, stores.turns
        self.deletions, self.announcements = stores.deletions, stores.announcements
        self.attention = stores.attention
        self.deliveries, self.webhook_tokens = stores.deliveries, stores.webhook_tokens
        self._comments(stores)

    async def elapse(self, by: timedelta) -> None:
        self._clock.advance(by)

    async def move_history(self) -> None:
        """Memory has room for all changes."""


class MongoWorld(World):
    """The adapters, over a database of this test alone."""

    def __init__(self, database: Database, stores: Stores, raw: RawDatabase) -> None:
        self.database = database
        self.stores = stores
        self.raw = raw
        """The same database through a synchronous client, to peek."""
        self.tasks, self.queue, self.budget = stores.tasks, stores.queue, stores.budget
        self.columns, self.choices = stores.columns, stores.choices
        assert stores.installations is not None
        self.installations = stores.installations
        self.rows, self.inbox, self.turns = stores.rows, stores.inbox, stores.turns
        self.deletions, self.announcements = stores.deletions, stores.announcements
        self.attention = stores.attention
        self.deliveries = stores.deliveries
        self._comments(stores)
        assert stores.webhook_tokens is not None
        self.webhook_tokens = stores.webhook_tokens

    async def elapse(self, by: timedelta) -> None:
        """Move all that the database's clock is compared with into the past."""
        ms = by // timedelta(milliseconds=1)
        shifted = {f"notion.{name}": _earlier(f"$notion.{name}", ms) for name in _BLOCK_INSTANTS}
        self.raw.tasks.update_many({}, [{"$set": shifted}])
        told = {f"notices.{name}": _earlier(f"$notices.{name}", ms) for name in _NOTICES_INSTANTS}
        sent = {"last_sent_at": {"$subtract": ["$$this.last_sent_at", ms]}}
        places = {"$map": {"input": "$places", "in": {"$mergeObjects": ["$$this", sent]}}}
        has_places = {"places": {"$exists": True}}
        self.raw.tasks.update_many(has_places, [{"$set": told | {"places": places}}])
        for kept, names in _INSTANTS.items():
            moved = {name: _earlier(f"${name}", ms) for name in names}
            self.raw[kept].update_many({}, [{"$set": moved}])
        marked = {"echo.at": {"$exists": True}}
        self.raw.tasks.update_many(marked, [{"$set": {"echo.at": _earlier("$echo.at", ms)}}])
        spent = {"$map": {"input": "$spent", "in": {"$subtract": ["$$this", ms]}}}
        paused = _earlier("$blocked_until", ms)
        self.raw.budgets.update_many({}, [{"$set": {"spent": spent, "blocked_until": paused}}])
        for name in ("learnt_at", *(f"pace.{lane.value}" for lane in Lane)):
            self.raw.budgets.update_many({name: {"$exists": True}}, {"$inc": {name: -ms}})

    async def move_history(self) -> None:
        await self.stores.history.drain()


def _earlier(field: str, ms: int) -> Document:
    is_instant = {"$eq": [{"$type": field}, "date"]}
    return {"$cond": [is_instant, {"$subtract": [field, ms]}, "$$REMOVE"]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """Where a world lives: a driver and its database, or memory."""

    driver: Driver | None
    uri: str = ""
    name: str = ""


@asynccontextmanager
async def open_mongo(backend: Backend) -> AsyncIterator[MongoWorld]:
    """Open the adapters over a database with its indexes."""
    assert backend.driver is not None
    raw = MongoClient[dict[str, Any]](backend.uri, tz_aware=True)
    async with connect(backend.uri, database=backend.name, driver=backend.driver) as database:
        await ensure_indexes(database)
        stores = open_stores(database, requests_per_minute=REQUESTS_PER_MINUTE, keys=KEYS)
        with raw:
            yield MongoWorld(database, stores, raw[backend.name])


BACKENDS: Sequence[str] = ("memory", *Driver)

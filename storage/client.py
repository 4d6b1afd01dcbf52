"""The client of the database; the only place that knows which driver runs.

Everything else is written to what PyMongo's asynchronous API and Motor share.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any, TypeVar, cast

import pymongo.lock
from bson.codec_options import CodecOptions
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import ConfigurationError, InvalidName
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from storage.codec import Document
from storage.collections import Collection, TenantCollection
from storage.operations import REQUEST, Observe, Operations, within
from tasks.errors import NotSaved

T = TypeVar("T")


async def _wait_for(waiting: Awaitable[T], timeout: float | None) -> T:  # noqa: ASYNC109  # asyncio's own signature
    """Wait as `asyncio.wait_for` does from Python 3.12 on, in the task that asks."""
    async with asyncio.timeout(timeout):
        return await waiting


if sys.version_info < (3, 12):
    # There it waits in a task of its own. Whoever is cancelled twice while the pool is full leaves
    # that task behind, which takes the pool's lock and never gives it back: all that asks the
    # database later hangs, and cannot be cancelled.
    pymongo.lock.wait_for = _wait_for  # type: ignore[assignment, attr-defined]  # for awaitables alone

_OPTIONS: dict[str, Any] = {
    "w": "majority",
    "retryWrites": True,
    "retryReads": True,
    "serverSelectionTimeoutMS": 2000,
    "connectTimeoutMS": 2000,
    "maxIdleTimeMS": 60_000,  # what a stall has opened is closed again, and its memory freed
    "appname": "taskbridge",
}
PREPARED_SECONDS = 1.5
_CODEC: CodecOptions[Document] = CodecOptions(tz_aware=True)
"""In UTC, as all are stored: to ask for a zone, even that one, doubles what an instant costs."""
_MAJORITY = WriteConcern("majority")
_PRIMARY_ALONE = WriteConcern(1)


class Driver(StrEnum):
    """Which library speaks to the database."""

    PYMONGO = "pymongo"
    MOTOR = "motor"


class BadAddress(ValueError):
    """The address of the database, or its name, cannot be used; the message says why."""


class Database:
    """The database of the bot."""

    def __init__(self, driven: AsyncDatabase[Document], operations: Operations) -> None:
        self._driven = driven
        self._operations = operations
        self.indexed = False
        """Whether every index is there, so that one can be asked for by its name."""
        self._unique = asyncio.Event()

    @property
    def under_way(self) -> int:
        """How many operations wait for an answer: each has a connection, or stands in line."""
        return self._operations.under_way

    @property
    def is_prepared(self) -> bool:
        """Whether a key can be kept only once; before that, nothing new can be saved."""
        return self._unique.is_set()

    def prepared(self) -> None:
        """Note that the unique indexes are there."""
        self._unique.set()

    async def until_prepared(self) -> None:
        """Return once a key can be kept only once. NotSaved: not while a person waits."""
        if self.is_prepared:
            return
        try:
            async with asyncio.timeout(PREPARED_SECONDS):
                await self._unique.wait()
        except TimeoutError as error:
            raise NotSaved from error

    def tenants(self, name: str, *, by_primary_alone: bool = False) -> TenantCollection:
        """Return a collection of tenants' data; writes are a majority's unless told otherwise."""
        concern = _PRIMARY_ALONE if by_primary_alone else _MAJORITY
        return TenantCollection(self._collection(name, concern))

    def across_tenants(self, name: str) -> Collection:
        """Return a collection without the guard: for followers' claims and what is no tenant's."""
        return self._collection(name, _MAJORITY)

    def _collection(self, name: str, concern: WriteConcern) -> Collection:
        driven = self._driven.get_collection(
            name,
            codec_options=_CODEC,
            read_concern=ReadConcern("majority"),
            write_concern=concern,
        )
        return Collection(driven, self._operations)

    async def ping(self) -> None:
        """Return where a primary answers. NotSaved: none does, and nothing can be saved."""
        with within(REQUEST):
            await self._operations.read("ping", lambda: self._driven.command("ping"))


@asynccontextmanager
async def connect(
    uri: str,
    *,
    database: str,
    driver: Driver = Driver.PYMONGO,
    observe: Observe | None = None,
) -> AsyncIterator[Database]:
    """Open a client for as long as the context lasts; it connects when first asked. BadAddress."""
    try:
        client = _client(uri, driver)
        driven = client.get_database(database)
    except (ConfigurationError, InvalidName, ValueError) as error:
        raise BadAddress(str(error)) from error
    try:
        yield Database(driven, Operations(observe))
    finally:
        # Motor's close returns nothing, PyMongo's has to be awaited.
        closing = cast("Any", client.close())
        if closing is not None:
            await closing


def _client(uri: str, driver: Driver) -> AsyncMongoClient[Document]:
    match driver:
        case Driver.PYMONGO:
            return AsyncMongoClient(uri, **_OPTIONS)
        case Driver.MOTOR:
            motor: Any = AsyncIOMotorClient(uri, **_OPTIONS)
            return cast("AsyncMongoClient[Document]", motor)

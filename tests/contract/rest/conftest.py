"""The API over memory, and over a real mongod where it makes a difference."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from storage.client import Driver, connect
from storage.indexes import ensure_indexes
from storage.tasks import MongoTaskStore
from tests.contract.rest.world import RestWorld, in_memory, serving


@pytest.fixture
async def rest() -> AsyncIterator[RestWorld]:
    """Serve tasks in memory."""
    async with serving(in_memory()) as world:
        yield world


@pytest.fixture(params=["memory", Driver.PYMONGO, Driver.MOTOR])
def backend(request: pytest.FixtureRequest) -> tuple[str, str, str]:
    """Say where tasks live; asked for first, so that mongod starts outside the test's loop."""
    if request.param == "memory":
        return "memory", "", ""
    return (
        request.param,
        request.getfixturevalue("mongo_uri"),
        request.getfixturevalue("mongo_database"),
    )


@pytest.fixture
async def anywhere(backend: tuple[str, str, str]) -> AsyncIterator[RestWorld]:
    """Serve tasks in memory, and in MongoDB through both drivers."""
    driver, uri, name = backend
    if driver == "memory":
        async with serving(in_memory()) as world:
            yield world
        return
    async with connect(uri, database=name, driver=Driver(driver)) as database:
        await ensure_indexes(database)
        async with serving(RestWorld(MongoTaskStore(database), None)) as world:
            yield world

"""One suite, three backends: memory, mongod through PyMongo, mongod through Motor."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from storage.client import Driver
from tests.storage_world import BACKENDS, Backend, MemoryWorld, MongoWorld, World, open_mongo


def _mongo(request: pytest.FixtureRequest, driver: str) -> Backend:
    return Backend(
        driver=Driver(driver),
        uri=request.getfixturevalue("mongo_uri"),
        name=request.getfixturevalue("mongo_database"),
    )


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> Backend:
    """Say where the world lives; asked for first, so that mongod starts outside the test's loop."""
    return Backend(driver=None) if request.param == "memory" else _mongo(request, request.param)


@pytest.fixture
async def world(backend: Backend) -> AsyncIterator[World]:
    """Give every port, over memory and both drivers."""
    if backend.driver is None:
        yield MemoryWorld()
        return
    async with open_mongo(backend) as opened:
        yield opened


@pytest.fixture(params=list(Driver))
def mongo_backend(request: pytest.FixtureRequest) -> Backend:
    """Say through which driver."""
    return _mongo(request, request.param)


@pytest.fixture
async def mongo(mongo_backend: Backend) -> AsyncIterator[MongoWorld]:
    """Give the adapters over both drivers, for what only they have."""
    async with open_mongo(mongo_backend) as opened:
        yield opened

"""One real mongod for the whole test run, and a fresh database name for each test."""

import logging
import os
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import pytest_asyncio
from pymongo import MongoClient

from bot.embedded import EmbeddedMongod, embedded_mongod

_MEMORY = "/dev/shm"  # noqa: S108  # nobody else looks for what is in it
TEST_OPTIONS = (
    *("--setParameter", "enableTestCommands=1"),  # failpoints: slow and failing commands
    # A dropped database leaves its files, seventy of them, open until no snapshot and no checkpoint
    # has it: after five minutes, unless told. Three hundred tests of that are too many open files.
    *("--setParameter", "minSnapshotHistoryWindowInSeconds=0", "--syncdelay", "5"),
)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def mongod() -> AsyncIterator[EmbeddedMongod]:
    """Give the mongod of this test run, its data in memory where the system has a place there.

    Each test's indexes are files, which a disk takes longer to make than the test to run.
    """
    log = logging.getLogger("tests.mongod")
    with TemporaryDirectory(dir=_MEMORY if os.access(_MEMORY, os.W_OK) else None) as directory:
        data_dir = Path(directory) / "data"
        async with embedded_mongod(data_dir, log=log, options=TEST_OPTIONS) as running:
            yield running


@pytest.fixture
def mongo_uri(mongod: EmbeddedMongod) -> str:
    """Give the URI of the test run's mongod: loopback, direct, a writable primary."""
    return mongod.uri


@pytest.fixture
def mongo_database(mongo_uri: str) -> Iterator[str]:
    """Give the name of a database of this test alone, dropped afterwards."""
    name = f"test_{uuid.uuid4().hex}"
    yield name
    with MongoClient[dict[str, Any]](mongo_uri, serverSelectionTimeoutMS=5000) as client:
        client.drop_database(name)

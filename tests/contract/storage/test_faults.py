"""Faults of a real mongod, as the ports report them; both drivers."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.embedded import EmbeddedMongod
from storage.client import BadAddress, Driver, connect
from storage.operations import REQUEST, within
from storage.stores import open_stores
from tasks.errors import NotSaved, OutcomeUnknown
from tasks.model import Field, Status
from tasks.patch import Patch
from tests import make
from tests.storage_world import MongoWorld

# A client that is closed while its monitors connect leaves them to the collector to close.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
)

DONE = Patch.of({Field.STATUS: Status.DONE})
SLACK_SECONDS = 3.0
"""What Slack waits; the promise is an answer before."""
STALL_MS = 1200
"""Longer than one try."""


@contextmanager
def failing(mongo: MongoWorld, *commands: str, times: int, **how: object) -> Iterator[None]:
    """Let the bot's next commands of these names fail."""
    admin = mongo.raw.client.admin
    data = {"failCommands": list(commands), "appName": "taskbridge", **how}
    admin.command("configureFailPoint", "failCommand", mode={"times": times}, data=data)
    try:
        yield
    finally:
        admin.command("configureFailPoint", "failCommand", mode="off")


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """Let a process hang."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    """Collect what a client left, here and not in the next test."""
    yield
    gc.collect()


@pytest.fixture
def mongod_pid(request: pytest.FixtureRequest) -> int:
    """Give the process that the test may let hang; asked for before the test's loop runs."""
    mongod: EmbeddedMongod = request.getfixturevalue("mongod")
    return mongod.pid


async def test_p5_a_stall_of_four_seconds_is_answered_in_time_and_not_guessed(
    mongo: MongoWorld,
) -> None:
    task = (await mongo.tasks.add(make.task(), key="add")).task
    order = make.order(task, DONE)
    with failing(mongo, "findAndModify", times=2, blockConnection=True, blockTimeMS=4000):
        async with asyncio.timeout(SLACK_SECONDS):
            with pytest.raises(OutcomeUnknown):
                await mongo.tasks.change(order)
    truth = await mongo.tasks.change(order)
    assert truth.task.status is Status.DONE
    assert truth.task.rev == 2


async def test_p2_a_stalled_addition_and_its_repetition_make_one_task(mongo: MongoWorld) -> None:
    with failing(mongo, "insert", times=2, blockConnection=True, blockTimeMS=STALL_MS):
        async with asyncio.timeout(SLACK_SECONDS):
            with pytest.raises(OutcomeUnknown):
                await mongo.tasks.add(make.task(), key="add")
    await mongo.tasks.add(make.task(), key="add")
    assert mongo.raw.tasks.count_documents({}) == 1


async def test_a_stalled_counter_saved_nothing_for_sure(mongo: MongoWorld) -> None:
    with failing(mongo, "findAndModify", times=2, blockConnection=True, blockTimeMS=STALL_MS):
        async with asyncio.timeout(SLACK_SECONDS):
            with pytest.raises(NotSaved):
                await mongo.tasks.add(make.task(), key="add")
    assert mongo.raw.tasks.count_documents({}) == 0


async def test_a_stalled_read_changed_nothing_for_sure(mongo: MongoWorld) -> None:
    with failing(mongo, "find", times=2, blockConnection=True, blockTimeMS=STALL_MS):
        async with asyncio.timeout(SLACK_SECONDS):
            with pytest.raises(NotSaved):
                await mongo.tasks.get("T1", 1)


async def test_two_connections_closed_in_a_row_are_not_noticed(mongo: MongoWorld) -> None:
    task = (await mongo.tasks.add(make.task(), key="add")).task
    with failing(mongo, "findAndModify", times=2, closeConnection=True):
        saved = await mongo.tasks.change(make.order(task, DONE))
    assert (saved.changed, saved.repeated, saved.task.rev) == (True, False, 2)


async def test_a_write_that_happened_without_its_majority_is_found_by_its_key(
    mongo: MongoWorld,
) -> None:
    lost = {"writeConcernError": {"code": 64, "errmsg": "waiting for replication timed out"}}
    task = make.task()
    with failing(mongo, "insert", times=1, **lost):
        saved = await mongo.tasks.add(task, key="add")
    assert (saved.task.id, saved.repeated) == (task.id, False)
    with failing(mongo, "findAndModify", times=1, **lost):
        done = await mongo.tasks.change(make.order(saved.task, DONE))
    assert (done.repeated, done.task.rev, done.task.status) == (True, 2, Status.DONE)


async def test_a_database_that_refuses_saved_nothing(mongo: MongoWorld) -> None:
    with failing(mongo, "insert", times=1, errorCode=13), pytest.raises(NotSaved):
        await mongo.tasks.add(make.task(), key="add")
    assert mongo.raw.tasks.count_documents({}) == 0


async def test_p5_a_hanging_mongod_is_answered_in_time(mongo: MongoWorld, mongod_pid: int) -> None:
    task = (await mongo.tasks.add(make.task(), key="add")).task
    order = make.order(task, DONE)
    with stopped(mongod_pid):
        async with asyncio.timeout(SLACK_SECONDS):
            with pytest.raises(OutcomeUnknown):
                await mongo.tasks.change(order)
        async with asyncio.timeout(SLACK_SECONDS):
            with pytest.raises(NotSaved):
                await mongo.database.ping()
    assert (await mongo.tasks.change(order)).task.rev == 2


async def test_one_request_has_one_deadline_however_much_it_asks(mongo: MongoWorld) -> None:
    with failing(mongo, "find", times=9, blockConnection=True, blockTimeMS=STALL_MS):
        async with asyncio.timeout(SLACK_SECONDS):
            with within(REQUEST):
                for _ in range(4):
                    with pytest.raises(NotSaved):
                        await mongo.tasks.get("T1", 1)


async def test_text_that_cannot_be_stored_is_refused_and_leaks_no_drivers_error(
    mongo: MongoWorld,
) -> None:
    with pytest.raises(NotSaved):
        await mongo.tasks.add(make.task(channel="\ud800"), key="add")


@pytest.mark.parametrize("driver", list(Driver))
async def test_a_server_that_was_never_there_saves_nothing_and_says_so_soon(driver: Driver) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and never listening: nobody can be there
        uri = f"mongodb://127.0.0.1:{taken.getsockname()[1]}/?directConnection=true"
        async with connect(uri, database="nowhere", driver=driver) as database:
            stores = open_stores(database, requests_per_minute=10)
            async with asyncio.timeout(SLACK_SECONDS):
                with pytest.raises(NotSaved):
                    await stores.tasks.change(make.order(make.task(), DONE))
            async with asyncio.timeout(SLACK_SECONDS):
                with pytest.raises(NotSaved):
                    await stores.tasks.add(make.task(), key="add")


@pytest.mark.parametrize("driver", list(Driver))
@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("mongodb://", "db"),
        ("mongodb://127.0.0.1:x", "db"),
        ("mongodb://h", "a b"),
    ],
)
async def test_an_address_that_is_none_is_refused_with_a_reason(
    driver: Driver, uri: str, name: str
) -> None:
    with pytest.raises(BadAddress, match=r"\w+"):
        async with connect(uri, database=name, driver=driver):
            pass

"""The follower over a real mongod: its leases, its budget and its clock are the database's."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from notion_sync import assembly
from notion_sync.assembly import new_followers
from notion_sync.client import NotionClient
from notion_sync.limiter import Limiter
from notion_sync.push import Pusher
from storage.client import Driver
from tasks.commands import AddTask, CompleteTask, DeleteTask, RestoreTask
from tasks.model import SyncState, Task
from tasks.service import TaskService
from tests.contract.notion_sync.tripwire import Killed, Mode, Tripwire, WiredTransport
from tests.contract.notion_sync.world import ALICE, CREATE, TEAM, World, open_world
from tests.storage_world import Backend, MongoWorld, open_mongo


@pytest.fixture(params=list(Driver))
def backend(request: pytest.FixtureRequest) -> Backend:
    """Say through which driver; asked for first, so that mongod starts outside the test's loop."""
    return Backend(
        driver=Driver(request.param),
        uri=request.getfixturevalue("mongo_uri"),
        name=request.getfixturevalue("mongo_database"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Real:
    """A process with its own memory each time a pusher is asked for."""

    notion: World
    mongo: MongoWorld
    tasks: TaskService
    process: Callable[[Tripwire], Pusher]

    async def drain(self, wire: Tripwire | None = None) -> None:
        with suppress(Killed):
            await self.process(wire or Tripwire()).drain()

    async def settle(self) -> None:
        for _ in range(8):
            await self.drain()
            if await self.mongo.queue.next_due() is None:
                return
            await self.mongo.elapse(timedelta(seconds=100))
        pytest.fail("it does not come to rest")

    async def add(self, title: str = "Born") -> Task:
        request = AddTask(team=TEAM, by=ALICE, key=title, title=title)
        return (await self.tasks.add(request)).task


@pytest.fixture
async def real(backend: Backend) -> AsyncIterator[Real]:
    async with open_world() as notion, open_mongo(backend) as mongo:
        opened: list[httpx.AsyncClient] = []
        ids = iter(range(1, 1000))

        def process(wire: Tripwire) -> Pusher:
            http = httpx.AsyncClient(transport=WiredTransport(wire))
            opened.append(http)
            client = NotionClient(
                http=http,
                api_url=notion.url,
                limiter=Limiter(budget=wire.around(mongo.budget), sleep=asyncio.sleep),
                now=lambda: datetime.now(UTC),
                monotonic=notion.clock.monotonic,
            )
            return new_followers(
                assembly.Stores(
                    tasks=wire.around(mongo.tasks),
                    queue=wire.around(mongo.queue),
                    rows=wire.around(mongo.rows),
                    inbox=wire.around(mongo.inbox),
                    deletions=wire.around(mongo.deletions),
                    announcements=wire.around(mongo.announcements),
                    turns=wire.around(mongo.turns),
                    columns=wire.around(mongo.columns),
                    connections=notion.stores.connections,
                ),
                people=notion.stores.people,
                client=client,
                now=lambda: datetime.now(UTC),
                sleep=asyncio.sleep,
                monotonic=notion.clock.monotonic,
                jitter=lambda: 1.0,
                new_id=lambda: f"task-{next(ids)}",
            ).pusher

        service = TaskService(
            store=mongo.tasks,
            now=lambda: datetime.now(UTC),
            new_id=lambda: f"task-{next(ids)}",
        )
        yield Real(notion=notion, mongo=mongo, tasks=service, process=process)
        for http in opened:
            await http.aclose()


async def test_a_task_lives_in_mongodb_and_notion(real: Real) -> None:
    task = await real.add()
    await real.settle()
    row = real.notion.row()
    assert (row.title, row.properties["Status"]) == ("Born", "Not started")
    await real.tasks.complete(CompleteTask(team=TEAM, number=task.number, by=ALICE, key="done"))
    await real.settle()
    assert real.notion.row().properties["Status"] == "Done"
    await real.tasks.delete(DeleteTask(team=TEAM, number=task.number, by=ALICE, key="delete"))
    await real.settle()
    assert real.notion.live() == []
    await real.tasks.restore(RestoreTask(team=TEAM, number=task.number, by=ALICE, key="restore"))
    await real.settle()
    assert real.notion.row().id == row.id
    shown = await real.tasks.get(TEAM, task.number)
    assert (shown.sync.state, shown.sync.url) == (SyncState.SYNCED, real.notion.row().url)
    assert real.notion.calls(CREATE) == 1


@pytest.mark.parametrize("mode", [Mode.KILL_BEFORE, Mode.KILL_AFTER])
async def test_p3_killed_at_any_call_a_new_process_leaves_exactly_one_page(
    real: Real, mode: Mode
) -> None:
    number, fired = 0, True
    while fired:
        number += 1
        await real.add(f"Task {number}")
        wire = Tripwire(at=number, mode=mode)
        await real.drain(wire)
        await real.mongo.elapse(timedelta(minutes=3))
        await real.settle()
        fired = wire.fired
    titles = sorted(row.title for row in real.notion.live())
    assert titles == sorted(f"Task {n}" for n in range(1, number + 1))
    assert number > 8, "a creation takes more calls than that: the wire is cut"


async def test_p3_three_processes_at_once_make_one_page_each(real: Real) -> None:
    for number in range(9):
        await real.add(f"Task {number}")
    await asyncio.gather(*(real.drain() for _ in range(3)))
    await real.settle()
    assert len(real.notion.live()) == real.notion.calls(CREATE) == 9


async def test_the_columns_found_at_first_contact_are_kept(real: Real) -> None:
    await real.add()
    await real.settle()
    kept = await real.mongo.columns.load(TEAM, real.notion.database.database_id)
    assert kept is not None
    assert kept["data_source"] == real.notion.database.data_source_id
    assert {"title", "task_id", "status", "status:done"} <= kept.keys()

"""The follower over real HTTP against the emulator, its stores in memory, on one stopped clock."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from notion_sync import assembly
from notion_sync.assembly import Followers, new_followers
from notion_sync.client import Caller, NotionClient
from notion_sync.limiter import Limiter, Sleep
from notion_sync.observer import Unobserved
from notion_sync.push import Pusher
from playground.notion import Connection as Token
from playground.notion import Fault, NewDatabase, NotionEmulator, Row, Workbench, serving
from tasks.commands import AddTask, DeleteTask, EditTask, RestoreTask
from tasks.model import Actor, Due, Field, Source, Task, Value
from tasks.ports import Columns, Connection, Connections, Lane, Profile, SyncQueue
from tasks.service import TaskService
from tests.contract.notion_sync.tripwire import Tripwire, WiredTransport
from tests.fakes.stores import MemoryStores, memory_stores

TEAM = "T1"
ALICE = Actor(person="U1", source=Source.SLACK)
STEP_SECONDS = 0.1
SCHEMA: dict[str, Any] = {
    "Name": {"title": {}},
    "Status": {"status": {}},
    "Assignees": {"people": {}},
    "Due": {"date": {}},
    "Priority": {"select": {"options": [{"name": "Low"}, {"name": "High"}]}},
    "Tags": {"multi_select": {}},
    "Notes": {"rich_text": {}},
    "Slack": {"url": {}},
    "Task ID": {"rich_text": {}},
    "Other assignees": {"rich_text": {}},
}
CREATE = "POST /v1/pages"
READ = "GET /v1/pages/*"
UPDATE = "PATCH /v1/pages/*"
QUERY = "POST /v1/data_sources/*/query"
SCHEMA_READ = "GET /v1/data_sources/*"


def name_of(value: object) -> str | None:
    """Name a case of a table by its fault."""
    if not isinstance(value, Fault):
        return None
    what = "reset" if value.reset else "truncated" if value.truncated else str(value.status)
    return f"{what}{' html' if value.html else ''}{' saved' if value.saved else ''}"


class Clock:
    """Time that moves only when told; sleeping moves it, in small steps where others go on."""

    def __init__(self, wire: Tripwire) -> None:
        self.seconds = 600.0
        self.wire = wire

    def now(self) -> datetime:
        return datetime(2026, 11, 23, 12, 0, tzinfo=UTC) + timedelta(seconds=self.seconds - 600)

    def monotonic(self) -> float:
        return self.seconds

    def advance(self, **by: float) -> None:
        self.seconds += timedelta(**by).total_seconds()

    async def sleep(self, seconds: float) -> None:
        until, others = self.seconds + seconds, self.wire.interleaving
        while others is not None and self.seconds < until:
            self.seconds = min(until, self.seconds + STEP_SECONDS)
            await others.turn()
        self.seconds = max(until, self.seconds)
        await asyncio.sleep(0)


@dataclass(slots=True)
class Counted(Unobserved):
    """Remembers what the sync tells."""

    jobs: list[str] = field(default_factory=list)
    attempts: list[str] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)
    duplicate_pages: int = 0

    def limited(self, scope: str, *, until: datetime) -> None:
        del until
        self.limits.append(scope)

    def attempted(self, kind: str) -> None:
        self.attempts.append(kind)

    def job(self, result: str) -> None:
        self.jobs.append(result)

    def duplicates(self, count: int) -> None:
        self.duplicate_pages += count


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    clock: Clock
    emulator: NotionEmulator
    notion: Workbench
    token: Token
    database: NewDatabase
    stores: MemoryStores
    tasks: TaskService
    client: NotionClient
    followers: Followers
    observed: Counted
    url: str
    another_process: Callable[..., Followers]

    @property
    def pusher(self) -> Pusher:
        return self.followers.pusher

    def another_pusher(self, **given: Any) -> Pusher:  # noqa: ANN401  # of another_process
        return self.another_process(**given).pusher

    @property
    def connection(self) -> Connection:
        return Connection(team=TEAM, token=self.token.token, database=self.database.database_id)

    @property
    def caller(self) -> Caller:
        return Caller(connection=self.connection)

    def live(self) -> list[Row]:
        return self.notion.live_pages(self.database.data_source_id)

    def row(self) -> Row:
        (row,) = self.live()
        return row

    def calls(self, pattern: str) -> int:
        return len(self.emulator.journal.calls(pattern))

    async def add(
        self,
        title: str = "Book the venue",
        *,
        team: str = TEAM,
        notes: str = "",
        assignees: tuple[str, ...] = (),
        due: Due | None = None,
        tags: tuple[str, ...] = (),
        source: str | None = None,
    ) -> Task:
        request = AddTask(
            team=team,
            by=ALICE,
            key=title,
            title=title,
            notes=notes,
            assignees=assignees,
            due=due,
            tags=tags,
            source=source,
        )
        return (await self.tasks.add(request)).task

    async def edit(self, task: Task, values: Mapping[Field, Value]) -> Task:
        now = await self.tasks.get(TEAM, task.number)
        request = EditTask(
            team=TEAM,
            number=task.number,
            by=ALICE,
            key=f"edit-{now.rev}-{task.number}",
            expected_rev=now.rev,
            values=values,
        )
        return await self._let_settle(self.tasks.edit(request))

    async def delete(self, task: Task) -> Task:
        request = DeleteTask(
            team=TEAM, number=task.number, by=ALICE, key=f"delete-{self.clock.now()}"
        )
        return await self._let_settle(self.tasks.delete(request))

    async def restore(self, task: Task) -> Task:
        request = RestoreTask(
            team=TEAM, number=task.number, by=ALICE, key=f"restore-{self.clock.now()}"
        )
        return await self._let_settle(self.tasks.restore(request))

    async def _let_settle(self, saving: Awaitable[Any]) -> Task:
        task: Task = (await saving).task
        self.clock.advance(seconds=2)  # past the store's debounce
        return task

    async def get(self, task: Task) -> Task:
        return await self.tasks.get(TEAM, task.number)

    async def pull(self, *pages: str, lane: Lane = Lane.WEBHOOK) -> None:
        """Look at these rows as after a hint, by default at all of the table."""
        rows = pages or tuple(row.id for row in self.notion.rows(self.database.data_source_id))
        place = self.database.data_source_id
        await self.stores.inbox.mark(TEAM, rows, lane=lane, place=place)
        await self.look()

    async def look(self) -> None:
        """Work the inbox off."""
        self.clock.advance(seconds=1)
        await self.followers.puller.drain()

    async def go_round(self, *, after: timedelta = timedelta(minutes=2)) -> None:
        """Let polls and sweeps have their turn, and look at what they found."""
        self.clock.advance(seconds=after.total_seconds())
        await self.followers.rounds.once()
        await self.look()

    async def settle(self) -> None:
        """Let both directions work until nothing is left to do."""
        for _ in range(20):
            self.clock.advance(seconds=2)
            if not await self.followers.puller.drain() + await self.pusher.drain():
                return
        raise AssertionError("it does not come to rest")

    async def push(self, *, after: timedelta = timedelta(0)) -> int:
        self.clock.advance(seconds=after.total_seconds())
        return await self.pusher.drain()


@asynccontextmanager
async def open_world(
    *,
    schema: dict[str, Any] | None = None,
    calls_per_window: int | None = 180,
    requests_per_minute: int = 180,
    timeout_seconds: float = 30,
    profiles: Mapping[str, list[Profile]] | None = None,
    wire: Tripwire | None = None,
) -> AsyncIterator[World]:
    wire = wire or Tripwire()
    clock = Clock(wire)
    emulator = NotionEmulator(
        now=clock.now,
        monotonic=clock.monotonic,
        sleep=clock.sleep,
        calls_per_window=calls_per_window,
    )
    notion = emulator.add_workspace("Acme")
    token = notion.connect("Taskbridge")
    database = notion.add_database("Tasks", schema or SCHEMA)
    stores = memory_stores(now=clock.now, requests_per_minute=requests_per_minute)
    stores.people._kept.update(
        {(team, one.person): one for team, people in (profiles or {}).items() for one in people}
    )
    connection = Connection(team=TEAM, token=token.token, database=database.database_id)
    stores.connections.by_team[TEAM] = connection
    observed = Counted()
    ids = iter(range(1, 10_000))
    async with serving(emulator) as url, AsyncExitStack() as lines:

        def another_client() -> NotionClient:
            http = httpx.AsyncClient(transport=WiredTransport(wire))
            lines.push_async_callback(http.aclose)
            return NotionClient(
                http=http,
                api_url=url + "/",
                limiter=Limiter(budget=wire.around(stores.budget), sleep=clock.sleep),
                now=clock.now,
                monotonic=clock.monotonic,
                observer=observed,
                timeout_seconds=timeout_seconds,
            )

        client = another_client()

        def another_process(
            *,
            client: NotionClient | None = None,
            queue: SyncQueue = stores.queue,
            columns: Columns = stores.columns,
            connections: Connections = stores.connections,
            sleep: Sleep = clock.sleep,
            monotonic: Callable[[], float] = clock.monotonic,
        ) -> Followers:
            return new_followers(
                assembly.Stores(
                    tasks=wire.around(stores.tasks),
                    queue=wire.around(queue),
                    rows=wire.around(stores.rows),
                    inbox=wire.around(stores.inbox),
                    deletions=wire.around(stores.deletions),
                    announcements=wire.around(stores.announcements),
                    turns=wire.around(stores.turns),
                    columns=wire.around(columns),
                    connections=wire.around(connections),
                    choices=wire.around(stores.choices),
                ),
                people=stores.people,
                client=client or another_client(),
                now=clock.now,
                sleep=sleep,
                monotonic=monotonic,
                jitter=lambda: 1.0,
                new_id=lambda: f"task-{next(ids)}",
                observer=observed,
            )

        followers = another_process(client=client)
        yield World(
            clock=clock,
            emulator=emulator,
            notion=notion,
            token=token,
            database=database,
            stores=stores,
            tasks=TaskService(
                store=stores.tasks,
                now=clock.now,
                new_id=lambda: f"task-{next(ids)}",
                on_change=followers.pusher.wake,
            ),
            client=client,
            followers=followers,
            observed=observed,
            url=url,
            another_process=another_process,
        )

"""What runs while the sync with Notion is measured: mongod, a Slack, the emulator, the real bot."""

from __future__ import annotations

import contextlib
import logging
import secrets
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.fleet import DATABASE, slack_stub
from benchmarks.population import Member
from benchmarks.process import Running, free_port, running
from benchmarks.requests import SlackSigner
from benchmarks.yardstick import SECRET
from bot.embedded import embedded_mongod
from notion_sync.columns import COLUMNS
from playground.notion import Fault, NewDatabase, NotionEmulator, Workbench, serving
from playground.notion.access import Connection
from storage.client import Database, connect
from storage.indexes import ensure_indexes
from storage.tasks import MongoTaskStore
from tasks.model import Actor, Change, Source, Task

TEAM = "T0000"
"""The one that the stand-in for Slack names."""
PERSON = Member(team=TEAM, user="U0001", channel="C0001")
WEBHOOK_TOKEN = "secret_of_the_benchmark"  # noqa: S105  # the emulator's
ALL_CALLS = "* *"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotionGround:
    """A Notion that is up, and a database with nothing in it yet."""

    folder: Path
    database: Database
    emulator: NotionEmulator
    bench: Workbench
    table: NewDatabase
    connection: Connection
    signer: SlackSigner
    environ: Mapping[str, str]
    """Of the bot."""


@contextlib.asynccontextmanager
async def notion_ground(
    *, requests_per_minute: int, latency_seconds: float
) -> AsyncIterator[NotionGround]:
    """Start all but the bot; the emulator answers after `latency_seconds`."""
    emulator = NotionEmulator(calls_per_window=requests_per_minute)
    emulator.faults.add(Fault(match=ALL_CALLS, times=None, delay_seconds=latency_seconds))
    bench = emulator.add_workspace("Bench")
    connection = bench.connect()
    table = bench.add_database("Tasks", {one.name: one.created_as for one in COLUMNS})
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="taskbridge-bench-")))
        log = logging.getLogger("benchmarks")
        mongo = await stack.enter_async_context(embedded_mongod(folder / "mongodb", log=log))
        slack = await stack.enter_async_context(slack_stub(folder))
        notion_url = await stack.enter_async_context(serving(emulator, delivering=True))
        database = await stack.enter_async_context(connect(mongo.uri, database=DATABASE))
        signer = SlackSigner(
            secret=secrets.token_hex(16).encode(),
            slack_url=f"http://127.0.0.1:{slack.port}",
            run=secrets.token_hex(4),
        )
        yield NotionGround(
            folder=folder,
            database=database,
            emulator=emulator,
            bench=bench,
            table=table,
            connection=connection,
            signer=signer,
            environ={
                SECRET: signer.secret.decode(),
                "SLACK_BOT_TOKEN": "xoxb-bench",
                "SLACK_API_URL": f"{signer.slack_url}/api/",
                "NOTION_TOKEN": connection.token,
                "NOTION_DATABASE": table.database_id,
                "NOTION_API_URL": notion_url,
                "NOTION_WEBHOOK_TOKEN": WEBHOOK_TOKEN,
                "NOTION_REQUESTS_PER_MINUTE": str(requests_per_minute),
                "MONGODB_URI": mongo.uri,
                "MONGODB_DATABASE": DATABASE,
                "HOST": "127.0.0.1",
                "LOG_LEVEL": "warning",
            },
        )


@contextlib.asynccontextmanager
async def the_bot(on: NotionGround) -> AsyncIterator[Running]:
    """Run the real bot with Notion connected, its webhooks included."""
    port = free_port()
    async with running(
        "bot",
        ("-m", "bot", "serve"),
        port=port,
        environ={**on.environ, "PORT": str(port)},
        folder=on.folder,
        ready="/readyz",
    ) as bot:
        url = f"http://127.0.0.1:{port}/notion/webhook"
        on.emulator.webhooks.add_subscription(
            on.connection.integration_id, url, token=WEBHOOK_TOKEN
        )
        yield bot


async def seed(on: NotionGround, *, count: int, age: timedelta = timedelta(days=1)) -> None:
    """Keep tasks that were made some time ago and have no row yet."""
    await ensure_indexes(on.database)
    store, at = MongoTaskStore(on.database), datetime.now(UTC) - age
    by = Actor(person=PERSON.user, source=Source.SLACK)
    for number in range(count):
        key = f"seed-{number}"
        task = Task(
            id=secrets.token_hex(8),
            team=TEAM,
            number=0,
            title=f"Seeded {number}",
            creator=PERSON.user,
            created_at=at,
            updated_at=at,
            changes=(Change(rev=1, by=by, at=at, key=key),),
        )
        await store.add(task, key=key)

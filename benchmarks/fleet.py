"""Everything that runs while the bot is measured: mongod, tasks in it, a Slack, the bot."""

from __future__ import annotations

import base64
import contextlib
import logging
import secrets
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from pymongo import AsyncMongoClient

from benchmarks.population import TEAMS
from benchmarks.process import Running, free_port, running
from benchmarks.requests import SlackSigner
from benchmarks.seeding import seed_api_keys, seed_installations, seed_tasks
from benchmarks.yardstick import SECRET
from bot.embedded import embedded_mongod
from storage.client import Database, connect

DATABASE = "bench"
_CACHE = "cache_size=1G"
"""The embedded mongod's own quarter of a gigabyte would measure the disk at a million tasks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A database that is up, and who will speak with whom."""

    folder: Path
    """For logs; gone in the end."""
    mongodb_uri: str
    mongod_pid: int
    signer: SlackSigner
    encryption_key: str
    database: Database
    tasks: int

    @property
    def tasks_per_team(self) -> int:
        """How many a workspace has to begin with."""
        return self.tasks // TEAMS

    @property
    def secret(self) -> str:
        """The signing secret."""
        return self.signer.secret.decode()


@contextlib.asynccontextmanager
async def ground(*, tasks: int) -> AsyncIterator[Ground]:
    """Start a mongod of our own with that many tasks in it, and a stand-in for Slack."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="taskbridge-bench-")))
        mongo = await stack.enter_async_context(
            embedded_mongod(folder / "mongodb", log=logging.getLogger("benchmarks"))
        )
        await _widen_cache(mongo.uri)
        slack = await stack.enter_async_context(slack_stub(folder))
        database = await stack.enter_async_context(connect(mongo.uri, database=DATABASE))
        key = base64.b64encode(secrets.token_bytes(32)).decode()
        await seed_tasks(database, count=tasks)
        await seed_installations(database, encryption_key=key)
        yield Ground(
            folder=folder,
            mongodb_uri=mongo.uri,
            mongod_pid=mongo.pid,
            signer=SlackSigner(
                secret=secrets.token_hex(16).encode(),
                slack_url=f"http://127.0.0.1:{slack.port}",
                run=secrets.token_hex(4),
            ),
            encryption_key=key,
            database=database,
            tasks=tasks,
        )


async def _widen_cache(uri: str) -> None:
    async with AsyncMongoClient[dict[str, object]](uri) as client:
        await client.admin.command("setParameter", 1, wiredTigerEngineRuntimeConfig=_CACHE)


@contextlib.asynccontextmanager
async def slack_stub(folder: Path) -> AsyncIterator[Running]:
    """Run the stand-in for Slack."""
    port = free_port()
    async with running(
        "slack", ("-m", "benchmarks.slack_stub", str(port)), port=port, environ={}, folder=folder
    ) as stub:
        yield stub


@contextlib.asynccontextmanager
async def the_bot(on: Ground) -> AsyncIterator[Running]:
    """Run the real bot for many workspaces, as an operator would, without Notion."""
    port = free_port()
    environ = {
        SECRET: on.secret,
        "SLACK_API_URL": f"{on.signer.slack_url}/api/",
        "ENCRYPTION_KEYS": on.encryption_key,
        "MONGODB_URI": on.mongodb_uri,
        "MONGODB_DATABASE": DATABASE,
        "API_KEYS": "stored",
        "HOST": "127.0.0.1",
        "PORT": str(port),
    }
    async with running(
        "bot",
        ("-m", "bot", "serve"),
        port=port,
        environ=environ,
        folder=on.folder,
        ready="/readyz",
    ) as bot:
        yield bot


@contextlib.asynccontextmanager
async def yardstick(name: str, on: Ground, *, raw: bool) -> AsyncIterator[Running]:
    """Run the empty listener, or the one with the raw calls of the driver."""
    port = free_port()
    arguments = ["-m", "benchmarks.yardstick", "--port", str(port)]
    if raw:
        arguments += ["--mongodb-uri", on.mongodb_uri, "--database", DATABASE]
    async with running(
        name, arguments, port=port, environ={SECRET: on.secret}, folder=on.folder
    ) as server:
        yield server


async def api_tokens(on: Ground) -> tuple[str, ...]:
    """Make a REST key for every workspace; return their tokens."""
    return await seed_api_keys(on.database)

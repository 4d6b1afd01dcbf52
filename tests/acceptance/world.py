"""One whole world per test: real mongod, the Slack simulator, the Notion emulator, the bot."""

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, TypeVar

import aiohttp

from bot.loading import load
from bot.tuning import Tuning
from bot.wiring import Application, application
from notion_sync.columns import COLUMNS
from playground.notion.access import Connection
from playground.notion.emulator import NotionEmulator
from playground.notion.http import serving as serving_notion
from playground.notion.workbench import NewDatabase, Row, Workbench
from playground.slack.server import serving as serving_slack
from playground.slack.simulator import SlackSimulator
from tasks.errors import NoSuchTask
from tasks.model import Task

Found = TypeVar("Found")
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"  # noqa: S105  # the simulator's, as the tokens are
BOT_TOKEN = "xoxb-acme-0001"  # noqa: S105  # as above
APP_TOKEN = "xapp-1-acme"  # noqa: S105  # as above
SCOPES = (
    "commands",
    "chat:write",
    "users:read",
    "users:read.email",
    "im:write",
    "im:history",
    "app_mentions:read",
    "reactions:read",
    "channels:history",
)
WEBHOOK_TOKEN = "secret_of_the_webhooks"  # noqa: S105  # as above
SOON = 20.0
"""Seconds after which a test gives up waiting; how fast things are is measured elsewhere."""
QUICK = Tuning(
    lease_seconds=2.0,
    notion_timeout_seconds=1.0,
    notion_grace_seconds=0.5,
    notion_probe_seconds=0.5,
    notion_poll_seconds=3600.0,
    slack_settled_seconds=0.3,
    membership_seconds=0.0,
    backlog_seconds=0.1,
    balancer_seconds=0.0,
    drain_seconds=2.0,
)


@dataclass(slots=True, kw_only=True)
class World:
    """Who is there, and what a test looks at."""

    slack: SlackSimulator
    notion: NotionEmulator
    bench: Workbench
    database: NewDatabase
    connection: Connection
    environ: dict[str, str]
    session: aiohttp.ClientSession
    bots: list[Application] = field(default_factory=list)

    @property
    def bot(self) -> Application:
        """The bot, or the latest of several."""
        return self.bots[-1]

    def rows(self) -> list[Row]:
        """The rows outside of the trash."""
        return self.bench.live_pages(self.database.data_source_id)

    def titles(self) -> list[str]:
        """Their titles, the first created first."""
        return [row.title for row in self.rows()]

    async def until(self, check: Callable[[], Found], *, seconds: float = SOON) -> Found:
        """Wait until something becomes true; TimeoutError, with what was last, if it does not."""
        last: Any = None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not (last := check()):  # noqa: ASYNC110  # the emulator tells nobody
                    await asyncio.sleep(0.01)
                return last
        raise TimeoutError(f"still {last!r} after {seconds:g} s; rows: {self.rows()}")

    def subscribe(self) -> None:
        """Let Notion's webhooks come to the bot, which has their token in its settings."""
        self.notion.webhooks.weather = replace(self.notion.webhooks.weather, aggregate_seconds=0.2)
        url = f"{self.slack.bot_url}/notion/webhook"
        self.notion.webhooks.add_subscription(
            self.connection.integration_id, url, token=WEBHOOK_TOKEN
        )

    async def task(self, number: int) -> Task:
        """Return a task as the bot has it."""
        return await self.bot.tasks.get("T1", number)

    async def until_task(
        self, number: int, check: Callable[[Task], bool], *, seconds: float = SOON
    ) -> Task:
        """Wait until a task is there and as wanted; TimeoutError, with how it was last."""
        last: object = None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    with contextlib.suppress(NoSuchTask):
                        last = found = await self.task(number)
                        if check(found):
                            return found
                    await asyncio.sleep(0.02)
        raise TimeoutError(f"still {last!r} after {seconds:g} s")

    async def row(self, title: str, *, seconds: float = SOON, **properties: object) -> Row:
        """Wait for a row of that title and these properties."""

        def found() -> Row | None:
            for row in self.rows():
                if row.title == title and properties.items() <= dict(row.properties).items():
                    return row
            return None

        row = await self.until(found, seconds=seconds)
        assert row is not None
        return row

    async def get(self, path: str) -> tuple[int, Any]:
        """Ask the bot's own server."""
        async with self.session.get(f"http://127.0.0.1:{self.bot.port}{path}") as response:
            is_json = response.content_type.endswith("json")
            return response.status, await (response.json() if is_json else response.text())

    @contextlib.asynccontextmanager
    async def run_bot(
        self, *, tuning: Tuning = QUICK, await_ready: bool = True, **changes: str | None
    ) -> AsyncIterator[Application]:
        """Run a bot, by default with this world's settings, and point Slack at it."""
        given = {**self.environ, **changes}
        environ = {name: value for name, value in given.items() if value is not None}
        async with application(load(environ, None), tuning=tuning) as bot:
            self.bots.append(bot)
            self.slack.bot_url = f"http://127.0.0.1:{bot.port}"
            if await_ready:
                await self._until_ready(bot.port)
            if "SLACK_APP_TOKEN" in environ:
                await self.until(lambda: self.slack.sockets.connections)
            yield bot
            self.bots.remove(bot)

    @contextlib.asynccontextmanager
    async def bot_process(self, **changes: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """Run a bot in a process of its own, to be killed; it serves when the body starts."""
        port = free_port()
        environ = {**os.environ, **self.environ, **changes, "PORT": str(port)}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.acceptance.bot_process", env=environ
        )
        try:
            self.slack.bot_url = f"http://127.0.0.1:{port}"
            await self._until_ready(port)
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def _until_ready(self, port: int) -> None:
        async with asyncio.timeout(20):
            while True:
                with contextlib.suppress(aiohttp.ClientConnectionError):
                    url = f"http://127.0.0.1:{port}/readyz"
                    async with self.session.get(url) as response:
                        if response.status == HTTPStatus.OK:
                            return
                await asyncio.sleep(0.05)


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings(
    slack_url: str, notion_url: str, mongo_uri: str, mongo_database: str
) -> dict[str, str]:
    """Return the environment of a bot in this world, Notion's database excepted."""
    return {
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_API_URL": f"{slack_url}/api/",
        "NOTION_API_URL": notion_url,
        "MONGODB_URI": mongo_uri,
        "MONGODB_DATABASE": mongo_database,
        "HOST": "127.0.0.1",
        "PORT": str(free_port()),
        "LOG_LEVEL": "warning",
    }


@contextlib.asynccontextmanager
async def world(
    mongo_uri: str, mongo_database: str, *, schema: Mapping[str, Any] | None = None
) -> AsyncIterator[World]:
    """Build Slack with two people, Notion with a database, and no bot yet."""
    slack = SlackSimulator(signing_secret=SECRET)
    slack.install("T1", "Acme", BOT_TOKEN, SCOPES)
    slack.add_channel("C1", "general")
    slack.add_user("U1", "maria", email="maria@example.com", tz="Europe/Berlin")
    slack.add_user("U2", "sam", email="sam@example.com", tz="America/New_York")
    slack.add_app_token(APP_TOKEN)
    notion = NotionEmulator()
    bench = notion.add_workspace("Acme")
    bench.add_person("Maria", "maria@example.com")
    connection = bench.connect()
    columns = {wanted.name: wanted.created_as for wanted in COLUMNS}
    database = bench.add_database("Tasks", dict(schema or columns))
    async with (
        serving_slack(slack) as slack_url,
        serving_notion(notion, delivering=True) as notion_url,
        aiohttp.ClientSession() as session,
    ):
        environ = settings(slack_url, notion_url, mongo_uri, mongo_database)
        environ |= {
            "NOTION_TOKEN": connection.token,
            "NOTION_DATABASE": database.database_id,
        }
        yield World(
            slack=slack,
            notion=notion,
            bench=bench,
            database=database,
            connection=connection,
            environ=environ,
            session=session,
        )

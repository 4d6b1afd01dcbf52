"""What the demo plays on: a mongod, the Slack simulator, the Notion emulator and the bot."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp

from bot.config import Settings
from bot.demo_scene import Demo, say
from bot.loading import load
from bot.tuning import Tuning
from bot.wiring import application
from notion_sync.columns import COLUMNS
from playground.notion.emulator import NotionEmulator
from playground.notion.http import serving as serving_notion
from playground.notion.workbench import NewDatabase
from playground.slack.server import serving as serving_slack
from playground.slack.simulator import SlackSimulator

DATA = Path(".taskbridge")
SECRET = "the-signing-secret-of-the-demo"  # noqa: S105  # signs requests of the simulator only
TOKEN = "xoxb-demo"  # noqa: S105  # known to the simulator only
SCOPES = (
    *("commands", "chat:write", "users:read", "users:read.email", "im:write"),
    *("channels:history", "channels:read", "groups:read", "mpim:read", "im:read"),
)
TUNING = Tuning(balancer_seconds=0.0, backlog_seconds=1.0, drain_seconds=3.0)


@contextlib.asynccontextmanager
async def stage() -> AsyncIterator[Demo]:
    """Put everything up on this machine, connected as in production, and say where it is."""
    slack = SlackSimulator(signing_secret=SECRET)
    slack.install("T1", "Acme", TOKEN, SCOPES)
    slack.add_channel("C1", "general")
    slack.add_user("U1", "maria", email="maria@example.com")
    slack.add_user("U2", "sam", email="sam@example.com")
    emulator = NotionEmulator()
    notion = emulator.add_workspace("Acme")
    for name in ("Maria", "Sam"):
        notion.add_person(name, f"{name.lower()}@example.com")
    columns = {wanted.name: wanted.created_as for wanted in COLUMNS}
    database = notion.add_database("Tasks", columns)
    async with contextlib.AsyncExitStack() as stack:
        slack_url = await stack.enter_async_context(serving_slack(slack))
        notion_url = await stack.enter_async_context(serving_notion(emulator))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        folder = stack.enter_context(_folder())
        settings = _settings(slack_url, notion_url, notion.connect().token, database)
        bot = await stack.enter_async_context(
            application(settings, tuning=TUNING, data_dir=folder / "mongodb")
        )
        slack.bot_url = f"http://127.0.0.1:{bot.port}"
        say("Everything runs on this machine: nothing leaves it.")
        say(f"  bot              {slack.bot_url}   (/health, /metrics, /stats)")
        say(f"  Slack simulator  {slack_url}")
        say(f"  Notion emulator  {notion_url}")
        yield Demo(
            slack=slack,
            notion=notion,
            database=database,
            address=slack.bot_url,
            session=session,
        )


def _settings(
    slack_url: str, notion_url: str, notion_token: str, database: NewDatabase
) -> Settings:
    environ = {
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_API_URL": f"{slack_url}/api/",
        "NOTION_API_URL": notion_url,
        "NOTION_TOKEN": notion_token,
        "NOTION_DATABASE": database.database_id,
        "HOST": "127.0.0.1",
        "PORT": os.environ.get("PORT", ""),
    }
    settings = load(environ, None)
    return settings.model_copy(update={"port": _port(settings.port)})


def _port(wanted: int) -> int:
    """Return the wanted port, or a free one where it is taken."""
    with contextlib.suppress(OSError), socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", wanted))
        return int(probe.getsockname()[1])
    return _port(0)


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """Give the demo's mongod a folder of its own; nothing of it stays."""
    DATA.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="demo-", dir=DATA))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)

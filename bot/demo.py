"""`python -m bot demo`: everything on this machine, and a walk through the main job.

A real mongod, the Slack simulator, the Notion emulator and the bot, connected as in production.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot.config import Settings, load
from bot.tuning import Tuning
from bot.wiring import application
from notion_sync.columns import COLUMNS
from playground.notion.emulator import NotionEmulator
from playground.notion.http import serving as serving_notion
from playground.notion.workbench import NewDatabase, Workbench
from playground.slack.answers import Answer
from playground.slack.errors import Impossible
from playground.slack.server import serving as serving_slack
from playground.slack.simulator import SlackSimulator
from playground.slack.state import Message
from playground.slack.views import View

DATA = Path(".taskbridge")
SECRET = "the-signing-secret-of-the-demo"  # noqa: S105  # signs requests of the simulator only
TOKEN = "xoxb-demo"  # noqa: S105  # known to the simulator only
SCOPES = (
    *("commands", "chat:write", "users:read", "users:read.email", "im:write"),
    *("channels:history", "channels:read", "groups:read", "mpim:read", "im:read"),
)
ROW_SECONDS = 10.0
TUNING = Tuning(balancer_seconds=0.0, backlog_seconds=1.0, drain_seconds=3.0)

HELP = """\
Now it is yours. You are Maria, in #general:
  /task add Call the caterer @sam due tomorrow 9:00 !high #offsite
  press Done          presses a button of the last answer
  send Title=Order the cake; Notes=No nuts
                      fills in the form that is open, and sends it
  rows                shows the rows in Notion
  health              shows what a monitor sees
  quit                ends it (or Ctrl-C)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """What the walk and the prompt act on."""

    slack: SlackSimulator
    notion: Workbench
    database: NewDatabase
    address: str
    """Of the bot."""
    session: aiohttp.ClientSession

    async def typed(self, line: str) -> Answer:
        """Type a command as Maria and show the answer."""
        _say(f"\nMaria types in #general\n  {line}")
        answer = await self.slack.command(line, user="U1", channel="C1")
        if answer.failure:
            _show("Slack shows", answer.failure)
        elif answer.shown is not None:
            _show(f"Slack shows, after {answer.ack_seconds * 1000:.0f} ms", answer.plain)
        elif answer.modal is not None:
            _show_form(answer.modal)
        return answer

    async def pressed(self, message: Message, label: str) -> Message:
        """Press a button and show what becomes of the card."""
        _say(f"\nMaria presses [{label}]")
        before = message.plain
        answer = await self.slack.click(message, label, user="U1")
        if answer.modal is not None:
            _show_form(answer.modal)
            return message
        shown = await self.slack.until(lambda: _changed(self.slack, message, before))
        if shown is None:  # `until` returns nothing that is false
            return message
        _show("Slack shows", shown.plain)
        return shown

    async def sent(self, values: dict[str, str]) -> Message:
        """Fill in the open form and send it; show what it says, or the card that follows."""
        latest = self.slack.messages("C1", user="U1")[-1]
        before = latest.plain
        answer = await self.slack.submit(self._form(), values)
        if not answer.closed:
            _show("Slack keeps the form open", "\n".join(answer.errors.values()) or answer.failure)
            return latest
        shown = await self.slack.until(lambda: _changed(self.slack, latest, before))
        _show("Slack shows", (shown or latest).plain)
        return shown or latest

    async def put_away(self) -> None:
        """Close the open form, if there is one: behind it nothing can be typed or pressed."""
        if self.slack.modals("U1"):
            await self.slack.close(self._form(), everything=True)

    def _form(self) -> View:
        forms = self.slack.modals("U1")
        if not forms:
            raise Impossible("No form is open: type /task add, or press Edit.")
        return forms[-1]

    async def row(self, ready: Callable[[str], bool]) -> None:
        """Wait for a row in Notion and show it."""
        deadline = asyncio.get_running_loop().time() + ROW_SECONDS
        while not any(ready(line) for line in self.rows()):
            if asyncio.get_running_loop().time() > deadline:
                raise TimeoutError(f"Notion does not show it after {ROW_SECONDS:g} s")
            await asyncio.sleep(0.05)
        _show("Notion shows", "\n".join(self.rows()))

    def rows(self) -> list[str]:
        """Return the rows outside of the trash, a line each."""
        return [
            f"{row.title} | "
            + " · ".join(f"{k}: {_plain(v)}" for k, v in row.properties.items() if v)
            for row in self.notion.live_pages(self.database.data_source_id)
        ]

    async def health(self) -> None:
        """Show what a monitor sees."""
        async with self.session.get(f"{self.address}/health") as response:
            found = await response.json()
        _show(f"GET /health → {response.status}", json.dumps(found, indent=2, ensure_ascii=False))


async def run() -> int:
    """Walk through the main job, then serve until Ctrl-C, or `quit` at the prompt."""
    this = asyncio.current_task()
    if this is not None:  # SIGTERM ends it as Ctrl-C does, and nothing stays behind
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        async with _everything() as demo:
            await _walk(demo)
            await _prompt(demo)
    return 0


@contextlib.asynccontextmanager
async def _everything() -> AsyncIterator[Demo]:
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
        _say("Everything runs on this machine: nothing leaves it.")
        _say(f"  bot              {slack.bot_url}   (/health, /metrics, /stats)")
        _say(f"  Slack simulator  {slack_url}")
        _say(f"  Notion emulator  {notion_url}")
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
        "PORT": str(_port(int(os.environ.get("PORT", "3000")))),
    }
    return load(environ, None)


async def _walk(demo: Demo) -> None:
    added = await demo.typed("/task add Book the venue @sam due tomorrow 17:00 !high #offsite")
    await demo.row(lambda line: "Book the venue" in line)
    card = await demo.pressed(added.message, "Done")
    await demo.row(lambda line: "Status: Done" in line)
    await demo.pressed(card, "Undo")
    await demo.row(lambda line: "Status: Not started" in line)
    await demo.typed("/task list all")
    await demo.health()


async def _prompt(demo: Demo) -> None:
    _say(f"\n{HELP}")
    if not sys.stdin.isatty():
        await asyncio.Event().wait()
    last: Message | None = None
    while (line := await _ask()) not in ("quit", "exit"):
        try:
            last = await _obey(demo, line, last)
        except (Impossible, TimeoutError) as error:
            _say(f"  {error}")


async def _obey(demo: Demo, line: str, last: Message | None) -> Message | None:
    verb, _, rest = line.partition(" ")
    if line.startswith("/"):
        await demo.put_away()
        return (await demo.typed(line)).shown or last
    match verb:
        case "":
            return last
        case "press" if last is not None and rest:
            await demo.put_away()
            return await demo.pressed(last, rest)
        case "press":
            raise Impossible("Name a button of the last answer, such as: press Done.")
        case "send":
            pairs = (part.partition("=") for part in rest.split(";") if "=" in part)
            return await demo.sent({name.strip(): value.strip() for name, _, value in pairs})
        case "rows":
            _show("Notion shows", "\n".join(demo.rows()) or "no rows")
        case "health":
            await demo.health()
        case _:
            _say(HELP)
    return last


async def _ask() -> str:
    """Return the next line; in the event loop, since a thread that reads outlives Ctrl-C."""
    sys.stdout.write("> ")
    sys.stdout.flush()
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(sys.stdin, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(sys.stdin)
    line = sys.stdin.readline()
    return line.strip() if line else "quit"  # nothing at all: the end of the input


def _changed(slack: SlackSimulator, message: Message, before: str) -> Message | None:
    latest = slack.messages("C1", user="U1")[-1]
    if latest is not message:
        return latest
    return message if message.plain != before else None


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _show(title: str, text: str) -> None:
    _say(f"\n{title}")
    for line in text.splitlines():
        _say(f"  │ {line}")


def _show_form(form: View) -> None:
    _show("Slack opens a form", form.plain)
    _say("  fill it in: send Title=…; Notes=…")


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


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

"""A simulator with two workspaces, a clock of its own, and a bot whose answers a test chooses."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack.server import serving
from playground.slack.simulator import SlackSimulator
from tests.unit.playground.slack.clock import Clock

ALL_SCOPES = [
    "channels:join",
    "channels:read",
    "chat:write",
    "commands",
    "groups:read",
    "im:read",
    "im:write",
    "links:write",
    "mpim:read",
    "mpim:write",
    "reactions:write",
    "users:read",
    "users:read.email",
]

Handler = Callable[[dict[str, Any], web.Request], Awaitable[web.Response]]


@dataclass(slots=True)
class Bot:
    """Answers everything with one response, and remembers what it was sent."""

    answer: Handler
    received: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        raw = (await request.read()).decode()
        self.headers.append(dict(request.headers))
        if request.content_type == "application/json":
            body = json.loads(raw)
        else:
            form = dict(parse_qsl(raw, keep_blank_values=True))
            body = json.loads(form["payload"]) if "payload" in form else form
        self.received.append(body)
        return await self.answer(body, request)

    def says(self, text: str = "", *, status: int = 200) -> None:
        async def answer(_body: object, _request: object) -> web.Response:
            return web.Response(text=text, status=status)

        self.answer = answer

    def says_json(self, body: object) -> None:
        async def answer(_body: object, _request: object) -> web.Response:
            return web.json_response(body)

        self.answer = answer


@dataclass(slots=True, kw_only=True)
class World:
    slack: SlackSimulator
    clock: Clock
    bot: Bot
    one: AsyncWebClient
    two: AsyncWebClient

    def client(self, token: str | None) -> AsyncWebClient:
        return AsyncWebClient(
            token=token, base_url=f"{self.slack.core.base_url}/api/", retry_handlers=[]
        )


@asynccontextmanager
async def running() -> AsyncIterator[World]:
    clock = Clock()
    slack = SlackSimulator(
        signing_secret="shhh",  # noqa: S106 - of a simulator
        now=clock.now,
        sleep=clock.sleep,
        ack_seconds=1.0,
    )
    for team, name in (("T1", "One"), ("T2", "Two")):
        slack.install(team, name, f"xoxb-{team}", ALL_SCOPES)
        slack.add_user("U1", "maria", team=team, email=f"maria@{name.lower()}.example")
        slack.add_user("U2", "sam", team=team, tz="America/New_York")
        slack.add_channel("C1", "general", team=team)
    bot = Bot(answer=_nothing)
    app = web.Application()
    app.router.add_post("/slack/events", bot.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    slack.bot_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        async with serving(slack) as url:
            clients = {
                team: AsyncWebClient(
                    token=f"xoxb-{team}", base_url=f"{url}/api/", retry_handlers=[]
                )
                for team in ("T1", "T2")
            }
            yield World(slack=slack, clock=clock, bot=bot, one=clients["T1"], two=clients["T2"])
    finally:
        await runner.cleanup()


async def _nothing(_body: object, _request: object) -> web.Response:
    return web.Response()


async def refusal(call: Awaitable[Any]) -> dict[str, Any]:
    """Return the refusal of a call that must be refused."""
    try:
        answer = await call
    except SlackApiError as refused:
        body = refused.response.data
        assert isinstance(body, dict)
        return body
    raise AssertionError(f"it was not refused: {answer}")

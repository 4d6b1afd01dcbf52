"""The whole way in with a real Bolt app: signed HTTP, our parsing, Bolt's listeners, the answer."""

import asyncio
import io
import json
import logging
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import structlog
from prometheus_client import CollectorRegistry
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse

from bot.server import build_server, listening
from bot.slack_body import Json
from bot.slack_dispatch import SlackDispatch
from bot.slack_endpoint import SlackEndpoint
from bot.slack_signature import sign
from observability.admission import Admission
from observability.logs import configure_logs
from observability.metrics import Metrics
from tests.contract.bot.raw_http import Answer, request

STAMP = "1700000000"
SECRET = b"signing-secret"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


async def authorize(**_: Any) -> AuthorizeResult:  # noqa: ANN401  # Bolt injects by name
    return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_id="B1")  # noqa: S106  # no secret


@dataclass
class Bot:
    """A served Bolt app whose one command waits for `gate` and echoes its text."""

    port: int
    gate: asyncio.Event
    posted: list[str]
    dispatch: SlackDispatch

    async def send(self, body: bytes, content_type: str = FORM) -> Answer:
        headers: list[tuple[str | bytes, str | bytes]] = [
            ("Content-Type", content_type),
            ("X-Slack-Request-Timestamp", STAMP),
            ("X-Slack-Signature", sign(body, STAMP.encode(), SECRET)),
        ]
        return await request(self.port, "POST", "/slack/events", headers=headers, body=body)

    async def command(self, text: str) -> Answer:
        fields = {"command": "/task", "text": text, "team_id": "T1", "user_id": "U1"}
        return await self.send(urlencode(fields).encode())


def bolt_app(gate: asyncio.Event) -> AsyncApp:
    app = AsyncApp(
        signing_secret=SECRET.decode(), authorize=authorize, process_before_response=True
    )

    @app.command("/task")
    async def task(ack: AsyncAck, command: dict[str, Any]) -> None:
        await gate.wait()
        if command["text"] == "raise":
            raise KeyError
        await ack(command["text"])

    @app.event(re.compile(".*"))
    async def event(ack: AsyncAck) -> None:
        await ack()

    return app


async def serve(deadline: float) -> AsyncIterator[Bot]:
    gate = asyncio.Event()
    posted: list[str] = []

    async def post(_body: Json, response: BoltResponse) -> None:
        posted.append(response.body)

    metrics = Metrics(CollectorRegistry())
    dispatch = SlackDispatch(
        bolt=bolt_app(gate),
        late=lambda _: BoltResponse(status=200, body="still saving"),
        failed=lambda _: BoltResponse(status=200, body="sorry"),
        busy=lambda _: BoltResponse(status=200, body="busy"),
        afterwards=post,
        admission=Admission(turned_away=metrics.turned_away),
        metrics=metrics,
        deadline=deadline,
    )
    endpoint = SlackEndpoint(dispatch, secrets=[SECRET], metrics=metrics, now=lambda: float(STAMP))
    app = build_server(endpoint.routes(), metrics=metrics)
    async with listening(app, "127.0.0.1", 0) as port:
        yield Bot(port=port, gate=gate, posted=posted, dispatch=dispatch)
    gate.set()
    await dispatch.drain(10)


@pytest.fixture
def _strange_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Set what Bolt reads by itself: it must not matter, nor leave a file at home."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_VERIFICATION_TOKEN"):
        monkeypatch.setenv(name, "nonsense")
    yield
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
async def bot(_strange_home: None) -> AsyncIterator[Bot]:
    async for served in serve(60.0):
        served.gate.set()
        yield served


@pytest.fixture
async def slow_bot() -> AsyncIterator[Bot]:
    async for served in serve(0.0):
        yield served


@pytest.mark.parametrize(
    "text",
    [
        "add fix the payload parser",
        "add payload=[] & <b> +1 100%",
        "add “ünï” 🎉 مرحبا",
        "x" * 10_000,
        "",
    ],
)
async def test_a_command_reaches_its_listener_as_typed(bot: Bot, text: str) -> None:
    answer = await bot.command(text)
    assert (answer.status, answer.body) == (200, text)


async def test_p5_a_command_that_is_late_is_answered_at_once_and_told_afterwards(
    slow_bot: Bot,
) -> None:
    answer = await slow_bot.command("add book the venue")
    assert (answer.status, answer.body) == (200, "still saving")
    slow_bot.gate.set()
    assert await slow_bot.dispatch.drain(60) == 0
    assert slow_bot.posted == ["add book the venue"]


async def test_a_listener_that_raises_is_an_apology_and_no_500(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await bot.command("raise")
    assert (answer.status, answer.body) == (200, "sorry")
    assert "slack_request_" in caplog.text


@pytest.mark.parametrize(
    "body",
    [
        {"type": "block_actions", "actions": []},
        {"type": "block_actions", "actions": [{}], "team": None},
        {"type": "view_submission", "view": {}},
        {"type": "message_action"},
        {"type": "block_suggestion"},
        {"type": "event_callback", "event": {"type": "unheard_of"}, "team_id": "T1"},
        {"type": "event_callback"},
        {"type": "app_rate_limited"},
        {"type": "nothing"},
        {"command": "/unknown"},
        {"x": {"y": [1, None, "\ud83d"]}},
    ],
)
async def test_whatever_slack_signs_is_never_a_server_error(bot: Bot, body: Json) -> None:
    raw = json.dumps(body).encode()
    for sent, content_type in [
        (raw, JSON),
        (urlencode({"payload": raw.decode()}).encode(), FORM),
    ]:
        assert (await bot.send(sent, content_type)).status == 200


@pytest.fixture
def log_lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logs(stream=stream)
    yield stream
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


async def test_nothing_of_a_body_is_logged(bot: Bot, log_lines: io.StringIO) -> None:
    await bot.command("add canary")
    await bot.command("raise")
    await bot.send(b'{"type": "block_actions", "actions": ["canary"]}', JSON)
    await bot.send(b'{"command": "/canary", "text": "canary"}', JSON)
    assert "slack_request_" in log_lines.getvalue()
    assert "canary" not in log_lines.getvalue()

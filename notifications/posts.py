"""Calls Slack for what nobody waits for: each call once, and whether it may have had an effect."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from aiohttp import ClientConnectorError, ClientError
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from notifications.calls import UNCLEAR
from observability.metrics import Metrics
from tasks.ports import Installations

CALL_SECONDS = 10.0
SPACING_SECONDS = 1.0
"""Slack takes about one message a second in a channel."""
DEFAULT_WAIT_SECONDS = 30.0
"""What a 429 without a readable Retry-After costs."""
CHANNELS_REMEMBERED = 10_000
UNREACHABLE = "unreachable"

Sleep = Callable[[float], Awaitable[None]]


class NotPosted(Exception):
    """Surely nothing was posted; `code` is Slack's word for why, or ours."""

    def __init__(self, code: str, *, wait_seconds: float = 0.0) -> None:
        super().__init__(code)
        self.code = code
        self.wait_seconds = wait_seconds
        """How long Slack wants to be left alone."""

    @property
    def passes(self) -> bool:
        """Tell whether the same may be taken later."""
        return self.wait_seconds > 0 or self.code == UNREACHABLE


class PostUnknown(Exception):
    """The answer was lost: the message may be there."""


@dataclass(slots=True, kw_only=True)
class Posts:
    """Slack's Web API for what nobody waits for; with the token of each workspace."""

    client: AsyncWebClient
    installations: Installations
    metrics: Metrics
    sleep: Sleep
    clock: Callable[[], float]
    _free_at: dict[tuple[str, str], float] = field(default_factory=dict)

    async def post(self, team: str, channel: str, body: Mapping[str, Any]) -> str | None:
        """Post into a channel, or to a person; return the message. NotPosted, PostUnknown."""
        token = await self.token(team)
        await self._pace(team, channel)
        answer = await self.call("chat.postMessage", token, {"channel": channel, **body})
        return str(answer.get("ts") or "") or None

    async def token(self, team: str) -> str:
        """Return the workspace's token. NotPosted, StoreError."""
        installation = await self.installations.find(team=team, enterprise=None)
        if installation is None:
            raise NotPosted("not_installed")
        return installation.bot_token

    async def call(self, method: str, token: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Call Slack once. NotPosted: it refused, or was never reached. PostUnknown."""
        status = "unreachable"
        try:
            async with asyncio.timeout(CALL_SECONDS):
                answer = await self.client.api_call(method, **_sent(method, given, token))
        except SlackApiError as error:
            response = error.response
            if not isinstance(response, AsyncSlackResponse):
                raise PostUnknown from error  # an answer that cannot be read
            limited = response.status_code == HTTPStatus.TOO_MANY_REQUESTS
            status = "rate_limited" if limited else "error"
            if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise PostUnknown from error
            code = str(response.get("error"))
            if code in UNCLEAR and not limited:
                raise PostUnknown from error
            wait = _retry_after(response) if limited else 0.0
            raise NotPosted(code, wait_seconds=wait) from error
        except ClientConnectorError as error:
            raise NotPosted(UNREACHABLE) from error  # it never left this machine
        except (SlackClientError, ClientError, OSError, TimeoutError, ValueError) as error:
            raise PostUnknown from error
        else:
            status = "ok"
            return answer.data if isinstance(answer.data, dict) else {}
        finally:
            self.metrics.slack_called(method, status=status)

    async def _pace(self, team: str, channel: str) -> None:
        now = self.clock()
        if len(self._free_at) > CHANNELS_REMEMBERED:
            self._free_at = {key: at for key, at in self._free_at.items() if at > now}
        at = max(now, self._free_at.get((team, channel), now))
        self._free_at[team, channel] = at + SPACING_SECONDS
        if at > now:
            await self.sleep(at - now)


def _sent(method: str, given: Mapping[str, Any], token: str) -> dict[str, Any]:
    """Return how a method takes its arguments: those that only read take no JSON."""
    headers = {"Authorization": f"Bearer {token}"}
    if method.endswith((".list", ".history")):
        return {"http_verb": "GET", "params": dict(given), "headers": headers}
    return {"json": dict(given), "headers": headers}


def _retry_after(response: AsyncSlackResponse) -> float:
    given = str(response.headers.get("Retry-After", "")).strip()
    return float(given) if given.isdecimal() else DEFAULT_WAIT_SECONDS

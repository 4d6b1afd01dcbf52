"""Calls of Slack's Web API while nobody waits: each once, every outcome classified."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aiohttp import ClientConnectorError, ClientError
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from observability.metrics import Metrics
from tasks.ports import Installations

_RATE_LIMITED = 429
_DEFAULT_WAIT = 30
UNCLEAR = (
    "fatal_error",
    "internal_error",
    "request_timeout",
    "service_unavailable",
    "team_added_to_org",
)
"""Slack's own words for an outcome that it does not know itself."""


class NotDone(Exception):
    """Slack did not do it, as far as is known."""


class Refused(NotDone):
    """Slack refuses it, and would refuse it again; `code` is its own word for why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Wait(NotDone):
    """Slack asks to wait: nothing was done."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__()
        self.wait = wait


class Unreached(NotDone):
    """Slack was not reached: nothing was done."""


class Unclear(NotDone):
    """It may or may not have been done."""


class NotInstalled(NotDone):
    """There is no token for the workspace."""


class Calls:
    """The Web API with each workspace's own token."""

    def __init__(
        self, client: AsyncWebClient, *, installations: Installations, metrics: Metrics
    ) -> None:
        """Take a client without a token, and without retries of its own."""
        self._client = client
        self._installations = installations
        self._metrics = metrics

    async def post(self, team: str, method: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Call a method that takes JSON. NotDone."""
        return await self._call(team, method, json=dict(body))

    async def get(self, team: str, method: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        """Call a method that only reads. NotDone."""
        return await self._call(team, method, http_verb="GET", params=dict(asked))

    async def _call(self, team: str, method: str, **given: Any) -> Mapping[str, Any]:  # noqa: ANN401  # handed on as they are
        bot = await self._installations.find(team=team, enterprise=None)
        if bot is None:
            raise NotInstalled("The bot is not installed there any more.")
        headers = {"Authorization": f"Bearer {bot.bot_token}"}
        status = "unreachable"
        try:
            answer = await self._client.api_call(method, headers=headers, **given)
        except SlackApiError as error:
            status, meaning = _meaning(error)
            raise meaning from error
        except ClientConnectorError as error:
            raise Unreached from error  # never left this machine
        except (SlackClientError, ClientError, OSError, TimeoutError, ValueError) as error:
            raise Unclear from error
        else:
            status = "ok"
            return answer.data if isinstance(answer.data, dict) else {}
        finally:
            self._metrics.slack_called(method, status=status)


def _meaning(error: SlackApiError) -> tuple[str, NotDone]:
    answer = error.response
    if not isinstance(answer, AsyncSlackResponse):
        return "unreachable", Unclear()
    if answer.status_code == _RATE_LIMITED:
        headers = {name.lower(): value for name, value in answer.headers.items()}
        asked = str(headers.get("retry-after", ""))
        seconds = int(asked) if asked.isdecimal() else _DEFAULT_WAIT
        return "rate_limited", Wait(timedelta(seconds=seconds))
    code = str(answer.get("error", "unknown"))
    return "error", Unclear() if code in UNCLEAR else Refused(code)

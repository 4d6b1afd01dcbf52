"""The few Web API calls made while a person waits: each with a deadline, none repeated."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from observability.metrics import Metrics

Json = dict[str, Any]
CALL_SECONDS = 1.8
"""For one call; with what surrounds it, below the 2.4 s in which Slack is answered."""
TOO_LATE = ("expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id")
WHY_MAX = 300
_RATE_LIMITED = 429

log = logging.getLogger(__name__)


class SlackRefused(Exception):
    """Slack did not do it; `code` is its own word for why, or `unreachable`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def too_late(self) -> bool:
        """Whether the person's trigger had run out, so that doing it again helps."""
        return self.code in TOO_LATE


class Web:
    """Slack's Web API for one request, with the token of its workspace."""

    def __init__(self, client: AsyncWebClient, *, metrics: Metrics) -> None:
        self._client = client
        self._metrics = metrics

    async def open_view(self, trigger_id: str, view: Json) -> Json:
        """Open a modal and return it as Slack knows it."""
        return await self._view("views.open", trigger_id=trigger_id, view=view)

    async def update_view(self, view_id: str, view: Json, *, hash_: str | None = None) -> Json:
        """Put another view in place of an open one, if it is still the one we know."""
        expected = {"hash": hash_} if hash_ else {}
        return await self._view("views.update", view_id=view_id, view=view, **expected)

    async def publish_home(self, user: str, view: Json, *, hash_: str | None = None) -> None:
        """Show somebody their home tab, where named only in place of the one that we know."""
        await self._call("views.publish", user_id=user, view=view, hash=hash_)

    async def whisper(self, channel: str, user: str, body: Mapping[str, Any]) -> None:
        """Post what only one person sees."""
        await self._call("chat.postEphemeral", channel=channel, user=user, **body)

    async def direct(self, user: str, body: Mapping[str, Any]) -> None:
        """Write to a person."""
        await self._call("chat.postMessage", channel=user, **body)

    async def message_at(self, channel: str, ts: str) -> Json | None:
        """Return a message, in a thread or not; None where it is not there any more."""
        asked = {"channel": channel, "ts": ts, "latest": ts, "oldest": ts}
        answer = await self._call("conversations.replies", **asked, inclusive=True, limit=2)
        found = (one for one in answer.get("messages", ()) if one.get("ts") == ts)
        return next(found, None)

    async def permalink(self, channel: str, ts: str) -> str | None:
        """Return where a message can be read."""
        answer = await self._call("chat.getPermalink", channel=channel, message_ts=ts)
        return str(answer.get("permalink") or "") or None

    async def present(self, trigger_id: str, entity: Json) -> None:
        """Show the details of a Work Object to whoever asked for them, and refresh it."""
        await self._call("entity.presentDetails", trigger_id=trigger_id, metadata=entity)

    async def present_error(self, trigger_id: str, error: Json) -> None:
        """Say in place of the details why there are none."""
        await self._call("entity.presentDetails", trigger_id=trigger_id, error=error)

    async def complete_step(self, execution: str, outputs: Mapping[str, str]) -> None:
        """End a workflow's step well."""
        given = {"function_execution_id": execution, "outputs": dict(outputs)}
        await self._call("functions.completeSuccess", **given)

    async def fail_step(self, execution: str, sentence: str) -> None:
        """End a workflow's step, saying why it failed."""
        given = {"function_execution_id": execution, "error": sentence}
        await self._call("functions.completeError", **given)

    async def _view(self, method: str, **given: object) -> Json:
        answer = await self._call(method, **given)
        view = answer.get("view")
        return view if isinstance(view, dict) else {}

    async def _call(self, method: str, **given: object) -> Mapping[str, Any]:
        status = "unreachable"
        try:
            async with asyncio.timeout(CALL_SECONDS):
                answer = await self._client.api_call(method, json=_present(given))
        except SlackApiError as error:
            code, status = refusal(error)
            told = {"method": method, "error_code": code, "why": _why(error)}
            log.warning("slack_call_refused", extra=told)
            raise SlackRefused(code) from error
        except (SlackClientError, ClientError, OSError, TimeoutError, ValueError) as error:
            log.warning(
                "slack_call_failed", extra={"method": method, "error": type(error).__name__}
            )
            raise SlackRefused("unreachable") from error
        else:
            status = "ok"
            return answer.data if isinstance(answer.data, dict) else {}
        finally:
            self._metrics.slack_called(method, status=status)


def refusal(error: SlackApiError) -> tuple[str, str]:
    """Return Slack's own word for why, and the status for the metrics.

    Where the answer cannot be read, the SDK's error holds no answer: what was done is not known.
    """
    answer = error.response
    if not isinstance(answer, AsyncSlackResponse):
        return "unreachable", "unreachable"
    limited = answer.status_code == _RATE_LIMITED
    return str(answer.get("error", "unknown")), "rate_limited" if limited else "error"


def _why(error: SlackApiError) -> str:
    """Return where Slack says that the fault is: pointers and names of fields, nobody's words."""
    answer = error.response
    more = answer.get("response_metadata") if isinstance(answer, AsyncSlackResponse) else None
    messages = more.get("messages") if isinstance(more, Mapping) else None
    return "; ".join(map(str, messages))[:WHY_MAX] if isinstance(messages, list) else ""


def _present(given: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in given.items() if value is not None}

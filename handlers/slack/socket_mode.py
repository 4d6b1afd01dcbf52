"""Socket Mode: the same requests over a websocket of ours, through the same dispatch."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

Json: TypeAlias = dict[str, Any]
Dispatch: TypeAlias = Callable[[Json, Mapping[str, str]], Awaitable[BoltResponse]]

PING_SECONDS = 5.0
WATCH_SECONDS = 10.0

log = logging.getLogger(__name__)


class SocketMode:
    """Takes envelopes and acknowledges them; build it inside the running loop."""

    def __init__(
        self,
        *,
        app_token: str,
        web_client: AsyncWebClient,
        dispatch: Dispatch,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        ping_seconds: float = PING_SECONDS,
    ) -> None:
        self._dispatch = dispatch
        self._sleep = sleep
        self._in_flight = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._connecting: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None
        self.client = SocketModeClient(
            app_token=app_token,
            web_client=web_client,
            logger=logging.getLogger("slack_sdk.socket_mode"),
            ping_interval=ping_seconds,
        )
        self.client.socket_mode_request_listeners.append(self._handle)

    def start(self) -> None:
        """Connect in the background: the SDK tries for ever, with a bad token as well."""
        self._connecting = asyncio.create_task(self._connect())
        self._watching = asyncio.create_task(self._watch())

    async def is_connected(self) -> bool:
        """Tell whether requests can come in; for readiness."""
        return await self.client.is_connected()

    async def drain(self, seconds: float) -> int:
        """Take nothing new and wait for what is under way; return how much still is."""
        if self._handle in self.client.socket_mode_request_listeners:
            self.client.socket_mode_request_listeners.remove(self._handle)
        try:
            async with asyncio.timeout(seconds):
                await self._idle.wait()
        except TimeoutError:
            log.warning("socket_mode_not_drained", extra={"in_flight": self._in_flight})
        return self._in_flight

    async def close(self) -> None:
        """Close the connection; `drain` first, or acknowledgements in flight are lost."""
        tasks = [task for task in (self._watching, self._connecting) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.client.close()  # type: ignore[no-untyped-call]  # the SDK lacks it

    async def _connect(self) -> None:
        await self.client.connect()  # type: ignore[no-untyped-call]  # the SDK lacks it

    async def _watch(self) -> None:
        """Renew a connection that is gone while nobody renews it.

        The SDK retries with the address it has, whose ticket works once: it is taken away.
        """
        missing = 0
        while True:
            await self._sleep(WATCH_SECONDS)
            missing = 0 if await self.client.is_connected() else missing + 1
            if missing < 2:  # noqa: PLR2004  # the SDK's own reconnect comes first
                continue
            log.warning("socket_mode_disconnected")
            self.client.wss_uri = None  # makes it ask for a new one
            if self._is_renewing():
                continue
            try:
                await self.client.connect_to_new_endpoint(force=True)
            except Exception:
                log.exception("socket_mode_not_renewed")

    def _is_renewing(self) -> bool:
        first = self._connecting is not None and not self._connecting.done()
        return first or self.client.connect_operation_lock.locked()

    async def _handle(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        self._in_flight += 1
        self._idle.clear()
        try:
            # Nobody waits here for others: what is too much the dispatch turns away at once.
            response = await self._dispatch(request.payload, _headers(request))
            if (answer := _acknowledgement(request, response)) is not None:
                await client.send_socket_mode_response(answer)
        except (ConnectionError, RuntimeError):
            log.exception("socket_mode_ack_lost")
        finally:
            self._in_flight -= 1
            if not self._in_flight:
                self._idle.set()


def _headers(request: SocketModeRequest) -> dict[str, str]:
    if not request.retry_attempt:
        return {}
    return {
        "X-Slack-Retry-Num": str(request.retry_attempt),
        "X-Slack-Retry-Reason": str(request.retry_reason or ""),
    }


def _acknowledgement(
    request: SocketModeRequest, response: BoltResponse
) -> SocketModeResponse | None:
    """Return the envelope's answer; None where Slack is to send it again."""
    if response.status != 200:  # noqa: PLR2004  # HTTP
        return None
    payload: object = None
    if response.body:
        try:
            payload = json.loads(response.body)
        except ValueError:
            payload = {"text": response.body}
    return SocketModeResponse(
        envelope_id=request.envelope_id, payload=payload if isinstance(payload, dict) else None
    )

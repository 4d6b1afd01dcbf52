"""How a body reaches the bot, and what came back within three seconds."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol
from urllib.parse import urlencode

import aiohttp

from playground.slack.journal import Exchange, Journal
from playground.slack.signing import signed_headers
from playground.slack.wire import Json, Now

ACK_SECONDS = 3.0
EVENTS_PATH = "/slack/events"
Kind = Literal["slash_commands", "interactive", "events_api"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One body for the bot; `retry` belongs to events that are sent again."""

    kind: Kind
    name: str  # for the journal: `command`, `block_actions`, `event:app_home_opened`, …
    body: Json
    retry_num: int = 0
    retry_reason: str = ""

    @property
    def wants_payload(self) -> bool:
        """Tell whether the acknowledgement itself says something."""
        return self.name in {"command", "view_submission", "block_suggestion"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """What came back; `status` is None where nothing came in time."""

    status: int | None
    text: str = ""
    content_type: str = ""
    seconds: float = 0.0
    trouble: Literal["", "timeout", "unreachable"] = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Tell a 2xx from everything else."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 - 2xx

    @property
    def json(self) -> object:
        """Return the JSON in it, or None."""
        try:
            return json.loads(self.text) if self.content_type == "application/json" else None
        except ValueError:
            return None


class Transport(Protocol):
    """Carries parcels to the bot."""

    async def send(self, parcel: Parcel) -> Ack:
        """Return the acknowledgement, or why there was none; never raises."""


def encoded(parcel: Parcel) -> tuple[bytes, str]:
    """Return the raw body and its content type, as Slack posts it."""
    if parcel.kind == "events_api":
        return json.dumps(parcel.body).encode(), "application/json"
    form = parcel.body if parcel.name == "command" else {"payload": json.dumps(parcel.body)}
    return urlencode(form).encode(), "application/x-www-form-urlencoded"


class HttpTransport:
    """Signed POSTs; each is signed afresh unless it is handed in ready."""

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        url: str,
        secret: str,
        now: Now,
        ack_seconds: float = ACK_SECONDS,
    ) -> None:
        self._session = session
        self._url = url.rstrip("/") + EVENTS_PATH
        self._secret = secret
        self._now = now
        self._ack_seconds = ack_seconds

    async def send(self, parcel: Parcel) -> Ack:
        """Sign and post."""
        raw, content_type = encoded(parcel)
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "Accept": "application/json,*/*",
            **signed_headers(raw, now=self._now(), secret=self._secret),
        }
        if parcel.retry_num:
            headers["X-Slack-Retry-Num"] = str(parcel.retry_num)
            headers["X-Slack-Retry-Reason"] = parcel.retry_reason
        return await self.post(raw, headers)

    async def post(self, raw: bytes, headers: Mapping[str, str]) -> Ack:
        """Post a body as it is: for repeats, and for forgeries."""
        started = time.perf_counter()
        timeout = aiohttp.ClientTimeout(total=self._ack_seconds)
        try:
            async with self._session.post(
                self._url, data=raw, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                text = await response.text()
                return Ack(
                    status=response.status,
                    text=text,
                    content_type=response.content_type if text else "",
                    seconds=time.perf_counter() - started,
                    headers=dict(response.headers),
                )
        except TimeoutError:
            return Ack(status=None, seconds=self._ack_seconds, trouble="timeout")
        except (aiohttp.ClientError, UnicodeDecodeError):
            return Ack(status=None, seconds=time.perf_counter() - started, trouble="unreachable")


async def deliver(
    transport: Transport, parcel: Parcel, *, times: int, journal: Journal, now: Now
) -> list[Ack]:
    """Send one parcel so many times at once and write it all down."""

    async def once() -> Ack:
        ack = await transport.send(parcel)
        journal.record(_exchange(parcel, ack, now()))
        return ack

    return list(await asyncio.gather(*(once() for _ in range(times))))


def _exchange(parcel: Parcel, ack: Ack, at: float) -> Exchange:
    return Exchange(
        at=at,
        direction="to_bot",
        kind=parcel.name,
        request=parcel.body,
        status=ack.status,
        answer=ack.json if ack.json is not None else ack.text,
        seconds=ack.seconds,
        headers=dict(ack.headers),
    )

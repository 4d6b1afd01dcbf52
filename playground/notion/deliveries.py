"""One delivery of a webhook: bytes, signature, the request, and when to try again."""

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeAlias

from aiohttp import ClientError, ClientSession, ClientTimeout

from playground.notion.json_types import JsonObject

SIGNATURE = "X-Notion-Signature"
MOST_ATTEMPTS = 8
# Between the attempts; documented: exponential, the last about 24 hours after the first.
RETRY_SECONDS = (60, 180, 600, 1_800, 5_400, 18_000, 60_360)
_PATIENCE_SECONDS = 10

# Returns the HTTP status of the answer, None if there was none.
Post: TypeAlias = Callable[[str, bytes, Mapping[str, str]], Awaitable[int | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A request that went out; `at` in seconds of the clock, `status` None: no answer."""

    at: float
    url: str
    event_id: str
    type: str
    attempt: int
    body: bytes
    status: int | None


def is_accepted(status: int | None) -> bool:
    """Tell whether an endpoint's answer ends the attempts."""
    return status is not None and HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES


def signed(token: str, body: bytes) -> str:
    """Return the value of X-Notion-Signature for the bytes of a body."""
    return "sha256=" + hmac.new(token.encode(), body, hashlib.sha256).hexdigest()


def encoded_body(payload: JsonObject) -> bytes:
    """Return the bytes as they are signed and sent, letters beyond ASCII as they are."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


async def post(url: str, body: bytes, headers: Mapping[str, str]) -> int | None:
    """POST over HTTP, following no redirect, waiting some seconds for the answer's head."""
    timeout = ClientTimeout(total=_PATIENCE_SECONDS)
    try:
        async with (
            ClientSession(timeout=timeout) as session,
            session.post(url, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            return answer.status
    except (ClientError, OSError, TimeoutError):
        return None

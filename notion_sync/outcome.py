"""From what the SDK raised to what it means: judged by the HTTP status alone; pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx
from notion_client.errors import HTTPResponseError, RequestTimeoutError

from notion_sync.errors import (
    Answer,
    Blocked,
    Committed,
    Forbidden,
    InTrash,
    NotionError,
    NotReached,
    NotShared,
    RateLimited,
    Refused,
    Scope,
    Unauthorised,
    UnknownOutcome,
)
from notion_sync.wire import ARCHIVED, BLOCKED, JsonObject

DEFAULT_WAIT = timedelta(seconds=60)
"""What a 429 or 529 without Retry-After costs: the length of Notion's window."""
LONGEST_WAIT = timedelta(hours=1)
DETAIL_MAX = 200

_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
_OVERLOADED = 529  # Notion's own; no standard knows it
_WAIT = (HTTPStatus.TOO_MANY_REQUESTS, _OVERLOADED)
_MEANINGS: dict[int, type[NotionError]] = {
    HTTPStatus.UNAUTHORIZED: Unauthorised,
    HTTPStatus.FORBIDDEN: Forbidden,
    HTTPStatus.NOT_FOUND: NotShared,
    HTTPStatus.CONFLICT: UnknownOutcome,
}
_SCOPES = {
    "public_api_request_rate_limit": Scope.CONNECTION,
    "public_api_space_request_rate_limit": Scope.WORKSPACE,
    "public_api_endpoint_rate_limit": Scope.ENDPOINT,
}


def classified(error: Exception, now: datetime) -> NotionError | None:
    """Return what a failed call means; None where the fault is our own code's."""
    if isinstance(error, HTTPResponseError):
        return _of_response(error, now)
    if isinstance(error, RequestTimeoutError):
        return NotReached() if isinstance(error.__context__, _NEVER_SENT) else UnknownOutcome()
    if isinstance(error, _NEVER_SENT):
        return NotReached()
    if isinstance(error, (TimeoutError, httpx.HTTPError, json.JSONDecodeError, UnicodeDecodeError)):
        return UnknownOutcome()
    return None


def _of_response(error: HTTPResponseError, now: datetime) -> NotionError:
    body = _parsed(error.body)
    extra = body.get("additional_data")
    extra = extra if isinstance(extra, dict) else {}
    answer = Answer(
        status=error.status,
        code=_text(body.get("code")),
        detail=_text(body.get("message"))[:DETAIL_MAX],
        request_id=_text(body.get("request_id")) or error.headers.get("x-notion-request-id"),
    )
    if error.status in _WAIT:
        return _limited(answer, extra, error.headers, now)
    if error.status == HTTPStatus.BAD_REQUEST and ARCHIVED in answer.detail.lower():
        return InTrash(answer)
    if meaning := _MEANINGS.get(error.status):
        return meaning(answer)
    if HTTPStatus.BAD_REQUEST <= error.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return Refused(answer)
    committed = _text(extra.get("committed_resource_id"))
    return Committed(answer, resource=committed) if committed else UnknownOutcome(answer)


def _limited(
    answer: Answer, extra: JsonObject, headers: Mapping[str, str], now: datetime
) -> NotionError:
    reason = _text(extra.get("rate_limit_reason"))
    if reason == BLOCKED:
        return Blocked(answer)
    limit = _SCOPES.get(reason, Scope.CONNECTION)
    return RateLimited(
        answer,
        scope=Scope.SERVICE if answer.status == _OVERLOADED else limit,
        wait=_retry_after(headers.get("retry-after") or _text(extra.get("retry_after")), now),
    )


def _retry_after(given: str, now: datetime) -> timedelta:
    """Read seconds or an HTTP date; what cannot be read costs the default."""
    if given.strip().isdecimal():
        wait = timedelta(seconds=min(int(given), LONGEST_WAIT.total_seconds()))
    else:
        try:
            wait = parsedate_to_datetime(given) - now
        except (ValueError, TypeError):
            return DEFAULT_WAIT
    return min(max(wait, timedelta(seconds=1)), LONGEST_WAIT)


def _parsed(body: str) -> JsonObject:
    try:
        parsed = json.loads(body)
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _text(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return ""
    return str(value) if isinstance(value, (str, int)) else ""

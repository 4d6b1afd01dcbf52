"""What can go wrong over REST: a stable code each, told as RFC 9457 problem details."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import TypeAlias

from aiohttp import web

from observability.logs import current_request_id

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 2
"""What a 503 asks a client to wait: a database elects a new primary in about that time."""

Errors: TypeAlias = Sequence[Mapping[str, str]]
"""Of each wrong value its JSON pointer or name, and a sentence."""


class Code(StrEnum):
    """The codes; programs may rely on them."""

    MALFORMED_JSON = "malformed_json"
    BAD_PARAMETER = "bad_parameter"
    BAD_HEADER = "bad_header"
    BAD_CURSOR = "bad_cursor"
    BROKEN_BODY = "broken_body"
    IDEMPOTENCY_KEY_MISSING = "idempotency_key_missing"
    UNAUTHENTICATED = "unauthenticated"
    ROLE_TOO_SMALL = "role_too_small"
    NO_WORKSPACE = "no_workspace"
    NO_SUCH_TASK = "no_such_task"
    NO_SUCH_ROUTE = "no_such_route"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    SLOW_BODY = "slow_body"
    TASK_DELETED = "task_deleted"
    CHANGED_MEANWHILE = "changed_meanwhile"
    BODY_TOO_LARGE = "body_too_large"
    WRONG_MEDIA_TYPE = "wrong_media_type"
    INVALID = "invalid"
    KEY_REUSED = "idempotency_key_reused"
    TOO_MANY_REQUESTS = "too_many_requests"
    IMPORT_RUNNING = "import_running"
    INTERNAL = "internal"
    NOT_SAVED = "not_saved"
    OUTCOME_UNKNOWN = "outcome_unknown"
    UNAVAILABLE = "unavailable"
    BUSY = "busy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What all problems of one code share."""

    status: HTTPStatus
    title: str
    advice: str
    """What a programmer should do, for the documentation."""


KINDS: Mapping[Code, Kind] = {
    Code.MALFORMED_JSON: Kind(
        status=HTTPStatus.BAD_REQUEST,
        title="The body is not JSON",
        advice="Send one JSON object in UTF-8.",
    ),
    Code.BAD_PARAMETER: Kind(
        status=HTTPStatus.BAD_REQUEST,
        title="A query parameter is wrong",
        advice="`errors` names each parameter and what is expected.",
    ),
    Code.BAD_HEADER: Kind(
        status=HTTPStatus.BAD_REQUEST,
        title="A header is wrong",
        advice="`detail` names the header and shows how it is written.",
    ),
    Code.BAD_CURSOR: Kind(
        status=HTTPStatus.BAD_REQUEST,
        title="The list cannot be continued from there",
        advice="Use `next` of the page before, with the same filter, or start again without.",
    ),
    Code.BROKEN_BODY: Kind(
        status=HTTPStatus.BAD_REQUEST,
        title="The body broke off",
        advice="Send the request again, with the same Idempotency-Key.",
    ),
    Code.IDEMPOTENCY_KEY_MISSING: Kind(
        status=HTTPStatus.BAD_REQUEST,
        title="An Idempotency-Key is needed",
        advice="Send a fresh UUID for each new action, and the same one when you repeat it.",
    ),
    Code.UNAUTHENTICATED: Kind(
        status=HTTPStatus.UNAUTHORIZED,
        title="No valid key or token",
        advice="Send `Authorization: Bearer` and an API key, or a token of the configured issuer.",
    ),
    Code.ROLE_TOO_SMALL: Kind(
        status=HTTPStatus.FORBIDDEN,
        title="The role does not allow this",
        advice="Use a key with the role that `detail` names.",
    ),
    Code.NO_WORKSPACE: Kind(
        status=HTTPStatus.FORBIDDEN,
        title="The token names no workspace or role",
        advice="Let the issuer put the configured claims into its tokens.",
    ),
    Code.NO_SUCH_TASK: Kind(
        status=HTTPStatus.NOT_FOUND,
        title="There is no such task",
        advice="Check the number; a task of another workspace is unknown here too.",
    ),
    Code.NO_SUCH_ROUTE: Kind(
        status=HTTPStatus.NOT_FOUND,
        title="There is nothing at this address",
        advice="All addresses are in `/api/v1/openapi.json`.",
    ),
    Code.METHOD_NOT_ALLOWED: Kind(
        status=HTTPStatus.METHOD_NOT_ALLOWED,
        title="This address does not know the method",
        advice="The header `Allow` names those it knows.",
    ),
    Code.SLOW_BODY: Kind(
        status=HTTPStatus.REQUEST_TIMEOUT,
        title="The body came too slowly",
        advice="Send the request again, with the same Idempotency-Key.",
    ),
    Code.TASK_DELETED: Kind(
        status=HTTPStatus.CONFLICT,
        title="The task was deleted",
        advice="Restore it first.",
    ),
    Code.CHANGED_MEANWHILE: Kind(
        status=HTTPStatus.PRECONDITION_FAILED,
        title="The task was changed meanwhile",
        advice="Read it again, look at what changed, and send your change with the new ETag.",
    ),
    Code.BODY_TOO_LARGE: Kind(
        status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        title="The body is too large",
        advice="`detail` says how much is taken.",
    ),
    Code.WRONG_MEDIA_TYPE: Kind(
        status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        title="The body is of a kind that is not read here",
        advice="Set the Content-Type that `detail` names, and no Content-Encoding.",
    ),
    Code.INVALID: Kind(
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        title="A value cannot be taken",
        advice="`errors` names each value and what is expected.",
    ),
    Code.KEY_REUSED: Kind(
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        title="The Idempotency-Key belongs to another request",
        advice="Use a fresh key for a new action; nothing was changed.",
    ),
    Code.TOO_MANY_REQUESTS: Kind(
        status=HTTPStatus.TOO_MANY_REQUESTS,
        title="Too many requests with this key",
        advice="Wait as long as `Retry-After` says.",
    ),
    Code.IMPORT_RUNNING: Kind(
        status=HTTPStatus.TOO_MANY_REQUESTS,
        title="An import with this key is running",
        advice="Wait for its answer, then send the next.",
    ),
    Code.INTERNAL: Kind(
        status=HTTPStatus.INTERNAL_SERVER_ERROR,
        title="Something went wrong here",
        advice="Tell the operator the `request_id`: the log has the rest.",
    ),
    Code.NOT_SAVED: Kind(
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        title="Nothing was saved",
        advice="Retry with the same Idempotency-Key, after `Retry-After` seconds.",
    ),
    Code.OUTCOME_UNKNOWN: Kind(
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        title="It is not known yet whether it was saved",
        advice="Retry with the same Idempotency-Key: it has its effect once.",
    ),
    Code.UNAVAILABLE: Kind(
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        title="It cannot be answered right now",
        advice="Ask again after `Retry-After` seconds.",
    ),
    Code.BUSY: Kind(
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        title="Too much at once",
        advice="Nothing was done: send it again after `Retry-After` seconds, with the same"
        " Idempotency-Key if it has one.",
    ),
}


class Problem(Exception):
    """The request cannot be served; the message is the sentence that helps."""

    def __init__(
        self,
        code: Code,
        detail: str,
        *,
        errors: Errors = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.errors = errors
        self.headers = dict(headers or {})

    @property
    def status(self) -> HTTPStatus:
        """The HTTP status of its code."""
        return KINDS[self.code].status


def response(problem: Problem, *, instance: str) -> web.Response:
    """Return the answer that tells of a problem at the path `instance`."""
    kind = KINDS[problem.code]
    body: dict[str, object] = {
        "type": f"/api/docs#{problem.code}",
        "title": kind.title,
        "status": kind.status.value,
        "code": problem.code.value,
        "detail": problem.detail,
        "instance": instance,
        "request_id": current_request_id() or "",
    }
    if problem.errors:
        body["errors"] = list(problem.errors)
    headers = dict(problem.headers)
    if kind.status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers.setdefault("Retry-After", str(RETRY_SECONDS))
    text = json.dumps(body, ensure_ascii=False)
    encoded = text.encode("utf-8", "replace")
    return web.Response(
        status=kind.status.value, body=encoded, headers={**headers, "Content-Type": MEDIA_TYPE}
    )

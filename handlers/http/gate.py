"""What stands before every REST operation: who asks, how often, what for; and after: problems."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeAlias

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel

from handlers.http.api_limits import ApiLimits
from handlers.http.auth import Authenticator, Caller, require
from handlers.http.failures import problem_of
from handlers.http.operations import KeyRule, Operation
from handlers.http.problems import Code, Problem, response
from handlers.http.reading import idempotency_key, read_query
from observability.admission import Admission
from observability.logs import current_request_id, new_request_id, request_context
from observability.metrics import Metrics
from observability.tracing import request_span
from tasks.errors import TaskError

KIND = "rest"
"""How requests are called that are counted when they are turned away."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that was let through."""

    request: web.Request
    operation: Operation
    caller: Caller
    query: BaseModel
    key: str | None
    """The client's Idempotency-Key."""


Serve: TypeAlias = Callable[[Call], Awaitable[web.StreamResponse]]


class Gate:
    """Lets callers through to operations."""

    def __init__(
        self,
        *,
        authenticator: Authenticator,
        limits: ApiLimits,
        metrics: Metrics,
        admission: Admission,
    ) -> None:
        self._authenticator = authenticator
        self._limits = limits
        self._admission = admission
        self._limited = metrics.rate_limit_hits.labels("api_key")

    def behind(self, operation: Operation, serve: Serve) -> Handler:
        """Return the handler of an operation; every error leaves it as a problem."""

        async def handle(request: web.Request) -> web.StreamResponse:
            if not self._admission.enter(KIND):
                busy = Problem(Code.BUSY, "Too much at once: nothing was done, ask again.")
                return response(busy, instance=request.path)
            try:
                return await self._explained(operation, serve, request)
            finally:
                self._admission.leave()

        return handle

    async def _explained(
        self, operation: Operation, serve: Serve, request: web.Request
    ) -> web.StreamResponse:
        try:
            request_id = current_request_id() or new_request_id()
            with request_span("rest request", operation=operation.id, request_id=request_id):
                return await self._admitted(operation, serve, request)
        except Problem as problem:
            return response(problem, instance=request.path)
        except TaskError as error:
            return response(problem_of(error, writes=operation.writes), instance=request.path)
        except Exception:
            log.exception("rest_request_failed", extra={"operation": operation.id})
            unforeseen = Problem(Code.INTERNAL, "It was not foreseen, and it is in the log.")
            return response(unforeseen, instance=request.path)

    async def _admitted(
        self, operation: Operation, serve: Serve, request: web.Request
    ) -> web.StreamResponse:
        caller = await self._authenticator.caller(request)
        self._limit(caller)
        require(caller, operation.role)
        call = Call(
            request=request,
            operation=operation,
            caller=caller,
            query=read_query(request.query, operation.query),
            key=_key(request, operation.key),
        )
        with request_context(team_id=caller.team, caller=caller.id):
            answer = await serve(call)
            if operation.writes:
                # A change knows its door only; which key came through it stands here.
                told = {"operation": operation.id, "status": answer.status}
                log.info("rest_written", extra=told)
            return answer

    def _limit(self, caller: Caller) -> None:
        if wait := self._limits.take(caller.id):
            self._limited.inc()
            raise Problem(
                Code.TOO_MANY_REQUESTS,
                f"This key asks too often: try again in {wait} s.",
                headers={"Retry-After": str(wait)},
            )


def _key(request: web.Request, rule: KeyRule) -> str | None:
    if rule is KeyRule.NONE:
        return None
    return idempotency_key(request, required=rule is KeyRule.REQUIRED)


def shown(
    body: BaseModel, *, status: HTTPStatus = HTTPStatus.OK, headers: dict[str, str] | None = None
) -> web.Response:
    """Return `body` as JSON."""
    return web.Response(
        status=status.value,
        body=body.model_dump_json().encode(),
        content_type="application/json",
        headers=headers,
    )

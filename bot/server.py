"""The aiohttp server: routes are handed in; request ids, metrics and honest errors go around."""

import contextlib
import logging
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterable
from functools import cache
from typing import cast

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler, Middleware

from bot.door import Door, opened
from observability.logs import new_request_id, request_context
from observability.metrics import OTHER, Metrics

MAX_BODY_BYTES = 1024 * 1024
FINISH_SECONDS = 10.0  # for requests under way when the server stops

_BAD_REQUEST = 400
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

log = logging.getLogger(__name__)


class PortTaken(Exception):
    """The server cannot listen where it should."""


def build_server(
    routes: Iterable[web.AbstractRouteDef],
    *,
    metrics: Metrics,
    new_id: Callable[[], str] = new_request_id,
    clock: Callable[[], float] = time.perf_counter,
) -> web.Application:
    """Return the application that serves `routes`."""
    app = web.Application(
        client_max_size=MAX_BODY_BYTES,
        middlewares=[_around(metrics, new_id, clock)],
    )
    app.add_routes(routes)
    app.on_response_prepare.append(_add_headers)
    metrics.declare_endpoints({_endpoint(resource) for resource in app.router.resources()})
    return app


@contextlib.asynccontextmanager
async def listening(app: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Serve while the context lasts; yield the port. PortTaken.

    At the end the sockets are closed first, then requests under way get up to 10 s. Before that,
    the caller says that it is draining and waits for the balancer; after it, `SlackDispatch.drain`.
    """
    runner = web.AppRunner(
        app,
        handle_signals=False,
        access_log=None,
        logger=_protocol_log(),
        auto_decompress=False,  # signatures are over the bytes on the wire; no bombs either
        shutdown_timeout=FINISH_SECONDS,
    )
    await runner.setup()
    try:
        listens = await _opened(host, port)
        async with Door.open(listens, cast("web.Server", runner.server)):  # there since the setup
            yield int(listens[0].getsockname()[1])
    finally:
        await runner.cleanup()


async def _opened(host: str, port: int) -> list[socket.socket]:
    try:
        return await opened(host, port)
    except OSError as error:
        raise PortTaken(f"Cannot listen on {host}:{port}: {error.strerror}.") from error


def _protocol_log() -> logging.Logger:
    """Return a logger for aiohttp that tells of broken HTTP, but not the bytes it came in."""
    protocol = logging.getLogger(f"{__name__}.protocol")
    protocol.addFilter(_without_bytes)
    return protocol


def _without_bytes(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, HttpProcessingError):
        record.levelno, record.levelname = logging.INFO, "INFO"
        record.msg, record.args, record.exc_info = "http_protocol_error", (), None
    return True


def _around(metrics: Metrics, new_id: Callable[[], str], clock: Callable[[], float]) -> Middleware:
    """Name each request, count it, and turn errors into JSON; of what nobody foresaw only the id.

    One middleware for all three: each is on the path of every request.
    """
    requests = cache(metrics.http_requests.labels)  # halves what a count costs
    duration = cache(metrics.http_duration.labels)

    @web.middleware
    async def around(request: web.Request, handler: Handler) -> web.StreamResponse:
        since, request_id = clock(), new_id()
        with request_context(request_id=request_id):
            try:
                response = await handler(request)
            except web.HTTPException as answer:
                response = _told(answer)
            except Exception:
                log.exception("http_request_failed")
                error = {"error": "internal error", "request_id": request_id}
                response = web.json_response(error, status=500)
        response.headers.setdefault("X-Request-Id", request_id)
        endpoint = _endpoint(request.match_info.route.resource)
        requests(endpoint, response.status).inc()
        duration(endpoint).observe(clock() - since)
        return response

    return around


def _told(answer: web.HTTPException) -> web.Response:
    """Return what aiohttp raised as JSON; a redirect stays one."""
    if answer.status < _BAD_REQUEST:
        return web.Response(status=answer.status, headers=answer.headers)
    allow = {"Allow": answer.headers["Allow"]} if "Allow" in answer.headers else None
    return web.json_response({"error": answer.reason.lower()}, status=answer.status, headers=allow)


def _endpoint(resource: web.AbstractResource | None) -> str:
    """Name what was asked for; a template that ends in {tail} takes what is known to nobody."""
    if resource is None or resource.canonical.endswith("{tail}"):
        return OTHER
    return resource.canonical


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Server"] = "taskbridge"  # not which versions to attack

"""What nobody waits for is put off where too much is under way: whoever sent it sends it again."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web
from aiohttp.typedefs import Handler

from observability.admission import Admission

KIND = "webhook"


def put_off(routes: Iterable[web.RouteDef], *, admission: Admission) -> list[web.RouteDef]:
    """Return routes that answer 503 instead of beginning what is too much."""
    return [
        web.route(route.method, route.path, _judged(route.handler, admission)) for route in routes
    ]


def _judged(handler: Handler, admission: Admission) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        if not admission.enter(KIND):
            return web.json_response({"result": "busy"}, status=503)
        try:
            return await handler(request)
        finally:
            admission.leave()

    return handle

"""What is answered below /api/v1 where there is nothing, or not with this method."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web
from aiohttp.typedefs import Handler

from handlers.http.operations import BASE, OPERATIONS
from handlers.http.problems import Code, Problem, response


def not_allowed_routes() -> Sequence[web.RouteDef]:
    """Return the routes of all other methods; to be added after those of the operations."""
    methods: dict[str, list[str]] = {}
    for operation in OPERATIONS:
        methods.setdefault(operation.path, []).extend(operation.methods)
    return [web.route("*", path, _not_allowed(known)) for path, known in methods.items()]


def not_found_routes() -> Sequence[web.RouteDef]:
    """Return the routes of all other addresses; to be added last."""
    return [web.route("*", f"{BASE}{{tail:(?:/.*)?}}", _not_found)]


def _not_allowed(methods: Sequence[str]) -> Handler:
    allow = ", ".join(methods)

    async def handle(request: web.Request) -> web.StreamResponse:
        problem = Problem(
            Code.METHOD_NOT_ALLOWED, f"Here you can use {allow}.", headers={"Allow": allow}
        )
        return response(problem, instance=request.path)

    return handle


async def _not_found(request: web.Request) -> web.StreamResponse:
    problem = Problem(
        Code.NO_SUCH_ROUTE, "There is nothing here: /api/v1/openapi.json lists what there is."
    )
    return response(problem, instance=request.path)

"""Lets a request through that carries the right bearer token."""

import hmac

from aiohttp import web
from aiohttp.typedefs import Handler


def guarded(handler: Handler, token: str | None) -> Handler:
    """Return `handler` behind `token` (compared in constant time), or bare where there is none."""
    if not token:
        return handler
    wanted = token.encode()

    async def checked(request: web.Request) -> web.StreamResponse:
        given = request.headers.getall("Authorization", [])
        if len(given) == 1 and hmac.compare_digest(_token(given[0]), wanted):
            return await handler(request)
        return web.json_response(
            {"error": "unauthorized"}, status=401, headers={"WWW-Authenticate": "Bearer"}
        )

    return checked


def _token(header: str) -> bytes:
    """Return what stands behind `Bearer`, in any case; nothing behind another scheme."""
    scheme, _, token = header.partition(" ")
    return token.encode("utf-8", "surrogateescape") if scheme.lower() == "bearer" else b""

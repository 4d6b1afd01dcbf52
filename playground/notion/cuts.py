"""Answers that end badly: none at all, or half of one."""

import asyncio
import socket
import struct

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

# Closing without lingering sends a reset instead of an orderly end.
_NO_LINGER = struct.pack("ii", 1, 0)


class Cut(web.Response):
    """Breaks the connection, after half of the body of `told` if one is given."""

    def __init__(self, *, told: web.Response | None = None) -> None:
        super().__init__()
        self._told = told

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Break the connection in place of an answer."""
        transport = request.transport
        if transport is not None and self._told is None:
            connection: socket.socket = transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
            transport.abort()
        elif isinstance(transport, asyncio.WriteTransport) and self._told is not None:
            transport.write(_half_of(self._told))
            transport.close()
        return await super().prepare(request)


def _half_of(told: web.Response) -> bytes:
    body = told.body
    if not isinstance(body, bytes):
        raise TypeError(type(body))
    head = (
        f"HTTP/1.1 {told.status} OK\r\n"
        f"Content-Type: application/json; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body[: len(body) // 2]

"""A client for HTTP/1.1 with nothing to spare: the generator must cost less than the server.

Requests are bytes made beforehand; connections are kept and reused, the latest first.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
_WITHOUT_BODY = (204, 304)
TIMEOUT_SECONDS = 10.0
IDLE_SECONDS = 30.0
"""So long an unused connection is kept: one stall must not leave a hundred open to the end."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered."""

    status: int
    body: bytes


class BrokenAnswer(ConnectionError):
    """The connection ended before the answer did, or the answer is none."""


class Client:
    """Sends to one server over as many connections as are needed at once."""

    def __init__(
        self,
        port: int,
        *,
        timeout: float = TIMEOUT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._port = port
        self._timeout = timeout
        self._clock = clock
        self._idle: deque[tuple[float, _Connection]] = deque()
        """Each since when, the longest first."""
        self._all: set[_Connection] = set()

    async def send(self, request: bytes) -> Answer:
        """Return the answer. TimeoutError, ConnectionError (BrokenAnswer among them)."""
        connection = self._kept() or await self._opened()
        answer = await connection.ask(request, self._timeout)
        if connection.is_open:
            self._idle.append((self._clock(), connection))
        return answer

    def close(self) -> None:
        """End all connections."""
        for connection in self._all:
            connection.abort()
        self._all.clear()
        self._idle.clear()

    def _kept(self) -> _Connection | None:
        self._drop_unused()
        while self._idle:
            _, connection = self._idle.pop()
            if connection.is_open:
                return connection
            self._all.discard(connection)
        return None

    def _drop_unused(self) -> None:
        while self._idle and self._clock() - self._idle[0][0] > IDLE_SECONDS:
            _, connection = self._idle.popleft()
            connection.abort()
            self._all.discard(connection)

    async def _opened(self) -> _Connection:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self._timeout):
            _, connection = await loop.create_connection(_Connection, "127.0.0.1", self._port)
        self._all.add(connection)
        return connection


class _Connection(asyncio.Protocol):
    """One request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._received = b""
        self._needed = 0  # bytes of head and body together; 0: the head is not complete yet
        self._body_at = 0

    @property
    def is_open(self) -> bool:
        """Whether another request can be sent."""
        return self._transport is not None and not self._transport.is_closing()

    async def ask(self, request: bytes, seconds: float) -> Answer:
        """Send a request and wait for its answer."""
        if self._transport is None:
            raise BrokenAnswer("closed")
        loop = asyncio.get_running_loop()
        self._waiting = loop.create_future()
        deadline = loop.call_later(seconds, self._too_late)
        try:
            self._transport.write(request)
            return await self._waiting
        finally:
            deadline.cancel()
            self._waiting = None

    def abort(self) -> None:
        """End it at once."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the transport."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own is no subclass

    def data_received(self, data: bytes) -> None:
        """Take a part of an answer."""
        self._received += data
        if not self._needed and not self._read_head():
            return
        if len(self._received) < self._needed:
            return
        whole, self._received = self._received, b""
        answer = Answer(int(whole[9:12]), whole[self._body_at : self._needed])
        if _CLOSE.search(whole, 0, self._body_at) or len(whole) > self._needed:
            self.abort()
        self._needed = 0
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits."""
        self._transport = None
        self._fail(BrokenAnswer(str(exc) if exc else "ended before the answer"))

    def _read_head(self) -> bool:
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return False
        self._needed = self._body_at = end + 4
        if int(self._received[9:12]) in _WITHOUT_BODY:
            return True
        length = _LENGTH.search(self._received, 0, end)
        if length is None:
            self._fail(BrokenAnswer("an answer without a length"))
            self.abort()
            return False
        self._needed += int(length[1])
        return True

    def _too_late(self) -> None:
        self._fail(TimeoutError())
        self.abort()

    def _fail(self, error: Exception) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(error)

"""Accepts connections: all that have come, in every turn of the event loop.

uvloop accepts one by each listening socket in a turn. A busy loop has few dozen turns a second, so
that others stand outside for longer than Slack waits, and nobody inside knows of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator, Callable

BACKLOG = 1024
"""Connections that nobody has accepted yet; one that is dropped comes again after a second."""
AT_ONCE = 100
"""So many are accepted in a turn at most: those who are inside want to be served, too."""
PAUSE_SECONDS = 1.0
"""Until it is tried again where the system has no more files or memory to give."""

log = logging.getLogger(__name__)


def opened(host: str, port: int) -> socket.socket:
    """Return a socket that listens, and never waits. OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.create_server((host, port), family=family, backlog=BACKLOG)
    found.settimeout(0)
    return found


class Door:
    """Lets connections in, and hands each to a protocol of its own."""

    def __init__(
        self,
        listening: socket.socket,
        protocol: Callable[[], asyncio.BaseProtocol],
        *,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        self._socket = listening
        self._protocol = protocol
        self._pause_seconds = pause_seconds
        self._loop = asyncio.get_running_loop()
        self._handing: set[asyncio.Task[None]] = set()  # strong: the loop keeps only weak ones
        self._is_open = True
        self._watch()

    @classmethod
    @contextlib.asynccontextmanager
    async def open(
        cls, listening: socket.socket, protocol: Callable[[], asyncio.BaseProtocol]
    ) -> AsyncIterator[None]:
        """Let in while the context lasts; the socket is closed in the end."""
        with listening:
            door = cls(listening, protocol)
            try:
                yield
            finally:
                await door.close()

    async def close(self) -> None:
        """Let nobody in any more; who is in has a protocol when this returns."""
        self._is_open = False
        self._loop.remove_reader(self._socket)
        await asyncio.gather(*self._handing)

    def _watch(self) -> None:
        if self._is_open:
            self._loop.add_reader(self._socket, self._let_in)

    def _let_in(self) -> None:
        for _ in range(AT_ONCE):
            try:
                connection, _ = self._socket.accept()
            except (BlockingIOError, InterruptedError):
                return
            except ConnectionAbortedError:
                continue
            except OSError:
                log.exception("connections_refused")
                self._loop.remove_reader(self._socket)
                self._loop.call_later(self._pause_seconds, self._watch)
                return
            connection.settimeout(0)
            task = self._loop.create_task(self._hand(connection))
            self._handing.add(task)
            task.add_done_callback(self._handing.discard)

    async def _hand(self, connection: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(self._protocol, connection)
        except OSError:
            connection.close()  # gone before it was handed over

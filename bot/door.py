"""Accepts connections: all that have come, in every turn of the event loop.

uvloop accepts one by each listening socket in a turn. A busy loop has few dozen turns a second, so
that others stand outside for longer than Slack waits, and nobody inside knows of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import socket
from collections.abc import AsyncIterator, Callable, Iterable

BACKLOG = 1024
"""Connections that nobody has accepted yet; one that is dropped comes again after a second."""
AT_ONCE = 100
"""So many are accepted in a turn at most: those who are inside want to be served, too."""
PAUSE_SECONDS = 1.0
"""Until it is tried again where the system has no more files or memory to give."""

_NOT_HERE = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)

log = logging.getLogger(__name__)


async def opened(host: str, port: int) -> list[socket.socket]:
    """Return a socket for each address that the host stands for. OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return opened_at(dict.fromkeys(str(address[0]) for *_, address in found), port)


def opened_at(addresses: Iterable[str], port: int) -> list[socket.socket]:
    """Return sockets that listen, all on the same port, and never wait. OSError.

    An address that this machine does not have is left out, as long as there is another: a name can
    stand for one of IPv6 where that is switched off.
    """
    found: list[socket.socket] = []
    missing = OSError(errno.EADDRNOTAVAIL, "There is no address to listen on")
    with contextlib.ExitStack() as stack:
        for address in addresses:
            try:
                found.append(stack.enter_context(_listening(address, port)))
            except OSError as error:
                if error.errno not in _NOT_HERE:
                    raise
                missing = error
            else:
                port = found[0].getsockname()[1]  # the system's choice, where it was 0
        if not found:
            raise missing
        stack.pop_all()
    return found


def _listening(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    found = socket.create_server((address, port), family=family, backlog=BACKLOG)
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
        cls, listening: Iterable[socket.socket], protocol: Callable[[], asyncio.BaseProtocol]
    ) -> AsyncIterator[None]:
        """Let in by each socket while the context lasts; they are closed in the end."""
        async with contextlib.AsyncExitStack() as stack:
            for one in listening:
                stack.enter_context(one)
                stack.push_async_callback(cls(one, protocol).close)
            yield

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

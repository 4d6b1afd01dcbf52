"""A wire between the bot and its database that a test can cut, hold or slow down."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit, urlunsplit

PIECE = 65_536


class Proxy:
    """Passes bytes both ways; `down` cuts and refuses, `hang` accepts and passes nothing."""

    def __init__(self, uri: str) -> None:
        self._target = urlsplit(uri)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self.port = 0
        self.latency_seconds = 0.0
        """What each piece of bytes waits before it is passed on."""

    @property
    def uri(self) -> str:
        """Return the URI of the target, by way of this proxy."""
        return urlunsplit(self._target._replace(netloc=f"127.0.0.1:{self.port}"))

    async def up(self) -> None:
        """Listen, always on the same port."""
        self._server = await asyncio.start_server(self._joined, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def down(self) -> None:
        """Refuse new connections and cut those that are."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in tuple(self._writers):
            writer.transport.abort()

    def hang(self) -> None:
        """Pass nothing on, and say nothing of it."""
        self._flows.clear()

    def resume(self) -> None:
        """Pass on what was held, and all that follows."""
        self._flows.set()

    async def _joined(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there = await asyncio.open_connection(self._target.hostname, self._target.port)
        except OSError:
            writer.close()
            return
        self._writers |= {writer, there[1]}
        await asyncio.gather(self._passed(reader, there[1]), self._passed(there[0], writer))
        self._writers -= {writer, there[1]}

    async def _passed(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(PIECE):
                await asyncio.sleep(self.latency_seconds)
                await self._flows.wait()
                writer.write(piece)
                await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def proxied(uri: str) -> AsyncIterator[Proxy]:
    """Run a proxy before the database at `uri`, which is up when the body starts."""
    proxy = Proxy(uri)
    await proxy.up()
    try:
        yield proxy
    finally:
        proxy.resume()
        proxy.down()

"""Lets the Nth of all calls to the outside go wrong, in one of several ways."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any, TypeVar, cast

import httpx

from tasks.errors import NotSaved, OutcomeUnknown
from tests.contract.notion_sync.interleaving import Interleaving

T = TypeVar("T")


class Mode(StrEnum):
    ERROR_BEFORE = "error before the effect"
    ERROR_AFTER = "error after the effect"
    KILL_BEFORE = "kill before the effect"
    KILL_AFTER = "kill after the effect"
    CANCEL_BEFORE = "cancel before the effect"
    CANCEL_AFTER = "cancel after the effect"


class Killed(BaseException):
    """The process is no more: nothing of ours may catch it."""


class Tripwire:
    """Counts calls; the one numbered `at` goes wrong, none with 0."""

    def __init__(self, *, at: int = 0, mode: Mode = Mode.ERROR_BEFORE) -> None:
        self._at = at
        self._mode = mode
        self.count = 0
        self.interleaving: Interleaving | None = None

    @property
    def fired(self) -> bool:
        return 0 < self._at <= self.count

    async def through(
        self, call: Callable[[], Awaitable[T]], *, before: Exception, after: Exception
    ) -> T:
        if self.interleaving is not None:
            await self.interleaving.turn()
        self.count += 1
        if self.count != self._at:
            return await call()
        if self._mode is Mode.ERROR_BEFORE:
            raise before
        if self._mode is Mode.KILL_BEFORE:
            raise Killed
        if self._mode is Mode.CANCEL_BEFORE:
            raise asyncio.CancelledError
        await call()
        if self._mode is Mode.ERROR_AFTER:
            raise after
        raise Killed if self._mode is Mode.KILL_AFTER else asyncio.CancelledError

    def around(self, port: T) -> T:
        """Return the port with every method going through the wire."""
        return cast("T", _Wired(port, self))


class _Wired:
    def __init__(self, port: object, wire: Tripwire) -> None:
        self._port = port
        self._wire = wire

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        method = getattr(self._port, name)

        async def called(*args: object, **kwargs: object) -> object:
            return await self._wire.through(
                lambda: method(*args, **kwargs), before=NotSaved(), after=OutcomeUnknown()
            )

        return called


class WiredTransport(httpx.AsyncBaseTransport):
    """HTTP that goes through the wire; the effect is a request that was answered."""

    def __init__(self, wire: Tripwire) -> None:
        self._wire = wire
        self._real = httpx.AsyncHTTPTransport(verify=False)  # loopback without TLS

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        async def answered() -> httpx.Response:
            response = await self._real.handle_async_request(request)
            await response.aread()
            return httpx.Response(
                response.status_code, headers=response.headers, content=response.content
            )

        return await self._wire.through(
            answered, before=httpx.ConnectError("no"), after=httpx.ReadError("lost")
        )

    async def aclose(self) -> None:
        await self._real.aclose()

"""A request's body line by line, each bounded in size, all together in number, size and time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass

from aiohttp import web

from handlers.http.problems import Code, Problem

LINE_MAX_BYTES = 512 * 1024
LINES_MAX = 1000
BODY_MAX_BYTES = 16 * 1024 * 1024
PIECE_SECONDS = 10.0
"""How long the next piece of the body may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line without its end."""

    number: int
    """Counted from 1."""
    text: bytes | None
    """None where it is too long."""


class TooMuch(Exception):
    """The body is longer than one import takes; `number` is the first line not taken."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class Splitter:
    """Cuts pieces of a body into lines; holds one line at most."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._is_long = False
        self._number = 1
        self._size = 0

    def feed(self, piece: bytes) -> Iterator[Line]:
        """Yield the lines that end in this piece, empty ones left out. TooMuch."""
        self._size += len(piece)
        *ends, rest = piece.split(b"\n")
        for end in ends:
            self._hold(end)
            yield from self.end()
            self._number += 1
        self._hold(rest)
        if self._size > BODY_MAX_BYTES:
            raise TooMuch(self._number)

    def end(self) -> Iterator[Line]:
        """Yield the line that is held, unless it is empty. TooMuch."""
        text = None if self._is_long else bytes(self._held)
        self._held.clear()
        self._is_long = False
        if text is not None and not text.strip():
            return
        if self._number > LINES_MAX:
            raise TooMuch(self._number)
        yield Line(number=self._number, text=text)

    def _hold(self, text: bytes) -> None:
        self._is_long = self._is_long or len(self._held) + len(text) > LINE_MAX_BYTES
        if not self._is_long:
            self._held += text


async def lines_of(request: web.Request) -> AsyncGenerator[Line, None]:
    """Yield the lines that are not empty. TooMuch, Problem."""
    splitter = Splitter()
    async for piece in _pieces(request):
        for line in splitter.feed(piece):
            yield line
    for line in splitter.end():
        yield line


async def _pieces(request: web.Request) -> AsyncGenerator[bytes, None]:
    while True:
        try:
            async with asyncio.timeout(PIECE_SECONDS):
                piece = await request.content.readany()
        except TimeoutError:
            raise Problem(
                Code.SLOW_BODY,
                "The body stood still: send it again with the same Idempotency-Key."
                " Lines that were made already are not made twice.",
            ) from None
        except (web.RequestPayloadError, ConnectionError):
            raise Problem(
                Code.BROKEN_BODY,
                "The body broke off: send it again with the same Idempotency-Key.",
            ) from None
        if not piece:
            return
        yield piece

"""The lean client against real sockets: what it reads, keeps, and gives up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

import pytest

from benchmarks.requests import request
from benchmarks.wire import IDLE_SECONDS, Answer, BrokenAnswer, Client

Talk: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
ASK = request("GET", "/", {}, b"")


@asynccontextmanager
async def serving(
    talk: Talk,
    *,
    timeout: float = 5.0,  # noqa: ASYNC109  # the client's
    clock: Callable[[], float] = time.monotonic,
) -> AsyncIterator[Client]:
    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has gone
        finally:
            writer.close()

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    client = Client(server.sockets[0].getsockname()[1], timeout=timeout, clock=clock)
    try:
        yield client
    finally:
        client.close()
        server.close()
        await server.wait_closed()


def answering(*pieces: bytes) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0)

    return talk


async def test_an_answer_is_read_whole_however_it_is_cut() -> None:
    whole = b"HTTP/1.1 200 OK\r\nX: y\r\nCONTENT-LENGTH: 5\r\n\r\nhello"
    async with serving(answering(*(bytes([byte]) for byte in whole))) as client:
        assert await client.send(ASK) == Answer(200, b"hello")


async def test_a_connection_is_used_again() -> None:
    met = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal met
        met += 1
        await answering(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n%d" % met)(reader, writer)

    async with serving(talk) as client:
        assert [(await client.send(ASK)).body for _ in range(3)] == [b"1", b"1", b"1"]


async def test_connections_that_nobody_needs_any_more_are_closed() -> None:
    everyone, ended, now = asyncio.Barrier(3), asyncio.Semaphore(0), 0.0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                if not now:
                    await everyone.wait()
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        finally:
            ended.release()

    async with serving(talk, clock=lambda: now) as client:
        await asyncio.gather(*(client.send(ASK) for _ in range(3)))
        now = IDLE_SECONDS / 2
        await client.send(ASK)  # the connection that it takes is in use again
        now = IDLE_SECONDS + 1
        await client.send(ASK)
        async with asyncio.timeout(30):
            await ended.acquire()
            await ended.acquire()
        assert ended.locked()  # two, not all three


async def test_each_request_under_way_has_a_connection_of_its_own() -> None:
    everyone = asyncio.Barrier(5)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await everyone.wait()
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await writer.drain()

    async with serving(talk) as client:
        answers = await asyncio.gather(*(client.send(ASK) for _ in range(5)))
    assert [answer.status for answer in answers] == [204] * 5


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", b"HTTP/1.1 204 N\r\n\r\n"]
)
async def test_what_has_no_body_is_complete_with_its_head(head: bytes) -> None:
    async with serving(answering(head)) as client:
        assert (await client.send(ASK)).body == b""


async def test_a_connection_that_is_to_be_closed_is_not_used_again() -> None:
    closing = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    async with serving(answering(closing)) as client:
        assert [(await client.send(ASK)).status for _ in range(2)] == [200, 200]


async def test_an_answer_that_ends_too_early_is_an_error() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
        await writer.drain()

    async with serving(talk) as client:
        with pytest.raises(BrokenAnswer):
            await client.send(ASK)


async def test_an_answer_without_a_length_is_an_error() -> None:
    async with serving(answering(b"HTTP/1.1 200 OK\r\n\r\n")) as client:
        with pytest.raises(BrokenAnswer, match="length"):
            await client.send(ASK)


async def test_silence_is_given_up_after_the_timeout() -> None:
    async with serving(answering(), timeout=0.01) as client:
        with pytest.raises(TimeoutError):
            await client.send(ASK)


async def test_nobody_there_is_an_error() -> None:
    async with serving(answering()) as client:
        pass
    with pytest.raises(OSError, match=r"(?i)connect"):
        await client.send(ASK)

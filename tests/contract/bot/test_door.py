"""How connections come in; the server behind is in test_server.py."""

import asyncio
import errno
import logging
import socket
from typing import Any

import pytest

from bot.door import Door, opened

LOOPBACK = "127.0.0.1"


class Greeter(asyncio.Protocol):
    """Says hello and hangs up."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"hello")
        transport.close()


async def greeted(port: int) -> bytes:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    said = await reader.read()
    writer.close()
    await writer.wait_closed()
    return said


class Troubled(socket.socket):
    """A socket whose first connections cannot be accepted."""

    troubles: list[OSError]

    def accept(self) -> tuple[socket.socket, Any]:
        if self.troubles:
            raise self.troubles.pop(0)
        return super().accept()


def troubled(*troubles: OSError) -> Troubled:
    with opened(LOOPBACK, 0) as plain:
        found = Troubled(fileno=plain.detach())
    found.settimeout(0)
    found.troubles = list(troubles)
    return found


async def test_without_files_to_give_it_is_said_and_tried_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with troubled(OSError(errno.EMFILE, "Too many open files")) as listens:
        door = Door(listens, Greeter, pause_seconds=0.0)
        assert await greeted(listens.getsockname()[1]) == b"hello"
        await door.close()
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "connections_refused" in caplog.text


async def test_one_that_was_given_up_keeps_nobody_else_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with troubled(ConnectionAbortedError()) as listens:
        door = Door(listens, Greeter)
        assert await greeted(listens.getsockname()[1]) == b"hello"
        await door.close()
    assert caplog.records == []


async def test_a_closed_door_lets_nobody_in_also_where_it_was_to_try_again() -> None:
    with troubled(OSError(errno.EMFILE, "Too many open files")) as listens:
        port = listens.getsockname()[1]
        door = Door(listens, Greeter, pause_seconds=0.0)
        with socket.create_connection((LOOPBACK, port)):
            while listens.troubles:  # noqa: ASYNC110  # the door tells nobody
                await asyncio.sleep(0)
            await door.close()
            for _ in range(5):
                await asyncio.sleep(0)
            assert asyncio.get_running_loop().remove_reader(listens) is False
    with pytest.raises(ConnectionRefusedError):
        await greeted(port)


async def test_an_address_of_version_6_is_listened_on() -> None:
    try:
        listens = opened("::1", 0)
    except OSError as error:
        pytest.skip(f"no IPv6 here: {error}")
    async with Door.open(listens, Greeter):
        reader, writer = await asyncio.open_connection("::1", listens.getsockname()[1])
        assert await reader.read() == b"hello"
        writer.close()
        await writer.wait_closed()

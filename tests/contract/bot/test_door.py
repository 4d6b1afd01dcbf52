"""How connections come in; the server behind is in test_server.py."""

import asyncio
import errno
import logging
import socket
from typing import Any

import pytest

from bot.door import Door, opened, opened_at

LOOPBACK, LOOPBACK_2, LOOPBACK_6 = "127.0.0.1", "127.0.0.2", "::1"
ELSEWHERE = "192.0.2.1"  # for documentation, so nobody's


class Greeter(asyncio.Protocol):
    """Says hello and hangs up."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"hello")
        transport.close()


async def greeted(port: int, host: str = LOOPBACK) -> bytes:
    reader, writer = await asyncio.open_connection(host, port)
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
    (plain,) = opened_at([LOOPBACK], 0)
    with plain:
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
    listens = await opened(needs_ipv6(), 0)
    async with Door.open(listens, Greeter):
        assert await greeted(listens[0].getsockname()[1], LOOPBACK_6) == b"hello"


async def test_a_name_of_two_addresses_is_listened_on_at_both_by_one_port() -> None:
    listens = opened_at([LOOPBACK, needs_ipv6()], 0)
    (port,) = {one.getsockname()[1] for one in listens}
    async with Door.open(listens, Greeter):
        assert await greeted(port, LOOPBACK) == await greeted(port, LOOPBACK_6) == b"hello"
    for host in (LOOPBACK, LOOPBACK_6):
        with pytest.raises(ConnectionRefusedError):
            await greeted(port, host)


async def test_localhost_is_listened_on_wherever_the_name_leads() -> None:
    listens = await opened("localhost", 0)
    async with Door.open(listens, Greeter):
        assert await greeted(listens[0].getsockname()[1], "localhost") == b"hello"
        for one in listens:
            host, port, *_ = one.getsockname()
            assert await greeted(port, host) == b"hello"


async def test_an_address_that_is_not_here_is_left_out_where_there_is_another() -> None:
    (listens,) = opened_at([ELSEWHERE, LOOPBACK], 0)
    with listens:
        assert listens.getsockname()[0] == LOOPBACK
    with pytest.raises(OSError, match="assign"):
        opened_at([ELSEWHERE], 0)
    with pytest.raises(OSError, match="no address"):
        opened_at([], 0)


async def test_a_port_that_is_taken_at_one_address_is_taken_and_nothing_stays_open() -> None:
    (taken,) = opened_at([LOOPBACK_2], 0)
    with taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            opened_at([LOOPBACK, LOOPBACK_2], port)
        with pytest.raises(ConnectionRefusedError):
            await greeted(port)


def needs_ipv6() -> str:
    """Return loopback's address of version 6; skips where there is none."""
    try:
        (found,) = opened_at([LOOPBACK_6], 0)
    except OSError as error:
        pytest.skip(f"no IPv6 here: {error}")
    found.close()
    return LOOPBACK_6

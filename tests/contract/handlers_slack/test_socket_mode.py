"""The same requests through Socket Mode."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack.explain import BUSY
from handlers.slack.socket_mode import SocketMode
from tests.contract.handlers_slack.world import World, running

APP_TOKEN = "xapp-1"  # noqa: S105  # of a simulator
PING_SECONDS = 0.05  # the SDK looks after its connection as often as this


class Watch:
    """Lets the watchdog look when a test says so."""

    def __init__(self) -> None:
        self._turns: asyncio.Queue[None] = asyncio.Queue()
        self.looked = asyncio.Event()

    async def sleep(self, _seconds: float) -> None:
        self.looked.set()
        await self._turns.get()
        self.looked.clear()

    async def look(self) -> None:
        self._turns.put_nowait(None)
        self.looked.clear()
        await self.looked.wait()


def made(world: World, watch: Watch, ping_seconds: float = PING_SECONDS) -> SocketMode:
    world.slack.add_app_token(APP_TOKEN)
    world.slack.transport = "socket"
    web = AsyncWebClient(base_url=f"{world.slack.core.base_url}/api/", retry_handlers=[])
    return SocketMode(
        app_token=APP_TOKEN,
        web_client=web,
        dispatch=world.dispatch,
        sleep=watch.sleep,
        ping_seconds=ping_seconds,
    )


@asynccontextmanager
async def connected(
    world: World, watch: Watch | None = None, *, ping_seconds: float = PING_SECONDS
) -> AsyncIterator[SocketMode]:
    sockets = made(world, watch or Watch(), ping_seconds)
    sockets.start()
    assert sockets._connecting is not None
    await sockets._connecting
    try:
        yield sockets
    finally:
        await sockets.drain(5)
        await sockets.close()


async def test_the_main_job_through_socket_mode(world: World) -> None:
    async with connected(world):
        answer = await world.slack.command("/task add Buy milk")
        assert answer.plain.startswith("Added T-1.")
        modal = (await world.slack.click(answer.message, "Edit")).modal
        assert modal is not None
        assert (await world.slack.submit(modal, {"Title": "Buy bread"})).closed
        await world.settled()
        await world.slack.click(answer.message, "Done")
        await world.settled()
        assert answer.message.plain.startswith("Done: T-1.\nBuy bread")
        assert (await world.slack.open_home()).accepted
    assert (await world.task()).completed_by == "U1"


async def test_it_comes_back_on_a_new_connection_when_asked_to(world: World) -> None:
    async with connected(world):
        first = world.slack.sockets.connections[0]
        await world.slack.sockets.disconnect()
        await world.slack.until(
            lambda: [c for c in world.slack.sockets.connections if c is not first]
        )
        await world.slack.until(lambda: first not in world.slack.sockets.connections)
        assert (await world.slack.command("/task add Buy milk")).plain.startswith("Added T-1.")


async def test_it_comes_back_after_a_cut(world: World) -> None:
    async with connected(world):
        world.slack.sockets.drop()
        await world.slack.until(lambda: not world.slack.sockets.connections)
        await world.slack.until(lambda: world.slack.sockets.connections)
        assert (await world.slack.command("/task add Buy milk")).plain.startswith("Added T-1.")


async def test_what_is_under_way_is_finished_before_the_end(world: World) -> None:
    async with connected(world) as sockets:
        world.gate.shut()
        command = asyncio.create_task(world.slack.command("/task add Buy milk"))
        await world.gate.reached()
        draining = asyncio.create_task(sockets.drain(5))
        await asyncio.sleep(0)
        world.gate.open()
        assert await draining == 0
        assert (await command).plain.startswith("Added T-1.")


async def test_p5_people_do_not_wait_for_each_other_while_the_database_hangs() -> None:
    async with (
        running(at_once=50) as world,
        connected(world, ping_seconds=10),  # a busy machine answers no ping in between
    ):
        world.gate.shut()
        commands = [
            asyncio.create_task(world.slack.command(f"/task add Number {n}")) for n in range(150)
        ]
        async with asyncio.timeout(30):
            told = [await one for one in itertools.islice(asyncio.as_completed(commands), 100)]
        assert all(answer.plain.startswith(BUSY) for answer in told)
        assert world.admission.under_way == 50
        world.gate.open()
        answers = await asyncio.gather(*commands)
        assert sum(answer.plain.startswith("Added T-") for answer in answers) == 50


async def test_the_watchdog_renews_what_the_sdk_has_given_up(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    watch = Watch()
    async with connected(world, watch) as sockets:
        monitor = sockets.client.current_session_monitor
        assert monitor is not None
        monitor.cancel()  # as when it died silently
        sockets.client.auto_reconnect_enabled = False
        world.slack.sockets.drop()
        await world.slack.until(lambda: not world.slack.sockets.connections)
        await watch.look()
        await watch.look()
        await watch.look()
        await world.slack.until(lambda: world.slack.sockets.connections)
        assert await sockets.is_connected()
    assert "socket_mode_disconnected" in caplog.text


async def test_an_address_whose_ticket_is_used_up_is_not_tried_for_ever(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    watch = Watch()
    sockets = made(world, watch)
    address = world.slack.core.base_url.replace("http", "ws", 1)
    sockets.client.wss_uri = f"{address}/link/?ticket=used"
    sockets.start()
    try:
        await watch.look()
        await watch.look()
        await watch.look()
        await world.slack.until(lambda: world.slack.sockets.connections)
    finally:
        await sockets.close()
    assert "Failed to connect" in caplog.text

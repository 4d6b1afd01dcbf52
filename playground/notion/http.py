"""Serving the emulator over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from playground.notion.door import Door
from playground.notion.emulator import NotionEmulator
from playground.notion.limits import MOST_BYTES

# Beyond this not even a refusal by size is worked out.
_MOST_READ = 4 * MOST_BYTES


def create_app(emulator: NotionEmulator) -> web.Application:
    """Return the application that serves the emulator under `/v1`."""
    app = web.Application(client_max_size=_MOST_READ)
    app.router.add_route("*", "/{path:.*}", Door(emulator).handle)
    return app


@asynccontextmanager
async def serving(
    emulator: NotionEmulator,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    delivering: bool = False,
) -> AsyncIterator[str]:
    """Serve the emulator and yield its base URL, without `/v1`; port 0 takes a free one.

    `delivering` sends webhooks as their time comes, for an emulator whose clock goes by itself.
    """
    runner = web.AppRunner(create_app(emulator), access_log=None, shutdown_timeout=1)
    await runner.setup()
    courier = asyncio.create_task(emulator.webhooks.run()) if delivering else None
    try:
        await web.TCPSite(runner, host, port).start()
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        if courier is not None:
            courier.cancel()
            await asyncio.gather(courier, return_exceptions=True)
        emulator.faults.clear()
        await runner.cleanup()

"""The simulator as a web application, and how to run it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from playground.slack.authorize import AUTHORIZE_PATH, AuthorizePage
from playground.slack.response_urls_http import ResponseUrlEndpoint
from playground.slack.simulator import SlackSimulator
from playground.slack.web_api.router import WebApi

_BODY_BYTES = 8 * 1024 * 1024


def application(simulator: SlackSimulator) -> web.Application:
    """Return all that Slack serves: Web API, response_urls and websockets."""
    app = web.Application(client_max_size=_BODY_BYTES)
    api, urls = WebApi(simulator.core), ResponseUrlEndpoint(simulator.core)
    app.router.add_route("*", "/api/{method}", api.handle)
    app.router.add_get(AUTHORIZE_PATH, AuthorizePage(simulator.core).handle)
    for kind in ("commands", "actions", "app"):
        app.router.add_post(f"/{kind}/{{team}}/{{number}}/{{secret}}", urls.handle)
    app.router.add_get("/link/", simulator.post.sockets.handle)
    return app


@asynccontextmanager
async def serving(
    simulator: SlackSimulator, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[str]:
    """Serve until the block ends; yields the base URL, `…/api/` being the Web API."""
    runner = web.AppRunner(
        application(simulator), access_log=None, handle_signals=False, shutdown_timeout=1.0
    )
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    # A connection per request: a bot that restarts must not meet a stale one.
    connector = aiohttp.TCPConnector(force_close=True)
    try:
        await site.start()
        simulator.core.base_url = f"http://{host}:{runner.addresses[0][1]}"
        async with aiohttp.ClientSession(connector=connector, trust_env=False) as session:
            simulator.post.session = session
            yield simulator.core.base_url
    finally:
        simulator.post.session = None
        simulator.post.sockets.drop()
        await runner.cleanup()

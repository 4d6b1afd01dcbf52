"""Access tokens of an issuer, from its key set over HTTP to the answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from bot.issuer_fetch import BYTES_MAX, issuer_fetch
from bot.rest import Issuer
from handlers.http.issuer_keys import IssuerUnreachable
from tasks.api_keys import Role
from tests.contract.rest.world import BOOK, RestWorld, in_memory, serving
from tests.unit.handlers.http_api.issuer import (
    AUDIENCE,
    ISSUER,
    JWKS,
    MemoryIssuer,
    public_jwk,
    signed,
)


@asynccontextmanager
async def with_issuer(issuer: MemoryIssuer) -> AsyncIterator[RestWorld]:
    """Serve the API with this issuer; its clock is the world's."""
    settings = Issuer(url=ISSUER, audience=AUDIENCE, jwks_url=JWKS)
    async with serving(in_memory(), issuer=settings, fetch=issuer.fetch) as world:
        yield world


async def test_a_token_opens_its_workspace_with_its_role() -> None:
    async with with_issuer(MemoryIssuer(public_jwk("ES256", "k1"))) as rest:
        made = await rest.ask("POST", "", token=signed(), key="k", json=BOOK)
        assert made.status == 201
        assert (await rest.ask("GET", "1", team="T1", role=Role.READ)).status == 200
        assert (await rest.ask("GET", "1", token=signed(team="T2"))).problem[0] == 404
        small = await rest.ask("POST", "1/complete", token=signed(role="read"))
        assert small.problem == (403, "role_too_small")


async def test_a_bad_token_is_told_why_and_nothing_of_it_is_repeated() -> None:
    async with with_issuer(MemoryIssuer(public_jwk("ES256", "k1"))) as rest:
        late = await rest.ask("GET", "", token=signed(exp=1, sub="canary"))
        assert late.problem == (401, "unauthenticated")
        assert late.body["detail"] == "The token has expired: get a new one."
        nobody = await rest.ask("GET", "", token=signed(team=None, sub="canary"))
        assert nobody.problem == (403, "no_workspace")
        assert "canary" not in late.text + nobody.text


async def test_while_the_issuer_is_away_tokens_wait_and_keys_do_not() -> None:
    issuer = MemoryIssuer(public_jwk("ES256", "k1"))
    issuer.is_away = True
    async with with_issuer(issuer) as rest:
        waits = await rest.ask("GET", "", token=signed())
        assert waits.problem == (503, "unavailable")
        assert waits.headers["Retry-After"] == "2"
        assert (await rest.ask("GET", "")).status == 200


async def test_without_an_issuer_no_token_is_good(rest: RestWorld) -> None:
    assert (await rest.ask("GET", "", token=signed())).problem == (401, "unauthenticated")


@asynccontextmanager
async def served(handler: web.RequestHandler | object) -> AsyncIterator[str]:
    """Serve one handler on loopback; give its address."""
    app = web.Application()
    app.router.add_get("/jwks", handler)  # type: ignore[arg-type]  # a coroutine function
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/jwks"
    finally:
        await runner.cleanup()


async def test_a_key_set_is_fetched() -> None:
    async def jwks(_request: web.Request) -> web.Response:
        return web.json_response({"keys": []})

    async with served(jwks) as url, aiohttp.ClientSession() as session:
        assert json.loads(await issuer_fetch(session)(url)) == {"keys": []}


async def test_an_issuer_that_sends_elsewhere_or_too_much_or_fails_is_not_followed() -> None:
    async def elsewhere(_request: web.Request) -> web.Response:
        raise web.HTTPFound("/jwks")

    async def too_much(_request: web.Request) -> web.Response:
        return web.Response(body=b" " * (BYTES_MAX + 1))

    async def failing(_request: web.Request) -> web.Response:
        raise web.HTTPServiceUnavailable

    for handler in (elsewhere, too_much, failing):
        async with served(handler) as url, aiohttp.ClientSession() as session:
            with pytest.raises(IssuerUnreachable):
                await issuer_fetch(session)(url)


async def test_an_issuer_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.issuer_fetch.FETCH_SECONDS", 0.01)
    end = asyncio.Event()

    async def hanging(_request: web.Request) -> web.Response:
        await end.wait()
        return web.Response()

    async with served(hanging) as url, aiohttp.ClientSession() as session:
        with pytest.raises(IssuerUnreachable):
            await issuer_fetch(session)(url)
        end.set()


async def test_nobody_at_the_address_is_an_issuer_that_is_away() -> None:
    async with aiohttp.ClientSession() as session:
        for url in ("http://127.0.0.1:1/jwks", "http://[", "nonsense"):
            with pytest.raises(IssuerUnreachable):
                await issuer_fetch(session)(url)

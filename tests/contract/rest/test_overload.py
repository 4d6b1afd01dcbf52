"""What programs are told when more comes in than the process can do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.server import build_server, listening
from handlers.http.put_off import put_off
from observability.admission import Admission
from tests.contract.bot.raw_http import request
from tests.contract.rest.world import BOOK, RestWorld, in_memory, serving

JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def small() -> AsyncIterator[RestWorld]:
    """Serve one request at a time."""
    async with serving(in_memory(), at_once=1) as world:
        yield world


async def test_who_is_turned_away_gets_a_problem_and_when_to_come_again(small: RestWorld) -> None:
    begun, goes_on = asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b'{"title": '
        begun.set()
        await goes_on.wait()
        yield b'"Held"}'

    first = asyncio.create_task(small.ask("POST", "", key="a", data=slowly(), headers=JSON))
    await begun.wait()
    async with asyncio.timeout(10):
        while not small.admission.under_way:  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(0)
    turned_away = [
        await small.ask("POST", "", key="b", json=BOOK),
        await small.ask("GET", ""),
        await small.ask("GET", "", token="nobody's"),  # noqa: S106  # not even looked at
    ]
    goes_on.set()
    assert (await first).status == 201

    assert {answer.problem for answer in turned_away} == {(503, "busy")}
    assert {answer.headers["Retry-After"] for answer in turned_away} == {"2"}
    assert small.metrics.requests_shed.labels("rest")._value.get() == 3
    tasks = (await small.ask("GET", "")).body["tasks"]
    assert [task["title"] for task in tasks] == ["Held"]
    assert (await small.ask("POST", "", key="b", json=BOOK)).status == 201


async def test_what_explains_the_api_is_never_turned_away(small: RestWorld) -> None:
    assert small.admission.enter("other")
    assert (await small.ask("GET", "/api/v1/openapi.json")).status == 200
    assert (await small.ask("GET", "/api/docs")).status == 200


@pytest.mark.parametrize("path", ["", "/404", "/1?fields=x"])
async def test_room_is_given_back_whatever_the_answer(small: RestWorld, path: str) -> None:
    await small.ask("GET", path.removeprefix("/") if path else "")
    assert small.admission.under_way == 0


async def test_a_webhook_is_put_off_and_its_room_given_back() -> None:
    away: list[str] = []
    admission = Admission(turned_away=away.append, at_most=1)
    metrics = in_memory().metrics

    async def taken(_request: web.Request) -> web.StreamResponse:
        return web.json_response({"result": "accepted"})

    routes = put_off([web.post("/notion/webhook", taken)], admission=admission)
    async with listening(build_server(routes, metrics=metrics), "127.0.0.1", 0) as port:
        assert admission.enter("other")
        assert (await request(port, "POST", "/notion/webhook", body=b"{}")).status == 503
        admission.leave()
        for _ in range(2):
            assert (await request(port, "POST", "/notion/webhook", body=b"{}")).status == 200
    assert (away, admission.under_way) == (["webhook"], 0)

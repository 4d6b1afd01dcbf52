import asyncio
import logging
import socket
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry

from bot.server import PortTaken, build_server, listening
from observability.logs import current_request_id
from observability.metrics import Metrics
from tests.contract.bot.raw_http import request

MANY = 20


@dataclass
class Served:
    """A server with a few routes that do what servers must survive."""

    metrics: Metrics = field(default_factory=lambda: Metrics(CollectorRegistry()))
    entered: asyncio.Event = field(default_factory=asyncio.Event)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0

    def app(self) -> web.Application:
        routes = [
            web.get("/things/{name}", self.thing),
            web.get("/broken", self.broken),
            web.get("/moved", self.moved),
            web.get("/slow", self.slow),
        ]
        return build_server(routes, metrics=self.metrics, new_id=lambda: "id-1")

    async def thing(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response({"request_id": current_request_id()})

    async def broken(self, _request: web.Request) -> web.StreamResponse:
        raise RuntimeError("canary")

    async def moved(self, _request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("/elsewhere")

    async def slow(self, _request: web.Request) -> web.StreamResponse:
        self.entered.set()
        await self.gate.wait()
        return web.json_response({"done": True})

    def count(self, endpoint: str, status: str) -> float | None:
        return self.metrics.registry.get_sample_value(
            "http_requests_total", {"endpoint": endpoint, "status": status}
        )


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    served = Served()
    async with listening(served.app(), "127.0.0.1", 0) as port:
        served.port = port
        yield served


async def test_each_request_has_an_id_inside_and_outside(served: Served) -> None:
    answer = await request(served.port, "GET", "/things/a")
    assert answer.json == {"request_id": "id-1"}
    assert answer.headers["x-request-id"] == "id-1"


async def test_requests_are_counted_by_route_template_and_strangers_as_other(
    served: Served,
) -> None:
    assert served.count("/things/{name}", "200") == 0
    await request(served.port, "GET", "/things/a")
    await request(served.port, "GET", "/things/b")
    await request(served.port, "GET", "/wp-login.php")
    await request(served.port, "GET", "/moved")
    assert served.count("/things/{name}", "200") == 2
    assert served.count("other", "404") == 1
    assert served.count("/moved", "302") == 1
    duration = served.metrics.registry.get_sample_value(
        "http_request_duration_seconds_count", {"endpoint": "/things/{name}"}
    )
    assert duration == 2


async def test_an_error_nobody_foresaw_is_json_with_the_id_and_no_traceback(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await request(served.port, "GET", "/broken")
    assert (answer.status, answer.json) == (500, {"error": "internal error", "request_id": "id-1"})
    assert "http_request_failed" in caplog.text
    assert served.count("/broken", "500") == 1


@pytest.mark.parametrize("path", ["/nowhere", "/things/a/b", "//", "/%00", "/things/%2e%2e%2f"])
async def test_unknown_paths_get_json_not_found(served: Served, path: str) -> None:
    answer = await request(served.port, "GET", path)
    assert answer.status in {200, 404}
    assert answer.headers["content-type"].startswith("application/json")


async def test_a_redirect_stays_a_redirect(served: Served) -> None:
    answer = await request(served.port, "GET", "/moved")
    assert (answer.status, answer.headers["location"]) == (302, "/elsewhere")


@pytest.mark.parametrize("path", ["/things/a", "/broken", "/nowhere"])
async def test_every_answer_has_the_security_headers(served: Served, path: str) -> None:
    headers = (await request(served.port, "GET", path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert headers["server"] == "taskbridge"


async def test_broken_http_is_answered_without_a_traceback_and_its_bytes_are_not_logged(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        answer = await request(
            served.port, "GET", "/things/a", headers=[("bad name", "canary\x01")]
        )
    assert answer.status == 400
    assert "Traceback" not in answer.body
    assert "http_protocol_error" in caplog.text
    assert "canary" not in caplog.text


async def test_a_taken_port_is_one_sentence(served: Served) -> None:
    with pytest.raises(PortTaken, match=f"Cannot listen on 127.0.0.1:{served.port}: "):
        async with listening(Served().app(), "127.0.0.1", served.port):
            pass


async def test_requests_under_way_are_finished_before_the_server_is_gone() -> None:
    served = Served()
    async with listening(served.app(), "127.0.0.1", 0) as port:
        under_way = asyncio.create_task(request(port, "GET", "/slow"))
        await served.entered.wait()
        asyncio.get_running_loop().call_later(0.01, served.gate.set)
    assert (await under_way).json == {"done": True}
    with pytest.raises(ConnectionRefusedError):
        await request(port, "GET", "/things/a")


def test_connections_that_come_at_once_are_accepted_at_once() -> None:
    uvloop = pytest.importorskip("uvloop", reason="its own servers accept one in a turn")
    turn, entered = 0, Counter[int]()

    async def handle(_request: web.Request) -> web.StreamResponse:
        entered[turn] += 1
        return web.Response()

    async def serve() -> None:
        nonlocal turn
        app = build_server([web.get("/", handle)], metrics=Metrics(CollectorRegistry()))
        async with listening(app, "127.0.0.1", 0) as port:
            clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(MANY)]
            for client in clients:
                client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            async with asyncio.timeout(10):
                while entered.total() < MANY:
                    turn += 1
                    await asyncio.sleep(0)
            for client in clients:
                client.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve())
    assert max(entered.values()) > MANY / 2

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from prometheus_client import CollectorRegistry

from bot.server import build_server, listening
from handlers.http.health import HealthRoutes
from handlers.http.metrics import MetricsRoutes
from observability.checks import Check, Finding, Status
from observability.health import Health
from observability.heartbeat import Heartbeat
from observability.metrics import Metrics
from observability.remote import Remote
from observability.stats import Stats
from tests.contract.bot.raw_http import request


@dataclass
class World:
    """The probes and metrics of a bot whose dependencies say what the test wants."""

    time: float = 1000.0
    storage: Status = Status.OK
    notion_calls: int = 0
    refreshed: int = 0
    port: int = 0

    def clock(self) -> float:
        return self.time

    async def ask_storage(self) -> Finding:
        return Finding(status=self.storage, detail="MongoDB.", facts={"latency_ms": 1})

    async def ask_notion(self) -> Finding:
        self.notion_calls += 1
        return Finding(status=Status.OK, detail="Notion answers.")

    async def refresh(self) -> None:
        self.refreshed += 1

    def __post_init__(self) -> None:
        self.metrics = Metrics(CollectorRegistry(), version="1.2.3")
        self.heart = Heartbeat(clock=self.clock, sleep=asyncio.sleep, report=lambda _: None)
        self.health = Health(
            storage=Check("mongodb", self.ask_storage, ttl=5, timeout=1, clock=self.clock),
            others=[Remote("notion", self.ask_notion, clock=self.clock)],
            heartbeat=self.heart,
            clock=self.clock,
        )
        self.stats = Stats(
            {"http_request_duration_seconds": self.metrics.http_duration},
            clock=self.clock,
            sleep=asyncio.sleep,
        )


async def serve(world: World, token: str | None) -> AsyncIterator[World]:
    routes = [
        *HealthRoutes(world.health, version="1.2.3").routes(),
        *MetricsRoutes(world.metrics, world.stats, token=token, refresh=world.refresh).routes(),
    ]
    async with listening(build_server(routes, metrics=world.metrics), "127.0.0.1", 0) as port:
        world.port = port
        yield world
    await world.health.close()


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async for served in serve(World(), None):
        yield served


@pytest.fixture
async def guarded() -> AsyncIterator[World]:
    async for served in serve(World(), "metrics-token"):
        yield served


async def test_health_shows_each_check_with_its_age(world: World) -> None:
    await request(world.port, "GET", "/health")
    world.time += 4
    answer = await request(world.port, "GET", "/health")
    assert answer.status == 200
    assert answer.json == {
        "status": "ok",
        "version": "1.2.3",
        "checks": {
            "mongodb": {"status": "ok", "age_seconds": 4.0, "detail": "MongoDB.", "latency_ms": 1},
            "notion": {"status": "ok", "age_seconds": 4.0, "detail": "Notion answers."},
        },
    }


async def test_a_thousand_parallel_questions_ask_notion_once(world: World) -> None:
    batches = [request(world.port, "GET", "/health") for _ in range(100)]
    for _ in range(10):
        answers = await asyncio.gather(*batches)
        assert {answer.status for answer in answers} == {200}
        batches = [request(world.port, "GET", "/health") for _ in range(100)]
    for unused in batches:
        unused.close()
    assert world.notion_calls == 1


@pytest.mark.parametrize(
    ("storage", "status", "word"),
    [(Status.OK, 200, "ok"), (Status.DEGRADED, 200, "degraded"), (Status.FAIL, 503, "fail")],
)
async def test_only_when_nothing_can_be_saved_health_is_503(
    world: World, storage: Status, status: int, word: str
) -> None:
    world.storage = storage
    answer = await request(world.port, "GET", "/health")
    assert (answer.status, answer.json["status"]) == (status, word)


async def test_readiness_follows_start_storage_and_shutdown(world: World) -> None:
    assert (await request(world.port, "GET", "/readyz")).status == 503
    world.health.started()
    assert (await request(world.port, "GET", "/readyz")).status == 200
    world.storage = Status.FAIL
    world.time += 6
    assert (await request(world.port, "GET", "/readyz")).status == 200
    world.time += 36
    answer = await request(world.port, "GET", "/readyz")
    assert (answer.status, answer.json["reason"]) == (
        503,
        "MongoDB has been gone for more than 30 s.",
    )
    world.storage = Status.OK
    world.time += 6
    assert (await request(world.port, "GET", "/readyz")).status == 200
    world.health.draining()
    assert (await request(world.port, "GET", "/readyz")).status == 503


async def test_liveness_asks_only_the_heart(world: World) -> None:
    world.storage = Status.FAIL
    assert (await request(world.port, "GET", "/livez")).status == 200
    world.time += 31
    assert (await request(world.port, "GET", "/livez")).status == 503
    assert world.notion_calls == 0


async def test_metrics_are_prometheus_text_with_fresh_gauges(world: World) -> None:
    answer = await request(world.port, "GET", "/metrics")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert 'http_requests_total{endpoint="/metrics",status="200"} 0.0' in answer.body
    assert world.refreshed == 1


async def test_stats_tell_quantiles_by_endpoint(world: World) -> None:
    await request(world.port, "GET", "/livez")
    answer = await request(world.port, "GET", "/stats")
    assert answer.json["http_request_duration_seconds"]["/livez"]["count"] == 1
    assert answer.json["window_seconds"] == 0.0


WRONG: list[list[tuple[str | bytes, str | bytes]]] = [
    [],
    [("Authorization", "Bearer wrong")],
    [("Authorization", "metrics-token")],
    [("Authorization", "Basic metrics-token")],
    [("Authorization", b"Bearer \xff\xe4")],
    [("Authorization", "Bearer metrics-token")] * 2,
]


@pytest.mark.parametrize("path", ["/metrics", "/stats"])
@pytest.mark.parametrize("headers", WRONG)
async def test_with_a_token_set_nobody_else_reads_metrics(
    guarded: World, path: str, headers: list[tuple[str | bytes, str | bytes]]
) -> None:
    answer = await request(guarded.port, "GET", path, headers=headers)
    assert (answer.status, answer.json) == (401, {"error": "unauthorized"})
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["/metrics", "/stats"])
async def test_the_scheme_is_read_in_any_case(guarded: World, path: str) -> None:
    headers = [("Authorization", "bEARER metrics-token")]
    assert (await request(guarded.port, "GET", path, headers=headers)).status == 200


@pytest.mark.parametrize("path", ["/metrics", "/stats"])
async def test_the_token_opens_them(guarded: World, path: str) -> None:
    headers = [("Authorization", "Bearer metrics-token")]
    assert (await request(guarded.port, "GET", path, headers=headers)).status == 200


@pytest.mark.parametrize("path", ["/health", "/livez"])
async def test_probes_need_no_token(guarded: World, path: str) -> None:
    assert (await request(guarded.port, "GET", path)).status == 200

"""With a collector named, each request and each job is a span; without, nothing is sent."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from bot.wiring import Application
from observability.tracing import ENDPOINT, exporting, span
from tests.acceptance.test_rest import API_KEYS, ask
from tests.acceptance.world import World, free_port

trace_service = pytest.importorskip(
    "opentelemetry.proto.collector.trace.v1.trace_service_pb2",
    reason="the extra `otel` is not installed",
)
PLAN = "Buy Acme"
NAMES = ("slack request", "rest request", "push task")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(slots=True, kw_only=True)
class Collector:
    """Takes spans as OpenTelemetry's collector does."""

    bodies: list[bytes] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.StreamResponse:
        self.bodies.append(await request.read())
        return web.Response(content_type="application/x-protobuf")

    def spans(self) -> list[tuple[str, dict[str, str]]]:
        """Return names and attributes of all that arrived."""
        return [
            (each.name, {a.key: a.value.string_value for a in each.attributes})
            for each in self.arrived()
        ]

    def arrived(self) -> list[Any]:
        """Return the spans as they were sent."""
        requests = [trace_service.ExportTraceServiceRequest.FromString(b) for b in self.bodies]
        return [
            each
            for request in requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for each in scope.spans
        ]


@asynccontextmanager
async def collecting(port: int) -> AsyncIterator[Collector]:
    """Run a collector while the context lasts."""
    collector = Collector()
    app = web.Application()
    app.router.add_post("/v1/traces", collector.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield collector
    finally:
        await runner.cleanup()


async def test_a_request_and_the_job_that_follows_it_are_spans(
    http_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    monkeypatch.setenv(ENDPOINT, f"http://127.0.0.1:{port}")
    environ = {ENDPOINT: f"http://127.0.0.1:{port}"}

    async with collecting(port) as collector:
        async with exporting(environ, version="1.2.3") as is_on:
            await http_world.slack.command(f"/task add {PLAN}", user="U1")
            await http_world.row(PLAN)
            await http_world.until(
                lambda: http_world.bot.metrics.registry.get_sample_value(
                    "taskbridge_follower_jobs_total", {"follower": "notion", "result": "done"}
                )
            )
        spans = collector.spans()

    assert is_on
    by_name = dict(spans)
    assert by_name["slack request"]["kind"] == "command"
    assert by_name["slack request"]["request_id"]
    assert by_name["push task"]["team"] == "T1"
    assert PLAN.encode() not in b"".join(collector.bodies)


async def test_the_job_links_the_requests_that_it_works_off(
    empty_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    monkeypatch.setenv(ENDPOINT, f"http://127.0.0.1:{port}")
    async with collecting(port) as collector, empty_world.run_bot(API_KEYS=API_KEYS) as bot:
        async with exporting({ENDPOINT: f"http://127.0.0.1:{port}"}, version="1.2.3"):
            made = await ask(empty_world, "POST", json={"title": PLAN}, Idempotency_Key="k")
            await empty_world.until(lambda: jobs_done(bot) == 1)
            await empty_world.slack.command("/task done T-1", user="U1")
            await empty_world.until(lambda: jobs_done(bot) == 2)
        by_name = {name: [s for s in collector.arrived() if s.name == name] for name in NAMES}

    first, second = by_name["push task"]
    (rest,), (slack,) = by_name["rest request"], by_name["slack request"]
    assert attribute(rest, "request_id") == made.headers["X-Request-Id"]
    assert attribute(rest, "operation") == "create_task"
    assert [(link.trace_id, link.span_id) for link in first.links] == [
        (rest.trace_id, rest.span_id)
    ]
    assert [(link.trace_id, link.span_id) for link in second.links] == [
        (slack.trace_id, slack.span_id)
    ]
    assert len({span.trace_id for span in (first, second, rest, slack)}) == 4


async def test_the_log_leads_from_a_request_to_notions_own_id_of_what_it_led_to(
    empty_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="notion_sync")
    async with empty_world.run_bot(API_KEYS=API_KEYS):
        made = await ask(empty_world, "POST", json={"title": PLAN}, Idempotency_Key="k")
        edited = await ask(empty_world, "PATCH", "/1", {"priority": "high"})
        await empty_world.row(PLAN, Priority="High")
        # One push or two: each request is told once, in order.
        told = await empty_world.until(lambda: told_by(caplog) if len(told_by(caplog)) > 1 else [])

    assert told == [answer.headers["X-Request-Id"] for answer in (made, edited)]
    for line in pushed(caplog):
        assert line["task"] == made.body["id"]
        assert line["notion_request_ids"]
        assert all(UUID.fullmatch(request_id) for request_id in line["notion_request_ids"])


def pushed(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [record.__dict__ for record in caplog.records if record.message == "pushed"]


def told_by(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [request_id for line in pushed(caplog) for request_id in line["request_ids"]]


def jobs_done(bot: Application) -> float | None:
    return bot.metrics.registry.get_sample_value(
        "taskbridge_follower_jobs_total", {"follower": "notion", "result": "done"}
    )


def attribute(span: Any, name: str) -> str:  # noqa: ANN401  # a generated class
    return str(next(a.value.string_value for a in span.attributes if a.key == name))


async def test_without_a_collector_nothing_is_made() -> None:
    async with exporting({}, version="1.2.3") as is_on:
        with span("slack request", kind="command") as made:
            assert made is None
    assert not is_on


async def test_without_the_extra_a_named_collector_is_a_warning_and_no_failure(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    async with exporting({ENDPOINT: "http://127.0.0.1:9"}, version="1.2.3") as is_on:
        assert not is_on
    assert "tracing_off" in caplog.text

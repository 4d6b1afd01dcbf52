"""With a collector named, each request and each job is a span; without, nothing is sent."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from observability.tracing import ENDPOINT, exporting, span
from tests.acceptance.world import World, free_port

trace_service = pytest.importorskip(
    "opentelemetry.proto.collector.trace.v1.trace_service_pb2",
    reason="the extra `otel` is not installed",
)
PLAN = "Buy Acme"


@dataclass(slots=True, kw_only=True)
class Collector:
    """Takes spans as OpenTelemetry's collector does."""

    bodies: list[bytes] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.StreamResponse:
        self.bodies.append(await request.read())
        return web.Response(content_type="application/x-protobuf")

    def spans(self) -> list[tuple[str, dict[str, str]]]:
        """Return names and attributes of all that arrived."""
        requests = [trace_service.ExportTraceServiceRequest.FromString(b) for b in self.bodies]
        return [
            (each.name, {a.key: a.value.string_value for a in each.attributes})
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

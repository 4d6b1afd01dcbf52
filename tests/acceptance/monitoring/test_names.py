"""What rules and panels name is what the running bot exports; what they ask is answered."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest_asyncio

from observability.metrics import ANSWER_SECONDS
from tests.acceptance.monitoring.prometheus import Prometheus, watching
from tests.acceptance.monitoring.scenarios import load
from tests.acceptance.world import World
from tests.monitoring import OF_PROMETHEUS, exported, panel_queries, rules, selectors

PATIENCE_SECONDS = 60.0
MANY = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    world: World
    prometheus: Prometheus


@pytest_asyncio.fixture
async def watched(http_world: World, tmp_path: Path) -> AsyncIterator[Watched]:
    """Give a bot under load that a Prometheus watches, and has before the load."""
    directory = tmp_path / "prometheus"
    async with watching(http_world.bot.port, directory, http_world.session) as prometheus:
        await until(lambda: prometheus.query("taskbridge_build_info"))
        async with load(http_world):
            yield Watched(world=http_world, prometheus=prometheus)


async def until(ask: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401  # whatever was asked
    """Ask until there is an answer; TimeoutError."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if found := await ask():
                return found
            await asyncio.sleep(0.5)


async def test_all_that_rules_and_panels_select_is_exported_by_the_running_bot(
    http_world: World,
) -> None:
    _, text = await http_world.get("/metrics")
    series = exported(text)
    expressions = [rule.expr for rule in rules()] + [expr for _, expr in panel_queries()]
    wanted = {
        selector
        for expr in expressions
        for selector in selectors(expr)
        if selector.metric not in OF_PROMETHEUS and ":" not in selector.metric
    }
    assert len(wanted) > 30
    missing = [
        selector
        for selector in wanted
        if not any(selector.takes(name, labels) for name, labels in series)
    ]
    assert missing == []


async def test_every_panels_query_is_answered(watched: Watched) -> None:
    silent = dict(panel_queries())
    for title, expr in panel_queries():
        await until(lambda expr=expr: watched.prometheus.query(expr))  # type: ignore[misc]  # bound now
        silent.pop(title, None)
    assert silent == {}


async def test_stats_and_the_recording_rules_agree_within_a_bucket(watched: Watched) -> None:
    async def shown() -> dict[str, Any] | None:
        _, stats = await watched.world.get("/stats")
        found: dict[str, Any] = stats["slack_ack"].get("command", {})
        return found if found.get("count", 0) >= MANY else None

    async def recorded(quantile: str) -> float | None:
        rule = f'taskbridge:slack_ack_duration_seconds:{quantile}_5m{{kind="command"}}'
        found = await watched.prometheus.query(f"{rule} > 0")
        return float(found[0]["value"][1]) if found else None

    await until(shown)
    for quantile in ("p50", "p95", "p99"):
        value = await until(lambda quantile=quantile: recorded(quantile))  # type: ignore[misc]  # now
        assert abs(bucket_of(value) - bucket_of((await until(shown))[quantile])) <= 1


def bucket_of(seconds: float) -> int:
    """Return which bucket of the histogram holds it."""
    return bisect_left(ANSWER_SECONDS, seconds)

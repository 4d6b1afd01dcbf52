import asyncio

import pytest
from prometheus_client import CollectorRegistry

from observability.metrics import Metrics
from observability.stats import SAMPLES, Stats, quantile

INF = float("inf")


class Clock:
    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += seconds
        await asyncio.sleep(0)


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(CollectorRegistry())


def stats_of(metrics: Metrics, clock: Clock) -> Stats:
    return Stats({"http": metrics.http_duration}, clock=clock, sleep=clock.sleep)


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        (0.5, 1.0),  # the 10th of 20 is the last of the first bucket
        (0.25, 0.5),
        (0.75, 1.5),
        (0.9, 1.8),
        (0.99, 1.98),
    ],
)
def test_quantiles_are_interpolated_as_prometheus_does(q: float, expected: float) -> None:
    assert quantile([(1.0, 10.0), (2.0, 20.0), (INF, 20.0)], q) == pytest.approx(expected)


def test_beyond_the_last_bound_the_bound_itself_is_given() -> None:
    assert quantile([(1.0, 1.0), (5.0, 1.0), (INF, 100.0)], 0.99) == 5.0


def test_without_observations_there_is_no_quantile() -> None:
    assert quantile([(1.0, 0.0), (INF, 0.0)], 0.5) != quantile([(1.0, 0.0), (INF, 0.0)], 0.5)


def test_the_summary_names_its_scope_window_and_count(metrics: Metrics) -> None:
    clock = Clock()
    stats = stats_of(metrics, clock)
    clock.time = 12.0
    for _ in range(4):
        metrics.http_duration.labels("/health").observe(0.03)
    summary = stats.summary()
    assert summary["window_seconds"] == 12.0
    assert "cannot be averaged" in str(summary["scope"])
    assert summary["http"] == {"/health": {"count": 4, "p50": 0.0375, "p95": 0.0488, "p99": 0.0498}}


async def test_what_is_older_than_five_minutes_has_left_the_window(metrics: Metrics) -> None:
    clock = Clock()
    stats = stats_of(metrics, clock)
    metrics.http_duration.labels("/health").observe(4.0)
    for _ in range(SAMPLES):
        clock.time += 10
        stats.sample()
    metrics.http_duration.labels("/health").observe(0.03)
    summary = stats.summary()
    assert summary["window_seconds"] == 300.0
    assert summary["http"] == {"/health": {"count": 1, "p50": 0.0375, "p95": 0.0488, "p99": 0.0498}}


async def test_it_samples_every_ten_seconds_until_cancelled(metrics: Metrics) -> None:
    clock = Clock()
    stats = stats_of(metrics, clock)
    running = asyncio.create_task(stats.run())
    while clock.time < 100:  # noqa: ASYNC110  # the clock moves by the task's own sleeping
        await asyncio.sleep(0)
    running.cancel()
    assert len(stats._ring) >= 10

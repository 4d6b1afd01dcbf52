"""The database's check: gone, slow, not prepared, well; each in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from bot.probes import SLOW_SECONDS, storage_probe
from observability.checks import Status
from tasks.errors import NotSaved


def taking(seconds: float) -> Callable[[], float]:
    """Return a clock that shows an answer to have taken so long."""
    times: Iterator[float] = iter((100.0, 100.0 + seconds))
    return lambda: next(times)


async def well() -> None:
    """Answer as a primary does."""


async def gone() -> None:
    raise NotSaved


@pytest.mark.parametrize(
    ("seconds", "status"), [(0.002, Status.OK), (SLOW_SECONDS, Status.DEGRADED)]
)
async def test_a_slow_database_is_told_from_a_quick_one(seconds: float, status: Status) -> None:
    found = await storage_probe(well, lambda: True, clock=taking(seconds))()
    assert found.status is status
    assert found.facts["seconds"] == seconds


@pytest.mark.parametrize(
    ("p95", "status"), [(None, Status.OK), (0.25, Status.OK), (0.48, Status.DEGRADED)]
)
async def test_a_database_that_answers_an_empty_question_quickly_may_be_slow_all_the_same(
    p95: float | None, status: Status
) -> None:
    found = await storage_probe(well, lambda: True, p95=lambda: p95, clock=taking(0.002))()
    assert found.status is status
    assert found.facts["p95_seconds"] == p95
    assert ("one operation in twenty takes 0.48 s" in found.detail) == (p95 == 0.48)


async def test_a_database_that_is_gone_fails_in_a_sentence() -> None:
    found = await storage_probe(gone, lambda: True)()
    assert found.status is Status.FAIL
    assert found.detail == "No MongoDB that takes writes answers."


async def test_without_its_unique_indexes_nothing_new_can_be_saved() -> None:
    found = await storage_probe(well, lambda: False, clock=taking(0.001))()
    assert found.status is Status.FAIL

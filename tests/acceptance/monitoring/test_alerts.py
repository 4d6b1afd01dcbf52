"""Prometheus on the deployed rules, bots under load, one real fault each: the right alerts."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from bot.embedded import EmbeddedMongod
from tests.acceptance.monitoring.scenarios import SCENARIOS, Scenario, Seen, own_mongod, play
from tests.tools import tool

pytestmark = pytest.mark.timeout(400)  # each alert takes its real minute


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def seen(
    mongod: EmbeddedMongod, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Seen]:
    """Give what fired in each scenario, all played side by side."""
    tool("prometheus")  # skips before anything is started
    directory = tmp_path_factory.mktemp("monitoring")

    async def played(scenario: Scenario) -> Seen:
        async with AsyncExitStack() as stack:
            used, where = mongod, directory / scenario.name
            if scenario.own_database:
                used = await stack.enter_async_context(own_mongod(directory / f"{where.name}_db"))
            return await play(scenario, used, f"test_{uuid.uuid4().hex}", where)

    results = await asyncio.gather(*(played(scenario) for scenario in SCENARIOS))
    return {scenario.name: seen for scenario, seen in zip(SCENARIOS, results, strict=True)}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_the_right_alerts_fire_and_no_others(scenario: Scenario, seen: Mapping[str, Seen]) -> None:
    found = seen[scenario.name]
    assert found.before == set()
    assert scenario.fires <= found.after
    assert found.after - scenario.fires <= scenario.may_follow

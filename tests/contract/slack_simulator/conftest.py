from collections.abc import AsyncIterator

import pytest

from tests.contract.slack_simulator.world import World, running


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with running() as made:
        yield made

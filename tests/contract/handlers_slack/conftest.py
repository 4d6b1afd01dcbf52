from collections.abc import AsyncIterator

import pytest

from tests.contract.handlers_slack.world import World, running


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with running() as made:
        yield made

"""Worlds for acceptance tests: over HTTP, and the same over Socket Mode."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.acceptance.world import APP_TOKEN, World, world


@pytest_asyncio.fixture
async def empty_world(mongo_uri: str, mongo_database: str) -> AsyncIterator[World]:
    """Give Slack, Notion and mongod, and no bot yet; nothing may have been refused at the end."""
    async with world(mongo_uri, mongo_database) as found:
        yield found
        assert found.slack.violations == []
        assert found.notion.journal.calls_inside_pause == []


@pytest_asyncio.fixture
async def http_world(empty_world: World) -> AsyncIterator[World]:
    """Give a world whose bot is reached over HTTP."""
    async with empty_world.run_bot():
        yield empty_world


@pytest_asyncio.fixture(params=["http", "socket"])
async def acme(empty_world: World, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """Give a world whose bot is reached over HTTP, and again one over Socket Mode."""
    token = APP_TOKEN if request.param == "socket" else None
    async with empty_world.run_bot(SLACK_APP_TOKEN=token):
        empty_world.slack.transport = request.param
        yield empty_world

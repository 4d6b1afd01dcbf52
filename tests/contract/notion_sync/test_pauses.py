"""Once Notion has asked us to wait, nothing more is sent, whoever was on the way."""

import asyncio
from dataclasses import replace

import pytest

from notion_sync.errors import RateLimited, Throttled
from playground.notion import Fault
from tests.contract.notion_sync.world import SCHEMA_READ, World


async def test_a_call_that_had_spent_its_budget_before_the_pause_is_not_sent(
    world: World,
) -> None:
    ready, go = asyncio.Event(), asyncio.Event()

    async def held() -> None:
        ready.set()
        await go.wait()

    source = world.database.data_source_id
    late = asyncio.create_task(world.client.data_source(replace(world.caller, before=held), source))
    await ready.wait()
    world.emulator.faults.add(Fault(match=SCHEMA_READ, status=429, retry_after=30))
    with pytest.raises(RateLimited):
        await world.client.data_source(world.caller, source)
    go.set()
    with pytest.raises(Throttled):
        await late
    assert world.emulator.journal.calls_inside_pause == []


async def test_after_the_pause_calls_are_sent_again(world: World) -> None:
    source = world.database.data_source_id
    world.emulator.faults.add(Fault(match=SCHEMA_READ, status=429, retry_after=30))
    with pytest.raises(RateLimited):
        await world.client.data_source(world.caller, source)
    world.clock.advance(seconds=31)
    assert (await world.client.data_source(world.caller, source))["id"] == source

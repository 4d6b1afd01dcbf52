import asyncio

from playground.notion import Fault
from tests.contract.notion_emulator.world import World, open_world


async def test_the_call_beyond_the_window_is_told_when_the_window_ends(world: World) -> None:
    world.clock.seconds = 648.5
    for _ in range(180):
        assert (await world.call("GET", "/v1/users/me")).status == 200
    refused = await world.call("GET", "/v1/users/me")
    assert refused.status == 429
    assert refused.headers["Retry-After"] == "12"
    assert refused.json["code"] == "rate_limited"
    assert refused.json["additional_data"] == {
        "rate_limit_reason": "public_api_request_rate_limit",
        "retry_after": "12",
    }


async def test_a_new_window_begins_with_a_full_budget() -> None:
    async with open_world(calls_per_window=2) as world:
        statuses = [(await world.call("GET", "/v1/users/me")).status for _ in range(3)]
        await world.clock.sleep(60)
        later = [(await world.call("GET", "/v1/users/me")).status for _ in range(3)]
    assert statuses == later == [200, 200, 429]


async def test_each_token_has_its_own_budget() -> None:
    async with open_world(calls_per_window=1) as world:
        other = {"Authorization": f"Bearer {world.workspace.connect('Other').token}"}
        first = await world.call("GET", "/v1/users/me")
        second = await world.call("GET", "/v1/users/me", headers={**other})
        third = await world.call("GET", "/v1/users/me")
    assert [first.status, second.status, third.status] == [200, 200, 429]


async def test_the_workspace_limit_counts_all_connections() -> None:
    async with open_world(calls_per_window_of_workspace=1) as world:
        other = {"Authorization": f"Bearer {world.workspace.connect('Other').token}"}
        first = await world.call("GET", "/v1/users/me")
        second = await world.call("GET", "/v1/users/me", headers={**other})
    assert (first.status, second.status) == (200, 429)
    assert second.json["additional_data"]["rate_limit_reason"] == (
        "public_api_space_request_rate_limit"
    )


async def test_the_journal_tells_which_calls_came_inside_an_announced_pause() -> None:
    async with open_world(calls_per_window=1) as world:
        for _ in range(3):
            await world.call("GET", "/v1/users/me")
        await world.clock.sleep(60)
        await world.call("GET", "/v1/users/me")
    journal = world.emulator.journal
    assert [entry.status for entry in journal.entries] == [200, 429, 429, 200]
    assert journal.calls_inside_pause == [journal.entries[2]]


async def test_the_journal_finds_the_fullest_minute_wherever_it_begins(world: World) -> None:
    for pause in (0, 30, 20, 20, 100):
        await world.clock.sleep(pause)
        await world.call("GET", "/v1/users/me")
    journal = world.emulator.journal
    assert journal.most_calls_in_any(60) == 3
    assert journal.most_calls_in_any(60, token="someone else's") == 0  # noqa: S106 - no secret
    assert [entry.path for entry in journal.calls("GET /v1/users/*")] == ["/v1/users/me"] * 5


async def test_parallel_calls_are_not_accused_of_a_pause_announced_to_one_of_them() -> None:
    async with open_world(calls_per_window=None) as world:
        world.emulator.faults.add(Fault(match="*", status=429, retry_after=7))
        await asyncio.gather(*(world.call("GET", "/v1/users/me") for _ in range(3)))
        journal = world.emulator.journal
        accused_at_once = list(journal.calls_inside_pause)
        await world.clock.sleep(1)
        await world.call("GET", "/v1/users/me")
    assert (accused_at_once, len(journal.calls_crossing_pause)) == ([], 2)
    assert journal.calls_inside_pause == [journal.entries[3]]

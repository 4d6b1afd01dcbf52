"""What a failed change of a row leads to; nothing is sent while Notion said to wait."""

from collections.abc import Mapping
from datetime import timedelta

import httpx
import pytest

from notion_sync.errors import NotionError
from playground.notion import Fault
from tasks.errors import TaskError
from tasks.model import Field, SyncState
from tasks.ports import Connection
from tests.contract.notion_sync.world import (
    CREATE,
    TEAM,
    UPDATE,
    World,
    name_of,
    open_world,
)
from tests.fakes.directories import MemoryColumns, MemoryConnections


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(match=UPDATE, status=409), "ambiguous"),
        (Fault(match=UPDATE, status=500), "ambiguous"),
        (Fault(match=UPDATE, status=502, html=True), "ambiguous"),
        (Fault(match=UPDATE, status=503, saved=True), "ambiguous"),
        (Fault(match=UPDATE, status=504, html=True, saved=True), "ambiguous"),
        (Fault(match=UPDATE, reset=True), "ambiguous"),
        (Fault(match=UPDATE, truncated=True, saved=True), "ambiguous"),
        (Fault(match=UPDATE, status=200, html=True), "ambiguous"),
        (Fault(match=UPDATE, status=429, retry_after=2), "paused"),
        (Fault(match=UPDATE, status=529, retry_after=2), "paused"),
    ],
    ids=name_of,
)
async def test_a_change_is_repeated_until_it_is_there(
    world: World, fault: Fault, kind: str
) -> None:
    task = await world.add()
    await world.push()
    await world.edit(task, {Field.TITLE: "Changed"})
    world.emulator.faults.add(fault)
    await world.push()
    assert world.observed.attempts == ["ok", kind]
    assert (await world.get(task)).sync.state is SyncState.WAITING
    await world.push(after=timedelta(seconds=4))
    writes = 1 if fault.saved else 2  # what is there already is seen, and not written again
    assert (world.row().title, world.calls(UPDATE)) == ("Changed", writes)
    assert (await world.get(task)).sync.state is SyncState.SYNCED
    assert world.emulator.journal.calls_inside_pause == []


async def test_the_waits_between_failures_grow_to_five_minutes_and_never_end(
    world: World,
) -> None:
    task = await world.add()
    await world.push()
    await world.edit(task, {Field.TITLE: "Changed"})
    world.emulator.faults.add(Fault(match=UPDATE, status=500, times=12))
    waits: list[float] = []
    while world.row().title != "Changed":
        due = await world.stores.queue.next_due()
        assert due is not None
        waits.append(due.total_seconds())
        await world.push(after=due)
    assert waits == [0, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300]


async def test_waiting_ones_turn_makes_no_later_wait_longer(world: World) -> None:
    task = await world.add()
    await world.push()
    await world.edit(task, {Field.TITLE: "Changed"})
    for _ in range(6):
        await world.stores.budget.pause(
            world.connection.key, wait=timedelta(minutes=1), reason="a test"
        )
        assert await world.push() == 1
        world.clock.advance(minutes=1.1)
    assert world.calls(UPDATE) == 0
    world.emulator.faults.add(Fault(match=UPDATE, status=500))
    await world.push()
    assert await world.stores.queue.next_due() == timedelta(seconds=2)


@pytest.mark.parametrize("retry_after", [5, 60, 300])
@pytest.mark.parametrize("reason", ["connection", "workspace", "endpoint"])
async def test_a_429_pauses_every_call_of_the_connection_for_all_instances(
    world: World, reason: str, retry_after: int
) -> None:
    fault = Fault(match=CREATE, status=429, retry_after=retry_after, reason=reason)  # type: ignore[arg-type]  # a table of literals
    world.emulator.faults.add(fault)
    for number in range(5):
        await world.add(f"Task {number}")
    await world.push()
    assert (world.calls(CREATE), world.observed.limits) == (1, [reason])
    other = world.another_pusher()
    world.clock.advance(seconds=retry_after - 0.5)
    await other.drain()
    assert world.calls(CREATE) == 1
    for _ in range(10):
        await world.push(after=timedelta(seconds=1))
    assert len(world.live()) == 5
    assert world.emulator.journal.calls_inside_pause == []


async def test_a_date_as_retry_after_is_understood(world: World) -> None:
    await world.add()
    fault = Fault(match=CREATE, status=429, retry_after="Mon, 23 Nov 2026 12:00:30 GMT")
    world.emulator.faults.add(fault)
    await world.push()
    await world.push(after=timedelta(seconds=29))
    assert world.calls(CREATE) == 1
    await world.push(after=timedelta(seconds=2))
    assert len(world.live()) == 1


async def test_a_blocked_connection_is_not_asked_again(world: World) -> None:
    await world.add()
    await world.add("Other")
    world.emulator.faults.add(Fault(match=CREATE, status=429, reason="blocked"))
    await world.push()
    for _ in range(20):
        await world.push(after=timedelta(hours=1))
    assert world.calls(CREATE) == 1
    assert "blocks" in (world.pusher.trouble(TEAM) or "")


async def test_a_blocked_connection_works_again_once_connected_anew(world: World) -> None:
    await world.add()
    world.emulator.faults.add(Fault(match=CREATE, status=429, reason="blocked"))
    await world.push()
    token = world.notion.connect("Second").token
    world.stores.connections.by_team[TEAM] = Connection(
        team=TEAM, token=token, database=world.database.database_id
    )
    await world.push(after=timedelta(minutes=6))
    assert world.row().title == "Book the venue"
    assert world.pusher.trouble(TEAM) is None


async def test_a_backlog_never_spends_more_than_the_budget() -> None:
    async with open_world(calls_per_window=20, requests_per_minute=20) as world:
        for number in range(70):
            await world.add(f"Task {number}")
        while len(world.live()) < 70:
            await world.push()
            world.clock.advance(seconds=1)
        assert world.emulator.journal.most_calls_in_any(60) <= 20
        assert world.emulator.journal.calls("* *", status=429) == []
        assert world.clock.seconds < 600 + 5 * 61.5


async def test_a_busy_team_does_not_hold_up_another_one() -> None:
    async with open_world(calls_per_window=None, requests_per_minute=10) as world:
        second = world.notion.connect("Second")
        tasks = world.notion.add_database(
            "Other tasks", {"Name": {"title": {}}, "Task ID": {"rich_text": {}}}
        )
        world.stores.connections.by_team["T2"] = Connection(
            team="T2", token=second.token, database=tasks.data_source_id
        )
        for number in range(100):
            await world.add(f"Task {number}")
        await world.push()
        await world.add("Urgent", team="T2")
        await world.push()
        assert [row.title for row in world.notion.live_pages(tasks.data_source_id)] == ["Urgent"]
        assert len(world.live()) < 100


async def test_what_notion_refuses_is_set_aside_with_a_reason_and_the_rest_flows(
    world: World,
) -> None:
    poison = await world.add("Poison")
    await world.add("Fine")
    world.emulator.faults.add(
        Fault(match=CREATE, status=400, message="Poison is not allowed here.")
    )
    await world.push()
    shown = await world.get(poison)
    assert (shown.sync.state, shown.sync.reason) == (
        SyncState.STALLED,
        "Notion refused it: Poison is not allowed here.",
    )
    assert [row.title for row in world.live()] == ["Fine"]
    await world.push(after=timedelta(days=1))
    assert world.calls(CREATE) == 2
    await world.edit(poison, {Field.TITLE: "Antidote"})
    await world.push()
    assert (await world.get(poison)).sync.state is SyncState.SYNCED
    assert len(world.live()) == 2


async def test_a_fault_of_our_own_is_tried_three_times_and_then_set_aside(world: World) -> None:
    class Broken(MemoryColumns):
        async def load(self, team: str, database: str) -> Mapping[str, str] | None:
            raise KeyError(team, database)

    task = await world.add()
    pusher = world.another_pusher(columns=Broken())
    for _ in range(5):
        world.clock.advance(minutes=10)
        await pusher.drain()
    assert world.observed.jobs == ["postponed", "postponed", "set_aside"]
    assert (await world.get(task)).sync.state is SyncState.STALLED


async def test_a_connection_that_cannot_be_told_yet_is_asked_for_again(world: World) -> None:
    class NotYet(MemoryConnections):
        async def of(self, team: str) -> Connection | None:
            raise TaskError(team)

    task = await world.add()
    for _ in range(5):
        world.clock.advance(minutes=6)
        await world.another_pusher(connections=NotYet()).drain()
    assert world.observed.jobs == ["postponed"] * 5
    assert (await world.get(task)).sync.state is SyncState.WAITING
    await world.push(after=timedelta(minutes=6))
    assert world.row().title == task.title


async def test_a_notion_that_is_not_there_is_tried_again(world: World) -> None:
    task = await world.add()
    sdk = world.client._sdk
    there = sdk.client.base_url
    sdk.client.base_url = httpx.URL("http://127.0.0.1:1/v1/")
    await world.push()
    assert "cannot be reached" in ((await world.get(task)).sync.reason or "")
    with pytest.raises(NotionError):
        await world.client.probe(world.connection)
    sdk.client.base_url = there
    await world.push(after=timedelta(seconds=2))
    assert world.row().title == "Book the venue"

"""One task, one page, whatever becomes of the answer."""

import asyncio
from datetime import timedelta

import pytest

from playground.notion import Fault
from tasks.model import Field, SyncState
from tests.contract.notion_sync.world import (
    CREATE,
    QUERY,
    READ,
    SCHEMA_READ,
    UPDATE,
    World,
    name_of,
    open_world,
)

SETTLED = timedelta(seconds=91)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(match=CREATE, status=500),
        Fault(match=CREATE, status=502, html=True),
        Fault(match=CREATE, status=503),
        Fault(match=CREATE, status=504, html=True),
        Fault(match=CREATE, status=409),
        Fault(match=CREATE, reset=True),
        Fault(match=CREATE, status=200, html=True),
        Fault(match=CREATE, status=500, saved=True),
        Fault(match=CREATE, status=502, html=True, saved=True),
        Fault(match=CREATE, status=503, saved=True),
        Fault(match=CREATE, status=504, html=True, saved=True),
        Fault(match=CREATE, status=409, saved=True),
        Fault(match=CREATE, reset=True, saved=True),
        Fault(match=CREATE, truncated=True, saved=True),
        Fault(match=CREATE, status=200, html=True, saved=True),
    ],
    ids=name_of,
)
async def test_an_unknown_outcome_is_looked_up_once_notion_has_settled(
    world: World, fault: Fault
) -> None:
    task = await world.add()
    world.emulator.faults.add(fault)
    await world.push()
    assert world.observed.attempts == ["ambiguous"]
    await world.push(after=timedelta(seconds=60))
    assert (world.calls(CREATE), world.calls(QUERY)) == (1, 0)
    assert (await world.get(task)).sync.state is SyncState.WAITING
    await world.push(after=SETTLED)
    assert world.row().title == task.title
    assert (world.calls(CREATE), world.calls(QUERY)) == (1 if fault.saved else 2, 1)
    assert (await world.get(task)).sync.state is SyncState.SYNCED


@pytest.mark.parametrize("saved", [False, True])
async def test_no_answer_in_time_is_an_unknown_outcome(saved: bool) -> None:  # noqa: FBT001  # a table
    async with open_world(timeout_seconds=0.2) as world:
        await world.add()
        armed = world.emulator.faults.add(Fault(match=CREATE, hang=True, saved=saved))
        await world.push()
        assert armed.reached.is_set()
        assert world.observed.attempts == ["ambiguous"]
        armed.release.set()
        for _ in range(10):
            await asyncio.sleep(0)  # the emulator goes on though nobody listens
        await world.push(after=SETTLED)
        assert (world.row().title, world.calls(CREATE)) == ("Book the venue", 1)


async def test_a_saved_write_that_names_its_page_is_adopted_at_once(world: World) -> None:
    task = await world.add()
    world.emulator.faults.add(Fault(match=CREATE, status=503, saved=True, committed_id=True))
    await world.push()
    assert (await world.get(task)).sync.url == world.row().url
    assert (world.calls(CREATE), world.calls(QUERY)) == (1, 0)


async def test_a_change_does_not_cut_the_wait_for_an_unknown_outcome(world: World) -> None:
    task = await world.add()
    world.emulator.faults.add(Fault(match=CREATE, status=502, html=True, saved=True))
    await world.push()
    await world.edit(task, {Field.TITLE: "Changed meanwhile"})
    await world.push()
    assert world.calls(QUERY) == 0
    await world.push(after=SETTLED)
    assert (world.row().title, world.calls(CREATE)) == ("Changed meanwhile", 1)


@pytest.mark.parametrize(
    ("fault", "wait"),
    [
        (Fault(match=CREATE, status=429, retry_after=7), 7),
        (Fault(match=CREATE, status=529, retry_after=20), 20),
        (Fault(match=CREATE, status=429), 60),
    ],
    ids=["429", "529", "429 without Retry-After"],
)
async def test_what_surely_had_no_effect_is_repeated_without_a_look_up(
    world: World, fault: Fault, wait: int
) -> None:
    await world.add()
    world.emulator.faults.add(fault)
    await world.push()
    await world.push(after=timedelta(seconds=wait - 1))
    assert world.calls(CREATE) == 1
    await world.push(after=timedelta(seconds=1.1))
    assert (world.row().title, world.calls(CREATE)) == ("Book the venue", 2)
    assert world.calls(QUERY) == 0
    assert world.emulator.journal.calls_inside_pause == []


async def test_a_slow_index_within_the_grace_makes_no_second_page(world: World) -> None:
    world.notion.set_index_lag(seconds=59)
    await world.add()
    world.emulator.faults.add(Fault(match=CREATE, status=504, html=True, saved=True))
    await world.push()
    await world.push(after=SETTLED)
    assert (world.row().title, world.calls(CREATE)) == ("Book the venue", 1)


async def test_of_several_pages_the_oldest_is_kept_and_the_others_go_to_the_trash(
    world: World,
) -> None:
    task = await world.add()
    world.emulator.faults.add(Fault(match=CREATE, status=504, saved=True))
    await world.push()
    oldest = world.row().id
    world.clock.advance(minutes=1)
    for _ in range(2):
        world.notion.add_row(world.database.data_source_id, {"Name": "A copy", "Task ID": task.id})
    await world.push(after=SETTLED)
    assert world.row().id == oldest
    assert world.observed.duplicate_pages == 2
    assert (await world.get(task)).sync.url == world.row().url


async def test_a_task_deleted_while_its_creation_was_in_doubt_leaves_no_page(
    world: World,
) -> None:
    task = await world.add()
    world.emulator.faults.add(Fault(match=CREATE, status=504, saved=True))
    await world.push()
    await world.delete(task)
    await world.push(after=SETTLED)
    assert (world.live(), world.calls(CREATE)) == ([], 1)
    await world.restore(task)
    await world.push()
    assert (world.row().title, world.calls(CREATE)) == (task.title, 1)


async def test_two_pushers_at_once_make_one_page(world: World) -> None:
    for number in range(8):
        await world.add(f"Task {number}")
    pushers = [world.another_pusher() for _ in range(3)]
    await asyncio.gather(*(pusher.drain() for pusher in pushers))
    assert sorted(row.title for row in world.live()) == [f"Task {n}" for n in range(8)]
    assert world.calls(CREATE) == 8


async def test_a_claim_that_grows_old_is_renewed_before_its_lease_could_end(world: World) -> None:
    task = await world.add()
    await world.push()
    await world.edit(task, {Field.TITLE: "Book the hall"})
    world.clock.advance(minutes=11)
    held: list[bool] = []

    async def another(seconds: float) -> None:
        world.clock.advance(seconds=seconds)
        held.append(await world.stores.queue.claim() is None)

    world.emulator.sleep = another
    for call in (SCHEMA_READ, READ, UPDATE):
        world.emulator.faults.add(Fault(match=call, delay_seconds=26))
    await world.push()
    assert held == [True, True, True], "78 seconds, and nobody else could take it"
    assert world.row().title == "Book the hall"
    assert world.calls(UPDATE) == 1


async def test_an_owner_that_was_frozen_past_its_lease_sends_nothing(world: World) -> None:
    await world.add()

    async def frozen(seconds: float) -> None:
        del seconds
        world.clock.advance(minutes=2)
        world.client._limiter._sleep = world.clock.sleep
        await world.pusher.drain()  # the next owner, whose row is there when we wake up

    await world.stores.budget.pause(
        world.connection.key, wait=timedelta(seconds=1), reason="a test"
    )
    world.client._limiter._sleep = frozen
    # Its own clock stood still as well.
    late = world.another_pusher(client=world.client, monotonic=lambda: 0.0)
    await late.drain()
    assert world.observed.jobs == ["done", "lease_lost"]
    assert (len(world.live()), world.calls(CREATE)) == (1, 1)

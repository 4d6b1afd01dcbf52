"""A connection that only its installer can mend: parked, nothing lost, resumed by itself."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from playground.notion import Capability, Fault
from tasks.model import Field, SyncState
from tasks.ports import Connection
from tests.contract.notion_sync.world import SCHEMA, TEAM, UPDATE, World

Step = Callable[[World], None]


def _revoke(world: World) -> None:
    world.token.revoked = True


def _grant(world: World) -> None:
    world.token.revoked = False


def _unshare(world: World) -> None:
    world.notion.unshare(world.database.database_id)


def _share(world: World) -> None:
    world.notion.share(world.database.database_id)


def _trash(world: World) -> None:
    world.notion.trash(world.database.database_id)


def _restore(world: World) -> None:
    world.notion.restore(world.database.database_id)


def _forbid(world: World) -> None:
    world.token.capabilities -= {Capability.INSERT_CONTENT, Capability.UPDATE_CONTENT}


def _allow(world: World) -> None:
    world.token.capabilities |= set(Capability)


@pytest.mark.parametrize(
    ("breaks", "mends", "says"),
    [
        (_revoke, _grant, "token"),
        (_unshare, _share, "not shared"),
        (_forbid, _allow, "insert content"),
    ],
    ids=["token revoked", "database unshared", "capability lost"],
)
@pytest.mark.parametrize("known", [False, True], ids=["at first contact", "later"])
async def test_work_waits_and_resumes_by_itself(
    world: World,
    breaks: Step,
    mends: Step,
    says: str,
    known: bool,  # noqa: FBT001  # a table
) -> None:
    first = await world.add("First")
    if known:
        await world.push()
    breaks(world)
    await world.edit(first, {Field.TITLE: "First, changed"})
    tasks = [first, *[await world.add(f"Task {n}") for n in range(5)]]
    await world.push()
    assert says in (world.pusher.trouble(TEAM) or "")
    for task in tasks:
        assert (await world.get(task)).sync.state is SyncState.WAITING
    world.emulator.journal.clear()
    await world.push(after=timedelta(minutes=4))
    assert world.calls("* *") == 0
    await world.push(after=timedelta(minutes=1.1))
    assert 1 <= world.calls("* *") <= 4  # one probe, for all of them
    assert says in (world.pusher.trouble(TEAM) or "")
    mends(world)
    for _ in range(4):
        await world.push(after=timedelta(minutes=2))
    assert {row.title for row in world.live()} == {
        "First, changed",
        *(f"Task {n}" for n in range(5)),
    }
    assert world.pusher.trouble(TEAM) is None


@pytest.mark.parametrize("what", ["database_id", "data_source_id"])
async def test_a_database_in_the_trash_parks_the_connection_and_makes_no_page_gone(
    world: World, what: str
) -> None:
    task = await world.add()
    await world.push()
    trashed: str = getattr(world.database, what)
    world.notion.trash(trashed)
    world.emulator.faults.add(Fault(match=UPDATE, status=400, message="Can't edit archived."))
    await world.edit(task, {Field.TITLE: "Changed"})
    await world.push()
    assert (await world.get(task)).sync.state is SyncState.WAITING
    assert "trash" in (world.pusher.trouble(TEAM) or "")
    world.notion.restore(trashed)
    await world.push(after=timedelta(minutes=6))
    assert world.row().title == "Changed"
    assert world.pusher.trouble(TEAM) is None


async def test_an_unshared_database_makes_no_page_gone(world: World) -> None:
    task = await world.add()
    await world.push()
    _unshare(world)
    await world.edit(task, {Field.TITLE: "Changed"})
    await world.push()
    assert (await world.get(task)).sync.state is SyncState.WAITING
    _share(world)
    await world.push(after=timedelta(minutes=6))
    assert world.row().title == "Changed"


async def test_a_parked_team_does_not_hold_up_another_one(world: World) -> None:
    second = world.notion.connect("Second")
    tasks = world.notion.add_database("Theirs", SCHEMA)
    world.stores.connections.by_team["T2"] = Connection(
        team="T2", token=second.token, database=tasks.data_source_id
    )
    _revoke(world)
    await world.add("Ours")
    await world.add("Theirs", team="T2")
    await world.push()
    assert [row.title for row in world.notion.live_pages(tasks.data_source_id)] == ["Theirs"]
    assert world.pusher.trouble("T2") is None


async def test_a_database_with_several_data_sources_is_named_with_all_of_them(
    world: World,
) -> None:
    call = {
        "parent": {"type": "database_id", "database_id": world.database.database_id},
        "title": [{"type": "text", "text": {"content": "Archive"}}],
        "properties": {"Name": {"title": {}}},
    }
    second = await world.client._call(
        world.caller, "write_schema", "POST", "data_sources", body=call
    )
    await world.add()
    await world.push()
    trouble = world.pusher.trouble(TEAM) or ""
    assert "2 data sources" in trouble
    assert second["id"] in trouble
    assert world.database.data_source_id in trouble


async def test_without_the_right_to_insert_rows_that_are_there_go_on(world: World) -> None:
    old = await world.add("Old")
    await world.push()
    world.token.capabilities.discard(Capability.INSERT_CONTENT)
    for number in range(3):
        await world.add(f"New {number}")
    await world.push()
    await world.edit(old, {Field.TITLE: "Old, changed"})
    await world.push()
    assert world.row().title == "Old, changed"
    assert world.calls("POST /v1/pages") == 2
    assert "insert content" in (world.pusher.trouble(TEAM) or "")
    world.token.capabilities.add(Capability.INSERT_CONTENT)
    for _ in range(3):
        await world.push(after=timedelta(minutes=3))
    assert len(world.live()) == 4
    assert world.pusher.trouble(TEAM) is None


async def test_a_transient_failure_parks_nothing(world: World) -> None:
    world.emulator.faults.add(Fault(match="GET /v1/databases/*", status=503))
    await world.add()
    await world.push()
    assert world.pusher.trouble(TEAM) is None
    await world.push(after=timedelta(seconds=3))
    assert len(world.live()) == 1
